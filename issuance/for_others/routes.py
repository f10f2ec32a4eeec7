"""HTTP of issuing authorities: issue, one or many; suspend, restore, revoke, supersede; look."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response

from certstore.authorization.routes import Pulling
from certstore.callers import Service
from certstore.idempotency.routes import Once
from certstore.problem_answers import problems
from certstore.reception import desk
from issuance.for_others.answers import (
    BatchOut,
    CertificateOut,
    ProgressOut,
    batch_out,
    certificate_out,
    progress_out,
)
from issuance.for_others.bodies import (
    BatchIn,
    IssueIn,
    RestoreIn,
    RevokeIn,
    SupersedeIn,
    SuspendIn,
    operator_of,
)
from issuance.for_others.changes import StatusChangeDesk
from issuance.for_others.desk import ForOthersDesk
from issuance.for_others.orders import Change

router = APIRouter(prefix="/v1", tags=["issuing"])
Ref = Annotated[str, Path(pattern="^[0-9a-z]{20}$", examples=["k7m2x9qd4wzr5t8vbn3c"])]
Issuing = Annotated[ForOthersDesk, desk(ForOthersDesk)]
Changing = Annotated[StatusChangeDesk, desk(StatusChangeDesk)]
_GRANT = ("forbidden", "insufficient-purpose", "field-not-granted", "quota-exceeded")
_KEYED = ("conflict", "idempotency-conflict", "invalid-request", "idempotency-mismatch")
_ISSUE = problems(*_GRANT, *_KEYED, "ledger-unavailable", "unavailable")
_CHANGE = problems(
    *_GRANT, "not-found", *_KEYED, "certificate-revoked", "ledger-unavailable", "unavailable"
)


@router.post(
    "/certificates",
    status_code=201,
    response_model=CertificateOut,
    summary="Issue a certificate",
    responses={**_ISSUE, 200: {"model": CertificateOut, "description": "Issued before"}},
)
def issue(body: IssueIn, caller: Pulling, issuing: Issuing, once: Once) -> Response:
    """Seals one certificate for an enrolled authority and puts it among its holder's.

    The authority's `record_no` counts once for each type: sent again with the same content it
    gives the same certificate (200), with other content 409.
    """

    def act() -> tuple[int, CertificateOut]:
        made, new = issuing.issue(caller, body.purpose_id, body.order(), operator_of(body.operator))
        return 201 if new else 200, certificate_out(made, issuing.clock.now())

    return once.answer(caller, body, act, repeatable=True)  # a record number counts once


@router.post(
    "/certificates:batch",
    status_code=202,
    response_model=BatchOut,
    summary="Issue up to 1,000 certificates",
    responses=problems(*_GRANT, *_KEYED, "unavailable"),
)
def issue_many(body: BatchIn, caller: Pulling, issuing: Issuing, once: Once) -> Response:
    """Takes a batch; each item is done and answered by itself, and none is issued twice.

    Ask for its progress at `href`. An item that is refused holds up no other.
    """

    def act() -> tuple[int, BatchOut]:
        orders = [item.order() for item in body.items]
        operator = operator_of(body.operator)
        return 202, batch_out(issuing.take_batch(caller, body.purpose_id, orders, operator))

    return once.answer(caller, body, act)


@router.get(
    "/certificate-batches/{ref}",
    summary="How far a batch came",
    responses=problems("not-found"),
)
def batch(
    ref: Ref,
    caller: Pulling,
    issuing: Issuing,
    start: Annotated[int, Query(ge=0, le=1000)] = 0,
    count: Annotated[int, Query(ge=1, le=200)] = 100,
) -> ProgressOut:
    """How many items wait, were issued and were refused; and `count` items from `start` on."""
    return progress_out(issuing.progress(caller, ref, start, count))


@router.get(
    "/certificates/{ref}",
    summary="A certificate of one's own issuing",
    responses=problems(*_GRANT, "not-found", "ledger-unavailable"),
)
def one(ref: Ref, caller: Pulling, changing: Changing) -> CertificateOut:
    """Its number, status and document; the holder sees that it was looked at."""
    return certificate_out(changing.look(caller, ref), changing.clock.now())


@router.get(
    "/certificates/{ref}/document",
    summary="The signed document of one's own issuing",
    response_class=Response,
    responses={
        **problems(*_GRANT, "not-found", "ledger-unavailable", "unavailable"),
        200: {
            "description": "PDF/A-3u with a PAdES signature",
            "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
        },
    },
)
def document(ref: Ref, caller: Pulling, changing: Changing) -> Response:
    """PDF; the holder sees that it was fetched."""
    data = changing.document(caller, ref)
    headers = {"Cache-Control": "no-store"}
    return Response(data, media_type="application/pdf", headers=headers)


@router.post(
    "/certificates/{ref}:suspend",
    response_model=CertificateOut,
    summary="Suspend a certificate",
    responses=_CHANGE,
)
def suspend(ref: Ref, body: SuspendIn, caller: Pulling, changing: Changing, once: Once) -> Response:
    """From valid to suspended, or to suspended for loss; the holder is told why."""
    return _changed(once, caller, changing, body, body.change(ref))


@router.post(
    "/certificates/{ref}:restore",
    response_model=CertificateOut,
    summary="Restore a suspended certificate",
    responses=_CHANGE,
)
def restore(ref: Ref, body: RestoreIn, caller: Pulling, changing: Changing, once: Once) -> Response:
    """From suspended back to valid; the holder is told why."""
    return _changed(once, caller, changing, body, body.change(ref))


@router.post(
    "/certificates/{ref}:revoke",
    response_model=CertificateOut,
    summary="Revoke a certificate",
    responses=_CHANGE,
)
def revoke(ref: Ref, body: RevokeIn, caller: Pulling, changing: Changing, once: Once) -> Response:
    """For good; the holder is told why."""
    return _changed(once, caller, changing, body, body.change(ref))


@router.post(
    "/certificates/{ref}:supersede",
    status_code=201,
    response_model=CertificateOut,
    summary="Put another certificate in one's place",
    responses={**_CHANGE, 200: {"model": CertificateOut, "description": "Issued before"}},
)
def supersede(
    ref: Ref, body: SupersedeIn, caller: Pulling, issuing: Issuing, once: Once
) -> Response:
    """Issues the next version for the same holder; the former one is superseded with it."""

    def act() -> tuple[int, CertificateOut]:
        made, new = issuing.supersede(caller, body.change(ref), body.replacement())
        return 201 if new else 200, certificate_out(made, issuing.clock.now())

    return once.answer(caller, body, act, repeatable=True)  # a record number counts once


def _changed(
    once: Once,
    caller: Service,
    changing: StatusChangeDesk,
    body: SuspendIn | RestoreIn | RevokeIn,
    change: Change,
) -> Response:
    def act() -> tuple[int, CertificateOut]:
        return 200, certificate_out(changing.change(caller, change), changing.clock.now())

    return once.answer(caller, body, act)
