"""Which service gets which fields for which purpose. No usage record, no release.

The record of an access is written in the same transaction that reads what is released; if it
cannot be written, nothing leaves the house. A refusal that concerns somebody is on record too:
whoever was aimed at sees who asked, for what, and that nothing was given.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from certstore.callers import Service
from certstore.certificates import Certificate, Holder, Status
from certstore.clock import Clock
from certstore.errors import (
    CertificateRevokedError,
    CertstoreError,
    FieldNotGrantedError,
    MalformedError,
    NotFoundError,
    PurposeError,
    SubjectMismatchError,
)
from certstore.keys import Signer
from certstore.ledger import Access, Recorded, receipt, record_access
from certstore.release import reference_to, released
from certstore.tables.books import Archive, Books
from certstore.tables.people import Person

_GONE = {Status.REVOKED, Status.CANCELLED, Status.SUPERSEDED}


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequest:
    """One pull: whose certificate, which fields (exact paths), for which case, by which clerk."""

    ref: str
    purpose_id: str
    matter_code: str
    case_no: str
    fields: Sequence[str]
    subject_type: str
    subject_number: str
    operator: str

    def names(self, holder: Holder) -> bool:
        """Whether this is the person the request is about."""
        meant = (self.subject_type, self.subject_number.upper())
        return meant == (holder.id_type, holder.id_number)


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRequest:
    """A search for references: whose certificates, of which types, for which case."""

    purpose_id: str
    case_no: str
    subject_type: str
    subject_number: str
    cert_types: Sequence[str]
    operator: str


def judge_search(service: Service, request: SearchRequest) -> CertstoreError | None:
    """Why a search is refused; None if it may be answered."""
    if request.purpose_id != service.purpose_id:
        return PurposeError("the token is for another purpose", where="purpose_id")
    if "search" not in service.actions:
        return _not_for("search")
    outside = [kind for kind in request.cert_types if kind not in service.fields]
    if not outside:
        return None
    return FieldNotGrantedError(
        "the token does not cover these types: " + ", ".join(outside),
        where="cert_types",
        paths=outside,
    )


def judge_pull(
    service: Service, request: PullRequest, certificate: Certificate
) -> CertstoreError | None:
    """Why a pull is refused; None if every field that it names may be released.

    A certificate of a type outside the grant is as absent as none.
    """
    if request.purpose_id != service.purpose_id:
        return PurposeError("the token is for another purpose", where="purpose_id")
    if request.matter_code != service.matter_code:
        return PurposeError("the token is for another matter", where="matter_code")
    if "pull" not in service.actions:
        return _not_for("pull")
    if certificate.type_code not in service.fields:
        return NotFoundError("there is no such certificate", where=certificate.ref)
    return _judge_certificate(service, request, certificate)


def _not_for(action: str) -> PurposeError:
    return PurposeError(
        f"the token was not asked for with the action {action}",
        where="actions",
        remedy="get a token that names it in authorization_details",
        cause="action_not_granted",
    )


def _judge_certificate(
    service: Service, request: PullRequest, certificate: Certificate
) -> CertstoreError | None:
    if not any(request.names(holder) for holder in certificate.holders):
        return SubjectMismatchError(
            "the certificate does not name this person",
            where="subject",
            remedy="search again with the person's own number",
        )
    refused = _not_granted(service, request, certificate)
    if refused:
        return FieldNotGrantedError(
            "not granted for this purpose: " + ", ".join(refused),
            where="fields",
            remedy="ask for granted fields only, or apply for a wider purpose",
            paths=refused,
        )
    if certificate.status in _GONE:
        return CertificateRevokedError(
            f"the certificate is {certificate.status}",
            where=certificate.ref,
            remedy="search again for the one in force",
            status=certificate.status.value,
        )
    return None


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
            accesses = [
                _access("pull", now, service, books.people.known(holder), record)
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


def _not_granted(service: Service, request: PullRequest, certificate: Certificate) -> list[str]:
    granted = service.fields.get(certificate.type_code, ())
    return [path for path in request.fields if path not in granted]


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
        "refused_fields": _not_granted(service, request, certificate),
        "other_fields": sorted(set(certificate.fields) - set(given)),
    }


def _who(
    service: Service, case_no: str, operator: str, refusal: CertstoreError | None
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
        "operator": operator,
        "ground": service.legal_basis.get("kind", ""),
        "legal_basis": dict(service.legal_basis),
    }
    return said if refusal is None else {**said, "refused": refusal.code}


def _access(
    kind: str, now: datetime, service: Service, person: Person | None, record: dict[str, Any]
) -> Access:
    return Access(
        kind=kind,
        at=now,
        client=service.client_id,
        agency=service.agency_uscc,
        purpose=service.purpose_id,
        person=person,
        record=record,
    )
