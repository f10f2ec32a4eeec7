"""The one way from state to state: judged by the table, kept in the history, told as an event."""

from datetime import datetime
from typing import Any

from certstore.errors import CertstoreError, ConflictError, NotFoundError
from certstore.onboarding.states import Act, Actor, Kind, State, judge_step
from certstore.tables.books import Books
from certstore.tables.onboarding import Moved


def move(books: Books, kind: Kind, subject: str, act: Act, actor: Actor, now: datetime) -> State:
    """Take a step inside the caller's transaction; the state it led to.

    NotFoundError for what nobody knows, ConflictError or ForbiddenError for a step that is not in
    the table.
    """
    before, client_id = state_of(books, kind, subject)
    after = judge_step(kind, before, act, actor.role)
    if isinstance(after, CertstoreError):
        raise after
    if not books.onboarding.move(kind, subject, before, after):
        raise ConflictError("it stands differently by now", where=subject, remedy="look again")
    moved = Moved(
        kind=kind,
        subject=subject,
        client_id=client_id,
        act=act,
        before=before,
        after=after,
        who=actor.name,
        at=now,
        reason=actor.reason,
    )
    books.onboarding.note(moved)
    tell(books, kind, moved, now)
    return after


def state_of(books: Books, kind: Kind, subject: str) -> tuple[State, str]:
    """State and client, the row held until the transaction ends; NotFoundError."""
    found = books.onboarding.held(kind, subject)
    if found is None:
        raise NotFoundError(f"there is no such {kind}", where=subject)
    return State(found[0]), found[1]


def note_change(
    books: Books,
    subject: str,
    client_id: str,
    act: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Write down that what an active purpose covers was changed; its state stays."""
    state = state_of(books, "purpose", subject)[0]
    moved = Moved(
        kind="purpose",
        subject=subject,
        client_id=client_id,
        act=act,
        before=state,
        after=state,
        who=actor.name,
        at=now,
        reason=actor.reason,
    )
    books.onboarding.note(moved)
    tell(books, "purpose", moved, now)


def tell(books: Books, kind: Kind, moved: Moved, now: datetime) -> None:
    """Queue the event that a client or purpose changed; names and states, nothing else."""
    said: dict[str, Any] = {
        "client": moved.client_id,
        "act": moved.act,
        "before": moved.before,
        "state": moved.after,
    }
    if kind == "purpose":
        said["purpose"] = moved.subject
    books.outbox.add(f"{kind}.state_changed", said, now)
