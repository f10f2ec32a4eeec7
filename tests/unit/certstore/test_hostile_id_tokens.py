"""ID tokens of strangers, and honest ones that were changed: each refused for its own reason."""

import json

import pytest

from tests.sealed import LIN
from tests.unit.certstore.openid_visits import desk as desk
from tests.unit.certstore.openid_visits import house as house
from tests.unit.certstore.openid_visits import op as op
from tests.unit.certstore.openid_visits import refused, who
from tests.unit.certstore.openid_visits import steady as steady
from tests.unit.certstore.small_provider import as_jwk, make_key, part, sign, with_header


def of(change):
    """An honestly signed token whose claims were changed; `...` leaves one out."""

    def make(op):
        def token(claims):
            found = {**claims, **(change(claims) if callable(change) else change)}
            kept = {name: value for name, value in found.items() if value is not ...}
            return sign(kept, op.key, "ES256", kid="one")

        return token

    return make


def spelled(change):
    """An honest token whose spelling was changed."""

    def make(op):
        return lambda claims: change(sign(claims, op.key, "ES256", kid="one"))

    return make


def duplicate(claims):
    return json.dumps(claims).encode().replace(b'{"iss"', b'{"sub": "somebody", "iss"')


HOSTILE = {
    "unsigned": (spelled(lambda t: with_header(t, alg="none").rpartition(".")[0] + "."), "parts"),
    "none": (spelled(lambda t: with_header(t, alg="none")), "algorithm"),
    "none in capitals": (spelled(lambda t: with_header(t, alg="None")), "algorithm"),
    "hmac": (spelled(lambda t: with_header(t, alg="HS256")), "algorithm"),
    "an algorithm nobody named": (spelled(lambda t: with_header(t, alg="ES512")), "algorithm"),
    "an algorithm of another key": (spelled(lambda t: with_header(t, alg="RS256")), "kid"),
    "no algorithm": (spelled(lambda t: with_header(t, alg=None)), "header"),
    "a key in the header": (
        spelled(lambda t: with_header(t, jwk=as_jwk(make_key("ES256")))),
        "header",
    ),
    "keys elsewhere": (spelled(lambda t: with_header(t, jku="https://e.example/keys")), "header"),
    "a certificate": (spelled(lambda t: with_header(t, x5c=["MIIB"])), "header"),
    "critical": (spelled(lambda t: with_header(t, crit=["b64"], b64=False)), "header"),
    "a kid that is no text": (spelled(lambda t: with_header(t, kid=7)), "header"),
    "a kid nobody published": (spelled(lambda t: with_header(t, kid="two")), "kid"),
    "an access token": (spelled(lambda t: with_header(t, typ="at+jwt")), "typ"),
    "a logout token": (spelled(lambda t: with_header(t, typ="logout+jwt")), "typ"),
    "padded": (spelled(lambda t: t + "="), "base64url"),
    "two parts": (spelled(lambda t: t.rpartition(".")[0]), "parts"),
    "five parts, encrypted": (spelled(lambda t: t + ".a.b"), "parts"),
    "too large": (of({"more": "x" * 20_000}), "too-large"),
    "no JSON": (spelled(lambda t: ".".join([part(b"{"), *t.split(".")[1:]])), "json"),
    "a header named twice": (
        spelled(lambda t: ".".join([part(b'{"alg":"none","alg":"ES256"}'), *t.split(".")[1:]])),
        "duplicate",
    ),
    "another's signature": (
        lambda _op: lambda c: sign(c, make_key("ES256"), "ES256", kid="one"),
        "signature",
    ),
    "a signature in DER": (
        spelled(lambda t: t.rpartition(".")[0] + "." + part(bytes(71))),
        "signature",
    ),
    "a changed payload": (
        spelled(lambda t: ".".join([t.split(".")[0], part({"sub": "x"}), t.split(".")[2]])),
        "signature",
    ),
    "claims named twice": (
        lambda op: lambda c: sign(duplicate(c), op.key, "ES256", kid="one"),
        "duplicate",
    ),
    "claims that are a list": (
        lambda op: lambda _c: sign(b"[]", op.key, "ES256", kid="one"),
        "json",
    ),
    "another issuer": (of({"iss": "https://evil.example"}), "iss"),
    "an issuer with a slash": (of(lambda c: {"iss": c["iss"] + "/"}), "iss"),
    "no issuer": (of({"iss": ...}), "iss"),
    "another audience": (of({"aud": "somebody-else"}), "aud"),
    "no audience": (of({"aud": []}), "aud"),
    "others, and no party": (of({"aud": ["certstore", "somebody-else"]}), "azp"),
    "another party": (of({"azp": "somebody-else"}), "azp"),
    "a nonce of another sign-in": (of({"nonce": "another"}), "nonce"),
    "no nonce": (of({"nonce": ...}), "nonce"),
    "no subject": (of({"sub": ...}), "sub"),
    "an empty subject": (of({"sub": ""}), "sub"),
    "a subject without end": (of({"sub": "x" * 256}), "sub"),
    "expired": (of(lambda c: {"iat": c["iat"] - 400, "exp": c["iat"] - 31}), "expired"),
    "of tomorrow": (
        of(lambda c: {"iat": c["iat"] + 86400, "exp": c["exp"] + 86400}),
        "not-yet-valid",
    ),
    "not before tomorrow": (of(lambda c: {"nbf": c["iat"] + 86400}), "not-yet-valid"),
    "made an hour ago": (of(lambda c: {"iat": c["iat"] - 3600}), "stale"),
    "good for ever": (of(lambda c: {"exp": c["iat"] + 10**9}), "lifetime"),
    "no time": (of({"iat": ...}), "times"),
    "a time that is true": (of({"iat": True}), "times"),
    "no name": (of({"name": ...}), "name"),
    "a name of spaces": (of({"name": "  "}), "name"),
    "a name with a line end": (of({"name": "林\n晓禾"}), "name"),
    "a name that turns around": (of({"name": "林\u202e晓禾"}), "name"),
    "a name with a zero width": (of({"name": "林\u200b晓禾"}), "name"),
    "a name of private characters": (of({"name": "林\ue000"}), "name"),
    "a name without end": (of({"name": "林" * 101}), "name"),
    "a number that is none": (of({"id_number": LIN.id_number[:-1] + "5"}), "id_number"),
    "a number of another kind": (of({"id_type": "414"}), "id_type"),
    "no number": (of({"id_number": ...}), "id_number"),
    "asked in the future": (of(lambda c: {"auth_time": c["iat"] + 3600}), "auth_time"),
    "asked at no time": (of({"auth_time": "now"}), "auth_time"),
    "an officer of no office": (of({"staff_number": "1047"}), "role"),
    "an officer of two": (
        of({"staff_number": "1047", "station": "所", "organisation_uscc": "x"}),
        "role",
    ),
    "a staff number that is a text": (
        of({"staff_number": "<b>", "station": "梧桐派出所"}),
        "staff_number",
    ),
    "a supervisor by a word": (
        of({"staff_number": "1047", "station": "所", "supervisor": "false"}),
        "supervisor",
    ),
    "a clerk of nobody": (of({"staff_number": "7", "organisation_uscc": "x"}), "organisation_uscc"),
}


def test_there_are_enough_hostile_tokens():
    assert len(HOSTILE) >= 60
    assert len({cause for _, cause in HOSTILE.values()}) >= 20


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_id_token_signs_nobody_in_and_is_refused_for_its_own_reason(desk, op, name):
    make, cause = HOSTILE[name]
    op.make = make(op)
    refused(desk, op, cause)


def test_an_honest_token_of_the_same_making_is_taken(desk, op):
    for made in (of({}), spelled(lambda t: t), of({"aud": ["certstore"]})):
        op.make = made(op)
        assert who(desk, op).holder == LIN
    op.make = of({"aud": ["certstore", "others"], "azp": "certstore"})(op)
    assert who(desk, op).holder == LIN
    op.make = spelled(lambda t: t)(op)
    op.header = {"kid": "one", "typ": None, "x5t": "abc"}
    assert who(desk, op).holder == LIN


@pytest.mark.parametrize("seconds", [-25, 25])
def test_two_clocks_may_differ_a_little(desk, op, seconds):
    op.make = of(lambda c: {"iat": c["iat"] + seconds, "exp": c["iat"] + seconds + 60})(op)
    assert who(desk, op).holder == LIN
