"""A resident's own applications, for themself and for children: beginning them, finding them."""

from dataclasses import dataclass, field, replace
from datetime import date

from certstore.callers import Resident
from certstore.clock import Clock, local_date
from certstore.errors import ConflictError, NotFoundError
from certstore.guardianship import is_ward
from certstore.tables.books import Archive, Books
from issuance.answers import Fault, read_child, refuse
from issuance.application import Answers, Application, Child, Matter, State
from issuance.beginning import (
    BEGUN_AGAIN,
    Gates,
    begin,
    end_draft,
    goes_on_from,
    kept_answers,
)
from issuance.conduct import APPLICANT, Conduct, Hand
from issuance.grounds import CANCELLABLE, cancellable, read_ground
from issuance.history.tables import History
from issuance.procedure import Action, Role
from issuance.progress.tables import OwnCases
from issuance.tables import ApplicationBook


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnApplications:
    """Begins applications and finds those that are somebody's own."""

    archive: Archive
    conduct: Conduct
    clock: Clock
    gates: Gates = field(default_factory=dict)
    offered: frozenset[Matter] = frozenset(Matter)  # what this house issues certificates for

    def begin(
        self,
        resident: Resident,
        matter: Matter,
        child: Child | None = None,
        *,
        fresh: bool = False,
    ) -> Application:
        """Begin an application; the one that is open already is given back instead.

        `fresh` ends a draft that is open first. MalformedError names what is wrong about how a
        child was named; ConflictError (`NOT_OFFERED`) a matter that nothing is issued for here.
        """
        self.require_offered(matter)
        now = self.clock.now()
        if child is not None:
            child = read_child(child, local_date(now))
        answers = Answers(child=child)
        with self.archive.writing() as books:
            if fresh:
                self._end_open(books, resident, matter, answers.subject_key)
            return begin(books, resident, matter, answers, now, self.gates)

    def say_why(self, resident: Resident, ref: str, why: str, about: str = "") -> Application:
        """Keep why a card is issued anew, or what is cancelled and why.

        MalformedError names what is missing or not of the list; of a cancellation also what is
        not in force (cause not_held), where one may know.
        """
        with self.archive.writing() as books:
            draft = self._mine(books, resident, ref)
            about = about if draft.matter is Matter.CANCELLATION else ""
            read_ground(draft.matter, why, about)
            if about and about not in self._cancellable(books, draft, default=(about,)):
                refuse({"about": Fault("not_held")})
            answers = replace(draft.answers, why=why, about=about)
            if answers != draft.answers:
                ApplicationBook(books.connection).save_answers(ref, answers, self.clock.now())
            return self._mine(books, resident, ref)

    def cancellable(self, resident: Resident, ref: str) -> tuple[str, ...]:
        """The types that this application could cancel, as far as one may know."""
        with self.archive.reading() as books:
            return self._cancellable(books, self._mine(books, resident, ref))

    def _cancellable(
        self, books: Books, application: Application, default: tuple[str, ...] = CANCELLABLE
    ) -> tuple[str, ...]:
        """What of it is in force; of a child whose guardian is not proven yet, the default."""
        holder, today = application.applicant, self._today()
        if application.guardian and not is_ward(books, application.actor, holder, today):
            return default
        return cancellable(books.register.held_by(holder.id_type, holder.id_number), today)

    def begin_again(self, resident: Resident, ref: str) -> Application:
        """Begin anew what was refused or has ended, its answers kept; what is open comes first."""
        with self.archive.writing() as books:
            former = self._mine(books, resident, ref)
            if former.state not in BEGUN_AGAIN:
                raise ConflictError("this application has not ended", where=ref)
            self.require_offered(former.matter)
            now, answers = self.clock.now(), kept_answers(former)
            begun = begin(books, resident, former.matter, answers, now, self.gates)
            goes_on_from(books, begun, former, now)
            return begun

    def former(self, resident: Resident, ref: str) -> Application | None:
        """What one of this resident's applications was begun again from; None if from nothing."""
        with self.archive.reading() as books:
            self._mine(books, resident, ref)
            former = History(books.connection).former(ref)
            return None if former is None else self._mine(books, resident, former)

    def withdraw(self, resident: Resident, ref: str, hand: Hand = APPLICANT) -> Application:
        """Withdraw an application; withdrawn twice, it stays that.

        ConflictError once it was approved or refused: what was issued is cancelled instead.
        """
        now = self.clock.now()
        with self.archive.writing() as books:
            application = self._mine(books, resident, ref, locked=True)
            if application.state is State.WITHDRAWN:
                return application
            return self.conduct.act(books, application, Action.WITHDRAW, hand, now, decided_at=now)

    def offers(self, matter: Matter) -> bool:
        """Whether this house issues what a matter leads to."""
        return matter in self.offered

    def require_offered(self, matter: Matter) -> None:
        """ConflictError for a matter that this house issues no certificate for."""
        if not self.offers(matter):
            raise ConflictError(
                "this matter is not offered here",
                where=matter.value,
                remedy="come to a counter",
                cause="NOT_OFFERED",
            )

    def get(self, resident: Resident, ref: str) -> Application:
        """One of this resident's applications; another's is as absent as none."""
        with self.archive.reading() as books:
            return self._mine(books, resident, ref)

    def all_of(self, resident: Resident) -> list[Application]:
        """What this resident applied for, for themself and for children, newest first."""
        with self.archive.reading() as books:
            holder = resident.holder
            person = books.people.find(holder.id_type, holder.id_number)
            return [] if person is None else OwnCases(books.connection).of(person.id)

    def _end_open(self, books: Books, resident: Resident, matter: Matter, subject: str) -> None:
        person = books.people.known(resident.holder)
        known = ApplicationBook(books.connection).open_one(person.id, matter, subject)
        if known is not None and known.state is State.DRAFT:
            end_draft(self.conduct, books, known, self.clock.now(), Role.APPLICANT, "begun afresh")

    def _today(self) -> date:
        return local_date(self.clock.now())

    @staticmethod
    def _mine(books: Books, resident: Resident, ref: str, *, locked: bool = False) -> Application:
        book = ApplicationBook(books.connection)
        application = book.locked(ref) if locked else book.get(ref)
        actor, holder = application.actor, resident.holder
        if (actor.id_type, actor.id_number) != (holder.id_type, holder.id_number):
            raise NotFoundError("there is no such application", where=ref)
        return application
