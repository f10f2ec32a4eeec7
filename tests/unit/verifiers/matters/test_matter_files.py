"""A matter's file is read strictly: what is wrong is refused by its path, whatever it is."""

import json
from importlib.resources import files

import pytest

from certstore.errors import MalformedError
from tests.unit.verifiers.matters.cases import document, evidence, material
from verifiers.matters.matter import MAX_BYTES, AgencyMatter, read_file

GOOD = [evidence("property_certificate")]
EXAMPLES = sorted(
    (f for f in files("certstore.service").joinpath("demo_matters").iterdir()), key=lambda f: f.name
)


def refused(value):
    with pytest.raises(MalformedError) as found:
        AgencyMatter.read(value)
    assert len(found.value.detail) < 1000
    return found.value


def with_condition(**said):
    return document(material([evidence("property_certificate", said)]))


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda f: f.name)
def test_the_examples_are_read_as_toml_and_as_json(file):
    values = read_file(file.read_bytes(), toml=True)
    as_json = json.dumps(values, ensure_ascii=False).encode()
    assert AgencyMatter.read(values) == AgencyMatter.read(read_file(as_json, toml=False))


@pytest.mark.parametrize(
    ("value", "where"),
    [
        ([], "matter"),
        (document(more=1), "matter.more"),
        (document(code="residence_registration"), "matter.code"),
        (document(code="A matter"), "matter.code"),
        (document(version="1/2"), "matter.version"),
        (document(version=""), "matter.version"),
        (document(effective_from="1 January"), "matter.effective_from"),
        (document(effective_from="2026-02-30"), "matter.effective_from"),
        (document(agency_uscc="11310000MB0T00058B"), "matter.agency_uscc"),
        (document(title_zh="某\u200b事"), "matter.title_zh"),
        (document(title_zh="x" * 201), "matter.title_zh"),
        (document(guardian="perhaps"), "matter.guardian"),
        (document(materials=[]), "matter.materials"),
        (document(parameters={}), "matter.parameters"),
        (document(material(GOOD), material(GOOD)), "matter.materials"),
        (document(material(GOOD, more=1)), "matter.materials[0].more"),
        (document(material(GOOD, otherwise="satisfied")), "matter.materials[0].otherwise"),
        (document(material(GOOD, otherwise="choose_one")), "matter.materials[0].ask"),
        (document(material(GOOD, ask=[["magic"]])), "matter.materials[0].ask[0].group"),
        (
            document(material(GOOD, otherwise="blocked", ask=[["other_upload"]])),
            "matter.materials[0].ask",
        ),
        (document(material()), "matter.materials[0].accept"),
        (document(material([])), "matter.materials[0].accept[0].group"),
        (document(material(GOOD, accept=GOOD)), "matter.materials[0].accept[0].group"),
        (document(material([{"type": "passport", "conditions": []}])), "accept[0][0].conditions"),
        (document(material([evidence("passport")])), "accept[0][0].type"),
        (
            document(
                material(
                    [{"type": "lease_filing", "conditions": [{"is": "remaining", "months": 1}]}]
                )
            ),
            "accept[0][0].conditions",
        ),
        (
            document(
                material([{"type": "person", "conditions": [{"is": "holder", "who": "subject"}]}])
            ),
            "accept[0][0].conditions[0].is",
        ),
        (with_condition(**{"is": "python"}), "conditions[1].is"),
        (with_condition(**{"is": "remaining", "months": 1, "days": 2}), "conditions[1].days"),
        (with_condition(**{"is": "remaining", "months": 0}), "conditions[1].months"),
        (with_condition(**{"is": "remaining", "months": 10**9}), "conditions[1].months"),
        (with_condition(**{"is": "remaining", "months": True}), "conditions[1].months"),
        (with_condition(**{"is": "document_age"}), "conditions[1].at_least_months"),
        (
            with_condition(**{"is": "document_age", "at_least_months": 7, "at_most_months": 6}),
            "conditions[1].at_most_months",
        ),
        (with_condition(**{"is": "age", "of": "either", "at_least": 1}), "conditions[1].of"),
        (with_condition(**{"is": "age", "of": "subject", "on": "02-29", "at_least": 1}), "].on"),
        (with_condition(**{"is": "age", "of": "subject", "on": "02-30", "at_least": 1}), "].on"),
        (with_condition(**{"is": "age", "of": "subject", "on": "soon", "at_least": 1}), "].on"),
        (
            with_condition(**{"is": "valid_on", "day": "parameter:district"}),
            "conditions[1].day",
        ),
        (with_condition(**{"is": "valid_on", "day": "parameter:nothing"}), "conditions[1].day"),
        (with_condition(**{"is": "valid_on", "day": "2026-13-01"}), "conditions[1].day"),
        (with_condition(**{"is": "district", "parameter": "begins"}), "conditions[1].parameter"),
        (with_condition(**{"is": "field", "name": "stage"}), "conditions[1].name"),
        (
            with_condition(**{"is": "field", "name": "stage", "equals": "a", "one_of": ["b"]}),
            "conditions[1].name",
        ),
        (with_condition(**{"is": "field", "name": "stage", "one_of": []}), "conditions[1].one_of"),
        (
            with_condition(**{"is": "field", "name": "stage", "one_of": ["a", "a"]}),
            "conditions[1].one_of",
        ),
        (with_condition(**{"is": "parent", "who": "subject"}), "conditions[1].who"),
        (
            document(material([evidence("birth_certificate", who="guardian")]), guardian="none"),
            "conditions[0].who",
        ),
        (
            document(material(GOOD, only_if={"parameter": "nothing", "one_of": ["a"]})),
            "only_if.parameter",
        ),
    ],
)
def test_what_is_wrong_is_refused_by_its_path(value, where):
    assert where in (refused(value).where or "")


@pytest.mark.parametrize(
    "parameter",
    [
        {"kind": "word"},
        {"kind": "text", "one_of": ["a"]},
        {"kind": "number"},
        {"kind": "text", "name": "Two Words"},
        {"kind": "text", "more": 1},
        {"kind": "text", "required": "yes"},
    ],
)
def test_a_parameter_is_declared_strictly(parameter):
    whole = {"name": "what", "title_zh": "甲", "title_en": "A"} | parameter
    assert "parameters[0]" in refused(document(parameters=[whole])).where
    twice = [{"name": "what", "kind": "text", "title_zh": "甲", "title_en": "A"}] * 2
    assert refused(document(parameters=twice)).where == "matter.parameters"


@pytest.mark.parametrize(
    "value",
    [
        document(*[material(GOOD, code=f"m{n}") for n in range(21)]),
        document(material(*[GOOD] * 11)),
        document(material(GOOD * 6)),
        document(material([evidence("enrolment", *[{"is": "remaining", "months": 1}] * 10)])),
        document(material(GOOD, ask=[["other_upload"]] * 11)),
        with_condition(**{"is": "field", "name": "a1", "one_of": [str(n) for n in range(101)]}),
    ],
)
def test_no_list_is_longer_than_a_matter_needs(value):
    refused(value)


@pytest.mark.parametrize(
    ("content", "toml"),
    [
        (b"[" * 3000, False),
        (b"a = " + b"[" * 3000, True),
        (b"a = " + b"[" * 20 + b"]" * 20, True),
        (b"a = 1\na = 2", True),
        (b'{"a": 1, "a": 2}', False),
        (b"\xff\xfe", True),
        (b"\xff\xfe", False),
        (b"[]", False),
        (b" " * (MAX_BYTES + 1), True),
        (b" " * (MAX_BYTES + 1), False),
        (b"", False),
    ],
)
def test_a_file_that_is_none_is_refused(content, toml):
    with pytest.raises(MalformedError):
        AgencyMatter.read(read_file(content, toml=toml))
