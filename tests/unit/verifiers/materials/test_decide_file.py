import json
from datetime import date
from pathlib import Path

import pytest

from certstore.errors import MalformedError, NotFoundError
from tests.unit.verifiers.materials.made_up_facts import facts
from verifiers.materials.decide_file import decide_file, read_text
from verifiers.materials.reuse import judge
from verifiers.materials.rules import load_rules
from verifiers.materials.snapshots import judge_again, take_snapshot
from verifiers.materials.vocabulary import (
    ComparisonSource,
    Dwelling,
    Matter,
    Occupier,
    PhotoQuality,
    RecordStatus,
    RecordType,
    Relation,
    Source,
)

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
    first, second, third = decide_file(_file(good, bad, good), BOOK)
    assert second["name"] == "bad"
    assert second["error"]["where"] == "cases[1].facts.matter"
    assert "marriage" not in second["error"]["detail"]
    assert first == third == decide_file(_file(good), BOOK)[0]


@pytest.mark.parametrize(
    ("case", "name", "where"),
    [
        (5, None, "cases[0]"),
        ({"name": "a"}, "a", "cases[0].facts"),
        ({"facts": facts().as_json()}, None, "cases[0].name"),
        ({"name": ["a"], "facts": facts().as_json()}, None, "cases[0].name"),
        ({"name": "a", "facts": {}}, "a", "cases[0].facts.matter"),
        *(
            (
                {"name": "a", "facts": facts().as_json() | {"as_of": moment}},
                "a",
                "cases[0].facts.as_of",
            )
            for moment in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:00:00Z")
        ),
    ],
)
def test_a_case_at_fault_is_told_in_its_place(case, name, where):
    told = decide_file(_file(case), BOOK)
    assert [(t["name"], t["error"]["where"]) for t in told] == [(name, where)]


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("member", ["issued_on", "valid_from", "valid_to"])
def test_a_record_may_begin_or_end_where_the_calendar_does(member, day):
    cases = json.loads(TEXT)["cases"]
    for case in cases:
        for record in case["facts"]["on_file"]:
            record[member] = day
    assert not any("error" in told for told in decide_file(_file(*cases), BOOK))


def test_the_example_of_the_document_is_judged_and_its_lists_are_whole():
    document = (Path(__file__).parents[4] / "docs" / "decisions.md").read_text("utf-8")
    example = document.split("```json\n")[1].split("```")[0]
    (told,) = decide_file(example, BOOK)
    outcomes = {name: found["outcome"] for name, found in told["materials"].items()}
    assert outcomes["identity"] == outcomes["dwelling"] == "satisfied"
    assert outcomes["photo"] != "satisfied"
    home = (Dwelling, Occupier, Relation)
    for words in (Matter, RecordType, RecordStatus, *home, Source, ComparisonSource, PhotoQuality):
        for word in words:
            assert f"`{word.value}`" in document, word
    for member in json.loads(example)["cases"][0]["facts"]:
        assert f"| `{member}` |" in document


def test_a_file_that_is_not_utf_8_is_refused_with_the_position():
    assert read_text("陈".encode()) == "陈"
    with pytest.raises(MalformedError) as refused:
        read_text(b"ab\n\xff")
    assert refused.value.where == "byte 4, in line 2"
    assert "UTF-8" in refused.value.detail


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
