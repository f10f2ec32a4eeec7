"""Whether an authority may issue, and what may become of a certificate: values only, no IO."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Final

from certstore.callers import Service
from certstore.catalogue import CertificateType
from certstore.certificates import Certificate, Status, Validity
from certstore.errors import (
    CertificateRevokedError,
    CertstoreError,
    ConflictError,
    FieldNotGrantedError,
    ForbiddenError,
    MalformedError,
    NotFoundError,
    PurposeError,
)
from certstore.holds.kinds import HoldKind
from certstore.identifiers import ResidentId, Sex
from certstore.tables.issuers import IssuingAuthority
from issuance.for_others.orders import Action, Change, Order

LONGEST: Final = timedelta(days=366 * 20)
_SEX: Final = {Sex.MALE: "男", Sex.FEMALE: "女"}

MAY_BECOME: Final[Mapping[Status, frozenset[Action]]] = {
    Status.VALID: frozenset({Action.SUSPEND, Action.REVOKE, Action.SUPERSEDE}),
    Status.SUSPENDED: frozenset(Action),  # for another reason, too: each hold is by itself
    Status.LOST: frozenset(Action),
    Status.EXPIRED: frozenset({Action.REVOKE, Action.SUPERSEDE}),
    Status.SUPERSEDED: frozenset(),
    Status.CANCELLED: frozenset(),
    Status.REVOKED: frozenset(),
}
"""What an issuer may do to a certificate in each status; what has ended stays so."""


def judge_service(service: Service, purpose_id: str, type_code: str) -> CertstoreError | None:
    """Why a token does not issue certificates of this type; None if it does."""
    if purpose_id != service.purpose_id:
        return PurposeError("the token is for another purpose", where="purpose_id")
    if "issue" not in service.actions:
        return PurposeError(
            "the token was not asked for with the action issue",
            where="actions",
            remedy="get a token that names it in authorization_details",
            cause="action_not_granted",
        )
    if type_code not in service.fields:
        return FieldNotGrantedError(
            "the token does not cover this type", where="type", paths=[type_code]
        )
    return None


def judge_issuer(
    issuer: IssuingAuthority | None, type_code: str, today: date
) -> CertstoreError | None:
    """Why an authority may not issue this type today; None if it may."""
    if issuer is None or not issuer.enrolled_on(today):
        return ForbiddenError(
            "this authority is not enrolled to issue here, or no longer",
            where="agency",
            remedy="ask the operator of this service to enrol it",
            cause="issuer_not_enrolled",
        )
    if type_code not in issuer.types:
        return ForbiddenError(
            "this authority is not enrolled to issue this type",
            where="type",
            remedy="ask the operator of this service to enrol it for the type",
            cause="type_not_enrolled",
        )
    return None


def judge_own(service: Service, purpose_id: str, certificate: Certificate) -> CertstoreError | None:
    """Why a service may not deal with this certificate; another issuer's is as absent as none."""
    own = certificate.sealed and certificate.issuer_uscc == service.agency_uscc
    if not own or certificate.type_code not in service.fields:
        return NotFoundError("there is no such certificate", where=certificate.ref)
    return judge_service(service, purpose_id, certificate.type_code)


def judge_action(certificate: Certificate, action: Action, today: date) -> CertstoreError | None:
    """Why this may not become of the certificate in the status it has today; None if it may."""
    status = certificate.status_on(today)
    if action in MAY_BECOME[status]:
        return None
    kind = ConflictError if MAY_BECOME[status] else CertificateRevokedError
    return kind(
        f"the certificate is {status}: {action} is not possible",
        where=certificate.ref,
        status=status.value,
    )


def judge_change(
    service: Service,
    issuer: IssuingAuthority | None,
    change: Change,
    certificate: Certificate,
    held: Collection[HoldKind],
    today: date,
) -> CertstoreError | None:
    """Why a change is refused; None if it may be made. `held` are the open holds' kinds."""
    return (
        judge_own(service, change.purpose_id, certificate)
        or judge_issuer(issuer, certificate.type_code, today)
        or judge_action(certificate, change.action, today)
        or judge_hold(certificate, change, held)
    )


def judge_hold(
    certificate: Certificate, change: Change, held: Collection[HoldKind]
) -> CertstoreError | None:
    """Why this hold is not placed, or not lifted; None if it is, or no hold is meant.

    What was reported lost is restored when it is found, what an issuer suspended by its own word;
    an overdue endorsement is lifted by endorsing.
    """
    kind = change.hold(held)
    if kind is None or (kind in held) is (change.action is Action.RESTORE):
        return None
    said = "not suspended" if change.action is Action.RESTORE else "suspended already"
    return ConflictError(
        f"the certificate is {said} for that reason",
        where="reason",
        remedy="name the reason it was suspended for",
        status=certificate.status.value,
        cause="other_reason",
    )


def validity_of(order: Order, kind: CertificateType, today: date) -> Validity:
    """From when to when the certificate holds; MalformedError if that is no sound period."""
    if order.validity is None:
        return kind.validity_from(today)
    days = order.validity
    if days.valid_to is None:
        if kind.valid_for:
            raise MalformedError("certificates of this type have an end", where="validity.valid_to")
        return days
    if days.valid_to < days.valid_from or days.valid_to < today:
        raise MalformedError("the last day has passed", where="validity.valid_to")
    if days.valid_from > today and not kind.begins_later:
        raise MalformedError("it would not be valid yet", where="validity.valid_from")
    longest = kind.validity_from(days.valid_from).valid_to or days.valid_from + LONGEST
    if days.valid_to > longest:
        raise MalformedError(
            f"certificates of this type end on {longest} at the latest", where="validity.valid_to"
        )
    return days


def draft_fields(
    order: Order, kind: CertificateType, validity: Validity, today: date
) -> dict[str, str]:
    """What the certificate says: what was sent, and what follows from holder and validity.

    What follows may be sent too, and must then agree. MalformedError names the field. Where it
    names several people, no single one's name and number stand in its fields.
    """
    number = ResidentId.parse(order.holder.id_number, today=today)
    follows = {
        "name": order.holder.name,
        "id_number": number.value,
        "sex": _SEX[number.sex],
        "birth_date": number.birth_date.isoformat(),
        "valid_from": validity.valid_from.isoformat(),
    }
    if validity.valid_to is not None:
        follows["valid_until"] = validity.valid_to.isoformat()
    said_of_all = {"valid_from", "valid_until"} if order.others else set(follows)
    own = {n: v for n, v in follows.items() if kind.field(n) is not None and n in said_of_all}
    for name, value in own.items():
        if order.fields.get(name, value) != value:
            raise MalformedError("the field differs from the holder or validity", where=name)
    said = {**order.fields, **own}
    begins, ends = said.get("searched_from", ""), said.get("searched_to", "")
    if ends > today.isoformat() or begins > ends:
        raise MalformedError(
            "a search ends after it begins, and not later than today", where="searched_to"
        )
    return said
