"""Clients nobody here wrote get a token and use it: Authlib with joserfc, and Node's Web Crypto."""

import base64
import hashlib
import json
import shutil
import subprocess
import uuid
from pathlib import Path

import pytest
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from joserfc import jwt
from joserfc.jwk import ECKey

from certstore.clock import SystemClock, unix
from certstore.service.serving import free_port, serving
from tests.house import house_in
from tests.proofs import public_jwk
from tests.sealed import GRANTED, SCHOOL, enrol, pull_body, school_key, token_form, voucher

SCRIPT = Path(__file__).parent / "token_client.mjs"


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """Served at the present time, as strangers' libraries know no other."""
    port = free_port()
    url, folder = f"http://127.0.0.1:{port}", tmp_path_factory.mktemp("clients")
    house = house_in(folder, clock=SystemClock(), public_url=url)
    with serving(house, "127.0.0.1", port):
        yield house
    house.close()


@pytest.fixture(scope="module")
def key(house):
    key = school_key()
    enrol(house, key, dpop=True)
    return key


@pytest.fixture(scope="module")
def private_jwk(key):
    number = key.private_numbers().private_value.to_bytes(32, "big")
    return {**public_jwk(key), "d": base64.urlsafe_b64encode(number).rstrip(b"=").decode()}


@pytest.fixture(scope="module")
def path(house):
    return f"/v1/certificates/{voucher(house).ref}:pull"


@pytest.fixture(scope="module")
def authlib(house, key, private_jwk):
    """Authlib's client, told of nothing but our metadata's address and its own key."""
    url = house.settings.public_url
    own = ECKey.import_key(private_jwk)
    with OAuth2Client(SCHOOL, own, token_endpoint_auth_method="private_key_jwt") as session:
        place = f"{url}/.well-known/oauth-authorization-server"
        session.metadata |= session.request("GET", place, withhold_token=True).json()
        now = unix(SystemClock().now())
        # Its own assertions live an hour, which is too long here.
        times = {"iat": now, "exp": now + 300}
        endpoint = session.metadata["token_endpoint"]
        session.register_client_auth_method(PrivateKeyJWT(endpoint, alg="ES256", claims=times))
        yield session


def proof(own, url, **more):
    """A proof as joserfc writes it."""
    header = {"alg": "ES256", "typ": "dpop+jwt", "jwk": own.as_dict(private=False)}
    header["jwk"] = {name: header["jwk"][name] for name in ("kty", "crv", "x", "y")}
    now = unix(SystemClock().now())
    claims = {"htm": "POST", "htu": url, "iat": now, "jti": str(uuid.uuid4())} | more
    return jwt.encode(header, claims, own)


def test_authlib_gets_a_bound_token_and_uses_it(house, authlib, path):
    own, url = ECKey.generate_key("P-256"), house.settings.public_url
    endpoint = authlib.metadata["token_endpoint"]
    token = authlib.fetch_token(
        endpoint,
        grant_type="client_credentials",
        authorization_details=token_form("")["authorization_details"],
        headers={
            "Accept": "application/json",
            "Content-Type": "application/x-www-form-urlencoded;charset=UTF-8",
            "DPoP": proof(own, endpoint),
        },
    )
    assert (token["token_type"], token["expires_in"]) == ("DPoP", 300)
    claims = _claims(authlib, token["access_token"])
    assert claims["cnf"]["jkt"] == own.thumbprint()
    digest = hashlib.sha256(token["access_token"].encode()).digest()
    said = {"ath": base64.urlsafe_b64encode(digest).rstrip(b"=").decode()}
    headers = {
        "Authorization": f"DPoP {token['access_token']}",
        "DPoP": proof(own, url + path, **said),
    }
    pulled = authlib.request(
        "POST", url + path, json=pull_body(), headers=headers, withhold_token=True
    )
    assert pulled.status_code == 200, pulled.text
    assert set(pulled.json()["fields"]) == set(GRANTED)


def _claims(session, token):
    """The token's claims, verified by joserfc with the keys that the metadata lead to."""
    keys = session.request("GET", session.metadata["jwks_uri"], withhold_token=True).json()
    [only] = keys["keys"]
    return jwt.decode(token, ECKey.import_key(only), algorithms=["ES256"]).claims


@pytest.mark.tools
def test_a_javascript_client_gets_a_bound_token_and_uses_it(house, key, private_jwk, path):
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is missing: apt install nodejs")
    case = {
        "base": house.settings.public_url,
        "client": SCHOOL,
        "kid": house.client_key_desk.keys(SCHOOL)[0]["kid"],
        "privateJwk": private_jwk,
        "details": token_form("")["authorization_details"],
        "path": path,
        "body": pull_body(),
    }
    ran = subprocess.run(
        [node, str(SCRIPT)],
        input=json.dumps(case),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    said = json.loads(ran.stdout)
    assert said["token"] == [200, "DPoP"]
    assert said["pulled"][0] == 200
    assert set(said["pulled"][1]) == set(GRANTED)
    assert said["again"] == [401, "jti_replayed"]
