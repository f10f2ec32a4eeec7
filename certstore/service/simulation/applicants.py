"""Applicants' ways through the service: each page takes its time, and some never come back."""

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import timedelta

from certstore.callers import Resident
from certstore.service.demo_city.dice import Dice
from certstore.service.simulation.assumptions import Applicants, Range
from certstore.service.simulation.schedule import Walk
from certstore.service.simulation.townspeople import Home, Person
from certstore.service.wiring import House
from face_auth.sandbox import Behaviour
from issuance.application import Matter
from issuance.submission import still_to_do
from verifiers.materials.vocabulary import Material

Pauses = Generator[timedelta, None, None]
_DWELLING = Material.DWELLING.value


class VanishedError(Exception):
    """The applicant went away and does not come back."""


@dataclass(slots=True)
class Tally:
    """What applicants did, that no table tells afterwards."""

    begun: int = 0
    vanished: int = 0
    asked: int = 0
    never_answered: int = 0
    scanned: int = 0
    pulled: int = 0  # certificates, by agencies and for cards
    in_hand_s: list[float] = field(
        default_factory=list
    )  # of vouchers, from approval to being there
    holding: list[tuple[Person, str]] = field(default_factory=list)  # a certificate of these days
    lost: list[tuple[Person, str]] = field(default_factory=list)  # reported, not lifted yet


@dataclass(frozen=True, slots=True)
class Walks:
    """The ways through one house; `paper` is the photo handed in where nothing is on file."""

    house: House
    behave: Applicants
    dice: Dice
    tally: Tally
    paper: Callable[[], bytes]
    on_issued: Callable[[Person, str], None]

    def apply(self, person: Person, matter: Matter, home: Home) -> Walk:
        """One application, from its first page to the last, or until the applicant vanishes."""
        desk, me = self.house.apply_desk, self._signed_in(person)
        self.tally.begun += 1
        ref = desk.begin(me, matter).ref
        try:
            yield from self._page(self.behave.seconds_a_page)
            yield from self._page(self.behave.seconds_a_page)  # which home, and whose
            desk.answer(me, ref, home.answers())
            yield from self._page(self.behave.seconds_for_a_face)
            yield from self._face(me, ref)
            checked = desk.check(me, ref)  # as the page shows it that lists what is left to do
            if checked.asks_for_letter:
                yield from self._page(self.behave.seconds_a_page)
                desk.sign(me, ref, person.name)
            elif _DWELLING in still_to_do(desk.get(me, ref), checked):
                yield from self._page(self.behave.seconds_for_a_paper)
                self._hand_in(me, ref)
            yield from self._page(self.behave.seconds_a_page)
        except VanishedError:
            self.tally.vanished += 1
            return
        sent = self.house.clock.now()
        done = desk.submit(me, ref)
        if done.certificate_ref is not None:
            self.tally.in_hand_s.append((self.house.clock.now() - sent).total_seconds())
            self.tally.holding.append((person, done.certificate_ref))
            self.on_issued(person, done.certificate_ref)

    def supply(self, person: Person, ref: str) -> Walk:
        """What somebody does who is asked for a better paper: hand it in after a while, or not."""
        self.tally.asked += 1
        if self.dice.chance(self.behave.vanish_when_asked):
            self.tally.never_answered += 1
            return
        yield timedelta(hours=self.dice.part(*self.behave.answer_after_hours))
        me = self._signed_in(person)
        self._hand_in(me, ref)
        yield timedelta(seconds=self.dice.part(*self.behave.seconds_a_page))
        self.house.supplement_desk.supply(me, ref)

    def report(self, person: Person, ref: str) -> Walk:
        """Report a certificate lost: at once, at any hour."""
        self.tally.begun += 1
        yield timedelta(seconds=self.dice.part(*self.behave.seconds_a_page))
        self.house.loss_desk.report(self._signed_in(person), ref)
        self.tally.lost.append((person, ref))

    def lift(self, person: Person, ref: str) -> Walk:
        """Lift a loss that was reported."""
        self.tally.begun += 1
        yield timedelta(seconds=self.dice.part(*self.behave.seconds_a_page))
        self.house.loss_desk.lift(self._signed_in(person), ref)

    def _hand_in(self, me: Resident, ref: str) -> None:
        desk = self.house.upload_desk
        paper = desk.asked(me, ref, _DWELLING).papers[-1]
        desk.take_in(me, ref, _DWELLING, paper, self.paper())

    def _page(self, seconds: Range) -> Pauses:
        if self.dice.chance(self.behave.vanish_before_sending / 5):  # about five pages
            raise VanishedError
        yield timedelta(seconds=self.dice.part(*seconds))

    def _face(self, me: Resident, ref: str) -> Pauses:
        fails = self.dice.chance(self.behave.fail_the_face_once)
        for behaviour in (*([Behaviour.FAIL_LIGHT] if fails else []), Behaviour.PASS):
            challenge = self.house.apply_desk.verify_face(me, ref, f"/applications/{ref}/face")
            yield timedelta(seconds=self.dice.part(*self.behave.seconds_for_a_face))
            provider_txn = challenge.url.rpartition("/")[2]
            ending = self.house.sandbox_provider.end(provider_txn, behaviour)
            if ending.token is not None:
                self.house.face_desk.accept(ending.token, me.account)

    def _signed_in(self, person: Person) -> Resident:
        account = f"https://id.example#{person.id_number}"
        return Resident(person.holder, account, self.house.clock.now())
