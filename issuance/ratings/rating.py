"""A rating: a grade of five (政务服务“好差评”, GB/T 39735), words from a list, free words."""

import hashlib
import json
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from certstore.errors import MalformedError
from issuance.application import Matter, State
from issuance.long_numbers import freed_of_numbers
from issuance.sentences import as_read

GRADES: Final = (5, 4, 3, 2, 1)  # very content, content, fairly, not, not at all
BAD: Final = frozenset({1, 2})  # answered by a supervisor, always
PRAISE: Final = ("fast", "little_to_do", "clear", "kind")
COMPLAINT: Final = ("slow", "asked_again", "unclear", "did_not_work", "unkind")
MOST_WORDS: Final = 300  # characters
CHANGED_WITHIN: Final = timedelta(days=10)  # until it is answered
RATED_STATES: Final = frozenset({State.ISSUED, State.REFUSED})
_GOOD_FROM: Final = 3
_SHORTEST_NAME: Final = 2  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What somebody says: the grade, words of the list, words of their own.

    `freed`: something in these words said who wrote them, and was taken out as they were read.
    """

    grade: int
    tags: tuple[str, ...] = ()
    words: str = ""
    freed: bool = field(default=False, compare=False)  # of what was typed, not of what is said

    @property
    def digest(self) -> str:
        """A short digest of all of it: an answer meets what was read, and nothing else."""
        said = json.dumps([self.grade, self.tags, self.words], ensure_ascii=False)
        return hashlib.sha256(said.encode()).hexdigest()[:16]

    @classmethod
    def typed(cls, grade: str, tags: list[str], words: str, name: str = "") -> "Opinion":
        """Read a form; MalformedError (where: grade, tags, words) for what cannot be said.

        Long numbers and the writer's own `name` are left out of the words.
        """
        if grade not in {str(one) for one in GRADES}:
            raise MalformedError("choose one of the five grades", where="grade")
        known = PRAISE if int(grade) >= _GOOD_FROM else COMPLAINT
        if set(tags) - {*PRAISE, *COMPLAINT}:
            raise MalformedError("choose words of the list", where="tags")
        said = as_read(words)
        if len(said) > MOST_WORDS or not said.isprintable():
            raise MalformedError(f"write at most {MOST_WORDS} characters", where="words")
        nameless = _without_name(said, name)
        freed, numbered = freed_of_numbers(nameless)
        return cls(
            grade=int(grade),
            tags=tuple(t for t in known if t in tags),
            words=as_read(freed),
            freed=numbered or nameless != said,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """An opinion as it is kept, and the answer to it; `ref` says nothing of whose it is."""

    ref: str
    application_ref: str
    number: str
    matter: Matter
    opinion: Opinion
    rated_at: datetime
    reply: str = ""
    replied_by: str = ""
    replied_at: datetime | None = None

    @property
    def bad(self) -> bool:
        """Whether it must be answered."""
        return self.opinion.grade in BAD

    def may_change(self, now: datetime) -> bool:
        """Whether its writer may still change it."""
        return self.replied_at is None and now < self.rated_at + CHANGED_WITHIN


def _without_name(words: str, name: str) -> str:
    """Words without the name of who wrote them; one of a single character could be any word."""
    if len(name) < _SHORTEST_NAME:
        return words
    return re.sub(rf"(?<![A-Za-z]){re.escape(name)}(?![A-Za-z])", " ", words, flags=re.IGNORECASE)
