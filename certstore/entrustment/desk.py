"""Lets holders entrust a certificate to a person or an agency, and take that back at any time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from certstore.callers import Resident
from certstore.certificates import Certificate, Holder
from certstore.chance import reference
from certstore.clock import Clock, local_date
from certstore.entrustment.judging import state_of
from certstore.entrustment.terms import (
    Wanted,
    covers,
    days_of,
    entrusted_paths,
    faults_of_person,
    usable,
)
from certstore.errors import ConflictError, NotFoundError
from certstore.identifiers import ResidentId
from certstore.own_acts import OwnAct, record_own_act
from certstore.sharing.forms import PHOTO
from certstore.tables.books import Archive, Books
from certstore.tables.entrustments import Entrustment
from certstore.tables.people import Person
from certstore.tables.sharing import Client, Purpose


@dataclass(frozen=True, slots=True)
class NotEntrusted:
    """What was filled in cannot be: why, by field."""

    errors: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntrustmentDesk:
    """Keeps entrustments; what is taken back is refused at the next use."""

    archive: Archive
    clock: Clock
    origin: str

    def today(self) -> date:
        """The day in China."""
        return local_date(self.clock.now())

    def certificate(self, resident: Resident, ref: str) -> Certificate:
        """One of this resident's own certificates; another's is as absent as none."""
        with self.archive.reading() as books:
            return own(books, resident, ref)

    def purposes(self, certificate: Certificate) -> list[tuple[Purpose, Client]]:
        """For what agencies could use this certificate, were it entrusted to them."""
        with self.archive.reading() as books:
            found = books.sharing.active_purposes()
        return [(purpose, client) for purpose, client in found if covers(purpose, certificate)]

    def entrust(self, resident: Resident, wanted: Wanted) -> Entrustment | NotEntrusted:
        """Entrust; a person must accept first. Recorded with the holder."""
        now = self.clock.now()
        errors, first, last = days_of(wanted, self.today())
        with self.archive.writing() as books:
            certificate = own(books, resident, wanted.certificate_ref)
            if not usable(certificate):
                raise ConflictError("this certificate is used by nobody any more", where="ref")
            me = books.people.known(resident.holder)
            errors |= _faults(books, resident, wanted, certificate)
            if errors:
                return NotEntrusted(errors)
            made = Entrustment(
                ref=reference(),
                person_id=me.id,
                holder_name=me.holder.name,
                certificate_ref=certificate.ref,
                type_code=certificate.type_code,
                from_day=first,
                to_day=last,
                made_at=now,
                **_to_whom(books, wanted, certificate.type_code, now),
            )
            books.entrustments.add(made)
            done = OwnAct(
                act="entrust",
                certificate=certificate,
                fields=made.fields or (),
                more={"entrustment_ref": made.ref},
            )
            record_own_act(books, self.origin, me, done, now)
            _tell_agent(books, made)
            _tell_agency(books, "given", made, now)
        return made

    def accept(self, resident: Resident, ref: str) -> None:
        """The person entrusted accepts; only then can they use it."""
        now = self.clock.now()
        with self.archive.writing() as books:
            made = _received(books, resident, ref)
            if state_of(made, self.today()) != "waiting":
                raise ConflictError("this waits for no answer any more", where=ref)
            books.entrustments.accept(ref, now)
            facts = {"matter": "entrustment"}
            books.inbox.add(made.person_id, "entrustment_answered", ref, facts, now)

    def decline(self, resident: Resident, ref: str) -> None:
        """The person entrusted gives it up, before or after accepting; at once."""
        now = self.clock.now()
        with self.archive.writing() as books:
            made = _received(books, resident, ref)
            books.entrustments.end(ref, "agent", now)
            facts = {"matter": "entrustment"}
            books.inbox.add(made.person_id, "entrustment_ended", ref, facts, now)

    def take_back(self, resident: Resident, ref: str) -> None:
        """The holder takes it back; the next use is refused. Recorded."""
        now = self.clock.now()
        with self.archive.writing() as books:
            me = books.people.known(resident.holder)
            made = books.entrustments.find(ref)
            if made is None or made.person_id != me.id:
                raise NotFoundError("there is no such entrustment", where=ref)
            books.entrustments.end(ref, "holder", now)
            done = OwnAct(act="entrust_ended", more={"entrustment_ref": ref})
            record_own_act(books, self.origin, me, done, now)
            _tell_agency(books, "withdrawn", made, now)
            agent = _known_agent(books, made)
            if agent is not None:
                facts = {"matter": "entrustment"}
                books.inbox.add(agent.id, "entrustment_ended", ref, facts, now)

    def given(self, resident: Resident) -> list[Entrustment]:
        """What this resident entrusted to others, latest first."""
        holder = resident.holder
        with self.archive.reading() as books:
            me = books.people.find(holder.id_type, holder.id_number)
            return books.entrustments.given_by(me.id) if me else []

    def received(self, resident: Resident) -> list[Entrustment]:
        """What was entrusted to this resident, by number and name; ended ones are left out."""
        with self.archive.reading() as books:
            return [
                made
                for made in books.entrustments.received_by(resident.holder)
                if _is_agent(made, resident.holder) and made.ended_at is None
            ]

    def received_one(self, resident: Resident, ref: str) -> Entrustment:
        """One entrustment to this resident that stands today; NotFoundError otherwise."""
        with self.archive.reading() as books:
            made = _received(books, resident, ref)
        if state_of(made, self.today()) != "standing":
            raise NotFoundError("there is no such entrustment", where=ref)
        return made


def own(books: Books, resident: Resident, ref: str) -> Certificate:
    """A certificate that names this resident; NotFoundError for another's as for none."""
    certificate = books.register.get(ref)
    mine = (resident.holder.id_type, resident.holder.id_number.upper())
    if mine not in {(h.id_type, h.id_number) for h in certificate.holders}:
        raise NotFoundError("there is no such certificate", where=ref)
    return certificate


def _faults(
    books: Books, resident: Resident, wanted: Wanted, certificate: Certificate
) -> Mapping[str, str]:
    if wanted.to == "person":
        return faults_of_person(wanted, resident.holder)
    if wanted.to != "agency":
        return {"entrust_to": "missing"}
    chosen = {p.purpose_id: p for p, _ in books.sharing.active_purposes()}.get(wanted.purpose_id)
    if chosen is None or not covers(chosen, certificate):
        return {"purpose_id": "missing"}
    if wanted.with_photo and PHOTO not in chosen.fields[certificate.type_code]:
        return {"with_photo": "not_asked"}
    covered = entrusted_paths(chosen, certificate.type_code, with_photo=wanted.with_photo)
    return {} if covered else {"with_photo": "only"}


def _to_whom(books: Books, wanted: Wanted, type_code: str, now: datetime) -> dict[str, Any]:
    if wanted.to == "person":
        number = ResidentId.parse(wanted.agent_number).value
        agent = Holder(wanted.agent_name.strip(), "111", number)
        return {"agent": agent, "matter": wanted.matter.strip()}
    purpose, client = next(
        (p, c) for p, c in books.sharing.active_purposes() if p.purpose_id == wanted.purpose_id
    )
    return {
        "purpose_id": purpose.purpose_id,
        "fields": entrusted_paths(purpose, type_code, with_photo=wanted.with_photo),
        "matter": purpose.title_zh[:60],
        "agency": client.agency,
        "agency_uscc": client.agency_uscc,
        "accepted_at": now,
    }


def _is_agent(made: Entrustment, who: Holder) -> bool:
    """Number and name must both be theirs: a number typed wrong shows a stranger nothing."""
    mine = Holder(who.name, who.id_type, who.id_number.upper())
    return made.agent == mine


def _received(books: Books, resident: Resident, ref: str) -> Entrustment:
    made = books.entrustments.find(ref)
    if made is None or not _is_agent(made, resident.holder):
        raise NotFoundError("there is no such entrustment", where=ref)
    return made


def _tell_agency(books: Books, what: str, made: Entrustment, now: datetime) -> None:
    """Queue the event for the client whose purpose it was entrusted to; a person gets a notice."""
    purpose = books.sharing.purpose(made.purpose_id) if made.purpose_id else None
    if purpose is not None:
        said = {
            "client": purpose.client_id,
            "purpose": purpose.purpose_id,
            "entrustment": made.ref,
        }
        books.outbox.add(f"entrustment.{what}", said, now)


def _known_agent(books: Books, made: Entrustment) -> Person | None:
    """The agent's row, where they are known here by that number and name."""
    if made.agent is None:
        return None
    found = books.people.find(made.agent.id_type, made.agent.id_number)
    return found if found is not None and found.holder.name == made.agent.name else None


def _tell_agent(books: Books, made: Entrustment) -> None:
    agent = _known_agent(books, made)
    if agent is not None:  # whoever is not known here yet reads it when they sign in
        books.inbox.add(agent.id, "entrusted", made.ref, {"matter": "entrustment"}, made.made_at)
