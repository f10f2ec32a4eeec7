"""The desk of endorsements: how a permit stands, and what is overdue is suspended on its day."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from certstore.callers import Resident
from certstore.certificates import Certificate
from certstore.clock import Clock, local_date
from certstore.errors import CertificateRevokedError, CertstoreError, NotFoundError
from certstore.holds.keeping import Held, lift_hold, place_hold
from certstore.holds.kinds import BY_RULE, Hold, HoldKind
from certstore.ledger import Access, record_access
from certstore.presentation import held
from certstore.tables.books import Archive, Books
from issuance.matters.endorsement.judging import Standing, judge_standing
from issuance.matters.endorsement.rules import EndorsementRuleBook
from issuance.matters.endorsement.tables import EndorsementBook
from issuance.matters.permit.draft import permit_of
from issuance.tables import ApplicationBook

log = logging.getLogger("certstore.issuance")
PERMIT: Final = "residence_permit"
_AT_A_TIME, _MOST_A_ROUND = 100, 1000
_CLOCKS_DIFFER_BY: Final = timedelta(days=1)
_SETTLED_AFTER: Final = timedelta(minutes=5)  # what was sent before midnight is committed by then


@dataclass(frozen=True, slots=True, kw_only=True)
class PermitStanding:
    """A permit, its holds and how its endorsement stands; `ward` names a guardian's child.

    `application_ref` is the open application, if it is the reader's own.
    """

    certificate: Certificate
    standing: Standing
    holds: tuple[Hold, ...]
    today: date
    ward: str = ""
    application_ref: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndorsementDesk:
    """Says how endorsements stand, and keeps the holds of what is overdue."""

    archive: Archive
    clock: Clock
    origin: str
    agency_uscc: str
    rules: EndorsementRuleBook

    def standing(self, permit: Certificate) -> Standing:
        """How the endorsement of a permit stands today."""
        with self.archive.reading() as books:
            return self._standing(books, books.holds.open_of(permit.ref), permit)[0]

    def of(self, me: Resident, ref: str) -> PermitStanding:
        """A permit of this resident or their ward; NotFoundError for another's as for none."""
        today = self._today()
        with self.archive.reading() as books:
            permit = held(books, me.holder, ref, today)
            if not permit.sealed or permit.type_code != PERMIT:
                raise NotFoundError("there is no such permit", where=ref)
            return self._found(books, me, permit)

    def of_mine(self, me: Resident) -> PermitStanding | None:
        """The permit that stands of this resident; None without one."""
        with self.archive.reading() as books:
            permit = permit_of(books.register.held_by(me.holder.id_type, me.holder.id_number))
            return None if permit is None else self._found(books, me, permit)

    def _found(self, books: Books, me: Resident, permit: Certificate) -> PermitStanding:
        holds = books.holds.of([permit.ref])
        standing, applied = self._standing(books, [h for h in holds if h.open], permit)
        holder = permit.holders[0]
        own = me.holder.id_number.upper() in {h.id_number for h in permit.holders}
        return PermitStanding(
            certificate=permit,
            standing=standing,
            holds=tuple(holds),
            today=self._today(),
            ward="" if own else holder.name,
            application_ref=_own_ref(books, me, applied),
        )

    def _standing(
        self, books: Books, open_holds: list[Hold], permit: Certificate
    ) -> tuple[Standing, str]:
        """How it stands, and the application that waits for a decision, if one came in time."""
        today = self._today()
        ref, at = _applied_in_time(books, permit) or ("", None)
        kinds, rules = {hold.kind for hold in open_holds}, self.rules.in_force(today)
        standing = judge_standing(
            permit.status,
            kinds,
            permit.validity,
            today,
            rules,
            applied_on=local_date(at) if at else None,
        )
        return standing, ref if standing.applied_on else ""

    # -- the nightly job -------------------------------------------------------------------

    def suspend_overdue(self) -> int:
        """Suspend every permit whose last day has passed without an endorsement; how many.

        Not while an application that came in time is open: once that is refused or withdrawn.
        Days that were missed are made up for, a thousand permits a round; run twice, or on two
        machines, each is suspended once. Where the clock ran days ahead, what was suspended too
        early is lifted again.
        """
        return self._settle_decided() + self._suspend_what_passed()

    def _suspend_what_passed(self) -> int:
        today = local_date(self.clock.now() - _SETTLED_AFTER)
        with self.archive.reading() as books:
            done = books.holds.looked_up_to(PERMIT)
        if done is not None and done > today + _CLOCKS_DIFFER_BY:
            self._lift_what_was_too_early(today)
            done = None
        if done is not None and done >= today:
            return 0
        return self._suspend_all((done, today))

    def _suspend_all(self, days: tuple[date | None, date]) -> int:
        count, after, failed = 0, 0, False
        for _ in range(_MOST_A_ROUND // _AT_A_TIME):
            with self.archive.reading() as books:
                found = books.holds.past_their_day(PERMIT, days, after, _AT_A_TIME)
            for ref in found.values():
                done = self._attempt(self._suspend, ref)
                failed, count = failed or done is None, count + bool(done)
            if len(found) < _AT_A_TIME:
                if not failed:
                    self._looked(days[1])
                break
            after = max(found)
        return count

    def _settle_decided(self) -> int:
        """Look again at the permits whose application has ended past their day."""
        with self.archive.reading() as books:
            decided = EndorsementBook(books.connection).decided(_AT_A_TIME)
        return sum(bool(self._attempt(self._settle, ref)) for ref in decided)

    def _settle(self, application_ref: str) -> bool:
        """Suspend the permit that stands by now, unless its day is yet to come."""
        with self.archive.writing() as books:
            EndorsementBook(books.connection).forget(application_ref)
            holder = ApplicationBook(books.connection).get(application_ref).applicant
            permit = permit_of(books.register.held_by(holder.id_type, holder.id_number))
            if permit is None or permit.validity.covers(self._today()):
                return False
            return self._suspend_within(books, permit)

    def _attempt(self, act: Callable[[str], bool], ref: str) -> bool | None:
        """Suspend one; None if that failed, which holds up no other and is tried again."""
        try:
            return act(ref)
        except CertificateRevokedError:
            return False  # it was replaced or ended meanwhile
        except CertstoreError as error:
            log.warning("not suspended yet", extra={"ref": ref, "why": error.detail})
        except Exception:
            log.exception("a permit cannot be suspended", extra={"ref": ref})
        return None

    def _suspend(self, ref: str) -> bool:
        with self.archive.writing() as books:
            return self._suspend_within(books, books.register.get(ref))

    def _suspend_within(self, books: Books, permit: Certificate) -> bool:
        """Whether it was suspended now; one that is applied for is waited for instead."""
        ref, now = permit.ref, self.clock.now()
        if applied := _applied_in_time(books, permit):
            EndorsementBook(books.connection).wait(applied[0], now)
            return False
        done = place_hold(books, ref, HoldKind.OVERDUE, BY_RULE, "not_endorsed", now)
        if not done.fresh:
            return False
        self._record(books, done, "endorsement_overdue")
        for holder in done.certificate.holders:
            person = books.people.known(holder).id
            facts = {"type": PERMIT, "certificate_ref": ref}
            books.inbox.add(person, "endorsement_overdue", f"{done.hold.ref}:{person}", facts, now)
        return True

    def _lift_what_was_too_early(self, today: date) -> None:
        while True:
            with self.archive.reading() as books:
                refs = books.holds.held_too_early(PERMIT, today, _AT_A_TIME)
            if not refs:
                break
            for ref in refs:
                with self.archive.writing() as books:
                    now = self.clock.now()
                    done = lift_hold(books, ref, HoldKind.OVERDUE, BY_RULE, "not_due", now)
                    if done is not None:
                        self._record(books, done, "endorsement_not_due")
        self._looked(today - timedelta(days=1))

    def _looked(self, day: date) -> None:
        with self.archive.writing() as books:
            books.holds.looked(PERMIT, day)

    def _record(self, books: Books, done: Held, why: str) -> None:
        certificate = done.certificate
        said: dict[str, Any] = {
            "agency": self.agency_uscc,
            "client": "rules",
            "purpose": "endorsement",
            "matter": "endorsement",
            "reason": why,
            "ground": "statutory_duty",
            "certificate": certificate.type_code,
            "certificate_ref": certificate.ref,
            "fields": [],
            "refused_fields": [],
            "other_fields": [],
        }
        for holder in certificate.holders:
            access = Access(
                kind="status",
                at=self.clock.now(),
                client="rules",
                agency=self.agency_uscc,
                purpose="endorsement",
                person=books.people.known(holder),
                record=said,
            )
            record_access(books, self.origin, access)

    def _today(self) -> date:
        return local_date(self.clock.now())


def _applied_in_time(books: Books, permit: Certificate) -> tuple[str, datetime] | None:
    last_day = permit.validity.valid_to
    if last_day is None:
        return None
    return EndorsementBook(books.connection).applied_in_time(permit.holders[0], last_day)


def _own_ref(books: Books, me: Resident, application_ref: str) -> str:
    """The application, if it is for this resident to open."""
    if not application_ref:
        return ""
    actor = ApplicationBook(books.connection).get(application_ref).actor
    mine = (actor.id_type, actor.id_number) == (me.holder.id_type, me.holder.id_number)
    return application_ref if mine else ""
