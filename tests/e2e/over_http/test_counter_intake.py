"""The counter over HTTP: who may not, what is typed wrong, what moved; scans, letters, results."""

from datetime import timedelta

import pytest
from lxml.html import fromstring

from certstore.callers import Clerk
from certstore.web.texts import load
from issuance.application import Matter, State
from tests.counter import CARD, ELSEWHERE, arrived, begun, here, sent
from tests.e2e.over_http.test_uploads import send
from tests.guardians import DAUGHTER, registered
from tests.residents import (
    ADDRESS_CHANGE,
    GAO,
    LI,
    PEOPLE,
    Browser,
    answers_of,
    assert_sound,
    resident,
    submitted,
)
from tests.unit.issuance.test_issue import count
from tests.unit.issuance.test_photo_capture import SOUND
from tests.unit.issuance.uploading import NOWHERE, PAPER, good
from tests.unit.verifiers.materials.hostile_files import heic

BOTH = pytest.mark.parametrize("lang", ["zh", "en"])
CHEN = resident("chen_yiming")


def said(answer, path="//main"):
    return " ".join(" ".join(e.text_content().split()) for e in fromstring(answer.text).xpath(path))


def of(lang, key):
    return str(load(lang)[key].other)


def path_of(ref):
    return f"/desk/counter/{ref}"


def home_form(home):
    told = answers_of(home)
    relative = told.relative
    return {
        "dwelling": told.dwelling,
        "whose": told.occupier,
        "relation": relative.relation if relative else "",
        "relative_name": relative.name if relative else "",
        "relative_id_number": relative.id_number if relative else "",
        "district": told.district,
        "address": told.address,
    }


@BOTH
def test_the_home_a_child_leaves_is_not_offered_at_the_counter_either(house, lang):
    registered(house)
    visit = here(house, "he_zhiyuan")
    ref = house.intake_desk.begin(GAO, visit.ref, ADDRESS_CHANGE, DAUGHTER).ref
    officer = Browser(house, GAO, lang)
    shown = officer.get(path_of(ref))
    assert_sound(shown, lang)
    assert f"{path_of(ref)}/here" not in shown.text
    assert officer.post(f"{path_of(ref)}/here").status_code == 303
    same = officer.post(f"{path_of(ref)}/home", **home_form(PEOPLE["he_zhiyuan"]["declares"]))
    assert same.status_code == 422
    assert_sound(same, lang)
    assert of(lang, "error.address.unchanged") in said(same)


# -- who may --------------------------------------------------------------------------------


def test_the_counter_is_the_officers_alone(house):
    ref = begun(house, "chen_yiming").ref
    clerk = Clerk("施文员", "c1", "91310000MA0T00112H")
    for caller, status in ((None, 401), (CHEN, 403), (clerk, 403)):
        browser = Browser(house, caller)
        for path in ("/desk/counter", path_of(ref), f"{path_of(ref)}/document"):
            answer = browser.get(path)
            assert answer.status_code in {status, 303}
            assert "陈一鸣" not in answer.text
        assert browser.post(f"{path_of(ref)}/submit").status_code in {401, 403, 303}
    assert house.application(ref).state is State.DRAFT


def test_a_form_of_another_page_or_without_its_token_does_nothing(house):
    ref = begun(house, "chen_yiming").ref
    officer = Browser(house, GAO)
    visit = here(house, "chen_yiming")
    seal = house.intake_desk.look(GAO, ref).seal
    person = {
        "person_name": "陈一鸣",
        "person_number": CHEN.holder.id_number,
        "identity_document": CARD,
        "identity_checked": "yes",
    }
    forms = {
        "/desk/counter": person,
        f"/desk/counter/people/{visit.ref}/begin": {
            "matter": "residence_registration",
            "whom": "self",
        },
        f"/desk/counter/people/{visit.ref}/open": {"ref": ref},
        f"{path_of(ref)}/submit": {"seal": seal},
        f"{path_of(ref)}/withdraw": {"seal": seal},
        f"{path_of(ref)}/home": home_form(PEOPLE["lin_xiaohe"]["declares"]),
        f"{path_of(ref)}/letter": {"signature": "陈一鸣", "agreed": "1"},
        f"{path_of(ref)}/materials/dwelling": {"document": PAPER},
        f"{path_of(ref)}/photo": {},
    }
    before = house.application(ref)
    for path, form in forms.items():
        assert officer.post(path, **{**form, "csrf": "x"}).status_code == 403, path
        foreign = {"origin": "https://elsewhere.example"}
        assert officer.http.post(path, data=form, headers=foreign).status_code == 403, path
    assert house.application(ref) == before
    assert count(house, "counter_visits") == 1


@BOTH
def test_a_case_whose_person_stands_elsewhere_is_not_shown(house, lang):
    ref = begun(house, "chen_yiming").ref
    for officer in (LI, ELSEWHERE):
        browser = Browser(house, officer, lang)
        for answer in (
            browser.get(path_of(ref)),
            browser.get(f"{path_of(ref)}/receipt"),
            browser.get(f"{path_of(ref)}/document"),
            browser.post(f"{path_of(ref)}/submit", seal="x"),
            browser.post(f"{path_of(ref)}/home", dwelling="own"),
            send(browser, f"{path_of(ref)}/materials/dwelling", good()),
        ):
            assert answer.status_code == 403
            assert_sound(answer, lang)
            assert of(lang, "intake.why.nobody") in said(answer, "//*[@role='alert']")
            assert "陈一鸣" not in answer.text
    assert Browser(house, GAO, lang).get(path_of("2" * 20)).status_code == 404
    assert Browser(house, GAO, lang).get(path_of("../../etc")).status_code in {404, 422}


@BOTH
def test_after_an_hour_the_page_says_that_the_card_is_compared_again(house, lang):
    ref = begun(house, "chen_yiming").ref
    officer = Browser(house, GAO, lang)
    house.clock.skip(timedelta(minutes=61))
    for answer in (officer.get(path_of(ref)), officer.post(f"{path_of(ref)}/submit", seal="x")):
        assert answer.status_code == 409
        assert_sound(answer, lang)
        assert of(lang, "intake.why.again") in said(answer, "//*[@role='alert']")
    people = arrived(officer, "chen_yiming")
    assert officer.post(f"{people}/open", ref=ref).headers["location"] == path_of(ref)
    assert officer.get(path_of(ref)).status_code == 200


# -- what is typed ---------------------------------------------------------------------------


@BOTH
def test_everything_that_is_wrong_is_said_at_once_and_what_was_typed_stays(house, lang):
    officer = Browser(house, GAO, lang)
    wrong = officer.post("/desk/counter", person_name="陈一鸣", person_number="340199199803140110")
    assert wrong.status_code == 422
    assert_sound(wrong, lang)
    read = fromstring(wrong.text)
    links = read.xpath("//*[@id='problem']//a/@href")
    assert links == ["#person_number", "#identity_document", "#identity_checked"]
    for link in links:
        assert read.xpath(f"//*[@id='{link[1:]}']"), link
    assert read.xpath("//input[@name='person_name']/@value") == ["陈一鸣"]
    child = PEOPLE["he_yutong"]
    alone = officer.post(
        "/desk/counter",
        person_name=child["name"],
        person_number=child["id_number"],
        identity_document=CARD,
        identity_checked="yes",
    )
    assert of(lang, "error.person_number.child") in alone.text
    other = officer.post(
        "/desk/counter",
        person_name="陈一名",
        person_number=CHEN.holder.id_number,
        identity_document=CARD,
        identity_checked="yes",
    )
    assert other.status_code == 422
    assert fromstring(other.text).xpath("//input[@name='as_on_card']")
    assert count(house, "counter_visits") == 0


def test_no_number_stands_in_an_address(house):
    officer = Browser(house, GAO)
    people = arrived(officer, "chen_yiming")
    assert CHEN.holder.id_number not in people
    assert CHEN.holder.id_number not in officer.get(people).text  # nor on the page: it was typed


@BOTH
def test_what_cannot_be_begun_is_told_on_the_page(house, lang):
    officer = Browser(house, GAO, lang)
    people = arrived(officer, "chen_yiming")
    for form, status, words in (
        ({}, 422, "error.matter.missing"),
        ({"matter": "permit_update", "whom": "self"}, 422, "error.matter.missing"),
        ({"matter": "residence_registration", "whom": "cat"}, 422, "error.whom.missing"),
        ({"matter": "address_change", "whom": "self"}, 409, "intake.obstacle.NOT_REGISTERED"),
        (
            {"matter": "residence_registration", "whom": "child", "child_name": "何雨桐"},
            422,
            "error.child_id_number.missing",
        ),
    ):
        answer = officer.post(f"{people}/begin", **form)
        assert answer.status_code == status
        assert_sound(answer, lang)
        assert of(lang, words) in answer.text
    assert count(house, "applications") == 0


@BOTH
def test_answers_that_are_wrong_come_back_with_what_was_typed(house, lang):
    ref = begun(house, "lin_xiaohe", home=None).ref
    officer = Browser(house, GAO, lang)
    form = home_form(PEOPLE["lin_xiaohe"]["declares"])
    for change, wrong in (
        ({"dwelling": "", "whose": "", "address": ""}, ["#dwelling", "#whose", "#address"]),
        ({"relative_id_number": "1"}, ["#relative_id_number"]),
        ({"district": "月球区"}, ["#district"]),
        ({"relation": "cousin"}, ["#relation"]),
    ):
        answer = officer.post(f"{path_of(ref)}/home", **{**form, **change})
        assert answer.status_code == 422
        assert_sound(answer, lang)
        read = fromstring(answer.text)
        assert read.xpath("//*[@id='problem']//a/@href") == wrong
        assert all(read.xpath(f"//*[@id='{link[1:]}']") for link in wrong)
        assert read.xpath("//input[@name='relative_name']/@value") == ["周敏"]
    assert officer.post(f"{path_of(ref)}/home", **form).status_code == 303
    assert house.application(ref).answers.relative.name == "周敏"


# -- what moved ------------------------------------------------------------------------------


@BOTH
def test_two_tabs_the_second_reads_that_it_moved(house, lang):
    ref = begun(house, "shen_xiaozhou").ref
    officer = Browser(house, GAO, lang)
    first = officer.get(path_of(ref))
    (seal,) = set(fromstring(first.text).xpath("//input[@name='seal']/@value"))
    other = {**home_form(PEOPLE["shen_xiaozhou"]["declares"]), "address": "别的路1号2室"}
    assert officer.post(f"{path_of(ref)}/home", **other).status_code == 303
    for action in ("submit", "withdraw"):
        late = officer.post(f"{path_of(ref)}/{action}", seal=seal)
        assert late.status_code == 409
        assert_sound(late, lang)
        assert of(lang, "intake.fault.moved") in said(late, "//*[@role='alert']")
        assert "别的路1号2室" in late.text
    assert house.application(ref).state is State.DRAFT


@BOTH
def test_a_form_of_a_draft_that_was_sent_meanwhile_changes_nothing(house, lang):
    ref = begun(house, "shen_xiaozhou").ref
    officer = Browser(house, GAO, lang)
    done = sent(house, ref)
    form = home_form(PEOPLE["lin_xiaohe"]["declares"])
    for answer in (
        officer.post(f"{path_of(ref)}/home", **form),
        officer.post(f"{path_of(ref)}/letter/withdraw"),
        officer.post(f"{path_of(ref)}/photo/drop"),
        send(officer, f"{path_of(ref)}/materials/dwelling", good()),
    ):
        assert answer.status_code == 409
        assert_sound(answer, lang)
    assert house.application(ref) == done
    assert officer.post(f"{path_of(ref)}/here").status_code == 303
    assert house.application(ref) == done


@BOTH
def test_what_is_still_to_be_done_is_told_and_nothing_is_sent(house, lang):
    ref = begun(house, "lin_xiaohe").ref  # its letter is not signed
    officer = Browser(house, GAO, lang)
    shown = officer.get(path_of(ref))
    assert not fromstring(shown.text).xpath(f"//form[@action='{path_of(ref)}/submit']")
    seal = house.intake_desk.look(GAO, ref).seal
    answer = officer.post(f"{path_of(ref)}/submit", seal=seal)
    assert answer.status_code == 409
    assert of(lang, "intake.fault.missing") in said(answer, "//*[@role='alert']")


# -- letter, scans, photo --------------------------------------------------------------------


@BOTH
def test_the_letter_is_read_and_signed_on_the_page(house, lang):
    ref = begun(house, "lin_xiaohe").ref
    officer = Browser(house, GAO, lang)
    shown = officer.get(path_of(ref))
    assert "本人到场" in said(shown, "//div[@class='paper']")
    (read,) = fromstring(shown.text).xpath("//input[@name='letter_sha256']/@value")
    at = f"{path_of(ref)}/letter"
    for form, wrong in (
        ({"letter_sha256": read}, ["#signature", "#agreed"]),
        ({"letter_sha256": read, "signature": "周敏", "agreed": "1"}, ["#signature"]),
    ):
        answer = officer.post(at, **form)
        assert answer.status_code == 422
        assert_sound(answer, lang)
        assert fromstring(answer.text).xpath("//*[@id='problem']//a/@href") == wrong
    moved = officer.post(at, letter_sha256="0" * 64, signature="林晓禾", agreed="1")
    assert moved.status_code == 409
    assert officer.post(at, letter_sha256=read, signature="林晓禾", agreed="1").status_code == 303
    ready = officer.get(path_of(ref))
    assert_sound(ready, lang)
    (seal,) = set(fromstring(ready.text).xpath("//input[@name='seal']/@value"))
    officer.post(f"{path_of(ref)}/submit", seal=seal)
    assert house.application(ref).state is State.ISSUED


@BOTH
def test_a_scan_is_taken_with_what_is_wrong_told_and_the_deciding_officer_reads_who_saw_it(
    house, lang
):
    ref = begun(house, "lin_xiaohe").ref
    officer = Browser(house, GAO, lang)
    officer.post(f"{path_of(ref)}/home", **home_form(NOWHERE))
    at = f"{path_of(ref)}/materials/dwelling"
    for data, code in ((b"", PAPER), (good(), ""), (good(), "passport_upload")):
        answer = send(officer, at, data, document_code=code)
        assert answer.status_code == 422
        assert_sound(answer, lang)
    refused = send(officer, at, heic())
    assert refused.status_code == 303
    assert of(lang, "upload.refused.FILE_HEIC") in officer.get(path_of(ref)).text
    seen = {"csrf": "token-of-this-session", "document": PAPER, "original_seen": "yes"}
    taken = officer.http.post(f"{at}?lang={lang}", data=seen, files=[("file", ("a.jpg", good()))])
    assert taken.status_code == 303
    page = officer.get(path_of(ref))
    assert_sound(page, lang)
    assert of(lang, "intake.original_was_seen") in page.text
    (picture,) = fromstring(page.text).xpath("//p[@class='sheets']/a/@href")
    assert officer.get(picture).content.startswith(b"\xff\xd8\xff")
    assert Browser(house, LI).get(picture).status_code == 403
    assert officer.get(picture.replace("page-1", "document")).status_code == 404
    sent(house, ref)
    chief = Browser(house, ELSEWHERE, lang)  # the station of that home
    case = chief.get(f"/desk/cases/{ref}")
    assert of(lang, "desk.upload.original_seen").format(number="1047") in case.text
    assert of(lang, "desk.taken_by").format(number="1047") in case.text


def test_a_photo_taken_at_the_counter_is_shown_and_then_handed_in(house):
    ref = begun(house, "wu_guoqiang").ref  # the one on file is too old
    officer = Browser(house, GAO)
    at = f"{path_of(ref)}/photo"
    assert send(officer, at, b"").status_code == 422
    assert send(officer, at, b"no picture").status_code == 422
    assert send(officer, at, SOUND).status_code == 303
    shown = officer.get(path_of(ref))
    assert_sound(shown, "zh")
    (picture,) = fromstring(shown.text).xpath("//img[@class='portrait']/@src")
    assert officer.get(picture).content.startswith(b"\xff\xd8\xff")
    upload = picture.split("/")[-2]
    assert officer.post(f"{at}/{upload}/keep").status_code == 303
    assert sent(house, ref).state is State.IN_REVIEW


# -- the result ------------------------------------------------------------------------------


@BOTH
def test_reasons_are_read_out_as_the_applicant_reads_them(house, lang):
    ref = begun(house, "shen_xiaozhou").ref
    sent(house, ref)
    house.review_desk.open(LI, ref, claim=True)
    house.review_desk.refuse(LI, ref, ["ADDRESS_MISMATCH", "PHOTO_QUALITY"], "门牌对不上")
    told = Browser(house, GAO, lang).get(path_of(ref))
    assert_sound(told, lang)
    own = Browser(house, resident("shen_xiaozhou"), lang).get(f"/applications/{ref}")
    for code in ("REFUSED_ADDRESS_MISMATCH", "REFUSED_PHOTO_QUALITY"):
        for answer in (told, own):
            assert of(lang, f"reason.{code}") in answer.text
            assert of(lang, f"cure.{code}") in answer.text
    assert "门牌对不上" in told.text
    elsewhere = Browser(house, ELSEWHERE, lang)
    people = arrived(elsewhere, "shen_xiaozhou")
    elsewhere.post(f"{people}/open", ref=ref)
    hidden = elsewhere.get(path_of(ref))
    assert "门牌对不上" not in hidden.text
    assert of(lang, "reason.REFUSED_PHOTO_QUALITY") not in hidden.text
    usage = Browser(house, resident("shen_xiaozhou"), lang).get("/usage")
    assert {"zh": "没有通过的理由", "en": "The reasons of a refusal"}[lang] in usage.text
    again = Browser(house, GAO, lang)
    people = arrived(again, "shen_xiaozhou")
    (anew,) = fromstring(told.text).xpath("//form[contains(@action, '/again')]")
    assert anew.action.endswith(f"/desk/counter/people/{people.rpartition('/')[2]}/again")
    begun_anew = again.post(anew.action, ref=anew.fields["ref"])
    assert begun_anew.headers["location"].startswith("/desk/counter/")


@BOTH
def test_a_receipt_says_where_it_stands_and_when_it_is_answered(house, lang):
    ref = begun(house, "shen_xiaozhou").ref
    officer = Browser(house, GAO, lang)
    early = officer.get(f"{path_of(ref)}/receipt")
    assert early.headers["location"] == path_of(ref)
    case = sent(house, ref)
    notice = officer.get(f"{path_of(ref)}/receipt")
    assert_sound(notice, lang)
    words = said(notice)
    assert case.number in words
    assert case.due_on.isoformat() in words
    assert "1047" in words
    assert of(lang, "intake.card_compared") in words
    on_line = submitted(house, "chen_yiming")
    people = arrived(officer, "chen_yiming")
    officer.post(f"{people}/open", ref=on_line.ref)
    bare = officer.get(f"{path_of(on_line.ref)}/receipt")
    assert of(lang, "intake.card_compared") not in said(bare)


def test_withdrawn_at_the_counter_it_can_be_begun_again(house):
    ref = sent(house, begun(house, "shen_xiaozhou").ref).ref
    officer = Browser(house, GAO)
    seal = house.intake_desk.look(GAO, ref).seal
    for _ in range(2):
        assert officer.post(f"{path_of(ref)}/withdraw", seal=seal).status_code == 303
    assert house.application(ref).state is State.WITHDRAWN
    page = officer.get(path_of(ref))
    assert_sound(page, "zh")
    people = arrived(officer, "shen_xiaozhou")
    assert "重新申请" in officer.get(people).text


# -- what no form of ours sends ------------------------------------------------------------


@pytest.mark.parametrize("ref", ["", "x", "%00", "\x00" * 20, "' or 1=1 --", "b" * 21])
def test_a_reference_that_is_none_is_told_and_never_a_failure_of_ours(house, ref):
    browser = Browser(house, GAO)
    person = arrived(browser, "chen_yiming")
    for act in ("open", "again"):
        assert browser.post(f"{person}/{act}", ref=ref).status_code == 422


def test_an_answered_home_is_not_answered_with_nothing(house):
    ref = begun(house, "chen_yiming").ref
    for dwelling in ("", "castle"):
        answer = Browser(house, GAO).post(f"{path_of(ref)}/home", dwelling=dwelling)
        assert answer.status_code == 422
        assert_sound(answer, "zh")


def test_a_registration_is_asked_where_and_not_why(house):
    ref = house.apply_desk.begin(CHEN, Matter.RESIDENCE_REGISTRATION).ref
    answer = Browser(house, CHEN).post(f"/applications/{ref}/why", ground="lost")
    assert answer.headers["location"] == f"/applications/{ref}/dwelling"
