"""Tokens that must not be accepted, each with the reasons it is refused for, and no others."""

import json
from collections.abc import Callable

import pytest

from certstore import base64url
from certstore.keys import KeySigner, Purpose, generate
from certstore.verdict import Refused
from face_auth.result import FaceResult
from face_auth.sandbox import Behaviour
from tests.unit.face_auth.office import NOW, Begun, Office, sandbox_signer, sign

Forge = Callable[[Office, Begun], str]


def with_claims(**changes: object) -> Forge:
    """A result signed by the sandbox's own key, with these claims instead."""

    def forge(office: Office, begun: Begun) -> str:
        return sign({**office.claims(begun), **changes}, office.signer)

    return forge


def without(name: str) -> Forge:
    def forge(office: Office, begun: Begun) -> str:
        claims = office.claims(begun)
        del claims[name]
        return sign(claims, office.signer)

    return forge


def with_header(**header: object) -> Forge:
    return lambda office, begun: sign(office.claims(begun), office.signer, **header)


def with_payload(make: Callable[[str], str]) -> Forge:
    def forge(office: Office, begun: Begun) -> str:
        return sign(make(json.dumps(office.claims(begun))).encode(), office.signer)

    return forge


def spelled(change: Callable[[str], str]) -> Forge:
    return lambda office, begun: change(office.result(begun))


def with_part(index: int, change: Callable[[str], str]) -> Forge:
    def respell(token: str) -> str:
        parts = token.split(".")
        parts[index] = change(parts[index])
        return ".".join(parts)

    return spelled(respell)


def at(seconds: int, **changes: int) -> Forge:
    """Times relative to now."""
    moment = int(NOW.timestamp()) + seconds
    return with_claims(iat=moment, **{name: moment + span for name, span in changes.items()})


def other_key(office: Office, begun: Begun) -> str:
    return sign(office.claims(begun), sandbox_signer())


def other_key_under_our_kid(office: Office, begun: Begun) -> str:
    return sign(office.claims(begun), sandbox_signer(), kid=office.signer.kid)


def changed_after_signing(office: Office, begun: Begun) -> str:
    head, _, signature = office.result(begun, Behaviour.FAIL_PERSON).split(".")
    passed = json.dumps(office.claims(begun)).encode()
    return f"{head}.{base64url.encode(passed)}.{signature}"


def stray_bits(part: str) -> str:
    """The same 64 bytes of signature, spelled with bits that mean nothing."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return part[:-1] + alphabet[alphabet.index(part[-1]) ^ 1]


def no_signature(office: Office, begun: Begun) -> str:
    return sign(office.claims(begun), office.signer, alg="none").rsplit(".", 1)[0] + "."


def hmac_with_public_key(office: Office, begun: Begun) -> str:
    return sign(office.claims(begun), office.signer, alg="HS256")


def edwards_under_our_kid(office: Office, begun: Begun) -> str:
    stranger = KeySigner(Purpose.SOURCE, generate("EdDSA"))
    return sign(office.claims(begun), stranger, alg="EdDSA", kid=office.signer.kid)


def of_another_verification(office: Office, begun: Begun) -> str:
    """Everything is this transaction's, but for the one the provider verified."""
    return with_claims(provider_txn=office.begin().provider_txn)(office, begun)


TOKENS: dict[str, tuple[Forge, tuple[str, ...]]] = {
    # 1 form
    "empty": (lambda *_: "", ("token_parts",)),
    "two parts": (spelled(lambda t: t.rsplit(".", 1)[0]), ("token_parts",)),
    "four parts": (spelled(lambda t: t + ".e30"), ("token_parts",)),
    "more than 16 kB": (with_claims(picture="A" * 17_000), ("token_too_large",)),
    "padding": (with_part(1, lambda p: p + "="), ("token_base64url",)),
    "a space": (with_part(2, lambda p: p + " "), ("token_base64url",)),
    "a line break at the end": (spelled(lambda t: t + "\n"), ("token_base64url",)),
    "the other base64 alphabet": (with_part(2, lambda p: "+/" + p[2:]), ("token_base64url",)),
    "stray bits in the signature": (with_part(2, stray_bits), ("token_base64url",)),
    "a letter beyond ASCII": (with_part(1, lambda p: p[:-1] + "\uff21"), ("token_base64url",)),
    "a signature cut short": (with_part(2, lambda p: p[:-2]), ("token_signature",)),
    "no signature": (no_signature, ("token_algorithm",)),
    "HMAC with the public key": (hmac_with_public_key, ("token_algorithm",)),
    "no algorithm": (with_header(alg=None), ("token_header",)),
    "no type": (with_header(typ=None), ("token_header",)),
    "another type": (with_header(typ="at+jwt"), ("token_typ",)),
    "a key in the header": (with_header(jwk={"kty": "EC"}), ("token_header",)),
    "a key's address in the header": (with_header(jku="https://e.example"), ("token_header",)),
    "a critical extension": (with_header(crit=["b64"]), ("token_header",)),
    "a key id that is a number": (with_header(kid=7), ("token_header",)),
    # 2 key
    "another key": (other_key, ("unknown_key",)),
    "a key id that is a path": (with_header(kid="../../etc/passwd"), ("unknown_key",)),
    # 3 signature
    "another key under our key's id": (other_key_under_our_kid, ("signature",)),
    "an Edwards signature under our key's id": (edwards_under_our_kid, ("signature",)),
    "changed after signing": (changed_after_signing, ("signature",)),
    "a signature of zeros": (with_part(2, lambda _: "A" * 86), ("signature",)),
    # 4 payload: read only now
    "not JSON": (with_payload(lambda j: j[:-1]), ("token_json",)),
    "a list": (with_payload(lambda j: f"[{j}]"), ("token_json",)),
    "a member twice": (
        with_payload(lambda j: j[:-1] + ',"result":"pass"}'),
        ("token_duplicate",),
    ),
    "NaN": (with_payload(lambda j: j.replace("96.5", "NaN")), ("token_number",)),
    "infinity": (with_payload(lambda j: j.replace("96.5", "1e999")), ("token_number",)),
    "a number beyond 2^53": (with_claims(score=2**53), ("token_number",)),
    "nested without end": (
        with_payload(lambda j: j[:-1] + ',"x":' + "[" * 12 + "]" * 12 + "}"),
        ("token_depth",),
    ),
    "a byte order mark": (with_payload(lambda j: "\ufeff" + j), ("token_encoding",)),
    "half a character": (
        with_payload(lambda j: j.replace('"web"', '"\\ud800"')),
        ("token_encoding",),
    ),
    # envelope
    "expired": (at(-331, exp=300), ("token_expired",)),
    "issued in the future": (at(31, exp=300), ("token_not_yet_valid",)),
    "lives longer than 900 s": (at(0, exp=901), ("token_lifetime",)),
    "ends before it begins": (at(0, exp=-1), ("token_lifetime",)),
    "no end": (without("exp"), ("token_times",)),
    "an end that is a fraction": (with_claims(exp=1.8e9), ("token_times",)),
    "meant for another service": (with_claims(aud="https://o.example"), ("audience_mismatch",)),
    "meant for a list of services": (
        with_claims(aud=["https://certstore.example"]),
        ("audience_mismatch",),
    ),
    "meant for nobody": (without("aud"), ("audience_mismatch",)),
    "says another provider": (with_claims(iss="bank"), ("issuer_mismatch",)),
    "says no provider": (without("iss"), ("issuer_mismatch",)),
    # claims
    "a picture beside the result": (with_claims(best_image="/9j/4AAQ"), ("claim_unknown",)),
    "a device token beside the result": (with_claims(device_token="d"), ("claim_unknown",)),
    "passed as a boolean": (with_claims(result=True), ("claim_malformed_result",)),
    "passed in capitals": (with_claims(result="PASS"), ("claim_malformed_result",)),
    "an unheard-of failure": (with_claims(failure="late"), ("claim_malformed_failure",)),
    "passed with a failure": (with_claims(failure="too_dark"), ("claims_contradict",)),
    "failed without a failure": (with_claims(result="fail"), ("claims_contradict",)),
    "detection as a text": (with_claims(pad="true"), ("claim_malformed_pad",)),
    "detection as a number": (with_claims(iad=1), ("claim_malformed_iad",)),
    "an error rate of zero": (with_claims(fmr=0), ("claim_malformed_fmr",)),
    "an error rate as a text": (with_claims(fmr="0.0001"), ("claim_malformed_fmr",)),
    "an error rate below zero": (with_claims(fmr=-0.1), ("claim_malformed_fmr",)),
    "an error rate that is a boolean": (with_claims(fmr=True), ("claim_malformed_fmr",)),
    "a score beyond its scale": (with_claims(score=1001), ("claim_malformed_score",)),
    "a threshold of null": (with_claims(threshold=None), ("claim_malformed_threshold",)),
    "a mode of its own": (with_claims(mode="1：1"), ("claim_malformed_mode",)),
    "a source of its own": (
        with_claims(comparison_source="own"),
        ("claim_malformed_comparison_source",),
    ),
    "risks as a text": (with_claims(device_risk=""), ("claim_malformed_device_risk",)),
    "a risk twice": (
        with_claims(device_risk=["root", "root"]),
        ("claim_malformed_device_risk",),
    ),
    "a risk with a line break": (
        with_claims(device_risk=["root\n"]),
        ("claim_malformed_device_risk",),
    ),
    "seventeen risks": (
        with_claims(device_risk=[f"r{n}" for n in range(17)]),
        ("claim_malformed_device_risk",),
    ),
    "a channel of its own": (with_claims(channel="fax"), ("claim_malformed_channel",)),
    "an assurance that is a number": (
        with_claims(assurance_level=3),
        ("claim_malformed_assurance_level",),
    ),
    "verified at a text": (
        with_claims(verified_at="2026-11-22T10:00:00+08:00"),
        ("claim_malformed_verified_at",),
    ),
    "verified at half a second": (
        with_claims(verified_at=NOW.timestamp() + 0.5),
        ("claim_malformed_verified_at",),
    ),
    "verified before there was time": (
        with_claims(verified_at=-1),
        ("claim_malformed_verified_at",),
    ),
    "an id that is a statement": (
        with_claims(jti="'; DROP TABLE face_results"),
        ("claim_malformed_jti",),
    ),
    "an id of full-width digits": (
        with_claims(our_txn="\uff11" * 24),
        ("claim_malformed_our_txn",),
    ),
    "a binding in capitals": (
        with_claims(subject_binding="A" * 64),
        ("claim_malformed_subject_binding",),
    ),
    # 5 ours
    "no transaction of ours": (with_claims(our_txn="x" * 24), ("transaction_unknown",)),
    "another nonce": (with_claims(nonce="n" * 43), ("nonce_mismatch",)),
    "of another verification": (of_another_verification, ("provider_txn_mismatch",)),
    "another person": (with_claims(subject_binding="0" * 64), ("subject_mismatch",)),
    # 6 passed, enough, fresh
    "a score below its threshold": (with_claims(score=79.9), ("score_below_threshold",)),
    "verified before it began": (
        with_claims(verified_at=int(NOW.timestamp()) - 1),
        ("verified_before_begun",),
    ),
    "verified in the future": (
        with_claims(verified_at=int(NOW.timestamp()) + 31),
        ("verified_in_future",),
    ),
    "everything at once": (
        with_claims(mode="1:n", fmr=0.5, pad=False, device_risk=["root"]),
        ("mode_not_one_to_one", "fmr_too_high", "pad_not_certified", "device_risk"),
    ),
}


@pytest.mark.parametrize("story", TOKENS)
def test_a_hostile_token_is_refused_for_its_own_reason(office, story):
    forge, reasons = TOKENS[story]
    begun = office.begin()
    assert office.desk.accept(forge(office, begun)) == Refused(reasons)


# The fields of the normalised result that we add; every other one must be said by the provider.
OURS = {"provider", "received_at", "raw_sha256", "policy_version"}


@pytest.mark.parametrize("name", sorted(FaceResult.__dataclass_fields__.keys() - OURS))
def test_a_claim_that_is_missing_is_refused_and_never_assumed(office, name):
    token = without(name)(office, office.begin())
    assert office.desk.accept(token) == Refused((f"claim_missing_{name}",))
