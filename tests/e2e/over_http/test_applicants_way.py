"""The applicant's way over HTTP: for a child, again, afresh, and what is said on the way."""

import re

import pytest
from lxml.html import fromstring

from certstore.web.texts import load
from face_auth.sandbox import Behaviour
from issuance.application import State
from issuance.apply import MOST_FACES_A_DAY
from tests.guardians import DAUGHTER, FATHER, STRANGER, registered, unknown_child, verified
from tests.residents import (
    ADDRESS_CHANGE,
    PEOPLE,
    REGISTRATION,
    Browser,
    assert_sound,
    drafted,
    resident,
    submitted,
    vouchers,
)
from tests.residents import (
    EVERYWHERE as GAO,
)

BOTH = pytest.mark.parametrize("lang", ["zh", "en"])
CHEN, LIN, SHEN = (resident(k) for k in ("chen_yiming", "lin_xiaohe", "shen_xiaozhou"))
START = "/apply/residence-registration"


def said(answer, lang, key):
    """Whether a page says this text."""
    words = load(lang)[key].other.partition("{")[0].strip()
    return words in fromstring(answer.text).text_content()


def _child_form(child, **changes):
    fields = {
        "child_name": child.name,
        "child_id_number": child.id_number,
        "guardian_relation": child.relation,
        "consented": "1",
    }
    return {**fields, **changes}


# -- for a child -----------------------------------------------------------------------------


@BOTH
def test_a_father_walks_from_the_start_page_to_his_daughters_voucher(house, lang):
    me = Browser(house, FATHER, lang)
    start = me.get(START)
    assert_sound(start, lang)
    assert f'href="{START}/child"' in start.text
    assert_sound(me.get(f"{START}/child"), lang)
    begun = me.post(f"{START}/child", **_child_form(DAUGHTER))
    at = begun.headers["location"].rpartition("/")[0]
    question = me.get(f"{at}/dwelling")
    assert_sound(question, lang)
    assert "何雨桐" in question.text
    assert "林语路33弄12号601室" in question.text  # his own home, in full
    assert me.post(f"{at}/dwelling", dwelling="here").headers["location"] == f"{at}/face"
    for page in ("child", "relative", "address", "face", "check"):
        assert_sound(me.get(f"{at}/{page}"), lang)
    left = me.post(f"{at}/face").headers["location"]
    assert "0314" in me.get(left).text  # his own number, masked
    assert me.post(left, outcome="pass").headers["location"] == f"{at}/face"
    check = me.get(f"{at}/check")
    assert_sound(check, lang)
    assert said(check, lang, "check.nothing_left")
    assert DAUGHTER.id_number in fromstring(check.text).text_content()
    assert me.post(f"{at}/check").headers["location"] == f"{at}/submitted"
    (voucher,) = vouchers(house, "he_yutong")
    for page in (f"{at}/submitted", at, "/applications", "/certificates", "/usage", "/notices"):
        shown = me.get(page)
        assert_sound(shown, lang)
    certificates = me.get("/certificates").text
    assert {"zh": "何雨桐 · 由您监护", "en": "何雨桐 · in your care"}[lang] in certificates
    assert_sound(me.get(f"/certificates/{voucher.ref}/present"), lang)
    assert me.get(f"/certificates/{voucher.ref}/document").content.startswith(b"%PDF-")
    usage = me.get("/usage")
    assert_sound(usage, lang)
    assert {"zh": "何雨桐的资料", "en": "何雨桐’s data"}[lang] in usage.text
    house.ledger_desk.checkpoint()
    look = house.holdings_desk.usage(FATHER)[0].ref
    assert_sound(me.get(f"/usage/{look}"), lang)
    assert Browser(house, STRANGER, lang).get(f"/usage/{look}").status_code == 404


@BOTH
def test_the_officer_sees_that_a_guardian_acts(house, lang):
    application = registered(house)
    page = Browser(house, GAO, lang).get(f"/desk/cases/{application.ref}")
    assert_sound(page, lang)
    assert said(page, lang, "desk.guardian")


@BOTH
@pytest.mark.parametrize(
    ("whose", "relation"), [("guardian", "parent"), ("self", None), ("relative", "grandparent")]
)
def test_whose_home_the_child_lives_in_is_asked_from_the_childs_side(house, lang, whose, relation):
    me = Browser(house, FATHER, lang)
    at = me.post(f"{START}/child", **_child_form(DAUGHTER)).headers["location"].rpartition("/")[0]
    me.post(f"{at}/dwelling", dwelling="own")
    zhou = PEOPLE["zhou_min"]
    fields = {
        "relation": "grandparent",
        "relative_name": zhou["name"],
        "relative_id_number": zhou["id_number"],
    }
    asked = me.post(f"{at}/relative", whose=whose, **(fields if whose == "relative" else {}))
    assert asked.headers["location"] == f"{at}/address"
    answers = house.apply_desk.get(FATHER, at.rpartition("/")[2]).answers
    assert (answers.relative.relation if answers.relative else None) == relation
    again = fromstring(me.get(f"{at}/relative").text)
    assert again.xpath("//input[@name='whose'][@checked]/@value") == [whose]
    me.post(f"{at}/address", district="梧桐区", address="青石街18号2幢502室")
    own = {"self": "child"}.get(whose, whose)
    facts = fromstring(me.get(f"{at}/check").text).xpath("//dt/following-sibling::dd[1]")
    assert load(lang)[f"answer.whose_is.{own}"].other in {f.text_content() for f in facts}


@BOTH
def test_a_child_badly_named_is_told_everything_at_once_and_what_was_typed_is_kept(house, lang):
    me = Browser(house, FATHER, lang)
    answer = me.post(f"{START}/child", child_id_number="34019920190321024")
    assert answer.status_code == 422
    assert_sound(answer, lang)
    codes = ("child_name.missing", "guardian_relation.missing", "consented.missing")
    for code in codes:
        assert said(answer, lang, f"error.{code}")
    assert "17" in answer.text
    assert 'value="34019920190321024"' in answer.text
    assert house.apply_desk.all_of(FATHER) == []


@BOTH
def test_an_adult_is_not_applied_for(house, lang):
    me = Browser(house, FATHER, lang)
    form = _child_form(DAUGHTER, child_id_number=CHEN.holder.id_number, child_name="陈一鸣")
    answer = me.post(f"{START}/child", **form)
    assert answer.status_code == 422
    assert said(answer, lang, "error.child_id_number.grown_up")


def _read(page):
    """A page without what is the applicant's own: the name typed, the number, references, times."""
    own = r"340199[0-9]{11}[0-9X]|[0-9a-z]{20}|SF-[0-9-]+|[0-9]{2}:[0-9]{2}"
    text = re.sub(own, "#", page.replace("<wbr>", ""))
    return re.sub(r"/static/[^\"]+", "", text)


@BOTH
def test_every_page_is_the_same_to_a_stranger_whether_or_not_the_child_is_known(house, lang):
    registered(house)
    seen = []
    for child in (DAUGHTER, unknown_child()):
        me = Browser(house, STRANGER, lang)
        begun = me.post(f"{START}/child", **_child_form(child))
        at, pages = begun.headers["location"].rpartition("/")[0], [_read(begun.headers["location"])]
        home = PEOPLE["chen_yiming"]["declares"]
        where = {"district": home["district"], "address": home["address"]}
        for path, fields in (("dwelling", {"dwelling": "own"}), ("relative", {"whose": "guardian"}),
                             ("address", where)):  # fmt: skip
            answer = me.post(f"{at}/{path}", **fields)
            pages.append(_read(answer.headers["location"]))
        pages.append(_read(me.get(f"{at}/check").text))
        verified(house, STRANGER, at.rpartition("/")[2])
        pages += [_read(me.get(f"{at}/{page}").text) for page in ("face", "commitment", "check")]
        pages.append(_read(me.post(f"{at}/check").headers["location"]))
        seen.append(pages)
    assert seen[0] == seen[1]


def test_another_childs_draft_that_is_open_is_led_to(house):
    me = Browser(house, FATHER)
    first = me.post(f"{START}/child", **_child_form(DAUGHTER)).headers["location"]
    other = me.post(f"{START}/child", **_child_form(unknown_child())).headers["location"]
    renamed = me.post(other.replace("/dwelling", "/child"), **_child_form(DAUGHTER))
    assert renamed.headers["location"] == first.replace("/dwelling", "")
    own = house.apply_desk.begin(FATHER, REGISTRATION).ref
    assert me.get(f"/applications/{own}/child").status_code == 404


# -- again, afresh ---------------------------------------------------------------------------


@BOTH
def test_a_refused_application_offers_to_begin_again_with_the_answers(house, lang):
    ref = submitted(house, "shen_xiaozhou").ref
    house.review_desk.refuse(GAO, ref, "ADDRESS_MISMATCH", "")
    me = Browser(house, SHEN, lang)
    page = me.get(f"/applications/{ref}")
    assert_sound(page, lang)
    assert said(page, lang, "progress.again")
    assert f'action="/applications/{ref}/again"' in page.text
    begun = me.post(f"/applications/{ref}/again").headers["location"]
    address = me.get(begun.replace("dwelling", "address"))
    assert "听雨路77号3号楼1202室" in address.text
    assert me.post(f"/applications/{ref}/again").headers["location"] == begun
    first = me.get(begun)
    assert_sound(first, lang)
    for key in ("question.former_kept", "reason.REFUSED_ADDRESS_MISMATCH"):
        assert said(first, lang, key)
    assert house.apply_desk.get(SHEN, ref).number in first.text
    assert not said(me.get(begun.replace("dwelling", "address")), lang, "question.former_kept")
    kept = begun.rpartition("/")[0]
    assert said(me.get(f"{kept}/face"), lang, "face.passed")


@BOTH
def test_who_withdrew_and_begins_again_is_told_what_is_kept_and_no_refusal(house, lang):
    ref = submitted(house, "shen_xiaozhou").ref
    me = Browser(house, SHEN, lang)
    me.post(f"/applications/{ref}/withdraw")
    first = me.get(me.post(f"/applications/{ref}/again").headers["location"])
    assert said(first, lang, "question.former_kept")
    refused = load(lang)["question.former_refused"].other.partition("}")[2]
    assert refused not in fromstring(first.text).text_content()


@BOTH
def test_who_is_led_back_to_the_first_question_is_told_why(house, lang):
    application = drafted(house, "chen_yiming")
    at, me = f"/applications/{application.ref}", Browser(house, CHEN, lang)
    assert not said(me.get(f"{at}/dwelling"), lang, "question.unanswered")
    me.post(f"{at}/dwelling", dwelling="dormitory")  # in another window
    for page in ("face", "check"):
        led = me.get(f"{at}/{page}").headers["location"]
        assert led.startswith(f"{at}/dwelling")
        shown = me.get(led)
        assert_sound(shown, lang)
        assert said(shown, lang, "question.unanswered")


@BOTH
def test_another_one_is_begun_afresh_after_it_was_confirmed(house, lang):
    old = drafted(house, "chen_yiming")
    me = Browser(house, CHEN, lang)
    start = me.get(START)
    assert f'href="{START}/fresh"' in start.text
    assert f'<form method="post" action="{START}"' not in start.text
    confirm = me.get(f"{START}/fresh")
    assert_sound(confirm, lang)
    assert f'href="/applications/{old.ref}/face"' in confirm.text
    assert house.apply_desk.get(CHEN, old.ref).state is State.DRAFT
    begun = me.post(START, fresh="1").headers["location"]
    assert old.ref not in begun
    ended = me.get(f"/applications/{old.ref}")
    assert_sound(ended, lang)
    assert said(ended, lang, "progress.withdrawn_by_you")
    assert_sound(me.get("/applications"), lang)
    house.apply_desk.begin(CHEN, REGISTRATION, fresh=True)
    assert me.get(f"{START}/fresh").status_code == 200


def test_with_no_draft_there_is_nothing_to_confirm(house):
    assert Browser(house, CHEN).get(f"{START}/fresh").headers["location"] == START


@BOTH
def test_the_home_one_leaves_is_not_offered_and_the_same_address_is_refused_in_words(house, lang):
    submitted(house, "chen_yiming")
    ref = house.apply_desk.begin(CHEN, ADDRESS_CHANGE).ref
    me = Browser(house, CHEN, lang)
    assert 'value="here"' not in me.get(f"/applications/{ref}/dwelling").text
    me.post(f"/applications/{ref}/dwelling", dwelling="own")
    me.post(f"/applications/{ref}/relative", whose="self")
    home = PEOPLE["chen_yiming"]["declares"]
    where = {"district": home["district"], "address": home["address"]}
    answer = me.post(f"/applications/{ref}/address", **where)
    assert answer.status_code == 422
    assert said(answer, lang, "error.address.unchanged")


# -- what is said ----------------------------------------------------------------------------


@BOTH
def test_the_home_a_child_leaves_is_not_offered_to_its_guardian(house, lang):
    registered(house)
    me = Browser(house, FATHER, lang)
    draft = house.apply_desk.begin(FATHER, ADDRESS_CHANGE, DAUGHTER)
    at = f"/applications/{draft.ref}"
    shown = me.get(f"{at}/dwelling")
    assert_sound(shown, lang)
    assert 'value="here"' not in shown.text
    first = house.apply_desk.begin(STRANGER, ADDRESS_CHANGE, DAUGHTER)
    stranger = Browser(house, STRANGER, lang).get(f"/applications/{first.ref}/dwelling")
    unknown = house.apply_desk.begin(STRANGER, ADDRESS_CHANGE, unknown_child())
    other = Browser(house, STRANGER, lang).get(f"/applications/{unknown.ref}/dwelling")
    assert ('value="here"' in stranger.text) == ('value="here"' in other.text)


@BOTH
def test_a_failed_face_says_why_how_often_one_may_try_and_what_else_one_can_do(house, lang):
    ref = drafted_without_face(house)
    me = Browser(house, CHEN, lang)
    for behaviour, key in ((Behaviour.FAIL_LIGHT, "light"), (Behaviour.FAIL_PERSON, "person"),
                           (Behaviour.RISK, "risk")):  # fmt: skip
        verified(house, CHEN, ref, behaviour)
        page = me.get(f"/applications/{ref}/face")
        assert_sound(page, lang)
        assert said(page, lang, f"face.because.{key}")
        assert str(MOST_FACES_A_DAY) in page.text
        assert 'href="/windows"' in page.text
    for _ in range(MOST_FACES_A_DAY - 3):
        verified(house, CHEN, ref, Behaviour.FAIL_LIGHT)
    answer = me.post(f"/applications/{ref}/face")
    assert answer.status_code == 409
    assert_sound(answer, lang)
    assert said(answer, lang, "face.because.light")
    assert {"zh": "请明天再试", "en": "try again tomorrow"}[lang] in answer.text
    assert "scan-face" not in answer.text


def drafted_without_face(house):
    """A draft with every question answered."""
    me, home = Browser(house, CHEN), PEOPLE["chen_yiming"]["declares"]
    at = me.post(START).headers["location"].rpartition("/")[0]
    me.post(f"{at}/dwelling", dwelling="own")
    me.post(f"{at}/relative", whose="self")
    me.post(f"{at}/address", district=home["district"], address=home["address"])
    return at.rpartition("/")[2]


@BOTH
def test_the_check_page_shows_ones_own_name_number_and_address_in_full(house, lang):
    ref = drafted(house, "chen_yiming").ref
    page = Browser(house, CHEN, lang).get(f"/applications/{ref}/check")
    for fact in ("陈一鸣", CHEN.holder.id_number, "长乐路88弄6号1203室"):
        assert fact in fromstring(page.text).text_content()
    dwelling = Browser(house, CHEN, lang).get(f"/applications/{ref}/dwelling")
    assert "长乐路88弄6号1203室" in dwelling.text


@BOTH
def test_where_something_must_be_handed_in_there_is_a_way_to_do_it_and_counters(house, lang):
    ref = drafted(house, "zheng_xue").ref
    me = Browser(house, resident("zheng_xue"), lang)
    page = me.get(f"/applications/{ref}/check")
    assert_sound(page, lang)
    read = fromstring(page.text)
    (row,) = read.xpath("//li[contains(@class, 'need')]")
    pressed = row.xpath(".//a/@href")
    assert pressed == [
        f"/applications/{ref}/materials/dwelling",
        f"/applications/{ref}/dwelling",
        "/windows",
    ]
    assert read.xpath("//section[@aria-labelledby='counters']//li")
    for href in pressed:
        assert me.get(href).status_code == 200


@BOTH
def test_a_relatives_home_that_is_not_found_is_told_in_neutral_words(house, lang):
    me = Browser(house, LIN, lang)
    ref = drafted(house, "lin_xiaohe", address="望江路188弄6号1299室").ref
    before = me.get(f"/applications/{ref}/check")
    assert said(before, lang, "check.after.letter")
    assert not said(before, lang, "reason.NOT_AS_DESCRIBED")
    house.apply_desk.sign(LIN, ref, "林晓禾")
    after = me.get(f"/applications/{ref}/check")
    assert_sound(after, lang)
    assert said(after, lang, "reason.NOT_AS_DESCRIBED")
    for code in ("NO_RECORD", "ADDRESS_MISMATCH", "HOLDER_NOT_SUBJECT"):
        assert not said(after, lang, f"reason.{code}")


@BOTH
def test_a_letter_nobody_asks_for_is_no_page(house, lang):
    ref = drafted(house, "chen_yiming").ref
    answer = Browser(house, CHEN, lang).get(f"/applications/{ref}/commitment")
    assert answer.status_code == 303


def test_the_questions_are_counted_without_jumping(house):
    me = Browser(house, LIN)
    at = me.post(START).headers["location"].rpartition("/")[0]
    home = PEOPLE["lin_xiaohe"]["declares"]
    fields = {
        "dwelling": {"dwelling": "rent"},
        "relative": {
            "whose": "relative",
            "relation": "parent",
            "relative_name": "周敏",
            "relative_id_number": home["relative"]["id_number"],
        },
        "address": {"district": home["district"], "address": home["address"]},
    }
    counted = []
    for question, given in fields.items():
        counted.append(_place(me, f"{at}/{question}"))
        me.post(f"{at}/{question}", **given)
    verified(house, LIN, at.rpartition("/")[2])
    counted += [_place(me, f"{at}/{question}") for question in ("face", "commitment")]
    assert [found.group(1) for found in counted] == ["1", "2", "3", "4", "5"]
    assert {found.group(3) for found in counted} == {"5"}
    assert [found.group(2) for found in counted] == ["最多", "最多", "最多", "共", "共"]


def _place(me, path):
    return re.search("第 ([0-9]) 题，(最多|共) ([0-9]) 题", me.get(path).text)
