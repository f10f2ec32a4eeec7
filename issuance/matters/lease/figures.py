"""The figure by which leases of perhaps the same dwelling are found; comparing is done after.

Two addresses that can be the same place have the same last number, but for marks on it.
"""

import re

from verifiers.materials.address_parts import take_apart

_LIKE_FIGURES = str.maketrans({"-": None, "O": "0", "I": "1", "L": "1"})
_DIGITS = re.compile(r"[0-9]+")
_LONGEST = 20


def figure_of(address: str) -> str:
    """The digits the last number of an address begins with; empty where it has no number."""
    return next(iter(reversed(figures_of(address))), "")


def figures_of(address: str) -> tuple[str, ...]:
    """The same of each of its numbers: an address that leaves out the room ends with another."""
    found = (
        _DIGITS.search(number.value.translate(_LIKE_FIGURES))
        for number in take_apart(address).numbers
    )
    return tuple(digits.group()[:_LONGEST] for digits in found if digits)
