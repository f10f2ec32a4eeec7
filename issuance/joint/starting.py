"""Successors begin when what they follow has its certificate, and end when it came to nothing.

Whether one may begin is read from where its predecessor stands, and from nothing kept beside it:
so a crash, a second round and a second machine change nothing. Each is judged afresh, by the
rules of the day on which it begins.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from certstore.errors import CertstoreError, ConflictError
from certstore.tables.books import Archive
from issuance.application import Application, State
from issuance.apply import ApplyDesk
from issuance.conduct import WORKER
from issuance.joint.predecessors import Predecessors, Standing
from issuance.joint.tables import JointBook
from issuance.notices import tell_predecessor_ended, tell_returned
from issuance.procedure import Action
from issuance.submission import still_to_do
from issuance.tables import ApplicationBook

log = logging.getLogger("certstore.issuance")
_A_ROUND = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class StartDesk:
    """Goes on with what waits; safe to run twice and on several machines at once."""

    archive: Archive
    applying: ApplyDesk
    predecessors: Predecessors

    def work(self) -> int:
        """Begin or end everything that waits for nothing any more; how many moved.

        One that fails keeps no other from going on, and is tried again in the next round.
        """
        moved = self._round(_to_go_on)
        for kind in self.predecessors.kinds:
            moved += self._round(partial(_waiting_after, kind))
        return moved

    def work_on(self, joint_ref: str | None) -> None:
        """The same for one joint submission, at once."""
        with self.archive.reading() as books:
            joined = JointBook(books.connection).joined(joint_ref)
        for application in joined:
            if application.state is State.WAITING:
                self._attempt(application)

    def _round(self, find: Callable[[JointBook, str], list[Application]]) -> int:
        moved, after = 0, ""
        while True:
            with self.archive.reading() as books:
                found = find(JointBook(books.connection), after)
            moved += sum(self._attempt(application) for application in found)
            if len(found) < _A_ROUND:
                return moved
            after = found[-1].ref

    def _attempt(self, application: Application) -> bool:
        """Whether it waits no longer."""
        try:
            return self.go_on(application)
        except CertstoreError as error:
            log.warning("not begun yet", extra={"ref": application.ref, "why": error.code})
            return False

    def go_on(self, application: Application) -> bool:
        """Begin or end one, if it waits for nothing any more; whether it moved."""
        with self.archive.reading() as books:
            standing = self.predecessors.standing(books, application)
        if standing is Standing.UNDER_WAY:
            return False
        if standing is Standing.ENDED:
            return self._end(application)
        return self._start(application)

    def _start(self, application: Application) -> bool:
        """Begin it; where something must be done first it goes back to its applicant, who is told.

        What was withdrawn, or begun by another hand, while it was judged stays as it is.
        """
        checked = self.applying.checks.check(application)
        missing = still_to_do(application, checked)
        if missing:
            return self._return(application, ",".join(missing))
        self.applying.take_on(application, checked, WORKER)
        return True

    def _return(self, application: Application, missing: str) -> bool:
        now = self.applying.clock.now()
        with self.archive.writing() as books:
            found = ApplicationBook(books.connection).locked(application.ref)
            if found.state is not State.WAITING:
                return False
            more = {"touched_at": now, "handed_in_at": None}
            conduct = self.applying.conduct
            conduct.act(books, found, Action.RETURN, WORKER, now, missing, **more)
            tell_returned(books, found, now)
        return True

    def _end(self, application: Application) -> bool:
        """End it, and all that waits for the same thing, with one notice a person."""
        after = application.after
        if after is None:
            raise ConflictError("this application follows nothing", where=application.ref)
        now = self.applying.clock.now()
        with self.archive.writing() as books:
            ended = self.applying.conduct.end_following(books, after.kind, after.ref, now)
            for actor in dict.fromkeys(each.actor_id for each in ended):
                tell_predecessor_ended(books, (e for e in ended if e.actor_id == actor), now)
        return bool(ended)


def _to_go_on(book: JointBook, after: str) -> list[Application]:
    return book.to_go_on(after, _A_ROUND)


def _waiting_after(kind: str, book: JointBook, after: str) -> list[Application]:
    return book.waiting_after(kind, after, _A_ROUND)
