"""What may be asked of a piece of evidence: a closed list of conditions, each a pure function.

A condition looks at one record and the facts of the case. It says what is wrong in words of the
closed list of reasons; that the record is not the one that is meant at all; or that only a person
can tell. Nobody writes that a record must be in force on the day of the case: each must.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final, Self

from verifiers.materials.candidates import holder_reason, is_named_like, standing
from verifiers.materials.persons import Person
from verifiers.materials.records import Record
from verifiers.materials.strict_reading import Members
from verifiers.materials.vocabulary import Reason, Relation
from verifiers.matters.case_facts import CaseFacts
from verifiers.matters.content_conditions import AddressIs, FieldIs
from verifiers.matters.day_conditions import DocumentAge, HeldSince, Remaining, ValidOn
from verifiers.matters.declared import AS_OF, DayRef, Declared, Who, least_and_most
from verifiers.matters.finding import HOLDS, Condition, Finding
from verifiers.matters.reading import PARENT_IS, Reading

_MOST_YEARS: Final = 150


@dataclass(frozen=True, slots=True)
class HolderIs:
    """The record names the person meant, by number and name."""

    who: Who

    @classmethod
    def read(cls, members: Members, declared: Declared) -> Self:
        """Read `who`."""
        members.only("is", "who")
        return cls(declared.who(members, "who"))

    @property
    def reads(self) -> tuple[Reading, ...]:
        """Nothing further: name and number are those that the agency names."""
        return ()

    def judge(self, record: Record, facts: CaseFacts) -> Finding:
        """Of both people, each; of either, one. Nobody meant: not the record meant."""
        wanted = facts.people(self.who)
        if not wanted or not is_named_like(record.holders, wanted):
            return Finding(meant=False)
        if self.who is Who.BOTH:
            each = [holder_reason(record.holders, (person,)) for person in wanted]
            return Finding(tuple(dict.fromkeys(r for r in each if r is not None)))
        reason = holder_reason(record.holders, wanted)
        return HOLDS if reason is None else Finding((reason,))


@dataclass(frozen=True, slots=True)
class ParentIs:
    """The record names whoever acts as a parent of its holder."""

    @classmethod
    def read(cls, members: Members, declared: Declared) -> Self:
        """Read `who`, which is the guardian."""
        members.only("is", "who")
        declared.who(members, "who", Who.GUARDIAN)
        return cls()

    @property
    def reads(self) -> tuple[Reading, ...]:
        """Whom it names as parents."""
        return (PARENT_IS,)

    def judge(self, record: Record, facts: CaseFacts) -> Finding:
        """Number and name must agree."""
        named = facts.guardian is not None and facts.guardian in _Parents(record)
        return HOLDS if named else Finding((Reason.GUARDIANSHIP_UNPROVEN,))


@dataclass(frozen=True, slots=True)
class AgeIs:
    """The person's full years on a day; whoever was born on 29 February is older on 1 March."""

    of: Who
    on: DayRef
    at_least: int | None
    at_most: int | None

    @classmethod
    def read(cls, members: Members, declared: Declared) -> Self:
        """Read `of`, `on` (the day of the case if left out), `at_least` and `at_most` years."""
        members.only("is", "of", "on", "at_least", "at_most")
        on = DayRef.read(members, "on", declared) if members.has("on") else DayRef(AS_OF)
        years = least_and_most(members, "at_least", "at_most", _MOST_YEARS)
        return cls(declared.who(members, "of", Who.SUBJECT, Who.GUARDIAN), on, *years)

    @property
    def reads(self) -> tuple[Reading, ...]:
        """Nothing of a record: the number that the agency names says it."""
        return ()

    def judge_people(self, facts: CaseFacts) -> Finding:
        """A number that does not tell the birth date is for a person to look at."""
        people = facts.people(self.of)
        if not people:
            return Finding((Reason.NO_RECORD,))
        age = people[0].age_on(self.on.of(facts.day, facts.parameters))
        if age is None:
            return Finding((Reason.NO_RECORD,), by_eye=True)
        if self.at_least is not None and age < self.at_least:
            return Finding((Reason.NOT_YET_ELIGIBLE,))
        return (
            Finding((Reason.TOO_OLD,)) if self.at_most is not None and age > self.at_most else HOLDS
        )

    def judge(self, _record: Record, facts: CaseFacts) -> Finding:
        """The same beside a record."""
        return self.judge_people(facts)


@dataclass(frozen=True, slots=True)
class _Parents:
    record: Record

    def __contains__(self, person: Person) -> bool:
        claims = self.record.claims
        members = (p for p in claims.members if p.relation is Relation.PARENT)
        return any(person.is_same(parent) for parent in (*claims.parents, *members))


def proves_parent(record: Record, child: Person, parent: Person, day: date) -> bool:
    """Whether a record in force names this child as its holder, and this parent."""
    return record.names(child) and parent in _Parents(record) and not standing(record, day)


Reader = Callable[[Members, Declared], Condition]
CONDITIONS: Mapping[str, Reader] = MappingProxyType(
    {
        "holder": HolderIs.read,
        "valid_on": ValidOn.read,
        "document_age": DocumentAge.read,
        "remaining": Remaining.read,
        "field": FieldIs.read,
        "address": AddressIs.address,
        "district": AddressIs.district,
        "held_since": HeldSince.read,
        "parent": ParentIs.read,
        "age": AgeIs.read,
    }
)


def read_condition(members: Members, declared: Declared) -> Condition:
    """Read one condition; its word must be on the list."""
    word = members.text("is", 40)
    reader = CONDITIONS.get(word)
    if reader is None:
        members.refuse("is", "no such condition is known", f"known are {', '.join(CONDITIONS)}")
    return reader(members, declared)
