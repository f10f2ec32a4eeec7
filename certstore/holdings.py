"""What a resident holds and may see: certificates, their files, accesses, notices."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from certstore.callers import Resident
from certstore.certificates import Certificate
from certstore.clock import Clock, local_date
from certstore.errors import NotFoundError
from certstore.guardianship import GuardianActs, keep_guardians_look, wards_of
from certstore.holds.kinds import HoldKind
from certstore.objects import ObjectStore
from certstore.presentation import held
from certstore.tables.books import Archive, Books
from certstore.tables.notices import Notice
from certstore.tables.usage import UsageEntry

_LOOKED_BACK = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class ClosedCase:
    """Somebody's case that is decided: for whom, under which number, and which guardian acted."""

    applicant: str
    number: str
    guardian: str = ""


# Of these cases (references) the ones that are closed; the floor above knows them.
ClosedCases = Callable[[Books, Sequence[str]], Mapping[str, ClosedCase]]


def no_cases(_books: Books, _refs: Sequence[str]) -> Mapping[str, ClosedCase]:
    """None closed: for a house that decides no cases."""
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldingsDesk:
    """Shows residents what is theirs; another's is as absent as none."""

    archive: Archive
    objects: ObjectStore
    clock: Clock
    origin: str
    closed_cases: ClosedCases = no_cases

    def today(self) -> date:
        """The day in China."""
        return local_date(self.clock.now())

    def of(self, resident: Resident) -> list[Certificate]:
        """Everything that names this resident, newest first."""
        with self.archive.reading() as books:
            holder = resident.holder
            found = books.register.held_by(holder.id_type, holder.id_number)
        return [certificate.seen_by(holder) for certificate in found]

    def of_wards(self, resident: Resident) -> list[Certificate]:
        """What was issued to the children this resident is proven to be the guardian of."""
        with self.archive.reading() as books:
            wards = wards_of(books, resident.holder, self.today())
            found = (c for w in wards for c in books.register.held_by(w.id_type, w.id_number))
            return [certificate for certificate in found if certificate.sealed]

    def one(self, resident: Resident, ref: str) -> Certificate:
        """One certificate of this resident."""
        with self.archive.reading() as books:
            return held(books, resident.holder, ref, self.today())

    def held(self, found: Sequence[Certificate]) -> Mapping[str, frozenset[HoldKind]]:
        """The kinds of the open holds on these certificates, by reference."""
        with self.archive.reading() as books:
            holds = [hold for hold in books.holds.of(c.ref for c in found) if hold.open]
        refs = {hold.certificate_ref for hold in holds}
        return {ref: frozenset(h.kind for h in holds if h.certificate_ref == ref) for ref in refs}

    def photo(self, resident: Resident, ref: str) -> bytes:
        """The photo of one of this resident's certificates; NotFoundError if it has none."""
        return self._file(resident, ref, "photo", GuardianActs(resident.holder, "look"))[1]

    def copy(
        self, resident: Resident, ref: str, *, as_issued: bool = False
    ) -> tuple[Certificate, bytes]:
        """The signed document to take along; NotFoundError for what has none.

        It is the newest level, with every time-stamp put over it; or, `as_issued`, without any.
        """
        acts, kept = GuardianActs(resident.holder, "download"), "document"
        if as_issued and self.one(resident, ref).file("issued_document") is not None:
            kept = "issued_document"
        return self._file(resident, ref, kept, acts)

    def _file(
        self, resident: Resident, ref: str, role: str, acts: GuardianActs
    ) -> tuple[Certificate, bytes]:
        """A file; that a guardian is given a child's is recorded with the child, before it is."""
        certificate, now = self.one(resident, ref), self.clock.now()
        found = certificate.file(role)
        if found is None:
            raise NotFoundError("this certificate has no such file", where=role)
        data = self.objects.get(found.sha256)
        if not acts.is_own(certificate):
            with self.archive.writing() as books:
                keep_guardians_look(books, self.origin, acts, certificate, now)
        return certificate, data

    def usage(self, resident: Resident) -> list[UsageEntry]:
        """Who looked in the last 30 days, latest first."""
        since = self.clock.now() - _LOOKED_BACK
        with self.archive.reading() as books:
            found = [
                entry
                for person in self._people(books, resident)
                for entry in books.usage.of(person, since)
            ]
        return sorted(found, key=lambda entry: entry.at, reverse=True)

    def wards_names(self, resident: Resident) -> Mapping[int, str]:
        """The children this resident is proven to be the guardian of, by their rows."""
        with self.archive.reading() as books:
            wards = wards_of(books, resident.holder, self.today())
            people = (books.people.find(w.id_type, w.id_number) for w in wards)
            return {person.id: person.holder.name for person in people if person}

    def one_usage(self, resident: Resident, ref: str) -> UsageEntry:
        """One access to this resident's data."""
        with self.archive.reading() as books:
            for person in self._people(books, resident):
                try:
                    return books.usage.get(ref, person)
                except NotFoundError:
                    continue
        raise NotFoundError("there is no such access", where=ref)

    def _people(self, books: Books, resident: Resident) -> list[int]:
        """The rows of this resident and of the children in their care."""
        holder = resident.holder
        mine = books.people.find(holder.id_type, holder.id_number)
        return [*([mine.id] if mine else []), *self.wards_names(resident)]

    def closed_among(self, entries: Sequence[UsageEntry]) -> Mapping[str, ClosedCase]:
        """Of other people's cases that these accesses belong to, the closed ones, by reference."""
        refs = [entry.case_ref for entry in entries if entry.case_ref]
        if not refs:
            return {}
        with self.archive.reading() as books:
            return self.closed_cases(books, refs)

    def notices(self, resident: Resident) -> list[Notice]:
        """The inbox, newest first."""
        with self.archive.reading() as books:
            holder = resident.holder
            person = books.people.find(holder.id_type, holder.id_number)
            return [] if person is None else books.inbox.of(person.id)

    def notice(self, resident: Resident, ref: str) -> Notice | None:
        """One notice of this resident; None for another's as for none."""
        with self.archive.reading() as books:
            holder = resident.holder
            person = books.people.find(holder.id_type, holder.id_number)
            return None if person is None else books.inbox.one(person.id, ref)
