"""Turns: what is counted before it is done is done by one transaction at a time.

A limit that is read and then kept to ("five a day") holds only if nobody else counts meanwhile.
Whoever has a turn is alone with what it names until their transaction ends; others wait. It is
taken before anything is read that it guards, and before rows that others may hold.
"""

import hashlib
import struct
from collections.abc import Iterable

from sqlalchemy import Connection, text

# The form with two numbers: whoever locks by one number has another space of locks.
_LOCK = text("SELECT pg_advisory_xact_lock(:high, :low)")


class TurnBook:
    """The turns of one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def take(self, matter: str, *of: str | int) -> None:
        """Wait for the turn in a matter of somebody ("export", a person); again changes nothing."""
        self.take_all(matter, [of])

    def take_all(self, matter: str, each_of: Iterable[tuple[str | int, ...]]) -> None:
        """Wait for several turns in one matter, in one order for everybody, so that none locks out.

        On SQLite a transaction that writes has the only turn already.
        """
        if self._connection.dialect.name == "sqlite":
            return
        for high, low in sorted({_numbers(matter, of) for of in each_of}):
            self._connection.execute(_LOCK, {"high": high, "low": low})


def _numbers(matter: str, of: tuple[str | int, ...]) -> tuple[int, int]:
    """Two numbers of 32 bits for what is named; two names that met in them would only wait."""
    named = "\x00".join([matter, *map(str, of)])
    high, low = struct.unpack(">ii", hashlib.sha256(named.encode()).digest()[:8])
    return high, low
