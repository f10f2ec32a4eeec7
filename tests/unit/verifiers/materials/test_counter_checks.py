"""An officer's look at the original card in place of a face result: whose, of what, how old."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from certstore.clock import CHINA
from certstore.errors import MalformedError
from verifiers.materials.facts import parse_facts
from verifiers.materials.reuse import judge
from verifiers.materials.rules import load_rules
from verifiers.materials.sentences import describe
from verifiers.materials.snapshots import judge_again, take_snapshot
from verifiers.materials.vocabulary import Material, Outcome

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=CHINA)
LIN = {"name": "林晓禾", "id_type": "111", "id_number": "340199199804060284"}
ZHOU = {"name": "周敏", "id_type": "111", "id_number": "340199197109230625"}
RULES = load_rules()


def check(**changes):
    return {
        "subject": LIN,
        "verified_at": (NOW - timedelta(minutes=5)).isoformat(),
        "document": "resident_identity_card",
        "officer": "1047",
        "station": "wutong",
        **changes,
    }


def facts(*checks, **changes):
    return {
        "matter": "residence_registration",
        "as_of": NOW.isoformat(),
        "applicant": LIN,
        "guardian": None,
        "context": {
            "dwelling": "rent",
            "occupier": "self",
            "relative": None,
            "address": "示范市海港区长乐路88弄6号502室",
        },
        "on_file": [],
        "face_results": [],
        "sources_down": [],
        "counter_checks": list(checks),
        **changes,
    }


def identity(*checks, **changes):
    read = parse_facts(facts(*checks, **changes))
    return judge(read, RULES.in_force(read.day)).materials[Material.IDENTITY]


def test_a_card_that_was_compared_does_and_says_so_without_a_name():
    decided = identity(check())
    assert decided.outcome is Outcome.SATISFIED
    assert decided.reference() == {
        "counter_check": "resident_identity_card",
        "verified_at": check()["verified_at"],
    }
    said = describe(decided)
    assert "窗口" in said.zh
    assert "counter" in said.en
    assert "1047" not in said.zh + said.en


@pytest.mark.parametrize(
    "change",
    [
        {"subject": ZHOU},
        {"subject": {**LIN, "name": "林小禾"}},
        {"document": "driving_licence"},
        {"verified_at": (NOW - timedelta(minutes=61)).isoformat()},
        {"verified_at": (NOW + timedelta(seconds=1)).isoformat()},
    ],
)
def test_one_of_somebody_else_of_another_paper_or_another_hour_counts_as_none(change):
    assert identity(check(**change)).outcome is Outcome.CHOOSE_ONE
    assert identity(check(**change), check()).outcome is Outcome.SATISFIED


def test_of_a_guardian_the_guardians_own_card_counts_and_not_the_childs():
    child = {"name": "林小小", "id_type": "111", "id_number": "340199201903210241"}
    acting = {"applicant": child, "guardian": {**ZHOU, "relation": "grandparent"}}
    assert identity(check(subject=child), **acting).outcome is Outcome.CHOOSE_ONE
    assert identity(check(subject=ZHOU), **acting).outcome is Outcome.SATISFIED


def test_a_look_that_says_more_or_less_than_it_should_is_no_fact():
    for broken in (check(photo="x"), {k: v for k, v in check().items() if k != "officer"}):
        with pytest.raises(MalformedError):
            parse_facts(facts(broken))


def test_it_is_kept_and_judged_again_the_same_and_facts_without_it_are_as_before():
    read = parse_facts(facts(check()))
    assert parse_facts(read.as_json()) == read
    decision = judge(read, RULES.in_force(read.day))
    assert judge_again(take_snapshot(read, decision), RULES) == decision
    assert "counter_checks" not in replace(read, counter_checks=()).as_json()
