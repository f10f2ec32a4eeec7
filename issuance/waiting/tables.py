"""The queue of the officers' desk, read from the applications page by page.

Only what a line shows is read: a queue of thousands costs as much as its page.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, func, select

from certstore.tables.people import people
from issuance.application import Answers, Matter, State
from issuance.history.tables import HELD_UP, application_events, has_step
from issuance.tables import applications
from issuance.waiting.queue import PAGE, Asked, HeldUp, Waiting, Which

_COLUMNS = (
    applications.c.ref,
    applications.c.number,
    applications.c.matter,
    applications.c.answers,
    applications.c.state,
    applications.c.due_on,
    applications.c.submitted_at,
    applications.c.waits_for_source,
    people.c.name,
)


class WaitingBook:
    """The queue, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def counts(self, today: date) -> dict[str, int]:
        """How many cases wait: all, late, due today, approved and held up."""
        kinds: tuple[Which, ...] = ("all", "late", "today", "held")
        sums = [func.sum(case((_which(kind, today), 1), else_=0)).label(kind) for kind in kinds]
        row = self._connection.execute(select(*sums).where(_which("all", today))).one()
        return {kind: int(row._mapping[kind] or 0) for kind in kinds}  # noqa: SLF001 - SQLAlchemy's public name

    def page(self, asked: Asked, today: date) -> list[Waiting]:
        """The lines of one page: what waits for a decision first, each by its due date."""
        order = (applications.c.state == State.APPROVED, applications.c.due_on, applications.c.id)
        query = (
            select(*_COLUMNS)
            .join(people, people.c.id == applications.c.person_id)
            .where(_asked_for(asked, today))
            .order_by(*order)
            .limit(PAGE)
            .offset((asked.page - 1) * PAGE)
        )
        rows = self._connection.execute(query).all()
        held = self.held_up([row.ref for row in rows if row.state == State.APPROVED])
        return [_waiting(row, held) for row in rows]

    def found(self, asked: Asked, today: date) -> int:
        """How many cases there are with what was asked for."""
        query = select(func.count()).select_from(applications).where(_asked_for(asked, today))
        return int(self._connection.execute(query).scalar_one())

    def held_up(self, refs: Iterable[str]) -> dict[str, HeldUp]:
        """Of these cases those whose certificate could not be made: why last, since when."""
        events = application_events.c
        query = (
            select(events.application_ref, events.at, events.note)
            .where(events.application_ref.in_(list(refs)), events.step == HELD_UP)
            .order_by(events.id)
        )
        found: dict[str, HeldUp] = {}
        for ref, at, note in self._connection.execute(query):
            code, _, detail = note.partition(": ")
            since = found[ref].since if ref in found else at
            found[ref] = HeldUp(code, detail, since)
        return found


def _which(which: Which, today: date) -> ColumnElement[bool]:
    waits = applications.c.state == State.IN_REVIEW
    held = (applications.c.state == State.APPROVED) & has_step(applications.c.ref, HELD_UP)
    match which:
        case "all":
            return waits | held
        case "late":
            return waits & (applications.c.due_on < today)
        case "today":
            return waits & (applications.c.due_on == today)
        case "held":
            return held


def _asked_for(asked: Asked, today: date) -> ColumnElement[bool]:
    """By number every case that was submitted is found, decided ones too."""
    if not asked.number:
        return _which(asked.which, today)
    submitted = applications.c.submitted_at.is_not(None)
    return submitted & applications.c.number.contains(asked.number, autoescape=True)


def _waiting(row: Any, held: Mapping[str, HeldUp]) -> Waiting:  # noqa: ANN401 - a row of these columns
    child = Answers.from_json(row.answers).child
    return Waiting(
        ref=row.ref,
        number=row.number,
        matter=Matter(row.matter),
        name=child.name if child else row.name,
        state=State(row.state),
        due_on=row.due_on,
        submitted_at=row.submitted_at,
        waits_for_source=row.waits_for_source,
        held_up=held.get(row.ref),
    )
