"""The token endpoint, asked by an independent JOSE library: every cause it names."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import jwt
import pytest
from starlette.testclient import TestClient

from certstore.authorization.token_desk import TokenRequest
from certstore.clock import unix
from certstore.errors import InvalidTokenError
from certstore.service.app import create_app
from tests.sealed import ENROLMENT, SCHOOL, VOUCHER, assertion, enrol, school_key, token_form


@pytest.fixture
def key():
    return school_key()


@pytest.fixture
def client(house, key):
    enrol(house, key)
    return TestClient(create_app(house), base_url=house.settings.public_url)


def ask(client, signed, **detail):
    return client.post("/oauth2/token", data=token_form(signed, **detail))


def refused(answer, status=401):
    """What a refusal says; it is problem+json and gives no token."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert "access_token" not in answer.text
    return answer.json()


@pytest.mark.parametrize("audience", ["{url}/oauth2/token", "{url}"])
def test_a_good_assertion_gets_a_token_for_what_was_granted(client, house, key, audience):
    url = house.settings.public_url
    answer = ask(client, assertion(house, key, aud=audience.format(url=url)))
    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert (said["token_type"], said["expires_in"]) == ("Bearer", 300)
    assert answer.headers["cache-control"] == "no-store"
    public = house.token_keys.signer(house.clock.now()).public_key
    claims = jwt.decode(
        said["access_token"],
        public,
        ["ES256"],
        audience=url,
        options={"verify_exp": False, "verify_iat": False},
    )
    assert (claims["sub"], claims["exp"] - claims["iat"]) == (SCHOOL, 300)
    assert jwt.get_unverified_header(said["access_token"])["typ"] == "at+jwt"
    (detail,) = claims["authorization_details"]
    assert detail["fields"] == {VOUCHER: ["name", "residence_district", "valid_until"]}


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"aud": "https://elsewhere.example"}, "aud_mismatch"),
        ({"aud": ...}, "aud_mismatch"),
        ({"aud": ["https://elsewhere.example", 7]}, "aud_mismatch"),
        ({"sub": "somebody-else"}, "sub_mismatch"),
        ({"sub": ...}, "sub_mismatch"),
        ({"jti": ...}, "jti_missing"),
        ({"jti": "short"}, "jti_missing"),
        ({"exp": ...}, "times"),
        ({"iat": ...}, "times"),
    ],
)
def test_the_exact_cause_is_named_once_the_client_is_known(client, house, key, changes, cause):
    said = refused(ask(client, assertion(house, key, **changes)))
    assert said["cause"] == cause
    assert said["type"] == "urn:certstore:problem:invalid-token"
    if cause == "aud_mismatch":
        assert said["expected"] == house.settings.public_url


@pytest.mark.parametrize(
    ("begins", "lasts", "cause"),
    [(-400, 120, "expired"), (0, 301, "lifetime"), (600, 120, "not-yet-valid")],
)
def test_the_times_of_an_assertion_are_checked(client, house, key, begins, lasts, cause):
    issued = unix(house.clock.now()) + begins
    said = refused(ask(client, assertion(house, key, iat=issued, exp=issued + lasts)))
    assert said["cause"] == cause


def test_an_assertion_of_exactly_five_minutes_is_taken(client, house, key):
    issued = unix(house.clock.now())
    assert ask(client, assertion(house, key, iat=issued, exp=issued + 300)).status_code == 200


def test_an_unknown_client_and_a_wrong_key_are_told_the_same(client, house, key):
    unknown = refused(ask(client, assertion(house, key, iss="nobody", sub="nobody")))
    wrong = refused(ask(client, assertion(house, school_key())))
    own = {"kid": "0123456789abcdef"}
    other_kid = refused(ask(client, assertion(house, key, header=own)))
    for said in (unknown, wrong, other_kid):
        del said["instance"]
    assert unknown == wrong == other_kid
    assert unknown["cause"] == "invalid_client"


def test_no_signature_and_a_shared_secret_are_refused(client, house, key):
    nothing = assertion(house, None, algorithm="none")
    secret = assertion(house, "x" * 64, algorithm="HS256")
    for signed in (nothing, secret, "", "a.b", "a.b.c", "é.é.é", "x" * 16384):
        answer = ask(client, signed)
        assert answer.status_code in {400, 401, 422}, answer.text
        refused(answer, answer.status_code)


def test_a_client_name_no_database_could_hold_is_an_unknown_client(client, house, key):
    said = refused(ask(client, assertion(house, key, iss="scho\x00ol")))
    assert said["cause"] == "invalid_client"


@pytest.mark.parametrize("change", [{"kid": "../key"}, {"jku": "https://evil.example/keys"}])
def test_a_header_that_would_choose_the_key_is_refused(client, house, key, change):
    answer = ask(client, assertion(house, key, header=change))
    refused(answer, answer.status_code)


def test_an_assertion_is_used_once(client, house, key):
    signed = assertion(house, key)
    assert ask(client, signed).status_code == 200
    assert refused(ask(client, signed))["cause"] == "jti_replayed"


def test_an_assertion_is_used_up_by_a_request_that_was_refused(client, house, key):
    signed = assertion(house, key)
    refused(ask(client, signed, fields=["id_number"]), 403)
    assert refused(ask(client, signed))["cause"] == "jti_replayed"


def test_of_twenty_replays_at_once_one_wins(house, key):
    enrol(house, key)
    form = token_form(assertion(house, key))
    request = TokenRequest(**form)

    def one(_):
        try:
            return house.token_desk.grant(request)["token_type"]
        except InvalidTokenError as error:
            return error.facts["cause"]

    with ThreadPoolExecutor(20) as pool:
        found = list(pool.map(one, range(20)))
    assert sorted(found) == sorted(["Bearer"] + ["jti_replayed"] * 19)


def test_a_suspended_client_gets_nothing(house, key):
    enrol(house, key, client="suspended")
    client = TestClient(create_app(house), base_url=house.settings.public_url)
    said = refused(ask(client, assertion(house, key)))
    assert (said["cause"], said["detail"]) == ("client_inactive", "the client is suspended")


def test_a_retired_purpose_gives_nothing(house, key):
    enrol(house, key, purpose="retired")
    client = TestClient(create_app(house), base_url=house.settings.public_url)
    said = refused(ask(client, assertion(house, key)), 403)
    assert (said["cause"], said["where"]) == ("purpose_inactive", ENROLMENT)


def test_what_is_not_granted_is_refused_by_name(client, house, key):
    wanted = ["name", "id_number", "no_such_field"]
    said = refused(ask(client, assertion(house, key), fields=wanted), 403)
    assert said["paths"] == ["id_number", "no_such_field"]
    assert said["type"] == "urn:certstore:problem:field-not-granted"
    types = [VOUCHER, "birth_certificate"]
    said = refused(ask(client, assertion(house, key), cert_types=types), 403)
    assert said["paths"] == ["birth_certificate.*"]


def test_another_matter_or_purpose_is_refused(client, house, key):
    said = refused(ask(client, assertion(house, key), matter_code="tax_audit"), 403)
    assert (said["where"], said["expected"]) == ("matter_code", "school_enrolment")
    said = refused(ask(client, assertion(house, key), purpose_id="no-such"), 403)
    assert said["type"] == "urn:certstore:problem:insufficient-purpose"
    refused(ask(client, assertion(house, key), purpose_id="no\x00such"), 403)


@pytest.mark.parametrize(
    "details",
    [
        "",
        "{}",
        "[]",
        "[{}, {}]",
        "[1]",
        "not json",
        '[{"type": "other"}]',
        '[{"type": "urn:certstore:pull", "type": "urn:certstore:pull"}]',
        (
            '[{"type": "urn:certstore:pull", "purpose_id": 1, "matter_code": "m", '
            '"cert_types": ["a"], "fields": ["b"]}]'
        ),
        (
            '[{"type": "urn:certstore:pull", "purpose_id": "p", "matter_code": "m", '
            '"cert_types": [], "fields": ["b"]}]'
        ),
        "[" * 5000,
    ],
)
def test_details_that_cannot_be_read_are_refused(client, house, key, details):
    form = token_form(assertion(house, key)) | {"authorization_details": details}
    answer = client.post("/oauth2/token", data=form)
    assert answer.status_code in {400, 422}, answer.text


@pytest.mark.parametrize("name", ["grant_type", "client_assertion_type"])
def test_another_grant_or_assertion_type_is_refused(client, house, key, name):
    form = token_form(assertion(house, key)) | {name: "password"}
    assert refused(client.post("/oauth2/token", data=form), 400)["where"] == name


def test_used_identifiers_are_forgotten_only_when_their_assertion_is_dead(client, house, key):
    signed = assertion(house, key)
    assert ask(client, signed).status_code == 200
    house.clock.skip(timedelta(seconds=140))  # 20 s past its end, inside the leeway
    with house.archive.writing() as books:
        books.sharing.forget_used(house.clock.now())
    assert refused(ask(client, signed))["cause"] == "jti_replayed"


def test_the_metadata_say_what_is_taken(client, house):
    said = client.get("/.well-known/oauth-authorization-server").json()
    assert said["token_endpoint"] == f"{house.settings.public_url}/oauth2/token"
    assert said["token_endpoint_auth_methods_supported"] == ["private_key_jwt"]
    assert json.dumps(said)
