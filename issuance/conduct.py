"""Taking an application a step on: what its table allows, with its clocks, on the record."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from certstore.tables.books import Books
from certstore.working_days import WorkCalendar
from issuance.application import (
    APPLICATION,
    CAME_TO_NOTHING,
    ENDED_STATES,
    NOT_BEGUN,
    Application,
    State,
)
from issuance.joint.tables import JointBook
from issuance.notices import tell_rest
from issuance.procedure import Action, Procedure, Role, procedure_of
from issuance.stage_clock import Clocks
from issuance.tables import ApplicationBook


@dataclass(frozen=True, slots=True)
class Hand:
    """Who takes a step: in which role, and the name it stands under in the history.

    `station` is whose counter it is done at, where it is done at one.
    """

    role: Role
    name: str
    station: str = ""


APPLICANT = Hand(Role.APPLICANT, "applicant")
WORKER = Hand(Role.SYSTEM, "worker")
UNANSWERED = "unanswered"  # why what waited for its applicant was ended
PREDECESSOR_ENDED = "PREDECESSOR_ENDED"  # why something that waited was ended


@dataclass(frozen=True, slots=True)
class Conduct:
    """Takes applications on by the tables of their matters."""

    calendar: WorkCalendar

    def act(
        self,
        books: Books,
        application: Application,
        action: Action,
        hand: Hand,
        now: datetime,
        note: str = "",
        **values: Any,  # noqa: ANN401 - columns that change with it
    ) -> Application:
        """Do it; ConflictError if that may not be done there by them, or it moved meanwhile."""
        book = ApplicationBook(books.connection)
        table = procedure_of(application.matter)
        to = table.after(application.state, action, hand.role)
        clocks = {} if to is None else self._clocks(application, table, to, now)
        book.step(application, action, hand.role, now, hand.name, note, **clocks, **values)
        after = book.get(application.ref)
        if after.state in CAME_TO_NOTHING:
            self._end_what_follows(books, after, now)
        return after

    def end_following(self, books: Books, kind: str, ref: str, now: datetime) -> list[Application]:
        """End everything that waits for this, and what waits for that in turn; which they were.

        Nobody is told: that is for whoever ends them.
        """
        book = ApplicationBook(books.connection)
        ended: list[Application] = []
        for found in JointBook(books.connection).following(kind, ref):
            one = book.locked(found.ref)
            if one.state is not State.WAITING:
                continue  # another hand was first
            more = {"decided_at": now, "reason": PREDECESSOR_ENDED}
            book.step(one, Action.END, Role.SYSTEM, now, WORKER.name, PREDECESSOR_ENDED, **more)
            ended += [one, *self.end_following(books, APPLICATION, one.ref, now)]
        return ended

    def _end_what_follows(self, books: Books, nothing: Application, now: datetime) -> None:
        """In the same transaction; one notice tells what becomes of all the rest."""
        ended = self.end_following(books, APPLICATION, nothing.ref, now)
        joined = JointBook(books.connection).joined(nothing.joint_ref)
        gone = {nothing.ref, *(each.ref for each in ended)}
        rest = [a for a in joined if a.ref not in gone and a.state not in CAME_TO_NOTHING]
        if ended or (rest and nothing.state is State.REFUSED):
            tell_rest(books, nothing, ended, rest, now)

    def recounted(self, application: Application) -> dict[str, Any]:
        """The columns of its clocks, by the calendar as it is known now."""
        return {} if application.clocks is None else application.clocks.columns(self.calendar)

    def _clocks(
        self, application: Application, table: Procedure, to: State, now: datetime
    ) -> dict[str, Any]:
        known, stage = application.clocks, table.stages.get(to)
        if to in NOT_BEGUN or (application.state in NOT_BEGUN and to in ENDED_STATES):
            return {}
        if application.state in NOT_BEGUN:
            clocks = Clocks.started(table.answered_in, stage, now, self.calendar)
        elif known is None:
            return {}
        elif to is State.SUPPLEMENT:
            clocks = known.paused(now, self.calendar)
        elif application.state is State.SUPPLEMENT and stage is not None:
            clocks = known.resumed(now, self.calendar)
        elif stage is not None:
            clocks = known.entered(stage, now, self.calendar)
        else:
            return {}
        return clocks.columns(self.calendar)
