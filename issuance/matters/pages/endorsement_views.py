"""What the page of a permit's endorsement shows, made of what the desk found: no IO."""

from dataclasses import dataclass
from datetime import date

from certstore.pages.holdings_pages import word
from certstore.pages.views import CertificateStatus
from issuance.matters.endorsement.desk import PermitStanding
from issuance.matters.endorsement.judging import State
from issuance.matters.pages.loss_views import HoldLine, history_lines


@dataclass(frozen=True, slots=True, kw_only=True)
class EndorsementView:
    """`issuance.matters/endorsement.html`, GET /certificates/{ref}/endorsement."""

    ref: str
    state: State
    status: CertificateStatus
    number: str  # the holder's identity number, masked when shown
    opens_on: date
    due_on: date
    full_years: int
    counted_from: date
    overdue_since: date | None = None
    years_go_on_until: date | None = None
    becomes_until: date | None = None
    ward: str = ""
    apply_href: str | None = None  # where it is applied for; None: at a counter
    applied_on: date | None = None  # in time, and not decided yet
    progress_href: str | None = None  # of that application, if it is the reader's own
    past: bool = False  # the last day written on it has passed
    history: tuple[HoldLine, ...] = ()


def endorsement_view(found: PermitStanding, apply_href: str | None) -> EndorsementView:
    """The page of one permit."""
    permit, standing = found.certificate, found.standing
    return EndorsementView(
        ref=permit.ref,
        state=standing.state,
        status=word(permit.status_on(found.today)),
        number=permit.holders[0].id_number,
        opens_on=standing.opens_on,
        due_on=standing.due_on,
        full_years=standing.full_years,
        counted_from=standing.counted_from,
        overdue_since=standing.overdue_since,
        years_go_on_until=standing.years_go_on_until,
        becomes_until=standing.becomes.valid_to if standing.becomes else None,
        ward=found.ward,
        apply_href=apply_href,
        applied_on=standing.applied_on,
        progress_href=f"/applications/{found.application_ref}" if found.application_ref else None,
        past=found.today > standing.due_on,
        history=history_lines(found.holds),
    )
