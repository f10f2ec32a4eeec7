"""The stamp desk: puts time-stamps over documents after they were issued, and renews them in time.

Nothing waits for it. A document is served as it was issued until its stamped form is stored; what
a crash left half done is done again, and leaves at most an object nobody refers to. Only a digest
leaves the house, and nobody is shown anything, so that no access is recorded.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from certstore.certificates import File
from certstore.clock import Clock
from certstore.errors import (
    CertstoreError,
    ConflictError,
    MalformedError,
    NotFoundError,
    UnavailableError,
)
from certstore.objects import ObjectStore
from certstore.stamps.asking import TimeAuthority
from certstore.stamps.form import ROOMS, revision
from certstore.stamps.reading import Layers, take_apart
from certstore.stamps.token import TimeStamp
from certstore.tables.books import Archive
from certstore.tables.stamps import DOCUMENT, DueStamp, StampFigures

log = logging.getLogger("certstore.stamps")
_LEASE: Final = timedelta(minutes=10)
_UNSEALED: Final = timedelta(hours=1)  # until a certificate that waits for its seal is asked about
_NO_GAIN: Final = timedelta(days=7)  # until an authority whose certificate ends is asked again
_AGAIN: Final = timedelta(days=1)
_ENTERED_AT_ONCE: Final = 1000


class Outcome(Enum):
    """What became of one document that was due."""

    STAMPED = "stamped"
    PUT_OFF = "put off"


@dataclass(frozen=True, slots=True, kw_only=True)
class StampDesk:
    """Stamps documents; `lead` is how long before a stamp ends it is renewed."""

    archive: Archive
    objects: ObjectStore
    clock: Clock
    authority: TimeAuthority
    lead: timedelta

    def enter(self) -> int:
        """Enter what was issued since the last time; how many documents were entered."""
        with self.archive.writing() as books:
            return books.stamps.enter(self.clock.now(), _ENTERED_AT_ONCE)

    def next(self) -> Outcome | None:
        """Stamp the document that is due longest; None if none is.

        Raises UnavailableError while the authority gives no stamp, MalformedError if what it
        gives is refused: no other document is worth trying then.
        """
        with self.archive.writing() as books:
            due = books.stamps.claim(self.clock.now(), _LEASE)
        if due is None:
            return None
        try:
            return self._stamp(due)
        except ConflictError as error:  # somebody else was first; ours is an object nobody names
            log.info("not stamped", extra={"ref": due.ref, "why": error.detail})
            return Outcome.PUT_OFF
        except CertstoreError as error:
            self._put_off(due, self.clock.now() + _LEASE, error.detail)
            raise

    def figures(self) -> StampFigures:
        """How many are stamped, and how many wait."""
        with self.archive.reading() as books:
            return books.stamps.figures(self.clock.now())

    def _stamp(self, due: DueStamp) -> Outcome:
        try:
            file, pdf = self._document(due)
            layers = take_apart(pdf)
        except UnavailableError:
            raise
        except NotFoundError as error:  # not sealed yet, or sealed without a document
            return self._put_off(due, self.clock.now() + _UNSEALED, error.detail)
        except MalformedError as error:  # of another press: no stamp of ours can be put over it
            return self._put_off(due, None, error.detail)
        except CertstoreError as error:  # damaged: somebody restores it
            return self._put_off(due, self.clock.now() + _AGAIN, error.detail)
        stamped, stamp = self._put_over(pdf, layers)
        if due.holds_until is not None and stamp.holds_until <= due.holds_until:
            until = self.clock.now() + _NO_GAIN
            return self._put_off(due, until, "another stamp would hold no longer")
        return self._keep(due, file, stamped, stamp)

    def _document(self, due: DueStamp) -> tuple[File, bytes]:
        with self.archive.reading() as books:
            file = books.register.get(due.ref).file(DOCUMENT)
        if file is None:
            raise NotFoundError("this certificate has no document", where=due.ref)
        return file, self.objects.get(file.sha256)

    def _put_over(self, pdf: bytes, layers: Layers) -> tuple[bytes, TimeStamp]:
        """The file with a stamp over it, taken apart once more as the verifier does."""
        for room in ROOMS:
            added = revision(layers.digest, layers.standing, room)
            token, stamp = self.authority.stamp(added.covered(layers.digest), self.clock.now())
            if len(token) <= room:
                stamped = added.closed(pdf, token)
                take_apart(stamped)
                return stamped, stamp
        raise MalformedError("the time authority's tokens are too large", where="time authority")

    def _keep(self, due: DueStamp, file: File, stamped: bytes, stamp: TimeStamp) -> Outcome:
        digest = self.objects.put(stamped)
        newest = File(DOCUMENT, file.media_type, digest, len(stamped))
        again = self._renewal(stamp.holds_until)
        with self.archive.writing() as books:
            if not books.stamps.stamped(due, stamp.made_at, stamp.holds_until, again):
                raise ConflictError("somebody else stamped it meanwhile", where=due.ref)
            if not books.stamps.put_over(due.ref, newest, file.sha256):
                raise ConflictError("the document is another by now", where=due.ref)
        return Outcome.STAMPED

    def _renewal(self, holds_until: datetime) -> datetime:
        """When to stamp again: the lead before the end, or half-way where that is nearer."""
        now = self.clock.now()
        return max(holds_until - self.lead, now + (holds_until - now) / 2)

    def _put_off(self, due: DueStamp, until: datetime | None, reason: str) -> Outcome:
        log.info("not stamped", extra={"ref": due.ref, "why": reason})
        with self.archive.writing() as books:
            books.stamps.put_off(due.ref, until, reason)
        return Outcome.PUT_OFF
