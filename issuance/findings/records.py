"""What the ledger says of findings: a letter revoked, a certificate revoked or upheld."""

from datetime import datetime
from typing import Any, Protocol

from certstore.callers import Officer
from certstore.certificates import Certificate
from certstore.ledger import Access
from certstore.tables.books import Books
from issuance.application import Application
from issuance.findings.tables import Finding, Reopened
from issuance.looks import Lookers

_PURPOSE = "letter_finding"
_MATTER = {"matter_zh": "复查承诺书", "matter_en": "Review of a commitment letter"}


class _Desk(Protocol):
    @property
    def lookers(self) -> Lookers: ...


def letter_access(
    books: Books, letter: Certificate, officer: Officer, finding: Finding, desk: _Desk
) -> Access:
    """That a letter was found false, by whom and why."""
    record = {
        **_record(letter, officer, desk),
        "status": "revoked",
        "finding": finding.ref,
        "reason": finding.reason,
    }
    return _access(books, letter, record, finding.found_at, desk)


def decision_access(
    books: Books,
    application: Application,
    certificate: Certificate,
    officer: Officer,
    decided: Reopened,
    desk: _Desk,
) -> Access:
    """That a certificate was revoked or upheld after a finding, by whom and why."""
    record = {
        **_record(certificate, officer, desk),
        "case_no": application.number,
        "status": decided.outcome,
        "finding": decided.finding_ref,
        "reason": decided.sentence,
    }
    at = decided.decided_at
    if at is None:
        raise ValueError("what was decided has its moment")
    return _access(books, certificate, record, at, desk)


def _record(certificate: Certificate, officer: Officer, desk: _Desk) -> dict[str, Any]:
    return {
        "agency": desk.lookers.agency_uscc,
        "client": "desk",
        "purpose": _PURPOSE,
        "matter": _PURPOSE,
        **_MATTER,
        "operator": officer.number,
        "station": officer.station,
        "ground": "statutory_duty",
        "certificate": certificate.type_code,
        "certificate_ref": certificate.ref,
        "fields": ["status"],
        "refused_fields": [],
        "other_fields": [],
    }


def _access(
    books: Books, certificate: Certificate, record: dict[str, Any], at: datetime, desk: _Desk
) -> Access:
    return Access(
        kind="status",
        at=at,
        client="desk",
        agency=desk.lookers.agency_uscc,
        purpose=_PURPOSE,
        person=books.people.known(certificate.holders[0]),
        record=record,
    )
