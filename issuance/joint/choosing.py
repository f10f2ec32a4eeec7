"""What a resident can do in one go, and what is said beforehand of what cannot come along."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from certstore.callers import Resident
from certstore.certificates import Holder
from certstore.clock import Clock, local_date
from certstore.errors import ConflictError
from certstore.tables.books import Archive, Books
from issuance.application import Answers, Application, Matter, State
from issuance.apply import ApplyDesk
from issuance.beginning import obstacle, require_free
from issuance.joint.predecessors import Awaited, Predecessors, promised_voucher
from verifiers.materials.decisions import MaterialDecision
from verifiers.materials.vocabulary import Material, Outcome, Reason

REGISTRATION: Final = Matter.RESIDENCE_REGISTRATION
PERMIT: Final = Matter.RESIDENCE_PERMIT
TOGETHER: Final = (REGISTRATION, PERMIT)  # in the order in which one follows the other


@dataclass(frozen=True, slots=True)
class Prospect:
    """Whether a matter can come along: a code of why not, empty if it can, and from when."""

    fault: str = ""
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Choices:
    """What somebody can do in one go."""

    registration: Prospect
    permit: Prospect
    leases: Sequence[Awaited]
    open: Sequence[str] = ()  # joint submissions with drafts in them


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoosingDesk:
    """Says what can be done in one go."""

    archive: Archive
    applying: ApplyDesk
    predecessors: Predecessors
    clock: Clock

    def choices(self, resident: Resident) -> Choices:
        """What this resident can do in one go, by the rules of the day."""
        with self.archive.reading() as books:
            holder = resident.holder
            registration = self._prospect(books, holder, REGISTRATION)
            leases = self.predecessors.open_to(books, holder)
        mine = self.applying.all_of(resident)
        drafts = (a.joint_ref for a in mine if a.state is State.DRAFT and a.joint_ref)
        permit = self.permit_prospect(resident) if not registration.fault else Prospect("ALONE")
        return Choices(registration, permit, leases, tuple(dict.fromkeys(drafts)))

    def permit_prospect(self, resident: Resident) -> Prospect:
        """Whether a permit can follow a registration that begins today.

        Nobody waits for what cannot come: half a year is judged as if the registration were
        issued today, before anybody answers a question.
        """
        today = local_date(self.clock.now())
        with self.archive.reading() as books:
            found = self._prospect(books, resident.holder, PERMIT)
            if found.fault:
                return found
            imagined = self._imagined(books, resident)
            fault = obstacle(
                books, imagined, today, self.applying.city, self.applying.gates, promised=True
            )
        if fault:
            return Prospect(fault)
        voucher = promised_voucher(imagined, self.applying.city, today)
        half_year = self._half_year(imagined, (voucher,))
        if half_year is not None and half_year.outcome is Outcome.BLOCKED:
            return Prospect("HALF_YEAR_NOT_FULL", half_year.eligible_on)
        return Prospect()

    def prospect(self, resident: Resident, matter: Matter) -> Prospect:
        """Whether a matter can be begun for oneself today, as it is said before anything is asked.

        Of a permit the half year is looked at, too. What is open already is for its own pages.
        """
        with self.archive.reading() as books:
            found = self._prospect(books, resident.holder, matter, promised=False)
            if found.fault or matter is not PERMIT:
                return found
            imagined, today = self._imagined(books, resident), local_date(self.clock.now())
            gates = self.applying.gates  # only its home is imagined: that it is registered is not
            fault = obstacle(books, imagined, today, self.applying.city, gates, promised=True)
        if fault:
            return Prospect(fault)
        half_year = self._half_year(imagined)
        if half_year is None or half_year.outcome is not Outcome.BLOCKED:
            return Prospect()
        if Reason.CERT_SUSPENDED_LOSS in half_year.reasons:
            return Prospect("VOUCHER_LOST")
        return Prospect("HALF_YEAR_LATER", half_year.eligible_on)

    def _half_year(
        self, imagined: Application, promises: tuple[dict[str, Any], ...] = ()
    ) -> MaterialDecision | None:
        judged = self.applying.checklist.check(imagined, promises=promises)
        return judged.decision.materials.get(Material.HALF_YEAR)

    def _prospect(
        self, books: Books, holder: Holder, matter: Matter, *, promised: bool = True
    ) -> Prospect:
        today, gates = local_date(self.clock.now()), self.applying.gates
        try:
            self.applying.require_offered(matter)
            require_free(books, holder, matter, today, gates, promised=promised)
        except ConflictError as error:
            on = error.facts.get("on")
            return Prospect(str(error.facts.get("cause", "")), on if isinstance(on, date) else None)
        return Prospect()

    def _imagined(self, books: Books, resident: Resident) -> Application:
        """A permit's application that nobody has begun, with a home that nobody has named."""
        holder, now = resident.holder, self.clock.now()
        person = books.people.find(holder.id_type, holder.id_number)
        person_id = 0 if person is None else person.id
        return Application(
            ref="",
            number="",
            matter=PERMIT,
            applicant=holder,
            person_id=person_id,
            actor=holder,
            actor_id=person_id,
            account=resident.account,
            state=State.DRAFT,
            begun_at=now,
            touched_at=now,
            answers=Answers("own", "self", None, self.applying.districts[0], "0"),
        )
