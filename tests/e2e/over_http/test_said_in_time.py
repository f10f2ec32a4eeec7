"""What a newcomer is told before it is too late, and where the pages lead when it is."""

from datetime import timedelta

import pytest
from lxml.html import fromstring

from certstore.web.texts import load
from issuance.application import Matter, State
from tests.guardians import DAUGHTER, FATHER, registered
from tests.residents import (
    PEOPLE,
    REGISTRATION,
    Browser,
    assert_sound,
    drafted,
    resident,
    submitted,
    vouchers,
)
from verifiers.materials.calendar_months import months_after

BOTH = pytest.mark.parametrize("lang", ["zh", "en"])
CHEN = resident("chen_yiming")
START, PERMIT = "/apply/residence-registration", "/apply/residence-permit"


def main(answer):
    """What stands on a page."""
    return " ".join(fromstring(answer.text).find(".//main").text_content().split())


def says(answer, lang, key):
    """Whether a page says this text, as far as it is fixed."""
    return load(lang)[key].other.partition("{")[0].strip() in main(answer)


def links(answer, where="//main//a/@href"):
    return fromstring(answer.text).xpath(where)


def day_of(lang, day):
    """A day as a page in this language says it."""
    chinese = f"{day.year} 年 {day.month} 月 {day.day} 日"
    return chinese if lang == "zh" else f"{day.day} {day:%B %Y}"


# -- a session that is gone altogether -------------------------------------------------------


@BOTH
def test_a_form_without_any_session_is_not_said_to_be_kept(house, lang):
    at = f"/applications/{house.apply_desk.begin(CHEN, REGISTRATION).ref}/address"
    answer = Browser(house, None, lang).post(at, district="望江区", address="望江路 1 号 302 室")
    assert answer.status_code == 401
    assert_sound(answer, lang)
    assert {"zh": "没能留下", "en": "could not be kept"}[lang] in main(answer)


# -- lost ------------------------------------------------------------------------------------


@BOTH
def test_home_offers_to_lift_what_was_reported_lost(house, lang):
    submitted(house, "chen_yiming")
    (voucher,) = vouchers(house, "chen_yiming")
    house.loss_desk.report(CHEN, voucher.ref)
    me = Browser(house, CHEN, lang)
    home = me.get("/")
    assert_sound(home, lang)
    (href,) = links(home, "//section[@aria-labelledby='next']//a/@href")
    assert href == f"/certificates/{voucher.ref}/loss"
    assert me.get(href).status_code == 200
    assert START not in links(home)


@BOTH
def test_half_a_year_of_a_lost_voucher_has_no_day_and_no_broken_sentence(house, lang):
    submitted(house, "chen_yiming")
    (voucher,) = vouchers(house, "chen_yiming")
    me = Browser(house, CHEN, lang)
    ref = house.apply_desk.begin(CHEN, Matter.RESIDENCE_PERMIT).ref
    house.loss_desk.report(CHEN, voucher.ref)
    check = me.get(f"/applications/{ref}/check")
    assert_sound(check, lang)
    assert says(check, lang, "reason.undated.NOT_YET_ELIGIBLE")
    assert {"zh": "到 才", "en": "qualify on ;"}[lang] not in main(check)
    (row,) = fromstring(check.text).xpath("//li[contains(@class, 'stop')]")
    assert row.xpath(".//a/@href") == ["/loss"]
    house.apply_desk.withdraw(CHEN, ref)
    start = me.get(PERMIT)
    assert says(start, lang, "reason.VOUCHER_LOST")
    assert "/loss" in links(start)


# -- too early -------------------------------------------------------------------------------


@BOTH
def test_a_permit_that_comes_too_early_is_told_its_day_before_anything_is_asked(house, lang):
    submitted(house, "chen_yiming")
    (voucher,) = vouchers(house, "chen_yiming")
    me, full = Browser(house, CHEN, lang), months_after(voucher.validity.valid_from, 6)
    start = me.get(PERMIT)
    assert_sound(start, lang)
    assert says(start, lang, "reason.HALF_YEAR_LATER")
    assert day_of(lang, full) in main(start)
    assert not links(start, f"//form[@action='{PERMIT}']")
    home = main(me.get("/"))
    assert {"zh": "网上", "en": "on line"}[lang] in home
    ref = house.apply_desk.begin(CHEN, Matter.RESIDENCE_PERMIT).ref
    assert {"zh": "第 4 题", "en": "Question 4"}[lang] not in main(
        me.get(f"/applications/{ref}/face")
    )
    check = me.get(f"/applications/{ref}/check")
    (row,) = fromstring(check.text).xpath("//li[contains(@class, 'stop')]")
    assert row.xpath(".//a/@href") == []
    assert says(check, lang, "check.cannot")
    assert not links(check, "//section[@aria-labelledby='counters']")
    house.clock.skip(timedelta(days=184))
    house.apply_desk.withdraw(CHEN, ref)
    assert links(me.get(PERMIT), f"//form[@action='{PERMIT}']/@action") == [PERMIT]


@BOTH
def test_what_cannot_be_begun_says_from_which_day_and_that_nothing_was_begun(house, lang):
    submitted(house, "chen_yiming")
    (voucher,) = vouchers(house, "chen_yiming")
    opens = voucher.validity.valid_to - timedelta(days=30)
    me, path = Browser(house, CHEN, lang), "/apply/registration-renewal"
    for answer, status in ((me.get(path), 200), (me.post(path), 409)):
        assert answer.status_code == status
        assert_sound(answer, lang)
        assert says(answer, lang, "reason.RENEWS_LATER")
        assert day_of(lang, opens) in main(answer)
        assert {"zh": "已填的都还在", "en": "answers are kept"}[lang] not in main(answer)
    for matter in ("endorsement", "reissue"):
        assert says(me.get(f"/apply/{matter}"), lang, "reason.NO_PERMIT")
        refused = me.post(f"/apply/{matter}")
        assert refused.status_code == 409
        assert says(refused, lang, "problem.not_begun.then")


# -- drafts ----------------------------------------------------------------------------------


@BOTH
def test_a_draft_is_given_up_after_it_was_confirmed(house, lang):
    me = Browser(house, CHEN, lang)
    at = me.post(START).headers["location"].rpartition("/")[0]
    way = f"{at}/withdraw"
    assert way in links(me.get(f"{at}/dwelling"))
    assert way in links(me.get(START))
    confirm = me.get(way)
    assert_sound(confirm, lang)
    ref = at.rpartition("/")[2]
    assert house.apply_desk.get(CHEN, ref).state is State.DRAFT
    assert me.post(way).headers["location"] == at
    assert house.apply_desk.get(CHEN, ref).state is State.WITHDRAWN
    ended = me.get(at)
    assert says(ended, lang, "progress.withdrawn_by_you")
    assert says(me.get("/applications"), lang, "applications.by_you")
    assert me.get(way).headers["location"] == at
    other = f"/applications/{drafted(house, 'chen_yiming').ref}"
    assert f"{other}/withdraw" in links(me.get(f"{other}/check"))


def test_a_draft_in_which_nothing_was_said_is_not_the_next_thing(house):
    submitted(house, "chen_yiming")
    house.apply_desk.begin(CHEN, Matter.CANCELLATION)
    page = Browser(house, CHEN).get("/")
    (href,) = links(page, "//section[@aria-labelledby='next']//a/@href")
    assert href.endswith("/present")


def test_going_on_leads_to_the_first_question_without_an_answer(house):
    me, home = Browser(house, CHEN), PEOPLE["chen_yiming"]["declares"]
    at = me.post(START).headers["location"].rpartition("/")[0]
    steps = (
        ("dwelling", {"dwelling": "own"}, "relative"),
        ("relative", {"whose": "self"}, "address"),
        ("address", {"district": home["district"], "address": home["address"]}, "face"),
    )
    for asked, fields, following in steps:
        me.post(f"{at}/{asked}", **fields)
        wanted = f"{at}/{following}"
        assert me.get(at).headers["location"] == wanted
        assert me.post(START).headers["location"] == wanted
        for page in (START, "/applications", "/"):
            assert wanted in links(me.get(page)), (asked, page)


# -- after it was sent -----------------------------------------------------------------------


@BOTH
def test_an_old_tab_leads_to_the_case(house, lang):
    ref = drafted(house, "chen_yiming").ref
    house.apply_desk.submit(CHEN, ref)
    me, at = Browser(house, CHEN, lang), f"/applications/{ref}"
    for answer in (me.get(f"{at}/address"), me.post(f"{at}/dwelling", dwelling="rent")):
        assert answer.status_code == 409
        assert_sound(answer, lang)
        assert links(answer) == [at]


@BOTH
def test_what_has_ended_says_when_and_not_by_when(house, lang):
    sent = submitted(house, "shen_xiaozhou")
    me = Browser(house, resident("shen_xiaozhou"), lang)
    house.apply_desk.withdraw(resident("shen_xiaozhou"), sent.ref)
    today = house.clock.now().date()
    assert sent.due_on != today
    shown = main(me.get("/applications"))
    assert f"{today.day}" in shown
    assert f"{sent.due_on.day} 日" not in shown
    assert says(me.get(f"/applications/{sent.ref}"), lang, "progress.withdrawn_by_you")


@BOTH
def test_nobody_is_told_of_a_permit_they_do_not_have(house, lang):
    submitted(house, "chen_yiming")
    me = Browser(house, CHEN, lang)
    for path in ("/", "/cards"):
        assert not says(me.get(path), lang, "card.lead")
        assert says(me.get(path), lang, "card.lead_none")


# -- for a child -----------------------------------------------------------------------------


@BOTH
def test_a_registered_child_is_not_registered_twice(house, lang):
    registered(house)
    me = Browser(house, FATHER, lang)
    form = {
        "child_name": DAUGHTER.name,
        "child_id_number": DAUGHTER.id_number,
        "guardian_relation": DAUGHTER.relation,
        "consented": "1",
    }
    answer = me.post(f"{START}/child", **form)
    assert answer.status_code == 409
    assert_sound(answer, lang)
    assert says(answer, lang, "reason.CHILD_REGISTERED_ALREADY")
    assert links(answer) == ["/apply/address-change/child"]
    assert me.get("/apply/address-change/child").status_code == 200
