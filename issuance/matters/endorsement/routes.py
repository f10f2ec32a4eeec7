"""HTTP of endorsements, for holders' own apps: how a permit stands."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path

from certstore.callers import Resident
from certstore.reception import desk, signed_in
from issuance.matters.endorsement.desk import EndorsementDesk

router = APIRouter(prefix="/v1/me/certificates", tags=["citizen"])


@router.get("/{ref}/endorsement", summary="When a permit of mine is endorsed")
def endorsement(
    ref: Annotated[str, Path(pattern="^[0-9a-z]{20}$")],
    me: Annotated[Resident, signed_in(Resident)],
    endorsing: Annotated[EndorsementDesk, desk(EndorsementDesk)],
) -> dict[str, Any]:
    """The window, whether it is open or overdue, and the years of residence counted so far.

    `state` is too_early, open, applied (in time, `applied_on`; not suspended until that is
    decided), overdue, lost, held (by the authority) or ended.
    """
    found = endorsing.of(me, ref)
    standing = found.standing
    return {
        "certificate": ref,
        "status": found.certificate.status_on(found.today).value,
        "state": standing.state,
        "opens_on": standing.opens_on.isoformat(),
        "due_on": standing.due_on.isoformat(),
        "applied_on": _day(standing.applied_on),
        "overdue_since": _day(standing.overdue_since),
        "years_go_on_until": _day(standing.years_go_on_until),
        "becomes_valid_to": _day(standing.becomes.valid_to if standing.becomes else None),
        "full_years": standing.full_years,
        "counted_from": standing.counted_from.isoformat(),
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
