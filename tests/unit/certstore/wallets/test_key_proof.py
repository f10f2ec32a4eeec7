"""Key proofs of wallets (OpenID4VCI 1.0, appendix F.1), good and hostile, as PyJWT writes them."""

import base64
import hmac
import json
from datetime import UTC, datetime

import jwt
import pytest

from certstore.jwk import thumbprint, to_jwk
from certstore.keys import generate
from certstore.wallets.key_proof import ProofExpected, judge_key_proof
from certstore.wallets.refusal import WalletRefusedError

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
ISSUER, AT = "https://certstore.example", int(NOW.timestamp())
EXPECTED = ProofExpected(ISSUER, "wallet")
KEY, OTHER, EDWARDS = generate("ES256"), generate("ES256"), generate("EdDSA")
JWK = to_jwk(KEY.public_key())
GOOD = {"aud": ISSUER, "iat": AT, "nonce": "nonce", "iss": "wallet"}
HEAD = {"typ": "openid4vci-proof+jwt", "jwk": JWK}


def spell(value):
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def proof(key=KEY, algorithm="ES256", head=None, **changes):
    claims = {n: v for n, v in (GOOD | changes).items() if v is not ...}
    header = {n: v for n, v in (HEAD | (head or {})).items() if v is not ...}
    return jwt.encode(claims, key, algorithm, headers=header)


def unsigned(head, signature=b""):
    return f"{spell(head)}.{spell(GOOD)}.{spell(signature)}"


def with_hmac():
    """The public key taken for a secret."""
    head = {"alg": "HS256", **HEAD}
    said = f"{spell(head)}.{spell(GOOD)}"
    return f"{said}.{spell(hmac.digest(json.dumps(JWK).encode(), said.encode(), 'sha256'))}"


def twice():
    """Two audiences in one object: readers disagree on which holds."""
    head = spell({"alg": "ES256", **HEAD})
    body = spell(b'{"aud":"https://evil.example",' + json.dumps(GOOD).encode()[1:])
    return f"{head}.{body}.{proof().split('.')[2]}"


def test_a_good_proof_gives_its_key_and_its_nonce():
    proven = judge_key_proof(proof(), EXPECTED, NOW)
    assert proven.jwk == JWK
    assert proven.thumbprint == thumbprint(KEY.public_key())
    assert proven.nonce == "nonce"


@pytest.mark.parametrize("iat", [AT + 30, AT - 329])
def test_clocks_may_differ_by_half_a_minute(iat):
    assert judge_key_proof(proof(iat=iat), EXPECTED, NOW)


def test_a_key_as_wallets_export_it_is_taken_bare():
    jwk = {**JWK, "use": "sig", "alg": "ES256", "kid": "1", "key_ops": ["verify"], "ext": True}
    assert judge_key_proof(proof(head={"jwk": jwk}), EXPECTED, NOW).jwk == JWK


def test_a_wallet_without_a_name_says_none():
    nameless = ProofExpected(ISSUER, None)
    assert judge_key_proof(proof(iss=...), nameless, NOW)
    with pytest.raises(WalletRefusedError, match="iss"):
        judge_key_proof(proof(), nameless, NOW)


PRIVATE = {**JWK, "d": spell(KEY.private_numbers().private_value.to_bytes(32, "big"))}
HOSTILE = {
    "no text": 7,
    "an object": {"jwt": "x"},
    "empty": "",
    "too large": "a" * 9000,
    "alg none": unsigned({"alg": "none", **HEAD}),
    "alg None": unsigned({"alg": "None", **HEAD}, b"\x00" * 64),
    "a symmetric key": with_hmac(),
    "another algorithm": proof(EDWARDS, "EdDSA", {"jwk": to_jwk(EDWARDS.public_key())}),
    "another key in the header": proof(head={"jwk": to_jwk(OTHER.public_key())}),
    "the private key too": proof(head={"jwk": PRIVATE}),
    "no key": proof(head={"jwk": ...}),
    "a key by kid": proof(head={"jwk": ..., "kid": "did:example:1#0"}),
    "kid beside jwk": proof(head={"kid": "1"}),
    "x5c beside jwk": proof(head={"x5c": ["MIIB"]}),
    "a chain of trust": proof(head={"trust_chain": ["x"]}),
    "a key elsewhere": proof(head={"jku": "https://evil.example/keys"}),
    "a symmetric jwk": proof(head={"jwk": {"kty": "oct", "k": "c2VjcmV0"}}),
    "a point off the curve": proof(head={"jwk": {**JWK, "y": JWK["x"]}}),
    "a key to encrypt with": proof(head={"jwk": {**JWK, "use": "enc"}}),
    "a key for another algorithm": proof(head={"jwk": {**JWK, "alg": "ES384"}}),
    "crit": proof(head={"crit": ["x"], "x": 1}),
    "another typ": proof(head={"typ": "JWT"}),
    "a DPoP proof": proof(head={"typ": "dpop+jwt"}),
    "no typ": proof(head={"typ": None}),
    "another audience": proof(aud="https://evil.example"),
    "two audiences": proof(aud=[ISSUER, "https://evil.example"]),
    "the token server": proof(aud=f"{ISSUER}/wallets"),
    "no audience": proof(aud=...),
    "another client": proof(iss="other"),
    "no nonce": proof(nonce=...),
    "an empty nonce": proof(nonce=""),
    "a nonce that is no text": proof(nonce=["nonce"]),
    "no iat": proof(iat=...),
    "iat a text": proof(iat=str(AT)),
    "iat a fraction": proof(iat=AT + 0.5),
    "iat true": proof(iat=True),
    "from the future": proof(iat=AT + 31),
    "too old": proof(iat=AT - 331),
    "expired": proof(exp=AT - 31),
    "exp a text": proof(exp="never"),
    "not yet": proof(nbf=AT + 31),
    "members twice": twice(),
    "padded": proof() + "=",
    "cut": proof()[:-4],
    "a space": proof() + " ",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_proof_is_refused(name):
    with pytest.raises(WalletRefusedError) as refused:
        judge_key_proof(HOSTILE[name], EXPECTED, NOW)
    assert refused.value.error == "invalid_proof"
    assert refused.value.detail.isascii()
    assert not set('"\\') & set(refused.value.detail)
