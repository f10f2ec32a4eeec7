"""The applicant's side of an application: begin, answer, sign, submit."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from certstore.callers import Resident
from certstore.clock import local_date
from certstore.errors import ConflictError, MalformedError
from certstore.guardianship import is_ward
from certstore.identifiers import ResidentId
from certstore.keys import Signer
from certstore.tables.books import Books
from face_auth.acceptance import FaceDesk
from face_auth.challenge import Challenge
from issuance.answers import UNDER_AGE, age_on, is_answered, read_answers, read_child
from issuance.application import Answers, Application, Child, Matter, State
from issuance.beginning import is_registered
from issuance.checking import CheckDesk
from issuance.checklist import Checked, ChecklistDesk
from issuance.commitment import LEVEL, RELATION_ZH, SessionProof, letter_text, sign_letter
from issuance.conduct import APPLICANT, Hand
from issuance.effects import Prelude
from issuance.entering import EntryDesk
from issuance.history.tables import FACE_BEGUN, History
from issuance.issue import IssuanceDesk
from issuance.joint.homes import spread_home
from issuance.joint.predecessors import Predecessors
from issuance.letters.desk import LetterDesk
from issuance.own_applications import OwnApplications
from issuance.procedure import procedure_of
from issuance.submission import still_to_do
from issuance.tables import ApplicationBook

MOST_FACES_A_DAY = 10  # face verifications that one person can begin
_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyDesk(OwnApplications):
    """Takes applications from residents who are signed in, for themselves or for a child."""

    checklist: ChecklistDesk
    issuance: IssuanceDesk
    letters: LetterDesk
    face: FaceDesk
    countersigner: Signer
    predecessors: Predecessors
    city: str
    districts: tuple[str, ...]
    preludes: Mapping[Matter, Prelude] = field(default_factory=dict)

    # -- answering ---------------------------------------------------------------------------

    def answer(self, resident: Resident, ref: str, answers: Answers) -> Application:
        """Keep the answers of a draft; MalformedError names every question that is wrong."""
        checked = read_answers(answers, self.districts)
        with self.archive.writing() as books:
            application = self._mine(books, resident, ref)
            if not application.matter.asks_home:
                detail = "nothing of the home is asked here"
                raise MalformedError(detail, where="dwelling", cause="unknown")
            checked = replace(checked, child=application.answers.child)
            self._check_people(books, application, checked)
            if checked != application.answers:
                book = ApplicationBook(books.connection)
                book.save_answers(ref, checked, self.clock.now())
                answered = self._mine(books, resident, ref)
                spread_home(books, application, answered, self.clock.now())
            return self._mine(books, resident, ref)

    def name_child(self, resident: Resident, ref: str, child: Child) -> Application:
        """Name the child of a draft otherwise; ConflictError where one for that child is open."""
        now = self.clock.now()
        child = read_child(child, local_date(now))
        with self.archive.writing() as books:
            book = ApplicationBook(books.connection)
            application = self._mine(books, resident, ref)
            if application.answers.child is None:
                raise ConflictError("this application is for yourself", where=ref)
            other = book.open_one(application.actor_id, application.matter, child.id_number)
            if other is not None and other.ref != ref:
                raise ConflictError(
                    "an application for this child is open already",
                    where=other.ref,
                    remedy="go on with that one",
                )
            answers = _with_child(application, child)
            if answers != application.answers:
                book.save_answers(ref, answers, now)
            return self._mine(books, resident, ref)

    def _check_people(self, books: Books, application: Application, said: Answers) -> None:
        relative, holder = said.relative, application.applicant
        if relative is not None and relative.id_number == holder.id_number:
            where = "relative_id_number"
            raise MalformedError("that is the applicant", where=where, cause="yourself")
        if application.matter is Matter.ADDRESS_CHANGE and said.address:
            address = said.full_address(self.city)
            if self._knows_registered(books, application, address):
                detail = "that is the address registered already"
                raise MalformedError(detail, where="address", cause="unchanged")

    def is_left(self, application: Application, address: str) -> bool:
        """Whether a change of address leads away from this one: it is registered already.

        Of a child in nobody's care that is on record, nothing is told.
        """
        if application.matter is not Matter.ADDRESS_CHANGE:
            return False
        with self.archive.reading() as books:
            return self._knows_registered(books, application, address)

    def _knows_registered(self, books: Books, application: Application, address: str) -> bool:
        """Whether this address is registered, as far as whoever acts may know it."""
        holder, today = application.applicant, self._today()
        theirs = application.guardian is None or is_ward(books, application.actor, holder, today)
        return theirs and is_registered(books, holder, address, today)

    def is_child_alone(self, application: Application) -> bool:
        """Whether somebody who needs a guardian acts without one."""
        if application.guardian is not None:
            return False
        born = ResidentId.parse(application.applicant.id_number).birth_date
        return age_on(born, self._today()) < UNDER_AGE

    # -- face and letter ---------------------------------------------------------------------

    def verify_face(self, resident: Resident, ref: str, return_to: str) -> Challenge:
        """Begin a face verification of whoever acts; ConflictError after too many in a day."""
        now = self.clock.now()
        with self.archive.reading() as books:
            application = self._mine(books, resident, ref)
            book = ApplicationBook(books.connection)
            begun = book.notes_of(application.actor_id, FACE_BEGUN, now - _A_DAY)
        if len(begun) >= MOST_FACES_A_DAY:
            raise ConflictError(
                "too many face verifications were begun today",
                where=ref,
                remedy="try again tomorrow, or come to a counter",
                cause="TOO_MANY_FACES",
            )
        challenge = self.face.begin(
            application.actor,
            resident.account,
            ref,
            return_to,
            matter=application.matter.value,
        )
        with self.archive.writing() as books:
            book = ApplicationBook(books.connection)
            book.note(ref, now, "applicant", FACE_BEGUN, challenge.txn)
        return challenge

    def last_face(self, resident: Resident, ref: str) -> str | None:
        """Our transaction of the face verification begun last for an application, if any was."""
        with self.archive.reading() as books:
            self._mine(books, resident, ref)
            steps = History(books.connection).of(ref)
        return next((note for _, _, step, note in reversed(steps) if step == FACE_BEGUN), None)

    def letter(self, application: Application, level: str = LEVEL) -> str:
        """The letter as it would be signed now, word for word; ConflictError without a relative."""
        said, guardian, now = application.answers, application.guardian, self.clock.now()
        return letter_text(application.applicant, said, self.city, now, guardian, level)

    def sign(
        self, resident: Resident, ref: str, typed_name: str, level: str = LEVEL
    ) -> Application:
        """Sign the commitment letter of a draft; ConflictError where none is called for."""
        application = self.get(resident, ref)
        if not self.check(resident, ref).asks_for_letter:
            raise ConflictError(
                "no commitment letter is called for",
                where=ref,
                remedy="look at what is left to do",
            )
        letter = sign_letter(
            application,
            typed_name,
            SessionProof(resident.account, resident.verified_at, level),
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
            book.save_commitment(ref, letter, self.clock.now())
            return self._mine(books, resident, ref)

    def take_back(self, resident: Resident, ref: str) -> Application:
        """Take the signed letter of a draft back."""
        with self.archive.writing() as books:
            self._mine(books, resident, ref)
            ApplicationBook(books.connection).save_commitment(ref, None, self.clock.now())
            return self._mine(books, resident, ref)

    # -- checking and submitting -------------------------------------------------------------

    def check(self, resident: Resident, ref: str) -> Checked:
        """What is left to do before submitting, as things stand now."""
        return self._checks(resident).check(self.get(resident, ref))

    def submit(self, resident: Resident, ref: str, hand: Hand = APPLICANT) -> Application:
        """Submit a draft; submitted twice, it stays the one application it is.

        With everything satisfied the certificate is issued before this returns; where that
        cannot be done now, the application stands approved and the worker issues it. What follows
        something that is under way waits for it. Raises ConflictError, naming what is missing,
        while something must still be done. `hand` is a counter's, where the resident is present
        there.
        """
        application = self.get(resident, ref)
        if application.state is not State.DRAFT:
            return application
        if not is_answered(application.answers):
            raise ConflictError("some questions are not answered", where=ref)
        checked = self._checks(resident).check(application)
        missing = still_to_do(application, checked)
        if missing:
            raise ConflictError(
                "still to be done: " + ", ".join(missing),
                where=ref,
                remedy="do these, or come to a counter",
                missing=list(missing),
            )
        if checked.promised:
            self.entry.wait(application, checked, hand)
            return self.get(resident, ref)
        if application.matter in self.preludes:
            self.preludes[application.matter].before(resident, application)
        self.take_on(application, checked, hand)
        return self.get(resident, ref)

    def take_on(self, application: Application, checked: Checked, hand: Hand) -> None:
        """Enter what was checked and has nothing left to do, and issue it where that can be."""
        ref = application.ref
        if checked.not_looked_up:  # an officer decides, and must have it whole
            checked = self.checks.check(application, for_officer=True)
        self._record_submission(application, checked, hand)
        self.letters.attempt(ref)
        with self.archive.reading() as books:
            entered = ApplicationBook(books.connection).get(ref)
        if entered.state is State.APPROVED:
            self.issuance.attempt(ref)

    def _record_submission(
        self, application: Application, checked: Checked, hand: Hand = APPLICANT
    ) -> None:
        self.entry.enter(application, checked, hand)

    def due(self, matter: Matter) -> date:
        """When an application received now will be answered."""
        calendar = self.conduct.calendar
        received = calendar.received_on(self.clock.now()).day
        return calendar.add_working_days(received, procedure_of(matter).answered_in).day

    @property
    def entry(self) -> EntryDesk:
        """What enters submissions."""
        return EntryDesk(
            archive=self.archive,
            conduct=self.conduct,
            clock=self.clock,
            origin=self.issuance.origin,
            predecessors=self.predecessors,
        )

    def _checks(self, resident: Resident) -> CheckDesk:
        return replace(self.checks, at_counter=resident.present)

    @property
    def checks(self) -> CheckDesk:
        """What says what is left to do."""
        return CheckDesk(
            archive=self.archive,
            checklist=self.checklist,
            clock=self.clock,
            origin=self.issuance.origin,
            city=self.city,
            gates=self.gates,
        )


def _with_child(application: Application, child: Child) -> Answers:
    """The answers with the child named so; the guardian's own home is theirs as that relative."""
    said = replace(application.answers, child=child)
    relative = said.relative
    if relative is None or relative.id_number != application.actor.id_number:
        return said
    if child.relation not in RELATION_ZH:  # no near relative: whose home it is, is asked again
        return replace(said, relative=None, occupier="", confirmed=False)
    return replace(said, relative=replace(relative, relation=child.relation))
