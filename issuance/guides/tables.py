"""The index of the passages: an FTS5 table in the process's own memory, made from the texts.

Meanings are indexed and not letters, so that the two sides of a search are read alike.
"""

import sqlite3
import threading
import weakref
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

_MOST_FOUND: Final = 24
_MAKE: Final = "CREATE VIRTUAL TABLE spoken_of USING fts5(ref UNINDEXED, title, asked, said)"
_FIND: Final = (
    "SELECT ref FROM spoken_of WHERE spoken_of MATCH ?"
    " ORDER BY bm25(spoken_of, 0.0, 6.0, 5.0, 1.0), rowid LIMIT ?"
)


@dataclass(frozen=True, slots=True)
class Row:
    """One passage as meanings: of its title, of how it is asked for, of what it says."""

    ref: str
    title: Sequence[str]
    asked: Sequence[str]
    said: Sequence[str]


class PassageIndex:
    """Finds passages by meanings; safe to share between threads."""

    def __init__(self, rows: Iterable[Row]) -> None:
        """Index the passages."""
        self._lock = threading.Lock()
        self._base = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        weakref.finalize(self, self._base.close)
        self._base.execute(_MAKE)
        lines = ((r.ref, *map(_tokens, (r.title, r.asked, r.said))) for r in rows)
        self._base.executemany("INSERT INTO spoken_of VALUES (?, ?, ?, ?)", lines)

    def find(self, meanings: Sequence[str]) -> list[str]:
        """The references of passages that say any of it, the best first; at most 24."""
        asked = " OR ".join(_token(name) for name in meanings)
        if not asked:
            return []
        with self._lock:
            return [ref for (ref,) in self._base.execute(_FIND, (asked, _MOST_FOUND))]


def _tokens(meanings: Sequence[str]) -> str:
    return " ".join(map(_token, meanings))


def _token(meaning: str) -> str:
    """A meaning as one word of the index: letters of its own, so that no operator can be typed."""
    return "m" + meaning.encode().hex()
