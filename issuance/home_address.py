"""Whether an address written by hand says which home is meant: a named place and a number."""

import re

from verifiers.materials.address_numbers import identifies_a_dwelling
from verifiers.materials.address_parts import AddressParts, take_apart

_LAST_WORD = re.compile(r"(?:大道|公路|路|大街|街|胡同|支弄|弄|巷|新村|村|镇|乡|里|小区)$")
_CHARACTER = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")
_INSIDE_A_HOUSE = frozenset({"室", "户", "层", "单元"})


def names_a_home(address: str) -> bool:
    """Whether it names a road, lane, village or estate, and the number of a house in it.

    The city's and the district's name may be left out. Whether there is such a house is not
    checked: no gazetteer is at hand.
    """
    parts = take_apart(address)
    return _is_named(parts) and identifies_a_dwelling(parts.numbers) and _has_house(parts)


def _is_named(parts: AddressParts) -> bool:
    names = (parts.road, parts.place, parts.town)
    return any(_CHARACTER.search(name) and _LAST_WORD.sub("", name) for name in names)


def _has_house(parts: AddressParts) -> bool:
    """A room alone on a road is in no house: it takes a lane, a building or a village, too."""
    return bool(parts.beside or parts.place) or any(
        number.unit not in _INSIDE_A_HOUSE for number in parts.numbers
    )
