"""Judging a document: its signature over the whole file, then whether all of it says one thing."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from cryptography import x509

from certstore.codes.claims import CodeClaims
from certstore.codes.profiles import open_code
from certstore.errors import CertstoreError
from certstore.sd_jwt import Credential
from certstore.stamps.authorities import TimeAuthorities
from certstore.trust import TrustedKey, TrustList
from verifiers.scanning.account import Account, Change, ChangeKind
from verifiers.scanning.annotated_copy import judge_copy
from verifiers.scanning.document_account import account_of_refused, account_of_signed
from verifiers.scanning.enclosure import Enclosure, status_entry
from verifiers.scanning.long_life import NO_AUTHORITIES, Shown, as_issued, judge_long_life
from verifiers.scanning.opened import NothingShown, OpenedDocument, PrintedPages, spellings
from verifiers.scanning.pdf_signature import CHANGED_AFTER_SIGNING, LATER_LEVEL, judge_signature
from verifiers.scanning.read_file import MAX_BYTES
from verifiers.scanning.revisions import Reader
from verifiers.scanning.scan import judge_code
from verifiers.scanning.signed_revision import HEADER, proof_in
from verifiers.scanning.status import StatusSource
from verifiers.scanning.verdict import Findings, ScanResult, Verdict

_LATER_LEVEL: Final = {ChangeKind.TIME_STAMP_ADDED, ChangeKind.VALIDATION_DATA}
# What other tools write along with it; SIGNATURE_RESPELLED is a stamp within our own signature.
_OF_ANY_LATER_LEVEL: Final = {
    *(Change(ChangeKind.INFORMATION), Change(ChangeKind.METADATA)),
    *(Change(ChangeKind.FORM_CHANGED), Change(ChangeKind.ANNOTATION_ADDED, "Widget")),
    *(Change(ChangeKind.CATALOGUE, "/Extensions"), Change(ChangeKind.SIGNATURE_RESPELLED)),
}
_VALIDITY: Final = ("valid_until", "valid_to")  # what a type's end of validity may be called


def judge_document(  # noqa: PLR0913 - what a verifier holds, each by its name
    pdf: bytes,
    *,
    trust: TrustList,
    root_certificate: x509.Certificate,
    statuses: StatusSource,
    opener: Reader,
    now: datetime,
    authorities: TimeAuthorities = NO_AUTHORITIES,
) -> ScanResult:
    """Judge a signed PDF; a scan, a re-saved copy or an unsigned file is `malformed` with advice.

    Time-stamps that the stamper put over it are taken off, and judged by the roots of time
    authorities. Its data is read only when its signature is good. What became of any other file
    is told in the result's `document`. UnavailableError if the opener has no place for it.
    """
    findings = Findings()
    shown = as_issued(pdf) if len(pdf) <= MAX_BYTES else Shown(pdf)
    key = _judge_file(shown.issued, trust, root_certificate, findings)
    if key is None or not judge_long_life(shown, key, authorities, (now, findings)):
        result = findings.result()
        account = account_of_refused(pdf, result, trust=trust, examiner=opener)
        result = _without_later_level(result, account)
    else:  # and it proves something still, or did
        result = _judge_opened(shown.issued, key, (trust, statuses, opener), (now, findings))
        account = account_of_signed(pdf, result)
    return replace(result, document=account)


def _judge_file(
    pdf: bytes, trust: TrustList, root: x509.Certificate, findings: Findings
) -> TrustedKey | None:
    if len(pdf) > MAX_BYTES or not pdf.startswith(HEADER):  # 1. size and kind
        if len(pdf) <= MAX_BYTES and proof_in(pdf, trust).intact:  # ours, and something before it
            findings.failed("integrity", Verdict.TAMPERED, CHANGED_AFTER_SIGNING)
        else:
            findings.failed("size", Verdict.MALFORMED, "DOCUMENT_UNREADABLE")
        return None
    findings.passed("size")
    # 2. one signature over the whole file, by a listed document key, in the one form we write
    return judge_signature(pdf, trust=trust, root=root, findings=findings)


def _without_later_level(result: ScanResult, account: Account) -> ScanResult:
    """Take the reason off where more was added than a time-stamp or validation data.

    The signature is judged by bytes alone: it sees their names in whatever copies our catalogue.
    """
    kinds = {change.kind for change in account.changes if change not in _OF_ANY_LATER_LEVEL}
    if kinds <= _LATER_LEVEL or ChangeKind.NOT_COMPARED in kinds:
        return result
    return replace(result, reasons=tuple(r for r in result.reasons if r != LATER_LEVEL))


def _judge_opened(
    pdf: bytes,
    key: TrustedKey,
    held: tuple[TrustList, StatusSource, Reader],
    begun: tuple[datetime, Findings],
) -> ScanResult:
    trust, statuses, opener = held
    opened = opener.open_document(pdf)  # 3. what it carries and what it shows
    if isinstance(opened, NothingShown):
        begun[1].failed("opening", Verdict.MALFORMED, opened.reason)
        return begun[1].result()
    return _judge_content(opened, key, trust, statuses, begun)


def _judge_content(
    opened: OpenedDocument,
    key: TrustedKey,
    trust: TrustList,
    statuses: StatusSource,
    begun: tuple[datetime, Findings],
) -> ScanResult:
    now, findings = begun
    try:
        enclosure = Enclosure.from_json(opened.attachment)
        credential = enclosure.open_credential(trust)
    except CertstoreError as error:
        findings.failed("attachment", Verdict.TAMPERED, "ATTACHMENT_WRONG", error.detail)
        return findings.result()
    findings.passed("attachment")
    pages = opened.pages
    _judge_agreement(enclosure, credential, key, findings)  # 4. attachment and credential
    if enclosure.annotation is not None:
        return judge_copy(enclosure, enclosure.annotation, credential, pages, statuses, begun)
    _judge_page(enclosure, pages, findings)  # 5. attachment and printed text
    code = _judge_code(pages, trust, statuses, now, findings)  # 6. printed code, with its status
    if pages is not None and code is not None:
        _judge_code_agreement(code, enclosure, findings)  # 7. attachment and code
        _judge_place(pages.codes[0], credential, findings)
    shown = {"identifier": enclosure.identifier.value, "number": enclosure.identifier.serial}
    return findings.result({**shown, "type_code": enclosure.type_code, **enclosure.fields})


def _judge_agreement(
    enclosure: Enclosure, credential: Credential, key: TrustedKey, findings: Findings
) -> None:
    claims = credential.claims
    same = all(claims[name] == text for name, text in enclosure.fields.items() if name in claims)
    named = claims.get("identifier") in (None, enclosure.identifier.value)
    own = credential.key.authority_uscc == key.authority_uscc
    _note(findings, "credential", good=same and named and own, reason="CREDENTIAL_DIFFERS")


def _judge_page(enclosure: Enclosure, pages: PrintedPages | None, findings: Findings) -> None:
    identifier = enclosure.identifier
    good = (
        pages is not None
        and pages.says(identifier.serial, besides=identifier.value)
        and pages.says(enclosure.fields.get("name", ""))
    )
    until = _valid_until(enclosure)
    if until is not None and pages is not None:
        good = good and any(pages.says(spelled) for spelled in spellings(until))
    _note(findings, "printed_text", good=good, reason="PRINTED_TEXT_DIFFERS")


def _judge_code(
    pages: PrintedPages | None,
    trust: TrustList,
    statuses: StatusSource,
    now: datetime,
    findings: Findings,
) -> ScanResult | None:
    codes = () if pages is None else pages.codes
    if len(codes) != 1:
        findings.failed("code", Verdict.MALFORMED, "CODE_MISSING" if not codes else "SEVERAL_CODES")
        return None
    result = judge_code(codes[0], trust=trust, statuses=statuses, now=now)
    findings.take(result, under="code.")
    return result if result.fields else None


def _judge_code_agreement(code: ScanResult, enclosure: Enclosure, findings: Findings) -> None:
    until = code.fields.get("valid_to")
    spelled = until.isoformat() if hasattr(until, "isoformat") else None
    good = (
        code.fields.get("number") == enclosure.identifier.serial
        and code.fields.get("name") == enclosure.fields.get("name")
        and code.fields.get("type_code") in (None, enclosure.type_code)
        and spelled == _valid_until(enclosure)
    )
    _note(findings, "code_agrees", good=good, reason="CODE_DIFFERS")


def _judge_place(code_text: str, credential: Credential, findings: Findings) -> None:
    place = CodeClaims.decode(open_code(code_text).issued.payload).status  # verified in step 6
    try:
        good = status_entry(credential) == place
    except CertstoreError:
        good = False
    _note(findings, "status_place", good=good, reason="STATUS_PLACE_DIFFERS")


def _valid_until(enclosure: Enclosure) -> str | None:
    return next((enclosure.fields[n] for n in _VALIDITY if n in enclosure.fields), None)


def _note(findings: Findings, name: str, *, good: bool, reason: str) -> None:
    if good:
        findings.passed(name)
    else:
        findings.failed(name, Verdict.TAMPERED, reason)
