"""What becomes of leases by themselves: judged, issued, lapsed, ended, emptied.

Every job is safe to run twice and on several machines at once, and works in bounded steps.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from certstore.clock import Clock, local_date
from certstore.errors import CertstoreError
from certstore.tables.books import Archive
from issuance.for_others.tables import OrderBook
from issuance.matters.lease import records
from issuance.matters.lease.deciding import LeaseDecisionDesk
from issuance.matters.lease.lists.tables import LeaseLists
from issuance.matters.lease.reasons import Code, Finding
from issuance.matters.lease.states import Act, By, State
from issuance.matters.lease.tables import LeaseBook

log = logging.getLogger("certstore.issuance")
_A_ROUND: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseUpkeepDesk:
    """Takes leases on from where they stand."""

    archive: Archive
    deciding: LeaseDecisionDesk
    clock: Clock
    open_for: timedelta
    forget_after: timedelta

    def attempt(self, ref: str) -> None:
        """Decide what was just signed, and issue its notice; what fails the worker takes up."""
        try:
            self.deciding.decide(ref)
            self.settle(ref)
        except CertstoreError as error:
            log.warning("lease not decided", extra={"ref": ref, "why": error.code})

    def settle(self, ref: str) -> None:
        """Have the notice of an approved lease issued, and note what became of it."""
        with self.archive.reading() as books:
            lease = LeaseBook(books.connection).get(ref)
        if lease.state is not State.APPROVED or lease.order_ref is None:
            return
        self.deciding.orders.attempt(lease.order_ref)
        now = self.clock.now()
        with self.archive.writing() as books:
            book = LeaseBook(books.connection)
            fresh = book.locked(ref)
            order = OrderBook(books.connection).get(lease.order_ref)
            if fresh.state is not State.APPROVED or fresh.order_ref != lease.order_ref:
                return
            if order.state == "issued":
                issued = {"certificate_ref": order.certificate_ref}
                book.move(fresh, Act.ISSUE, State.FILED, now, By.WORKER, By.WORKER, **issued)
            elif order.state == "refused":
                unfit = [Finding(Code.CANNOT_BE_PRINTED).as_json()]
                decision = {**(fresh.decision or {}), "findings": unfit}
                book.move(
                    fresh, Act.ISSUE, State.REVIEW, now, By.WORKER, By.WORKER, decision=decision
                )

    def work(self) -> None:
        """A round of everything that time does to leases; each job in bounded steps."""
        for ref in self._refs(lambda book: book.to_judge(self.clock.now(), _A_ROUND)):
            self.attempt(ref)
        self._settle_all()
        since = self.clock.now() - self.open_for
        for state in (State.OPEN, State.REFUSED):
            for ref in self._refs(partial(_untouched, state=state, since=since)):
                self._lapse(ref, since)
        for ref in self._refs(lambda book: book.over(local_date(self.clock.now()), _A_ROUND)):
            self._end(ref)
        self._forget()

    def _settle_all(self) -> None:
        after = ""
        for _ in range(_A_ROUND):  # those that cannot be issued now keep none of the others
            refs = self._refs(partial(_approved, after=after))
            for ref in refs:
                self.attempt(ref)
            if len(refs) < _A_ROUND:
                return
            after = refs[-1]

    def _refs(self, find: Callable[[LeaseLists], list[str]]) -> list[str]:
        with self.archive.reading() as books:
            return find(LeaseLists(books.connection))

    def _lapse(self, ref: str, since: datetime) -> None:
        now = self.clock.now()
        with self.archive.writing() as books:
            book = LeaseBook(books.connection)
            lease = book.locked(ref)
            touched = lease.decided_at or lease.changed_at
            if lease.state not in {State.OPEN, State.REFUSED} or touched > since:
                return
            book.move(lease, Act.LAPSE, State.LAPSED, now, By.WORKER, By.WORKER, changed_at=now)
            records.tell(books, lease, "lease_stopped", now)

    def _end(self, ref: str) -> None:
        now = self.clock.now()
        with self.archive.writing() as books:
            book = LeaseBook(books.connection)
            lease = book.locked(ref)
            if lease.state is State.FILED:
                book.move(lease, Act.END, State.ENDED, now, By.WORKER, By.WORKER, changed_at=now)
                records.tell(books, lease, "lease_ended", now)

    def _forget(self) -> None:
        """Empty what came to nothing and is older than it may be kept."""
        since = self.clock.now() - self.forget_after
        for state in (State.DECLINED, State.WITHDRAWN, State.LAPSED):
            for ref in self._refs(partial(_untouched, state=state, since=since)):
                with self.archive.writing() as books:
                    book = LeaseBook(books.connection)
                    lease = book.locked(ref)
                    if lease.parties:
                        book.forget(ref, replace(lease.contract, address="", room=""))


def _approved(book: LeaseLists, after: str) -> list[str]:
    return book.in_state(State.APPROVED, _A_ROUND, after)


def _untouched(book: LeaseLists, state: State, since: datetime) -> list[str]:
    return book.untouched(state, since, _A_ROUND)
