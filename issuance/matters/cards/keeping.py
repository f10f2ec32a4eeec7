"""What happens to cards by itself: ordered, stopped, told of; due days kept, addresses forgotten.

Every job is bounded, safe to run twice and on several machines at once: each step is taken by
compare-and-set, and who comes second finds nothing left to do.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from certstore.certificates import Certificate, Status
from certstore.clock import Clock, local_date
from certstore.errors import CertstoreError, ConflictError
from certstore.tables.books import Archive, Books
from certstore.working_days import WorkCalendar
from issuance.matters.cards.judging import PERMIT, due, first_delivery, stop_reason, wants_card
from issuance.matters.cards.lists.tables import CardLists
from issuance.matters.cards.orders import CardOrder, Delivery, Way
from issuance.matters.cards.points.points import PointsDesk
from issuance.matters.cards.stages import Role, stage_table
from issuance.matters.cards.tables import CardBook
from issuance.matters.cards.telling import (
    tell_event,
    tell_made_anew,
    tell_ready,
    tell_stopped,
)

log = logging.getLogger("certstore.cards")
SYSTEM: Final = (Role.SYSTEM, "system")
_BATCH: Final = 100
_STOPS: Final = ("revoked", "cancelled", "superseded", "suspended_loss")


@dataclass(frozen=True, slots=True, kw_only=True)
class CardKeepingDesk:
    """Keeps cards going."""

    archive: Archive
    points: PointsDesk
    calendar: WorkCalendar
    clock: Clock

    # -- ordering --------------------------------------------------------------------------

    def order_missing(self) -> int:
        """Give every permit its one order, or note that its version needs no card; how many."""
        with self.archive.reading() as books:
            lists = CardLists(books.connection)
            found = lists.without_order(PERMIT, _BATCH)
            mark, reached = lists.in_sight(PERMIT, self.clock.now())
        for ref in found:
            self.order(ref)
        if reached > mark:
            with self.archive.writing() as books:
                CardLists(books.connection).move_watch(reached)
        return len(found)

    def order(self, certificate_ref: str, *, asked: bool = False) -> CardOrder:
        """The order of a permit's version, opened if there is none; NotFoundError for no permit.

        `asked` orders a card for a version that would do without. Asked again, the order that
        stands is the answer.
        """
        with self.archive.writing() as books:
            return self.order_within(books, certificate_ref, asked=asked)

    def order_within(self, books: Books, certificate_ref: str, *, asked: bool = False) -> CardOrder:
        """The same in somebody's transaction: that of the issue, so that neither stands alone."""
        book, now = CardBook(books.connection), self.clock.now()
        permit = books.register.get(certificate_ref)
        if permit.type_code != PERMIT or not permit.sealed:
            raise ConflictError("only a residence permit comes as a card", where=certificate_ref)
        values, delivery = self._new(books, permit, now, asked=asked)
        order = book.add(values, delivery, now)
        if order is not None:
            who = (SYSTEM[0].value, SYSTEM[1])
            book.note(order.id, "order", who=who, at=now, stage=order.stage)
            return order
        order = book.of_certificate(certificate_ref)
        if asked and order.stage == "not_wanted" and not stop_reason(permit):
            return book.move(order, "ask", SYSTEM, now, **self.clock_for("ask", now))
        return order

    def _new(
        self, books: Books, permit: Certificate, now: datetime, *, asked: bool
    ) -> tuple[dict[str, Any], Delivery]:
        book, table = CardBook(books.connection), stage_table()
        matter, actor = book.applied_for(permit.ref) or (None, None)
        before = book.find(permit.previous_ref) if permit.previous_ref else None
        wanted = asked or wants_card(permit, matter, before.stage if before else None, table)
        reason = stop_reason(permit)
        stage = "stopped" if reason else table.sheet.first
        holder = books.people.known(permit.holders[0]).id
        told = actor or (before.told_id if before else holder)
        delivery = before.delivery if before else first_delivery(permit, self.points.points)
        values: dict[str, Any] = {
            "certificate_ref": permit.ref,
            "person_id": holder,
            "told_id": told,
            "number": permit.number,
            "version": permit.version,
            "stage": stage if wanted else "not_wanted",
            "stop_reason": reason if wanted else "",
        }
        if wanted and not reason:
            values |= self._term("making", now)
        return values, delivery

    def clock_for(self, step: str, now: datetime) -> dict[str, Any]:
        """The columns of the clock that a step sets; none for a step that lets it run."""
        clock = stage_table().steps[step].clock
        if clock is None:
            return {}
        if not clock:
            return {"clock": "", "clock_from": None, "due_on": None, "due_provisional": False}
        return self._term(clock, now)

    def delivery_clock(self, agreed: date | None, now: datetime) -> dict[str, Any]:
        """The columns of the clock of a card on its way: until the day agreed with its holder."""
        if agreed is None:
            return self.clock_for("hand_to_courier", now)
        day = max(agreed, local_date(now))
        clock = stage_table().steps["hand_to_courier"].clock
        return {"clock": clock, "clock_from": None, "due_on": day, "due_provisional": False}

    def _term(self, clock: str, now: datetime) -> dict[str, Any]:
        received = self.calendar.received_on(now).day
        found = due(self.calendar, received, stage_table().sheet.terms[clock])
        return {
            "clock": clock,
            "clock_from": received,
            "due_on": found.day,
            "due_provisional": found.provisional,
        }

    # -- what the permit does to its card --------------------------------------------------

    def stop_ended(self) -> int:
        """Stop the cards whose permit ended or is reported lost, and are still in our hands."""
        return self._each(lambda lists: lists.to_stop(_STOPS, _BATCH), self._stop)

    def _stop(self, books: Books, order: CardOrder, now: datetime) -> None:
        reason = stop_reason(books.register.get(order.certificate_ref))
        if not reason:
            return  # the loss was lifted meanwhile
        clock = self.clock_for("stop", now)
        note = {"reason": reason, "was": order.stage}
        moved = CardBook(books.connection).move(
            order, "stop", SYSTEM, now, note=note, stop_reason=reason, **clock
        )
        if reason != Status.SUPERSEDED:  # the next version's card takes its place
            tell_stopped(books, moved, now)
        tell_event(books, moved, now)

    def resume(self) -> int:
        """Order another card where the loss of the permit was lifted."""
        return self._each(
            lambda lists: lists.to_resume(Status.LOST.value, _BATCH),
            lambda books, order, now: self._anew(books, order, "resume", now),
        )

    def order_spoiled_again(self) -> int:
        """Order another card for each that was spoiled; what was promised stays promised."""
        return self._each(
            lambda lists: lists.at_stage(["spoiled"], _BATCH),
            lambda books, order, now: self._anew(books, order, "order_again", now),
        )

    def _anew(self, books: Books, order: CardOrder, step: str, now: datetime) -> None:
        clock = self.clock_for(step, now)
        if not clock and order.clock != "making":  # it was made before it was spoiled
            clock = self._term("making", now)
        moved = CardBook(books.connection).move(
            order, step, SYSTEM, now, attempt=order.attempt + 1, stop_reason="", **clock
        )
        if step == "order_again":
            tell_made_anew(books, moved, now)
        tell_event(books, moved, now)

    # -- telling and keeping ---------------------------------------------------------------

    def notify(self) -> int:
        """Tell the holders whose card lies ready at its service point; once each."""
        return self._each(lambda lists: lists.at_stage(["at_centre"], _BATCH), self._notify)

    def _notify(self, books: Books, order: CardOrder, now: datetime) -> None:
        if order.delivery.way is not Way.PICKUP:
            return
        clock = self.clock_for("notify", now)
        moved = CardBook(books.connection).move(order, "notify", SYSTEM, now, **clock)
        tell_ready(books, moved, now)
        tell_event(books, moved, now)

    def count_anew(self) -> int:
        """Count due days anew that leant on a calendar nobody had announced."""
        return self._each(lambda lists: lists.provisional(_BATCH), self._count)

    def _count(self, books: Books, order: CardOrder, _now: datetime) -> None:
        if order.clock_from is None:
            return
        found = due(self.calendar, order.clock_from, stage_table().sheet.terms[order.clock])
        if (found.day, found.provisional) != (order.due_on, order.due_provisional):
            CardBook(books.connection).change(
                order, due_on=found.day, due_provisional=found.provisional
            )

    def forget(self) -> int:
        """Forget where cards were sent that arrived long ago."""
        before = self.clock.now() - timedelta(days=stage_table().sheet.forget_after)
        return self._each(
            lambda lists: lists.to_forget(before, _BATCH),
            lambda books, order, _now: CardBook(books.connection).change(order, address={}),
        )

    def overdue(self, limit: int = 200) -> list[CardOrder]:
        """Open orders whose promise is late, the latest first."""
        with self.archive.reading() as books:
            return CardLists(books.connection).late(local_date(self.clock.now()), limit)

    def _each(
        self,
        find: Callable[[CardLists], Sequence[CardOrder]],
        act: Callable[[Books, CardOrder, datetime], None],
    ) -> int:
        """Do a job for each, in a transaction of its own; one that fails holds up no other."""
        with self.archive.reading() as books:
            found = find(CardLists(books.connection))
        done = 0
        for order in found:
            try:
                with self.archive.writing() as books:
                    held = CardBook(books.connection).locked(order.ref)
                    if replace(held, choice=0) == replace(order, choice=0):
                        act(books, held, self.clock.now())
                        done += 1
            except ConflictError:
                continue  # somebody was faster
            except CertstoreError as error:
                log.warning("a card was put off", extra={"card": order.ref, "why": error.code})
        return done
