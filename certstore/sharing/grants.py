"""What a service asks for, and whether its grant covers that: values only, no IO.

A refusal is returned and not raised: it goes on record before the service is told.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from certstore.annotations import USUAL_DAYS
from certstore.callers import Service
from certstore.catalogue import certificate_type
from certstore.certificates import Certificate, Holder, Status
from certstore.errors import (
    CertificateRevokedError,
    CertstoreError,
    FieldNotGrantedError,
    MalformedError,
    NotFoundError,
    PurposeError,
    SubjectMismatchError,
)
from certstore.sharing.forms import PHOTO, judge_form
from certstore.sharing.on_behalf import OnBehalf, judge_on_behalf

GONE = {Status.REVOKED, Status.CANCELLED, Status.SUPERSEDED}


@dataclass(frozen=True, slots=True)
class Operator:
    """The clerk who asks, by the agency's own number; the terminal where it was told."""

    number: str
    terminal: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalBasis:
    """The ground of one pull; with consent, the reference of what the holder gave."""

    kind: str
    ref: str | None = None
    consent: str | None = None
    entrustment: str | None = None
    use_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts in the case (self, guardian, agent, official), with what proves it."""

    kind: str
    id_type: str = "111"
    id_number: str | None = None
    evidence: str | None = None


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
    operator: Operator
    decision_id: str | None = None
    format: str = "json"
    names_as: str = "field"
    good_for_days: int = USUAL_DAYS  # of an annotated copy
    legal_basis: LegalBasis | None = None
    actor: Actor | None = None
    on_behalf_of: OnBehalf | None = None

    def __post_init__(self) -> None:
        """MalformedError where a field is named twice, or none is."""
        if not self.fields or len(set(self.fields)) != len(self.fields):
            raise MalformedError("name each field that is wanted, once", where="fields")

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
    operator: Operator
    on_behalf_of: OnBehalf | None = None


def judge_search(service: Service, request: SearchRequest) -> CertstoreError | None:
    """Why a search is refused; None if it may be answered."""
    if request.purpose_id != service.purpose_id:
        return PurposeError("the token is for another purpose", where="purpose_id")
    if "search" not in service.actions:
        return _not_for("search")
    stranger = judge_on_behalf(service, request.on_behalf_of)
    if stranger is not None:
        return stranger
    outside = [kind for kind in request.cert_types if kind not in service.fields]
    if not outside:
        return None
    return FieldNotGrantedError(
        "the token does not cover these types: " + ", ".join(outside),
        where="cert_types",
        paths=outside,
    )


def judge_asking(
    service: Service, request: PullRequest, action: str = "pull"
) -> CertstoreError | None:
    """Why a call is refused whatever it aims at; None if the token is for it."""
    if request.purpose_id != service.purpose_id:
        return PurposeError("the token is for another purpose", where="purpose_id")
    if request.matter_code != service.matter_code:
        return PurposeError("the token is for another matter", where="matter_code")
    if action not in service.actions:
        return _not_for(action)
    return judge_on_behalf(service, request.on_behalf_of)


def judge_pull(
    service: Service, request: PullRequest, certificate: Certificate
) -> CertstoreError | None:
    """Why a pull is refused; None if every field that it names may be released."""
    refused = judge_call(service, request, certificate, "pull")
    return refused or _judge_certificate(service, request, certificate)


def judge_call(
    service: Service, request: PullRequest, certificate: Certificate, action: str
) -> CertstoreError | None:
    """Why a call about one certificate is refused, whatever it is about; None if it is not.

    A certificate of a type outside the grant is as absent as none.
    """
    refusal = judge_asking(service, request, action)
    if refusal is not None:
        return refusal
    if certificate.type_code not in service.fields:
        return NotFoundError("there is no such certificate", where=certificate.ref)
    if not any(request.names(holder) for holder in certificate.holders):
        return SubjectMismatchError(
            "the certificate does not name this person",
            where="subject",
            remedy="search again with the person's own number",
        )
    return None


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
    refused = refused_fields(service, request, certificate)
    if refused:
        return FieldNotGrantedError(
            "not granted for this purpose: " + ", ".join(refused),
            where="fields",
            remedy="ask for granted fields only, or apply for a wider purpose",
            paths=refused,
        )
    if certificate.status in GONE:
        return CertificateRevokedError(
            f"the certificate is {certificate.status}",
            where=certificate.ref,
            remedy="search again for the one in force",
            status=certificate.status.value,
        )
    granted = service.fields.get(certificate.type_code, ())
    return judge_form(request.format, request.fields, certificate, granted)


def refused_fields(service: Service, request: PullRequest, certificate: Certificate) -> list[str]:
    """The fields asked for that the token does not cover; a question it covers is no field."""
    granted = service.fields.get(certificate.type_code, ())
    kind = certificate_type(certificate.type_code)

    def is_field(path: str) -> bool:
        return path in certificate.fields or path == PHOTO or kind.field(path) is not None

    return [path for path in request.fields if path not in granted or not is_field(path)]
