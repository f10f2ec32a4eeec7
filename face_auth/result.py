"""A face-verification result in the one shape every provider's answer is brought into.

Everything must be said: what is missing is refused and never assumed. Nothing of a face is in
it: no picture, template, embedding, picture address or device token, and a signed result that
carries anything beside these claims is refused.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal, Protocol, cast

from certstore.certificates import Holder
from certstore.errors import InvalidTokenError, MalformedError
from certstore.keys import PublicKey, algorithm_of
from certstore.tokens import check_times, parse_compact, verify_signature
from certstore.verdict import Refused
from face_auth.reasons import Reason

TYP: Final = "face-result+jwt"
TRUST_FRAMEWORK: Final = "cn_face_1to1"  # what we call our own way of verifying, to others
MAX_BYTES: Final = 16384
_MAX_RISKS = 16
_LAST_SECOND = 4_102_444_800  # the year 2100
_LARGEST_SCORE = 1000

Outcome = Literal["pass", "fail"]
Failure = Literal["none", "too_dark", "not_the_person", "other"]
Assurance = Literal["low", "substantial", "high"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceResult:
    """What a provider says of one verification; `fmr` a false match rate, hashes in hex.

    `score` and `threshold` are None only where our registry says that this provider decides by
    itself and tells no figure. `jti` is the result's own id; one that we asked for has none, and
    goes by its verification's (`provider_txn`).
    """

    provider: str
    provider_txn: str
    our_txn: str
    nonce: str
    jti: str
    subject_binding: str
    result: Outcome
    failure: Failure
    mode: str
    comparison_source: str
    score: float | None
    threshold: float | None
    fmr: float
    pad: bool
    iad: bool
    device_risk: tuple[str, ...]
    channel: str
    assurance_level: Assurance
    verified_at: datetime
    received_at: datetime
    raw_sha256: str
    policy_version: str

    def as_verified_claims(self, holder: Holder | None = None) -> dict[str, object]:
        """The result as `verified_claims` (OpenID Identity Assurance Schema Definition 1.0).

        With `holder` it names the person, who must be the one the result is bound to; without,
        it says the binding alone. `bvr` is a biometric verification at a distance.
        """
        time = self.verified_at.strftime("%Y-%m-%dT%H:%M:%SZ")
        claims: dict[str, object] = {"subject_binding": self.subject_binding}
        if holder is not None:
            claims |= {"name": holder.name, "id_type": holder.id_type}
            claims |= {"id_number": holder.id_number}
        source = {"name": self.comparison_source}
        check = {"check_method": "bvr", "organization": self.provider, "txn": self.our_txn}
        evidence = {
            "type": "electronic_record",
            "check_details": [{**check, "time": time}],
            "record": {"type": "face_comparison", "source": source, "created_at": time},
        }
        verification = {
            "trust_framework": TRUST_FRAMEWORK,
            "assurance_level": self.assurance_level,
            "time": time,
            "verification_process": self.policy_version,
            "evidence": [evidence],
        }
        return {"verification": verification, "claims": claims}


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A provider's public key, and when it may be used: from, and up to but not including, to."""

    provider: str
    public_key: PublicKey
    valid_from: datetime
    valid_to: datetime


class KeyFinder(Protocol):
    """Knows the providers' keys."""

    def key(self, kid: str) -> SigningKey | None:
        """The key with this identifier."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """How a result reached us: when, meant for whom, and under which rule (lifetime in seconds)."""

    at: datetime
    audience: str
    policy_version: str
    max_lifetime: int


def _one_of(*words: str) -> Callable[[object], bool]:
    allowed = frozenset(words)
    return lambda value: isinstance(value, str) and value in allowed


def _matches(pattern: str) -> Callable[[object], bool]:
    form = re.compile(pattern)
    return lambda value: isinstance(value, str) and form.fullmatch(value) is not None


def _number(low: float, high: float) -> Callable[[object], bool]:
    # `type` and not isinstance: True is an int to Python, and no number to anybody else.
    return lambda value: type(value) in (int, float) and low <= cast("float", value) <= high


def _is_bool(value: object) -> bool:
    return type(value) is bool


def _is_second(value: object) -> bool:
    return type(value) is int and 0 <= value <= _LAST_SECOND


_RISK = _matches("[a-z][a-z0-9_]{0,39}")


def _are_risks(value: object) -> bool:
    if not isinstance(value, list) or len(value) > _MAX_RISKS or not all(map(_RISK, value)):
        return False
    return len(set(value)) == len(value)


_REFERENCE = _matches("[A-Za-z0-9._-]{8,64}")
_SECRET = _matches("[A-Za-z0-9_-]{16,64}")
_SMALLEST_RATE = 1e-12  # a provider that claims to make no mistakes is mistaken

_CLAIMS: Final[Mapping[str, Callable[[object], bool]]] = {
    "provider_txn": _REFERENCE,
    "our_txn": _REFERENCE,
    "nonce": _SECRET,
    "jti": _REFERENCE,
    "subject_binding": _matches("[0-9a-f]{64}"),
    "result": _one_of("pass", "fail"),
    "failure": _one_of("none", "too_dark", "not_the_person", "other"),
    "mode": _one_of("1:1", "1:n"),
    "comparison_source": _one_of("police_photo_base", "population_base", "uploaded_photo"),
    "score": _number(0, _LARGEST_SCORE),
    "threshold": _number(0, _LARGEST_SCORE),
    "fmr": _number(_SMALLEST_RATE, 1),
    "pad": _is_bool,
    "iad": _is_bool,
    "device_risk": _are_risks,
    "channel": _one_of("app", "mini_program", "web", "counter"),
    "assurance_level": _one_of("low", "substantial", "high"),
    "verified_at": _is_second,
}
_ENVELOPE: Final = frozenset({"iss", "aud", "iat", "exp"})


def read_token(text: str, keys: KeyFinder, receipt: Receipt) -> FaceResult | Refused:
    """Read a signed result; refused with every reason of the first step that fails.

    Steps: 1 form (`token_…`), 2 key, 3 signature, 4 envelope and claims (`claim_…`). Whether
    the result suffices, and is ours, is not checked here: see face_auth/acceptance.py.
    """
    try:
        token = parse_compact(text, typ=TYP, max_bytes=MAX_BYTES)
        key = keys.key(token.kid)
        if key is None:
            return Refused((Reason.UNKNOWN_KEY,))
        if not key.valid_from <= receipt.at < key.valid_to:
            return Refused((Reason.KEY_NOT_ACTIVE,))
        if not verify_signature(token, key.public_key, algorithm_of(key.public_key)):
            return Refused((Reason.SIGNATURE,))
        claims = token.claims
    except MalformedError as error:
        return Refused((_token_reason(error.facts),))
    faults = (*_envelope_faults(claims, key.provider, receipt), *claim_faults(claims))
    return Refused(faults) if faults else _result(claims, text, receipt)


def claim_faults(claims: Mapping[str, object]) -> tuple[str, ...]:
    """Every claim that is missing, unknown, or not exactly of its type and vocabulary."""
    faults = [f"claim_missing_{name}" for name in _CLAIMS if name not in claims]
    faults += [
        f"claim_malformed_{name}"
        for name, fits in _CLAIMS.items()
        if name in claims and not fits(claims[name])
    ]
    if claims.keys() - _CLAIMS.keys() - _ENVELOPE:
        faults.append("claim_unknown")  # its name is the sender's text, and is not repeated
    if not faults and (claims["result"] == "pass") != (claims["failure"] == "none"):
        faults.append(Reason.CLAIMS_CONTRADICT)
    return tuple(faults)


def _envelope_faults(
    claims: Mapping[str, object], provider: str, receipt: Receipt
) -> tuple[str, ...]:
    faults: list[str] = []
    try:
        check_times(claims, receipt.at, max_lifetime=receipt.max_lifetime)
    except InvalidTokenError as error:
        faults.append(_token_reason(error.facts))
    if claims.get("aud") != receipt.audience:
        faults.append(Reason.AUDIENCE_MISMATCH)
    if claims.get("iss") != provider:
        faults.append(Reason.ISSUER_MISMATCH)
    return tuple(faults)


def _token_reason(facts: Mapping[str, object]) -> str:
    return f"token_{facts['cause']}".replace("-", "_")


def _result(claims: Mapping[str, Any], text: str, receipt: Receipt) -> FaceResult:
    said = {name: claims[name] for name in _CLAIMS}
    return FaceResult(
        **{
            **said,
            "device_risk": tuple(sorted(said["device_risk"])),
            "verified_at": datetime.fromtimestamp(said["verified_at"], UTC),
        },
        provider=claims["iss"],
        received_at=receipt.at,
        raw_sha256=hashlib.sha256(text.encode("ascii")).hexdigest(),
        policy_version=receipt.policy_version,
    )
