"""Decides signed leases by the rules, and orders the notices of those that can be filed.

A lease is judged twice: once to see which records it leans on, whose sources are asked with no
transaction open, and once more, alone with its dwelling, when it is moved. So of two leases of
one dwelling the second to come sees the first.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from certstore.certificates import Certificate
from certstore.clock import Clock, local_date
from certstore.errors import CertstoreError
from certstore.tables.books import Archive, Books
from issuance.for_others.desk import ForOthersDesk
from issuance.for_others.judging import judge_issuer
from issuance.matters.lease import records
from issuance.matters.lease.figures import figure_of, figures_of
from issuance.matters.lease.filing import asked_by, issuer_uscc, order_of, room_of
from issuance.matters.lease.judging import Case, Let, judge_lease, judge_what_is_said
from issuance.matters.lease.kept import Lease
from issuance.matters.lease.lists.tables import LeaseLists
from issuance.matters.lease.places.tables import PlaceBook
from issuance.matters.lease.reasons import Code, Finding, Judged, Outcome, Weight
from issuance.matters.lease.rules import LeaseRuleBook, LeaseRules
from issuance.matters.lease.states import Act, By, State
from issuance.matters.lease.tables import LEASE_FILING, LeaseBook
from issuance.matters.lease.terms import Role, of_role
from verifiers.materials.live_check import Confirmed, LiveCheckDesk
from verifiers.materials.on_file import record_fact
from verifiers.materials.records import Record
from verifiers.materials.strict_reading import Members
from verifiers.materials.vocabulary import RecordStatus, Source

log = logging.getLogger("certstore.issuance")
TITLE: Final = "property_certificate"
_FIRST_WAIT: Final = timedelta(minutes=1)  # then twice as long each time
_LONGEST_WAIT: Final = timedelta(hours=1)
_A_ROUND: Final = 50
_DOUBLINGS: Final = 10


@dataclass(frozen=True, slots=True)
class Found:
    """What the store knows of a lease: titles of its landlords, other filings of the dwelling."""

    titles: tuple[Certificate, ...]
    other_filings: tuple[Certificate, ...]
    standing: tuple[Lease, ...]

    @property
    def records(self) -> tuple[Record, ...]:
        """What sources are asked about."""
        return tuple(_record(c) for c in (*self.titles, *self.other_filings))


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseDecisionDesk:
    """Judges leases and moves them; every job is safe to run twice and on two machines."""

    archive: Archive
    live: LiveCheckDesk
    orders: ForOthersDesk
    rules: LeaseRuleBook
    clock: Clock
    origin: str
    city: str
    sources_down: tuple[str, ...] = ()

    # -- deciding ----------------------------------------------------------------------------

    def decide(self, ref: str) -> None:
        """Judge a signed lease and move it; one that has moved meanwhile is left as it is."""
        with self.archive.writing() as books:
            lease = LeaseBook(books.connection).get(ref)
            if lease.state is not State.CHECKING:
                return
            found = self.look(books, lease)
        confirmed = self.live.confirm(found.records)
        with self.archive.writing() as books:
            book = LeaseBook(books.connection)
            self.alone(books, lease)
            fresh = book.locked(ref)
            if (fresh.state, fresh.revision) != (State.CHECKING, lease.revision):
                return
            found = self.look(books, fresh)
            judged = self.judge(fresh, found, confirmed)
            judged = self._with_office(books, judged)
            self._move(books, fresh, judged, found)

    def alone(self, books: Books, lease: Lease) -> None:
        """Wait to be the only one who decides about this dwelling."""
        books.turns.take("lease-dwelling", figure_of(lease.contract.full_address(self.city)))

    def look(self, books: Books, lease: Lease) -> Found:
        """What is on file of the landlords' titles, and of other leases of the dwelling."""
        held = {}
        for party in of_role(lease.people, Role.LANDLORD):
            for certificate in books.register.held_by("111", party.id_number):
                if certificate.type_code == TITLE:
                    held[certificate.ref] = certificate
        places = PlaceBook(books.connection)
        places.bring_up_to_date(figure_of)
        figures = figures_of(lease.contract.full_address(self.city))
        refs = places.other_filings(figures, lease.contract.first)
        return Found(
            tuple(held[ref] for ref in sorted(held)),
            tuple(books.register.by_refs(refs).values()),
            tuple(LeaseLists(books.connection).standing(figures, lease.ref)),
        )

    def judge(self, lease: Lease, found: Found, confirmed: Confirmed) -> Judged:
        """Judge by the rules of the day it was signed by all."""
        down = {str(s) for s in confirmed.down} | set(self.sources_down)
        titles = confirmed.as_said(_record(c) for c in found.titles)
        case = Case(
            contract=lease.contract,
            parties=lease.people,
            city=self.city,
            today=self.today(),
            titles=titles,
            lets=(
                *_let_elsewhere(found.other_filings, confirmed, down),
                *(_let_here(other, self.city) for other in found.standing),
            ),
            titles_unknown=Source.NATURAL_RESOURCES in down,
        )
        return judge_lease(case, self.rules_of(lease))

    def unfit(self, lease: Lease) -> tuple[Finding, ...]:
        """Why a lease could not be filed as it is written, were it signed today.

        Only what needs no source; whether it is filed is decided when all have signed.
        """
        said = Case(
            contract=lease.contract, parties=lease.people, city=self.city, today=self.today()
        )
        judged = judge_what_is_said(said, self.rules.in_force(self.today()))
        return tuple(each for each in judged.findings if each.weight is Weight.REFUSES)

    def rules_of(self, lease: Lease) -> LeaseRules:
        """The rules in force when all had signed."""
        return self.rules.in_force(local_date(lease.submitted_at or self.clock.now()))

    def today(self) -> date:
        """The day in China."""
        return local_date(self.clock.now())

    def _with_office(self, books: Books, judged: Judged) -> Judged:
        """Whether the housing authority can have its notices sealed here, too."""
        issuer = books.issuers.find(issuer_uscc())
        if judge_issuer(issuer, LEASE_FILING, self.today()) is None:
            return judged
        if judged.outcome is not Outcome.APPROVED:
            return judged
        return Judged((*judged.findings, Finding(Code.OFFICE_NOT_READY)))

    def _move(self, books: Books, lease: Lease, judged: Judged, found: Found) -> None:
        now, book = self.clock.now(), LeaseBook(books.connection)
        decision = self.kept(lease, judged, found)
        match judged.outcome:
            case Outcome.APPROVED:
                self.approve(books, lease, By.RULES, decision)
            case Outcome.REFUSED:
                self.refuse(books, lease, By.RULES, decision, "")
            case Outcome.REVIEW:
                book.move(
                    lease,
                    Act.JUDGE,
                    State.REVIEW,
                    now,
                    By.RULES,
                    By.RULES,
                    decision=decision,
                    try_at=None,
                )
            case Outcome.WAITS:
                wait = min(_FIRST_WAIT * (1 << min(lease.tries, _DOUBLINGS)), _LONGEST_WAIT)
                more = {"decision": decision, "try_at": now + wait, "tries": lease.tries + 1}
                book.move(lease, Act.JUDGE, State.CHECKING, now, By.RULES, By.RULES, **more)
                return
        records.titles_used(books, self.origin, lease, found.titles, now)

    def kept(self, lease: Lease, judged: Judged, found: Found) -> dict[str, object]:
        """A decision as it is kept beside the lease."""
        return {
            "rule_version": self.rules_of(lease).version,
            "at": self.clock.now().isoformat(),
            "findings": [finding.as_json() for finding in judged.findings],
            "looked_at": [title.ref for title in found.titles],
        }

    def approve(
        self, books: Books, lease: Lease, who: str, decision: dict[str, object] | None
    ) -> None:
        """Approve, and order the notice in the same transaction."""
        now = self.clock.now()
        issuer = books.issuers.find(issuer_uscc())
        refusal = judge_issuer(issuer, LEASE_FILING, self.today())
        if refusal is not None or issuer is None:
            raise refusal or CertstoreError("there is no housing authority")
        said = asked_by(lease, issuer, "" if who == By.RULES else who)
        order = self.orders.take(books, issuer.uscc, order_of(lease, self.city), said)
        more = {"decided_at": now, "decided_by": who, "order_ref": order, "try_at": None}
        LeaseBook(books.connection).move(
            lease, Act.JUDGE, State.APPROVED, now, _by(who), who, decision=decision, **more
        )

    def refuse(
        self,
        books: Books,
        lease: Lease,
        who: str,
        decision: dict[str, object] | None,
        words: str,
    ) -> None:
        """Refuse with every reason, and tell the parties."""
        now = self.clock.now()
        more = {"decided_at": now, "decided_by": who, "words": words, "try_at": None}
        LeaseBook(books.connection).move(
            lease, Act.JUDGE, State.REFUSED, now, _by(who), who, decision=decision, **more
        )
        records.tell(books, lease, "lease_refused", now)


def _by(who: str) -> By:
    """The rules, or the officer of this number."""
    return By.RULES if who == By.RULES else By.OFFICER


def _record(certificate: Certificate) -> Record:
    return Record.read(Members(record_fact(certificate), "on_file"))


def _let_elsewhere(
    found: Iterable[Certificate], confirmed: Confirmed, down: set[str]
) -> Iterable[Let]:
    for certificate in found:
        said = confirmed.by_record.get(certificate.ref)
        if said is not None and said.status is not RecordStatus.VALID:
            continue
        yield Let(
            address=str(certificate.fields.get("address", "")),
            room=room_of(certificate.fields.get("part")),
            first=certificate.validity.valid_from,
            last=certificate.validity.valid_to,
            confirmed=certificate.ref not in confirmed.unusable and Source.HOUSING not in down,
        )


def _let_here(other: Lease, city: str) -> Let:
    said = other.contract
    return Let(address=said.full_address(city), room=said.room, first=said.first, last=said.last)
