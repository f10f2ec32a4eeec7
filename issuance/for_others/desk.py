"""Issues certificates for enrolled authorities, one by one and in batches; an order is done once.

A batch is taken at once and done by the worker, item by item; what a crash or a store that is
down leaves, the worker takes up again.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from certstore.callers import Service
from certstore.certificates import Certificate
from certstore.chance import reference
from certstore.clock import Clock, local_date
from certstore.errors import (
    CertstoreError,
    ConflictError,
    NotFoundError,
    UnavailableError,
)
from certstore.onboarding.quotas import count_call, count_calls
from certstore.sharing.grants import Operator
from certstore.tables.books import Archive, Books
from issuance.for_others.judging import judge_action, judge_issuer, judge_own, judge_service
from issuance.for_others.making import Maker
from issuance.for_others.orders import Change, Order, Replacement, who_asks
from issuance.for_others.records import of_certificate, record, with_refusal
from issuance.for_others.tables import BatchRow, OrderBook, OrderRow

log = logging.getLogger("certstore.issuance")
AGAIN_AFTER = timedelta(minutes=2)  # what was begun and not done, by a process that may be gone
_AT_A_TIME, _MOST_A_ROUND = 20, 200


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a batch came: how many items in each state, and some of the items."""

    batch: BatchRow
    states: dict[str, int]
    items: Sequence[OrderRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class ForOthersDesk:
    """Takes orders of enrolled authorities and sees that each is done once."""

    archive: Archive
    maker: Maker
    clock: Clock
    origin: str

    def issue(
        self, service: Service, purpose_id: str, order: Order, operator: Operator
    ) -> tuple[Certificate, bool]:
        """Issue a certificate; whether it is new, or was issued on the same record before.

        Raises what refuses it; a refusal that concerns somebody known is on record. It counts
        for the purpose's quota, unless its draft is unsound.
        """
        return self._issue(service, purpose_id, order, operator, counted=False)

    def _issue(
        self, service: Service, purpose_id: str, order: Order, operator: Operator, *, counted: bool
    ) -> tuple[Certificate, bool]:
        row = self._row(service, order, operator)
        with self.archive.writing() as books:
            beyond = None if counted else count_call(books, service, row.created_at)
            issuer = books.issuers.find(service.agency_uscc)
            refusal = (
                beyond
                or judge_service(service, purpose_id, order.type_code)
                or judge_issuer(issuer, order.type_code, local_date(row.created_at))
            )
            self._note_refusal(books, row, order, refusal)
            reserved = None
            if refusal is None and issuer is not None:
                OrderBook(books.connection).add([row])
                reserved = self.maker.reserve(books, row, order, issuer)
        if refusal is not None or issuer is None:
            raise refusal or NotFoundError("there is no such authority")
        if reserved is None:
            return self._done(row.ref), False
        return self.maker.seal(row, reserved, issuer), True

    def supersede(
        self, service: Service, change: Change, new: Replacement
    ) -> tuple[Certificate, bool]:
        """Issue what takes a certificate's place; its type and holder are the former one's."""
        with self.archive.writing() as books:
            now = self.clock.now()
            beyond = count_call(books, service, now)
            previous = books.register.get(change.ref)
            issuer = books.issuers.find(service.agency_uscc)
            today = local_date(now)
            refusal = (
                beyond
                or judge_own(service, change.purpose_id, previous)
                or judge_issuer(issuer, previous.type_code, today)
            )
            if refusal is None and not self._known(books, service, previous, new.record_no):
                refusal = judge_action(previous, change.action, today)
            said = who_asks(service, change.operator, new.record_no)
            said |= of_certificate(previous) | {"action": change.action, "reason": change.reason}
            if refusal is not None:
                for holder in previous.holders:
                    refused = with_refusal(said, refusal)
                    record(books, self.origin, "status", holder, refused, now)
        if refusal is not None:
            raise refusal
        order = Order(
            type_code=previous.type_code,
            record_no=new.record_no,
            holder=previous.holders[0],
            fields=new.fields,
            validity=new.validity,
            previous_ref=previous.ref,
            why=(change.reason, change.words),
            others=previous.holders[1:],
        )
        return self._issue(service, change.purpose_id, order, change.operator, counted=True)

    def take_batch(
        self, service: Service, purpose_id: str, orders: Sequence[Order], operator: Operator
    ) -> BatchRow:
        """Take orders to be done one by one; refused as a whole if one type may not be issued.

        Each order counts for the quota; a batch that goes beyond it is refused and counts nothing.
        """
        now = self.clock.now()
        batch = BatchRow(reference(), service.client_id, service.agency_uscc, len(orders), now)
        with self.archive.writing() as books:
            beyond = next(filter(None, count_calls(books, [service] * len(orders), now)), None)
            if beyond is not None:
                raise beyond
            issuer = books.issuers.find(service.agency_uscc)
            for type_code in sorted({order.type_code for order in orders}):
                refusal = judge_service(service, purpose_id, type_code) or judge_issuer(
                    issuer, type_code, local_date(now)
                )
                if refusal is not None:
                    raise refusal
            book = OrderBook(books.connection)
            book.open_batch(batch)
            rows = [
                replace(
                    self._row(service, order, operator),
                    batch_ref=batch.ref,
                    position=place,
                    tried_at=None,
                )
                for place, order in enumerate(orders)
            ]
            book.add(rows)
        return batch

    def take(
        self, books: Books, issuer_uscc: str, order: Order, asked_by: Mapping[str, Any]
    ) -> str:
        """Take an order of the house's own for an authority, in the caller's transaction.

        What it becomes is done by `attempt` after the commit, or by the worker.
        """
        row = OrderRow(
            ref=reference(),
            issuer_uscc=issuer_uscc,
            record_no=order.record_no,
            asked_by=asked_by,
            said=order.as_json(),
            batch_ref=None,
            position=0,
            state="waiting",
            certificate_ref=None,
            problem=None,
            created_at=self.clock.now(),
            tried_at=None,
            done_at=None,
        )
        OrderBook(books.connection).add([row])
        return row.ref

    def attempt(self, order_ref: str) -> None:
        """Do an order that was taken, if that can be done now; done, it stays so."""
        with self.archive.reading() as books:
            row = OrderBook(books.connection).get(order_ref)
        if row.state in {"waiting", "reserved"}:
            self._attempt(row)

    def progress(self, service: Service, batch_ref: str, start: int, count: int) -> Progress:
        """How far a batch of this service's own came; another's is as absent as none."""
        with self.archive.reading() as books:
            book = OrderBook(books.connection)
            batch = book.batch(batch_ref)
            if batch.client_id != service.client_id:
                raise NotFoundError("there is no such batch", where=batch_ref)
            return Progress(batch, book.states(batch_ref), book.items(batch_ref, start, count))

    def finish(self) -> int:
        """Do what waits, up to a round's worth; how many certificates were made."""
        made = 0
        for _ in range(_MOST_A_ROUND // _AT_A_TIME):
            with self.archive.writing() as books:
                claimed = OrderBook(books.connection).claim(
                    self.clock.now(), AGAIN_AFTER, _AT_A_TIME
                )
            made += sum(self._attempt(row) for row in claimed)
            if len(claimed) < _AT_A_TIME:
                break
        return made

    def _attempt(self, row: OrderRow) -> bool:
        """Do one order; one that fails holds up no other."""
        try:
            return self._do(row)
        except UnavailableError as error:
            log.warning("order put off", extra={"ref": row.ref, "why": error.detail})
        except CertstoreError as error:
            problem = {"code": error.code, "detail": error.detail, "where": error.where}
            with self.archive.writing() as books:
                book = OrderBook(books.connection)
                if book.locked(row.ref).state in {"waiting", "reserved"}:
                    book.refused(row.ref, problem, self.clock.now())
        except Exception:
            log.exception("an order cannot be done", extra={"ref": row.ref})
        return False

    def _do(self, row: OrderRow) -> bool:
        with self.archive.writing() as books:
            fresh = OrderBook(books.connection).locked(row.ref)
            issuer = books.issuers.find(row.issuer_uscc)
            if fresh.state not in {"waiting", "reserved"}:
                return False
            if fresh.state == "reserved":  # what was intended while it might be is finished
                reserved: Certificate | None = books.register.reserved(str(fresh.certificate_ref))
            else:
                order = Order.from_json(fresh.said or {})
                refusal = judge_issuer(issuer, order.type_code, local_date(self.clock.now()))
                if refusal is not None or issuer is None:
                    raise refusal or NotFoundError("there is no such authority")
                reserved = self.maker.reserve(books, fresh, order, issuer)
        if reserved is None or issuer is None:
            return False
        self.maker.seal(fresh, reserved, issuer)
        return True

    def _row(self, service: Service, order: Order, operator: Operator) -> OrderRow:
        now: datetime = self.clock.now()
        return OrderRow(
            ref=reference(),
            issuer_uscc=service.agency_uscc,
            record_no=order.record_no,
            asked_by=who_asks(service, operator, order.record_no) | order.reasons,
            said=order.as_json(),
            batch_ref=None,
            position=0,
            state="waiting",
            certificate_ref=None,
            problem=None,
            created_at=now,
            tried_at=now,
            done_at=None,
        )

    def _done(self, order_ref: str) -> Certificate:
        """What an order led to that asked for a record again, finished if it was cut short."""
        with self.archive.reading() as books:
            book = OrderBook(books.connection)
            ref = str(book.get(order_ref).certificate_ref)
            first = book.of_certificate(ref)
        if first.state == "reserved":
            self._do(first)
        with self.archive.reading() as books:
            try:
                return books.register.get(ref)
            except NotFoundError:
                raise ConflictError(
                    "the certificate of this record could not be sealed",
                    where="record_no",
                    remedy="name another record",
                ) from None

    def _known(self, books: Books, service: Service, previous: Certificate, record_no: str) -> bool:
        """Whether the record has led to a certificate: then the first answer is given again."""
        book = OrderBook(books.connection)
        known = book.known_record(service.agency_uscc, previous.type_code, record_no)
        return known is not None

    def _note_refusal(
        self, books: Books, row: OrderRow, order: Order, refusal: CertstoreError | None
    ) -> None:
        holder = order.holder
        if refusal is None or books.people.find(holder.id_type, holder.id_number) is None:
            return
        said: dict[str, Any] = {
            **row.asked_by,
            "certificate": order.type_code,
            "fields": [],
            "refused_fields": [],
            "other_fields": [],
        }
        record(books, self.origin, "issue", holder, with_refusal(said, refusal), row.created_at)
