"""Applications and every step they took.

Promises: an application changes its state by compare-and-set, so that two hands at once
never both succeed; every change has its event; nothing is deleted.
"""

from collections.abc import Collection, Iterator
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Date,
    ForeignKey,
    Index,
    Integer,
    Select,
    String,
    Table,
    Text,
    and_,
    bindparam,
    func,
    or_,
    select,
)
from sqlalchemy.exc import IntegrityError

from certstore.certificates import Holder
from certstore.errors import ConflictError, NotFoundError
from certstore.tables.metadata import Json, Moment, insert_once, metadata
from certstore.tables.outbox import Outbox
from certstore.tables.people import people
from issuance.application import (
    NOT_BEGUN,
    OPEN_STATES,
    WITH_OFFICERS,
    Answers,
    Application,
    Commitment,
    Matter,
    State,
)
from issuance.application_rows import (
    application_from,
    draft_columns,
    is_clear,
    letter_as_json,
    was_judged,
)
from issuance.history.tables import HELD_UP, History, application_events, has_step
from issuance.procedure import Action, Role, procedure_of
from issuance.stations import NOWHERE, station_of
from issuance.step_events import subjects

applications = Table(
    "applications",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ref", String(24), nullable=False, unique=True),
    Column("number", String(24), nullable=False, unique=True),
    Column("matter", String(40), nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("actor_id", ForeignKey("people.id"), nullable=False),
    Column("subject_key", String(32), nullable=False),  # the child's number; empty: for oneself
    Column("account", String(200), nullable=False),
    Column("state", String(12), nullable=False),
    Column("begun_at", Moment, nullable=False),
    Column("touched_at", Moment, nullable=False),
    Column("answers", Json, nullable=False),
    Column("commitment", Json),
    Column("submitted_at", Moment),
    Column("decided_at", Moment),
    Column("due_on", Date),
    Column("stage_due_on", Date),
    Column("due_provisional", Boolean, nullable=False, default=False),
    Column("clocks", Json),
    Column("asked", Json),
    Column("decision", Json),
    Column("automatic", Boolean, nullable=False, default=False),
    Column("reviewed_by", String(60), nullable=False, default=""),
    Column("reason", Text, nullable=False, default=""),
    Column("certificate_ref", String(24), index=True),
    Column("waits_for_source", Boolean, nullable=False, default=False),
    Column("station", String(40), nullable=False, default=""),  # whose case it is; empty: anybody's
    Column("joint_ref", String(24), index=True),  # of the joint submission it is part of
    Column("after_kind", String(20), nullable=False, default=""),
    Column("after_ref", String(24)),  # what it follows
    Column("handed_in_at", Moment),
    Column("taken_by", String(60), nullable=False, default=""),  # an officer, at a counter
    Column("taken_at", String(100), nullable=False, default=""),
    Column("clear", Boolean, nullable=False, default=False),  # satisfied whole, nothing to judge
    Index("ix_applications_after", "after_ref", "state"),
    Index("ix_applications_actor", "actor_id", "matter", "state"),
    Index("ix_applications_subject", "subject_key", "matter"),
    Index("ix_applications_queue", "state", "due_on"),
    Index("ix_applications_touched", "state", "touched_at"),
    Index("ix_applications_station", "station", "state"),
    Index("ix_applications_source", "waits_for_source", "state"),
    Index("ix_applications_provisional", "due_provisional", "state"),
)
# One application of a kind at a time for one person: the second tab, the second click find the
# first. Of the person who acts, so that naming somebody's child never meets another's.
Index(
    "uq_applications_open",
    applications.c.actor_id,
    applications.c.matter,
    applications.c.subject_key,
    unique=True,
    sqlite_where=applications.c.state.in_(sorted(OPEN_STATES)),
    postgresql_where=applications.c.state.in_(sorted(OPEN_STATES)),
)


class ApplicationBook:
    """Applications, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def add(self, application: Application) -> bool:
        """Keep a new draft; False if the person has an open application of this kind."""
        if not insert_once(self._connection, applications, draft_columns(application)):
            return False
        self.note(application.ref, application.begun_at, "applicant", "begun")
        return True

    def get(self, ref: str) -> Application:
        """The application with this reference; NotFoundError if there is none."""
        return self._one(_BY_REF, ref)

    def locked(self, ref: str) -> Application:
        """Like `get`, and nobody else changes it before this transaction ends.

        On SQLite the whole transaction holds the write lock already.
        """
        return self._one(_BY_REF_LOCKED, ref)

    def open_one(self, actor_id: int, matter: Matter, subject_key: str = "") -> Application | None:
        """What this person has begun of this kind for themself, or a child, and not ended."""
        where = (
            applications.c.actor_id == actor_id,
            applications.c.matter == matter,
            applications.c.subject_key == subject_key,
            applications.c.state.in_(OPEN_STATES),
        )
        found = self._read(_query().where(*where))
        return found[0] if found else None

    def open_about(self, holder: Holder, matters: Collection[Matter]) -> list[Application]:
        """What is open of these kinds for a person, begun by themself or in their name."""
        own = select(people.c.id).where(
            people.c.id_type == holder.id_type, people.c.id_number == holder.id_number.upper()
        )
        for_them = or_(
            applications.c.subject_key == holder.id_number.upper(),
            and_(applications.c.subject_key == "", applications.c.actor_id.in_(own)),
        )
        where = (applications.c.state.in_(OPEN_STATES), applications.c.matter.in_(matters))
        return self._read(_query().where(*where, for_them).order_by(applications.c.ref))

    def found(
        self, *where: ColumnElement[bool], order: Column[Any], limit: int | None = None
    ) -> list[Application]:
        """The applications that all of these conditions find, in this order."""
        return self._read(_query().where(*where).order_by(order).limit(limit))

    def drafts_untouched(self, since: datetime, limit: int = 100) -> list[Application]:
        """Drafts nobody touched since that moment, the longest untouched first."""
        where = (applications.c.state == State.DRAFT, applications.c.touched_at <= since)
        query = _query().where(*where).order_by(applications.c.touched_at)
        return self._read(query.limit(limit))

    def waiting_for_source(self, limit: int = 100) -> list[Application]:
        """What was submitted and could not be judged whole because a source was down."""
        where = (applications.c.waits_for_source, applications.c.state.in_(WITH_OFFICERS))
        return self._read(_query().where(*where).order_by(applications.c.id).limit(limit))

    def decisions_since(self, moment: datetime) -> Iterator[dict[str, Any]]:
        """The decisions that applications were submitted with since a moment, one by one."""
        query = select(applications.c.decision).where(
            applications.c.submitted_at >= moment, applications.c.decision.is_not(None)
        )
        for kept in self._connection.execute(query).scalars():
            yield kept["decision"]

    def queue(self, limit: int = 200) -> list[Application]:
        """What waits for an officer, by due date."""
        query = _query().where(applications.c.state.in_(WITH_OFFICERS))
        return self._read(query.order_by(applications.c.due_on, applications.c.id).limit(limit))

    def unanswered(self, asked_by: datetime, limit: int = 100) -> list[Application]:
        """What waits for its applicant since that moment or longer."""
        where = (applications.c.state == State.SUPPLEMENT, applications.c.touched_at <= asked_by)
        return self._read(_query().where(*where).order_by(applications.c.touched_at).limit(limit))

    def provisional(self, after: str = "", limit: int = 500) -> list[Application]:
        """What is open and due on a day that an official calendar may move; by reference."""
        where = (
            applications.c.due_provisional,
            applications.c.state.in_(OPEN_STATES),
            applications.c.ref > after,
        )
        return self._read(_query().where(*where).order_by(applications.c.ref).limit(limit))

    def recounted(self, application: Application, columns: dict[str, Any]) -> bool:
        """Keep clocks that were counted anew; False if it has moved on meanwhile."""
        statement = (
            applications.update()
            .where(applications.c.ref == application.ref, applications.c.state == application.state)
            .values(**columns)
        )
        return self._connection.execute(statement).rowcount == 1

    def approved(self, not_held_up_since: datetime, limit: int = 100) -> list[Application]:
        """What is approved and has no certificate yet, but what was held up since that moment."""
        query = _query().where(
            applications.c.state == State.APPROVED,
            ~has_step(applications.c.ref, HELD_UP, not_held_up_since),
        )
        return self._read(query.order_by(applications.c.id).limit(limit))

    def held_up(self, limit: int = 200) -> list[Application]:
        """What is approved and could not be issued when it was tried."""
        query = _query().where(
            applications.c.state == State.APPROVED, has_step(applications.c.ref, HELD_UP)
        )
        return self._read(query.order_by(applications.c.due_on, applications.c.id).limit(limit))

    def save_answers(self, ref: str, answers: Answers, at: datetime) -> None:
        """Keep the answers of a draft; a commitment letter that no longer fits them is dropped.

        Raises ConflictError where an application for the same child is open.
        """
        kept = {"answers": answers.as_json(), "subject_key": answers.subject_key}
        try:
            self._change_draft(ref, touched_at=at, commitment=None, **kept)
        except IntegrityError as error:  # another hand was first: see uq_applications_open
            raise ConflictError(
                "an application for this child is open already",
                where=ref,
                remedy="go on with that one",
            ) from error

    def save_commitment(self, ref: str, commitment: Commitment | None, at: datetime) -> None:
        """Keep the signed letter of a draft, or take it back."""
        kept = None if commitment is None else letter_as_json(commitment)
        self._change_draft(ref, touched_at=at, commitment=kept)

    def judged_again(self, ref: str, decision: dict[str, Any], *, still_waits: bool) -> None:
        """Replace the decision of what waited for a source; ConflictError once it is decided."""
        statement = (
            applications.update()
            .where(applications.c.ref == ref, applications.c.state.in_(WITH_OFFICERS))
            .values(decision=decision, waits_for_source=still_waits, clear=is_clear(decision))
        )
        if self._connection.execute(statement).rowcount != 1:
            raise ConflictError("the application was decided meanwhile", where=ref)

    def step(
        self,
        application: Application,
        action: Action,
        role: Role,
        at: datetime,
        who: str,
        note: str = "",
        **values: Any,  # noqa: ANN401 - columns
    ) -> None:
        """Take an application one step on if its matter's table allows it; record it, tell it.

        Raises ConflictError if it does not, or if the application stands elsewhere by now;
        `values` are columns that change with it. Nothing is approved that was not judged.
        """
        ref, before = application.ref, application.state
        state = procedure_of(application.matter).after(before, action, role)
        if state is State.APPROVED:
            self._require_judged(ref, values)
        if state is State.WAITING and application.after is None:
            raise ConflictError("it follows nothing that it could wait for", where=ref)
        if "decision" in values:
            clear = is_clear(values["decision"]) and not application.matter.one_by_one
            values["clear"] = clear
        if before in NOT_BEGUN and state in WITH_OFFICERS:
            values["station"] = self._station(ref)
        statement = (
            applications.update()
            .where(applications.c.ref == ref, applications.c.state == before)
            .values(state=state, **values)
        )
        if state is None or self._connection.execute(statement).rowcount != 1:
            raise ConflictError(
                f"{action} is nothing that can be done to it where it stands ({before})",
                where=ref,
                remedy="look at where it stands now",
                cause="MOVED",
            )
        self.note(ref, at, who, state.value, note)
        said = {"application": ref, "matter": application.matter.value, "state": state.value}
        for subject in subjects(action, before):
            Outbox(self._connection).add(subject, said, at)

    def link(self, ref: str, certificate_ref: str) -> None:
        """Remember which certificate an application leads to."""
        self._connection.execute(
            applications.update()
            .where(applications.c.ref == ref)
            .values(certificate_ref=certificate_ref)
        )

    def note(self, ref: str, at: datetime, who: str, step: str, note: str = "") -> None:
        """Record a step."""
        History(self._connection).note(ref, at, who, step, note)

    def events(self, ref: str) -> list[tuple[datetime, str, str]]:
        """(when, who, step) of every step, oldest first."""
        return [(at, who, step) for at, who, step, _ in History(self._connection).of(ref)]

    def notes_of(self, actor_id: int, step: str, since: datetime) -> list[str]:
        """What was noted with this step in any application this person has made, since then."""
        events = application_events.c
        query = (
            select(events.note)
            .join(applications, applications.c.ref == events.application_ref)
            .where(applications.c.actor_id == actor_id, events.step == step, events.at > since)
            .order_by(events.id)
        )
        return list(self._connection.execute(query).scalars())

    def waiting(self) -> int:
        """How many applications wait for an officer."""
        query = select(func.count()).where(applications.c.state.in_(WITH_OFFICERS))
        return int(self._connection.execute(query).scalar_one())

    def _change_draft(self, ref: str, **values: Any) -> None:  # noqa: ANN401 - columns
        statement = (
            applications.update()
            .where(applications.c.ref == ref, applications.c.state == State.DRAFT)
            .values(**values)
        )
        if self._connection.execute(statement).rowcount != 1:
            raise ConflictError(
                "the application was submitted; its answers are fixed",
                where=ref,
                remedy="look at its progress",
            )

    def _station(self, ref: str) -> str:
        """Whose case it becomes: the station of the address that was declared."""
        query = select(applications.c.matter, applications.c.answers)
        row = self._connection.execute(query.where(applications.c.ref == ref)).one_or_none()
        if row is None:
            return NOWHERE
        return station_of(row.matter, row.answers["district"], row.answers["address"])

    def _require_judged(self, ref: str, values: dict[str, Any]) -> None:
        decision = values.get("decision")
        if decision is None:
            query = select(applications.c.decision).where(applications.c.ref == ref)
            decision = self._connection.execute(query).scalar_one_or_none()
        if not was_judged(decision):
            raise ConflictError(
                "nothing is approved before every material was judged",
                where=ref,
                remedy="wait until the source answers: it is judged again by itself",
            )

    def _one(self, query: Select[Any], ref: str) -> Application:
        row = self._connection.execute(query, {"the_ref": ref}).one_or_none()
        if row is None:
            raise NotFoundError("there is no such application", where=ref)
        return application_from(row)

    def _read(self, query: Select[Any]) -> list[Application]:
        return [application_from(row) for row in self._connection.execute(query)]


@cache
def _query() -> Select[Any]:
    subject, actor = people.alias("subject"), people.alias("actor")
    named = [
        whose.c[name].label(f"{whose.name}_{name}")
        for whose in (subject, actor)
        for name in ("name", "id_type", "id_number")
    ]
    return (
        select(applications, *named)
        .join(subject, subject.c.id == applications.c.person_id)
        .join(actor, actor.c.id == applications.c.actor_id)
    )


# Put together once: every page asks one of these.
_BY_REF = _query().where(applications.c.ref == bindparam("the_ref"))
_BY_REF_LOCKED = _BY_REF.with_for_update(of=applications)
