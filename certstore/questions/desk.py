"""Takes questions about accesses to the agency that looked, and its answers back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from certstore.callers import Clerk, Resident, Service
from certstore.chance import reference
from certstore.clock import Clock, local_date
from certstore.errors import ConflictError, NotFoundError
from certstore.own_acts import OwnAct, record_own_act
from certstore.questions.judging import ANSWER_DAYS, agency_client, judge_question
from certstore.tables.books import Archive, Books
from certstore.tables.questions import Question
from certstore.tables.usage import UsageEntry
from certstore.working_days import WorkCalendar


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionDesk:
    """Keeps the question, its clock and its answer; the agency learns no person from it."""

    archive: Archive
    calendar: WorkCalendar
    clock: Clock
    origin: str

    def today(self) -> date:
        """The day in China."""
        return local_date(self.clock.now())

    def due_from_today(self) -> date:
        """By when an agency would have to answer what is asked now."""
        return self.calendar.add_working_days(self.today(), ANSWER_DAYS).day

    def ask(self, resident: Resident, entry: UsageEntry, note: str) -> Question:
        """Ask about an access that this resident may see (HoldingsDesk.one_usage gave it).

        ConflictError if no agency made it, or while a question about it is open.
        """
        now = self.clock.now()
        with self.archive.writing() as books:
            me = books.people.known(resident.holder)
            refusal = judge_question(entry, books.questions.about(entry.ref, me.id))
            if refusal is not None:
                raise refusal
            client = books.sharing.client(agency_client(entry) or "")
            if client is None:
                raise ConflictError("the agency's client is no longer known", where=entry.ref)
            question = Question(
                ref=reference(),
                usage_ref=entry.ref,
                person_id=me.id,
                client=client.client_id,
                agency=client.agency,
                agency_en=client.agency_en,
                note=note,
                asked_at=now,
                due=self.due_from_today(),
                access=entry.record,
            )
            books.questions.ask(question)
            about = {"question_ref": question.ref, "usage_ref": entry.ref}
            record_own_act(books, self.origin, me, OwnAct(act="question", more=about), now)
            told = {"question": question.ref, "client": client.client_id}
            books.outbox.add("access.questioned", told, now)
        return question

    def about(self, resident: Resident, usage_ref: str) -> Question | None:
        """The latest question of this resident about an access."""
        with self.archive.reading() as books:
            return books.questions.about(usage_ref, _person(books, resident))

    def mine(self, resident: Resident) -> list[Question]:
        """Every question of this resident, latest first."""
        with self.archive.reading() as books:
            return books.questions.of_person(_person(books, resident))

    def for_service(self, service: Service) -> list[Question]:
        """What a client is to answer, the open ones first."""
        with self.archive.reading() as books:
            return books.questions.of_client(service.client_id)

    def for_clerk(self, clerk: Clerk) -> list[Question]:
        """What the clerk's agency is to answer, for every client of it."""
        with self.archive.reading() as books:
            return books.questions.of_agency(clerk.organisation_uscc)

    def overdue(self) -> Sequence[Question]:
        """What nobody answered in time, for the operator; no person is in it."""
        with self.archive.reading() as books:
            return books.questions.overdue(self.today())

    def answer_as_service(self, service: Service, ref: str, words: str) -> Question:
        """Answer as the client that was asked; another's question is as absent as none."""
        with self.archive.writing() as books:
            question = books.questions.get(ref)
            if question.client != service.client_id:
                raise NotFoundError("there is no such question", where=ref)
            return self._answered(books, question, words, service.client_id)

    def answer_as_clerk(self, clerk: Clerk, ref: str, words: str) -> Question:
        """Answer as a clerk of the agency that was asked; another's is as absent as none."""
        with self.archive.writing() as books:
            question = books.questions.get(ref)
            client = books.sharing.client(question.client)
            if client is None or client.agency_uscc != clerk.organisation_uscc:
                raise NotFoundError("there is no such question", where=ref)
            return self._answered(books, question, words, f"clerk {clerk.number}")

    def _answered(self, books: Books, question: Question, words: str, by: str) -> Question:
        now = self.clock.now()
        books.questions.answer(question.ref, words, by, now)
        facts = {"matter": "question", "usage_ref": question.usage_ref}
        books.inbox.add(question.person_id, "question_answered", question.ref, facts, now)
        return books.questions.get(question.ref)


def _person(books: Books, resident: Resident) -> int:
    """The resident's row; 0, which is nobody's, for somebody who has none yet."""
    holder = resident.holder
    found = books.people.find(holder.id_type, holder.id_number)
    return found.id if found else 0
