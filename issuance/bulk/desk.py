"""Approving several cases together: chosen on the list, read on one page, each done by itself.

The certificates are sealed by the worker, so that fifty cases keep nobody waiting.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from certstore.callers import Officer, caller_as_json, caller_from_json
from certstore.chance import reference
from certstore.errors import CertstoreError, ConflictError, MalformedError, NotFoundError
from certstore.tables.books import Books
from issuance.application import Application
from issuance.application_rows import is_clear
from issuance.bulk.tables import Bulk, BulkBook, BulkCase
from issuance.deciding import enter_approval
from issuance.review import ReviewDesk
from issuance.tables import ApplicationBook

MOST = 50
DONE = "done"
AT_ONCE = timedelta(seconds=0.8)  # then the page answers, and the worker goes on
_FORGOTTEN_AFTER = timedelta(days=1)
_CAUSES = {
    "HELD": "held",
    "PROPOSED": "proposed",
    "DECIDED": "decided",
    "OTHER_STATION": "other_station",
    "letter_false": "letter_false",
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """One of the chosen cases as it stands; `fault` is a code of why it cannot be approved so."""

    application: Application
    outcome: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class BulkView:
    """What was chosen together, case by case."""

    ref: str
    chosen: tuple[Chosen, ...]
    started_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkDesk:
    """Approves up to fifty cases in one go; none of them with anything left to judge."""

    reviewing: ReviewDesk

    def choose(self, officer: Officer, refs: Sequence[str]) -> str:
        """Keep which cases were chosen, to be read before they are approved; their reference.

        MalformedError (causes none, too_many) unless one to fifty were; NotFoundError for what is
        no case.
        """
        unique = tuple(dict.fromkeys(refs))
        if not unique or len(unique) > MOST:
            raise MalformedError(
                f"choose 1 to {MOST} cases",
                where="case",
                cause="too_many" if unique else "none",
            )
        desk = self.reviewing
        bulk = Bulk(reference(), caller_as_json(officer), officer.number, desk.clock.now())
        with desk.archive.writing() as books:
            for ref in unique:
                ApplicationBook(books.connection).get(ref)
            BulkBook(books.connection).add(bulk, unique)
        return bulk.ref

    def look(self, officer: Officer, bulk_ref: str) -> BulkView:
        """What was chosen, as it stands now; that the officer looked is recorded with each case.

        NotFoundError unless this officer chose it.
        """
        desk = self.reviewing
        with desk.archive.writing() as books:
            bulk = _own(books, officer, bulk_ref)
            # Rows are locked in one order everywhere, so that no two wait for each other.
            found = {
                case.application_ref: self._chosen(books, officer, case)
                for case in sorted(bulk.cases, key=lambda c: c.application_ref)
            }
        chosen = tuple(found[case.application_ref] for case in bulk.cases)
        shown = tuple(one for one in chosen if one.fault != "other_station")
        return BulkView(bulk.ref, shown, bulk.started_at, bulk.ended_at)

    def _chosen(self, books: Books, officer: Officer, case: BulkCase) -> Chosen:
        application = ApplicationBook(books.connection).locked(case.application_ref)
        if case.outcome:
            return Chosen(application, case.outcome)
        now = self.reviewing.clock.now()
        fault = self._fault(books, officer, application, now)
        if not fault:
            self.reviewing.lookers.at_case(books, officer, application, now)
        return Chosen(application, fault=fault)

    def start(self, officer: Officer, bulk_ref: str) -> Bulk:
        """Approve what was chosen, as far as it goes at once; started twice, it is done once."""
        desk = self.reviewing
        with desk.archive.writing() as books:
            _own(books, officer, bulk_ref)
            BulkBook(books.connection).start(bulk_ref, desk.clock.now())
        return self.work(bulk_ref, AT_ONCE)

    def work(self, bulk_ref: str, within: timedelta) -> Bulk:
        """Approve one case after the other, for so long; safe in several hands at once."""
        desk, began = self.reviewing, self.reviewing.clock.now()
        with desk.archive.reading() as books:
            bulk = BulkBook(books.connection).get(bulk_ref)
        officer = caller_from_json(bulk.officer)
        if not isinstance(officer, Officer) or bulk.started_at is None:
            raise ConflictError("this was not started", where=bulk_ref)
        for case in bulk.cases:
            if desk.clock.now() - began > within:
                break
            if not case.outcome:
                with suppress(ConflictError):  # another hand was first, and recorded it
                    self._approve(officer, bulk_ref, case)
        with desk.archive.writing() as books:
            bulk = BulkBook(books.connection).get(bulk_ref)
            if bulk.ended_at is None and all(case.outcome for case in bulk.cases):
                BulkBook(books.connection).end(bulk_ref, desk.clock.now())
        return bulk

    def go_on(self) -> int:
        """Go on with what was started and has not ended; how many there were (the worker's job)."""
        with self.reviewing.archive.reading() as books:
            under_way = BulkBook(books.connection).under_way()
        for ref in under_way:
            self.work(ref, timedelta(seconds=30))
        return len(under_way)

    def forget(self) -> int:
        """Drop what was chosen a day ago and never started; how many."""
        with self.reviewing.archive.writing() as books:
            before = self.reviewing.clock.now() - _FORGOTTEN_AFTER
            return BulkBook(books.connection).forget(before)

    def _approve(self, officer: Officer, bulk_ref: str, case: BulkCase) -> None:
        """Approve one case, or record why not; in a transaction of its own either way."""
        ref, desk = case.application_ref, self.reviewing
        with desk.archive.writing() as books:
            now = desk.clock.now()
            application = ApplicationBook(books.connection).locked(ref)
            fault = self._fault(books, officer, application, now)
            outcome = fault or DONE
            if not fault:
                desk.lookers.at_case(books, officer, application, now)
                if desk.four_eyes.propose(books, officer, application, now, {}):
                    outcome = "second"
                else:
                    note = f"with {bulk_ref}"
                    enter_approval(desk.conduct, books, application, officer, now, note)
                desk.claims.end(books, ref)
            if not BulkBook(books.connection).record(bulk_ref, case.place, outcome):
                raise ConflictError("another hand approved this case meanwhile", where=ref)

    def _fault(
        self, books: Books, officer: Officer, application: Application, now: datetime
    ) -> str:
        """Why a case cannot be approved together with others, empty if it can."""
        desk = self.reviewing
        try:
            desk.to_decide(books, officer, application.ref, now)
            _, to_judge = desk.to_judge(application)
            apart = application.matter.one_by_one
            if to_judge or apart or not is_clear(application.decision):
                return "not_clear"
            desk.require_judged(books, application, {})
        except CertstoreError as error:
            return _CAUSES.get(str(error.facts.get("cause", "")), "not_clear")
        return ""


def _own(books: Books, officer: Officer, bulk_ref: str) -> Bulk:
    bulk = BulkBook(books.connection).get(bulk_ref)
    if caller_from_json(bulk.officer) != officer:
        raise NotFoundError("there are no cases chosen under this reference", where=bulk_ref)
    return bulk
