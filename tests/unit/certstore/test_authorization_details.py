"""What a token is asked for: read strictly, granted as approved, refused by name (RFC 9396)."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from certstore.authorization.details import judge_grant, judge_purpose, read_details
from certstore.errors import (
    FieldNotGrantedError,
    MalformedError,
    PurposeError,
    QuotaExceededError,
)
from certstore.tables.sharing import Client, Purpose

BASIS = {"kind": "statutory_duty", "ref": "义务教育法第十二条"}
CLIENT = Client("school", "局", "B", "11310000MB0T00058A", [], "active", bytes(32))
PURPOSE = Purpose(
    "p", "school", "m", "报名", "Enrolment", BASIS, {"voucher": ["name", "until"]}, "active"
)
GOOD = {
    "type": "urn:certstore:pull",
    "purpose_id": "p",
    "matter_code": "m",
    "cert_types": ["voucher"],
    "fields": ["name"],
}


def wanted(**changes):
    kept = {name: value for name, value in (GOOD | changes).items() if value is not ...}
    return read_details(json.dumps([kept]))


def granted(purpose=PURPOSE, **changes):
    asked = wanted(**changes)
    return judge_grant(judge_purpose(CLIENT, asked, purpose), asked)


def test_what_is_left_open_is_what_was_approved():
    said = granted()
    assert said["fields"] == {"voucher": ["name"]}
    assert (said["actions"], said["legal_basis"]) == (["search", "pull"], BASIS)


def test_what_is_named_is_held_to():
    said = granted(actions=["pull", "pull"], legal_basis=BASIS)
    assert (said["actions"], said["legal_basis"]) == (["pull"], BASIS)


@pytest.mark.parametrize("basis", [BASIS | {"ref": "another"}, BASIS | {"kind": "consent"}])
def test_another_legal_basis_is_refused_with_the_approved_one(basis):
    with pytest.raises(PurposeError) as refusal:
        granted(legal_basis=basis)
    assert refusal.value.facts == {"cause": "legal_basis_mismatch", "expected": BASIS}
    assert refusal.value.where == "authorization_details[0].legal_basis"


def test_actions_not_granted_are_named():
    with pytest.raises(PurposeError) as refusal:
        granted(actions=["pull", "delete", "verify"])
    assert refusal.value.facts["paths"] == ["delete", "verify"]
    narrow = replace(PURPOSE, actions=("search",))
    assert granted(narrow)["actions"] == ["search"]
    with pytest.raises(PurposeError):
        granted(narrow, actions=["pull"])


def test_fields_and_types_not_granted_are_named():
    with pytest.raises(FieldNotGrantedError) as refusal:
        granted(cert_types=["voucher", "birth"], fields=["name", "id"])
    assert refusal.value.facts["paths"] == ["birth.*", "id"]


def test_of_a_type_one_may_ask_for_no_field_and_learn_only_that_one_exists():
    bare = replace(PURPOSE, fields={"voucher": [], "birth": ["name"]})
    assert granted(bare, fields=[])["fields"] == {"voucher": []}
    assert granted(fields=[])["fields"] == {"voucher": []}  # less than was granted
    with pytest.raises(FieldNotGrantedError) as refusal:
        granted(bare, fields=["name"])
    assert refusal.value.facts["paths"] == ["name"]


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"type": "other"}, "[0].type"),
        ({"type": ...}, "[0].type"),
        ({"purpose_id": 1}, "[0].purpose_id"),
        ({"purpose_id": ...}, "[0].purpose_id"),
        ({"matter_code": None}, "[0].matter_code"),
        ({"cert_types": []}, "[0].cert_types"),
        ({"cert_types": "voucher"}, "[0].cert_types"),
        ({"fields": [1]}, "[0].fields"),
        ({"fields": ...}, "[0].fields"),
        ({"fields": {}}, "[0].fields"),
        ({"fields": ""}, "[0].fields"),
        ({"fields": ["a\nb"]}, "[0].fields"),
        ({"actions": []}, "[0].actions"),
        ({"actions": None}, "[0].actions"),
        ({"actions": "pull"}, "[0].actions"),
        ({"legal_basis": None}, "[0].legal_basis"),
        ({"legal_basis": "law"}, "[0].legal_basis"),
        ({"legal_basis": {"kind": "statutory_duty"}}, "[0].legal_basis"),
        ({"legal_basis": {"kind": "whim", "ref": "x"}}, "[0].legal_basis"),
        ({"legal_basis": {"kind": ["consent"], "ref": "x"}}, "[0].legal_basis"),
        ({"legal_basis": {"kind": "consent", "ref": 1}}, "[0].legal_basis"),
        ({"legal_basis": BASIS | {"more": "x"}}, "[0].legal_basis"),
        ({"datatypes": ["x"]}, "[0]"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_member(changes, where):
    with pytest.raises(MalformedError) as refusal:
        wanted(**changes)
    assert refusal.value.where == f"authorization_details{where}"


@pytest.mark.parametrize("text", ["[]", "{}", "[1]", "[{}, {}]", "null"])
def test_a_list_of_one_object_is_expected(text):
    with pytest.raises(MalformedError) as refusal:
        read_details(text)
    assert refusal.value.where == "authorization_details"


def test_a_used_up_quota_says_when_it_begins_anew_and_is_over_at_that_moment():
    ends = datetime(2026, 11, 25, 16, tzinfo=UTC)
    over = replace(PURPOSE, state="over_quota", resets_at=ends)
    asked = wanted()
    with pytest.raises(QuotaExceededError) as refusal:
        judge_purpose(CLIENT, asked, over, ends.replace(hour=15))
    assert refusal.value.facts["resets_at"] == ends.isoformat()
    assert refusal.value.facts["retry_after"] == 3601
    assert judge_purpose(CLIENT, asked, over, ends) is over
    with pytest.raises(PurposeError):  # nobody says what time it is
        judge_purpose(CLIENT, asked, over)
    trial = replace(PURPOSE, state="approved")
    with pytest.raises(PurposeError):
        judge_purpose(CLIENT, asked, trial, ends)
    assert judge_purpose(CLIENT, asked, trial, ends, frozenset({"approved"})) is trial
