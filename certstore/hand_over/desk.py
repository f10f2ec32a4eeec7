"""Taking people over from hosts: a ticket for the app, an entry for the browser, then a session."""

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

from certstore.callers import Resident, caller_as_json, caller_from_json
from certstore.certificates import Holder
from certstore.chance import token
from certstore.clock import Clock
from certstore.errors import ConflictError, ForbiddenError, GoneError, NotFoundError
from certstore.hand_over.assertion import read_hand_over
from certstore.hand_over.hosts import Host, Hosts
from certstore.sign_in import SignInDesk
from certstore.tables.books import Archive, Books
from certstore.tables.entries import EntryRow

log = logging.getLogger("certstore.entry")

TICKET_S: Final = 60
ENTRY_LIFE: Final = timedelta(minutes=5)  # to read the question, where there is one
_TICKET_LIFE: Final = timedelta(seconds=TICKET_S)
_REMEMBERED: Final = timedelta(minutes=15)  # longer than any assertion lives
_LONGEST_ORIGIN: Final = 200  # characters, in the log

# Where a browser says that a request comes from, as far as it says so.
Came = Literal["from_host", "from_elsewhere", "unsaid"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Somebody at the door: who they would be, and who is signed in there already."""

    host: Host
    resident: Resident
    to: str
    instead_of: str  # the name of another person whose session it would end; empty: of none
    sure: bool

    @property
    def asks(self) -> bool:
        """Whether it is asked first; a page of a stranger's must not change who one is."""
        return not self.sure or bool(self.instead_of)


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverDesk:
    """Lets people in whom an app vouches for."""

    archive: Archive
    hosts: Hosts
    clock: Clock
    audience: str  # our public address
    sign_ins: SignInDesk

    def ticket(self, assertion: str) -> str:
        """A ticket for the person an assertion names: good once, for a minute.

        Raises InvalidTokenError or MalformedError as `read_hand_over`; ConflictError for an
        assertion used before (cause `replayed`), and for another name than the one on record with
        this number (`name`).
        """
        now = self.clock.now()
        said = read_hand_over(assertion, self.hosts, self.audience, now)
        ticket = token()
        row = EntryRow(said.host.code, caller_as_json(said.resident), said.to)
        with self.archive.writing() as books:
            books.entries.forget_ended(now)
            _require_name(books, said.resident.holder)
            ends = (now + _TICKET_LIFE, now + _REMEMBERED)
            if not books.entries.add(f"{said.host.code}#{said.jti}", ticket, row, ends):
                raise ConflictError(
                    "this assertion was used before",
                    where="assertion",
                    remedy="sign a new one, with another jti",
                    cause="replayed",
                )
        return ticket

    def arrive(self, ticket: str, origin: str | None, came: Came) -> str:
        """Take a ticket from a browser; the secret of the entry that it goes on with.

        NotFoundError for a ticket that is none, GoneError for one that was used or is over;
        ForbiddenError where a page of somebody else than its host brings it, which uses it up: the
        log says which. Both name the host in `facts`.
        """
        now, entry = self.clock.now(), token()
        with self.archive.writing() as books:
            host = self.hosts.get(books.entries.host_of(ticket) or "")
            ours = host is not None and origin in host.origins
            strange = came == "from_elsewhere" and not ours
            sure, ends = ours or came == "from_host", now + ENTRY_LIFE
            taken = (
                books.entries.use_up(ticket, now)
                if strange
                else books.entries.redeem(ticket, entry, sure=sure, now=now, ends=ends)
            )
        if host is None or not taken:
            raise _over(host, "ticket")
        if strange:
            came_from = (origin or "")[:_LONGEST_ORIGIN]
            log.warning(
                "a page that is not the host's sent a ticket",
                extra={"host": host.code, "origin": came_from},
            )
            raise ForbiddenError(
                "the entry was sent by a page that is not the app's",
                where="ticket",
                remedy="open the page from the app; its operator lists the origins of its pages",
                host=host.code,
            )
        return entry

    def waiting(self, entry: str, session: str) -> Waiting | None:
        """Who is at the door with this entry; None if nobody is, or no more."""
        with self.archive.reading() as books:
            row = books.entries.find(entry, self.clock.now()) if entry else None
        if row is None or row.host not in self.hosts:
            return None
        resident = caller_from_json(row.caller)
        if not isinstance(resident, Resident):
            return None
        now_in = self.sign_ins.session(session) if session else None
        other = now_in.caller if now_in else None
        same = isinstance(other, Resident) and other.holder == resident.holder
        name = other.holder.name if isinstance(other, Resident) else other.name if other else ""
        return Waiting(
            host=self.hosts[row.host],
            resident=resident,
            to=row.to,
            instead_of="" if same else name,
            sure=row.sure,
        )

    def over(self, entry: str) -> NotFoundError:
        """What to say of an entry by which nobody can enter: GoneError where there was one."""
        with self.archive.reading() as books:
            code = books.entries.host_of_entry(entry) if entry else None
        return _over(self.hosts.get(code or ""), "entry")

    def enter(self, entry: str, session: str) -> tuple[str, str]:
        """Let them in: the new session's secret, and where to go. NotFoundError as `over`.

        The session that the browser had ends, as with any signing in. ConflictError (cause `name`)
        if the name on record became another meanwhile.
        """
        now = self.clock.now()
        with self.archive.writing() as books:
            row = books.entries.take(entry, now) if entry else None
            if row is None or row.host not in self.hosts:
                code = books.entries.host_of_entry(entry) if entry else None
                raise _over(self.hosts.get(code or ""), "entry")
            caller = caller_from_json(row.caller)
            if isinstance(caller, Resident):
                _require_name(books, caller.holder)
            secret = self.sign_ins.open(books, caller, session, row.host)
        return secret, row.to


def _over(host: Host | None, where: str) -> NotFoundError:
    says = "this entry is not good any more"
    remedy = "go back to the app and open the page again, or sign in here"
    if host is None:
        return NotFoundError(says, where=where, remedy=remedy)
    return GoneError(says, where=where, remedy=remedy, host=host.code)


def _require_name(books: Books, holder: Holder) -> None:
    """An app vouches for who somebody is, and renames nobody who is on record."""
    if books.people.named_otherwise(holder):
        raise ConflictError(
            "another name than this one is on record with this identity number",
            where="name",
            remedy="after a change of name, the person signs in here once by themselves",
            cause="name",
        )
