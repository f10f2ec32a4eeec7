from dataclasses import replace
from datetime import date, timedelta
from importlib.resources import files

import pytest

from certstore.errors import MalformedError, NotFoundError
from verifiers.materials.calendar_months import months_after, years_after
from verifiers.materials.rules import load_rules, read_rules

FOLDER = files("verifiers.materials").joinpath("rules")
TEXT = FOLDER.joinpath("2021.toml").read_text("utf-8")


def test_2021_holds_as_long_as_no_later_day_is_set():
    book = load_rules()
    assert {book.in_force(day).version for day in (date(2018, 1, 1), date(2099, 1, 1))} == {
        "2021-1"
    }


def test_the_later_rules_hold_from_the_day_that_is_set():
    book = load_rules(later_from=date(2027, 1, 1))
    assert book.in_force(date(2026, 12, 31)).version == "2021-1"
    assert book.in_force(date(2027, 1, 1)).version == "later-1"


def test_a_what_if_may_set_the_day_for_one_question():
    book = load_rules()
    assert book.in_force(date(2026, 11, 22), later_from=date(2026, 1, 1)).version == "later-1"
    assert book.in_force(date(2026, 11, 22)).version == "2021-1"


def test_before_the_first_set_there_are_no_rules():
    with pytest.raises(NotFoundError):
        load_rules().in_force(date(2017, 12, 31))


def test_a_set_is_found_by_its_version_whether_in_force_or_not():
    assert load_rules().by_version("later-1").title_en == "Later rules"
    with pytest.raises(NotFoundError):
        load_rules().by_version("1999-1")


def test_the_later_rules_differ_in_what_they_announce_and_nowhere_else():
    old, new = (load_rules().by_version(v) for v in ("2021-1", "later-1"))
    same = ("matters", "face", "photo", "kinship", "guardianship")
    assert all(getattr(old, part) == getattr(new, part) for part in same)
    assert (old.half_year.insurance_months_instead, new.half_year.insurance_months_instead) == (
        0,
        6,
    )


def test_an_earlier_verification_does_from_its_day_on_in_every_set_and_changes_nothing_else():
    book = load_rules(date(2027, 1, 1), date(2026, 12, 1))
    by_day = {
        date(2026, 11, 30): "2021-1",
        date(2026, 12, 1): "2021-1+earlier-1",
        date(2027, 1, 1): "later-1+earlier-1",
    }
    assert {day: book.in_force(day).version for day in by_day} == by_day
    for version in ("2021-1", "later-1"):
        before, after = book.by_version(version), book.by_version(f"{version}+earlier-1")
        assert before.face.earlier_verification_max_age is None
        assert after.face.earlier_verification_max_age == timedelta(days=180)
        said = {name: getattr(before, name) for name in ("version", "title_zh", "title_en", "face")}
        assert replace(after, **said) == before


def test_a_decision_of_the_amended_rules_is_judged_again_when_they_are_no_longer_in_force():
    assert load_rules().by_version("2021-1+earlier-1").version == "2021-1+earlier-1"


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ('version = "2021-1"', "", "version"),
        ("effective_from = 2018-01-01", 'effective_from = "2018-01-01"', "effective_from"),
        ("effective_from = 2018-01-01", "effective_from = 2018-01-01T00:00:00", "effective_from"),
        ("[matters.endorsement]", "[matters.divorce]", "matters.divorce"),
        ('"identity", "photo", "dwelling"', '"identity", "identity", "dwelling"', "materials"),
        ("ask_for_photo = true", 'ask_for_photo = "yes"', "ask_for_photo"),
        ("max_fmr = 0.0001", "max_fmr = 1.5", "face.max_fmr"),
        ("max_fmr = 0.0001", "max_fmr = 0.0001\nmin_fmr = 0", "face.min_fmr"),
        ('"police_photo_base"', '"diary"', "face.comparison_sources[0]"),
        ("max_age_minutes = 10", "max_age_minutes = 0", "face.max_age_minutes"),
        ("{ below = 16, years = 2 }", "{ below = 30, years = 2 }", "photo.years_by_age"),
        ('rent = ["lease_filing"]', 'rent = ["handshake"]', "dwelling.rent[0]"),
        ("months = 6\n", "months = -6\n", "half_year.months"),
        ('study = ["enrolment"]', "", "basis.study"),
    ],
)
def test_a_rule_file_that_cannot_be_read_is_refused_with_its_path(old, new, where):
    assert old in TEXT
    with pytest.raises(MalformedError) as refused:
        read_rules({"broken.toml": TEXT.replace(old, new)})
    assert refused.value.where.startswith("broken.toml")
    assert where in refused.value.where


def test_a_file_that_is_not_toml_is_refused_by_name():
    with pytest.raises(MalformedError, match=r"broken\.toml"):
        read_rules({"broken.toml": "= 5"})


@pytest.mark.parametrize("other", [TEXT, TEXT.replace('"2021-1"', '"2022-1"')])
def test_two_sets_of_one_version_or_one_first_day_are_refused(other):
    with pytest.raises(MalformedError):
        read_rules({"a.toml": TEXT, "b.toml": other})


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2025, 8, 31), 6, date(2026, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 2, 28), 6, date(2026, 8, 28)),
        (date(2026, 5, 22), 6, date(2026, 11, 22)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
    ],
)
def test_months_are_counted_on_the_calendar_and_clamped(day, months, then):
    assert months_after(day, months) == then


def test_a_leap_day_years_on_is_the_28th():
    assert years_after(date(2024, 2, 29), 2) == date(2026, 2, 28)
