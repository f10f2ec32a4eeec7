"""The parts of a set of reuse rules, one dataclass a table of the rule file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from verifiers.materials.strict_reading import Members
from verifiers.materials.vocabulary import ComparisonSource, Dwelling, Material, RecordType


@dataclass(frozen=True, slots=True)
class MatterRule:
    """What one matter wants to see."""

    materials: tuple[Material, ...]
    waive_unchanged_dwelling: bool  # no dwelling proof if the registered address is the same
    ended_permit_shows_address: (
        bool  # one overdue for endorsement still says where its holder lives
    )
    ask_for_photo: bool  # False: a photo on file is reused, a missing one is not asked for

    @classmethod
    def read(cls, members: Members) -> Self:
        """Read the table of one matter."""
        members.only(*cls.__dataclass_fields__)
        materials = members.words("materials", Material)
        if not materials or len(set(materials)) != len(materials):
            members.refuse("materials", "must name each material once, and at least one")
        return cls(
            materials,
            members.flag("waive_unchanged_dwelling"),
            members.flag("ended_permit_shows_address"),
            members.flag("ask_for_photo"),
        )


@dataclass(frozen=True, slots=True)
class FaceRule:
    """When a face result does in place of the identity card."""

    max_age: timedelta
    modes: frozenset[str]
    comparison_sources: frozenset[ComparisonSource]
    max_fmr: float
    tolerated_device_risks: frozenset[str]
    earlier_verification_max_age: timedelta | None  # None: an earlier verification does not do

    @classmethod
    def read(cls, members: Members) -> Self:
        """Read the table `face`."""
        members.only(
            *("max_age_minutes", "modes", "comparison_sources", "max_fmr"),
            *("tolerated_device_risks", "earlier_verification_max_age_days"),
        )
        max_fmr = members.number_or_none("max_fmr")
        if max_fmr is None or not 0 < max_fmr < 1:
            members.refuse("max_fmr", "must be a false match rate between 0 and 1")
        days = members.whole("earlier_verification_max_age_days")
        return cls(
            timedelta(minutes=members.whole("max_age_minutes", 1)),
            frozenset(members.texts("modes")),
            frozenset(members.words("comparison_sources", ComparisonSource)),
            max_fmr,
            frozenset(members.texts("tolerated_device_risks")),
            timedelta(days=days) if days else None,
        )


@dataclass(frozen=True, slots=True)
class CounterRule:
    """When an officer's look at the original document does in place of a face result."""

    documents: frozenset[str]
    max_age: timedelta

    @classmethod
    def read(cls, members: Members) -> Self:
        """Read the table `counter`."""
        members.only("documents", "max_age_minutes")
        documents = frozenset(members.texts("documents"))
        return cls(documents, timedelta(minutes=members.whole("max_age_minutes", 1)))


@dataclass(frozen=True, slots=True)
class PhotoRule:
    """How many years old a photo may be, by the age of its person today."""

    years_by_age: tuple[tuple[int, int], ...]  # (below this age, years), ascending
    years_otherwise: int

    @classmethod
    def read(cls, members: Members) -> Self:
        """Read the table `photo`."""
        members.only(*cls.__dataclass_fields__)
        steps = members.objects("years_by_age")
        for step in steps:
            step.only("below", "years")
        table = tuple((step.whole("below", 1), step.whole("years", 1)) for step in steps)
        if list(table) != sorted(set(table)):
            members.refuse("years_by_age", "must ascend by age")
        return cls(table, members.whole("years_otherwise", 1))

    def limit(self, age: int | None) -> int:
        """The years allowed at this age; the shortest where the age is not known."""
        if age is None:
            return min([self.years_otherwise, *(years for _, years in self.years_by_age)])
        below = (years for bound, years in self.years_by_age if age < bound)
        return next(below, self.years_otherwise)


@dataclass(frozen=True, slots=True)
class DwellingRule:
    """Which records show a dwelling, and which an unchanged address."""

    proofs: Mapping[Dwelling, frozenset[RecordType]]
    registered_address: frozenset[RecordType]

    @classmethod
    def read(cls, members: Members) -> Self:
        """Read the table `dwelling`."""
        members.only(*Dwelling, "registered_address")
        return cls(
            {dwelling: frozenset(members.words(dwelling, RecordType)) for dwelling in Dwelling},
            frozenset(members.words("registered_address", RecordType)),
        )


@dataclass(frozen=True, slots=True)
class GuardianRule:
    """Who needs a guardian, and what proves one."""

    needed_below: int
    minor_below: int
    proven_by: frozenset[RecordType]

    @classmethod
    def read(cls, members: Members) -> Self:
        """Read the table `guardianship`."""
        members.only(*cls.__dataclass_fields__)
        return cls(
            members.whole("needed_below", 1),
            members.whole("minor_below", 1),
            frozenset(members.words("proven_by", RecordType)),
        )


@dataclass(frozen=True, slots=True)
class HalfYearRule:
    """How long somebody must have been registered, and what may stand in for it."""

    months: int
    shown_by: frozenset[RecordType]
    insurance_months_instead: int  # 0: nothing stands in

    @classmethod
    def read(cls, members: Members) -> Self:
        """Read the table `half_year`."""
        members.only(*cls.__dataclass_fields__)
        return cls(
            members.whole("months", 1),
            frozenset(members.words("shown_by", RecordType)),
            members.whole("insurance_months_instead"),
        )


@dataclass(frozen=True, slots=True)
class BasisRule:
    """Employment, dwelling or study: what shows each."""

    insurance_months: int
    insurance_may_lag_months: int
    stable_dwelling: frozenset[RecordType]
    study: frozenset[RecordType]

    @classmethod
    def read(cls, members: Members) -> Self:
        """Read the table `basis`."""
        members.only(*cls.__dataclass_fields__)
        return cls(
            members.whole("insurance_months", 1),
            members.whole("insurance_may_lag_months"),
            frozenset(members.words("stable_dwelling", RecordType)),
            frozenset(members.words("study", RecordType)),
        )
