"""Gives out places in status lists and publishes the lists (IETF Token Status List).

A list is published before its first place is given out; places are given at random, so
that neighbours tell nothing. A change is published with the next question for the list.
"""

from collections.abc import Callable
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
_TRIES = 200
_TRIES_BEFORE_COUNTING = 16
_FULLEST = 0.8  # about there a new list is begun, so that a free place is found soon


def published_value(status: Status, *, under_dispute: bool) -> StatusValue:
    """What a list says: 0 valid, 1 invalid, 2 suspended, 3 valid but under objection."""
    match status:
        case Status.VALID | Status.EXPIRED:
            return StatusValue.UNDER_DISPUTE if under_dispute else StatusValue.VALID
        case Status.SUSPENDED | Status.LOST:
            return StatusValue.SUSPENDED
        case Status.SUPERSEDED | Status.CANCELLED | Status.REVOKED:
            return StatusValue.INVALID


IssuerSigner = Callable[[str], Signer | None]


def house_alone(_uscc: str) -> Signer | None:
    """Nobody but the house signs lists here."""
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusDesk:
    """Keeps the lists: the house's, and those of authorities that have keys of their own."""

    archive: Archive
    signer: Signer
    clock: Clock
    issuer: str
    issuer_signer: IssuerSigner = house_alone

    def uri(self, number: int) -> str:
        """Where a list is published; the number is the last segment."""
        return f"{self.issuer}/status-lists/{number}"

    def uris(self) -> list[str]:
        """Where every list is published, of all authorities, for who holds the whole city."""
        with self.archive.reading() as books:
            return [self.uri(number) for number in sorted(books.statuses.numbers())]

    def open_first(self) -> None:
        """Begin and publish the first list, if there is none."""
        with self.archive.writing() as books:
            if not books.statuses.numbers():
                books.statuses.open(1, CAPACITY)
                self._open(books, 1)

    def place(self, books: Books, issuer: str | None = None) -> StatusEntry:
        """A free place, at random; the list it lies in is published already.

        An authority with keys of its own has lists of its own, or a verifier off line, who asks
        the authority's list, would find nothing (docs/adr/0022).
        """
        own = issuer if issuer is not None and self.issuer_signer(issuer) else None
        number = max(books.statuses.numbers_of(own), default=0)
        # Counted when several places in a row were taken: counting reads a million entries.
        free = _free_place(books, number, _TRIES_BEFORE_COUNTING) if number else None
        if free is not None:
            return free
        if not number or books.register.status_indexes_taken(number) >= CAPACITY * _FULLEST:
            number = self._begin(books, own)
        free = _free_place(books, number, _TRIES)
        if free is None:
            raise NotFoundError("no free place was found in the status list", where=str(number))
        return free

    def current(self, number: int) -> StatusListRow:
        """The list as it stands now: published anew if something changed or it grew old."""
        now = self.clock.now()
        with self.archive.reading() as books:
            row = books.statuses.get(number)
        if row is None:
            raise NotFoundError("there is no such status list", where=str(number))
        return row if _fresh(row, now) else self._publish(number, now)

    def _begin(self, books: Books, issuer: str | None) -> int:
        number = max(books.statuses.numbers(), default=0) + 1
        while not books.statuses.open(number, CAPACITY, issuer):
            number += 1  # another process has just begun one for somebody else
        self._open(books, number)
        return number

    def _open(self, books: Books, number: int) -> None:
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
        signer = self._signer(known.issuer)
        return StatusListRow(
            number=number,
            capacity=known.capacity,
            changes=known.changes,
            published_changes=known.changes,
            published_at=now,
            jwt=issue_jwt(statuses, publication, signer),
            cwt=issue_cwt(statuses, publication, signer),
            issuer=known.issuer,
        )

    def _signer(self, issuer: str | None) -> Signer:
        found = self.signer if issuer is None else self.issuer_signer(issuer)
        if found is None:
            raise NotFoundError(
                "the key folder lacks the keys of an authority whose list this is",
                where=issuer,
                remedy="restore the key folder from its backup",
            )
        return found


def _free_place(books: Books, number: int, tries: int) -> StatusEntry | None:
    for _ in range(tries):
        entry = StatusEntry(number, random_below(CAPACITY))
        if not books.register.is_status_index_taken(entry):
            return entry
    return None


def _fresh(row: StatusListRow, now: datetime) -> bool:
    if row.published_at is None or row.published_changes != row.changes:
        return False
    return now - row.published_at < timedelta(seconds=TTL_S / 2)
