"""The three answers of address matching, and a part that does not agree."""

from dataclasses import dataclass
from enum import StrEnum


class AddressMatch(StrEnum):
    """Whether two addresses are one place."""

    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class PartDifference:
    """A part as each side has it (empty: left out), and what that means for the whole."""

    part: str
    a: str
    b: str
    match: AddressMatch
