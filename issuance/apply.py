"""The applicant's side of an application: begin, answer, sign, submit."""

import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Any

from certstore.callers import Resident
from certstore.catalogue import certificate_type
from certstore.certificates import Holder
from certstore.chance import reference
from certstore.clock import Clock, local_date
from certstore.errors import CertstoreError, ConflictError, MalformedError, NotFoundError
from certstore.identifiers import ResidentId
from certstore.keys import Signer
from certstore.ledger import Access, record_access
from certstore.tables.books import Archive, Books
from certstore.tables.people import Person
from certstore.working_days import WorkCalendar
from face_auth.acceptance import FaceDesk
from face_auth.challenge import Challenge
from issuance.application import Answers, Application, Matter, Relative, State
from issuance.checklist import Checked, ChecklistDesk
from issuance.commitment import RELATION_ZH, SessionProof, sign_letter
from issuance.issue import VOUCHER, IssuanceDesk, in_force
from issuance.notices import tell_in_review
from issuance.tables import ApplicationBook
from verifiers.materials.records import Record

WORKING_DAYS = {Matter.RESIDENCE_REGISTRATION: 1, Matter.ADDRESS_CHANGE: 1}
_DWELLINGS = frozenset({"own", "rent", "dormitory"})
_MAX_ADDRESS = 100
_MAX_NAME = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyDesk:
    """Takes applications from residents who are signed in."""

    archive: Archive
    checklist: ChecklistDesk
    issuance: IssuanceDesk
    face: FaceDesk
    countersigner: Signer
    calendar: WorkCalendar
    clock: Clock
    city: str
    districts: tuple[str, ...]

    def begin(self, resident: Resident, matter: Matter) -> Application:
        """Begin an application; the one that is open already is given back instead."""
        now = self.clock.now()
        with self.archive.writing() as books:
            book = ApplicationBook(books.connection)
            person = books.people.known(resident.holder)
            known = book.open_one(person.id, matter)
            if known is not None:
                return known
            _check_voucher(books, resident, matter, local_date(now))
            application = Application(
                ref=reference(),
                number=_case_number(books, local_date(now)),
                matter=matter,
                applicant=person.holder,
                person_id=person.id,
                account=resident.account,
                state=State.DRAFT,
                begun_at=now,
            )
            if book.add(application):
                return application
            other = book.open_one(person.id, matter)  # begun in another window meanwhile
        if other is None:
            raise ConflictError("the application could not be begun", remedy="try again")
        return other

    def get(self, resident: Resident, ref: str) -> Application:
        """One of this resident's applications; another's is as absent as none."""
        with self.archive.reading() as books:
            return self._mine(books, resident, ref)

    def all_of(self, resident: Resident) -> list[Application]:
        """This resident's applications, newest first."""
        with self.archive.reading() as books:
            holder = resident.holder
            person = books.people.find(holder.id_type, holder.id_number)
            return [] if person is None else ApplicationBook(books.connection).of(person.id)

    def answer(self, resident: Resident, ref: str, answers: Answers) -> Application:
        """Keep the answers of a draft; MalformedError names the question that is wrong."""
        checked = read_answers(answers, self.districts)
        if checked.relative and checked.relative.id_number == resident.holder.id_number:
            raise MalformedError("that is you", where="relative_id_number", cause="yourself")
        with self.archive.writing() as books:
            application = self._mine(books, resident, ref)
            if checked != application.answers:
                ApplicationBook(books.connection).save_answers(ref, checked)
            return self._mine(books, resident, ref)

    def verify_face(self, resident: Resident, ref: str, return_to: str) -> Challenge:
        """Begin a face verification for a draft."""
        application = self.get(resident, ref)
        return self.face.begin(
            application.applicant,
            resident.account,
            ref,
            return_to,
            matter=application.matter.value,
        )

    def sign(self, resident: Resident, ref: str, typed_name: str) -> Application:
        """Sign the commitment letter of a draft."""
        application = self.get(resident, ref)
        letter = sign_letter(
            application,
            typed_name,
            SessionProof(resident.account, resident.verified_at),
            city=self.city,
            now=self.clock.now(),
            countersigner=self.countersigner,
        )
        with self.archive.writing() as books:
            book = ApplicationBook(books.connection)
            if book.locked(ref).answers != application.answers:
                raise ConflictError(
                    "the answers were changed meanwhile, and the letter with them",
                    where=ref,
                    remedy="read the letter again before signing it",
                )
            book.save_commitment(ref, letter)
            return self._mine(books, resident, ref)

    def take_back(self, resident: Resident, ref: str) -> Application:
        """Take the signed letter of a draft back."""
        with self.archive.writing() as books:
            self._mine(books, resident, ref)
            ApplicationBook(books.connection).save_commitment(ref, None)
            return self._mine(books, resident, ref)

    def submit(self, resident: Resident, ref: str) -> Application:
        """Submit a draft; submitted twice, it stays the one application it is.

        With everything satisfied the certificate is issued before this returns; where that
        cannot be done now, the application stands approved and the worker issues it. Raises
        ConflictError, naming what is missing, while something must still be done.
        """
        application = self.get(resident, ref)
        if application.state is not State.DRAFT:
            return application
        if not is_answered(application.answers):
            raise ConflictError("some questions are not answered", where=ref)
        checked = self.checklist.check(application)
        missing = still_to_do(application, checked)
        if missing:
            raise ConflictError(
                "still to be done: " + ", ".join(missing),
                where=ref,
                remedy="do these, or come to a counter",
                missing=list(missing),
            )
        self._record_submission(application, checked)
        application = self.get(resident, ref)
        if application.state is State.APPROVED:
            self.issuance.attempt(ref)
            application = self.get(resident, ref)
        return application

    def _record_submission(self, application: Application, checked: Checked) -> None:
        now = self.clock.now()
        automatic = is_automatic(application, checked)
        state = State.APPROVED if automatic else State.IN_REVIEW
        values: dict[str, Any] = {
            "submitted_at": now,
            "due_on": self.due(application.matter),
            "decision": checked.as_json(),
            "automatic": automatic,
            "decided_at": now if automatic else None,
        }
        with self.archive.writing() as books:
            book = ApplicationBook(books.connection)
            found = book.locked(application.ref)
            if found.state is not State.DRAFT:
                return  # the other click was first; what it recorded stands
            if found != application:
                raise ConflictError(
                    "the answers were changed in another window while they were checked",
                    where=application.ref,
                    remedy="look at them once more and submit again",
                    missing=[],
                )
            book.move(application.ref, state, now, "applicant", only_from=(State.DRAFT,), **values)
            self._tell_relatives(books, application, checked)
            books.outbox.add("application.submitted", {"application": application.ref}, now)
            if not automatic:
                tell_in_review(books, book.get(application.ref), now)

    def _tell_relatives(self, books: Books, application: Application, checked: Checked) -> None:
        """Record with everybody else whose record was relied on that it was, in their own list."""
        mine = application.applicant.id_number
        for decided in checked.decision.materials.values():
            evidence = decided.satisfied_by
            holders = evidence.holders if isinstance(evidence, Record) else ()
            for holder in holders:
                if holder.id_number.upper() != mine:
                    person = books.people.known(
                        Holder(holder.name, holder.id_type, holder.id_number.upper())
                    )
                    record_access(books, self.issuance.origin, _reliance(application, person, self))

    def due(self, matter: Matter) -> date:
        """When an application received now will be answered."""
        received = self.calendar.received_on(self.clock.now()).day
        return self.calendar.add_working_days(received, WORKING_DAYS[matter]).day

    @staticmethod
    def _mine(books: Books, resident: Resident, ref: str) -> Application:
        application = ApplicationBook(books.connection).get(ref)
        theirs = (application.applicant.id_type, application.applicant.id_number)
        if theirs != (resident.holder.id_type, resident.holder.id_number):
            raise NotFoundError("there is no such application", where=ref)
        return application


def read_answers(answers: Answers, districts: tuple[str, ...]) -> Answers:
    """Check what was said, as far as it was said.

    MalformedError names the question in `where` and, in `facts["cause"]`, what is wrong:
    unknown, malformed, too_long, missing or yourself.
    """
    if answers.dwelling and answers.dwelling not in _DWELLINGS:
        raise MalformedError("choose one of the kinds of home", where="dwelling", cause="unknown")
    if answers.occupier not in {"", "self", "relative"}:
        raise MalformedError("choose whose home it is", where="whose", cause="unknown")
    if answers.district and answers.district not in districts:
        raise MalformedError("choose one of the districts", where="district", cause="unknown")
    address = unicodedata.normalize("NFC", " ".join(answers.address.split()))
    if len(address) > _MAX_ADDRESS:
        raise MalformedError("the address is too long", where="address", cause="too_long")
    if address and not (_is_writing(address) and any(c.isalnum() for c in address)):
        raise MalformedError("the address cannot be read", where="address", cause="malformed")
    relative = None
    if answers.occupier == "relative" and answers.relative is not None:
        relative = _read_relative(answers.relative)
    return Answers(answers.dwelling, answers.occupier, relative, answers.district, address)


def _is_writing(text: str) -> bool:
    """Letters, figures, punctuation and spaces: nothing invisible, no pictures."""
    return text.isprintable() and all(unicodedata.category(c)[0] in "LMNPZ" for c in text)


def _read_relative(said: Relative) -> Relative:
    name = unicodedata.normalize("NFC", said.name.strip())
    if not name:
        raise MalformedError("give the name", where="relative_name", cause="missing")
    if len(name) > _MAX_NAME or not _is_writing(name):
        raise MalformedError("the name cannot be read", where="relative_name", cause="malformed")
    if said.relation not in RELATION_ZH:
        cause = "unknown" if said.relation else "missing"
        raise MalformedError("choose how you are related", where="relation", cause=cause)
    try:
        number = ResidentId.parse(said.id_number)
    except CertstoreError as error:
        cause = "malformed" if said.id_number.strip() else "missing"
        raise MalformedError(error.detail, where="relative_id_number", cause=cause) from error
    return Relative(name, number.value, said.relation)


def is_answered(answers: Answers) -> bool:
    """Whether every question that concerns this applicant has an answer."""
    whose = answers.dwelling == "dormitory" or answers.occupier == "self"
    relative = answers.occupier == "relative" and answers.relative is not None
    return bool(answers.dwelling and (whose or relative) and answers.district and answers.address)


def still_to_do(application: Application, checked: Checked) -> tuple[str, ...]:
    """What keeps the applicant from submitting."""
    missing = [m.value for m in checked.decision.to_do]
    if checked.decision.awaits_letter and application.commitment is None:
        missing.append("commitment_letter")
    return tuple(missing)


def is_automatic(application: Application, checked: Checked) -> bool:
    """Whether it may be approved with nobody looking."""
    decision = checked.decision
    if decision.automatic:
        return True
    if not decision.awaits_letter or application.commitment is None:
        return False
    settled = {"satisfied", "satisfied_by_commitment", "not_applicable"}
    return all(d.outcome.value in settled for d in decision.materials.values())


def _check_voucher(books: Books, resident: Resident, matter: Matter, today: date) -> None:
    holder = resident.holder
    known = in_force(books.register.held_by(holder.id_type, holder.id_number), today)
    if matter is Matter.ADDRESS_CHANGE and known is None:
        raise ConflictError(
            "there is no registration whose address could be changed",
            where="address_change",
            remedy="begin with a residence registration",
            cause="NOT_REGISTERED",
        )
    if matter is Matter.RESIDENCE_REGISTRATION and known is not None:
        raise ConflictError(
            "you are registered already",
            where="residence_registration",
            remedy="report a change of address instead",
            cause="REGISTERED_ALREADY",
        )


def _case_number(books: Books, today: date) -> str:
    serial = books.register.next_serial("application", today.year)
    return f"{certificate_type(VOUCHER).number_prefix}-{today:%y%m}-{serial:06d}"


def _reliance(application: Application, person: Person, desk: ApplyDesk) -> Access:
    """That a relative's application relied on somebody's record; the case itself is not told."""
    record: dict[str, Any] = {
        "client": "issuance",
        "purpose": application.matter.value,
        "ground": "application",
        "fields": [],
        "refused_fields": [],
        "other_fields": [],
    }
    return Access(
        kind="relative",
        at=desk.clock.now(),
        client="issuance",
        agency="",
        purpose=application.matter.value,
        person=person,
        record=record,
    )
