import json
from datetime import date
from pathlib import Path

import pytest

from certstore.errors import MalformedError, NotFoundError
from tests.unit.verifiers.materials.made_up_facts import facts
from verifiers.materials.decide_file import decide_file
from verifiers.materials.reuse import judge
from verifiers.materials.rules import load_rules
from verifiers.materials.snapshots import judge_again, take_snapshot

TEXT = (Path(__file__).parents[3] / "cases" / "decisions.json").read_text("utf-8")
BOOK = load_rules()


def _file(*cases):
    return json.dumps({"cases": list(cases)}, ensure_ascii=False)


def test_a_decision_has_exactly_the_members_of_the_agreed_shape():
    told = decide_file(TEXT, BOOK)[0]
    assert set(told) == {"name", "materials", "must_not_request", "rule_version"}
    for decision in told["materials"].values():
        assert set(decision) == {"outcome", "reasons", "alternatives", "text_zh", "text_en"}


def test_without_a_face_result_face_and_card_are_the_alternatives():
    told = next(t for t in decide_file(TEXT, BOOK) if t["name"] == "no face result yet")
    alternatives = told["materials"]["identity"]["alternatives"]
    assert alternatives == [["face_verification"], ["id_card_upload"]]


def test_what_is_told_is_plain_json_and_the_same_each_time():
    once, again = (json.dumps(decide_file(TEXT, BOOK)) for _ in range(2))
    assert once == again


def test_a_file_is_judged_by_the_rules_of_each_cases_day():
    told = decide_file(TEXT, load_rules(later_from=date(2026, 11, 22)))
    assert {t["rule_version"] for t in told} == {"later-1"}


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("not json", None),
        ("[]", "cases"),
        ('{"cases": {}}', "cases"),
        ('{"cases": [5]}', "cases[0]"),
        (_file({"name": "a"}), "cases[0].facts"),
        (_file({"facts": facts().as_json()}), "cases[0].name"),
        (_file({"name": "a", "facts": {}}), "cases[0].facts.matter"),
        ('{"cases": [], "cases": []}', None),
        ('{"cases": ["\ud800"]}', None),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_path(text, where):
    with pytest.raises(MalformedError) as refused:
        decide_file(text, BOOK)
    assert refused.value.where == where


def test_a_fault_in_a_later_case_is_found_by_its_number():
    good = {"name": "good", "facts": facts().as_json()}
    bad = {"name": "bad", "facts": facts().as_json() | {"matter": "marriage"}}
    with pytest.raises(MalformedError) as refused:
        decide_file(_file(good, bad), BOOK)
    assert refused.value.where == "cases[1].facts.matter"


def test_a_snapshot_is_judged_by_its_own_rules_whatever_holds_now():
    old = judge(facts(), BOOK.by_version("2021-1"))
    snapshot = take_snapshot(facts(), old)
    assert judge_again(snapshot, load_rules(later_from=date(2020, 1, 1))) == old


def test_a_snapshot_whose_rules_are_gone_or_that_was_damaged_is_refused():
    snapshot = take_snapshot(facts(), judge(facts(), BOOK.sets[0]))
    with pytest.raises(NotFoundError):
        judge_again(snapshot | {"rule_version": "gone"}, BOOK)
    with pytest.raises(MalformedError):
        judge_again(snapshot | {"facts": []}, BOOK)
