"""HTTP of holds, for holders' own apps: report lost, lift, what holds a certificate."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path

from certstore.callers import Resident
from certstore.holds.kinds import Hold
from certstore.reception import desk, signed_in
from certstore.web.answers import check_token
from issuance.matters.loss.desk import LossDesk
from issuance.matters.loss.judging import LossState

router = APIRouter(prefix="/v1/me/certificates", tags=["citizen"])
Ref = Annotated[str, Path(pattern="^[0-9a-z]{20}$")]
Me = Annotated[Resident, signed_in(Resident)]
Losses = Annotated[LossDesk, desk(LossDesk)]
FROM_OUR_PAGES = [Depends(check_token)]


@router.get("/{ref}/holds", summary="What suspends a certificate of mine")
def holds(ref: Ref, me: Me, losing: Losses) -> dict[str, Any]:
    """Its status, whether it is reported lost, and every hold there was with its times.

    For permits and vouchers, one's own and those of children in one's care.
    """
    return _state(losing.state(me, ref))


@router.post("/{ref}:report-lost", summary="Report a certificate lost", dependencies=FROM_OUR_PAGES)
def report(ref: Ref, me: Me, losing: Losses) -> dict[str, Any]:
    """At once and everywhere, without materials; sent again, `changed` is false.

    A permit's card and its e-certificate are suspended together.
    """
    return _state(losing.report(me, ref))


@router.post("/{ref}:lift-loss", summary="Lift a report of loss", dependencies=FROM_OUR_PAGES)
def lift(ref: Ref, me: Me, losing: Losses) -> dict[str, Any]:
    """What else suspends it stays; where nothing is to be lifted, `changed` is false.

    Where a fresh face verification is asked for first: 403 with the cause `face_needed`.
    """
    return _state(losing.lift(me, ref))


@router.post(
    "/{ref}:verify-face",
    summary="Begin the face verification that lifting asks for",
    status_code=201,
    dependencies=FROM_OUR_PAGES,
)
def verify_face(ref: Ref, me: Me, losing: Losses) -> dict[str, str]:
    """Where to send the person; they come back to the certificate's page of losses."""
    made = losing.begin_face(me, ref, f"/certificates/{ref}/loss")
    return {"transaction": made.txn, "url": made.url}


def _state(found: LossState) -> dict[str, Any]:
    certificate, loss = found.certificate, found.loss
    return {
        "certificate": certificate.ref,
        "type": certificate.type_code,
        "status": found.status.value,
        "lost": loss is not None,
        "reported_at": loss.placed_at.isoformat() if loss else None,
        "face_needed": found.face_needed,
        "changed": found.changed,
        "holds": [_hold(hold) for hold in found.holds],
    }


def _hold(hold: Hold) -> dict[str, Any]:
    return {
        "kind": hold.kind.value,
        "placed_at": hold.placed_at.isoformat(),
        "placed_by": hold.placed_by.role.value,
        "lifted_at": hold.lifted_at.isoformat() if hold.lifted_at else None,
        "lifted_by": hold.lifted_by.role.value if hold.lifted_by else None,
    }
