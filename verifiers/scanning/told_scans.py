"""Scans made off line, told by the verifier once it is on line again, for the holder to read.

Only who saw a code knows its random number (`cti`, 64 bits), so nobody can be told of scans that
were guessed. Whoever tells learns nothing: the answer is the same for codes known and unknown.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from certstore.clock import Clock, local_date, unix
from certstore.presentation import Scan, choice_of, record_scan, shown_by
from certstore.presenting.choices import code_data
from certstore.tables.books import Archive, Books
from certstore.tables.presentations import PresentationRow
from certstore.tokens import LEEWAY
from verifiers.scanning.verdict import Verdict

MOST_OF_ONE_CODE: Final = 3  # a code lives a minute: more doors it was never shown at
_KEPT = timedelta(days=2)  # presentations are forgotten sooner


@dataclass(frozen=True, slots=True)
class ToldScan:
    """A scan as the verifier tells of it: which code, what came of it, when, where."""

    cti: str  # 16 hex characters
    verdict: Verdict
    scanned_at: datetime
    place: str

    @property
    def digest(self) -> str:
        """What makes this scan itself: told twice it counts once."""
        said = f"{self.cti} {unix(self.scanned_at)} {self.verdict} {self.place}"
        return hashlib.sha256(said.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldScanDesk:
    """Takes what verifiers tell of scans made off line."""

    archive: Archive
    clock: Clock
    origin: str

    def take(self, scans: Sequence[ToldScan]) -> None:
        """Record each scan of a code that is known here, once, for its holder to read."""
        now = self.clock.now()
        with self.archive.reading() as books:  # so that strangers' guesses cost no writing
            known = [s for s in scans if books.presentations.find(s.cti) is not None]
        for scan in known:
            with self.archive.writing() as books:
                books.told_scans.forget_before(now - _KEPT)
                self._take(books, scan, now)

    def _take(self, books: Books, scan: ToldScan, now: datetime) -> None:
        row = books.presentations.find(scan.cti)
        if row is None or not _possible(row, scan, now):
            return
        told = books.told_scans
        if told.count(scan.cti) >= MOST_OF_ONE_CODE:
            return
        if not told.add(scan.digest, scan.cti, now):
            return
        certificate = shown_by(row, books)
        shown = code_data(certificate, choice_of(row), local_date(row.made_at)).given()
        seen = Scan(certificate, scan.place, shown, told_of=scan.scanned_at)
        record_scan(books, self.origin, seen, now)


def _possible(row: PresentationRow, scan: ToldScan, now: datetime) -> bool:
    """Whether this code could be good at that moment, as a clock half a minute off reads it."""
    clocks = timedelta(seconds=LEEWAY)
    ends = min(row.expires_at, now) + clocks
    return row.made_at - clocks <= scan.scanned_at <= ends
