"""Searching and pulling over HTTP on both databases: what is released, refused, recorded."""

import json
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from sqlalchemy import event, text
from starlette.testclient import TestClient

from certstore.authorization.resource_gate import Presented
from certstore.authorization.token_desk import TokenRequest
from certstore.certificates import Status
from certstore.chance import reference
from certstore.clock import unix
from certstore.errors import UnavailableError
from certstore.service.app import create_app
from certstore.sharing.grants import Operator, PullRequest
from certstore.tokens import sign_compact
from tests.sealed import (
    ENROLMENT,
    GRANTED,
    LIN,
    MATTER,
    VOUCHER,
    ZHOU,
    assertion,
    become,
    enrol,
    handed_in,
    pull_body,
    school_key,
    token_form,
    voucher,
)


@pytest.fixture
def key():
    return school_key()


@pytest.fixture
def client(house, key):
    """The school service, with a token for its three fields."""
    enrol(house, key)
    opened = TestClient(
        create_app(house), base_url=house.settings.public_url, raise_server_exceptions=False
    )
    form = token_form(assertion(house, key))
    token = opened.post("/oauth2/token", data=form).json()["access_token"]
    opened.headers["Authorization"] = f"Bearer {token}"
    return opened


def pull(client, ref, *fields, **changes):
    body = json.dumps(pull_body(fields or GRANTED, **changes))  # escapes what UTF-8 cannot hold
    as_json = {"Content-Type": "application/json"}
    return client.post(f"/v1/certificates/{ref}:pull", content=body, headers=as_json)


def refused(answer, status, slug):
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    said = answer.json()
    assert said["type"] == f"urn:certstore:problem:{slug}"
    assert LIN.name not in answer.text
    assert LIN.id_number not in answer.text
    return said


@pytest.mark.parametrize("name", ["fields", "purpose_id", "matter_code"])
@pytest.mark.parametrize("odd", ["\ud800", "\u202e", "a\x00", ""])
def test_a_name_that_is_none_does_not_fit_the_description(house, client, name, odd):
    ref = voucher(house).ref
    change = {} if name == "fields" else {name: odd}
    answer = pull(client, ref, *([GRANTED[0], odd] if name == "fields" else GRANTED), **change)
    refused(answer, 422, "invalid-request")


def recorded(house, holder=LIN):
    with house.archive.reading() as books:
        person = books.people.find(holder.id_type, holder.id_number)
        return (
            []
            if person is None
            else [
                dict(e.record) for e in books.usage.of(person.id, datetime.min.replace(tzinfo=UTC))
            ]
        )


def leaves(house):
    with house.archive.reading() as books:
        return books.ledger.size(), books.usage.count()


def test_a_pull_gives_exactly_the_granted_fields_and_a_receipt(client, house):
    held = voucher(house)
    answer = pull(client, held.ref)
    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert said["fields"] == {
        "name": "林晓禾",
        "residence_district": "海港区",
        "valid_until": "2027-11-24",
    }
    assert (said["status"], said["under_dispute"], said["withheld"]) == ("valid", False, [])
    assert LIN.id_number not in answer.text
    (entry,) = recorded(house)
    assert (entry["kind"], entry["fields"]) == ("pull", list(GRANTED))
    assert (entry["case_no"], entry["operator"]) == ("RX-2026-00017", "3021")
    receipt = jwt.decode(
        said["receipt"],
        house.sharing_desk.receipt_signer.public_key,
        ["ES256"],
        options={"verify_iat": False},
    )
    leaf = said["ledger"]
    assert (receipt["leaf_index"], receipt["leaf_hash"]) == (leaf["leaf_index"], leaf["leaf_hash"])
    assert receipt["max_merge_delay_s"] == 60
    proof = client.get("/v1/ledger/proof/inclusion", params={"leaf_index": leaf["leaf_index"]})
    assert proof.json()["leaf_hash"] == leaf["leaf_hash"]


def test_fewer_fields_are_given_when_fewer_are_asked_for(client, house):
    assert pull(client, voucher(house).ref, "name").json()["fields"] == {"name": "林晓禾"}


def test_a_fourth_field_refuses_the_pull_by_name_and_is_recorded(client, house):
    said = refused(
        pull(client, voucher(house).ref, *GRANTED, "id_number"), 403, "field-not-granted"
    )
    assert said["paths"] == ["id_number"]
    (entry,) = recorded(house)
    assert (entry["fields"], entry["refused_fields"]) == ([], ["id_number"])
    assert entry["refused"] == "field-not-granted"


@pytest.mark.parametrize("status", [Status.SUPERSEDED, Status.REVOKED, Status.CANCELLED])
def test_a_certificate_no_longer_in_force_is_not_released_and_the_question_is_recorded(
    client, house, status
):
    held = voucher(house)
    become(house, held, status)
    said = refused(pull(client, held.ref), 409, "certificate-revoked")
    assert said["certificate_status"] == status.value
    (entry,) = recorded(house)
    assert (entry["kind"], entry["fields"]) == ("pull", [])
    assert entry["refused"] == "certificate-revoked"


def test_another_persons_certificate_is_a_subject_mismatch(client, house):
    held = voucher(house, ZHOU)
    refused(pull(client, held.ref), 409, "subject-mismatch")
    assert recorded(house) == []  # their number was used, their data was not aimed at


def test_whoever_was_aimed_at_with_anothers_number_sees_who_it_was(client, house):
    held = voucher(house, ZHOU)
    pull(client, held.ref)
    (entry,) = recorded(house, ZHOU)
    assert (entry["kind"], entry["refused"], entry["fields"]) == ("pull", "subject-mismatch", [])
    assert (entry["agency"], entry["case_no"]) == ("示范市教育局", "RX-2026-00017")
    assert entry["certificate_ref"] == held.ref
    assert LIN.id_number not in str(entry)
    assert leaves(house) == (1, 1)


def test_every_holder_of_what_was_aimed_at_sees_it(client, house):
    owned = handed_in(house, type_code="property_certificate")
    add_holder(house, owned, ZHOU)
    refused(pull(client, owned.ref, subject={"id_number": "11010119900307867X"}), 404, "not-found")
    assert [entry["refused"] for entry in recorded(house)] == ["not-found"]
    assert [entry["refused"] for entry in recorded(house, ZHOU)] == ["not-found"]
    assert leaves(house) == (2, 2)
    pull(client, owned.ref)  # named by their own number: theirs alone
    assert (len(recorded(house)), len(recorded(house, ZHOU))) == (2, 1)


def add_holder(house, certificate, holder):
    with house.archive.writing() as books:
        books.connection.execute(
            text(
                "INSERT INTO certificate_holders "
                "(certificate_id, position, name, id_type, id_number) "
                "SELECT id, 1, :name, '111', :number FROM certificates WHERE ref = :ref"
            ),
            {"name": holder.name, "number": holder.id_number, "ref": certificate.ref},
        )


def test_a_refusal_that_cannot_be_recorded_is_not_told_either(client, house):
    held = voucher(house, ZHOU)
    with house.archive.writing() as books:
        books.connection.execute(text("ALTER TABLE ledger_leaves RENAME TO elsewhere"))
    refused(pull(client, held.ref), 503, "ledger-unavailable")


def test_the_subject_is_found_with_a_small_x_too(client, house):
    held = voucher(house)
    subject = {"id_number": LIN.id_number.lower()}
    assert pull(client, held.ref, subject=subject).status_code == 200


@pytest.mark.parametrize(
    ("changes", "where"),
    [({"purpose_id": "another"}, "purpose_id"), ({"matter_code": "tax"}, "matter_code")],
)
def test_another_purpose_or_matter_than_the_tokens_is_refused(client, house, changes, where):
    said = refused(pull(client, voucher(house).ref, **changes), 403, "insufficient-purpose")
    assert said["where"] == where
    (entry,) = recorded(house)
    assert (entry["refused"], entry["fields"]) == ("insufficient-purpose", [])
    assert (entry["purpose"], entry["matter"]) == (ENROLMENT, MATTER)  # what it is known for


def test_a_type_outside_the_grant_looks_as_absent_as_none(client, house):
    lease, strangers = handed_in(house), handed_in(house, ZHOU)
    absent = pull(client, reference())
    for ref in (lease.ref, strangers.ref):
        answer = pull(client, ref)
        assert answer.status_code == absent.status_code == 404
        assert _without_names(answer.json()) == _without_names(absent.json())
    for holder in (LIN, ZHOU):  # whom it concerns sees it all the same
        (entry,) = recorded(house, holder)
        assert (entry["kind"], entry["refused"]) == ("pull", "not-found")
    assert leaves(house) == (2, 2)


def _without_names(said):
    return {name: value for name, value in said.items() if name not in {"instance", "where"}}


@pytest.mark.parametrize(
    "changes",
    [
        {"fields": ["name", "name"]},
        {"fields": []},
        {"fields": ["name"] * 51},
        {"fields": "name"},
        {"case_no": ""},
        {"case_no": "x" * 61},
        {"subject": {"id_number": "\uff11\uff12\uff13\uff14\uff15\uff16"}},
        {"subject": {"id_number": "123"}},
        {"operator": ""},
        {"more": 1},
    ],
)
def test_a_request_that_is_not_as_described_changes_nothing(client, house, changes):
    answer = client.post(
        f"/v1/certificates/{voucher(house).ref}:pull", json={**pull_body(), **changes}
    )
    refused(answer, answer.status_code, "invalid-request")
    assert answer.status_code in {400, 422}
    assert leaves(house) == (0, 0)


@pytest.mark.parametrize("name", ["case_no", "operator"])
@pytest.mark.parametrize("value", ["RX\x00", "RX\ud800", "RX\n2"])
def test_a_character_no_record_can_keep_is_refused(client, house, name, value):
    answer = pull(client, voucher(house).ref, **{name: value})
    refused(answer, 422, "invalid-request")
    assert leaves(house) == (0, 0)


def test_a_token_that_has_expired_is_refused(client, house):
    held = voucher(house)
    house.clock.skip(timedelta(seconds=301))
    assert refused(pull(client, held.ref), 401, "invalid-token")["cause"] == "expired"


@pytest.mark.parametrize("header", ["", "Basic x", "Bearer", "Bearer ", "Bearer a.b.c"])
def test_without_a_token_nothing_is_released(client, house, header):
    answer = client.post(
        f"/v1/certificates/{voucher(house).ref}:pull",
        json=pull_body(),
        headers={"Authorization": header},
    )
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("change", [{"iss": "https://other.example"}, {"aud": "other"}])
def test_a_token_of_another_issuer_is_refused(client, house, change):
    own = client.headers["Authorization"].removeprefix("Bearer ")
    claims = jwt.decode(own, options={"verify_signature": False})
    forged = sign_compact(
        {**claims, **change}, typ="at+jwt", signer=house.token_keys.signer(house.clock.now())
    )
    client.headers["Authorization"] = f"Bearer {forged}"
    refused(pull(client, voucher(house).ref), 401, "invalid-token")


def test_a_token_signed_by_another_key_or_of_another_kind_is_refused(client, house, key):
    own = client.headers["Authorization"].removeprefix("Bearer ")
    claims = jwt.decode(own, options={"verify_signature": False})
    now = unix(house.clock.now())
    stranger = jwt.encode(claims, school_key(), "ES256", {"typ": "at+jwt", "kid": "0" * 16})
    kind = sign_compact(
        claims | {"iat": now, "exp": now + 60},
        typ="JWT",
        signer=house.token_keys.signer(house.clock.now()),
    )
    for token in (stranger, kind, assertion(house, key)):
        client.headers["Authorization"] = f"Bearer {token}"
        refused(pull(client, voucher(house).ref), 401, "invalid-token")


def test_when_the_ledger_cannot_be_written_nothing_is_released(client, house):
    held = voucher(house)
    with house.archive.writing() as books:
        books.connection.execute(text("ALTER TABLE ledger_leaves RENAME TO elsewhere"))
    refused(pull(client, held.ref), 503, "ledger-unavailable")
    with house.archive.writing() as books:
        books.connection.execute(text("ALTER TABLE elsewhere RENAME TO ledger_leaves"))
    assert leaves(house) == (0, 0)
    assert pull(client, held.ref).status_code == 200


def test_when_the_commit_fails_nothing_is_released(client, house):
    held = voucher(house)

    def refuse(_connection):
        raise UnavailableError("the disk is full")

    event.listen(house.database.engine, "commit", refuse)
    answer = pull(client, held.ref)
    event.remove(house.database.engine, "commit", refuse)
    refused(answer, 503, "unavailable")
    assert leaves(house) == (0, 0)


def search(client, **changes):
    body = {
        "purpose_id": ENROLMENT,
        "case_no": "RX-1",
        "subject": {"id_number": LIN.id_number},
        "cert_types": [VOUCHER],
        "operator": "3021",
    }
    return client.post("/v1/evidence:search", json=body | changes)


def test_a_search_gives_references_and_no_content_and_is_recorded_as_a_look(client, house):
    held, _ = voucher(house), handed_in(house)
    answer = search(client)
    assert answer.status_code == 200, answer.text
    (found,) = answer.json()["evidence"]
    assert set(found) == {"ref", "type", "status", "under_dispute", "issued_on"}
    assert found["ref"] == held.ref
    assert LIN.name not in answer.text
    (entry,) = recorded(house)
    assert (entry["kind"], entry["fields"], entry["found"]) == ("look", [], 1)


def test_a_search_for_somebody_unknown_finds_nothing_and_is_a_leaf_all_the_same(client, house):
    assert search(client, subject={"id_number": ZHOU.id_number}).json()["evidence"] == []
    assert leaves(house) == (1, 1)


def test_a_search_outside_the_grant_is_refused_by_name(client, house):
    said = refused(search(client, cert_types=[VOUCHER, "id_photo"]), 403, "field-not-granted")
    assert said["paths"] == ["id_photo"]
    refused(search(client, purpose_id="another"), 403, "insufficient-purpose")
    assert leaves(house) == (0, 0)  # it concerned nobody known here


@pytest.mark.parametrize(
    ("changes", "slug"),
    [
        ({"cert_types": [VOUCHER, "id_photo"]}, "field-not-granted"),
        ({"purpose_id": "another"}, "insufficient-purpose"),
    ],
)
def test_a_refused_search_is_seen_by_whom_it_was_about(client, house, changes, slug):
    voucher(house)
    refused(search(client, **changes), 403, slug)
    (entry,) = recorded(house)
    assert (entry["kind"], entry["refused"], entry["found"]) == ("look", slug, 0)


def test_a_search_that_is_answered_has_no_refusal_on_record(client, house):
    voucher(house)
    assert search(client).status_code == 200
    assert "refused" not in recorded(house)[0]


def test_a_field_without_a_value_is_withheld_and_says_so(house, key):
    enrol(house, key)
    given = house.token_desk.grant(TokenRequest(**token_form(assertion(house, key))))
    service = house.resource_gate.admit(Presented("Bearer", given["access_token"], (), "POST", ""))
    held = voucher(house)
    with house.archive.writing() as books:
        books.connection.execute(
            text("UPDATE certificates SET fields = :f"), {"f": '{"name": "林晓禾"}'}
        )
    request = PullRequest(
        ref=held.ref,
        purpose_id=ENROLMENT,
        matter_code=MATTER,
        case_no="RX-1",
        fields=GRANTED,
        subject_type="111",
        subject_number=LIN.id_number,
        operator=Operator("3021"),
    )
    said = house.sharing_desk.pull(service, request)
    assert said["fields"] == {"name": "林晓禾"}
    assert [w["path"] for w in said["withheld"]] == ["residence_district", "valid_until"]
    assert {w["reason"] for w in said["withheld"]} == {"no_value"}
