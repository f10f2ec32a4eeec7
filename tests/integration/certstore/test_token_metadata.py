"""What machines read about the token endpoints is true, and the API's examples are its answers."""

import pytest
from starlette.testclient import TestClient

from certstore.authorization import examples
from certstore.keys import generate
from certstore.service.app import create_app
from tests.house import house_in
from tests.proofs import token_proof
from tests.sealed import assertion, enrol, school_key, token_form


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    built = house_in(tmp_path_factory.mktemp("metadata"))
    yield built
    built.close()


@pytest.fixture(scope="module")
def key(house):
    key = school_key()
    enrol(house, key)
    return key


@pytest.fixture(scope="module")
def client(house, key):
    return TestClient(create_app(house), base_url=house.settings.public_url)


def shape(value):
    """The names of the members, at every depth; of lists the first entry stands for all."""
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    return [shape(value[0])] if isinstance(value, list) and value else None


def test_the_server_says_where_and_what(house, client):
    answer = client.get("/.well-known/oauth-authorization-server")
    assert answer.headers["cache-control"] == "public, max-age=300"
    said, url = answer.json(), house.settings.public_url
    assert said["issuer"] == url
    assert said["token_endpoint_auth_signing_alg_values_supported"] == ["ES256", "EdDSA"]
    assert said["dpop_signing_alg_values_supported"] == ["ES256", "EdDSA"]
    assert said["authorization_details_types_supported"] == ["urn:certstore:pull"]
    assert said["token_endpoint_auth_methods_supported"] == ["private_key_jwt"]
    for name in ("token_endpoint", "introspection_endpoint", "revocation_endpoint"):
        path = said[name].removeprefix(url)
        assert client.post(path, data={}).status_code == 422  # it is there, and wants a form
    assert client.get(said["jwks_uri"].removeprefix(url)).status_code == 200


def test_the_resource_says_whose_tokens_count(house, client):
    said = client.get("/.well-known/oauth-protected-resource").json()
    assert said["resource"] == house.settings.public_url
    assert said["authorization_servers"] == [house.settings.public_url]
    assert said["bearer_methods_supported"] == ["header"]


def test_every_endpoint_has_its_examples(client):
    paths = client.get("/openapi.json").json()
    for path in ("token", "introspect", "revoke", "debug"):
        body = paths["paths"][f"/oauth2/{path}"]["post"]["requestBody"]["content"]
        [form] = body.values()
        name = form["schema"]["$ref"].rpartition("/")[2]
        members = paths["components"]["schemas"][name]["properties"]
        bare = {n for n, m in members.items() if not m.get("examples") and n != "token_type_hint"}
        assert not bare, path


def test_the_examples_have_the_shape_of_the_answers(house, client, key):
    asked = {"fields": ["name"], "actions": ["search", "pull"]}
    form = token_form(assertion(house, key), **asked)
    proof = token_proof(house, generate("ES256"))
    given = client.post("/oauth2/token", data=form, headers={"DPoP": proof}).json()
    assert shape(given) == shape(examples.TOKEN_ANSWER)
    form = token_form(assertion(house, key)) | {"token": given["access_token"]}
    told = client.post("/oauth2/introspect", data=form).json()
    assert shape(told) == shape(examples.INTROSPECTION_ANSWER)
    assert shape(client.get("/oauth2/jwks").json()) == shape(examples.KEY_SET_ANSWER)
    more = {
        "client_assertion": assertion(house, key, aud="https://evil.example"),
        "dpop_proof": token_proof(house, generate("ES256")),
        "authorization_details": form["authorization_details"],
    }
    report = client.post("/oauth2/debug", data=more).json()
    expected = examples.DEBUG_ANSWER | {
        "steps": [
            step | {"expected": house.settings.public_url} if "expected" in step else step
            for step in examples.DEBUG_ANSWER["steps"]
        ]
    }
    assert report == expected
    again = client.post("/oauth2/introspect", data=form).json()
    assert (
        again.keys() == examples.problem()["content"]["application/problem+json"]["example"].keys()
    )
