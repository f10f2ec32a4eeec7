"""A question as it came: read, and freed of numbers that could say who asked."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final, Self

from certstore.errors import MalformedError

LONGEST: Final = 200  # characters
# Fifteen to eighteen digits are an identity or card number, eleven a telephone's; whichever digits
# they are typed in, with blanks, dots or dashes between them. Unicode's digits, on purpose: what is
# sought here is to be taken out, not read.
_NUMBER: Final = re.compile(r"\d(?:[\s.\-\u2010-\u2015]?\d){10,}(?:[\s.\-\u2010-\u2015]?[xXＸｘ])?")  # noqa: RUF001 - a full-width X ends a number, too
_CONTROLS: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asks; `text` holds no long number, `freed` says that one was taken out."""

    text: str
    freed: bool = False

    @classmethod
    def read(cls, typed: str) -> Self:
        """Read a question; MalformedError if it is too long or holds a control character."""
        if len(typed) > LONGEST:
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
        freed, found = _NUMBER.subn(" ", typed)
        return cls(" ".join(freed.split()), bool(found))
