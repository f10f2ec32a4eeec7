"""Records against conditions: each condition is judged once of each record, whoever asks again.

What was compared follows from it: which question, of which certificate, with which answer. The
person concerned reads that.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Self

from certstore.sharing.guessing import Compared
from certstore.sharing.predicates import Answer
from verifiers.materials.records import Record
from verifiers.materials.vocabulary import Reason, RecordStatus, RecordType
from verifiers.matters.case_facts import CaseFacts
from verifiers.matters.conditions import HolderIs, ParentIs
from verifiers.matters.finding import HOLDS, Condition, Finding
from verifiers.matters.matter import Evidence

_Known = dict[tuple[Condition, str, RecordStatus, bool], Finding]
_Done = dict[tuple[Condition, str], tuple[Record, Finding]]


@dataclass(frozen=True, slots=True)
class Comparing:
    """The records of one case by type, and what conditions found of them so far."""

    facts: CaseFacts
    by_type: Mapping[RecordType, tuple[Record, ...]]
    known: _Known
    done: _Done

    @classmethod
    def of(cls, facts: CaseFacts) -> Self:
        """Nothing compared yet."""
        return cls._of(facts, {}, {})

    def again(self, facts: CaseFacts) -> Self:
        """The same case, with what its sources say of the records; what did not change is known."""
        return self._of(facts, self.known, self.done)

    @classmethod
    def _of(cls, facts: CaseFacts, known: _Known, done: _Done) -> Self:
        kinds: dict[RecordType, list[Record]] = {}
        for record in facts.current:
            kinds.setdefault(record.type, []).append(record)
        by_type = {kind: tuple(records) for kind, records in kinds.items()}
        return cls(facts, by_type, known, done)

    def meant(self, evidence: Evidence) -> Iterator[tuple[Record, tuple[Finding, ...]]]:
        """The records that could be meant, each with what its conditions found."""
        for record in self.by_type.get(evidence.type, ()) if evidence.type else ():
            found = self._findings(evidence, record)
            if all(each.meant for each in found):
                yield record, found

    def compared(self) -> tuple[Compared, ...]:
        """What was read of records beyond whose they are, and a name that did not agree."""
        found: dict[tuple[str, str, str | None], Compared] = {}
        for (condition, ref), (record, finding) in self.done.items():
            for question, told in _questions(condition, finding, self.facts):
                key = (ref, question, told)
                answer = _worse(_answer(finding), found[key].answer if key in found else "yes")
                found[key] = Compared(
                    certificate_ref=ref,
                    type_code=record.type.value,
                    question=question,
                    answer=answer,
                    told=told,
                )
        return tuple(found.values())

    def _findings(self, evidence: Evidence, record: Record) -> tuple[Finding, ...]:
        """Whose it is comes first: of somebody else's record nothing more is read."""
        for condition in evidence.conditions:
            if isinstance(condition, HolderIs):
                finding = self._finding(condition, record)
                if not finding.meant:
                    return (finding,)
        return tuple(self._finding(condition, record) for condition in evidence.conditions)

    def _finding(self, condition: Condition, record: Record) -> Finding:
        key = (condition, record.record_id, record.status, record.under_dispute)
        finding = self.known.get(key)
        if finding is None:
            finding = self.known[key] = condition.judge(record, self.facts)
        self.done[condition, record.record_id] = (record, finding)
        return finding


def _questions(
    condition: Condition, finding: Finding, facts: CaseFacts
) -> Iterator[tuple[str, str | None]]:
    """Which questions a condition put, and what the case told for each."""
    if isinstance(condition, HolderIs):
        if Reason.NAME_MISMATCH in finding.reasons:
            yield "holder_is", "\x00".join(p.name for p in facts.people(condition.who))
        return
    for reading in condition.reads:
        told = facts.parameters.get(reading.parameter) if reading.parameter else None
        if isinstance(condition, ParentIs) and facts.guardian is not None:
            told = f"{facts.guardian.name}\x00{facts.guardian.id_number}"
        yield reading.question, told


def _answer(finding: Finding) -> Answer:
    if finding == HOLDS:
        return "yes"
    return "unknown" if finding.by_eye else "no"


def _worse(one: Answer, other: Answer) -> Answer:
    """Of two answers to one question, the one that says less for the person."""
    for answer in ("no", "unknown"):
        if answer in {one, other}:
            return answer
    return "yes"
