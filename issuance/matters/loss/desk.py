"""The desk of lost certificates: for holders and guardians themselves, and for who comes in."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from certstore.callers import Officer, Resident
from certstore.certificates import Certificate, Holder
from certstore.clock import Clock, local_date
from certstore.errors import ConflictError, ForbiddenError, NotFoundError
from certstore.guardianship import is_ward, wards_of
from certstore.holds.keeping import Held, lift_hold, place_hold
from certstore.holds.kinds import ENDED, Actor, Hold, HoldKind, Role
from certstore.identifiers import ResidentId
from certstore.presentation import held
from certstore.tables.books import Archive, Books
from face_auth.acceptance import FaceDesk
from face_auth.challenge import Challenge
from issuance.conduct import Conduct
from issuance.matters.loss.applying import note_application
from issuance.matters.loss.judging import LOSABLE, LossState, face_is_fresh, lifts_left, losable
from issuance.matters.loss.records import (
    Deed,
    record_at_counter,
    record_by_holder,
    record_look,
    tell,
)

_MOST_FACES = 5  # for the lifting of one loss


@dataclass(frozen=True, slots=True, kw_only=True)
class LossDesk:
    """Suspends what is reported lost at once, and lifts that; done twice, it was done once."""

    archive: Archive
    clock: Clock
    origin: str
    agency_uscc: str  # whose officers act at the counter
    conduct: Conduct
    face: FaceDesk
    face_to_lift: bool = False  # whether a fresh face verification must come before lifting

    # -- one's own -------------------------------------------------------------------------

    def mine(self, me: Resident) -> list[LossState]:
        """What this resident, and the children in their care, could lose or have lost."""
        today = self._today()
        with self.archive.reading() as books:
            people = (me.holder, *wards_of(books, me.holder, today))
            found = [c for p in people for c in books.register.held_by(p.id_type, p.id_number)]
            kept = {c.ref: c for c in losable(found)}
            return [self._state(books, c, me.holder) for c in kept.values()]

    def state(self, me: Resident, ref: str) -> LossState:
        """One certificate of this resident or their ward; NotFoundError for another's as for none.

        A version that was replaced is shown, too: as over for good.
        """
        with self.archive.reading() as books:
            found = self._state(books, self._own(books, me.holder, ref), me.holder)
        return replace(found, face_needed=self._face_is_missing(me, found))

    def report(self, me: Resident, ref: str) -> LossState:
        """Report it lost: suspended everywhere from this moment. Reported before, it stays so.

        Raises CertificateRevokedError for what was replaced or has ended.
        """
        now = self.clock.now()
        with self.archive.writing() as books:
            certificate = self._own(books, me.holder, ref)
            by = _actor(certificate, me.holder)
            done = place_hold(books, ref, HoldKind.LOSS, by, "reported", now)
            if done.fresh:
                self._note(books, "loss_reported", done, me, now)
            return replace(self._state(books, done.certificate, me.holder), changed=done.fresh)

    def lift(self, me: Resident, ref: str) -> LossState:
        """Lift the loss; other reasons for a suspension stay. Lifted before, nothing changes.

        Raises CertificateRevokedError for what was replaced or has ended, ForbiddenError with
        the cause `face_needed` where a fresh face verification must come first, ConflictError
        where it was reported anew meanwhile, or (cause TOO_MANY_LIFTS) was lifted on line too
        often within a day. It can be reported at any time, and lifted at a counter.
        """
        seen, now = self._seen(me, ref), self.clock.now()
        with self.archive.writing() as books:
            certificate = self._own(books, me.holder, ref)
            _refuse_too_often(books.holds.of([ref]), now)
            by = _actor(certificate, me.holder)
            done = lift_hold(books, ref, HoldKind.LOSS, by, "found", now)
            if done is not None:
                _refuse_another(done.hold, seen)
                self._note(books, "loss_lifted", done, me, now)
            now_held = books.register.get(ref)
            return replace(self._state(books, now_held, me.holder), changed=done is not None)

    def begin_face(self, me: Resident, ref: str, return_to: str) -> Challenge:
        """Begin the face verification that lifting asks for: the actor's own face.

        ConflictError if none is asked for, or too many were made for this loss.
        """
        found = self.state(me, ref)
        if found.loss is None or not found.face_needed:
            raise ConflictError("no face verification is asked for", where=ref)
        if len(self.face.results_for(me.holder, _occasion(found.loss))) >= _MOST_FACES:
            raise ConflictError(
                "too many face verifications were made for this",
                where=ref,
                remedy="come to a counter",
                cause="TOO_MANY_FACES",
            )
        return self.face.begin(
            me.holder, me.account, _occasion(found.loss), return_to, matter="loss_lift"
        )

    # -- at the counter --------------------------------------------------------------------

    def find_for(self, officer: Officer, id_number: str) -> list[LossState]:
        """What somebody at the counter, or a child in their care, could lose or has lost.

        The look is on record with whom the number is of, whatever is found. MalformedError for
        what is no identity number.
        """
        present, now = _numbered(id_number), self.clock.now()
        desk = (self.origin, self.agency_uscc)
        with self.archive.writing() as books:
            of_number = books.people.numbered(present.id_type, present.id_number)
            people = (present, *wards_of(books, present, self._today()))
            held = [c for p in people for c in books.register.held_by(p.id_type, p.id_number)]
            found = losable(held)
            for certificate in found:
                record_at_counter(books, desk, "look", certificate, officer, now)
            if not any(_is_own(certificate, present) for certificate in found):
                record_look(books, desk, of_number, officer, now)
            return [self._state(books, c, present) for c in found]

    def report_for(
        self, officer: Officer, ref: str, id_number: str, *, identity_checked: bool
    ) -> LossState:
        """Report it lost for the person at the counter, whose identity the officer has checked.

        `id_number` is theirs. ConflictError (cause not_theirs) unless they hold the certificate,
        or are proven to be the guardian of who does.
        """
        _refuse_unchecked(identity_checked=identity_checked)
        present, now = _numbered(id_number), self.clock.now()
        with self.archive.writing() as books:
            self._losable_of(books, ref, present)
            by = Actor(Role.OFFICER, officer.number)
            done = place_hold(books, ref, HoldKind.LOSS, by, "reported", now)
            if done.fresh:
                self._note(books, "loss_reported", done, officer, now)
            return replace(self._state(books, done.certificate, present), changed=done.fresh)

    def lift_for(
        self, officer: Officer, ref: str, id_number: str, *, identity_checked: bool
    ) -> LossState:
        """Lift a loss for the person at the counter; the officer's check stands for the face.

        Raises as `report_for`.
        """
        _refuse_unchecked(identity_checked=identity_checked)
        present, now = _numbered(id_number), self.clock.now()
        with self.archive.writing() as books:
            self._losable_of(books, ref, present)
            by = Actor(Role.OFFICER, officer.number)
            done = lift_hold(books, ref, HoldKind.LOSS, by, "found", now)
            if done is not None:
                self._note(books, "loss_lifted", done, officer, now)
            found = self._state(books, books.register.get(ref), present)
            return replace(found, changed=done is not None)

    def _losable_of(self, books: Books, ref: str, present: Holder) -> None:
        certificate = books.register.get(ref)
        if not certificate.sealed or certificate.type_code not in LOSABLE:
            raise NotFoundError("there is nothing here that can be lost", where=ref)
        own = _is_own(certificate, present)
        if not own and not is_ward(books, present, certificate.holders[0], self._today()):
            raise ConflictError(
                "the person at the counter is not who it names, nor proven to be their guardian",
                where="person_number",
                remedy="type the number from the document of who is here",
                cause="not_theirs",
            )

    # -- what they share -------------------------------------------------------------------

    def _note(
        self, books: Books, deed: Deed, done: Held, who: Resident | Officer, now: datetime
    ) -> None:
        """Record and tell, in the transaction that did it; it stands as an application, too."""
        if isinstance(who, Officer):
            desk = (self.origin, self.agency_uscc)
            record_at_counter(books, desk, deed, done.certificate, who, now)
            tell(books, deed, done, None, now)
        else:
            record_by_holder(books, self.origin, deed, done.certificate, who.holder, now)
            tell(books, deed, done, who.holder, now)
        note_application(books, self.conduct, deed, done, who, now)

    def _state(self, books: Books, certificate: Certificate, who: Holder) -> LossState:
        kept, child = tuple(books.holds.of([certificate.ref])), certificate.holders[0]
        ward = "" if _is_own(certificate, who) else child.name
        return LossState(certificate=certificate, holds=kept, today=self._today(), ward=ward)

    def _own(self, books: Books, who: Holder, ref: str) -> Certificate:
        certificate = held(books, who, ref, self._today())
        if not certificate.sealed or certificate.type_code not in LOSABLE:
            raise NotFoundError("there is nothing here that can be lost", where=ref)
        return certificate

    def _seen(self, me: Resident, ref: str) -> Hold | None:
        """The loss that may be lifted by now; what is reported after this look is another."""
        found = self.state(me, ref)
        if found.face_needed:
            raise ForbiddenError(
                "a fresh face verification must come before lifting",
                where=ref,
                remedy="verify your face and try again, or come to a counter",
                cause="face_needed",
            )
        return found.loss

    def _face_is_missing(self, me: Resident, found: LossState) -> bool:
        if not self.face_to_lift or found.loss is None or found.certificate.status in ENDED:
            return False
        results = self.face.results_for(me.holder, _occasion(found.loss))
        return not face_is_fresh(results, found.loss, self.clock.now())

    def _today(self) -> date:
        return local_date(self.clock.now())


def _actor(certificate: Certificate, who: Holder) -> Actor:
    return Actor(Role.HOLDER if _is_own(certificate, who) else Role.GUARDIAN)


def _is_own(certificate: Certificate, who: Holder) -> bool:
    return who.id_number.upper() in {h.id_number for h in certificate.holders}


def _occasion(loss: Hold) -> str:
    """What a face verification for the lifting of this loss is bound to."""
    return f"loss-{loss.ref}"


def _refuse_another(lifted: Hold, seen: Hold | None) -> None:
    if seen is None or seen.ref != lifted.ref:
        raise ConflictError(
            "it was reported lost anew meanwhile",
            where=lifted.certificate_ref,
            remedy="look at the certificate again",
            cause="moved",
        )


def _refuse_too_often(holds: Iterable[Hold], now: datetime) -> None:
    if lifts_left(holds, now) < 1:
        raise ConflictError(
            "it was reported and lifted too often today",
            remedy="lift it tomorrow, or at a counter",
            cause="TOO_MANY_LIFTS",
        )


def _numbered(id_number: str) -> Holder:
    """Who is at the counter, as far as a document's number says."""
    return Holder("", "111", ResidentId.parse(id_number).value)


def _refuse_unchecked(*, identity_checked: bool) -> None:
    if not identity_checked:
        raise ConflictError(
            "check the person's identity document first",
            where="identity_checked",
            cause="identity_unchecked",
        )
