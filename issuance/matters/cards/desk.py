"""What holders see of their cards, and how they choose where a card comes to."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from certstore.callers import Resident
from certstore.certificates import Certificate
from certstore.clock import Clock, local_date
from certstore.errors import ConflictError, NotFoundError
from certstore.guardianship import wards_of
from certstore.tables.books import Archive, Books
from issuance.answers import Fault, refuse
from issuance.matters.cards.judging import read_address, read_point
from issuance.matters.cards.lists.tables import CardLists
from issuance.matters.cards.orders import Address, CardOrder, Delivery, Moved, Way
from issuance.matters.cards.points.points import PointsDesk, ServicePoint
from issuance.matters.cards.shipping.tables import Shipment, ShippingBook, TrackingEvent
from issuance.matters.cards.stages import moved_meanwhile, stage_table
from issuance.matters.cards.tables import CardBook
from issuance.matters.cards.telling import tell_event


@dataclass(frozen=True, slots=True)
class Wanted:
    """A choice of delivery as it was typed; `seen` is the choice the form was made for."""

    way: str
    point: str = ""
    to: Address | None = None
    seen: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CardStory:
    """A card with everything its holder may know of it."""

    order: CardOrder
    permit: Certificate
    point: ServicePoint | None
    steps: tuple[Moved, ...]
    shipment: Shipment | None
    tracking: tuple[TrackingEvent, ...]
    may_choose: str  # all | way | ""
    courier: bool  # whether one is offered
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CardDesk:
    """Shows residents their cards and those of the children in their care."""

    archive: Archive
    points: PointsDesk
    clock: Clock
    city: str
    districts: tuple[str, ...]
    courier: bool

    def mine(self, resident: Resident) -> list[tuple[CardOrder, str]]:
        """Cards of this resident and of the children in their care, with the child's name."""
        with self.archive.reading() as books:
            people = self._people(books, resident)
            found = CardLists(books.connection).of_people(sorted(people))
        return [(order, people[order.person_id]) for order in found]

    def one(self, resident: Resident, ref: str) -> CardStory:
        """One card's story; another's is as absent as none (NotFoundError)."""
        with self.archive.reading() as books:
            order = self._held(books, resident, ref)
            shipping = ShippingBook(books.connection)
            sent = [s for s in shipping.of_order(order.id) if s.state != "cancelled"]
            return CardStory(
                order=order,
                permit=books.register.get(order.certificate_ref),
                point=self.points.find(order.delivery.point),
                steps=tuple(CardBook(books.connection).steps(order.id)),
                shipment=sent[0] if sent else None,
                tracking=tuple(shipping.tracking(order.id)),
                may_choose=stage_table().stages[order.stage].choose,
                courier=self.courier,
                late=order.overdue(local_date(self.clock.now())),
            )

    def choose(self, resident: Resident, ref: str, wanted: Wanted) -> CardOrder:
        """Change where the card comes to, until it leaves; the same choice again changes nothing.

        Raises MalformedError with every field that is wrong, ConflictError (`cause`) where the
        card has left (STAGE) or another choice was made meanwhile (CHOSEN).
        """
        now = self.clock.now()
        with self.archive.writing() as books:
            self._held(books, resident, ref)
            book = CardBook(books.connection)
            order = book.locked(ref)
            delivery = self._read(order, wanted)
            if delivery == order.delivery:
                return order
            if wanted.seen is not None and wanted.seen != order.choice:
                raise ConflictError(
                    "another choice was made meanwhile",
                    where="seen",
                    remedy="look at the card again, then choose",
                    cause="CHOSEN",
                )
            if not book.choose(order, delivery):
                raise moved_meanwhile(order.stage)
            who = ("holder", "holder")
            note = {"way": delivery.way.value, "point": delivery.point}
            book.note(order.id, "choose", who=who, at=now, stage=order.stage, note=note)
            chosen = replace(order, delivery=delivery, choice=order.choice + 1)
            tell_event(books, chosen, now)
        return chosen

    def _read(self, order: CardOrder, wanted: Wanted) -> Delivery:
        may = stage_table().stages[order.stage].choose
        if not may:
            raise moved_meanwhile(order.stage)
        if wanted.way == Way.PICKUP:
            point = wanted.point or order.delivery.point
            faults = read_point(point, self.points.points)
            if may != "all" and point != order.delivery.point:
                faults = {"point": Fault("sent_already")}
            refuse(faults)
            return Delivery(Way.PICKUP, point)
        offered = self.courier and wanted.way == Way.COURIER
        if not offered or wanted.to is None:
            refuse({"way": Fault("unknown" if wanted.way else "missing")})
        to, faults = read_address(wanted.to or Address("", "", "", ""), self.districts, self.city)
        refuse(faults)
        return Delivery(Way.COURIER, order.delivery.point, to)

    def _held(self, books: Books, resident: Resident, ref: str) -> CardOrder:
        order = CardBook(books.connection).get(ref)
        if order.person_id not in self._people(books, resident) or order.stage == "not_wanted":
            raise NotFoundError("there is no such card", where=ref)
        return order

    def _people(self, books: Books, resident: Resident) -> dict[int, str]:
        """Rows of this resident ("") and of the children in their care, with their names."""
        today = local_date(self.clock.now())
        me = books.people.find(resident.holder.id_type, resident.holder.id_number)
        wards = wards_of(books, resident.holder, today)
        found = (books.people.find(w.id_type, w.id_number) for w in wards)
        in_care = {person.id: person.holder.name for person in found if person}
        return ({me.id: ""} if me else {}) | in_care

    def giving_points(self) -> Sequence[ServicePoint]:
        """Where cards are handed out."""
        return self.points.giving_cards
