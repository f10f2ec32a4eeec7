"""What a condition reads of a record, and whether a purpose was granted that: values, no IO.

A question is granted by its own name, or by a field that says more. Whoever may not read a field
may not have a condition read it for them either.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from certstore.sharing.predicates import GRANTED_BY

ADDRESSES: Final = ("residence_address", "address")


@dataclass(frozen=True, slots=True)
class Reading:
    """One thing read: the question that the person sees, and the paths of a grant that cover it.

    `parameter` names what the case tells to compare it with: whoever asks often enough with
    another value each time would learn it.
    """

    question: str
    covered_by: tuple[str, ...]
    parameter: str | None = None

    def is_covered(self, granted: Collection[str]) -> bool:
        """Whether a grant of these paths covers it."""
        return any(path in granted for path in self.covered_by)


def valid_on(parameter: str | None = None) -> Reading:
    """Until when it is valid."""
    return Reading("valid_on", tuple(GRANTED_BY["valid_on"]), parameter)


def address_equals(parameter: str) -> Reading:
    """Whether it is about an address."""
    return Reading("address_equals", tuple(GRANTED_BY["address_equals"]), parameter)


def district_is(parameter: str) -> Reading:
    """Whether it lies in a district."""
    covered_by = ("district_is", "residence_district", *ADDRESSES)
    return Reading("district_is", covered_by, parameter)


def held_since(field: str) -> Reading:
    """Since when it has been so."""
    return Reading("held_since", ("held_since", field))


PARENT_IS: Final = Reading("parent_is", ("parent_is", "parents", "members"))
"""Whom a record names as a parent; `members` are a household's."""


def field_is(name: str, parameter: str | None) -> Reading:
    """What one field says: there is no question for it, so the field itself must be granted."""
    return Reading(name, (name,), parameter)


def uncovered(readings: Iterable[Reading], granted: Collection[str]) -> tuple[Reading, ...]:
    """The readings that a grant does not cover."""
    return tuple(each for each in readings if not each.is_covered(granted))
