"""The client against a service that misbehaves: what is tried again, what is believed, how often.

A real server on loopback; pauses are counted and not slept.
"""

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import parse_qs

import httpx
import jwt
import pytest

from certstore.client import (
    BadRequestError,
    Case,
    Client,
    ClientError,
    NoCertificateError,
    NotAuthenticatedError,
    NotAvailableError,
    NotGrantedError,
    Patience,
    ProblemError,
    Purpose,
    TooOftenError,
    UnreachableError,
    UnreadableError,
    UntrustedError,
)
from certstore.clock import MovedClock
from certstore.keys import KeySigner, generate
from certstore.keys import Purpose as KeyPurpose
from certstore.service.serving import free_port
from tests.unit.certstore.small_service import METADATA, TOKEN, small_service

PURPOSE = Purpose("enrolment-2026", "school_enrolment", ["residence_voucher"], ["name", "until"])
CASE = Case("RX-1", person="340199199804060284", operator="3021", terminal="A-7")
REF = "b" * 20
PLACE = {"leaf_index": 7, "leaf_hash": "ab" * 32}
SEARCHED = {
    "evidence": [
        {
            "ref": REF,
            "type": "residence_voucher",
            "status": "valid",
            "under_dispute": False,
            "issued_on": "2026-11-22",
        }
    ],
    "receipt": "r.r.r",
    "ledger": PLACE,
}
PULLED = {
    "ref": REF,
    "type": "residence_voucher",
    "status": "valid",
    "status_checked_at": "2026-11-22T10:00:00+00:00",
    "under_dispute": False,
    "fields": {"name": "林晓禾"},
    "origins": {"name": {"source": "household_register", "government_verified": True}},
    "withheld": [{"path": "until", "reason": "no_value"}],
    "freshness": {
        "as_of": "2026-11-22T10:00:00+00:00",
        "max_age_s": 86400,
        "must_recheck": True,
        "delete_by": "2027-05-21",
    },
    "receipt": "r.r.r",
    "ledger": PLACE,
    "of_a_later_version": 1,
}
SEARCH, PULL = "/v1/evidence:search", f"/v1/certificates/{REF}:pull"


def problem(slug, status, headers=None, **said):
    body = {"type": f"urn:certstore:problem:{slug}", "status": status, "detail": "what", **said}
    return status, body, headers or {}


@pytest.fixture
def service():
    with small_service() as running:
        yield running


@pytest.fixture
def pauses():
    return []


@pytest.fixture
def clock():
    return MovedClock(datetime(2026, 11, 22, 10, 0, tzinfo=UTC))


@pytest.fixture
def client(service, pauses, clock):
    with made(service.url, pauses, clock) as opened:
        yield opened


def made(url, pauses, clock=None, **patience):
    signer = KeySigner(KeyPurpose.TOKEN, generate("ES256"))
    return Client(
        url,
        "school",
        signer,
        PURPOSE,
        patience=Patience(**patience),
        clock=clock,
        sleep=pauses.append,
    )


# -- what is sent ------------------------------------------------------------------------------


def test_a_search_and_a_pull_share_a_token_and_each_has_a_proof_of_its_own(service, client):
    service.answers = [(200, SEARCHED, {}), (200, PULLED, {})]
    found = client.search(CASE).in_force("residence_voucher")
    assert (found.ref, found.in_force) == (REF, True)
    pulled = client.pull(CASE, REF, ["name"], actor={"kind": "self"})
    assert dict(pulled.fields) == {"name": "林晓禾"}
    assert pulled.answer["of_a_later_version"] == 1
    assert len(service.calls("/oauth2/token")) == len(service.calls(METADATA)) == 1
    (search,), (pull,) = service.calls(SEARCH), service.calls(PULL)
    assert search[2]["Authorization"] == pull[2]["Authorization"] == f"DPoP {'t' * 40}"
    assert search[2]["DPoP"] != pull[2]["DPoP"]
    assert search[2]["Idempotency-Key"] != pull[2]["Idempotency-Key"]
    assert json.loads(pull[3]) == {
        "purpose_id": "enrolment-2026",
        "matter_code": "school_enrolment",
        "fields": ["name"],
        "case_no": "RX-1",
        "subject": {"id_type": "111", "id_number": CASE.person},
        "operator": {"number": "3021", "terminal": "A-7"},
        "actor": {"kind": "self"},
    }


def test_the_token_is_asked_for_as_the_purpose_says(service, client):
    service.answers = [(200, SEARCHED, {})]
    client.search(CASE)
    (asked,) = service.calls("/oauth2/token")
    form = {name: values[0] for name, values in parse_qs(asked[3].decode()).items()}
    assert json.loads(form["authorization_details"]) == [PURPOSE.details()]
    claims = jwt.decode(form["client_assertion"], options={"verify_signature": False})
    assert (claims["iss"], claims["sub"], claims["aud"]) == ("school", "school", service.url)
    assert claims["exp"] - claims["iat"] <= 300


def test_a_token_is_used_until_shortly_before_it_ends(service, client, clock):
    service.answers = [(200, SEARCHED, {})] * 3
    client.search(CASE)
    clock.skip(timedelta(seconds=265))
    client.search(CASE)
    assert len(service.calls("/oauth2/token")) == 1
    clock.skip(timedelta(seconds=10))
    client.search(CASE)
    assert len(service.calls("/oauth2/token")) == 2


def test_another_purpose_has_another_token(service, client):
    service.answers = [(200, SEARCHED, {})] * 2
    client.search(CASE)
    client.search(CASE, purpose=Purpose("other", "m", ["residence_voucher"], ["name"]))
    assert len(service.calls("/oauth2/token")) == 2


def test_without_a_purpose_nothing_is_asked(service, pauses):
    signer = KeySigner(KeyPurpose.TOKEN, generate("EdDSA"))
    with Client(service.url, "school", signer) as bare, pytest.raises(ClientError, match="purpose"):
        bare.search(CASE)
    assert service.seen == []


def test_a_strange_reference_stays_one_part_of_the_path(service, client):
    service.answers = [problem("not-found", 404)]
    with pytest.raises(NoCertificateError):
        client.pull(CASE, "../../oauth2/revoke?x", ["name"])
    assert service.seen[-1][1] == "/v1/certificates/..%2F..%2Foauth2%2Frevoke%3Fx:pull"


def test_an_answer_without_content_is_nothing_to_read(service, client):
    service.answers = [(204, b"", {}), (200, b"", {})]
    assert client.ask("DELETE", "/v1/things/x") == {}
    with pytest.raises(UnreadableError):  # 200 promises something
        client.ask("GET", "/v1/things/x")


def test_other_calls_are_made_with_token_and_proof_too(service, client):
    service.answers = [(200, b"%PDF", {}), (200, {"a": 1}, {}), (202, {"ref": "x"}, {})]
    assert client.fetch(f"{service.url}/v1/documents/x") == b"%PDF"
    assert client.ask("GET", "/v1/things", query={"after": "7 &"})["a"] == 1
    assert client.ask("POST", "/v1/things", {"b": "林"})["ref"] == "x"
    document, listed, made = service.seen[-3:]
    assert document[1] == "/v1/documents/x"
    assert listed[1] == "/v1/things?after=7+%26"
    assert json.loads(made[3]) == {"b": "林"}
    assert ["Idempotency-Key" in one[2] for one in (document, listed, made)] == [False, False, True]
    proof = jwt.decode(listed[2]["DPoP"], options={"verify_signature": False})
    assert (proof["htm"], proof["htu"]) == ("GET", f"{service.url}/v1/things")


@pytest.mark.parametrize("path", ["v1/x", "https://other.example/v1/x", "/v1/x?y", "/v1/x#y"])
def test_another_services_address_is_not_asked(service, client, path):
    with pytest.raises(ClientError, match="begins with /"):
        client.fetch(path)
    assert service.seen == []


def test_values_that_hold_personal_data_do_not_show_it(service, client):
    service.answers = [(200, PULLED, {})]
    pulled = client.pull(CASE, REF)
    assert "林晓禾" not in repr(pulled)
    assert CASE.person not in repr(CASE)


# -- tried again ---------------------------------------------------------------------------------


def test_a_full_minute_is_waited_for_as_long_as_the_service_says(service, client, pauses):
    service.answers = [problem("rate-limited", 429, {"Retry-After": "9"}), (200, SEARCHED, {})]
    client.search(CASE)
    assert pauses == [9]
    one, two = service.calls(SEARCH)
    assert one[2]["DPoP"] != two[2]["DPoP"]  # a fresh proof each time
    assert one[2]["Idempotency-Key"] == two[2]["Idempotency-Key"]  # and still one call


def test_a_wait_beyond_patience_is_not_waited_for(service, client, pauses):
    service.answers = [problem("quota-exceeded", 429, {"Retry-After": "3600"})]
    with pytest.raises(TooOftenError) as raised:
        client.search(CASE)
    assert (raised.value.retry_after, pauses) == (3600, [])


def test_pauses_grow_and_end(service, client, pauses):
    service.answers = [problem("ledger-unavailable", 503)] * 4
    with pytest.raises(NotAvailableError) as raised:
        client.search(CASE)
    assert raised.value.slug == "ledger-unavailable"
    assert len(pauses) == 3
    for pause, longest in zip(pauses, (0.5, 1, 2), strict=True):
        assert longest / 2 <= pause <= longest


@pytest.mark.parametrize("first", [None, (502, b"<html>", {}), (504, b"", {})])
def test_what_was_torn_on_the_way_is_asked_again(service, client, pauses, first):
    service.answers = [first, (200, SEARCHED, {})]
    client.search(CASE)
    assert len(pauses) == 1


@pytest.mark.parametrize(
    ("slug", "status", "kind"),
    [
        ("field-not-granted", 403, NotGrantedError),
        ("certificate-revoked", 409, NoCertificateError),
        ("invalid-request", 422, BadRequestError),
        ("internal", 500, NotAvailableError),
        ("of-tomorrow", 418, ProblemError),
    ],
)
def test_a_refusal_is_told_once_with_all_that_it_says(service, client, pauses, slug, status, kind):
    said = {"where": "fields", "remedy": "less", "paths": ["a", "b"], "cause": "c"}
    service.answers = [problem(slug, status, **said)]
    with pytest.raises(kind) as raised:
        client.pull(CASE, REF)
    told = raised.value
    assert type(told) is kind
    assert (told.slug, told.status, told.where, told.remedy) == (slug, status, "fields", "less")
    assert (told.paths, told.cause, pauses) == (("a", "b"), "c", [])
    assert str(told) == f"{status} {slug}: what (fields); less"


def test_nobody_there_is_told_after_every_try(pauses):
    url = f"http://127.0.0.1:{free_port()}"
    with made(url, pauses) as client, pytest.raises(UnreachableError, match="4 tries"):
        client.search(CASE)
    assert len(pauses) == 3


def test_a_token_request_that_is_refused_is_not_repeated(service, client, pauses):
    service.tokens = [problem("invalid-token", 401, cause="client_inactive")]
    with pytest.raises(NotAuthenticatedError) as raised:
        client.search(CASE)
    assert raised.value.cause == "client_inactive"
    assert service.calls(SEARCH) == pauses == []


def test_a_token_request_repeated_has_a_new_assertion(service, client):
    service.tokens = [problem("unavailable", 503)]
    service.answers = [(200, SEARCHED, {})]
    client.search(CASE)
    one, two = (parse_qs(call[3].decode()) for call in service.calls("/oauth2/token"))
    assert one["client_assertion"] != two["client_assertion"]


@pytest.mark.parametrize(
    "refusal",
    [
        problem("invalid-token", 401, cause="revoked"),
        problem("insufficient-purpose", 403, cause="purpose_changed"),
    ],
)
def test_a_token_that_holds_no_more_is_replaced_once(service, client, refusal):
    service.answers = [(200, SEARCHED, {}), refusal]
    service.answers += [(200, SEARCHED, {})]
    client.search(CASE)
    client.search(CASE)
    assert len(service.calls("/oauth2/token")) == 2


def test_a_purpose_that_is_suspended_is_not_asked_for_again(service, client):
    refusal = problem("insufficient-purpose", 403, cause="purpose_inactive")
    service.answers = [(200, SEARCHED, {}), refusal]
    client.search(CASE)
    with pytest.raises(ProblemError):
        client.search(CASE)
    assert len(service.calls("/oauth2/token")) == 1


def test_a_token_that_was_just_given_is_not_replaced(service, client):
    service.answers = [problem("invalid-token", 401, cause="revoked")]
    with pytest.raises(NotAuthenticatedError):
        client.search(CASE)
    assert len(service.calls("/oauth2/token")) == 1


def test_a_clock_that_is_wrong_is_told_by_how_much(service, client, clock):
    theirs = format_datetime(clock.now() + timedelta(seconds=90), usegmt=True)
    service.tokens = [problem("invalid-token", 401, {"Date": theirs}, cause="expired")]
    with pytest.raises(NotAuthenticatedError, match="behind theirs") as raised:
        client.search(CASE)
    assert 88 <= raised.value.clock_skew_s <= 91


# -- what is believed ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"ref": "c" * 20}, "ref"),
        ({"fields": {"name": "x", "id_number": "y"}}, "id_number"),
        ({"fields": ["name"]}, "fields"),
        ({"under_dispute": "no"}, "under_dispute"),
        ({"status_checked_at": "2026-11-22T10:00:00"}, "status_checked_at"),
        ({"ledger": {"leaf_index": -1, "leaf_hash": ""}}, "leaf_index"),
        ({"receipt": None}, "receipt"),
        ({"withheld": {}}, "withheld"),
    ],
)
def test_an_answer_that_is_not_as_described_is_not_believed(service, client, changes, where):
    service.answers = [(200, PULLED | changes, {})]
    with pytest.raises(UnreadableError) as raised:
        client.pull(CASE, REF)
    assert raised.value.where == where


@pytest.mark.parametrize("body", [b"", b"[]", b'{"a":1,"a":2}', b"<html>", b"\xff"])
def test_what_is_no_plain_object_is_not_believed(service, client, body):
    service.answers = [(200, body, {})]
    with pytest.raises(UnreadableError):
        client.pull(CASE, REF)


def test_an_answer_that_is_too_long_is_not_read_to_its_end(service, pauses):
    service.answers = [(200, b" " * 5000, {})] * 2
    with (
        made(service.url, pauses, tries=2, largest_answer=4096) as client,
        pytest.raises(UnreachableError, match="longer than 4096"),
    ):
        client.search(CASE)


def test_a_redirect_is_not_followed(service, client):
    service.answers = [(307, b"", {"Location": "/elsewhere"})]
    with pytest.raises(ProblemError) as raised:
        client.search(CASE)
    assert raised.value.slug == "http-307"
    assert service.calls("/elsewhere") == []


@pytest.mark.parametrize(
    "changes",
    [{"issuer": "https://other.example"}, {"token_endpoint": "http://127.0.0.1:1/oauth2/token"}],
)
def test_metadata_of_another_issuer_is_not_believed(service, client, changes):
    service.metadata |= changes
    with pytest.raises(UnreadableError):
        client.search(CASE)
    assert service.calls("/oauth2/token") == []


@pytest.mark.parametrize("changes", [{"token_type": "Bearer"}, {"expires_in": "300"}])
def test_a_token_that_is_not_bound_to_our_key_is_not_used(service, client, changes):
    service.tokens = [(200, TOKEN | changes, {})]
    with pytest.raises(UnreadableError):
        client.search(CASE)
    assert service.calls(SEARCH) == []


@pytest.mark.parametrize(
    "url",
    ["http://certs.example", "ftp://127.0.0.1", "https://", "http://u@127.0.0.1", "https://a.b/?q"],
)
def test_a_place_that_is_not_safe_is_never_asked(url, pauses):
    with pytest.raises(ClientError, match="https"):
        made(url, pauses)


def test_without_a_root_no_receipt_is_judged(service, client):
    with pytest.raises(UntrustedError, match="root"):
        client.verify_receipt("r.r.r")
    assert service.seen == []


def test_httpx_is_given_back(service, pauses):
    client = made(service.url, pauses)
    client.close()
    with pytest.raises((RuntimeError, httpx.HTTPError)):
        client.search(CASE)
