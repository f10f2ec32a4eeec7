"""How dates, names and numbers are written on pages."""

from datetime import UTC, date, datetime

import pytest

from certstore.clock import MovedClock
from certstore.web.texts import Texts
from certstore.web.wording import Wording, grouped, name_parts

NOW = datetime(2026, 11, 26, 2, 41, 36, tzinfo=UTC)


def wording(lang: str = "zh", **more: object) -> Wording:
    return Wording(Texts(lang), MovedClock(NOW), **more)


def test_a_date_in_a_sentence_has_figures_with_spaces_around():
    assert wording().day(date(2026, 11, 6)) == "11 月 6 日"
    assert wording("en").day(date(2026, 11, 6)) == "6 November"


def test_the_year_is_said_when_it_is_another_one():
    assert wording().day(date(2027, 5, 17)) == "2027 年 5 月 17 日"
    assert wording("en").day(date(2027, 5, 17)) == "17 May 2027"


def test_a_date_among_facts_is_iso():
    assert wording().fact_day(date(2026, 1, 2)) == "2026-01-02"


def test_a_moment_of_today_says_today_in_chinas_time():
    assert wording().moment(datetime(2026, 11, 26, 1, 20, tzinfo=UTC)) == "今天 09:20"
    assert wording("en").moment(datetime(2026, 11, 26, 1, 20, tzinfo=UTC)) == "today 09:20"


def test_late_evening_in_utc_is_already_the_next_day_in_china():
    assert wording().moment(datetime(2026, 11, 21, 22, 40, tzinfo=UTC)) == "11 月 22 日 06:40"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "刚刚"), (59, "刚刚"), (60, "1 分钟前"), (7300, "2 小时前"), (90000, "1 天前")],
)
def test_an_age_is_told_in_its_largest_unit(seconds, said):
    assert wording().age(seconds).strip() == said


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("林晓禾", ("林", "禾")),
        ("何清", ("何", "")),
        ("欧阳天一", ("欧阳", "一")),
        ("欧阳一", ("欧", "一")),
        ("阿依古丽提", ("阿", "提")),
        ("禾", ("禾", "")),
    ],
)
def test_a_masked_name_keeps_its_first_and_last_character(name, parts):
    assert name_parts(name) == parts


def test_a_masked_name_reads_as_hidden_and_does_not_hold_what_it_hides():
    masked = wording().mask_name("林晓禾")
    assert "晓" not in masked
    assert "已隐藏" in masked
    assert 'aria-hidden="true">*<' in masked


def test_an_identity_number_hides_the_date_of_birth():
    masked = wording().mask_id("310199199003070020")
    assert "19900307" not in masked
    assert masked.startswith("310199<")
    assert masked.endswith("0020")


def test_other_numbers_show_two_characters_at_each_end():
    masked = wording().mask_id("H01234567")
    assert masked.startswith("H0<")
    assert masked.endswith("67")
    assert "12345" not in masked


def test_a_number_too_short_to_cut_is_hidden_altogether():
    assert "1" not in wording().mask_id("1231")


def test_an_address_hides_the_room():
    masked = wording().mask_room("望江路 188 弄 6 号 302 室")
    assert "302" not in masked
    assert masked.startswith("望江路 188 弄 6 号")
    assert "室" in masked


def test_an_address_without_a_room_is_shown_as_it_is():
    assert wording().mask_room("望江路 188 弄 6 号") == "望江路 188 弄 6 号"


def test_an_address_that_cannot_be_cut_hides_its_second_half():
    assert "之阁楼" not in wording().mask_room("旧仓库之阁楼")


def test_text_masked_elsewhere_reads_as_hidden_too():
    assert wording().starred("林*禾") == wording().mask_name("林晓禾")


def test_a_rare_character_becomes_outlines_with_the_text_as_its_name():
    drawn = wording(glyphs=lambda text: "<svg></svg>" if "𬭎" in text else None).mask_name("赵一𬭎")
    assert 'aria-label="𬭎"><svg></svg></span>' in drawn
    assert drawn.startswith("赵<")


def rare(character: str) -> str | None:
    """Outlines of the two characters that these tests call rare."""
    return f"<svg>{ord(character[0]):x}</svg>" if character[0] in "𬭎䶮" else None


def test_only_what_fonts_lack_is_drawn_and_the_rest_stays_text():
    drawn = wording(glyphs=rare).drawn("示范市𬭎䶮路<188>弄，䶮")
    assert drawn == (
        '示范市<span class="outlined" role="img" aria-label="𬭎䶮"><svg>2cb4e</svg><svg>4dae</svg>'
        '</span>路&lt;188&gt;弄，<span class="outlined" role="img" aria-label="䶮"><svg>4dae</svg>'
        "</span>"
    )


def test_an_accent_stays_with_its_letter():
    asked: list[str] = []
    wording(glyphs=asked.append).drawn("e\u0301葛\U000e0100")
    assert asked == ["e\u0301", "葛\U000e0100"]


def test_no_text_is_no_text():
    assert wording(glyphs=rare).drawn("") == ""


def test_a_name_is_text_and_never_markup():
    assert "<b>" not in wording().drawn("<b>")
    assert "<b" not in wording().mask_name("<b>x")


def test_digests_are_grouped_for_the_eye():
    assert grouped("0123456789abcdef01") == "01234567 89abcdef 01"
