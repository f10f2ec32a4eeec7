"""What knows of days to remind of: certificates that end, terms that are full."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from certstore.tables.books import Books
from certstore.tables.notices import NoticeKind


@dataclass(frozen=True, slots=True)
class Span:
    """The days to look through: those after `before`, up to and with `today`.

    `before` is None where nobody has looked before.
    """

    before: date | None
    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One reminder to some people. `occasion` names certificate and stage: it is told once."""

    kind: NoticeKind
    occasion: str
    people: tuple[int, ...]
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What was found in some rows, and the last of them; no row: the source is through."""

    due: Sequence[Due] = field(default=())
    last_row: int | None = None


class ReminderSource(Protocol):
    """One kind of reminder, looked up in rows so that a long list holds up nobody."""

    @property
    def name(self) -> str:
        """Under which it is kept how far it was looked through."""
        ...

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of notices it writes."""
        ...

    def due(self, books: Books, span: Span, after: int, most: int) -> Batch:
        """Of at most so many rows after `after`: what is to be told today.

        After days of standstill it is the stage that holds today, and none that has passed.
        """
        ...

    def still(self, books: Books, kind: str, facts: Mapping[str, Any], today: date) -> bool:
        """Whether what was told is to be done still."""
        ...
