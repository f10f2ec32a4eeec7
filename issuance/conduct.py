"""Taking an application a step on: what its table allows, with its clocks, on the record."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from certstore.tables.books import Books
from certstore.working_days import WorkCalendar
from issuance.application import Application, State
from issuance.procedure import Action, Procedure, Role, procedure_of
from issuance.stage_clock import Clocks
from issuance.tables import ApplicationBook


@dataclass(frozen=True, slots=True)
class Hand:
    """Who takes a step: in which role, and the name it stands under in the history."""

    role: Role
    name: str


APPLICANT = Hand(Role.APPLICANT, "applicant")
WORKER = Hand(Role.SYSTEM, "worker")


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
        return book.get(application.ref)

    def recounted(self, application: Application) -> dict[str, Any]:
        """The columns of its clocks, by the calendar as it is known now."""
        return {} if application.clocks is None else application.clocks.columns(self.calendar)

    def _clocks(
        self, application: Application, table: Procedure, to: State, now: datetime
    ) -> dict[str, Any]:
        known, stage = application.clocks, table.stages.get(to)
        if application.state is State.DRAFT and to is not State.WITHDRAWN:
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
