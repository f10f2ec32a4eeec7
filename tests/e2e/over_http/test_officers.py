"""The officers' pages over HTTP: the queue, a case somebody else decided, letters and findings."""

import pytest
from lxml.html import fromstring

from issuance.application import State
from issuance.upkeep import SUPPLEMENT_LIFE
from tests.residents import (
    GAO,
    LI,
    Browser,
    assert_sound,
    copied,
    resident,
    submitted,
    verify_face,
)
from tests.unit.issuance.desk_walks import CHIEF
from tests.unit.issuance.letters.walks import (
    LIN,
    UNSURE,
    certificates,
    handed_in,
    letters,
    moved_away_and_back,
)
from tests.unit.issuance.test_issue import NO_FONT
from tests.unit.issuance.test_review import namesake_photo
from tests.unit.issuance.test_waiting import copies
from tests.unit.issuance.uploading import asked
from tests.unit.issuance.uploading import handed_in as handed_in_file

SHEN = resident("shen_xiaozhou")
BOTH = pytest.mark.parametrize("lang", ["zh", "en"])
WHY = "经查户籍登记，两人没有亲属关系。"


def text_of(answer, path):
    return [" ".join(e.text_content().split()) for e in fromstring(answer.text).xpath(path)]


# -- the queue -------------------------------------------------------------------------------


@BOTH
def test_the_queue_is_turned_page_by_page_and_filtered(house, lang):
    case = submitted(house, "shen_xiaozhou").ref
    copies(house, case, 60)
    officer = Browser(house, GAO, lang)
    first = officer.get("/desk")
    assert_sound(first, lang)
    (following,) = fromstring(first.text).xpath("//a[@rel='next']/@href")
    second = officer.get(following)
    assert_sound(second, lang)
    cases = [*text_of(first, "//tbody/tr"), *text_of(second, "//tbody/tr")]
    assert len(cases) == len(set(cases)) == 61
    assert fromstring(second.text).xpath("//a[@rel='prev']/@href") == ["/desk?page=1"]
    for which in ("late", "today", "held"):
        empty = officer.get(f"/desk?which={which}")
        assert_sound(empty, lang)
        assert fromstring(empty.text).xpath("//tbody/tr") == []


def test_what_is_done_at_once_is_no_part_of_the_queue_to_choose(house):
    page = Browser(house, GAO).get("/desk")
    offered = set(fromstring(page.text).xpath("//select[@id='matter']/option/@value"))
    assert offered >= {"residence_registration", "permit_update", "cancellation"}
    assert not offered & {"loss_report", "loss_lift"}


@BOTH
def test_a_case_is_searched_by_its_number_which_stands_in_no_address(house, lang):
    application = submitted(house, "shen_xiaozhou")
    officer = Browser(house, GAO, lang)
    for typed in (application.number, application.number[-4:]):
        found = officer.post("/desk/search", number=typed)
        assert_sound(found, lang)
        (href,) = fromstring(found.text).xpath("//tbody//a/@href")
        assert href == f"/desk/cases/{application.ref}"
    nothing = officer.post("/desk/search", number="SF-2611-999999")
    assert_sound(nothing, lang)
    assert fromstring(nothing.text).xpath("//tbody") == []


# -- one case --------------------------------------------------------------------------------


@BOTH
def test_the_second_officer_reads_who_decided_when_and_what(house, lang):
    ref = submitted(house, "shen_xiaozhou").ref
    first, second = Browser(house, GAO, lang), Browser(house, LI, lang)
    second.get(f"/desk/cases/{ref}")
    second.post(f"/desk/cases/{ref}/release")
    first.post(f"/desk/cases/{ref}", decision="approve", judge_1="yes")
    late = second.post(f"/desk/cases/{ref}", decision="refuse", reason="NO_RECORD")
    assert late.status_code == 409
    assert_sound(late, lang)
    (alert,) = text_of(late, "//*[@role='alert']")
    told = {"zh": "已由 1047 于今天 10:00 核准", "en": "Approved by 1047, today 10:00"}[lang]
    assert told in alert
    assert fromstring(late.text).xpath("//form[@id='decide']") == []
    again = first.post(f"/desk/cases/{ref}", decision="approve", judge_1="yes")
    assert again.status_code == 303  # the second click on one's own decision


WITHDREW = {
    "zh": "申请人于今天 10:00 撤回",
    "en": "Withdrawn by the applicant, today 10:00",
}


@BOTH
@pytest.mark.parametrize("asked_first", [False, True])
def test_a_case_that_was_withdrawn_says_so_and_takes_no_decision(house, lang, asked_first):
    ref = asked(house, "lin_xiaohe").ref
    handed_in_file(house, ref)
    verify_face(house, "lin_xiaohe", ref)
    house.apply_desk.submit(LIN, ref)
    officer = Browser(house, CHIEF, lang)
    path = f"/desk/cases/{ref}"
    assert fromstring(officer.get(path).text).xpath("//form[@id='decide']")
    if asked_first:
        answer = officer.post(path, decision="ask", ask="dwelling", sentence="第二页没拍到")
        assert answer.status_code == 303
    house.apply_desk.withdraw(LIN, ref)
    late = officer.post(path, decision="refuse", reason="NO_RECORD")
    assert late.status_code == 409
    (alert,) = text_of(late, "//*[@role='alert']")
    assert WITHDREW[lang] in alert
    answered = officer.post(f"{path}/second", answer="confirm", proposal="x")
    assert answered.status_code == 409
    for shown in (late, answered, officer.get(path)):
        assert_sound(shown, lang)
        assert fromstring(shown.text).xpath("//section[@class='decide']//form") == []
        assert WITHDREW[lang] in text_of(shown, "//section[@class='decide']")[0]
    assert house.application(ref).state is State.WITHDRAWN
    assert_sound(officer.get(f"/desk?decided={ref}"), lang)


@BOTH
def test_what_is_asked_for_is_named_as_the_applicant_reads_it_and_put_into_words(house, lang):
    ref = asked(house, "lin_xiaohe").ref
    handed_in_file(house, ref)
    verify_face(house, "lin_xiaohe", ref)
    house.apply_desk.submit(LIN, ref)
    officer, path = Browser(house, CHIEF, lang), f"/desk/cases/{ref}"
    words = {"zh": "居住证明", "en": "Proof of home"}[lang]
    shown = officer.get(path)
    (choice,) = text_of(shown, "//label[input[@name='ask']]")
    assert choice == words
    unsaid = officer.post(path, decision="ask", ask="dwelling")
    assert unsaid.status_code == 422
    assert_sound(unsaid, lang)
    assert officer.post(path, decision="ask", ask="dwelling", sentence="请补全").status_code == 303
    own = Browser(house, LIN, lang).get(f"/applications/{ref}")
    assert words in " ".join(text_of(own, "//section[@aria-labelledby='asked']"))


@BOTH
def test_what_nobody_answered_in_time_says_that_it_ended_by_itself(house, lang):
    ref = asked(house, "lin_xiaohe").ref
    handed_in_file(house, ref)
    verify_face(house, "lin_xiaohe", ref)
    house.apply_desk.submit(LIN, ref)
    house.review_desk.open(CHIEF, ref, claim=True)
    house.supplement_desk.ask(CHIEF, ref, ["dwelling"], "第二页没拍到")
    house.clock.skip(SUPPLEMENT_LIFE)
    assert house.upkeep_desk.look_after_supplements() == 1
    shown = Browser(house, CHIEF, lang).get(f"/desk/cases/{ref}")
    assert_sound(shown, lang)
    (words,) = text_of(shown, "//section[@class='decide']")
    assert {"zh": "到期没有补件", "en": "did not come in time"}[lang] in words
    assert fromstring(shown.text).xpath("//form[@id='decide']") == []


@BOTH
def test_an_approved_case_that_is_held_up_says_so_and_why(house, lang):
    ref = submitted(house, "shen_xiaozhou", address=f"听雨路77号3号楼{NO_FONT}1202室").ref
    officer = Browser(house, GAO, lang)
    done = officer.post(f"/desk/cases/{ref}", decision="approve", judge_1="yes")
    held = {"zh": "已核准，证件正在重试出具", "en": "is being tried again"}[lang]
    since = {"zh": "自今天 10:00 起", "en": "Since today 10:00"}[lang]
    queue, case = officer.get(done.headers["location"]), officer.get(f"/desk/cases/{ref}")
    for answer in (queue, case):
        assert_sound(answer, lang)
        assert held in answer.text
        assert since in " ".join(text_of(answer, "//main"))
    assert "U+2CEFF" in case.text
    officer.get("/desk?which=held")
    assert ref in officer.get("/desk?which=held").text


@BOTH
def test_only_what_needs_nothing_is_counted_as_checked(house, lang):
    ref = submitted(house, "shen_xiaozhou").ref
    page = Browser(house, GAO, lang).get(f"/desk/cases/{ref}")
    (heading,) = text_of(page, "//h1")
    said = {"zh": "1 处要您看，其余 2 项已自动核对", "en": "1 for you to judge, 2 checked already"}
    assert said[lang] in heading
    rows = text_of(page, "//section[@aria-labelledby='checked']//tbody/tr")
    assert len(rows) == 4  # kinship and guardianship are shown, and not counted


@BOTH
def test_both_addresses_stand_whole_side_by_side_with_the_differences_marked_and_named(house, lang):
    ref = submitted(house, "shen_xiaozhou").ref
    page = Browser(house, GAO, lang).get(f"/desk/cases/{ref}")
    said, recorded = text_of(page, "//div[@class='compare']//p[@class='address']")
    assert said == "示范市梧桐区听雨路77号3号楼1202室"
    assert (
        recorded
        == house.review_desk.to_judge(house.application(ref))[1][0].near_miss.claims.address
    )
    marked = text_of(page, "//div[@class='compare']//mark")
    assert marked
    named = text_of(page, "//ul[@class='differences']/li")
    assert all("↔" in line for line in named)
    assert len(named) >= 1


@BOTH
def test_a_case_waiting_for_a_source_offers_no_approval(settled_folder, tmp_path, lang):
    with copied(settled_folder, tmp_path, sources_down=("housing",)) as house:
        ref = submitted(house, "zheng_xue").ref
        officer = Browser(house, GAO, lang)
        page = officer.get(f"/desk/cases/{ref}")
        assert_sound(page, lang)
        assert fromstring(page.text).xpath("//input[@value='approve']") == []
        answer = officer.post(f"/desk/cases/{ref}", decision="approve", judge_1="yes")
        assert answer.status_code == 422
        assert house.application(ref).state is State.IN_REVIEW


def test_another_persons_photo_among_the_records_is_not_given_out(house):
    mine, others = namesake_photo(house, "shen_xiaozhou")
    ref = submitted(house, "shen_xiaozhou").ref
    officer = Browser(house, GAO)
    assert officer.get(f"/desk/photos/{ref}/{mine}").content.startswith(b"\xff\xd8")
    assert officer.get(f"/desk/photos/{ref}/{others}").status_code == 404


# -- letters and findings --------------------------------------------------------------------


@BOTH
def test_an_officer_finds_a_letter_false_and_decides_again(house, lang):
    first, again = moved_away_and_back(house)
    (letter,) = letters(house)
    officer = Browser(house, GAO, lang)
    assert_sound(officer.get("/desk/letters"), lang)
    nothing = officer.post("/desk/letters", number="CN20269999999999")
    assert_sound(nothing, lang)
    at = officer.post("/desk/letters", number=letter.number).headers["location"]
    page = officer.get(at)
    assert_sound(page, lang)
    assert "周敏" in page.text
    assert LIN.holder.id_number not in page.text
    assert officer.get(f"{at}/document").content.startswith(b"%PDF-1.7")
    for wrong in ({}, {"reason": WHY}, {"confirm": "1"}, {"reason": "长" * 301, "confirm": "1"}):
        refused = officer.post(at, **wrong)
        assert refused.status_code == 422
        assert_sound(refused, lang)
    done = officer.post(at, reason=WHY, confirm="1")
    finding = done.headers["location"]
    shown = officer.get(finding)
    assert_sound(shown, lang)
    assert [f.action for f in fromstring(shown.text).forms if "findings" in f.action] == [
        f"{finding}/{again.ref}"
    ]
    assert finding in officer.get("/desk").text
    late = Browser(house, LI, lang).post(at, reason=WHY, confirm="1")
    assert late.status_code == 409
    assert_sound(late, lang)
    assert "1047" in " ".join(text_of(late, "//*[@role='alert']"))
    for wrong in ({}, {"outcome": "revoke"}, {"outcome": "forget", "sentence": WHY}):
        refused = officer.post(f"{finding}/{again.ref}", **wrong)
        assert refused.status_code == 422
        assert_sound(refused, lang)
    judged = officer.post(f"{finding}/{again.ref}", outcome="revoke", sentence=WHY)
    assert_sound(officer.get(judged.headers["location"]), lang)
    second = Browser(house, LI, lang).post(f"{finding}/{again.ref}", outcome="uphold", sentence=WHY)
    assert second.status_code == 409
    assert_sound(second, lang)
    assert [c.status for c in certificates(house)] == ["revoked", "superseded", "superseded"]
    assert finding not in officer.get("/desk").text
    assert first.ref in shown.text or first.number in shown.text


@BOTH
def test_a_case_that_leans_on_a_false_letter_shows_it_and_offers_no_approval(house, lang):
    ref = handed_in(house, address=UNSURE).ref
    house.review_desk.find_false(GAO, letters(house)[0].ref, WHY)
    officer = Browser(house, GAO, lang)
    page = officer.get(f"/desk/cases/{ref}")
    assert_sound(page, lang)
    assert fromstring(page.text).xpath("//input[@value='approve']") == []
    answer = officer.post(f"/desk/cases/{ref}", decision="approve", judge_1="yes")
    assert answer.status_code == 422
    assert_sound(answer, lang)


@pytest.mark.parametrize(
    "path", ["/desk/letters", "/desk/letters/{}", "/desk/letters/{}/document", "/desk/findings/{}"]
)
def test_the_pages_of_letters_are_for_officers_alone(house, path):
    asked = path.replace("{}", "2" * 20)
    assert Browser(house, None).get(asked).status_code == 303
    assert Browser(house, SHEN).get(asked).status_code == 403
    if "{}" in path:
        assert Browser(house, GAO).get(asked).status_code == 404


@pytest.mark.parametrize(
    "path", ["/desk/search", "/desk/letters", "/desk/letters/{}", "/desk/findings/{}/{}"]
)
def test_every_form_needs_the_sessions_token(house, path):
    officer = Browser(house, GAO)
    asked = path.replace("{}", "2" * 20)
    assert officer.http.post(asked, data={"number": "x"}).status_code == 403
