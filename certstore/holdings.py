"""What a resident holds and may see: certificates, their files, accesses, notices."""

from dataclasses import dataclass
from datetime import date, timedelta

from certstore.callers import Resident
from certstore.certificates import Certificate
from certstore.clock import Clock, local_date
from certstore.errors import NotFoundError
from certstore.objects import ObjectStore
from certstore.presentation import held
from certstore.tables.books import Archive
from certstore.tables.notices import Notice
from certstore.tables.usage import UsageEntry

_LOOKED_BACK = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldingsDesk:
    """Shows residents what is theirs; another's is as absent as none."""

    archive: Archive
    objects: ObjectStore
    clock: Clock

    def today(self) -> date:
        """The day in China."""
        return local_date(self.clock.now())

    def of(self, resident: Resident) -> list[Certificate]:
        """Everything that names this resident, newest first."""
        with self.archive.reading() as books:
            holder = resident.holder
            return books.register.held_by(holder.id_type, holder.id_number)

    def one(self, resident: Resident, ref: str) -> Certificate:
        """One certificate of this resident."""
        with self.archive.reading() as books:
            return held(books, resident.holder, ref)

    def file(self, resident: Resident, ref: str, role: str) -> bytes:
        """A file of one of this resident's certificates; NotFoundError if it has none such."""
        found = self.one(resident, ref).file(role)
        if found is None:
            raise NotFoundError("this certificate has no such file", where=role)
        return self.objects.get(found.sha256)

    def usage(self, resident: Resident) -> list[UsageEntry]:
        """Who looked in the last 30 days, latest first."""
        since = self.clock.now() - _LOOKED_BACK
        with self.archive.reading() as books:
            holder = resident.holder
            person = books.people.find(holder.id_type, holder.id_number)
            return [] if person is None else books.usage.of(person.id, since)

    def one_usage(self, resident: Resident, ref: str) -> UsageEntry:
        """One access to this resident's data."""
        with self.archive.reading() as books:
            holder = resident.holder
            person = books.people.find(holder.id_type, holder.id_number)
            if person is None:
                raise NotFoundError("there is no such access", where=ref)
            return books.usage.get(ref, person.id)

    def notices(self, resident: Resident) -> list[Notice]:
        """The inbox, newest first."""
        with self.archive.reading() as books:
            holder = resident.holder
            person = books.people.find(holder.id_type, holder.id_number)
            return [] if person is None else books.inbox.of(person.id)
