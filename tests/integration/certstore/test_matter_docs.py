"""The example of docs/matters.md is accepted, and decides as it says."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from tests.house import house_in
from tests.matters import FATHER, STRANGER, enrol_purpose, filed, service
from verifiers.matters.wanted import DecisionIn

PAGE = Path(__file__).parents[3].joinpath("docs", "matters.md").read_text("utf-8")
EXAMPLE = PAGE.split("\n## An example\n")[1].split("\n## ")[0]
BLOCKS = re.findall(r"```([a-z]+)\n(.*?)```", EXAMPLE, re.DOTALL)
DOCUMENT = next(tomllib.loads(text) for kind, text in BLOCKS if kind == "toml")
ASKED, WITH_HOME, WITHOUT = (json.loads(text) for kind, text in BLOCKS if kind == "json")
GRANT = {"property_certificate": ("district_is",), "lease_filing": ("district_is", "valid_on")}
NAMED = {"purpose_id": ASKED["purpose_id"], "matter_code": ASKED["matter_code"]}


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    built = house_in(tmp_path_factory.mktemp("docs"))
    enrol_purpose(built, fields=GRANT, **NAMED)
    filed(built, "property_certificate", FATHER, address="示范市海港区长乐路88弄6号1203室")
    caller = service(fields=GRANT, actions=("matters",), **NAMED)
    assert built.matter_desk.register_for(caller, DOCUMENT["code"], DOCUMENT).state == "active"
    yield built
    built.close()


@pytest.mark.parametrize(
    ("subject", "said"),
    [({}, WITH_HOME), ({"subject": STRANGER}, WITHOUT)],
    ids=["somebody with a home there", "somebody without"],
)
def test_the_example_decides_as_the_page_says(house, subject, said):
    caller = service(fields=GRANT, **NAMED)
    answer = house.decision_desk.decide(caller, DecisionIn.model_validate(ASKED | subject))
    flat = {**answer["materials"]["home"], **answer}
    assert {name: flat[name] for name in said} == said


def test_the_page_names_the_grant_that_is_needed():
    for kind, paths in GRANT.items():
        for path in paths:
            assert re.search(rf"`{kind}` with [^,.]*`{path}`", EXAMPLE), (kind, path)
