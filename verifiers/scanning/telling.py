"""Tells the holder of a scan that showed something: each is recorded, and nobody fills the list.

Whoever saw a code once could fill its holder's list with it for ever, under names made up. Of a
code for one showing that is not good any more, some of the scans are told. A print is good for
years and for every scan: of one print from one address some scans in an hour have entries of
their own, and the rest of that hour is counted beside the last of these (docs/adr/0044).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from certstore.chance import random_bytes
from certstore.presentation import Scan, record_scan
from certstore.tables.books import Archive
from verifiers.scanning.tallies import Tallies
from verifiers.scanning.told_scans import MOST_OF_ONE_CODE

MOST_OF_ONE_PRINT: Final = 3
WITHIN: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class SeenScan:
    """A scan, what made its showing itself (None of a print), and from which address it came."""

    scan: Scan
    showing: str | None = None
    spent: bool = False  # of a showing: it is not good any more
    caller: str | None = None  # None: the house itself


@dataclass(frozen=True, slots=True)
class Teller:
    """Records scans for holders to read; addresses stand in its memory alone, for an hour."""

    archive: Archive
    origin: str
    prints: Tallies

    def tell(self, seen: SeenScan, now: datetime) -> None:
        """Record a scan, or count it where its holder has read of enough like it."""
        if seen.showing is None and seen.caller is not None:
            self._tell_of_print(seen.scan, seen.caller, now)
            return
        with self.archive.writing() as books:
            if seen.spent and seen.showing is not None:
                told = books.told_scans
                if told.count(seen.showing) >= MOST_OF_ONE_CODE:
                    return
                told.add(random_bytes(32).hex(), seen.showing, now)
            record_scan(books, self.origin, seen.scan, now)

    def _tell_of_print(self, scan: Scan, caller: str, now: datetime) -> None:
        key = (scan.certificate.ref, caller)
        tally = self.prints.add(key, now)
        with self.archive.writing() as books:
            # Without a note none of the first ones has come to be recorded.
            if tally.count > MOST_OF_ONE_PRINT and tally.note:
                books.usage.count_more(tally.note, now)
                return
            entry = record_scan(books, self.origin, scan, now)
        self.prints.note(key, entry)
