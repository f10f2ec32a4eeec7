"""Conditions about what a record says: one of its fields, its address, its district."""

from dataclasses import dataclass
from typing import Self

from verifiers.materials.address_parts import take_apart
from verifiers.materials.addresses import AddressMatch, compare_addresses
from verifiers.materials.records import Record
from verifiers.materials.strict_reading import Members
from verifiers.materials.vocabulary import Reason
from verifiers.matters.case_facts import CaseFacts
from verifiers.matters.declared import Declared, plain_name, said, words
from verifiers.matters.finding import HOLDS, Finding
from verifiers.matters.reading import (
    ADDRESSES,
    Reading,
    address_equals,
    district_is,
    field_is,
)


@dataclass(frozen=True, slots=True)
class FieldIs:
    """One thing it says is equal to a word, to one of several, or to what the case tells."""

    name: str
    one_of: tuple[str, ...] = ()
    parameter: str | None = None

    @classmethod
    def read(cls, members: Members, declared: Declared) -> Self:
        """Read `name`, and one of `equals`, `one_of`, `parameter`."""
        members.only("is", "name", "equals", "one_of", "parameter")
        if sum(members.has(name) for name in ("equals", "one_of", "parameter")) != 1:
            members.refuse("name", "needs exactly one of equals, one_of and parameter")
        name = plain_name(members, "name")
        if name in ADDRESSES:
            why = "an address is written in many ways, and a text would be compared"
            members.refuse("name", why, "use the condition address or district")
        if members.has("parameter"):
            return cls(name, parameter=declared.parameter(members, "parameter"))
        return cls(
            name, words(members, "one_of") if members.has("one_of") else (said(members, "equals"),)
        )

    @property
    def reads(self) -> tuple[Reading, ...]:
        """The field itself."""
        return (field_is(self.name, self.parameter),)

    def judge(self, record: Record, facts: CaseFacts) -> Finding:
        """A record that says something else is not the one meant."""
        wanted = self.one_of if self.parameter is None else _told(facts, self.parameter)
        value = record.claims.as_json().get(self.name)
        text = str(value) if isinstance(value, (str, int)) else None
        return HOLDS if text in wanted else Finding(meant=False)


@dataclass(frozen=True, slots=True)
class AddressIs:
    """It is about the address, or lies in the district, that the case tells."""

    parameter: str
    district_only: bool

    @classmethod
    def address(cls, members: Members, declared: Declared) -> Self:
        """Read `parameter`, a whole address."""
        members.only("is", "parameter")
        return cls(declared.parameter(members, "parameter", day=False), district_only=False)

    @classmethod
    def district(cls, members: Members, declared: Declared) -> Self:
        """Read `parameter`, the name of a district."""
        members.only("is", "parameter")
        return cls(declared.parameter(members, "parameter", day=False), district_only=True)

    @property
    def reads(self) -> tuple[Reading, ...]:
        """Where it is."""
        asks = district_is if self.district_only else address_equals
        return (asks(self.parameter),)

    def judge(self, record: Record, facts: CaseFacts) -> Finding:
        """What may be the same place is for a person to look at."""
        told = _told(facts, self.parameter)
        if not told:
            return Finding((Reason.ADDRESS_UNSURE,), by_eye=True)
        match = _district(record, told[0]) if self.district_only else _address(record, told[0])
        if match is AddressMatch.SAME:
            return HOLDS
        if match is AddressMatch.UNSURE:
            return Finding((Reason.ADDRESS_UNSURE,), by_eye=True)
        return Finding((Reason.ADDRESS_MISMATCH,))


def _told(facts: CaseFacts, parameter: str) -> tuple[str, ...]:
    told = facts.parameters.get(parameter)
    return () if told is None else (told,)


def _address(record: Record, told: str) -> AddressMatch:
    says = record.claims.address or record.claims.further.get("residence_address")
    if not isinstance(says, str):
        return AddressMatch.UNSURE
    return compare_addresses(says, told).match


def _district(record: Record, told: str) -> AddressMatch:
    says = record.claims.further.get("residence_district")
    if not isinstance(says, str):
        if record.claims.address is None:
            return AddressMatch.UNSURE
        parts = take_apart(record.claims.address)
        if not parts.district_kind:
            return AddressMatch.UNSURE
        says = f"{parts.district}{parts.district_kind}"
    return AddressMatch.SAME if says == told else AddressMatch.DIFFERENT
