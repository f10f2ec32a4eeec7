"""Home: what a voucher's holder is told to do next, in both languages."""

from datetime import date, timedelta

import pytest
from lxml.html import fromstring

from tests.residents import ADDRESS_CHANGE, Browser, assert_sound, resident, submitted, vouchers

LIN = resident("lin_xiaohe")


def home(house, lang="zh"):
    answer = Browser(house, LIN, lang).get("/")
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
    assert ("社区事务受理窗口" if lang == "zh" else "community service counter") in said


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
