"""Judging a code in a fixed order of checks; nothing is shown unless the signature is good."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

from certstore.clock import unix
from certstore.codes.claims import CodeClaims, issuer_code
from certstore.codes.cose_sign1 import ALGORITHM
from certstore.codes.meaning import faults, photo_fault
from certstore.codes.profiles import HolderLayer, Profile, UnverifiedCode, open_code
from certstore.errors import MalformedError
from certstore.keys import key_id
from certstore.tokens import LEEWAY
from certstore.trust import KeyState, TrustedKey, TrustList
from verifiers.scanning.replay import DeviceSource, ReplayMemory, Showing
from verifiers.scanning.status import StatusSource
from verifiers.scanning.verdict import Findings, ScanResult, Verdict

REPLAY_NOT_CHECKED: Final = "replay_not_checked"
DEVICES_NOT_CHECKED: Final = "DEVICES_NOT_CHECKED"
SHOWING_LIFETIME_S: Final = 15  # a holder's phone renews an off-line code this often
_LIFETIME_S: Final = {Profile.ON_LINE: 60, Profile.OFF_LINE: 86400}
_OPENING: Final = ("length", "prefix", "base45", "cbor", "profile")
_CAUSES: Final[Mapping[object, tuple[str, str]]] = {
    "length": ("length", "CODE_TOO_LONG"),
    "prefix": ("prefix", "NOT_OUR_CODE"),
    "base45": ("base45", "NOT_BASE45"),
    "cbor": ("cbor", "NOT_STRICT_CBOR"),
    "header": ("profile", "HEADER_WRONG"),
    "profile": ("profile", "PROFILE_MISMATCH"),
    "payload": ("profile", "PAYLOAD_WRONG"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanFacts:
    """What a verifier brings to every code: trust, statuses, the time, what was seen before.

    `seen` is None where no memory is shared; `nonce` is what the verifier asked the holder for;
    `devices` is None where no list of signed-out phones is at hand.
    """

    trust: TrustList
    statuses: StatusSource
    now: datetime
    seen: ReplayMemory | None = None
    nonce: bytes | None = None
    devices: DeviceSource | None = None


def judge_code(  # noqa: PLR0913 - a text, and what a verifier brings to it
    text: str,
    *,
    trust: TrustList,
    statuses: StatusSource,
    now: datetime,
    seen: ReplayMemory | None = None,
    nonce: bytes | None = None,
    devices: DeviceSource | None = None,
) -> ScanResult:
    """Judge a code's text by the twelve steps; the gravest finding is the verdict, all are listed.

    A code that is not good for other reasons is not counted as shown.
    """
    facts = ScanFacts(
        trust=trust, statuses=statuses, now=now, seen=seen, nonce=nonce, devices=devices
    )
    findings = Findings()
    code = _open(text, findings)  # 1-5
    if code is None:
        return findings.result()
    key = _trusted_key(code, facts, findings)  # 6
    if key is None:
        return findings.result()
    claims = _verified_claims(code, key, findings)  # 7
    if claims is None or not _well_formed(code, claims, key, findings):
        return findings.result()
    _judge_times(code, claims, facts, findings)  # 8
    _judge_status(claims, key, facts, findings)  # 9
    _judge_device(code, facts, findings)
    _judge_meaning(claims, findings)  # 10
    _judge_photo(claims, findings)  # 11
    _judge_replay(code, claims, facts, findings)  # 12
    # What does not mean what it shows is not shown, even under a good signature.
    return findings.result(None if findings.found(Verdict.MALFORMED) else claims.data.given())


def _open(text: str, findings: Findings) -> UnverifiedCode | None:
    # 1. length, 2. prefix, 3. strict Base45, 4. strict CBOR, 5. profile and header
    try:
        code = open_code(text)
    except MalformedError as error:
        step, reason = _CAUSES[error.facts["cause"]]
        findings.all_passed(_OPENING[: _OPENING.index(step)])
        findings.failed(step, Verdict.MALFORMED, reason, error.detail)
        return None
    findings.all_passed(_OPENING)
    return code


def _trusted_key(code: UnverifiedCode, facts: ScanFacts, findings: Findings) -> TrustedKey | None:
    # 6. kid in the trust list with this purpose; the algorithm is the list's
    key = facts.trust.find(code.issued.kid, code.profile.purpose)
    if key is None or key.algorithm != ALGORITHM:
        findings.failed("key", Verdict.UNKNOWN_ISSUER, "KEY_UNKNOWN")
        return None
    if key.state is KeyState.REVOKED:
        findings.failed("key", Verdict.UNKNOWN_ISSUER, "KEY_REVOKED", key.kid)
        return None
    findings.passed("key", key.kid)
    if not facts.trust.fresh_at(facts.now):
        findings.failed("trust_list", Verdict.STALE_LIST, "TRUST_LIST_STALE")
    return key


def _verified_claims(
    code: UnverifiedCode, key: TrustedKey, findings: Findings
) -> CodeClaims | None:
    # 7. signature, and only then the payload; in RPH1 also the holder's
    if not code.issued.is_by(key.public_key):
        findings.failed("signature", Verdict.TAMPERED, "SIGNATURE_WRONG")
        return None
    try:
        claims = CodeClaims.decode(code.issued.payload)
    except MalformedError as error:
        findings.failed("payload", Verdict.MALFORMED, "PAYLOAD_WRONG", error.detail)
        return None
    if code.shown is not None and not _holder_signed(code.shown, claims):
        findings.failed("holder_signature", Verdict.TAMPERED, "HOLDER_SIGNATURE_WRONG")
        return None
    findings.passed("signature")
    return claims


def _holder_signed(shown: HolderLayer, claims: CodeClaims) -> bool:
    holder = claims.holder_key
    if holder is None or shown.signed.kid != key_id(holder):
        return False
    return shown.signed.is_by(holder)


def _well_formed(
    code: UnverifiedCode, claims: CodeClaims, key: TrustedKey, findings: Findings
) -> bool:
    # What the profile asks of the claims; and the issuer is whom the key belongs to, in its time.
    longest = _LIFETIME_S.get(code.profile)
    lifetime = claims.expires_at - claims.issued_at
    bound = (claims.holder_key is not None) == (code.profile is Profile.OFF_LINE)
    named = claims.cti is not None or code.profile is Profile.PRINTED
    if lifetime <= 0 or (longest is not None and lifetime > longest):
        findings.failed("payload", Verdict.MALFORMED, "LIFETIME_WRONG")
    elif not bound or not named:
        findings.failed("payload", Verdict.MALFORMED, "PAYLOAD_WRONG")
    elif claims.issuer != issuer_code(key.authority_uscc):
        findings.failed("issuer", Verdict.UNKNOWN_ISSUER, "ISSUER_MISMATCH")
    elif not key.verifies_at(_moment(claims.issued_at)):
        findings.failed("issuer", Verdict.UNKNOWN_ISSUER, "KEY_OUT_OF_TIME", key.kid)
    else:
        findings.passed("issuer", key.authority_name)
        return True
    return False


def _judge_times(
    code: UnverifiedCode, claims: CodeClaims, facts: ScanFacts, findings: Findings
) -> None:
    # 8. exp, nbf, iat, two clocks differing by 30 s at most; then the holder's own iat
    now, begins = unix(facts.now), max(claims.not_before or 0, claims.issued_at)
    if now > claims.expires_at + LEEWAY:
        findings.failed("time", Verdict.EXPIRED, "CODE_EXPIRED", _iso(claims.expires_at))
    elif now < begins - LEEWAY:
        findings.failed("time", Verdict.NOT_YET_VALID, "CODE_NOT_YET_VALID", _iso(begins))
    else:
        findings.passed("time", _iso(claims.expires_at))
    if code.shown is None:
        return
    age = now - code.shown.issued_at
    if age > SHOWING_LIFETIME_S + LEEWAY:
        findings.failed("showing", Verdict.EXPIRED, "SHOWING_TOO_OLD")
    elif age < -LEEWAY:
        findings.failed("showing", Verdict.NOT_YET_VALID, "SHOWING_NOT_YET_VALID")
    elif code.shown.nonce != facts.nonce:
        findings.failed("showing", Verdict.REPLAYED, "NONCE_NOT_OURS")
    else:
        findings.passed("showing")


def _judge_status(
    claims: CodeClaims, key: TrustedKey, facts: ScanFacts, findings: Findings
) -> None:
    # 9. status, asked of the authority whose key signed the code
    found = facts.statuses.status_of(key.authority_uscc, claims.status, now=facts.now)
    detail = "" if found.as_of is None else _spelled(found.as_of)
    if found.verdict is Verdict.VALID:
        findings.passed("status", detail)
    else:
        first = next(iter(found.reasons), f"STATUS_{found.verdict.name}")
        findings.failed("status", found.verdict, first, detail)
    for reason in found.reasons:
        findings.remark(reason)


def _judge_device(code: UnverifiedCode, facts: ScanFacts, findings: Findings) -> None:
    # In RPH1, whether the phone was signed out. Where nobody can say, the code's own end bounds it.
    if code.shown is None:
        return
    kid = code.shown.signed.kid
    listed = None if facts.devices is None else facts.devices.listed(kid, now=facts.now)
    if listed is None:
        findings.undecided("device", "no fresh list of signed-out devices")
        findings.remark(DEVICES_NOT_CHECKED)
    elif listed:
        findings.failed("device", Verdict.REVOKED, "DEVICE_SIGNED_OUT")
    else:
        findings.passed("device")


def _judge_meaning(claims: CodeClaims, findings: Findings) -> None:
    # 10. meaning: NFC, nothing that hides or turns text, dates in order (lengths: step 7)
    found = faults(claims.data)
    for reason in found:
        findings.failed("meaning", Verdict.MALFORMED, reason)
    if not found:
        findings.passed("meaning")


def _judge_photo(claims: CodeClaims, findings: Findings) -> None:
    # 11. photo limits, before anything decodes it
    if claims.data.photo is None:
        return
    fault = photo_fault(claims.data.photo)
    if fault is None:
        findings.passed("photo")
    else:
        findings.failed("photo", Verdict.MALFORMED, fault)


def _judge_replay(
    code: UnverifiedCode, claims: CodeClaims, facts: ScanFacts, findings: Findings
) -> None:
    # 12. one showing counts once; a code that is refused anyway is not used up by it
    if code.profile is Profile.PRINTED or claims.cti is None:
        return
    first = None
    if facts.seen is not None:
        if findings.result().verdict is not Verdict.VALID:
            findings.undecided("replay", "not counted, for the code is refused anyway")
            return
        showing, ends = _showing(code, claims, claims.cti)
        until = _moment(ends) + timedelta(seconds=LEEWAY)
        first = facts.seen.first_time(showing, until=until, now=facts.now)
    if first is None:
        findings.undecided("replay", "no shared memory")
        findings.remark(REPLAY_NOT_CHECKED)
    elif first:
        findings.passed("replay")
    else:
        findings.failed("replay", Verdict.REPLAYED, "ALREADY_SHOWN")


def _showing(code: UnverifiedCode, claims: CodeClaims, cti: bytes) -> tuple[Showing, int]:
    if code.shown is None:
        return Showing(claims.issuer, cti), claims.expires_at
    shown_at = code.shown.issued_at
    showing = Showing(claims.issuer, cti, shown_at, code.shown.nonce or b"")
    return showing, shown_at + SHOWING_LIFETIME_S


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


@lru_cache(maxsize=256)  # a held list speaks for many codes as of one moment
def _spelled(moment: datetime) -> str:
    return moment.isoformat()


@lru_cache(maxsize=4096)  # printed codes end with a day, so that many end together
def _iso(seconds: int) -> str:
    return _moment(seconds).isoformat()
