"""What a source authority may know of its own hand-ins: batches, refused lines, objections."""

from dataclasses import dataclass
from datetime import date

from certstore.callers import Clerk
from certstore.certificates import Certificate
from certstore.clock import Clock, local_date
from certstore.errors import ForbiddenError
from certstore.keys import Purpose
from certstore.tables.batches import BatchReport
from certstore.tables.books import Archive
from certstore.trust import TrustSource
from certstore.working_days import WorkCalendar

DISPUTE_DAYS = 10  # working days a source has to answer an objection


@dataclass(frozen=True, slots=True)
class Disputed:
    """A record under objection, since when, and by when its source must have answered."""

    record: Certificate
    since: date
    due: date
    overdue: bool


@dataclass(frozen=True, slots=True)
class SourceAccount:
    """A source's batches, newest first, and its records under objection, oldest first."""

    batches: tuple[BatchReport, ...]
    disputed: tuple[Disputed, ...]
    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDesk:
    """Tells a source's clerk what became of what it handed in."""

    archive: Archive
    trust: TrustSource
    calendar: WorkCalendar
    clock: Clock

    def is_source(self, clerk: Clerk) -> bool:
        """Whether the clerk's organisation has a key to hand in batches with."""
        return any(
            key.authority_uscc == clerk.organisation_uscc and key.purpose is Purpose.SOURCE
            for key in self.trust().keys.values()
        )

    def account(self, clerk: Clerk) -> SourceAccount:
        """The account of the clerk's own authority; ForbiddenError if it is no source here."""
        uscc = clerk.organisation_uscc
        if not self.is_source(clerk):
            raise ForbiddenError(
                "this organisation hands in no batches here",
                where=uscc,
                remedy="ask the registry to put its key on the trust list",
            )
        today = local_date(self.clock.now())
        with self.archive.reading() as books:
            batches = books.batches.of(uscc)
            disputed = books.register.disputed_of(uscc)
        return SourceAccount(
            tuple(batches), tuple(self._disputed(record, today) for record in disputed), today
        )

    def _disputed(self, record: Certificate, today: date) -> Disputed:
        since = local_date(record.status_changed_at)
        due = self.calendar.add_working_days(since, DISPUTE_DAYS).day
        return Disputed(record, since, due, due < today)
