"""Ratings: given by whoever applied, answered by a supervisor, counted for everybody."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from certstore.callers import Officer, Resident
from certstore.clock import Clock
from certstore.errors import ConflictError, ForbiddenError, MalformedError, NotFoundError
from certstore.tables.books import Archive
from issuance.application import Application
from issuance.own_applications import OwnApplications
from issuance.ratings.rating import RATED_STATES, Opinion, Rating
from issuance.ratings.tables import RatingBook
from issuance.sentences import MAX_SENTENCE, as_read

SHOWN: Final = 100
LATELY: Final = 20  # answered ones on the list


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingDesk:
    """Takes opinions and answers them. An officer never learns here who said what."""

    archive: Archive
    own: OwnApplications
    clock: Clock

    def of(self, me: Resident, ref: str) -> tuple[Application, Rating | None]:
        """An application of this resident's that can be rated, and what they said of it.

        ConflictError while it is not decided.
        """
        application = self.own.get(me, ref)
        if application.state not in RATED_STATES:
            raise ConflictError(
                "what is not decided yet is not rated",
                where=ref,
                remedy="come back when it is decided",
                cause="NOT_DECIDED",
            )
        with self.archive.reading() as books:
            return application, RatingBook(books.connection).of(ref)

    def rate(self, me: Resident, ref: str, opinion: Opinion) -> None:
        """Give an opinion, or change it within ten days; the same again changes nothing.

        ConflictError (cause ANSWERED, TOO_LATE) once it was answered or is older.
        """
        now = self.clock.now()
        application, known = self.of(me, ref)
        if known is not None and known.opinion == opinion:
            return
        if known is not None and not known.may_change(now):
            raise _fixed(ref, known)
        with self.archive.writing() as books:
            book = RatingBook(books.connection)
            if not book.keep(ref, application.actor_id, opinion, now):
                raise _fixed(ref, book.of(ref))

    def waiting(self, officer: Officer) -> list[Rating]:
        """What waits for an answer; a supervisor's list (ForbiddenError).

        What they decided themselves is not among it: somebody else answers that.
        """
        _require_supervisor(officer)
        with self.archive.reading() as books:
            return RatingBook(books.connection).waiting(officer.number, SHOWN)

    def count_waiting(self, officer: Officer) -> int:
        """How many wait for this officer's answer; of who is no supervisor none do."""
        if not officer.supervisor:
            return 0
        with self.archive.reading() as books:
            return RatingBook(books.connection).count_waiting(officer.number)

    def answered(self, officer: Officer) -> list[Rating]:
        """What was answered, the last first; who may see it as with `waiting`."""
        _require_supervisor(officer)
        with self.archive.reading() as books:
            return RatingBook(books.connection).answered(officer.number, LATELY)

    def reply(self, officer: Officer, ref: str, read: str, words: str) -> None:
        """Answer a rating, once; its writer is told. `ref` is the rating's own.

        `read` is the digest of what the officer read: ConflictError (cause MOVED) if it was changed
        or answered meanwhile. MalformedError without words; NotFoundError for none, and for one
        of a matter that this officer decided.
        """
        _require_supervisor(officer)
        now, said = self.clock.now(), as_read(words)
        if not said or len(said) > MAX_SENTENCE or not said.isprintable():
            raise MalformedError(
                f"write an answer of at most {MAX_SENTENCE} characters", where="words"
            )
        with self.archive.writing() as books:
            book = RatingBook(books.connection)
            found = book.to_answer(ref, officer.number)
            if found is None:
                raise NotFoundError("there is no such rating", where=ref)
            person = None
            if found.opinion.digest == read:
                person = book.reply(found, said, officer.number, now)
            if person is None:
                raise ConflictError(
                    "this rating was changed or answered meanwhile",
                    where=ref,
                    remedy="look at the list again",
                    cause="MOVED",
                )
            facts = {
                "matter": found.matter.value,
                "number": found.number,
                "rating_ref": f"{found.application_ref}/rating",
            }
            books.inbox.add(person, "rating_answered", found.application_ref, facts, now)

    def counted(self, since: datetime, until: datetime) -> dict[tuple[str, int], int]:
        """How many ratings of each matter have each grade, of those given in that time."""
        with self.archive.reading() as books:
            found = RatingBook(books.connection).counted(since, until)
        return {(matter.value, grade): n for (matter, grade), n in found.items()}


def _fixed(ref: str, known: Rating | None) -> ConflictError:
    answered = known is not None and known.replied_at is not None
    return ConflictError(
        "it was answered already" if answered else "it was given more than ten days ago",
        where=ref,
        remedy="ask a question or come to a counter",
        cause="ANSWERED" if answered else "TOO_LATE",
    )


def _require_supervisor(officer: Officer) -> None:
    if not officer.supervisor:
        raise ForbiddenError("ratings are answered by a supervisor", remedy="ask a supervisor")
