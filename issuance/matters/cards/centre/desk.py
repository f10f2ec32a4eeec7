"""One card at the desk of a service point: looked at, handed over, put away.

An officer deals with the cards of their own point alone. Opening a card's data and handing it
over are on record with its holder.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from certstore.callers import Officer
from certstore.certificates import Certificate, Holder, Status
from certstore.clock import Clock, local_date
from certstore.codes.claims import CodeClaims
from certstore.codes.profiles import Profile, open_code
from certstore.errors import ConflictError, NotFoundError
from certstore.guardianship import is_ward
from certstore.tables.books import Archive, Books
from issuance.answers import Fault, Faults, read_number, refuse
from issuance.matters.cards.centre.arriving import HERE, ArrivingDesk
from issuance.matters.cards.centre.handover import HandOver
from issuance.matters.cards.judging import stop_reason
from issuance.matters.cards.keeping import CardKeepingDesk
from issuance.matters.cards.orders import CardOrder, Moved, Way
from issuance.matters.cards.points.points import ServicePoint
from issuance.matters.cards.shipping.tables import ShippingBook
from issuance.matters.cards.stages import Role
from issuance.matters.cards.tables import CardBook
from issuance.matters.cards.telling import (
    record_look,
    tell_arrived,
    tell_event,
    tell_sent,
)
from verifiers.scanning.desk import ScanDesk
from verifiers.scanning.verdict import Verdict

_MAX_REASON: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class CardAtDesk:
    """One card before the officer."""

    point: ServicePoint
    order: CardOrder
    permit: Certificate
    steps: tuple[Moved, ...]
    tracking_no: str
    may_hand_over: bool
    standing: Status  # of the permit, today


@dataclass(frozen=True, slots=True, kw_only=True)
class CentreDesk:
    """Hands cards over."""

    archive: Archive
    keeping: CardKeepingDesk
    arriving: ArrivingDesk
    scanning: ScanDesk
    clock: Clock
    origin: str
    agency_uscc: str

    def look(self, officer: Officer, ref: str) -> CardAtDesk:
        """A card with its holder's data; the holder sees who looked."""
        point, now = self.arriving.point_of(officer), self.clock.now()
        with self.archive.writing() as books:
            order = self._mine(books, point, ref)
            permit = books.register.get(order.certificate_ref)
            steps = CardBook(books.connection).steps(order.id)
            if not _looked(steps, officer, order, now):
                record_look(books, (self.origin, self.agency_uscc), officer, permit, now)
                CardBook(books.connection).note(
                    order.id,
                    "look",
                    who=(Role.OFFICER.value, officer.number),
                    at=now,
                    stage=order.stage,
                )
            sent = ShippingBook(books.connection).of_order(order.id)
        standing = permit.status_on(local_date(now))
        return CardAtDesk(
            point=point,
            order=order,
            permit=permit,
            steps=tuple(steps),
            tracking_no=next((s.tracking_no for s in sent if s.state == "booked"), ""),
            may_hand_over=order.stage in HERE and standing is Status.VALID,
            standing=standing,
        )

    def photo(self, officer: Officer, ref: str) -> str:
        """The digest of the holder's photo, for the officer who looked; NotFoundError if none."""
        found = self.look(officer, ref).permit.file("photo")
        if found is None:
            raise NotFoundError("there is no photo", where=ref)
        return found.sha256

    def hand_over(self, officer: Officer, ref: str, said: HandOver) -> CardOrder:
        """Hand a card to its holder or the holder's guardian, and record to whom and how.

        Raises MalformedError with every field that is wrong, ConflictError where the card is not
        here or its permit not valid (`cause` PERMIT).
        """
        point, now = self.arriving.point_of(officer), self.clock.now()
        refuse(said.faults())
        shown = self._shown(said.code, officer) if said.check == "code" else None
        with self.archive.writing() as books:
            order = self._mine(books, point, ref)
            permit = books.register.get(order.certificate_ref)
            _check_valid(permit, local_date(now))
            refuse(_who_stands_here(books, said, shown, permit.holders[0], local_date(now)))
            clock = self.keeping.clock_for("collect", now)
            note = {"who": said.who, "check": said.check}
            moved = CardBook(books.connection).move(
                order, "collect", _who(officer), now, note=note, **clock
            )
            whose = (self.origin, self.agency_uscc)
            record_look(books, whose, officer, permit, now, {"handed_to": said.who})
            tell_arrived(books, moved, now)
            tell_event(books, moved, now)
        return moved

    def _shown(self, typed: str, officer: Officer) -> Certificate | None:
        """The certificate whose code a phone shows just now; None if it is no good one.

        The code is redeemed by it, as by every scan.
        """
        text = self.scanning.presentations.code_of_number(typed) or typed.strip()
        found = self.scanning.judge(text, officer.station)
        if found.result.verdict is not Verdict.VALID or not text.startswith(Profile.ON_LINE.prefix):
            return None
        claims = CodeClaims.decode(open_code(text).issued.payload)
        with self.archive.reading() as books:
            row = books.presentations.find(claims.cti.hex()) if claims.cti else None
            return books.register.get(row.certificate_ref) if row else None

    def give_to_courier(self, officer: Officer, ref: str) -> CardOrder:
        """Hand a card to the courier's messenger."""
        point, now = self.arriving.point_of(officer), self.clock.now()
        with self.archive.writing() as books:
            order = self._mine(books, point, ref)
            permit = books.register.get(order.certificate_ref)
            _check_valid(permit, local_date(now))
            if order.delivery.way is not Way.COURIER:
                raise ConflictError("this card is to be collected here", where=ref, cause="WAY")
            sent = ShippingBook(books.connection).of_order(order.id)
            agreed = next((s.day for s in sent if s.state == "booked"), None)
            clock = self.keeping.delivery_clock(agreed, now)
            book = CardBook(books.connection)
            moved = book.move(order, "hand_to_courier", _who(officer), now, **clock)
            tell_sent(books, moved, now)
            tell_event(books, moved, now)
        return moved

    def find_spoiled(self, officer: Officer, ref: str, reason: str) -> CardOrder:
        """Put away a card that came damaged or wrong; another is ordered by itself."""
        if not 0 < len(reason.strip()) <= _MAX_REASON or not reason.isprintable():
            refuse({"spoiled_reason": Fault("missing" if not reason.strip() else "malformed")})
        note = {"reason": reason.strip()}
        return self._moved(officer, ref, "find_spoiled", note)

    def order_again(self, officer: Officer, ref: str) -> CardOrder:
        """Order a card again whose making was refused, now that the cause is mended."""
        return self._moved(officer, ref, "order_again", {}, again=True)

    def _moved(
        self, officer: Officer, ref: str, step: str, note: dict[str, str], *, again: bool = False
    ) -> CardOrder:
        point, now = self.arriving.point_of(officer), self.clock.now()
        with self.archive.writing() as books:
            order = self._mine(books, point, ref)
            more = self.keeping.clock_for(step, now)
            if again:
                more["attempt"] = order.attempt + 1
            book = CardBook(books.connection)
            moved = book.move(order, step, _who(officer), now, note=note, **more)
            tell_event(books, moved, now)
        return moved

    def _mine(self, books: Books, point: ServicePoint, ref: str) -> CardOrder:
        order = CardBook(books.connection).locked(ref)
        if order.delivery.point != point.code or order.stage == "not_wanted":
            raise NotFoundError("there is no such card", where=ref)
        return order


def _who(officer: Officer) -> tuple[Role, str]:
    return (Role.OFFICER, officer.number)


def _looked(steps: Sequence[Moved], officer: Officer, order: CardOrder, now: datetime) -> bool:
    """Whether this officer's look at this stage of the card is on record already, today."""
    return any(
        (s.step, s.by, s.stage) == ("look", officer.number, order.stage)
        and local_date(s.at) == local_date(now)
        for s in steps
    )


def _check_valid(permit: Certificate, today: date) -> None:
    standing = permit.status_on(today)
    if standing is not Status.VALID:
        raise ConflictError(
            f"the permit is {standing}: its card is not handed over",
            where="permit",
            remedy=None if stop_reason(permit) else "the permit is endorsed first",
            cause="PERMIT",
            status=standing.value,
        )


def _who_stands_here(
    books: Books, said: HandOver, shown: Certificate | None, holder: Holder, today: date
) -> Faults:
    """Whether it is who they say: by the code that was shown, or by the guardian's number."""
    faults: Faults = {}
    if said.check == "code":
        if shown is None:
            return {"code": Fault("not_good")}
        there = shown.holders[0]
    elif said.who == "holder":
        return {}
    else:
        number = read_number(said.guardian_number, "guardian_number", faults)
        if number is None:
            return faults
        there = Holder("", "111", number.value)
    same = (there.id_type, there.id_number.upper()) == (holder.id_type, holder.id_number.upper())
    where = "code" if said.check == "code" else "guardian_number"
    if said.who == "holder":
        return {} if same else {where: Fault("another_person")}
    return {} if is_ward(books, there, holder, today) else {where: Fault("no_guardian")}
