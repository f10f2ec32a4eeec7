"""A party's signature: identity confirmed as for a commitment letter, then the text signed."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from certstore.callers import Resident
from certstore.clock import CHINA, Clock, local_date
from certstore.errors import ConflictError, MalformedError, RateLimitedError
from certstore.keys import Signer
from certstore.tables.books import Archive
from certstore.working_days import WorkCalendar
from face_auth.acceptance import FaceDesk
from face_auth.challenge import Challenge
from issuance.commitment import SessionProof, digest_of
from issuance.matters.lease import records
from issuance.matters.lease.deciding import LeaseDecisionDesk
from issuance.matters.lease.desk import LeaseDesk
from issuance.matters.lease.filing import MATTER
from issuance.matters.lease.kept import Lease
from issuance.matters.lease.mine import Mine, changed, of_party
from issuance.matters.lease.reasons import Finding
from issuance.matters.lease.signing import sign_summary
from issuance.matters.lease.states import Act, By, State, require
from issuance.matters.lease.tables import LeaseBook
from issuance.matters.lease.upkeep import LeaseUpkeepDesk
from verifiers.materials.facts import Facts, parse_facts
from verifiers.materials.identity import judge_identity
from verifiers.materials.on_file import person_fact
from verifiers.materials.rules import RuleBook

MOST_FACES_A_DAY: Final = 10
_A_DAY: Final = timedelta(days=1)
_FACE: Final = "face"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseSigningDesk:
    """Takes signatures; the last one has the lease decided."""

    archive: Archive
    leases: LeaseDesk
    deciding: LeaseDecisionDesk
    upkeep: LeaseUpkeepDesk
    face: FaceDesk
    face_rules: RuleBook
    calendar: WorkCalendar
    countersigner: Signer
    clock: Clock
    origin: str
    later_from: date | None = None

    def has_shown(self, resident: Resident, lease: Lease) -> bool:
        """Whether identity is shown now, as for a commitment letter, for this lease."""
        facts = self._facts(resident, lease)
        rules = self.face_rules.in_force(facts.day, later_from=self.later_from)
        return judge_identity(facts, rules).asks_nothing_again

    def verify_face(self, resident: Resident, ref: str, return_to: str) -> Challenge:
        """Begin a face verification of this party; RateLimitedError after too many in a day.

        ConflictError with the cause `unfit` where the lease could not be filed as it is written.
        """
        now = self.clock.now()
        mine = self.leases.open(resident, ref)
        require(Act.SIGN, mine.lease.state, ref)
        self._require_fit(mine.lease)
        who = f"party {mine.place}"
        with self.archive.reading() as books:
            steps = LeaseBook(books.connection).steps(ref)
        begun = [
            at for at, by, step, _ in steps if (by, step) == (who, _FACE) and at > now - _A_DAY
        ]
        if len(begun) >= MOST_FACES_A_DAY:
            raise RateLimitedError(
                "too many face verifications were begun today",
                where=ref,
                remedy="try again tomorrow",
                retry_after=int(_A_DAY.total_seconds()),
            )
        challenge = self.face.begin(
            resident.holder, resident.account, ref, return_to, matter=MATTER
        )
        with self.archive.writing() as books:
            LeaseBook(books.connection).note(ref, now, who, _FACE, challenge.txn)
        return challenge

    def last_face(self, mine: Mine) -> str | None:
        """Our transaction of the face verification this party began last."""
        with self.archive.reading() as books:
            steps = LeaseBook(books.connection).steps(mine.lease.ref)
        wanted = (f"party {mine.place}", _FACE)
        return next((note for _, by, step, note in reversed(steps) if (by, step) == wanted), None)

    def sign(self, resident: Resident, ref: str, summary_sha256: str, typed_name: str) -> Lease:
        """Sign the text that was read; the last signature has the lease decided.

        Signed twice, it stays signed once. ConflictError with the cause `changed` if the text is
        another by now, `unfit` where it could not be filed as it is written, `identity` while
        identity is not shown; MalformedError unless the name typed is the signer's own.
        """
        mine = self.leases.open(resident, ref)
        if mine.me.signed is not None and summary_sha256 == digest_of(mine.lease.summary):
            return mine.lease
        require(Act.SIGN, mine.lease.state, ref)
        self._require_fit(mine.lease)
        if typed_name.strip() != resident.holder.name:
            raise MalformedError("the name typed is not the signer's own", where="signature")
        if not self.has_shown(resident, mine.lease):
            raise ConflictError(
                "identity is not shown for this signature",
                where=ref,
                remedy="verify your face first",
                cause="identity",
            )
        if self._keep_signature(resident, ref, summary_sha256):
            self.upkeep.attempt(ref)
        with self.archive.reading() as books:
            return LeaseBook(books.connection).get(ref)

    def unfit(self, lease: Lease) -> tuple[Finding, ...]:
        """Why an open lease could not be filed as it is written: nobody signs that for nothing."""
        return self.deciding.unfit(lease) if lease.state is State.OPEN else ()

    def _require_fit(self, lease: Lease) -> None:
        reasons = [each.code.value for each in self.unfit(lease)]
        if reasons:
            raise ConflictError(
                "it could not be filed as it is written: " + ", ".join(reasons),
                where=lease.ref,
                remedy="change it first",
                cause="unfit",
                reasons=reasons,
            )

    def _keep_signature(self, resident: Resident, ref: str, summary_sha256: str) -> bool:
        """Whether it was the last one that was missing."""
        now = self.clock.now()
        with self.archive.writing() as books:
            book = LeaseBook(books.connection)
            mine = of_party(book.locked(ref), resident)
            lease = mine.lease
            if digest_of(lease.summary) != summary_sha256:
                raise changed(ref)
            if mine.me.signed is not None:
                return False  # the other click was first
            require(Act.SIGN, lease.state, ref)
            session = SessionProof(resident.account, resident.verified_at)
            signed = sign_summary(
                ref,
                mine.place,
                lease.summary,
                session,
                now=now,
                countersigner=self.countersigner,
            )
            book.sign(ref, mine.place, signed)
            book.note(ref, now, f"party {mine.place}", "signed", summary_sha256)
            records.own_act(books, self.origin, lease, resident.holder, "sign", now)
            if not book.get(ref).all_signed:
                return False
            submitted = {"submitted_at": now, "due_on": self._due(), "try_at": None}
            who = f"party {mine.place}"
            book.move(
                lease, Act.SIGN, State.CHECKING, now, By.PARTY, who, changed_at=now, **submitted
            )
        return True

    def _due(self) -> date:
        now = self.clock.now()
        received = self.calendar.received_on(now).day
        days = self.deciding.rules.in_force(local_date(now)).working_days
        return self.calendar.add_working_days(received, days).day

    def _facts(self, resident: Resident, lease: Lease) -> Facts:
        holder = resident.holder
        results = self.face.results_for(holder, lease.ref)
        earlier = self.face.earlier_for(holder, resident.account)
        return parse_facts(
            {
                "matter": "residence_registration",  # a lease confirms identity as it does
                "as_of": self.clock.now().astimezone(CHINA).isoformat(),
                "applicant": person_fact(holder),
                "guardian": None,
                "context": {
                    "dwelling": "rent",
                    "occupier": "self",
                    "relative": None,
                    "address": lease.contract.full_address(self.leases.city),
                },
                "on_file": [],
                "earlier_verifications": [each.as_facts() for each in earlier],
                "face_results": [result.as_facts() for result in results],
                "sources_down": [],
            }
        )
