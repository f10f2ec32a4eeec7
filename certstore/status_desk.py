"""Gives out places in status lists and publishes the lists (IETF Token Status List).

A list is published before its first place is given out; places are given at random, so
that neighbours tell nothing. A change is published with the next question for the list.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from certstore.certificates import Status, StatusEntry
from certstore.chance import random_below
from certstore.clock import Clock
from certstore.errors import NotFoundError
from certstore.keys import Signer
from certstore.status_list import Publication, StatusList, StatusValue, issue_cwt, issue_jwt
from certstore.tables.books import Archive, Books
from certstore.tables.statuses import StatusListRow

CAPACITY = 1 << 20
TTL_S = 300
_LIFETIME = timedelta(hours=12)
_TRIES = 64
_FULLEST = 0.5  # beyond it a new list is begun, so that a free place is found at once


def published_value(status: Status, *, under_dispute: bool) -> StatusValue:
    """What a list says: 0 valid, 1 invalid, 2 suspended, 3 valid but under objection."""
    match status:
        case Status.VALID | Status.EXPIRED:
            return StatusValue.UNDER_DISPUTE if under_dispute else StatusValue.VALID
        case Status.SUSPENDED | Status.LOST:
            return StatusValue.SUSPENDED
        case Status.SUPERSEDED | Status.CANCELLED | Status.REVOKED:
            return StatusValue.INVALID


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusDesk:
    """Keeps the lists."""

    archive: Archive
    signer: Signer
    clock: Clock
    issuer: str

    def uri(self, number: int) -> str:
        """Where a list is published; the number is the last segment."""
        return f"{self.issuer}/status-lists/{number}"

    def open_first(self) -> None:
        """Begin and publish the first list, if there is none."""
        with self.archive.writing() as books:
            if not books.statuses.numbers():
                self._open(books, 1)

    def place(self, books: Books) -> StatusEntry:
        """A free place, at random; the list it lies in is published already."""
        number = max(books.statuses.numbers())
        if books.register.status_indexes_taken(number) >= CAPACITY * _FULLEST:
            number += 1
            self._open(books, number)
        for _ in range(_TRIES):
            entry = StatusEntry(number, random_below(CAPACITY))
            if not books.register.is_status_index_taken(entry):
                return entry
        raise NotFoundError("no free place was found in the status list", where=str(number))

    def current(self, number: int) -> StatusListRow:
        """The list as it stands now: published anew if something changed or it grew old."""
        now = self.clock.now()
        with self.archive.reading() as books:
            row = books.statuses.get(number)
        if row is None:
            raise NotFoundError("there is no such status list", where=str(number))
        return row if _fresh(row, now) else self._publish(number, now)

    def _open(self, books: Books, number: int) -> None:
        books.statuses.open(number, CAPACITY)
        books.statuses.publish(self._signed(books, number, self.clock.now()))

    def _publish(self, number: int, now: datetime) -> StatusListRow:
        with self.archive.writing() as books:
            row = self._signed(books, number, now)
            books.statuses.publish(row)
        return row

    def _signed(self, books: Books, number: int, now: datetime) -> StatusListRow:
        known = books.statuses.get(number)
        if known is None:
            raise NotFoundError("there is no such status list", where=str(number))
        values = {
            index: published_value(status, under_dispute=disputed)
            for index, status, disputed in books.register.not_valid(number)
        }
        statuses = StatusList.build(values, known.capacity)
        publication = Publication(
            uri=self.uri(number), now=now, lifetime=_LIFETIME, ttl=timedelta(seconds=TTL_S)
        )
        return StatusListRow(
            number=number,
            capacity=known.capacity,
            changes=known.changes,
            published_changes=known.changes,
            published_at=now,
            jwt=issue_jwt(statuses, publication, self.signer),
            cwt=issue_cwt(statuses, publication, self.signer),
        )


def _fresh(row: StatusListRow, now: datetime) -> bool:
    if row.published_at is None or row.published_changes != row.changes:
        return False
    return now - row.published_at < timedelta(seconds=TTL_S / 2)
