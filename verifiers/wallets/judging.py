"""Judging what a wallet shows, step by step; no field is shown unless all of it may be believed.

1. form  2. trust list  3. the issuer's signature, and every disclosure  4. the holder's proof
5. what was asked, and nothing else  6. time  7. status
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from certstore.catalogue import CertificateType
from certstore.clock import unix
from certstore.codes.meaning import text_faults
from certstore.errors import CertstoreError, InvalidTokenError, MalformedError
from certstore.identifiers import CertificateIdentifier
from certstore.key_binding import AskedOf, Presentation, verify_key_binding
from certstore.sd_jwt import Credential, open_sd_jwt
from certstore.tokens import LEEWAY
from certstore.trust import TrustList
from verifiers.scanning.enclosure import status_entry
from verifiers.scanning.status import StatusSource
from verifiers.scanning.verdict import Findings, ScanResult, Verdict
from verifiers.wallets.wanted import Question

_LONGEST: Final = 200
_LATEST: Final = 253_402_300_799  # the end of year 9999
_SHOWN_AS: Final = {"valid_until": "valid_to"}  # as the scanner's page calls it
_UNTRUSTED: Final = {
    "key": (Verdict.UNKNOWN_ISSUER, "KEY_UNKNOWN"),
    "x5c": (Verdict.UNKNOWN_ISSUER, "KEY_UNKNOWN"),
    "signature": (Verdict.TAMPERED, "SIGNATURE_WRONG"),
    "sd-jwt": (Verdict.TAMPERED, "DISCLOSURES_WRONG"),
}
_UNPROVEN: Final = {
    "missing": (Verdict.TAMPERED, "HOLDER_NOT_PROVEN"),
    "unbound": (Verdict.TAMPERED, "HOLDER_NOT_PROVEN"),
    "signature": (Verdict.TAMPERED, "HOLDER_PROOF_WRONG"),
    "fields": (Verdict.TAMPERED, "PROOF_OF_OTHER_FIELDS"),
    "audience": (Verdict.REPLAYED, "SHOWN_TO_ANOTHER"),
    "nonce": (Verdict.REPLAYED, "SHOWN_TO_ANOTHER"),
    "time": (Verdict.REPLAYED, "PROOF_OUT_OF_TIME"),
}


@dataclass(frozen=True, slots=True)
class WalletFacts:
    """What judging stands on: whose keys count, what became of certificates, the moment."""

    trust: TrustList
    statuses: StatusSource
    now: datetime


def judge_presentation(
    text: str, question: Question, asked: AskedOf, facts: WalletFacts
) -> ScanResult:
    """Judge one presentation that answers this question; `fields` are what was asked, or empty."""
    findings = Findings()
    shown = _take_apart(text, findings)
    credential = None if shown is None else _credential(shown, facts, findings)
    if shown is None or credential is None:
        return findings.result()
    if not _proven(shown, credential, asked, facts.now, findings):
        return findings.result()
    kind = _as_asked(credential, question, findings)
    if kind is None:
        return findings.result()
    if not _judge_time(credential, facts.now, findings):
        return findings.result()
    _judge_status(credential, facts, findings)
    return findings.result(_fields(credential, kind, question))


def _take_apart(text: str, findings: Findings) -> Presentation | None:
    # 1. form: a credential, and a proof behind it
    try:
        shown = Presentation.parse(text)
    except InvalidTokenError:
        findings.failed("holder_proof", *_UNPROVEN["missing"])
        return None
    except MalformedError as error:
        findings.failed("presentation", Verdict.MALFORMED, "PRESENTATION_WRONG", error.detail)
        return None
    findings.passed("presentation")
    return shown


def _credential(shown: Presentation, facts: WalletFacts, findings: Findings) -> Credential | None:
    if not facts.trust.fresh_at(facts.now):  # 2. the list still speaks
        findings.failed("trust_list", Verdict.STALE_LIST, "TRUST_LIST_STALE")
    try:  # 3. a listed credential key signed it in its time; every disclosure is one it promised
        credential = open_sd_jwt(shown.credential, facts.trust)
    except CertstoreError as error:
        cause = str(error.facts.get("cause"))
        wrong = _UNTRUSTED.get(cause, (Verdict.MALFORMED, "PRESENTATION_WRONG"))
        findings.failed("signature", *wrong, error.detail)
        return None
    findings.passed("signature")
    findings.passed("issuer", credential.key.authority_name)
    return credential


def _proven(
    shown: Presentation,
    credential: Credential,
    asked: AskedOf,
    now: datetime,
    findings: Findings,
) -> bool:
    try:  # 4. by the holder's key, for us, for this question, for these fields, just now
        verify_key_binding(shown, credential.claims, asked, now)
    except CertstoreError as error:
        cause = str(error.facts.get("cause"))
        wrong = _UNPROVEN.get(cause, (Verdict.TAMPERED, "HOLDER_PROOF_WRONG"))
        findings.failed("holder_proof", *wrong, error.detail)
        return False
    findings.passed("holder_proof")
    return True


def _as_asked(
    credential: Credential, question: Question, findings: Findings
) -> CertificateType | None:
    # 5. of a type that was asked for, with the fields that were asked for and no others
    claims = credential.claims
    vct = claims.get("vct")
    kind = question.types.get(vct) if isinstance(vct, str) else None
    if kind is None or not _named_alike(claims, kind):
        findings.failed("asked", Verdict.MALFORMED, "NOT_WHAT_WAS_ASKED")
        return None
    if kind.issuer_uscc != credential.key.authority_uscc:  # another authority may not issue it
        findings.failed("issuer", Verdict.UNKNOWN_ISSUER, "ISSUER_MISMATCH")
        return None
    if credential.disclosed - set(question.claims):
        findings.failed("asked", Verdict.MALFORMED, "MORE_THAN_ASKED")
        return None
    values = [claims.get(name) for name in question.claims]
    if not all(isinstance(value, str) and 0 < len(value) <= _LONGEST for value in values):
        findings.failed("asked", Verdict.MALFORMED, "NOT_WHAT_WAS_ASKED")
        return None
    findings.passed("asked")
    faults = [reason for value in values for reason in text_faults(str(value))]
    for reason in dict.fromkeys(faults):
        findings.failed("meaning", Verdict.MALFORMED, reason)
    return None if faults else kind


def _named_alike(claims: Mapping[str, object], kind: CertificateType) -> bool:
    """Whether the type's code and the identifier, where they are given, are of the type itself."""
    identifier = claims.get("identifier")
    try:
        number = None if identifier is None else CertificateIdentifier.parse(str(identifier))
    except MalformedError:
        return False
    same = number is None or number.type_code == kind.type_code
    return same and claims.get("type") in (None, kind.type_code)


def _judge_time(credential: Credential, now: datetime, findings: Findings) -> bool:
    # 6. exp, nbf, iat: two clocks differ by 30 s at most; false if they are no moments
    claims, moment = credential.claims, unix(now)
    given = {name: claims[name] for name in ("iat", "nbf", "exp") if name in claims}
    if not all(type(value) is int and 0 <= value <= _LATEST for value in given.values()):
        findings.failed("time", Verdict.MALFORMED, "PRESENTATION_WRONG")
        return False
    begins = max(int(str(given.get(name, 0))) for name in ("iat", "nbf"))
    ends = int(str(given.get("exp", moment)))
    if moment > ends + LEEWAY:
        findings.failed("time", Verdict.EXPIRED, "CREDENTIAL_EXPIRED", _iso(ends))
    elif moment < begins - LEEWAY:
        findings.failed("time", Verdict.NOT_YET_VALID, "CREDENTIAL_NOT_YET_VALID", _iso(begins))
    else:
        findings.passed("time")
    return True


def _judge_status(credential: Credential, facts: WalletFacts, findings: Findings) -> None:
    # 7. status, asked of the authority whose key signed it
    try:
        entry = status_entry(credential)
    except CertstoreError as error:
        findings.failed("status", Verdict.STALE_LIST, "STATUS_INDEX_UNKNOWN", error.detail)
        return
    found = facts.statuses.status_of(credential.key.authority_uscc, entry, now=facts.now)
    detail = "" if found.as_of is None else found.as_of.isoformat()
    if found.verdict is Verdict.VALID:
        findings.passed("status", detail)
    else:
        first = next(iter(found.reasons), f"STATUS_{found.verdict.name}")
        findings.failed("status", found.verdict, first, detail)
    for reason in found.reasons:
        findings.remark(reason)


def _fields(credential: Credential, kind: CertificateType, question: Question) -> Mapping[str, Any]:
    claims = credential.claims
    shown = {_SHOWN_AS.get(name, name): claims[name] for name in question.claims}
    about: dict[str, object] = {
        "type_code": kind.type_code,
        "authority": credential.key.authority_name,
    }
    identifier = claims.get("identifier")
    if isinstance(identifier, str):  # where the credential carries it openly
        about["identifier"] = identifier
        about["number"] = CertificateIdentifier.parse(identifier).serial
    return {**shown, **about}


def _iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()
