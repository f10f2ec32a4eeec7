"""Applications and every step they took.

Promises: an application changes its state by compare-and-set, so that two hands at once
never both succeed; every change has its event; nothing is deleted.
"""

from collections.abc import Iterable
from datetime import datetime
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
    Row,
    Select,
    String,
    Table,
    Text,
    func,
    select,
)

from certstore.certificates import Holder
from certstore.errors import ConflictError, NotFoundError
from certstore.tables.metadata import Json, Moment, insert_once, metadata
from certstore.tables.people import people
from issuance.application import (
    OPEN_STATES,
    TRANSITIONS,
    Answers,
    Application,
    Commitment,
    Matter,
    State,
)

applications = Table(
    "applications",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ref", String(24), nullable=False, unique=True),
    Column("number", String(24), nullable=False, unique=True),
    Column("matter", String(40), nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("account", String(200), nullable=False),
    Column("state", String(12), nullable=False),
    Column("begun_at", Moment, nullable=False),
    Column("answers", Json, nullable=False),
    Column("commitment", Json),
    Column("submitted_at", Moment),
    Column("decided_at", Moment),
    Column("due_on", Date),
    Column("decision", Json),
    Column("automatic", Boolean, nullable=False, default=False),
    Column("reviewed_by", String(60), nullable=False, default=""),
    Column("reason", Text, nullable=False, default=""),
    Column("certificate_ref", String(24), index=True),
    Index("ix_applications_person", "person_id", "matter", "state"),
    Index("ix_applications_queue", "state", "due_on"),
)
# One application of a kind at a time: the second tab, the second click find the first.
Index(
    "uq_applications_open",
    applications.c.person_id,
    applications.c.matter,
    unique=True,
    sqlite_where=applications.c.state.in_(sorted(OPEN_STATES)),
    postgresql_where=applications.c.state.in_(sorted(OPEN_STATES)),
)

HELD_UP = "held_up"  # the step of an attempt to issue that failed

application_events = Table(
    "application_events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("application_ref", String(24), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("who", String(100), nullable=False),
    Column("step", String(40), nullable=False),
    Column("note", Text, nullable=False),
)


class ApplicationBook:
    """Applications, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def add(self, application: Application) -> bool:
        """Keep a new draft; False if the person has an open application of this kind."""
        values = {
            "ref": application.ref,
            "number": application.number,
            "matter": application.matter,
            "person_id": application.person_id,
            "account": application.account,
            "state": application.state,
            "begun_at": application.begun_at,
            "answers": application.answers.as_json(),
            "automatic": False,
            "reviewed_by": "",
            "reason": "",
        }
        if not insert_once(self._connection, applications, values):
            return False
        self.note(application.ref, application.begun_at, "applicant", "begun")
        return True

    def get(self, ref: str) -> Application:
        """The application with this reference; NotFoundError if there is none."""
        found = self._read(_query().where(applications.c.ref == ref))
        if not found:
            raise NotFoundError("there is no such application", where=ref)
        return found[0]

    def locked(self, ref: str) -> Application:
        """Like `get`, and nobody else changes it before this transaction ends.

        On SQLite the whole transaction holds the write lock already.
        """
        query = _query().where(applications.c.ref == ref)
        found = self._read(query.with_for_update(of=applications))
        if not found:
            raise NotFoundError("there is no such application", where=ref)
        return found[0]

    def open_one(self, person_id: int, matter: Matter) -> Application | None:
        """The person's application of this kind that has not ended."""
        where = (
            applications.c.person_id == person_id,
            applications.c.matter == matter,
            applications.c.state.in_(OPEN_STATES),
        )
        found = self._read(_query().where(*where))
        return found[0] if found else None

    def of(self, person_id: int, limit: int = 50) -> list[Application]:
        """The person's applications, newest first."""
        query = _query().where(applications.c.person_id == person_id)
        return self._read(query.order_by(applications.c.id.desc()).limit(limit))

    def queue(self, limit: int = 200) -> list[Application]:
        """What waits for an officer, by due date."""
        query = _query().where(applications.c.state == State.IN_REVIEW)
        return self._read(query.order_by(applications.c.due_on, applications.c.id).limit(limit))

    def approved(self, not_held_up_since: datetime, limit: int = 100) -> list[Application]:
        """What is approved and has no certificate yet, but what was held up since that moment."""
        query = _query().where(applications.c.state == State.APPROVED, ~_held_up(not_held_up_since))
        return self._read(query.order_by(applications.c.id).limit(limit))

    def held_up(self, limit: int = 200) -> list[Application]:
        """What is approved and could not be issued when it was tried."""
        query = _query().where(applications.c.state == State.APPROVED, _held_up())
        return self._read(query.order_by(applications.c.due_on, applications.c.id).limit(limit))

    def save_answers(self, ref: str, answers: Answers) -> None:
        """Keep the answers of a draft; a commitment letter that no longer fits them is dropped."""
        self._change_draft(ref, answers=answers.as_json(), commitment=None)

    def save_commitment(self, ref: str, commitment: Commitment | None) -> None:
        """Keep the signed letter of a draft, or take it back."""
        kept = None
        if commitment is not None:
            kept = {
                "text": commitment.text,
                "signed_at": commitment.signed_at.isoformat(),
                "level": commitment.level,
                "signature": commitment.signature,
                "countersignature": commitment.countersignature,
            }
        self._change_draft(ref, commitment=kept)

    def move(
        self,
        ref: str,
        state: State,
        at: datetime,
        who: str,
        note: str = "",
        only_from: Iterable[State] = tuple(State),
        **values: Any,  # noqa: ANN401 - columns
    ) -> None:
        """Change the state if the table of transitions allows it, and record who did it.

        Raises ConflictError otherwise, or where it stands at none of `only_from`; `values` are
        columns that change with it.
        """
        before = [s for s in only_from if state in TRANSITIONS[s]]
        statement = (
            applications.update()
            .where(applications.c.ref == ref, applications.c.state.in_(before))
            .values(state=state, **values)
        )
        if self._connection.execute(statement).rowcount != 1:
            raise ConflictError(
                f"the application cannot become {state} from where it stands", where=ref
            )
        self.note(ref, at, who, state.value, note)

    def link(self, ref: str, certificate_ref: str) -> None:
        """Remember which certificate an application leads to."""
        self._connection.execute(
            applications.update()
            .where(applications.c.ref == ref)
            .values(certificate_ref=certificate_ref)
        )

    def note(self, ref: str, at: datetime, who: str, step: str, note: str = "") -> None:
        """Record a step."""
        self._connection.execute(
            application_events.insert().values(
                application_ref=ref, at=at, who=who, step=step, note=note
            )
        )

    def events(self, ref: str) -> list[tuple[datetime, str, str]]:
        """(when, who, step) of every step, oldest first."""
        query = (
            select(application_events)
            .where(application_events.c.application_ref == ref)
            .order_by(application_events.c.id)
        )
        return [(row.at, row.who, row.step) for row in self._connection.execute(query)]

    def waiting(self) -> int:
        """How many applications wait for an officer."""
        query = select(func.count()).where(applications.c.state == State.IN_REVIEW)
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

    def _read(self, query: Select[Any]) -> list[Application]:
        return [_application(row) for row in self._connection.execute(query)]


def _held_up(since: datetime | None = None) -> ColumnElement[bool]:
    """Whether an attempt to issue failed, ever or since that moment."""
    events = application_events.c
    query = select(events.id).where(
        events.application_ref == applications.c.ref, events.step == HELD_UP
    )
    return (query if since is None else query.where(events.at >= since)).exists()


def _query() -> Select[Any]:
    return select(applications, people.c.name, people.c.id_type, people.c.id_number).join(people)


def _application(row: Row[Any]) -> Application:
    letter = row.commitment
    return Application(
        ref=row.ref,
        number=row.number,
        matter=Matter(row.matter),
        applicant=Holder(row.name, row.id_type, row.id_number),
        person_id=row.person_id,
        account=row.account,
        state=State(row.state),
        begun_at=row.begun_at,
        answers=Answers.from_json(row.answers),
        commitment=None if letter is None else _commitment(letter),
        submitted_at=row.submitted_at,
        decided_at=row.decided_at,
        due_on=row.due_on,
        decision=row.decision,
        automatic=row.automatic,
        reviewed_by=row.reviewed_by,
        reason=row.reason,
        certificate_ref=row.certificate_ref,
    )


def _commitment(kept: dict[str, Any]) -> Commitment:
    signed_at = datetime.fromisoformat(kept["signed_at"])
    return Commitment(
        kept["text"], signed_at, kept["level"], kept["signature"], kept["countersignature"]
    )
