"""Decisions over HTTP: the same as the command's, on every case there is; nothing is kept."""

import json
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from certstore.service.app import create_app
from tests.residents import ORIGIN
from tests.unit.issuance.test_issue import count
from verifiers.materials.decide_file import decide_file

FILES = sorted((Path(__file__).parents[2] / "cases").glob("*decisions.json"))
AS_JSON = {"Content-Type": "application/json"}


@pytest.fixture
def client(house):
    return TestClient(create_app(house), base_url=ORIGIN, raise_server_exceptions=False)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_case_is_answered_as_the_command_answers_it(house, client, file):
    text = file.read_text("utf-8")
    told = decide_file(text, house.rules)
    cases = json.loads(text)["cases"]
    assert cases
    before = count(house, "people"), count(house, "usage"), count(house, "applications")
    for case, one in zip(cases, told, strict=True):
        answer = client.post("/v1/reuse-decisions", json={"facts": case["facts"]})
        assert answer.status_code == 200, answer.text
        assert {"name": case["name"], **answer.json()} == one
    assert (count(house, "people"), count(house, "usage"), count(house, "applications")) == before


def test_the_example_of_the_description_is_answered(client):
    described = client.get("/openapi.json").json()["paths"]["/v1/reuse-decisions"]["post"]
    example = described["requestBody"]["content"]["application/json"]["example"]
    said = client.post("/v1/reuse-decisions", json=example).json()
    assert said["materials"]["dwelling"]["outcome"] == "satisfied"
    assert "dwelling" in said["must_not_request"]
    assert said["rule_version"] == "2021-1"


@pytest.mark.parametrize(
    ("body", "where"),
    [
        (b"", None),
        (b"[]", None),
        (b"{}", "facts"),
        (b'{"facts": 7}', "facts"),
        (b'{"facts": {}, "facts": {}}', None),
        (b'{"facts": {}, "more": 1}', "more"),
        (b'{"facts": {"matter": "castle"}}', "facts.matter"),
        (b'{"facts": {"matter": "\\ud800"}}', None),
        (b"\xff\xfe", None),
        (b'{"facts":' * 3000, None),
    ],
)
def test_facts_that_cannot_be_read_are_refused_by_the_path_of_the_fault(client, body, where):
    answer = client.post("/v1/reuse-decisions", content=body, headers=AS_JSON)
    assert answer.status_code == 400, answer.text
    said = answer.json()
    assert said["detail"]
    if where is not None:
        assert where in said["where"]


def test_more_than_facts_can_be_is_refused(client):
    answer = client.post("/v1/reuse-decisions", content=b" " * (300 * 1024), headers=AS_JSON)
    assert answer.status_code == 413
