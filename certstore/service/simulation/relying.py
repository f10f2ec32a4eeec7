"""Whoever relies on a certificate: a verifier who scans what is shown, a school that pulls."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Final

from certstore.callers import Resident
from certstore.errors import CertstoreError, ConflictError
from certstore.service.demo_city.dice import Dice
from certstore.service.simulation.agencies import PULLED, SCHOOL
from certstore.service.simulation.applicants import Tally
from certstore.service.simulation.schedule import Walk
from certstore.service.simulation.townspeople import Person
from certstore.service.wiring import House
from certstore.sharing.grants import Operator, PullRequest
from issuance.voucher_draft import VOUCHER
from verifiers.scanning.verdict import Verdict

_SECONDS_TO_SHOW: Final = (2, 25)
_GOOD: Final = frozenset({Verdict.VALID, Verdict.SUSPENDED})  # lost by now: said so, and recorded


@dataclass(frozen=True, slots=True)
class Relying:
    """Uses what was issued, on the record."""

    house: House
    dice: Dice
    tally: Tally
    cases: count  # type: ignore[type-arg]  # numbers of the school's cases

    def show(self, person: Person, ref: str) -> Walk:
        """Show a voucher's code; a verifier scans it before it ends."""
        me = Resident(
            person.holder, f"https://id.example#{person.id_number}", self.house.clock.now()
        )
        try:
            made = self.house.presentation_desk.present(me, ref)
        except ConflictError:
            return  # it is over
        yield timedelta(seconds=self.dice.part(*_SECONDS_TO_SHOW))
        scan = self.house.scan_desk.judge(made.code_text, "望江酒店")
        if scan.result.verdict not in _GOOD:
            raise CertstoreError(f"a code just shown is {scan.result.verdict}", where=ref)
        self.tally.scanned += 1

    def pull(self, person: Person, ref: str) -> Walk:
        """The school pulls what it may of a voucher, for one case."""
        yield timedelta()
        request = PullRequest(
            ref=ref,
            purpose_id=SCHOOL.purpose_id,
            matter_code=SCHOOL.matter_code,
            case_no=f"RX-{next(self.cases):06}",
            fields=PULLED[VOUCHER],
            subject_type="111",
            subject_number=person.id_number,
            operator=Operator("3021"),
        )
        answer = self.house.sharing_desk.pull(SCHOOL, request)
        if set(answer["fields"]) != set(PULLED[VOUCHER]):
            raise CertstoreError("a pull gave other fields than it was granted", where=ref)
        self.tally.pulled += 1
