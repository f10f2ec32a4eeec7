"""Home: what a voucher's holder is told to do next, in both languages."""

from datetime import date, timedelta

import pytest
from lxml.html import fromstring

from issuance.application import Matter
from tests.residents import ADDRESS_CHANGE, Browser, assert_sound, resident, submitted, vouchers
from tests.residents import EVERYWHERE as GAO
from tests.unit.issuance.matters.test_endorsing import asked, later
from tests.unit.issuance.matters.test_permit import permits

LIN, CHEN = resident("lin_xiaohe"), resident("chen_yiming")


def home(house, lang="zh", who=LIN):
    answer = Browser(house, who, lang).get("/")
    assert_sound(answer, lang)
    return " ".join(fromstring(answer.text).find(".//main").text_content().split())


@pytest.mark.parametrize(
    ("lang", "words"),
    [("zh", "居住证：2027 年 5 月 25 日起可以申领"), ("en", "Residence permit: from 25 May 2027")],
)
def test_a_voucher_tells_when_a_permit_can_be_had(house, lang, words):
    assert words not in home(house, lang)
    submitted(house, "lin_xiaohe")
    (voucher,) = vouchers(house, "lin_xiaohe")
    assert voucher.validity.valid_from == date(2026, 11, 25)
    said = home(house, lang)
    assert words in said
    assert ("网上就能办" if lang == "zh" else "apply on line") in said


def test_who_moved_counts_from_the_first_voucher(house):
    submitted(house, "lin_xiaohe")
    house.clock.skip(timedelta(days=60))
    submitted(house, "lin_xiaohe", ADDRESS_CHANGE, "moves_to")
    assert len(vouchers(house, "lin_xiaohe")) == 2
    assert "2027 年 5 月 25 日" in home(house) or "5 月 25 日起" in home(house)


def test_half_a_year_later_it_is_said_so(house):
    submitted(house, "lin_xiaohe")
    house.clock.skip(timedelta(days=182))
    assert "可以办居住证了" in home(house)
    page = Browser(house, resident("lin_xiaohe")).get("/").text
    assert 'href="/apply/residence-permit"' in page


def test_an_ended_voucher_promises_nothing(house):
    submitted(house, "lin_xiaohe")
    house.clock.skip(timedelta(days=400))
    assert "居住证：" not in home(house)
    assert "现在可以申领" not in home(house)


def test_english_says_the_city_and_the_brand_in_english(house):
    page = Browser(house, None, "en").get("/")
    assert "Residence one-stop" in page.text
    assert "Demonstration City Government" in page.text
    assert "Shifan" not in page.text


@pytest.fixture
def permit(house):
    """Somebody's permit; the registration is renewed in time (`later`)."""
    submitted(house, "chen_yiming")
    house.clock.skip(timedelta(days=184))
    house.review_desk.approve(GAO, asked(house, Matter.RESIDENCE_PERMIT).ref)
    (found,) = permits(house)
    return found


def first_button(house):
    page = fromstring(Browser(house, CHEN).get("/").text)
    return page.xpath("//section[@aria-labelledby='next']//a/@href")


@pytest.mark.parametrize(
    ("lang", "due", "overdue"),
    [
        ("zh", "最晚 5 月 27 日签注", "起已停用"),
        ("en", "Endorse it by 27 May", "suspended since"),
    ],
)
def test_an_endorsement_is_the_next_thing_from_thirty_days_before(
    house, permit, lang, due, overdue
):
    later(house, permit, -31)
    assert "/apply/endorsement" not in first_button(house)
    assert due not in home(house, lang, CHEN)
    later(house, permit, -29)
    assert permit.validity.valid_to.strftime("%m-%d") == "05-27"
    assert due in home(house, lang, CHEN)
    assert first_button(house) == ["/apply/endorsement"]
    later(house, permit, 3)
    house.endorsement_desk.suspend_overdue()
    assert overdue in home(house, lang, CHEN)
    assert first_button(house) == ["/apply/endorsement"]
    asked(house, Matter.ENDORSEMENT)
    assert overdue not in home(house, lang, CHEN)
    assert "/apply/endorsement" not in Browser(house, CHEN).get("/").text


def test_what_needs_somebody_comes_before_what_is_due(house, permit):
    later(house, permit, -10)
    draft = house.apply_desk.begin(CHEN, Matter.ENDORSEMENT)
    assert first_button(house) == [f"/applications/{draft.ref}/face"]
    other = resident("lin_xiaohe")
    assert "/apply/endorsement" not in Browser(house, other).get("/").text


@pytest.mark.parametrize(("lang", "words"), [("zh", "到期前续登"), ("en", "Renew it before")])
def test_a_registration_that_ends_soon_is_the_next_thing(house, lang, words):
    submitted(house, "lin_xiaohe")
    house.clock.skip(timedelta(days=330))
    assert words not in home(house, lang)
    house.clock.skip(timedelta(days=10))
    assert words in home(house, lang)
    page = fromstring(Browser(house, LIN).get("/").text)
    section = "//section[@aria-labelledby='next']//a/@href"
    assert page.xpath(section) == ["/apply/registration-renewal"]


def test_leases_cards_and_losses_are_reached_from_home(house):
    def links():
        page = fromstring(Browser(house, LIN).get("/").text)
        return page.xpath("//section[@aria-labelledby='also']//a/@href")

    assert links() == ["/leases"]
    submitted(house, "lin_xiaohe")
    assert links() == ["/leases", "/cards", "/loss"]
    for href in links():
        assert_sound(Browser(house, LIN).get(href), "zh")
    assert "/leases" not in Browser(house, None).get("/").text


def test_whoever_has_a_permit_is_not_told_to_apply_for_one(house, permit):
    assert "/apply/residence-permit" not in Browser(house, CHEN).get("/").text
    later(house, permit, 5)  # past its day: it is endorsed, not applied for
    assert "/apply/residence-permit" not in Browser(house, CHEN).get("/").text
