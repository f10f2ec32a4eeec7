"""The desk of endorsements: how a permit stands, and what is overdue is suspended on its day."""

import logging
from dataclasses import dataclass
from datetime import date, timedelta
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

log = logging.getLogger("certstore.issuance")
PERMIT: Final = "residence_permit"
_AT_A_TIME, _MOST_A_ROUND = 100, 1000
_CLOCKS_DIFFER_BY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class PermitStanding:
    """A permit, its holds and how its endorsement stands; `ward` names a guardian's child."""

    certificate: Certificate
    standing: Standing
    holds: tuple[Hold, ...]
    today: date
    ward: str = ""


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
            return self._standing(books.holds.open_of(permit.ref), permit)

    def of(self, me: Resident, ref: str) -> PermitStanding:
        """A permit of this resident or their ward; NotFoundError for another's as for none."""
        today = self._today()
        with self.archive.reading() as books:
            permit = held(books, me.holder, ref, today)
            if not permit.sealed or permit.type_code != PERMIT:
                raise NotFoundError("there is no such permit", where=ref)
            holds = books.holds.of([ref])
        holder = permit.holders[0]
        own = me.holder.id_number.upper() in {h.id_number for h in permit.holders}
        return PermitStanding(
            certificate=permit,
            standing=self._standing([h for h in holds if h.open], permit),
            holds=tuple(holds),
            today=today,
            ward="" if own else holder.name,
        )

    def _standing(self, open_holds: list[Hold], permit: Certificate) -> Standing:
        today = self._today()
        kinds = {hold.kind for hold in open_holds}
        rules = self.rules.in_force(today)
        return judge_standing(permit.status, kinds, permit.validity, today, rules)

    # -- the nightly job -------------------------------------------------------------------

    def suspend_overdue(self) -> int:
        """Suspend every permit whose last day has passed without an endorsement; how many.

        Days that were missed are made up for, a thousand permits a round; run twice, or on two
        machines, each is suspended once. Where the clock ran days ahead, what was suspended too
        early is lifted again.
        """
        today = self._today()
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
                done = self._attempt(ref)
                failed, count = failed or done is None, count + bool(done)
            if len(found) < _AT_A_TIME:
                if not failed:
                    self._looked(days[1])
                break
            after = max(found)
        return count

    def _attempt(self, ref: str) -> bool | None:
        """Suspend one; None if that failed, which holds up no other and is tried again."""
        try:
            return self._suspend(ref)
        except CertificateRevokedError:
            return False  # it was replaced or ended meanwhile
        except CertstoreError as error:
            log.warning("not suspended yet", extra={"ref": ref, "why": error.detail})
        except Exception:
            log.exception("a permit cannot be suspended", extra={"ref": ref})
        return None

    def _suspend(self, ref: str) -> bool:
        now = self.clock.now()
        with self.archive.writing() as books:
            done = place_hold(books, ref, HoldKind.OVERDUE, BY_RULE, "not_endorsed", now)
            if not done.fresh:
                return False
            self._record(books, done, "endorsement_overdue")
            for holder in done.certificate.holders:
                person = books.people.known(holder).id
                facts = {"type": PERMIT, "certificate_ref": ref}
                occasion = f"{done.hold.ref}:{person}"
                books.inbox.add(person, "endorsement_overdue", occasion, facts, now)
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
