"""Proofs of possession: a table of hostile ones, each refused for its own reason (RFC 9449)."""

from datetime import UTC, datetime, timedelta

import jwt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certstore.authorization.dpop import Sent, judge_proof, token_hash
from certstore.clock import unix
from certstore.errors import InvalidDpopProofError
from certstore.jwk import from_jwk, thumbprint
from certstore.keys import generate
from tests.proofs import proof, public_jwk

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
URL = "https://store.example/v1/certificates/bbbbbbbbbbbbbbbbbbbb:pull"
TOKEN = "a.good.token"
KEY, OTHER, EDWARDS = generate("ES256"), generate("ES256"), generate("EdDSA")
JWK = public_jwk(KEY)
SENT = Sent("POST", URL)
AT = unix(NOW)
# RFC 9449 §4.2 and §6.1: the standard's own examples
STANDARD_JWK = {
    "kty": "EC",
    "crv": "P-256",
    "x": "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",
    "y": "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA",
}
STANDARD_JKT = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"
STANDARD_PROOF = (
    "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNo"
    "UklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERW"
    "clUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh"
    "0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8"
    "v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg"
)


def made(key=KEY, **changes):
    return proof(key, URL, NOW, **changes)


def private_jwk():
    number = KEY.private_numbers().private_value.to_bytes(32, "big")
    return {**JWK, "d": jwt.utils.base64url_encode(number).decode()}


HOSTILE = {
    "nothing": ("", "parts"),
    "no token": ("a.b", "parts"),
    "too large": ("a" * 5000, "too-large"),
    "alg none": (jwt.encode({"htm": "POST"}, None, "none", {"typ": "dpop+jwt", "jwk": JWK}), None),
    "a shared secret": (made("s" * 64, algorithm="HS256", header={"jwk": JWK}), "algorithm"),
    "typ JWT": (made(header={"typ": "JWT"}), "typ"),
    "typ of an access token": (made(header={"typ": "at+jwt"}), "typ"),
    "no jwk": (made(header={"jwk": ...}), "header"),
    "jwk a text": (made(header={"jwk": "key"}), "header"),
    "a key from elsewhere": (made(header={"jku": "https://evil.example/keys"}), "header"),
    "crit": (made(header={"crit": ["x"]}), "header"),
    "a private key inside": (made(header={"jwk": private_jwk()}), "jwk"),
    "a symmetric key": (made(header={"jwk": {"kty": "oct", "k": "AAAA"}}), "jwk"),
    "an RSA key": (made(header={"jwk": {"kty": "RSA", "n": "AQAB", "e": "AQAB"}}), "jwk"),
    "another curve": (made(header={"jwk": {**JWK, "crv": "P-384"}}), "jwk"),
    "no point of the curve": (made(header={"jwk": {**JWK, "y": JWK["x"]}}), "jwk"),
    "a coordinate that is no text": (made(header={"jwk": {**JWK, "x": 1}}), "jwk"),
    "a key for another algorithm": (made(header={"jwk": {**JWK, "alg": "EdDSA"}}), "jwk"),
    "another key than signed": (made(header={"jwk": public_jwk(OTHER)}), "signature"),
    "an Edwards key with ES256": (made(header={"jwk": public_jwk(EDWARDS)}), "signature"),
    "another method": (made(htm="GET"), "htm_mismatch"),
    "the method in small letters": (made(htm="post"), "htm_mismatch"),
    "no method": (made(htm=...), "htm_mismatch"),
    "no address": (made(htu=...), "htu_mismatch"),
    "address no text": (made(htu=1), "htu_mismatch"),
    "another path": (made(htu=URL + "x"), "htu_mismatch"),
    "a path beside": (made(htu=URL.replace("/v1/", "/v1/../v1/")), "htu_mismatch"),
    "another host": (made(htu=URL.replace("store", "evil")), "htu_mismatch"),
    "our host as a name": (made(htu=URL.replace("store", "store.example@evil")), "htu_mismatch"),
    "another port": (made(htu=URL.replace("example/", "example:8443/")), "htu_mismatch"),
    "a port that is none": (made(htu=URL.replace("example/", "example:x/")), "htu_mismatch"),
    "without TLS": (made(htu=URL.replace("https", "http")), "htu_mismatch"),
    "another scheme": (made(htu=URL.replace("https", "ftp")), "htu_mismatch"),
    "a path alone": (made(htu="/v1/certificates/bbbbbbbbbbbbbbbbbbbb:pull"), "htu_mismatch"),
    "a line end inside": (made(htu=URL.replace("v1", "v\n1")), "htu_mismatch"),
    "no host": (made(htu="https://[x/"), "htu_mismatch"),
    "no time": (made(iat=...), "times"),
    "a time in words": (made(iat=str(AT)), "times"),
    "a fraction": (made(iat=AT + 0.5), "times"),
    "a truth for a time": (made(iat=True), "times"),
    "too early": (made(iat=AT + 31), "not-yet-valid"),
    "too late": (made(iat=AT - 90), "expired"),
    "no jti": (made(jti=...), "jti_missing"),
    "a short jti": (made(jti="1234567"), "jti_missing"),
    "a long jti": (made(jti="x" * 121), "jti_missing"),
    "a jti no database holds": (made(jti="12345678\x00"), "jti_missing"),
}


@pytest.mark.parametrize(("text", "cause"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_proof_is_refused_for_its_own_reason(text, cause):
    with pytest.raises(InvalidDpopProofError) as refusal:
        judge_proof(text, SENT, NOW)
    assert refusal.value.where == "DPoP"
    assert refusal.value.remedy
    if cause is None:  # an empty signature: which part is named first does not matter
        assert refusal.value.facts["cause"] in {"algorithm", "signature"}
    else:
        assert refusal.value.facts["cause"] == cause


@pytest.mark.parametrize(
    "htu",
    [
        URL,
        URL.replace("store", "STORE"),
        URL.replace("https", "HTTPS"),
        URL.replace("example/", "example:443/"),
        URL.replace(":pull", "%3Apull"),
        URL.replace(":pull", "%3apull"),
        URL.replace("v1", "%761"),
        URL + "?a=1",
        URL + "#part",
    ],
)
def test_an_address_is_normalised_before_it_is_compared(htu):
    assert judge_proof(made(htu=htu), SENT, NOW).jkt == thumbprint(KEY.public_key())


@pytest.mark.parametrize("moved", [-89, 0, 30])
def test_a_proof_holds_within_its_window(moved):
    held = judge_proof(made(iat=AT + moved), SENT, NOW)
    assert held.forget_after >= NOW + timedelta(seconds=moved + 90)  # past its end


def test_an_edwards_key_and_the_members_of_web_crypto_are_taken():
    judged = judge_proof(made(EDWARDS, algorithm="EdDSA"), SENT, NOW)
    assert judged.jkt == thumbprint(EDWARDS.public_key())
    exported = {**JWK, "alg": "ES256", "ext": True, "key_ops": ["verify"], "use": "sig"}
    assert judge_proof(made(header={"jwk": exported, "kid": "mine"}), SENT, NOW).jti


def test_at_a_resource_the_proof_names_its_token():
    at_resource = Sent("POST", URL, TOKEN)
    assert judge_proof(made(ath=token_hash(TOKEN)), at_resource, NOW).jkt
    for wrong in (..., token_hash("another"), "", 1, None, token_hash(TOKEN) + "="):
        with pytest.raises(InvalidDpopProofError) as refusal:
            judge_proof(made(ath=wrong), at_resource, NOW)
        assert refusal.value.facts["cause"] == "ath_mismatch"


def test_the_standards_own_examples():
    assert thumbprint(from_jwk(STANDARD_JWK)) == STANDARD_JKT
    assert (
        token_hash("Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU")
        == "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo"
    )
    sent = Sent("POST", "https://server.example.com/token")
    judged = judge_proof(STANDARD_PROOF, sent, datetime.fromtimestamp(1562262616, UTC))
    assert (judged.jkt, judged.jti) == (STANDARD_JKT, "-BwC3ESc6acc2lTc")


@settings(deadline=None)
@given(st.text(max_size=60) | st.from_regex(r"[A-Za-z0-9_-]{0,30}\.[A-Za-z0-9_-]{0,30}\.[A-Z]{86}"))
def test_no_text_fails_otherwise_than_by_being_refused(text):
    with pytest.raises(InvalidDpopProofError):
        judge_proof(text, SENT, NOW)


@settings(deadline=None)
@given(st.text(max_size=60))
def test_no_address_fails_otherwise_than_by_being_refused(htu):
    with pytest.raises(InvalidDpopProofError) as refusal:
        judge_proof(made(htu=htu), SENT, NOW)
    assert refusal.value.facts["cause"] in {"htu_mismatch", "encoding"}
