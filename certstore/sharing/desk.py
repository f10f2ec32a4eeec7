"""Releases to services what their purpose covers. No usage record, no release.

The record of an access is written in the same transaction that reads what is released; if it
cannot be written, nothing leaves the house. A refusal that concerns somebody is on record too:
whoever was aimed at sees who asked, for what, and that nothing was given.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from certstore.callers import Service
from certstore.certificates import Certificate, Holder
from certstore.clock import Clock
from certstore.errors import CertstoreError, MalformedError
from certstore.keys import Signer
from certstore.ledger import Access, Recorded, receipt, record_access
from certstore.sharing.grants import (
    Operator,
    PullRequest,
    SearchRequest,
    judge_pull,
    judge_search,
    refused_fields,
)
from certstore.sharing.release import reference_to, released
from certstore.tables.books import Archive, Books
from certstore.tables.people import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class SharingDesk:
    """Releases granted fields, and records every release and every refusal."""

    archive: Archive
    clock: Clock
    receipt_signer: Signer
    issuer: str
    origin: str

    def search(self, service: Service, request: SearchRequest) -> dict[str, Any]:
        """References and status of what a person holds; no content. Recorded as a look."""
        now = self.clock.now()
        refusal = judge_search(service, request)
        with self.archive.writing() as books:
            found = books.register.held_by(request.subject_type, request.subject_number)
            person = _searched(books, request, found)
            listed = [c for c in found if c.type_code in request.cert_types]
            if refusal is not None and person is None:
                raise refusal  # it concerns nobody known here
            record = _searching(service, request, 0 if refusal else len(listed), refusal)
            access = _access("look", now, service, person, record)
            recorded = record_access(books, self.origin, access)
        if refusal is not None:
            raise refusal
        return {
            "evidence": [reference_to(c, now) for c in listed],
            **self._trace(recorded, now),
        }

    def pull(self, service: Service, request: PullRequest) -> dict[str, Any]:
        """Release the granted fields of one certificate; a field outside the grant is refused."""
        now = self.clock.now()
        if not request.fields or len(set(request.fields)) != len(request.fields):
            raise MalformedError("name each field that is wanted, once", where="fields")
        with self.archive.writing() as books:
            certificate = books.register.get(request.ref)
            refusal = judge_pull(service, request, certificate)
            record = _pulling(service, request, certificate, refusal)
            given = certificate.ref if record["fields"] else None
            accesses = [
                _access("pull", now, service, books.people.known(holder), record, given)
                for holder in _aimed_at(request, certificate)
            ]
            recorded = [record_access(books, self.origin, access) for access in accesses]
        if refusal is not None:  # the attempt is on record, and nothing is released
            raise refusal
        return released(certificate, request.fields, now) | self._trace(recorded[0], now)

    def _trace(self, recorded: Recorded, now: datetime) -> dict[str, Any]:
        return {
            "receipt": receipt(recorded, self.receipt_signer, self.issuer, now),
            "ledger": {"leaf_index": recorded.leaf_index, "leaf_hash": recorded.leaf_hash},
        }


def _searched(books: Books, request: SearchRequest, found: Sequence[Certificate]) -> Person | None:
    """The person searched for, made known so that they see the look; None if nothing names them."""
    if not found:
        return books.people.find(request.subject_type, request.subject_number)
    meant = (request.subject_type, request.subject_number.upper())
    return books.people.known(
        next(h for h in found[0].holders if (h.id_type, h.id_number) == meant)
    )


def _aimed_at(request: PullRequest, certificate: Certificate) -> Sequence[Holder]:
    """Who must see the pull: the holder it names, and everybody's where it names none of them."""
    named = [holder for holder in certificate.holders if request.names(holder)]
    return named[:1] or certificate.holders


def _searching(
    service: Service, request: SearchRequest, found: int, refusal: CertstoreError | None
) -> dict[str, Any]:
    return {
        **_who(service, request.case_no, request.operator, refusal),
        "cert_types": list(request.cert_types),
        "fields": [],
        "found": found,
    }


def _pulling(
    service: Service,
    request: PullRequest,
    certificate: Certificate,
    refusal: CertstoreError | None,
) -> dict[str, Any]:
    given = [] if refusal else [p for p in request.fields if p in certificate.fields]
    return {
        **_who(service, request.case_no, request.operator, refusal),
        "certificate": certificate.type_code,
        "certificate_ref": certificate.ref,
        "asked": list(request.fields),
        "fields": given,
        "refused_fields": refused_fields(service, request, certificate),
        "other_fields": sorted(set(certificate.fields) - set(given)),
    }


def _who(
    service: Service, case_no: str, operator: Operator, refusal: CertstoreError | None
) -> dict[str, Any]:
    said = {
        "agency": service.agency,
        "agency_uscc": service.agency_uscc,
        "client": service.client_id,
        "purpose": service.purpose_id,
        "agency_en": service.agency_en,
        "matter": service.matter_code,
        "matter_zh": service.title_zh,
        "matter_en": service.title_en,
        "case_no": case_no,
        "operator": operator.number,
        "ground": service.legal_basis.get("kind", ""),
        "legal_basis": dict(service.legal_basis),
    }
    if operator.terminal is not None:
        said["terminal"] = operator.terminal
    return said if refusal is None else {**said, "refused": refusal.code}


def _access(
    kind: str,
    now: datetime,
    service: Service,
    person: Person | None,
    record: dict[str, Any],
    given_of: str | None = None,
) -> Access:
    return Access(
        kind=kind,
        at=now,
        client=service.client_id,
        agency=service.agency_uscc,
        purpose=service.purpose_id,
        person=person,
        record=record,
        given_of=given_of,
    )
