"""Judging an annotated copy (加注件): made for one purpose, good until its end, of an original.

It bears no code. What it copies is held against the original's own credential, of which it
carries the disclosures that the purpose may see; and the original's status is asked.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from certstore.annotations import Annotation, spelled
from certstore.clock import unix
from certstore.errors import CertstoreError
from certstore.sd_jwt import Credential
from certstore.tokens import LEEWAY
from verifiers.scanning.enclosure import Enclosure, status_entry
from verifiers.scanning.opened import PrintedPages, spellings
from verifiers.scanning.status import StatusSource
from verifiers.scanning.verdict import Findings, ScanResult, Verdict

ANNOTATED_COPY: Final = "ANNOTATED_COPY"
"""The reason that says what was shown; it changes no verdict."""


def judge_copy(
    enclosure: Enclosure,
    annotation: Annotation,
    credential: Credential,
    pages: PrintedPages | None,
    statuses: StatusSource,
    begun: tuple[datetime, Findings],
) -> ScanResult:
    """Judge a copy whose signature is good; after its end it is `expired`, whatever the original.

    A revoked original is told as such, also of a copy that has expired.
    """
    now, findings = begun
    findings.remark(ANNOTATED_COPY)
    _judge_disclosed(enclosure, credential, findings)  # 5. the fields are the original's own
    _judge_page(enclosure, annotation, pages, findings)  # 6. and what is printed
    _judge_time(annotation, now, findings)  # 7. the copy's own time
    _judge_original(credential, statuses, now, findings)  # 8. the original's time and status
    shown: dict[str, Any] = {
        "identifier": enclosure.identifier.value,
        "number": enclosure.identifier.serial,
        "type_code": enclosure.type_code,
        **enclosure.fields,
        **annotation.shown,
    }
    return findings.result(shown)


def _judge_disclosed(enclosure: Enclosure, credential: Credential, findings: Findings) -> None:
    claims = credential.claims
    good = (
        enclosure.fields.keys() <= credential.disclosed
        and claims.get("identifier") == enclosure.identifier.value
        and claims.get("type") == enclosure.type_code
    )
    if good:
        findings.passed("disclosed")
    else:
        findings.failed("disclosed", Verdict.TAMPERED, "CREDENTIAL_DIFFERS")


def _judge_page(
    enclosure: Enclosure, annotation: Annotation, pages: PrintedPages | None, findings: Findings
) -> None:
    identifier = enclosure.identifier
    printed = (
        *(annotation.cause, annotation.made_by),
        *(spelled(annotation.made_at), spelled(annotation.good_until)),
    )
    good = (
        pages is not None
        and not pages.codes
        and pages.says(identifier.serial, besides=identifier.value)
        and all(pages.says(text) for text in printed)
        and all(any(pages.says(s) for s in spellings(v)) for v in enclosure.fields.values())
    )
    if good:
        findings.passed("printed_text")
    else:
        findings.failed("printed_text", Verdict.TAMPERED, "PRINTED_TEXT_DIFFERS")


def _judge_time(annotation: Annotation, now: datetime, findings: Findings) -> None:
    until = annotation.good_until.isoformat()
    if now > annotation.good_until:
        findings.failed("copy_time", Verdict.EXPIRED, "COPY_EXPIRED", until)
    elif now < annotation.made_at - timedelta(seconds=LEEWAY):
        findings.failed("copy_time", Verdict.NOT_YET_VALID, "COPY_NOT_YET_VALID", until)
    else:
        findings.passed("copy_time", until)


def _judge_original(
    credential: Credential, statuses: StatusSource, now: datetime, findings: Findings
) -> None:
    ends = credential.claims.get("exp")
    if type(ends) is int and unix(now) > ends + LEEWAY:
        moment = datetime.fromtimestamp(ends, UTC).isoformat()
        findings.failed("time", Verdict.EXPIRED, "ORIGINAL_EXPIRED", moment)
    else:
        findings.passed("time")
    try:
        entry = status_entry(credential)
    except CertstoreError as error:
        findings.failed("status", Verdict.TAMPERED, "STATUS_PLACE_DIFFERS", error.detail)
        return
    found = statuses.status_of(credential.key.authority_uscc, entry, now=now)
    detail = "" if found.as_of is None else found.as_of.isoformat()
    if found.verdict is Verdict.VALID:
        findings.passed("status", detail)
    else:
        first = next(iter(found.reasons), f"STATUS_{found.verdict.name}")
        findings.failed("status", found.verdict, first, detail)
    for reason in found.reasons:
        findings.remark(reason)
