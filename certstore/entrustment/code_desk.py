"""Makes codes for one use of one certificate, which the holder hands over by voice or by QR."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from certstore.callers import Resident
from certstore.certificates import Certificate, Holder
from certstore.chance import reference
from certstore.clock import Clock, local_date
from certstore.entrustment.desk import own
from certstore.entrustment.judging import judge_standing
from certstore.entrustment.terms import MOST_OPEN_CODES, faults_of_code, usable
from certstore.entrustment.use_code import digest_of, make_code, parse_code
from certstore.errors import ConflictError, NotFoundError
from certstore.own_acts import OwnAct, record_own_act
from certstore.tables.books import Archive, Books
from certstore.tables.entrustments import Entrustment
from certstore.tables.use_codes import UseCode


@dataclass(frozen=True, slots=True)
class MadeCode:
    """A code just made: its characters are told this once and kept nowhere."""

    code: UseCode
    characters: str


@dataclass(frozen=True, slots=True)
class NotMade:
    """What was filled in makes no code: why, by field."""

    errors: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CodeWanted:
    """For what, which fields, and for how many hours."""

    matter: str
    fields: tuple[str, ...]
    hours: int = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class UseCodeDesk:
    """Makes and ends use codes; each is recorded with whose certificate it opens."""

    archive: Archive
    clock: Clock
    origin: str

    def make(self, resident: Resident, ref: str, wanted: CodeWanted) -> MadeCode | NotMade:
        """A code for one of this resident's own certificates."""
        with self.archive.writing() as books:
            certificate = own(books, resident, ref)
            return self._make(books, resident, certificate, wanted, None)

    def make_as_agent(self, resident: Resident, ref: str, wanted: CodeWanted) -> MadeCode | NotMade:
        """A code for a certificate entrusted to this resident, for the matter it is entrusted for.

        The code dies with the entrustment.
        """
        with self.archive.writing() as books:
            made = books.entrustments.find(ref)
            if made is None or made.agent != resident.holder:
                raise NotFoundError("there is no such entrustment", where=ref)
            refusal = judge_standing(made, local_date(self.clock.now()))
            if refusal is not None:
                raise refusal
            certificate = books.register.get(made.certificate_ref)
            within = CodeWanted(made.matter, wanted.fields, wanted.hours)
            return self._make(books, resident, certificate, within, made)

    def entrusted(self, made: Entrustment) -> tuple[Certificate, str]:
        """The certificate of an entrustment, and what for."""
        with self.archive.reading() as books:
            return books.register.get(made.certificate_ref), made.matter

    def end(self, resident: Resident, ref: str) -> None:
        """End a code before its time; ConflictError if it was used or is over."""
        now = self.clock.now()
        with self.archive.writing() as books:
            me = books.people.known(resident.holder)
            books.use_codes.end(ref, me.id, now)
            done = OwnAct(act="use_code_ended", more={"use_code_ref": ref})
            record_own_act(books, self.origin, me, done, now)

    def mine(self, resident: Resident) -> list[UseCode]:
        """Codes for this resident's certificates, and those they made, latest first."""
        holder = resident.holder
        with self.archive.reading() as books:
            me = books.people.find(holder.id_type, holder.id_number)
            return books.use_codes.of(me.id) if me else []

    def _make(
        self,
        books: Books,
        resident: Resident,
        certificate: Certificate,
        wanted: CodeWanted,
        entrusted: Entrustment | None,
    ) -> MadeCode | NotMade:
        now = self.clock.now()
        if not usable(certificate):
            raise ConflictError("this certificate is used by nobody any more", where="ref")
        errors = faults_of_code(wanted.matter, wanted.fields, wanted.hours, certificate)
        if errors:
            return NotMade(errors)
        books.turns.take("use-codes", certificate.ref)
        if books.use_codes.open_for(certificate.ref, now) >= MOST_OPEN_CODES:
            return NotMade({"for_matter": "many"})
        characters, me = make_code(), books.people.known(resident.holder)
        code = UseCode(
            ref=reference(),
            digest=digest_of(certificate.ref, parse_code(characters)),
            person_id=entrusted.person_id if entrusted else me.id,
            made_by=me.id,
            certificate_ref=certificate.ref,
            entrustment_ref=entrusted.ref if entrusted else None,
            matter=wanted.matter.strip(),
            fields=wanted.fields,
            made_at=now,
            expires_at=now + timedelta(hours=wanted.hours),
        )
        books.use_codes.add(code)
        self._record(books, code, certificate, me.holder if entrusted else None)
        return MadeCode(code, characters)

    def _record(
        self, books: Books, code: UseCode, certificate: Certificate, agent: Holder | None
    ) -> None:
        """With whose certificate it opens, and by name where somebody entrusted made it."""
        about = {"use_code_ref": code.ref}
        if agent is not None:
            about |= {"actor": "agent", "operator": agent.name}
        done = OwnAct(act="use_code", certificate=certificate, fields=code.fields, more=about)
        holder = books.people.get(code.person_id)
        record_own_act(books, self.origin, holder, done, code.made_at)
