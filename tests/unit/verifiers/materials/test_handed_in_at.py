"""A face verified for a submission that waits: it counts by the moment of handing in."""

from datetime import timedelta

import pytest

from tests.unit.verifiers.materials.made_up_facts import NOW, facts
from verifiers.materials.facts import parse_facts
from verifiers.materials.identity import judge_identity
from verifiers.materials.rules import load_rules
from verifiers.materials.vocabulary import Outcome

RULES = load_rules().by_version("2021-1")
MONTH = timedelta(days=30)


def begun_later(after=timedelta(minutes=4)):
    """A face of a moment ago, handed in by then, and judged a month later."""
    return facts(as_of=NOW + MONTH, handed_in_at=None if after is None else NOW + after)


def test_who_verified_in_time_for_handing_in_is_not_asked_again():
    assert judge_identity(begun_later(), RULES).outcome is Outcome.SATISFIED
    asked_again = judge_identity(begun_later(None), RULES)
    assert asked_again.outcome is Outcome.CHOOSE_ONE


@pytest.mark.parametrize("late", [timedelta(minutes=31), -timedelta(minutes=31)])
def test_a_face_too_old_or_too_new_for_handing_in_counts_for_nothing(late):
    assert judge_identity(begun_later(late), RULES).outcome is Outcome.CHOOSE_ONE


def test_a_moment_after_the_judging_helps_nobody():
    known = begun_later(2 * MONTH)
    assert known.identified_by == known.as_of


def test_it_stands_in_the_snapshot_and_only_where_there_is_one():
    known = begun_later()
    assert parse_facts(known.as_json()) == known
    assert "handed_in_at" not in begun_later(None).as_json()
