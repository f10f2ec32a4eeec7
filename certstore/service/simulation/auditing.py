"""What must hold when the days are over, read from the stores anew: nothing is taken on trust.

Every case stands where its matter's table lets it stand, by a way that the table allows; every
certificate was made once; every access is in the ledger; and who or what any case was late by.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from certstore.clock import local_date
from certstore.ledger_monitor import look_through
from certstore.service.simulation.tables import AuditBook, CaseRow, Step
from certstore.service.wiring import House
from issuance.application import NOT_BEGUN, WITH_OFFICERS, Matter, State
from issuance.history.tables import STILL_DOWN
from issuance.procedure import procedure_of

_STATES: Final = frozenset(state.value for state in State)
_AT_ONCE: Final = timedelta(minutes=10)  # a round of the worker: what a crash left is done by then
_MOST_TOLD: Final = 20
_LOOKED: Final = "looked:"


@dataclass(slots=True)
class Audit:
    """What was read, and what is wrong; `faults` empty: everything holds."""

    states: Counter[str] = field(default_factory=Counter)  # "matter state" to how many cases
    late_by: Counter[str] = field(default_factory=Counter)  # officers, sources or the system
    certificates: int = 0
    sent: int = 0
    with_papers: int = 0
    accesses: Mapping[str, int] = field(default_factory=dict)
    leaves: int = 0
    permit_days: list[int] = field(default_factory=list)  # from approval to permit
    sitting_s: list[float] = field(default_factory=list)  # from the first page to sending it
    faults: list[str] = field(default_factory=list)

    def wrong(self, fault: str) -> None:
        """Note a fault; the first few are told in words, all are counted by there being one."""
        if len(self.faults) < _MOST_TOLD:
            self.faults.append(fault)


def audit(house: House, *, scanned: int, pulled: int) -> Audit:
    """Read everything and judge it; of scans and pulls, so many must be on record."""
    found, now = Audit(), house.clock.now()
    with house.archive.reading() as books:
        book = AuditBook(books.connection)
        cases = {case.ref: case for case in book.cases()}
        looks = 0
        for ref, steps in book.steps():
            looks += sum(step.startswith(_LOOKED) for _, step in steps)
            _judge_case(found, cases[ref], steps, now)
        _judge_certificates(found, house, book, cases.values())
        found.accesses, found.with_papers = book.accesses(), book.with_papers()
        issued = Counter(book.issues())
    _judge_issues(found, cases.values(), issued)
    holds = sum(case.matter.done_at_once for case in cases.values())
    made = {"review": looks, "own_act": holds, "scan": scanned, "pull": pulled}
    for kind, wanted in made.items():
        if found.accesses.get(kind, 0) != wanted:
            found.wrong(f"{wanted} of {kind}, {found.accesses.get(kind, 0)} of them on record")
    house.ledger_desk.checkpoint()
    report = look_through(house.archive, house.ledger_desk.vkey())
    found.leaves = report.leaves
    for finding in report.findings:
        found.wrong(f"ledger: {finding.code} at {finding.where}: {finding.detail}")
    if report.leaves != sum(found.accesses.values()):
        found.wrong(f"ledger: {report.leaves} leaves, {sum(found.accesses.values())} accesses")
    return found


# -- cases ---------------------------------------------------------------------------------


def _judge_case(found: Audit, case: CaseRow, steps: Sequence[Step], now: datetime) -> None:
    found.states[f"{case.matter.value} {case.state.value}"] += 1
    way = [step for step in steps if step[1] in _STATES]
    for fault in _off_the_table(case, [State(step) for _, step in way]):
        found.wrong(f"{case.matter} {case.ref}: {fault}")
    if case.submitted_at is None or case.matter.done_at_once:
        return
    found.sent += 1
    found.sitting_s.append((case.submitted_at - case.begun_at).total_seconds())
    issued = next((at for at, step in way if step == State.ISSUED.value), None)
    if case.matter is Matter.RESIDENCE_PERMIT and issued is not None and case.decided_at:
        found.permit_days.append((local_date(issued) - local_date(case.decided_at)).days)
    whose = _late_by(case, steps, issued, now)
    if whose:
        found.late_by[whose] += 1
    if whose == "system":
        found.wrong(f"{case.matter} {case.ref}: late by the service's own fault")


def _off_the_table(case: CaseRow, way: Sequence[State]) -> Iterator[str]:
    """Where the way of a case leaves its matter's table."""
    table = procedure_of(case.matter)
    at = State.DRAFT
    for to in way:
        if to is State.DRAFT and at is State.DRAFT:
            continue
        if to not in {after for (before, _, _), after in table.steps.items() if before is at}:
            yield f"went from {at} to {to}, which no row allows"
        at = to
    if at is not case.state:
        yield f"stands at {case.state}; its last step led to {at}"
    if (case.state is State.ISSUED) != (case.certificate_ref is not None) and (
        not case.matter.done_at_once
    ):
        yield f"is {case.state}, its certificate {case.certificate_ref}"


def _late_by(case: CaseRow, steps: Sequence[Step], issued: datetime | None, now: datetime) -> str:
    """Who or what a case is late by: officers, sources, system; empty if it is not late.

    What was approved has its certificate within a round of the worker, and what the rules alone
    decide is decided as it is sent, unless a source was down: anything else is the service's own.
    """
    if case.state in NOT_BEGUN or case.submitted_at is None:
        return ""
    waited = any(step == STILL_DOWN for _, step in steps)
    if case.state is State.APPROVED or issued is not None:
        done = issued or now
        if case.decided_at is None or done - case.decided_at > _AT_ONCE:
            return "system"
    by_rules = case.automatic and case.decided_at is not None and not waited
    if by_rules and (case.decided_at or now) - case.submitted_at > _AT_ONCE:
        return "system"
    decided = case.decided_at if case.state not in WITH_OFFICERS else None
    answered = local_date(decided or now)
    if case.due_on is None or answered <= case.due_on:
        return ""
    return "sources" if waited else "officers"


# -- certificates and accesses -----------------------------------------------------------------


def _judge_certificates(
    found: Audit, house: House, book: AuditBook, cases: Iterable[CaseRow]
) -> None:
    wanted = Counter(case.certificate_ref for case in cases if case.state is State.ISSUED)
    made, identifiers, places = Counter[str](), Counter[str](), Counter[tuple[int, int]]()
    letters = 0
    for sealed in book.sealed():
        identifiers[sealed.identifier] += 1
        places[sealed.place] += 1
        made[sealed.ref] += 1
        letters += sealed.ref not in wanted
        if not all(house.objects.has(digest) for digest in sealed.digests):
            found.wrong(f"certificate {sealed.ref}: a file of it is not in the store")
    found.certificates = sum(wanted.values())
    for ref, count in wanted.items():
        if count != 1:
            found.wrong(f"certificate {ref} answers {count} cases")
        if made[str(ref)] != 1:
            found.wrong(f"certificate {ref} was made {made[str(ref)]} times")
    for what, counted in (("identifier", identifiers), ("place in a status list", places)):
        twice = sum(count > 1 for count in counted.values())
        if twice:
            found.wrong(f"{twice} times one {what} was given to two certificates")
    if book.unfinished():
        found.wrong(f"{book.unfinished()} numbers were taken and became no certificate")
    if letters != book.letters():
        found.wrong(f"{letters} certificates answer no case; {book.letters()} letters were signed")


def _judge_issues(found: Audit, cases: Iterable[CaseRow], issued: Counter[str]) -> None:
    for case in cases:
        times = issued[str(case.certificate_ref)]
        if case.state is State.ISSUED and times != 1:
            found.wrong(f"{case.matter} {case.ref}: its issue is on record {times} times")
