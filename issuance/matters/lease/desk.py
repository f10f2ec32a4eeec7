"""The parties' side of a lease: write it down, change it, sign it, stop it, end it.

Who is a party is known by number and name of their session: a number typed wrong, or a stranger's,
shows nobody anything. Each step is one transaction; of two at once the second is told.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from certstore.callers import Resident
from certstore.certificates import Status
from certstore.chance import reference
from certstore.clock import CHINA, Clock, local_date
from certstore.errors import (
    ForbiddenError,
    RateLimitedError,
)
from certstore.tables.books import Archive, Books
from issuance.answers import Faults, refuse
from issuance.matters.lease import records
from issuance.matters.lease.figures import figure_of
from issuance.matters.lease.filing import MATTER
from issuance.matters.lease.kept import Lease, PartyRow
from issuance.matters.lease.lists.tables import LeaseLists
from issuance.matters.lease.mine import Mine, changed, of_party, place_of
from issuance.matters.lease.reading import Typed, read_contract, read_lease
from issuance.matters.lease.signing import summary_text
from issuance.matters.lease.states import Act, By, State, require
from issuance.matters.lease.tables import LeaseBook
from issuance.matters.lease.terms import Contract, Party, Role

MOST_OPEN: Final = 10  # leases that one person has begun and that wait for signatures
MOST_BEGUN_A_DAY: Final = 10
MOST_FACES_A_DAY: Final = 10
_CITIZEN: Final = "111"
_A_DAY: Final = timedelta(days=1)
_FACE: Final = "face"
_ENDABLE: Final = {Status.VALID, Status.SUSPENDED, Status.LOST}


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseDesk:
    """Takes what parties do to their leases."""

    archive: Archive
    open_for: timedelta
    clock: Clock
    origin: str
    city: str
    districts: tuple[str, ...]

    # -- writing it down ---------------------------------------------------------------------

    def begin(self, resident: Resident, typed: Typed, key: str) -> Lease:
        """Write a lease down and ask the others; the same form sent twice begins one.

        MalformedError names every field that is wrong; RateLimitedError where too many are open.
        """
        me, now = self._me(resident, typed.role), self.clock.now()
        contract, parties = read_lease(typed, me, self.districts, local_date(now))
        with self.archive.writing() as books:
            book, lists = LeaseBook(books.connection), LeaseLists(books.connection)
            person = books.people.named(resident.holder)
            books.turns.take("leases", person.id)
            known = lists.begun_with(person.id, key)
            if known is not None:
                return book.get(known)
            if lists.open_of(person.id) >= MOST_OPEN or (
                lists.begun_since(person.id, now - _A_DAY) >= MOST_BEGUN_A_DAY
            ):
                raise RateLimitedError(
                    "too many leases were begun that nobody has signed",
                    where="leases",
                    remedy="withdraw one, or go on tomorrow",
                    retry_after=int(_A_DAY.total_seconds()),
                )
            number = self._number(books)
            rows = _rows(parties, me, now)
            lease = Lease(
                ref=reference(),
                number=number,
                begun_by=person.id,
                state=State.OPEN,
                revision=1,
                contract=contract,
                summary=summary_text(number, contract, parties, self.city),
                parties=rows,
                begun_at=now,
                changed_at=now,
            )
            book.begin(lease, key, self._figure(contract))
            mine = next(row.place for row in rows if row.party == me)
            book.note(lease.ref, now, f"party {mine}", "begun")
            records.own_act(books, self.origin, lease, resident.holder, "begin", now)
            records.tell(books, lease, "lease_asked", now, but=mine)
        return lease

    def change(self, resident: Resident, ref: str, revision: int, typed: Typed) -> Lease:
        """Change a lease; every signature is void, and who had signed is told.

        Only who wrote it down changes who its parties are. ConflictError with the cause
        `changed` if it is another revision by now.
        """
        now = self.clock.now()
        with self.archive.writing() as books:
            book = LeaseBook(books.connection)
            mine = of_party(book.locked(ref), resident)
            lease = mine.lease
            require(Act.CHANGE, lease.state, ref)
            if lease.revision != revision:
                raise changed(ref)
            contract, parties = self._read_change(books, mine, resident, typed)
            same = contract == lease.contract and parties == lease.people
            if same and lease.state is State.OPEN:
                return lease
            new = replace(
                lease,
                state=State.OPEN,
                revision=lease.revision + 1,
                contract=contract,
                summary=summary_text(lease.number, contract, parties, self.city),
                parties=_kept(lease.parties, parties),
                changed_at=now,
            )
            book.move(lease, Act.CHANGE, State.OPEN, now, By.PARTY, f"party {mine.place}")
            book.change(new, self._figure(contract))
            book.note(ref, now, f"party {mine.place}", "changed", str(new.revision))
            records.own_act(books, self.origin, lease, resident.holder, "change", now)
            self._tell_changed(books, lease, new, resident)
        return new

    def _read_change(
        self, books: Books, mine: Mine, resident: Resident, typed: Typed
    ) -> tuple[Contract, tuple[Party, ...]]:
        lease = mine.lease
        if lease.begun_by == books.people.known(resident.holder).id:
            me = self._me(resident, typed.role)
            return read_lease(typed, me, self.districts, local_date(self.clock.now()))
        faults: Faults = {}
        contract = read_contract(typed, self.districts, faults)
        refuse(faults)
        return contract, lease.people

    def _tell_changed(self, books: Books, old: Lease, new: Lease, resident: Resident) -> None:
        now = self.clock.now()
        before = {row.party.id_number for row in old.parties}
        others = [row for row in new.parties if not row.party.is_of(resident.holder)]
        knew = [row.place for row in others if row.party.id_number in before]
        asked = [row.place for row in others if row.party.id_number not in before]
        records.tell(books, new, "lease_changed", now, places=knew)
        records.tell(books, new, "lease_asked", now, places=asked)

    # -- reading it ----------------------------------------------------------------------------

    def mine(self, resident: Resident) -> list[Mine]:
        """The leases that name this resident by number and name, those changed last first."""
        holder = resident.holder
        if holder.id_type != _CITIZEN:
            return []
        with self.archive.reading() as books:
            found = LeaseLists(books.connection).naming(holder.id_number.upper())
        return [
            Mine(lease, place) for lease in found if (place := place_of(lease, holder)) is not None
        ]

    def open(self, resident: Resident, ref: str) -> Mine:
        """One lease, as its party reads it; NotFoundError for anybody else.

        That they were shown the others' names and masked numbers is recorded with those who have
        come themselves, once for each revision.
        """
        now = self.clock.now()
        with self.archive.writing() as books:
            book = LeaseBook(books.connection)
            mine = of_party(book.locked(ref), resident)
            lease, me = mine.lease, mine.me
            if me.joined_at is None:
                books.people.named(resident.holder)
                book.joined(ref, mine.place, now)
                book.note(ref, now, f"party {mine.place}", "joined")
            if me.seen_revision < lease.revision:
                book.seen(ref, mine.place, lease.revision)
                for other in lease.parties:
                    if other.place != mine.place and other.joined_at is not None:
                        records.party_looked(books, self.origin, lease, me, other, now)
            began = lease.begun_by == books.people.known(resident.holder).id
            return replace(of_party(book.get(ref), resident), began=began)

    # -- stopping and ending -------------------------------------------------------------------

    def stop(self, resident: Resident, ref: str) -> Lease:
        """Withdraw what one began, decline what one was asked; the others are told."""
        now = self.clock.now()
        with self.archive.writing() as books:
            book = LeaseBook(books.connection)
            mine = of_party(book.locked(ref), resident)
            mine_own = mine.lease.begun_by == books.people.known(resident.holder).id
            act = Act.WITHDRAW if mine_own else Act.DECLINE
            state = State.WITHDRAWN if mine_own else State.DECLINED
            if mine.lease.state is state:
                return mine.lease
            require(act, mine.lease.state, ref)
            book.move(mine.lease, act, state, now, By.PARTY, f"party {mine.place}", changed_at=now)
            records.own_act(books, self.origin, mine.lease, resident.holder, act.value, now)
            records.tell(books, mine.lease, "lease_stopped", now, but=mine.place)
            return book.get(ref)

    def agree_to_end(self, resident: Resident, ref: str) -> Lease:
        """Ask for, or agree to, the filing's cancellation; done once every party has."""
        now = self.clock.now()
        with self.archive.writing() as books:
            book = LeaseBook(books.connection)
            mine = of_party(book.locked(ref), resident)
            if mine.lease.state is State.CANCELLED:
                return mine.lease
            require(Act.CANCEL, mine.lease.state, ref)
            if mine.me.end_agreed_at is not None:
                return mine.lease
            book.agree_to_end(ref, mine.place, now)
            book.note(ref, now, f"party {mine.place}", "end_agreed")
            records.own_act(books, self.origin, mine.lease, resident.holder, "cancel", now)
            lease = book.get(ref)
            if all(row.end_agreed_at is not None for row in lease.parties):
                self._cancel(books, lease, mine.place)
            else:
                waiting = [row.place for row in lease.parties if row.end_agreed_at is None]
                records.tell(books, lease, "lease_end_asked", now, places=waiting)
            return book.get(ref)

    def _cancel(self, books: Books, lease: Lease, place: int) -> None:
        """Every party agrees: the notice ends in the same transaction."""
        now = self.clock.now()
        notice = books.register.get(str(lease.certificate_ref))
        books.register.set_status(notice.ref, Status.CANCELLED, now, only_from=_ENDABLE)
        if notice.status_entry is not None:
            books.statuses.changed(notice.status_entry.list_number)
        records.cancelled(books, self.origin, lease, notice, now)
        who = f"party {place}"
        book = LeaseBook(books.connection)
        book.move(lease, Act.CANCEL, State.CANCELLED, now, By.PARTY, who, changed_at=now)
        records.tell(books, lease, "lease_ended", now)

    # -- small things --------------------------------------------------------------------------

    def today(self) -> date:
        """The day in China."""
        return local_date(self.clock.now())

    def lapses_on(self, lease: Lease) -> date:
        """The day on which it lapses unless all have signed."""
        touched = lease.decided_at or lease.changed_at
        return local_date(touched + self.open_for)

    def _me(self, resident: Resident, role: str) -> Party:
        holder = resident.holder
        if holder.id_type != _CITIZEN:
            raise ForbiddenError(
                "leases are signed on line with a citizen identity number only",
                remedy="go to a counter of the housing authority",
                cause="id_type",
            )
        known = Role(role) if role in set(Role) else Role.TENANT
        return Party(known, holder.name, holder.id_number.upper())

    def _number(self, books: Books) -> str:
        year = self.clock.now().astimezone(CHINA).year
        return f"ZL{year}{books.register.next_serial(MATTER, year):08d}"

    def _figure(self, contract: Contract) -> str:
        return figure_of(contract.full_address(self.city))


def _rows(parties: Sequence[Party], me: Party, now: datetime) -> tuple[PartyRow, ...]:
    return tuple(
        PartyRow(
            place=place,
            party=party,
            joined_at=now if party == me else None,
            seen_revision=int(party == me),
        )
        for place, party in enumerate(parties)
    )


def _kept(before: Sequence[PartyRow], parties: Sequence[Party]) -> tuple[PartyRow, ...]:
    """The parties after a change: who had come is still here, and nobody has signed."""
    known = {row.party.id_number: row for row in before if row.party in parties}
    rows = []
    for place, party in enumerate(parties):
        row = known.get(party.id_number, PartyRow(place=place, party=party))
        rows.append(replace(row, place=place, party=party, signed=None, end_agreed_at=None))
    return tuple(rows)
