"""Whether the numbers of two addresses (弄, 号, 幢, 单元, 室 …) are the same."""

import re
from collections.abc import Sequence

from verifiers.materials.address_parts import UNKNOWN, Number
from verifiers.materials.address_verdict import AddressMatch, PartDifference

_DWELLING_UNITS = frozenset({"号", "幢", "座", "室", "户", "院", "号院", "门", UNKNOWN})
_LIKE_FIGURES = str.maketrans({"-": None, "O": "0", "I": "1", "L": "1"})
_LEADING_DIGITS = re.compile(r"^([0-9]+)(.*)$")


def identifies_a_dwelling(numbers: Sequence[Number]) -> bool:
    """Whether there is a house, building or room number: a lane or a group alone is no home."""
    return any(n.unit in _DWELLING_UNITS for n in numbers)


def numbers_differences(a: Sequence[Number], b: Sequence[Number]) -> list[PartDifference]:
    """Compare number by number; one left out or counted otherwise is UNSURE."""
    if list(a) == list(b):
        if identifies_a_dwelling(a):
            return []
        return [PartDifference("number", _text(a), _text(b), AddressMatch.UNSURE)]
    if _values(a) == _values(b):  # the same figures, said to be of other things: 6号, 6幢
        return [PartDifference("number", _text(a), _text(b), AddressMatch.UNSURE)]
    if any(n.unit == UNKNOWN for n in (*a, *b)):
        return [PartDifference("number", _text(a), _text(b), _by_values(a, b))]
    units = dict.fromkeys(n.unit for n in (*a, *b))
    found = [d for unit in units for d in _unit_difference(unit, a, b)]
    # The same units and values in another order are not the same address either.
    return found or [PartDifference("number", _text(a), _text(b), AddressMatch.UNSURE)]


def _unit_difference(unit: str, a: Sequence[Number], b: Sequence[Number]) -> list[PartDifference]:
    of_a = [n.value for n in a if n.unit == unit]
    of_b = [n.value for n in b if n.unit == unit]
    if of_a == of_b:
        return []
    texts = (_text([n for n in a if n.unit == unit]), _text([n for n in b if n.unit == unit]))
    return [PartDifference(unit, *texts, _compare_lists(of_a, of_b))]


def _compare_lists(a: list[str], b: list[str]) -> AddressMatch:
    if not a or not b:
        return AddressMatch.UNSURE
    if len(a) != len(b):
        return AddressMatch.UNSURE if set(a) & set(b) else AddressMatch.DIFFERENT
    alike = all(x == y or _one_says_more(x, y) for x, y in zip(a, b, strict=True))
    return AddressMatch.UNSURE if alike else AddressMatch.DIFFERENT


def _one_says_more(a: str, b: str) -> bool:
    """1203 and 1203A, 6 and 6-1, 12-03 and 1203, 101 and 1O1: the same but for marks."""
    if a.translate(_LIKE_FIGURES) == b.translate(_LIKE_FIGURES):
        return True
    one, other = _LEADING_DIGITS.match(a), _LEADING_DIGITS.match(b)
    if one is None or other is None or one.group(1) != other.group(1):
        return False
    return not one.group(2) or not other.group(2)


def _by_values(a: Sequence[Number], b: Sequence[Number]) -> AddressMatch:
    """Where a number does not say of what it is, the row of figures decides, never for SAME."""
    one, other = sorted((_values(a), _values(b)), key=len)
    return AddressMatch.UNSURE if _is_within(one, other) else AddressMatch.DIFFERENT


def _is_within(shorter: list[str], longer: list[str]) -> bool:
    rest = iter(longer)
    return all(value in rest for value in shorter)


def _values(numbers: Sequence[Number]) -> list[str]:
    return [part for n in numbers for part in n.value.split("-")]


def _text(numbers: Sequence[Number]) -> str:
    return "".join(n.text for n in numbers)
