"""A question as it came: read, and freed of numbers that could say who asked."""

import unicodedata
from dataclasses import dataclass
from typing import Final, Self

from certstore.errors import MalformedError
from issuance.long_numbers import freed_of_numbers

LONGEST: Final = 200  # characters; one that stands for several (㍿) counts as those
_CONTROLS: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asks; `text` holds no long number, `freed` says that one was taken out."""

    text: str
    freed: bool = False

    @classmethod
    def read(cls, typed: str) -> Self:
        """Read a question; MalformedError if it is too long or holds a control character."""
        if len(typed) > LONGEST or len(_folded(typed)) > LONGEST:
            raise MalformedError(
                f"a question has at most {LONGEST} characters",
                where="q",
                remedy="ask in fewer words",
                cause="too_long",
            )
        if any(unicodedata.category(character) in _CONTROLS for character in typed):
            raise MalformedError(
                "a question is one line of text, without control characters",
                where="q",
                remedy="type it anew",
                cause="controls",
            )
        freed, found = freed_of_numbers(typed)
        return cls(" ".join(freed.split()), found)


def _folded(text: str) -> str:
    """As it is read: what a search costs goes by this length."""
    return unicodedata.normalize("NFKC", text).lower()
