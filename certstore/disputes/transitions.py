"""The states of a dispute, who moves it, and how long each state may last: values only, no IO."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Literal

from certstore.catalogue import certificate_type
from certstore.certificates import Certificate, Holder, Status
from certstore.errors import CertstoreError, ConflictError, MalformedError
from certstore.working_days import WorkCalendar

WHOLE = "whole"  # it is not one field: the whole record is not theirs, or should not be
_ENDED = {Status.SUPERSEDED, Status.CANCELLED, Status.REVOKED}


class State(StrEnum):
    """Where a dispute stands."""

    FILED = "filed"
    ACCEPTED = "accepted"
    WITH_ISSUER = "with_issuer"
    CORRECTED = "corrected"
    REJECTED = "rejected"
    CLOSED = "closed"


Act = Literal["accept", "pass_on", "correct", "reject", "close", "withdraw"]
Party = Literal["holder", "authority", "house"]
Outcome = Literal["corrected", "rejected", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Move:
    """Into which state an act leads, and whose act it is."""

    to: State
    by: Party


# Everything that is not here is refused.
TRANSITIONS: Mapping[State, Mapping[Act, Move]] = {
    State.FILED: {
        "accept": Move(State.ACCEPTED, "authority"),
        "withdraw": Move(State.CLOSED, "holder"),
    },
    State.ACCEPTED: {
        "pass_on": Move(State.WITH_ISSUER, "authority"),
        "withdraw": Move(State.CLOSED, "holder"),
    },
    State.WITH_ISSUER: {
        "correct": Move(State.CORRECTED, "authority"),
        "reject": Move(State.REJECTED, "authority"),
        "withdraw": Move(State.CLOSED, "holder"),
    },
    State.CORRECTED: {"close": Move(State.CLOSED, "house")},
    State.REJECTED: {"close": Move(State.CLOSED, "house")},
    State.CLOSED: {},
}
# Working days each state may last; together what a citizen is promised.
CLOCKS: Mapping[State, int] = {State.FILED: 2, State.ACCEPTED: 1, State.WITH_ISSUER: 7}
ALL_DAYS = sum(CLOCKS.values())
OPEN = frozenset({State.FILED, State.ACCEPTED, State.WITH_ISSUER})


def judge_move(state: State, act: Act, party: Party) -> Move | CertstoreError:
    """Where an act leads; the refusal if it leads nowhere from here, or is another's to do."""
    move = TRANSITIONS[state].get(act)
    if move is None or move.by != party:
        return ConflictError(
            f"a dispute that is {state} cannot be moved by {act}",
            where="act",
            remedy="read where it stands, and try again",
            status=state.value,
        )
    return move


def due_in(state: State, since: date, calendar: WorkCalendar) -> date | None:
    """The last day a state that began on a day may last; None for one that waits for nobody."""
    days = CLOCKS.get(state)
    return None if days is None else calendar.add_working_days(since, days).day


def answer_due(filed_on: date, calendar: WorkCalendar) -> date:
    """By when the citizen is promised an answer."""
    return calendar.add_working_days(filed_on, ALL_DAYS).day


def disputable(certificate: Certificate, holder: Holder) -> tuple[tuple[str, str], ...]:
    """What can be said to be wrong: (field, what stands there), and last the whole record.

    Only plain fields of the catalogue: what a source nests beside them may be about others.
    """
    kind = certificate_type(certificate.type_code)
    values = {"name": holder.name, "id_number": holder.id_number} | {
        name: value for name, value in certificate.fields.items() if isinstance(value, str)
    }
    known = [(f.name, str(values[f.name])) for f in kind.fields if values.get(f.name)]
    return (*known, (WHOLE, ""))


def judge_filing(
    certificate: Certificate, holder: Holder, field: str, right: str
) -> CertstoreError | None:
    """Why this cannot be disputed; None if it can."""
    if certificate.status in _ENDED:
        return ConflictError(
            f"the record is {certificate.status}: it is used by nobody",
            where="certificate",
            remedy="pick the one in force",
            status=certificate.status.value,
        )
    values: Mapping[str, Any] = dict(disputable(certificate, holder))
    if field not in values:
        return MalformedError("the record has no such field to correct", where="field")
    if field != WHOLE and right.strip() == values[field]:
        return MalformedError("this is what the record says already", where="right")
    return None
