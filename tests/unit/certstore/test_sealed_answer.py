"""Answers sealed for us: opened as joserfc seals them, and refused in every other spelling."""

import json
import time

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc import jwe
from joserfc.jwk import ECKey, OctKey

from certstore import base64url
from certstore.errors import MalformedError
from certstore.sealed_answer import MAX_CHARACTERS, AnswerKey

KEY = AnswerKey.make()
PLAIN = b'{"state":"x"}'
EVERYTHING = (
    *("ECDH-ES", "ECDH-ES+A128KW", "dir", "A128KW", "PBES2-HS256+A128KW"),
    *("A128GCM", "A256GCM", "A128CBC-HS256", "DEF"),
)


def sealed(plain=PLAIN, key=KEY, **header):
    head = {"alg": "ECDH-ES", "enc": "A128GCM", "kid": KEY.kid, **header}
    head = {name: value for name, value in head.items() if value is not None}
    own = (
        OctKey.generate_key(128)
        if head["alg"] in {"dir", "A128KW", "PBES2-HS256+A128KW"}
        else (ECKey.import_key(key.public_jwk() | {"alg": head["alg"]}))
    )
    return jwe.encrypt_compact(head, plain, own, registry=jwe.JWERegistry(algorithms=EVERYTHING))


def respelled(**changes):
    """A good answer under another header; a change to `...` leaves a member out."""
    head, *rest = sealed().split(".")
    members = json.loads(base64url.decode(head)) | changes
    kept = {name: value for name, value in members.items() if value is not ...}
    return ".".join([base64url.encode(json.dumps(kept).encode()), *rest])


@pytest.mark.parametrize("enc", ["A128GCM", "A256GCM"])
def test_an_answer_opens_with_its_key_and_no_other(enc):
    token = sealed(enc=enc, apu="YQ", apv="Yg")
    assert AnswerKey.from_secret(KEY.secret()).open(token) == PLAIN
    assert KEY.open(sealed(kid=None)) == PLAIN
    with pytest.raises(MalformedError):
        AnswerKey.make().open(sealed(kid=None))


def test_the_public_half_is_for_encryption_and_shows_nothing_private():
    assert set(KEY.public_jwk()) == {"kty", "crv", "x", "y", "kid", "use", "alg"}
    assert "key" not in repr(KEY).replace("AnswerKey", "")


HUGE = {"p2c": 2_000_000_000, "p2s": "c2FsdHNhbHQ"}
X25519 = {"kty": "OKP", "crv": "X25519", "x": "A" * 43}
P384 = ECKey.generate_key("P-384").as_dict(private=False)
REFUSED = {
    "another way": (lambda: sealed(alg="ECDH-ES+A128KW"), "parts"),
    "another way, said": (lambda: respelled(alg="ECDH-ES+A128KW"), "algorithm"),
    "another encryption": (lambda: sealed(enc="A128CBC-HS256"), "algorithm"),
    "no secret at all": (lambda: respelled(alg="none"), "algorithm"),
    "a password": (lambda: respelled(alg="PBES2-HS256+A128KW", **HUGE), "header"),
    "direct": (lambda: sealed(alg="dir"), "header"),
    "compressed": (lambda: sealed(b"\x00" * 4096, zip="DEF"), "header"),
    "critical": (lambda: respelled(crit=["exp"]), "header"),
    "a key by address": (lambda: respelled(jku="https://attacker.example"), "header"),
    "a key of its own": (lambda: respelled(jwk=KEY.public_jwk()), "header"),
    "for another key": (lambda: respelled(kid="x"), "kid"),
    "no sender's key": (lambda: respelled(epk=...), "header"),
    "off the curve": (lambda: respelled(epk={**P384, "crv": "P-256"}), "jwk"),
    "another curve": (lambda: respelled(epk=P384), "jwk"),
    "the old curve": (lambda: respelled(epk=X25519), "jwk"),
    "a private sender's key": (lambda: respelled(epk={**_epk(), "d": "AA"}), "jwk"),
    "a number for a text": (lambda: respelled(apu=1), "header"),
    "a header beyond measure": (lambda: respelled(apu="A" * 700), "too-large"),
    "another header": (lambda: respelled(apv="AA"), "decryption"),
    "four parts": (lambda: sealed().rpartition(".")[0], "parts"),
    "six parts": (lambda: sealed() + ".", "parts"),
    "a key sent along": (lambda: sealed().replace("..", ".AAAA."), "parts"),
    "padded": (lambda: sealed() + "=", "base64url"),
    "cut": (lambda: sealed()[:-6], "decryption"),
    "too long": (lambda: "." * (MAX_CHARACTERS + 1), "too-large"),
    "no JSON": (lambda: "AAAA..AAAA.AAAA.AAAA", "json"),
    "twice": (lambda: f"{_twice()}..AAAA.AAAA.AAAA", "duplicate"),
}


def _epk():
    return json.loads(base64url.decode(sealed().split(".")[0]))["epk"]


def _twice():
    return base64url.encode(b'{"alg":"ECDH-ES","alg":"dir","enc":"A128GCM","epk":{}}')


@pytest.mark.parametrize(("make", "cause"), REFUSED.values(), ids=REFUSED)
def test_refused(make, cause):
    token, began = make(), time.process_time()
    with pytest.raises(MalformedError) as refused:
        KEY.open(token)
    assert refused.value.facts["cause"] == cause
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize("secret", [b"", bytes(32), b"\xff" * 32])
def test_what_is_no_secret_is_refused(secret):
    with pytest.raises(MalformedError):
        AnswerKey.from_secret(secret)


def test_keys_lie_on_p256():
    assert isinstance(KEY._key.curve, ec.SECP256R1)
