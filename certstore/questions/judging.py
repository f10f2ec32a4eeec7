"""Which access may be asked about, and where a question stands: values only, no IO."""

from datetime import date
from typing import Literal

from certstore.errors import CertstoreError, ConflictError
from certstore.own_names import OWN_NAMES
from certstore.tables.questions import Question
from certstore.tables.usage import UsageEntry

ANSWER_DAYS = 5  # working days that an agency has

State = Literal["asked", "overdue", "answered"]


def agency_client(entry: UsageEntry) -> str | None:
    """The client whose agency can be asked about this access; None where there is none to ask."""
    client = str(entry.record.get("client", ""))
    # The holder, somebody's scanner and our own desks are asked another way.
    ours = not client or client in OWN_NAMES or entry.kind in {"relative", "own_act"}
    return None if ours else client


def judge_question(entry: UsageEntry, last: Question | None) -> CertstoreError | None:
    """Why this access cannot be asked about; None if it can."""
    if agency_client(entry) is None:
        return ConflictError(
            "this access was no agency's: there is nobody to send a question to", where=entry.ref
        )
    if last is not None and last.answered_at is None:
        return ConflictError(
            "a question about this access is open already",
            where=entry.ref,
            remedy="wait for its answer",
        )
    return None


def state_of(question: Question, today: date) -> State:
    """Where a question stands today; the day it is due still counts as in time."""
    if question.answered_at is not None:
        return "answered"
    return "overdue" if question.due < today else "asked"
