"""The featured people's stories come out as told, judged by the code that judges everybody."""

import json
from datetime import datetime
from typing import Any

import pytest

from certstore.service.demo_city.build_city import BATCHES
from verifiers.materials.facts import parse_facts
from verifiers.materials.reuse import judge
from verifiers.materials.rules import load_rules
from verifiers.materials.vocabulary import Material

PEOPLE = json.loads((BATCHES / "people.json").read_text("utf-8"))["people"]
BY_NAME = {person["name"]: person for person in PEOPLE}
LINES = [
    json.loads(line)
    for batch in sorted(BATCHES.glob("*.jsonl"))
    for line in batch.read_text("utf-8").splitlines()
]


def on_file(numbers: set[str], addresses: set[str]) -> list[dict[str, Any]]:
    """What a desk would fetch: records that name one of them, or stand for one of the homes."""
    return [
        line
        for line in LINES
        if line["status"] != "withdrawn"
        and (
            numbers & {holder["id_number"] for holder in line["holders"]}
            or line["claims"].get("address") in addresses
        )
    ]


def outcomes(
    person: dict[str, Any], context: dict[str, Any], moment: str
) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    others = [p for p in (person["guardian"], context["relative"]) if p]
    numbers = {person["id_number"], *(p["id_number"] for p in others)}
    holder = {name: person[name] for name in ("name", "id_type", "id_number")}
    facts = parse_facts(
        {
            "matter": "residence_registration",
            "as_of": moment,
            "applicant": holder,
            "guardian": person["guardian"],
            "context": context,
            "on_file": on_file(numbers, {context["address"]}),
            "face_results": [],
            "sources_down": [],
        }
    )
    day = datetime.fromisoformat(moment).date()
    found = judge(facts, load_rules().in_force(day)).materials
    asked = [Material(word) for word in person["expect"]]
    return (
        {m.value: found[m].outcome.value for m in asked},
        {m.value: tuple(r.value for r in found[m].reasons) for m in asked},
    )


def lasts(person: dict[str, Any]) -> bool:
    """A child's photo serves two years, so a child's story is told in the first two only."""
    return int(person["born"][:4]) < 2010


@pytest.mark.parametrize("person", PEOPLE, ids=lambda p: p["key"])
def test_a_story_comes_out_as_told(person: dict[str, Any]) -> None:
    found, reasons = outcomes(person, person["declares"], "2026-11-22T10:00:00+08:00")
    assert found == person["expect"]
    if person["reason"]:
        assert any(person["reason"] in codes for codes in reasons.values())
    else:
        assert "ADDRESS_UNSURE" in reasons["dwelling"] or not any(
            codes for material, codes in reasons.items() if material != "kinship"
        )


@pytest.mark.parametrize("year", ["2027-05-05", "2028-02-29", "2029-12-31"])
@pytest.mark.parametrize("person", [p for p in PEOPLE if lasts(p)], ids=lambda p: p["key"])
def test_a_story_still_holds_in_the_years_to_come(person: dict[str, Any], year: str) -> None:
    found, _ = outcomes(person, person["declares"], f"{year}T10:00:00+08:00")
    assert found == person["expect"]


def test_lin_xiaohe_can_move_to_a_flat_of_her_own() -> None:
    lin = BY_NAME["林晓禾"]
    found, _ = outcomes(lin, lin["moves_to"], "2026-11-22T10:00:00+08:00")
    assert found["dwelling"] == found["photo"] == "satisfied"
    assert found["kinship"] == "not_applicable"
    assert lin["moves_to"]["address"] == "示范市海港区长乐路88弄6号502室"


def test_the_people_of_the_story_are_who_they_should_be() -> None:
    assert BY_NAME["林晓禾"]["declares"]["relative"]["name"] == "周敏"
    assert BY_NAME["林晓禾"]["id_number"].startswith("3401991998")
    assert BY_NAME["何雨桐"]["guardian"]["name"] == "何志远"
    assert BY_NAME["何雨桐"]["born"].startswith("2019")
    assert BY_NAME["阿依古丽·买买提"]["declares"]["dwelling"] == "dormitory"
    assert BY_NAME["沈小舟"]["declares"]["address"] == "示范市梧桐区听雨路77号3号楼1202室"
    for person in PEOPLE:
        assert person["story_zh"].endswith("。")
        assert person["story_en"].endswith(".")
