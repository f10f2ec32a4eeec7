"""A decision that one officer proposes and another confirms or sends back: values, no IO."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from certstore.callers import Officer
from certstore.errors import ForbiddenError
from issuance.claims.claim import same_officer
from issuance.stations import own_station


class Standing(StrEnum):
    """What became of a proposal; one whose case was decided otherwise stays open, unseen."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    SENT_BACK = "sent_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A decision as it was proposed: what, on which judgements or for which reasons, by whom."""

    ref: str
    application_ref: str
    decision: str  # approve | refuse
    rule: str  # why two are needed
    proposed_by: str
    proposed_name: str
    station: str  # the code of the proposer's own
    proposed_at: datetime
    judged: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""  # of a refusal, as an application keeps it
    standing: Standing = Standing.OPEN
    second_by: str = ""
    second_at: datetime | None = None
    words: str = ""  # why it was sent back


def why_not_second(proposal: Proposal, officer: Officer) -> str | None:
    """Why this officer cannot be the second (same_officer, other_station); None if they can.

    The only place that says so: two people, of one station, or the second a supervisor.
    """
    if same_officer(proposal.proposed_by, officer.number):
        return "same_officer"
    if officer.supervisor or proposal.station == own_station(officer):
        return None
    return "other_station"


def require_second(proposal: Proposal, officer: Officer) -> None:
    """Raise ForbiddenError, with the cause, if this officer cannot be the second."""
    fault = why_not_second(proposal, officer)
    if fault is not None:
        raise ForbiddenError(
            "another officer of the same station, or a supervisor, confirms what was proposed",
            where=proposal.application_ref,
            remedy="let somebody else confirm it",
            cause=fault,
        )
