import json
from pathlib import Path

import pytest

from verifiers.materials.decide_file import decide_file
from verifiers.materials.rules import load_rules

CASES = Path(__file__).parents[3] / "cases"


def _judged(name):
    text = (CASES / name).read_text("utf-8")
    pairs = zip(json.loads(text)["cases"], decide_file(text, load_rules()), strict=True)
    return [pytest.param(case, told, id=case["name"]) for case, told in pairs]


GIVEN, OWN = _judged("decisions.json"), _judged("own_decisions.json")


@pytest.mark.parametrize(("case", "told"), GIVEN + OWN)
def test_a_case_comes_out_as_expected_with_exactly_its_reasons(case, told):
    decided = {
        material: {"outcome": d["outcome"], "reasons": d["reasons"]}
        for material, d in told["materials"].items()
    }
    assert decided == case["expect"]


@pytest.mark.parametrize(("case", "told"), GIVEN + OWN)
def test_what_is_satisfied_or_not_applicable_must_not_be_requested(case, told):
    settled = [
        m for m, e in case["expect"].items() if e["outcome"] in ("satisfied", "not_applicable")
    ]
    assert told["must_not_request"] == settled


@pytest.mark.parametrize(("case", "told"), GIVEN + OWN)
def test_only_what_is_asked_for_has_alternatives(case, told):
    for material, decision in told["materials"].items():
        asks = decision["outcome"] in ("must_upload", "choose_one", "satisfied_by_commitment")
        assert bool(decision["alternatives"]) is asks, material


def test_there_are_at_least_a_hundred_cases_of_our_own_for_every_matter():
    assert len(OWN) >= 100
    assert {p.values[0]["facts"]["matter"] for p in OWN} == {
        "residence_registration",
        "residence_permit",
        "address_change",
        "endorsement",
    }
