"""Endorsement: the window, the due day, making up, years of residence; over tables and any day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certstore.catalogue import add_months, certificate_type
from certstore.certificates import Status, Validity
from certstore.errors import ConflictError, MalformedError, NotFoundError
from certstore.holds.kinds import HoldKind
from issuance.matters.endorsement.judging import (
    end_of_year,
    endorsed_validity,
    full_years,
    judge_standing,
    window,
)
from issuance.matters.endorsement.rules import WITH_GRACE, EndorsementRules, load_rules, read_rules

DAY = timedelta(days=1)
NATIONAL = load_rules().in_force(date(2026, 11, 25))
GRACE = load_rules(date(2020, 1, 1)).in_force(date(2026, 11, 25))
DAYS = st.dates(date(2016, 1, 1), date(2090, 12, 31))
RULES = st.builds(
    EndorsementRules,
    version=st.just("any"),
    title_zh=st.just("任意"),
    title_en=st.just("Any"),
    window_days=st.integers(1, 180),
    makeup_grace_days=st.integers(0, 300),
)


def day(text):
    return date.fromisoformat(text)


def term(first, last):
    return Validity(day(first), day(last))


@pytest.mark.parametrize(
    ("issued", "opens", "due"),
    [
        ("2025-11-25", "2026-10-26", "2026-11-24"),
        ("2025-03-31", "2026-03-01", "2026-03-30"),  # full on 31 March
        ("2024-02-29", "2025-01-29", "2025-02-27"),  # full on 28 February, clamped
        ("2027-03-01", "2028-01-31", "2028-02-29"),  # full on 1 March of a leap year
        ("2025-12-31", "2026-12-01", "2026-12-30"),
        ("2026-01-01", "2026-12-02", "2026-12-31"),
    ],
)
def test_the_window_is_the_30_days_before_the_year_is_full(issued, opens, due):
    validity = certificate_type("residence_permit").validity_from(day(issued))
    assert window(validity, NATIONAL) == (day(opens), day(due))
    full_on = day(due) + DAY
    assert (full_on - day(opens)).days == 30
    assert full_years(day(issued), full_on) == 1
    assert full_years(day(issued), day(due)) == 0


@pytest.mark.parametrize(
    ("on", "rules", "becomes"),
    [
        # in the window: first day, last day
        ("2026-10-26", NATIONAL, ("2025-11-25", "2027-11-24")),
        ("2026-11-24", NATIONAL, ("2025-11-25", "2027-11-24")),
        # one day late: a year from the make-up date; with a grace the years go on
        ("2026-11-25", NATIONAL, ("2026-11-25", "2027-11-24")),
        ("2026-12-24", NATIONAL, ("2026-12-24", "2027-12-23")),
        ("2026-11-25", GRACE, ("2025-11-25", "2027-11-24")),
        ("2027-01-23", GRACE, ("2025-11-25", "2027-11-24")),  # the 60th day late
        ("2027-01-24", GRACE, ("2027-01-24", "2028-01-23")),  # the 61st
        # years late
        ("2029-05-05", NATIONAL, ("2029-05-05", "2030-05-04")),
        ("2028-02-29", NATIONAL, ("2028-02-29", "2029-02-27")),
    ],
)
def test_what_a_permit_is_valid_for_once_endorsed(on, rules, becomes):
    assert endorsed_validity(term("2025-11-25", "2026-11-24"), day(on), rules) == term(*becomes)


def test_too_early_is_refused_and_a_second_time_in_one_window_is_too_early():
    first = term("2025-11-25", "2026-11-24")
    with pytest.raises(ConflictError) as refused:
        endorsed_validity(first, day("2026-10-25"), NATIONAL)
    assert refused.value.facts == {"cause": "too_early", "opens_on": day("2026-10-26")}
    again = endorsed_validity(first, day("2026-11-01"), NATIONAL)
    with pytest.raises(ConflictError):
        endorsed_validity(again, day("2026-11-01"), NATIONAL)


def test_a_permit_of_29_february_comes_back_to_it():
    validity = certificate_type("residence_permit").validity_from(day("2024-02-29"))
    ends = [validity.valid_to]
    for _ in range(5):
        validity = endorsed_validity(validity, validity.valid_to, NATIONAL)
        ends.append(validity.valid_to)
    said = ["2025-02-27", "2026-02-27", "2027-02-27", "2028-02-28", "2029-02-27", "2030-02-27"]
    assert ends == [day(text) for text in said]


def test_a_permit_with_an_end_of_its_own_gets_a_year_from_that():
    odd = term("2024-05-10", "2026-11-30")
    assert endorsed_validity(odd, day("2026-11-30"), NATIONAL).valid_to == day("2027-11-30")


@pytest.mark.parametrize(
    ("on", "status", "held", "state"),
    [
        ("2026-10-25", Status.VALID, (), "too_early"),
        ("2026-10-26", Status.VALID, (), "open"),
        ("2026-11-24", Status.VALID, (), "open"),
        ("2026-11-25", Status.VALID, (), "overdue"),  # before the job ran
        ("2026-11-25", Status.SUSPENDED, (HoldKind.OVERDUE,), "overdue"),
        ("2026-11-01", Status.LOST, (HoldKind.LOSS,), "lost"),
        ("2026-12-01", Status.LOST, (HoldKind.LOSS, HoldKind.OVERDUE), "lost"),
        ("2026-11-01", Status.SUSPENDED, (HoldKind.AUTHORITY,), "held"),
        ("2026-12-01", Status.LOST, (HoldKind.LOSS, HoldKind.AUTHORITY), "lost"),
        ("2026-11-01", Status.SUPERSEDED, (), "ended"),
        ("2026-11-01", Status.REVOKED, (HoldKind.LOSS,), "ended"),
        ("2026-11-01", Status.CANCELLED, (), "ended"),
    ],
)
def test_how_it_stands(on, status, held, state):
    found = judge_standing(status, held, term("2025-11-25", "2026-11-24"), day(on), NATIONAL)
    assert found.state == state
    assert found.possible == (state in {"open", "overdue"}) == (found.becomes is not None)
    late = day(on) > day("2026-11-24")
    assert found.overdue_since == (day("2026-11-25") if late else None)


def test_until_when_the_years_go_on_is_told_while_it_is_true():
    def until(on, rules):
        validity = term("2025-11-25", "2026-11-24")
        return judge_standing(Status.SUSPENDED, (), validity, day(on), rules).years_go_on_until

    assert until("2026-11-24", GRACE) is None
    assert until("2026-12-01", GRACE) == day("2027-01-23")
    assert until("2027-01-24", GRACE) is None
    assert until("2026-11-25", NATIONAL) is None


def test_years_of_residence_stop_where_the_endorsement_does():
    def years(on):
        validity = term("2023-11-25", "2026-11-24")
        return judge_standing(Status.VALID, (), validity, day(on), NATIONAL).full_years

    assert years("2026-11-24") == 2
    assert years("2026-11-25") == 3  # the third year was full when it ended
    assert years("2029-11-25") == 3


# -- any day -----------------------------------------------------------------------------------


@given(DAYS, st.integers(0, 40), RULES, st.integers(0, 400))
def test_in_the_window_a_year_is_added_and_years_go_on(first, years, rules, early):
    ends = end_of_year(first, years + 1)
    on = max(window(Validity(first, ends), rules)[0], ends - timedelta(days=early))
    becomes = endorsed_validity(Validity(first, ends), on, rules)
    assert becomes.valid_from == first
    assert becomes.valid_to == end_of_year(first, years + 2)
    assert full_years(first, becomes.valid_to + DAY) == years + 2
    assert becomes.valid_to > ends


@given(DAYS, RULES, st.integers(1, 2000))
def test_late_it_always_covers_the_day_and_never_gains(first, rules, late):
    ends = end_of_year(first, 1)
    on = ends + timedelta(days=late)
    becomes = endorsed_validity(Validity(first, ends), on, rules)
    assert becomes.covers(on)
    if late <= rules.makeup_grace_days:
        assert becomes == Validity(first, end_of_year(first, 2))
    else:
        assert becomes == Validity(on, end_of_year(on, 1))
        assert full_years(becomes.valid_from, on) == 0


@given(DAYS, RULES, st.integers(-800, 800))
def test_every_day_stands_in_one_way_and_what_is_possible_is_what_is_given(first, rules, offset):
    validity = Validity(first, end_of_year(first, 1))
    on = validity.valid_to + timedelta(days=offset)
    found = judge_standing(Status.VALID, (), validity, on, rules)
    assert found.opens_on <= found.due_on
    assert (found.state == "overdue") == (on > found.due_on)
    assert (found.state == "open") == (found.opens_on <= on <= found.due_on)
    if found.possible:
        assert found.becomes == endorsed_validity(validity, on, rules)
    else:
        with pytest.raises(ConflictError):
            endorsed_validity(validity, on, rules)


@given(DAYS, st.lists(st.integers(-29, 90), min_size=1, max_size=30))
def test_years_that_are_endorsed_one_after_another_never_lose_a_day_of_what_was_paid(first, when):
    """Any sequence of endorsements, in time and late: the end only grows, days never overlap."""
    validity = Validity(first, end_of_year(first, 1))
    for offset in when:
        on = validity.valid_to + timedelta(days=offset)
        following = endorsed_validity(validity, on, GRACE)
        assert following.valid_to > validity.valid_to
        assert following.valid_from in {validity.valid_from, on}
        # A whole number of full years, exactly, from the day they are counted from.
        years = full_years(following.valid_from, following.valid_to + DAY)
        assert end_of_year(following.valid_from, years) == following.valid_to
        validity = following


@given(DAYS, st.integers(0, 60 * 12))
def test_full_years_count_what_months_count(first, months):
    assert full_years(first, add_months(first, months)) >= months // 12
    assert full_years(first, add_months(first, 12 * (months // 12)) - DAY) == max(
        months // 12 - 1, 0
    )
    assert full_years(first, first - DAY) == 0


# -- rules as data -----------------------------------------------------------------------------

SOUND = """
version = "v"
title_zh = "细则"
title_en = "Rules"
effective_from = 2030-01-01
window_days = 30
makeup_grace_days = 60
"""


def test_the_sets_that_come_with_the_service():
    assert (NATIONAL.version, NATIONAL.window_days, NATIONAL.makeup_grace_days) == (
        "national-2016",
        30,
        0,
    )
    assert (GRACE.version, GRACE.makeup_grace_days) == (WITH_GRACE, 60)
    book = load_rules(date(2027, 1, 1))
    assert book.in_force(date(2026, 12, 31)).version == "national-2016"
    assert book.in_force(date(2027, 1, 1)).version == WITH_GRACE
    with pytest.raises(NotFoundError):
        book.in_force(date(2015, 12, 31))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("window_days = 30", ""),
        ("window_days = 30", "window_days = 0"),
        ("window_days = 30", "window_days = 181"),
        ("window_days = 30", "window_days = true"),
        ("window_days = 30", 'window_days = "30"'),
        ("window_days = 30", "window_days = 30\nanother = 1"),
        ("makeup_grace_days = 60", "makeup_grace_days = -1"),
        ("makeup_grace_days = 60", "makeup_grace_days = 301"),
        ("effective_from = 2030-01-01", "effective_from = 2030-01-01T00:00:00"),
        ("effective_from = 2030-01-01", 'effective_from = "2030-01-01"'),
        ('version = "v"', 'version = ""'),
        ('version = "v"', "version = 1"),
        ('version = "v"', "version = "),
    ],
)
def test_a_set_that_is_wrong_is_not_read(old, new):
    assert read_rules(SOUND, "x.toml").makeup_grace_days == 60
    with pytest.raises(MalformedError):
        read_rules(SOUND.replace(old, new), "x.toml")


def test_a_permit_without_an_end_is_no_permit():
    with pytest.raises(MalformedError):
        window(Validity(date(2026, 1, 1), None), NATIONAL)
