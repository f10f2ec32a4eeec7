"""Keys change while the service runs: nobody's token is refused for it."""

from datetime import timedelta

import jwt
import pytest
from starlette.testclient import TestClient

from certstore.clock import MovedClock
from certstore.errors import ConflictError
from certstore.keys import Purpose
from certstore.service.app import create_app
from certstore.service.key_room import rotate_token_key
from certstore.service.passphrase import passphrase
from certstore.service.wiring import House
from certstore.trust import parse_trust_list
from tests.house import house_in
from tests.proofs import public_jwk
from tests.sealed import SCHOOL, assertion, enrol, school_key, token_form

LEAD = timedelta(minutes=15)


@pytest.fixture
def built(tmp_path):
    house = house_in(tmp_path)
    yield house
    house.close()


@pytest.fixture
def key(built):
    key = school_key()
    enrol(built, key, dpop=False)
    return key


def door(house):
    return TestClient(create_app(house), base_url=house.settings.public_url)


def rotate(house):
    now, secret = house.clock.now(), passphrase(house.settings)
    folder = house.settings.keys_folder
    return rotate_token_key(house.keys, secret, (folder, secret), now, LEAD)


def token(house, client, key):
    answer = client.post("/oauth2/token", data=token_form(assertion(house, key)))
    assert answer.status_code == 200, answer.text
    return answer.json()["access_token"]


def kid(text):
    return jwt.get_unverified_header(text)["kid"]


def works(client, text):
    headers = {"Authorization": f"Bearer {text}"}
    body = {
        "purpose_id": "enrolment-2026",
        "case_no": "1",
        "subject": {"id_number": "340199199804060284"},
        "cert_types": ["residence_voucher"],
        "operator": "1",
    }
    return client.post("/v1/evidence:search", json=body, headers=headers).status_code


def published(client):
    answer = client.get("/oauth2/jwks")
    assert answer.headers["cache-control"] == "public, max-age=300"
    return {entry["kid"]: entry for entry in answer.json()["keys"]}


def test_the_servers_key_rotates_while_two_processes_serve(built, key):
    """`other` is another process: the same folder, database and clock, and no restart."""
    other = House(built.settings, built.clock)
    clients = [door(built), door(other)]
    first = token(built, clients[0], key)
    assert set(published(clients[1])) == {kid(first)}
    made = rotate(built)
    for client in clients:  # both know it long before it signs
        assert list(published(client)) == [kid(first), made.kid]
        assert kid(token(built, client, key)) == kid(first)
    with pytest.raises(ConflictError):
        rotate(built)
    built.clock.skip(LEAD - timedelta(seconds=10))
    last = token(built, clients[0], key)
    assert kid(last) == kid(first)
    built.clock.skip(timedelta(seconds=11))
    new = [token(built, client, key) for client in clients]
    assert {kid(text) for text in new} == {made.kid}
    for client in clients:
        assert [works(client, text) for text in (last, *new)] == [200, 200, 200]
        own = jwt.PyJWK(published(client)[made.kid])
        jwt.decode(
            new[0],
            own.key,
            ["ES256"],
            audience=built.settings.public_url,
            options={"verify_exp": False, "verify_iat": False},
        )
    built.clock.skip(timedelta(seconds=290))
    assert works(clients[1], last) == 401  # its own time is over
    assert kid(first) in published(clients[0])
    built.clock.skip(timedelta(seconds=20))
    assert list(published(clients[0])) == [made.kid]
    other.close()


def test_a_successor_is_in_the_trust_list_and_outlives_a_restart(built, key):
    made = rotate(built)
    listed = parse_trust_list(
        (built.settings.keys_folder / "trust-list.jws").read_text(),
        built.keys.root,
        built.clock.now(),
    )
    assert listed.find(made.kid, Purpose.TOKEN) is not None
    built.clock.skip(LEAD)
    again = House(built.settings, MovedClock(built.clock.now()))
    assert kid(token(again, door(again), key)) == made.kid
    again.close()


def test_what_does_not_belong_into_the_folder_stops_nothing(built, key):
    client = door(built)
    before = token(built, client, key)
    (built.settings.keys_folder / "token-2.pem").write_bytes(b"no certificate")
    assert works(client, before) == 200
    assert kid(token(built, client, key)) == kid(before)


def test_a_clients_keys_rotate_with_overlap(built, key):
    client, new = door(built), school_key()
    keys = built.client_key_desk
    old_kid = keys.keys(SCHOOL)[0]["kid"]
    new_kid = keys.add(SCHOOL, public_jwk(new))
    for signer, name in ((key, old_kid), (new, new_kid)):
        form = token_form(assertion(built, signer, header={"kid": name}))
        assert client.post("/oauth2/token", data=form).status_code == 200
    keys.retire(SCHOOL, old_kid)
    answer = client.post("/oauth2/token", data=token_form(assertion(built, key)))
    assert answer.json()["cause"] == "invalid_client"
    assert token(built, client, new)
    with pytest.raises(ConflictError):
        keys.retire(SCHOOL, new_kid)
