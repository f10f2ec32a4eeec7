"""Client assertions: who may sign, with what, and what is told of a refusal (RFC 7523)."""

from datetime import UTC, datetime

import jwt
import pytest

from certstore.authorization.client_assertion import (
    Expected,
    judge_claims,
    judge_state,
    read_assertion,
    remembered_until,
    verified_claims,
)
from certstore.clock import unix
from certstore.errors import InvalidTokenError, MalformedError
from certstore.keys import generate
from certstore.tables.sharing import Client
from tests.proofs import public_jwk

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
AT = unix(NOW)
US = "https://store.example"
EXPECTED = Expected(frozenset({US, f"{US}/oauth2/token"}), US, NOW)
OLD, NEW, EDWARDS = generate("ES256"), generate("ES256"), generate("EdDSA")


def client(*keys, algorithms=("ES256",), state="active"):
    jwks = [{**public_jwk(key), "kid": kid} for kid, key in keys]
    return Client("school", "局", "B", "11310000MB0T00058A", jwks, state, bytes(32), algorithms)


def signed(key=OLD, algorithm="ES256", kid="old", **changes):
    claims = {"iss": "school", "sub": "school", "aud": US, "iat": AT, "exp": AT + 120}
    kept = claims | {"jti": "12345678"} | changes
    kept = {name: value for name, value in kept.items() if value is not ...}
    return jwt.encode(kept, key, algorithm, {"kid": kid} if kid else None)


def judged(text, who):
    known, claims = verified_claims(who, read_assertion(text))
    judge_claims(claims, known, EXPECTED)
    return claims


BOTH = client(("old", OLD), ("new", NEW))


@pytest.mark.parametrize(("key", "kid"), [(OLD, "old"), (NEW, "new"), (OLD, None), (NEW, None)])
def test_any_registered_key_signs_by_its_kid_or_without_one(key, kid):
    assert judged(signed(key, kid=kid), BOTH)["sub"] == "school"


@pytest.mark.parametrize(
    ("text", "who"),
    [
        (signed(), None),
        (signed(), client(("new", NEW))),
        (signed(kid="new"), BOTH),
        (signed(kid="stranger"), BOTH),
        (signed(NEW, kid="old"), BOTH),
        (signed(EDWARDS, "EdDSA", kid="ed"), client(("ed", EDWARDS))),
        (signed(), client(("old", OLD), algorithms=("EdDSA",))),
        (signed(), client()),
    ],
    ids=[
        *("unknown", "another key", "a kid of another key", "a strange kid", "a foreign signature"),
        *("an algorithm not registered", "its key's algorithm not registered", "no keys"),
    ],
)
def test_whoever_did_not_prove_it_is_told_the_same(text, who):
    with pytest.raises(InvalidTokenError) as refusal:
        verified_claims(who, read_assertion(text))
    assert refusal.value.facts == {"cause": "invalid_client"}
    assert refusal.value.detail == "the client or its signature is not known here"


HOSTILE = {
    "sub of another": ({"sub": "other"}, "sub_mismatch"),
    "sub a list": ({"sub": ["school"]}, "sub_mismatch"),
    "another audience": ({"aud": "https://evil.example"}, "aud_mismatch"),
    "ours and another's": ({"aud": [US, "https://evil.example"]}, "aud_mismatch"),
    "no audience": ({"aud": ...}, "aud_mismatch"),
    "an empty audience": ({"aud": []}, "aud_mismatch"),
    "an audience that is nearly ours": ({"aud": f"{US}/"}, "aud_mismatch"),
    "ended": ({"iat": AT - 200, "exp": AT - 30}, "expired"),
    "not begun": ({"iat": AT + 31, "exp": AT + 60}, "not-yet-valid"),
    "too long": ({"exp": AT + 301}, "lifetime"),
    "no iat": ({"iat": ...}, "times"),
    "no exp": ({"exp": ...}, "times"),
    "exp in words": ({"exp": "soon"}, "times"),
    "no jti": ({"jti": ...}, "jti_missing"),
    "a short jti": ({"jti": "1234567"}, "jti_missing"),
    "a jti that is a list": ({"jti": ["12345678"]}, "jti_missing"),
    "a jti no database holds": ({"jti": "1234567\x00"}, "jti_missing"),
}


@pytest.mark.parametrize(("changes", "cause"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_assertion_is_refused_for_its_own_reason(changes, cause):
    with pytest.raises(InvalidTokenError) as refusal:
        judged(signed(**changes), BOTH)
    assert refusal.value.facts["cause"] == cause
    assert refusal.value.where == "client_assertion"
    if cause == "aud_mismatch":
        assert refusal.value.facts["expected"] == US


@pytest.mark.parametrize("audience", [US, f"{US}/oauth2/token", [US], [US, f"{US}/oauth2/token"]])
def test_our_names_are_an_audience(audience):
    assert judged(signed(aud=audience), BOTH)


def test_what_is_no_jwt_of_ours_is_refused_before_any_key():
    for text in ("", "a.b.c", jwt.encode({}, "s" * 64, "HS256"), signed()[:-1]):
        with pytest.raises(MalformedError):
            read_assertion(text)


def test_an_identifier_is_remembered_past_its_end():
    claims = judged(signed(), BOTH)
    assert unix(remembered_until(claims)) >= claims["exp"] + 60


def test_only_an_active_client_goes_on():
    judge_state(client(("old", OLD)))
    with pytest.raises(InvalidTokenError) as refusal:
        judge_state(client(("old", OLD), state="suspended"))
    assert refusal.value.facts["cause"] == "client_inactive"
