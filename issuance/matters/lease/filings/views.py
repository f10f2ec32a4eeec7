"""What the pages of housing officers show, and how it follows from a lease."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from certstore.callers import Clerk
from issuance.matters.lease.filings.desk import REFUSALS, LeaseCase
from issuance.matters.lease.kept import Lease
from issuance.matters.lease.states import State
from issuance.matters.lease.views import (
    Errors,
    PartyLine,
    ReasonLine,
    party_lines,
    reason_lines,
)

_ROOMS: Final = ("filings", "source", "questions")


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """One case of the officers' list."""

    ref: str
    number: str
    submitted_at: datetime | None
    due_on: date | None
    overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingsView:
    """`issuance/filings.html`, GET /filings."""

    office: str
    clerk: str
    room: str = "filings"
    rooms: tuple[str, ...] = _ROOMS
    cases: tuple[QueueRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingView:
    """`issuance/filing.html`, GET and POST /filings/{ref}."""

    office: str
    clerk: str
    room: str = "filings"
    rooms: tuple[str, ...] = _ROOMS
    ref: str
    number: str
    state: str
    decided_by: str
    lines: tuple[str, ...]
    parties: tuple[PartyLine, ...]
    reasons: tuple[ReasonLine, ...]
    address: str
    titles: tuple[str, ...]
    reasons_to_refuse: tuple[str, ...]
    due_on: date | None
    open: bool
    came_late: bool = False
    unfit: bool = False
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Errors = field(default_factory=dict)


def filings_view(clerk: Clerk, office: str, waiting: Sequence[Lease], today: date) -> FilingsView:
    """What waits for an officer, by due date."""
    return FilingsView(
        office=office,
        clerk=f"{clerk.name} {clerk.number}",
        cases=tuple(
            QueueRow(
                ref=lease.ref,
                number=lease.number,
                submitted_at=lease.submitted_at,
                due_on=lease.due_on,
                overdue=lease.due_on is not None and lease.due_on < today,
            )
            for lease in waiting
        ),
    )


def filing_view(clerk: Clerk, office: str, case: LeaseCase, city: str) -> FilingView:
    """One case, before anything is typed."""
    lease = case.lease
    return FilingView(
        office=office,
        clerk=f"{clerk.name} {clerk.number}",
        ref=lease.ref,
        number=lease.number,
        state=lease.state.value,
        decided_by=lease.decided_by,
        lines=tuple(lease.summary.split("\n")),
        parties=party_lines(lease, None),
        reasons=reason_lines(lease, case.findings),
        address=lease.contract.full_address(city),
        titles=case.titles,
        reasons_to_refuse=tuple(code.value for code in REFUSALS),
        due_on=lease.due_on,
        open=lease.state is State.REVIEW,
    )
