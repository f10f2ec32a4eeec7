"""The reasons an officer can refuse for, and a refusal as it is typed, kept and read. No IO.

A refusal is kept as its codes, with commas between, and the officer's sentence on the next line.
"""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Self

from certstore.errors import MalformedError
from issuance.sentences import MAX_SENTENCE, as_read

UNLISTED = "OTHER"  # a reason that must be put into words
_CODE = re.compile(r"[A-Z][A-Z_]{1,39}")


@dataclass(frozen=True, slots=True)
class ListedReason:
    """A reason of the list, and the matters it is for; none: for every one."""

    code: str
    matters: tuple[str, ...] = ()


def read_reasons(text: str) -> tuple[ListedReason, ...]:
    """Read a list of reasons; MalformedError if one is no code, or stands there twice."""
    lines = tomllib.loads(text).get("reason", ())
    found = tuple(ListedReason(one["code"], tuple(one.get("matters", ()))) for one in lines)
    codes = [reason.code for reason in found]
    if len(set(codes)) != len(codes) or not all(map(_CODE.fullmatch, codes)):
        raise MalformedError("a reason is a code in capitals, listed once", where="reasons")
    if UNLISTED not in codes:
        raise MalformedError(f"the list ends with {UNLISTED}, for free words", where="reasons")
    return found


@cache
def listed() -> tuple[ListedReason, ...]:
    """The list that comes with the service."""
    return read_reasons(files(__package__).joinpath("reasons.toml").read_text("utf-8"))


def reasons_for(matter: str) -> tuple[str, ...]:
    """The codes that an application of this matter can be refused for, in the list's order."""
    return tuple(r.code for r in listed() if not r.matters or matter in r.matters)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Every reason of a refusal, in the list's order, and what the officer wrote."""

    codes: tuple[str, ...]
    sentence: str = ""

    @classmethod
    def typed(cls, matter: str, codes: str | Sequence[str], sentence: str) -> Self:
        """A refusal as an officer typed it.

        MalformedError (where: reason, sentence) without a reason of the matter's list, or without
        words where none of the list fits.
        """
        chosen = {codes} if isinstance(codes, str) else set(codes)
        known = reasons_for(matter)
        if not chosen or chosen - set(known):
            raise MalformedError("choose every reason of the list that holds", where="reason")
        sentence = as_read(sentence)
        least = 1 if UNLISTED in chosen else 0
        if not least <= len(sentence) <= MAX_SENTENCE or not sentence.isprintable():
            raise MalformedError(
                f"write a sentence of at most {MAX_SENTENCE} characters", where="sentence"
            )
        return cls(tuple(code for code in known if code in chosen), sentence)

    @classmethod
    def kept(cls, text: str) -> Self:
        """Read back what an application keeps as its reason; codes of earlier lists, too."""
        codes, _, sentence = text.partition("\n")
        return cls(tuple(code for code in codes.split(",") if code), sentence)

    def as_kept(self) -> str:
        """As an application keeps it."""
        return f"{','.join(self.codes)}\n{self.sentence}"
