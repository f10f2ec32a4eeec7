"""Which records could satisfy a material, what is wrong with each, and which one decides.

Several records: the best decides. If none serves, the reasons are all those of the nearest
miss; where several are equally near (as many things wrong), the reasons of each of them.
The order in which the records stand on file never matters.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from verifiers.materials.decisions import Alternatives, MaterialDecision, sources_down
from verifiers.materials.facts import Facts
from verifiers.materials.persons import Likeness, Person
from verifiers.materials.records import Record
from verifiers.materials.vocabulary import (
    NEARNESS,
    Material,
    Outcome,
    Reason,
    RecordStatus,
    RecordType,
)

_STATUS_REASON = {
    RecordStatus.EXPIRED: Reason.CERT_EXPIRED,
    RecordStatus.LOST: Reason.CERT_SUSPENDED_LOSS,
    RecordStatus.CANCELLED: Reason.CERT_REVOKED,
    RecordStatus.REVOKED: Reason.CERT_REVOKED,
    RecordStatus.SUPERSEDED: Reason.CERT_REVOKED,
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record that could be meant, and every reason it does not serve."""

    record: Record
    reasons: tuple[Reason, ...]
    for_officer: bool = False  # all that is wrong is something a person can judge by looking

    @property
    def serves(self) -> bool:
        """Whether nothing is wrong with it."""
        return not self.reasons


@dataclass(frozen=True, slots=True)
class Ask:
    """What becomes of a material that no record serves."""

    material: Material
    types: frozenset[RecordType]  # the kinds of record that could have served
    alternatives: Alternatives
    outcome: Outcome = Outcome.MUST_UPLOAD


def standing(record: Record, day: date) -> tuple[Reason, ...]:
    """What is wrong with a record in itself: its status, an objection, its days (both count)."""
    reasons = []
    if record.status is not RecordStatus.VALID:
        reasons.append(_STATUS_REASON[record.status])
    if record.valid_to is not None and record.valid_to < day:
        reasons.append(Reason.CERT_EXPIRED)
    if record.valid_from is not None and record.valid_from > day:
        reasons.append(Reason.NOT_YET_VALID)
    if record.under_dispute:
        reasons.append(Reason.UNDER_DISPUTE)
    return in_order(reasons)


def holder_reason(holders: Iterable[Person], wanted: Sequence[Person]) -> Reason | None:
    """None if a person wanted is named by number and name, else how near it comes."""
    likenesses = {person.likeness(holder) for holder in holders for person in wanted}
    if Likeness.SAME in likenesses:
        return None
    if Likeness.NAME_DIFFERS in likenesses:
        return Reason.NAME_MISMATCH
    return Reason.HOLDER_NOT_SUBJECT


def is_named_like(holders: Iterable[Person], wanted: Sequence[Person]) -> bool:
    """Whether a holder has at least the number or the name of a person wanted."""
    return any(
        person.likeness(holder) is not Likeness.OTHER for holder in holders for person in wanted
    )


def in_order(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """The reasons in the order found, none twice."""
    return tuple(dict.fromkeys(reasons))


def best(candidates: Iterable[Candidate]) -> Candidate | None:
    """Of those that serve, the one issued last (then by id, so that the choice is fixed)."""
    serving = [c for c in candidates if c.serves]
    return max(serving, key=lambda c: _issue_order(c.record), default=None)


def nearest(candidates: Iterable[Candidate]) -> tuple[Candidate | None, tuple[Reason, ...]]:
    """The nearest miss, and the reasons of all that come as near."""
    misses = sorted(candidates, key=_distance)
    if not misses:
        return None, ()
    first = misses[0]
    as_near = [m for m in misses if _steps(m) == _steps(first)]
    return first, in_order(r for m in as_near for r in m.reasons)


def settle(facts: Facts, candidates: Sequence[Candidate], ask: Ask) -> MaterialDecision:
    """Decide a material by its candidates; a source that is down never becomes a request."""
    found = best(candidates)
    if found is not None:
        return MaterialDecision(
            material=ask.material, outcome=Outcome.SATISFIED, satisfied_by=found.record
        )
    miss, reasons = nearest(candidates)
    down = sources_down(ask.types, facts.sources_down)
    missed = MaterialDecision(
        material=ask.material,
        outcome=Outcome.OFFICER_REVIEW,
        reasons=reasons,
        near_miss=miss.record if miss else None,
    )
    if down:
        waiting = (*reasons, Reason.SOURCE_UNAVAILABLE)
        return replace(missed, outcome=Outcome.SOURCE_DOWN, reasons=waiting, sources_down=down)
    if miss and miss.for_officer:
        return missed
    told = reasons or (Reason.NO_RECORD,)
    return replace(missed, outcome=ask.outcome, reasons=told, alternatives=ask.alternatives)


def _steps(candidate: Candidate) -> tuple[bool, int]:
    return (not candidate.for_officer, len(candidate.reasons))


def _distance(candidate: Candidate) -> tuple[object, ...]:
    day, version, record_id = _issue_order(candidate.record)
    worst = max((NEARNESS[r] for r in candidate.reasons), default=0)
    return (*_steps(candidate), worst, -day.toordinal(), -version, record_id)


def _issue_order(record: Record) -> tuple[date, int, str]:
    return (record.issued_on, record.version, record.record_id)
