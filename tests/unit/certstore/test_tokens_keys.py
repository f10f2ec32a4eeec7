import json

import pytest
from jwt.algorithms import ECAlgorithm, OKPAlgorithm

from certstore import base64url
from certstore.errors import MalformedError
from certstore.jwk import from_jwk, to_jwk
from certstore.keys import generate

EC = to_jwk(generate("ES256").public_key())
OKP = to_jwk(generate("EdDSA").public_key())


@pytest.mark.parametrize("algorithm", ["ES256", "EdDSA"])
def test_keys_come_back_and_an_independent_reader_takes_them(algorithm):
    key = generate(algorithm).public_key()
    assert from_jwk(to_jwk(key)) == key
    reader = ECAlgorithm if algorithm == "ES256" else OKPAlgorithm
    assert reader.from_jwk(json.dumps(to_jwk(key))) == key


@pytest.mark.parametrize(
    "jwk",
    [
        None,
        [],
        "EC",
        {},
        {"kty": "oct", "k": "AA"},
        {"kty": "RSA", "n": "AA", "e": "AQAB"},
        {**EC, "d": EC["x"]},
        {**EC, "kid": "1"},
        {**EC, "use": "enc"},
        {**EC, "crv": "P-384"},
        {**EC, "crv": "secp256k1"},
        {**EC, "y": EC["x"]},
        {**EC, "x": EC["x"] + "="},
        {**EC, "x": EC["x"] + "AAAA"},
        {**EC, "x": 5},
        {**EC, "kty": ["EC"]},
        {k: v for k, v in EC.items() if k != "y"},
        {**OKP, "crv": "X25519"},
        {**OKP, "y": OKP["x"]},
        {**OKP, "x": "AA"},
        {**OKP, "d": OKP["x"]},
    ],
)
def test_anything_but_a_bare_public_key_is_refused(jwk):
    with pytest.raises(MalformedError):
        from_jwk(jwk)


def test_each_coordinate_has_its_own_32_bytes():
    x, y = (base64url.decode(EC[name]) for name in ("x", "y"))
    shifted = {**EC, "x": base64url.encode(x + y[:1]), "y": base64url.encode(y[1:])}
    with pytest.raises(MalformedError):
        from_jwk(shifted)
