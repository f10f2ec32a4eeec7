"""Which service gets which fields for which purpose. No usage record, no release.

The record of an access is written in the same transaction that reads what is released;
if it cannot be written, nothing leaves the house.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from certstore.callers import Service
from certstore.catalogue import certificate_type
from certstore.certificates import Certificate, Status
from certstore.clock import Clock, local_date
from certstore.errors import (
    CertificateRevokedError,
    FieldNotGrantedError,
    MalformedError,
    NotFoundError,
    PurposeError,
    SubjectMismatchError,
)
from certstore.keys import Signer
from certstore.ledger import Access, Recorded, receipt, record_access
from certstore.tables.books import Archive, Books
from certstore.tables.people import Person

_MAX_AGE_S = 86_400
_KEEP_DAYS = 180
_GONE = {Status.REVOKED, Status.CANCELLED, Status.SUPERSEDED}
_OFFICIAL_SOURCES = {"household_register", "record", "register"}


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


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRequest:
    """A search for references: whose certificates, of which types, for which case."""

    purpose_id: str
    case_no: str
    subject_type: str
    subject_number: str
    cert_types: Sequence[str]
    operator: str


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
        if request.purpose_id != service.purpose_id:
            raise PurposeError("the token is for another purpose", where="purpose_id")
        outside = [kind for kind in request.cert_types if kind not in service.fields]
        if outside:
            raise FieldNotGrantedError(
                "the token does not cover these types: " + ", ".join(outside),
                where="cert_types",
                paths=outside,
            )
        with self.archive.writing() as books:
            found = books.register.held_by(request.subject_type, request.subject_number)
            person = _searched(books, request, found)
            listed = [c for c in found if c.type_code in request.cert_types]
            record = {
                **_who(service, request.case_no, request.operator),
                "cert_types": list(request.cert_types),
                "fields": [],
                "found": len(listed),
            }
            recorded = record_access(
                books, self.origin, _access("look", now, service, person, record)
            )
        return {
            "evidence": [_reference(c, now) for c in listed],
            **self._trace(recorded, now),
        }

    def pull(self, service: Service, request: PullRequest) -> dict[str, Any]:
        """Release the granted fields of one certificate; a field outside the grant is refused."""
        now = self.clock.now()
        _check_purpose(service, request)
        with self.archive.writing() as books:
            certificate = books.register.get(request.ref)
            granted = _granted(service, certificate)
            person = _subject(books, certificate, request)
            refused = [path for path in request.fields if path not in granted]
            recorded = record_access(
                books,
                self.origin,
                _access(
                    "pull", now, service, person, _record(service, certificate, request, refused)
                ),
            )
        if refused:  # the attempt is on record, and nothing is released
            raise FieldNotGrantedError(
                "not granted for this purpose: " + ", ".join(refused),
                where="fields",
                remedy="ask for granted fields only, or apply for a wider purpose",
                paths=refused,
            )
        _check_alive(certificate)  # what became of it was told, so that stands on record too
        return _answer(certificate, request.fields, now) | self._trace(recorded, now)

    def _trace(self, recorded: Recorded, now: datetime) -> dict[str, Any]:
        return {
            "receipt": receipt(recorded, self.receipt_signer, self.issuer, now),
            "ledger": {"leaf_index": recorded.leaf_index, "leaf_hash": recorded.leaf_hash},
        }


def _check_purpose(service: Service, request: PullRequest) -> None:
    if request.purpose_id != service.purpose_id:
        raise PurposeError("the token is for another purpose", where="purpose_id")
    if request.matter_code != service.matter_code:
        raise PurposeError("the token is for another matter", where="matter_code")
    if not request.fields or len(set(request.fields)) != len(request.fields):
        raise MalformedError("name each field that is wanted, once", where="fields")


def _subject(books: Books, certificate: Certificate, request: PullRequest) -> Person:
    """The person meant; the certificate must be theirs."""
    number = request.subject_number.upper()
    holder = next(
        (
            h
            for h in certificate.holders
            if h.id_type == request.subject_type and h.id_number == number
        ),
        None,
    )
    if holder is None:
        raise SubjectMismatchError(
            "the certificate does not name this person",
            where="subject",
            remedy="search again with the person's own number",
        )
    return books.people.known(holder)


def _searched(books: Books, request: SearchRequest, found: Sequence[Certificate]) -> Person | None:
    """The person searched for, made known so that they see the look; None if nothing names them."""
    if not found:
        return books.people.find(request.subject_type, request.subject_number)
    number = request.subject_number.upper()
    return books.people.known(next(h for h in found[0].holders if h.id_number == number))


def _granted(service: Service, certificate: Certificate) -> Sequence[str]:
    """The paths granted for this type; a certificate of another type is as absent as none."""
    granted = service.fields.get(certificate.type_code)
    if granted is None:
        raise NotFoundError("there is no such certificate", where=certificate.ref)
    return granted


def _check_alive(certificate: Certificate) -> None:
    if certificate.status in _GONE:
        raise CertificateRevokedError(
            f"the certificate is {certificate.status}",
            where=certificate.ref,
            remedy="search again for the one in force",
            status=certificate.status.value,
        )


def _answer(certificate: Certificate, fields: Sequence[str], now: datetime) -> dict[str, Any]:
    kind = certificate_type(certificate.type_code)
    given, origins = {}, {}
    for path in fields:
        field = kind.field(path)
        if field is not None and path in certificate.fields:
            given[path] = certificate.fields[path]
            origins[path] = {
                "source": field.source,
                "government_verified": field.source in _OFFICIAL_SOURCES,
            }
    withheld = [{"path": p, "reason": "no_value"} for p in fields if p not in given]
    return {
        "ref": certificate.ref,
        "type": certificate.type_code,
        "status": certificate.status_on(local_date(now)).value,
        "status_checked_at": now.isoformat(),
        "under_dispute": certificate.under_dispute,
        "fields": given,
        "origins": origins,
        "withheld": withheld,
        "freshness": {
            "as_of": now.isoformat(),
            "max_age_s": _MAX_AGE_S,
            "must_recheck": True,
            "delete_by": local_date(now + timedelta(days=_KEEP_DAYS)).isoformat(),
        },
    }


def _reference(certificate: Certificate, now: datetime) -> dict[str, Any]:
    return {
        "ref": certificate.ref,
        "type": certificate.type_code,
        "status": certificate.status_on(local_date(now)).value,
        "under_dispute": certificate.under_dispute,
        "issued_on": certificate.issued_on.isoformat(),
    }


def _record(
    service: Service, certificate: Certificate, request: PullRequest, refused: Sequence[str]
) -> dict[str, Any]:
    nothing = refused or certificate.status in _GONE
    given = [] if nothing else [p for p in request.fields if p in certificate.fields]
    return {
        **_who(service, request.case_no, request.operator),
        "certificate": certificate.type_code,
        "certificate_ref": certificate.ref,
        "fields": given,
        "refused_fields": list(refused),
        "other_fields": sorted(set(certificate.fields) - set(given)),
    }


def _who(service: Service, case_no: str, operator: str) -> dict[str, Any]:
    return {
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
