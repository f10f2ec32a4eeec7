"""Entering a submission: by its applicant, or by the worker once what it waited for is there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from certstore.clock import Clock
from certstore.errors import ConflictError
from certstore.tables.books import Archive, Books
from issuance.application import Application, State
from issuance.checking import person_of
from issuance.checklist import Checked
from issuance.conduct import Conduct, Hand
from issuance.joint.predecessors import Predecessors
from issuance.letters.uses import note_letters
from issuance.looking_up import tell_holders
from issuance.notices import tell_in_review
from issuance.procedure import Action, Role, procedure_of
from issuance.submission import is_automatic, taken_in, waits_for_source
from issuance.tables import ApplicationBook
from issuance.upload_tables import UploadBook

_ACTIONS: Final[Mapping[State, Action]] = {
    State.DRAFT: Action.SUBMIT,
    State.WAITING: Action.START,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryDesk:
    """Takes what was judged into review, or approves it; or lets it wait for what it follows."""

    archive: Archive
    conduct: Conduct
    clock: Clock
    origin: str
    predecessors: Predecessors

    def enter(self, application: Application, checked: Checked, by: Hand) -> None:
        """Enter what was judged, from where it was seen to stand; nothing if it moved meanwhile.

        `by`: the applicant's hand, a counter's, or the worker's. ConflictError if what it was
        judged from has changed.
        """
        now = self.clock.now()
        by_rules = procedure_of(application.matter).by_rules
        automatic = by_rules and is_automatic(application, checked)
        values: dict[str, Any] = {
            "submitted_at": now,
            "decision": checked.as_json(),
            "automatic": automatic,
            "decided_at": now if automatic else None,
            "waits_for_source": waits_for_source(checked),
            **taken_in(by),
        }
        with self.archive.writing() as books:
            found = self._unchanged(books, application, checked)
            if found is None:
                return  # the other click was first; what it recorded stands
            values["person_id"] = person_of(books, application, checked)
            action, hand = _ACTIONS[found.state], by
            if automatic:
                action, hand = Action.APPROVE, Hand(Role.RULES, by.name)
            submitted = self.conduct.act(books, found, action, hand, now, **values)
            note_letters(books, application, checked.decision, now)
            tell_holders(books, self.origin, application, checked.decision, now)
            if not automatic:
                tell_in_review(books, submitted, now)

    def wait(self, application: Application, checked: Checked, by: Hand) -> None:
        """Let a draft wait for what it follows; ConflictError if that was decided meanwhile."""
        now = self.clock.now()
        with self.archive.writing() as books:
            self.predecessors.require_under_way(books, application)
            found = self._unchanged(books, application, checked)
            if found is None:
                return
            note = application.after.ref if application.after else ""
            more = {"handed_in_at": now, "touched_at": now, **taken_in(by)}
            self.conduct.act(books, found, Action.WAIT, by, now, note, **more)

    def _unchanged(
        self, books: Books, application: Application, checked: Checked
    ) -> Application | None:
        """The application, locked; None if it stands elsewhere by now."""
        found = ApplicationBook(books.connection).locked(application.ref)
        if found.state is not application.state:
            return None
        uploads = UploadBook(books.connection)
        if found != application or checked.handed_in != uploads.counting(found, checked.decision):
            raise ConflictError(
                "the answers were changed in another window while they were checked",
                where=application.ref,
                remedy="look at them once more and submit again",
                missing=[],
            )
        uploads.erase_needless(application, checked.handed_in, self.clock.now())
        return found
