"""What becomes of applications while nobody looks: left drafts end, waiting ones are judged again.

Every job is safe to run twice and on several machines at once.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from certstore.clock import Clock
from certstore.errors import CertstoreError, ConflictError
from certstore.tables.books import Archive
from issuance.application import DRAFT_LIFE, DRAFT_WARNING, Application, State
from issuance.beginning import end_draft
from issuance.checklist import Checked, ChecklistDesk
from issuance.conduct import UNANSWERED, WORKER, Conduct, Hand
from issuance.history.tables import STILL_DOWN, History
from issuance.issue import IssuanceDesk
from issuance.notices import tell_asked, tell_draft_ended, tell_draft_ending, tell_source_back
from issuance.procedure import Action, Role, procedure_of
from issuance.submission import is_automatic, waits_for_source
from issuance.supplement import SUPPLEMENT_LIFE, SUPPLEMENT_WARNING
from issuance.tables import ApplicationBook

log = logging.getLogger("certstore.issuance")
FIRST_WAIT = timedelta(minutes=1)  # then twice as long each time
LONGEST_WAIT = timedelta(hours=1)
WHO = "worker"


@dataclass(frozen=True, slots=True, kw_only=True)
class UpkeepDesk:
    """Ends drafts nobody touches, and goes on with what waited for a source."""

    archive: Archive
    checklist: ChecklistDesk
    issuance: IssuanceDesk
    conduct: Conduct
    clock: Clock

    def look_after_drafts(self) -> int:
        """Warn of drafts that end soon, and end those nobody touched for their time; how many."""
        now = self.clock.now()
        with self.archive.reading() as books:
            left = ApplicationBook(books.connection).drafts_untouched(
                now - DRAFT_LIFE + DRAFT_WARNING
            )
        return sum(self._look_after(draft, now) for draft in left)

    def _look_after(self, draft: Application, now: datetime) -> bool:
        """Whether this draft was ended."""
        over = draft.touched_at <= now - DRAFT_LIFE
        with self.archive.writing() as books:
            found = ApplicationBook(books.connection).locked(draft.ref)
            if found.state is not State.DRAFT or found.touched_at != draft.touched_at:
                return False  # somebody came back to it
            if over:
                end_draft(self.conduct, books, found, now, Role.SYSTEM, "untouched")
                tell_draft_ended(books, found, now)
            else:
                tell_draft_ending(books, found, now)
        return over

    def look_after_supplements(self) -> int:
        """Remind of what was asked for, and end what nobody answered for its time; how many."""
        now = self.clock.now()
        with self.archive.reading() as books:
            waiting = ApplicationBook(books.connection).unanswered(
                now - SUPPLEMENT_LIFE + SUPPLEMENT_WARNING
            )
        return sum(self._end_unanswered(application, now) for application in waiting)

    def _end_unanswered(self, application: Application, now: datetime) -> bool:
        with self.archive.writing() as books:
            found = ApplicationBook(books.connection).locked(application.ref)
            if found.state is not State.SUPPLEMENT or found.asked is None:
                return False
            over = found.asked.at <= now - SUPPLEMENT_LIFE
            if over:
                self.conduct.act(books, found, Action.END, WORKER, now, UNANSWERED, decided_at=now)
                tell_draft_ended(books, found, now)
            else:
                tell_asked(books, found, now, again=True)
        return over

    def judge_waiting(self) -> int:
        """Judge again what waits for a source and is due; how many wait no longer."""
        with self.archive.reading() as books:
            waiting = ApplicationBook(books.connection).waiting_for_source()
        return sum(self._judge(application) for application in waiting)

    def _judge(self, application: Application) -> bool:
        """Whether it waits no longer; one that fails keeps no other from being judged."""
        now = self.clock.now()
        if now < self._next_try(application):
            return False
        try:
            checked = self.checklist.check(
                application, whole=True, as_of=application.submitted_at or now
            )
            return self._go_on(application, checked, now)
        except CertstoreError as error:
            log.warning("not judged again", extra={"ref": application.ref, "why": error.code})
            self._still_down(application, now)
            return False

    def _next_try(self, application: Application) -> datetime:
        """Each try that finds the source down puts the next one off, up to the longest wait."""
        with self.archive.reading() as books:
            steps = History(books.connection).of(application.ref)
        tries = [at for at, _, step, _ in steps if step == STILL_DOWN]
        last = tries[-1] if tries else application.submitted_at or application.begun_at
        return last + min(FIRST_WAIT * (1 << min(len(tries), 16)), LONGEST_WAIT)

    def _go_on(self, application: Application, checked: Checked, now: datetime) -> bool:
        if waits_for_source(checked):
            self._still_down(application, now)
            return False
        by_rules = procedure_of(application.matter).by_rules
        automatic = by_rules and is_automatic(application, checked)
        try:
            with self.archive.writing() as books:
                book = ApplicationBook(books.connection)
                found = book.locked(application.ref)
                book.judged_again(application.ref, checked.as_json(), still_waits=False)
                if automatic:
                    rules = Hand(Role.RULES, WHO)
                    self.conduct.act(
                        books, found, Action.APPROVE, rules, now, automatic=True, decided_at=now
                    )
                tell_source_back(books, application, now)
        except ConflictError:
            return True  # an officer was faster
        if automatic:
            self.issuance.attempt(application.ref)
        return True

    def recount(self) -> int:
        """Count clocks anew that an official calendar may have moved; how many changed."""
        changed, after = 0, ""
        while found := self._provisional(after):
            after = found[-1].ref
            with self.archive.writing() as books:
                book = ApplicationBook(books.connection)
                for application in found:
                    columns = self.conduct.recounted(application)
                    moved = columns["due_on"] != application.due_on
                    if moved or not columns["due_provisional"]:
                        changed += book.recounted(application, columns)
        return changed

    def _provisional(self, after: str) -> list[Application]:
        with self.archive.reading() as books:
            return ApplicationBook(books.connection).provisional(after)

    def _still_down(self, application: Application, now: datetime) -> None:
        with self.archive.writing() as books:
            History(books.connection).note(application.ref, now, WHO, STILL_DOWN)
