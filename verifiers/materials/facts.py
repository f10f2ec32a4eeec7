"""Everything a reuse decision may look at: parsed once, frozen, and written back as it came.

`as_of` is the only clock. A decision is re-judged later from `Facts.as_json()` and the rule
version. What is *not* checked here: the check character of a number (the edges do that), and
that the records are all there are.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Self

from certstore.clock import local_date
from verifiers.materials.persons import Person
from verifiers.materials.records import (
    Claims,
    CounterCheck,
    EarlierVerification,
    FaceResult,
    Record,
    newest_versions,
)
from verifiers.materials.strict_reading import Members
from verifiers.materials.vocabulary import Dwelling, Matter, Occupier, Source

__all__ = [
    "Claims",
    "Context",
    "CounterCheck",
    "EarlierVerification",
    "FaceResult",
    "Facts",
    "Person",
    "Record",
    "parse_facts",
]


@dataclass(frozen=True, slots=True)
class Context:
    """What the applicant declares about the home; `relative` is whose it is, if not one's own."""

    dwelling: Dwelling
    address: str
    relative: Person | None = None

    @property
    def occupier(self) -> Occupier:
        """Whose home it is."""
        return Occupier.SELF if self.relative is None else Occupier.RELATIVE

    @classmethod
    def read(cls, members: Members) -> Self:
        """Read it from JSON; a relative's home must say whose, and how related."""
        members.only("dwelling", "occupier", "relative", "address")
        relative = None
        if members.word("occupier", Occupier) is Occupier.RELATIVE:
            if not members.has("relative"):
                members.refuse("relative", "missing, though the home is a relative's")
            relative = Person.read(members.inner("relative"))
            if relative.relation is None:
                members.inner("relative").refuse("relation", "missing")
        return cls(members.word("dwelling", Dwelling), members.text("address"), relative)

    def as_json(self) -> dict[str, object]:
        """The members `read` takes."""
        return {
            "dwelling": self.dwelling.value,
            "occupier": self.occupier.value,
            "relative": None if self.relative is None else self.relative.as_json(),
            "address": self.address,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A matter, the people in it, what is on file, and which sources cannot be asked."""

    matter: Matter
    as_of: datetime  # aware
    applicant: Person
    context: Context
    guardian: Person | None = None
    on_file: tuple[Record, ...] = ()
    face_results: tuple[FaceResult, ...] = ()
    sources_down: frozenset[Source] = frozenset()
    earlier_verifications: tuple[EarlierVerification, ...] = ()
    handed_in_at: datetime | None = None  # of what waited for another: when its applicant was done
    counter_checks: tuple[CounterCheck, ...] = ()

    @property
    def day(self) -> date:
        """The calendar day in China that every rule means."""
        return local_date(self.as_of)

    @property
    def identified_by(self) -> datetime:
        """The moment by which whoever acts had shown their identity: no later than `as_of`."""
        return self.as_of if self.handed_in_at is None else min(self.handed_in_at, self.as_of)

    @property
    def age(self) -> int | None:
        """The applicant's full years, None where the number carries no birth date."""
        return self.applicant.age_on(self.day)

    @property
    def actor(self) -> Person:
        """Who acts: the guardian where there is one, else the applicant."""
        return self.guardian or self.applicant

    @property
    def residents(self) -> tuple[Person, ...]:
        """Whose home may be shown: the applicant's, and that of the relative declared."""
        relative = self.context.relative
        return (self.applicant,) if relative is None else (self.applicant, relative)

    @property
    def current(self) -> tuple[Record, ...]:
        """The records on file, without versions that a later one on hand has replaced."""
        return newest_versions(self.on_file)

    def as_json(self) -> dict[str, object]:
        """The members `parse_facts` takes."""
        plain: dict[str, object] = {
            "matter": self.matter.value,
            "as_of": self.as_of.isoformat(),
            "applicant": self.applicant.as_json(),
            "guardian": None if self.guardian is None else self.guardian.as_json(),
            "context": self.context.as_json(),
            "on_file": [r.as_json() for r in self.on_file],
            "face_results": [r.as_json() for r in self.face_results],
            "sources_down": sorted(s.value for s in self.sources_down),
        }
        if self.earlier_verifications:
            plain["earlier_verifications"] = [e.as_json() for e in self.earlier_verifications]
        if self.handed_in_at is not None:
            plain["handed_in_at"] = self.handed_in_at.isoformat()
        if self.counter_checks:
            plain["counter_checks"] = [c.as_json() for c in self.counter_checks]
        return plain


def parse_facts(value: object, where: str = "facts") -> Facts:
    """Read facts from JSON values; raise MalformedError whose `where` is the path of the fault."""
    members = Members.of(value, where)
    members.only(
        *("matter", "as_of", "applicant", "guardian", "context", "on_file", "face_results"),
        *("sources_down", "earlier_verifications", "handed_in_at", "counter_checks"),
    )
    earlier = (
        members.objects("earlier_verifications") if members.has("earlier_verifications") else []
    )
    checks = members.objects("counter_checks") if members.has("counter_checks") else []
    return Facts(
        matter=members.word("matter", Matter),
        as_of=members.moment("as_of"),
        applicant=_applicant(members.inner("applicant")),
        guardian=Person.read(members.inner("guardian")) if members.has("guardian") else None,
        context=Context.read(members.inner("context")),
        on_file=tuple(Record.read(r) for r in members.objects("on_file")),
        face_results=tuple(FaceResult.read(r) for r in members.objects("face_results")),
        sources_down=frozenset(members.words("sources_down", Source)),
        earlier_verifications=tuple(EarlierVerification.read(e) for e in earlier),
        handed_in_at=members.moment("handed_in_at") if members.has("handed_in_at") else None,
        counter_checks=tuple(CounterCheck.read(c) for c in checks),
    )


def _applicant(members: Members) -> Person:
    applicant = Person.read(members)
    if applicant.id_type == "111" and applicant.birth_date is None:
        # Ages decide about guardians and photos: without a birth date there is no judging.
        members.refuse(
            "id_number",
            "not an identity number of 18 characters with a possible birth date",
            "compare it with the card, character by character",
        )
    return applicant
