"""Judging a document: its signature over the whole file, then whether all of it says one thing."""

from datetime import datetime
from typing import Final

from cryptography import x509

from certstore.codes.claims import CodeClaims
from certstore.codes.profiles import open_code
from certstore.errors import CertstoreError
from certstore.sd_jwt import Credential
from certstore.trust import TrustedKey, TrustList
from verifiers.scanning.annotated_copy import judge_copy
from verifiers.scanning.enclosure import Enclosure, status_entry
from verifiers.scanning.opened import (
    NothingShown,
    OpenedDocument,
    Opener,
    PrintedPages,
    spellings,
)
from verifiers.scanning.pdf_signature import judge_signature
from verifiers.scanning.read_file import MAX_BYTES
from verifiers.scanning.scan import judge_code
from verifiers.scanning.status import StatusSource
from verifiers.scanning.verdict import Findings, ScanResult, Verdict

_VALIDITY: Final = ("valid_until", "valid_to")  # what a type's end of validity may be called


def judge_document(
    pdf: bytes,
    *,
    trust: TrustList,
    root_certificate: x509.Certificate,
    statuses: StatusSource,
    opener: Opener,
    now: datetime,
) -> ScanResult:
    """Judge a signed PDF; a scan, a re-saved copy or an unsigned file is `malformed` with advice.

    A document with a time-stamp added later is not accepted here yet. The file is opened only
    when its signature is good; UnavailableError if the opener has no place for it.
    """
    findings = Findings()
    if len(pdf) > MAX_BYTES or not pdf.startswith(b"%PDF-"):  # 1. size and kind
        findings.failed("size", Verdict.MALFORMED, "DOCUMENT_UNREADABLE")
        return findings.result()
    findings.passed("size")
    # 2. one signature over the whole file, by a listed document key, in the one form we write
    key = judge_signature(pdf, trust=trust, root=root_certificate, findings=findings)
    if key is None:
        return findings.result()
    opened = opener.open_document(pdf)  # 3. what it carries and what it shows
    if isinstance(opened, NothingShown):
        findings.failed("opening", Verdict.MALFORMED, opened.reason)
        return findings.result()
    return _judge_content(opened, key, trust, statuses, (now, findings))


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
