"""The queue of the officers' desk, read from the applications page by page.

Only what a line shows is read: a queue of thousands costs as much as its page.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, select, true

from certstore.tables.people import people
from issuance.application import WITH_OFFICERS, Answers, Matter, State
from issuance.claims.claim import Claim
from issuance.claims.tables import alive_since, case_claims, is_of
from issuance.four_eyes.proposal import Standing
from issuance.four_eyes.tables import proposed_decisions
from issuance.history.tables import HELD_UP, application_events, has_step
from issuance.overdue.tables import is_raised
from issuance.stations import NOWHERE
from issuance.tables import applications
from issuance.waiting.queue import PAGE, WHICH, Asked, HeldUp, Waiting, Which

_SUNDAY = 6
_COLUMNS = (
    applications.c.ref,
    applications.c.number,
    applications.c.matter,
    applications.c.answers,
    applications.c.state,
    applications.c.due_on,
    applications.c.submitted_at,
    applications.c.waits_for_source,
    applications.c.station,
    applications.c.clear,
    people.c.name,
)


@dataclass(frozen=True, slots=True)
class Seen:
    """How far the asker sees: of which stations (None: of every one), and whose hand is theirs."""

    stations: tuple[str, ...] | None = None
    number: str = ""
    alive_since: datetime = datetime(1, 1, 2, tzinfo=UTC)  # claims acted on after it still hold


EVERYTHING = Seen()


class WaitingBook:
    """The queue, in one transaction."""

    def __init__(self, connection: Connection, seen: Seen = EVERYTHING) -> None:
        """Work inside this transaction, as far as is seen."""
        self._connection = connection
        self._seen = seen

    def station(self, ref: str) -> str:
        """The station an application belongs to."""
        query = select(applications.c.station).where(applications.c.ref == ref)
        return str(self._connection.execute(query).scalar_one_or_none() or NOWHERE)

    def counts(self, asked: Asked, today: date) -> dict[str, int]:
        """How many cases there are of each kind, of what else was asked for."""
        sums = [func.sum(case((_which(kind, today), 1), else_=0)).label(kind) for kind in WHICH]
        query = self._narrowed(select(*sums), asked).where(_which("all", today))
        row = self._connection.execute(query).one()
        return {kind: int(row._mapping[kind] or 0) for kind in WHICH}  # noqa: SLF001 - SQLAlchemy's public name

    def page(self, asked: Asked, today: date) -> list[Waiting]:
        """The lines of one page: what waits for a decision first, each by its due date."""
        order = (applications.c.state == State.APPROVED, applications.c.due_on, applications.c.id)
        query = self._asked_for(
            select(
                *_COLUMNS,
                is_raised().label("raised"),
                _proposer().label("proposed_by"),
                case_claims.c.officer,
                case_claims.c.name.label("claimed_by"),
                case_claims.c.since,
                case_claims.c.acted_at,
            ),
            asked,
            today,
        )
        query = query.join(people, people.c.id == applications.c.person_id).order_by(*order)
        rows = self._connection.execute(query.limit(PAGE).offset((asked.page - 1) * PAGE)).all()
        held = self.held_up([row.ref for row in rows if row.state == State.APPROVED])
        return [_waiting(row, held) for row in rows]

    def found(self, asked: Asked, today: date) -> int:
        """How many cases there are with what was asked for."""
        query = self._asked_for(select(func.count(applications.c.id)), asked, today)
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

    def _asked_for(self, query: Select[Any], asked: Asked, today: date) -> Select[Any]:
        """By number every case that was submitted is found, decided ones too."""
        if not asked.number:
            return self._narrowed(query, asked).where(_which(asked.which, today))
        submitted = applications.c.submitted_at.is_not(None)
        numbered = applications.c.number.contains(asked.number, autoescape=True)
        return self._narrowed(query, Asked()).where(submitted & numbered)

    def _narrowed(self, query: Select[Any], asked: Asked) -> Select[Any]:
        alive = alive_since(self._seen.alive_since)
        of_case = and_(case_claims.c.application_ref == applications.c.ref, alive)
        query = query.select_from(applications).outerjoin(case_claims, of_case)
        query = query.where(self._is_seen())
        if asked.matter:
            query = query.where(applications.c.matter == asked.matter)
        if asked.station:
            query = query.where(applications.c.station == asked.station)
        if asked.in_hand == "me":
            return query.where(is_of(self._seen.number))
        return query.where(case_claims.c.officer.is_(None)) if asked.in_hand else query

    def _is_seen(self) -> ColumnElement[bool]:
        if self._seen.stations is None:
            return true()
        return applications.c.station.in_({NOWHERE, *self._seen.stations})


@lru_cache(maxsize=64)  # of a few days; putting it together takes longer than asking
def _which(which: Which, today: date) -> ColumnElement[bool]:
    waits, due = applications.c.state.in_(WITH_OFFICERS), applications.c.due_on
    sunday = today + timedelta(days=_SUNDAY - today.weekday())
    return {
        "all": waits | _held(),
        "late": waits & (due < today),
        "today": waits & (due == today),
        "week": waits & due.between(today, sunday),
        "source": waits & applications.c.waits_for_source,
        "second": waits & _proposer().is_not(None),
        "clear": waits & applications.c.clear & _proposer().is_(None),
        "raised": waits & is_raised(),
        "held": _held(),
    }[which]


def _held() -> ColumnElement[bool]:
    return (applications.c.state == State.APPROVED) & has_step(applications.c.ref, HELD_UP)


def _proposer() -> ColumnElement[str | None]:
    """Who proposed a decision of the case that a second officer has not answered."""
    return (
        select(proposed_decisions.c.proposed_by)
        .where(
            proposed_decisions.c.application_ref == applications.c.ref,
            proposed_decisions.c.standing == Standing.OPEN,
        )
        .scalar_subquery()
    )


def _waiting(row: Any, held: Mapping[str, HeldUp]) -> Waiting:  # noqa: ANN401 - a row of these columns
    child = Answers.from_json(row.answers).child
    waits = row.state in WITH_OFFICERS
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
        station=row.station,
        clear=row.clear,
        claim=_claim(row) if waits and row.officer else None,
        proposed_by=(row.proposed_by or "") if waits else "",
        raised=bool(row.raised) and waits,
    )


def _claim(row: Any) -> Claim:  # noqa: ANN401 - a row of these columns
    return Claim(row.ref, row.officer, row.claimed_by, row.since, row.acted_at)
