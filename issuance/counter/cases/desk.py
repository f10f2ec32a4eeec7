"""One application at the counter: begun, answered, handed in, signed, sent, for who is present.

Every step is one of the applicant's own desks, taken in the counter's name; what the rules allow
is approved and issued on the spot, as on line.
"""

import hashlib
import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from certstore.callers import Officer
from certstore.certificates import Certificate, Status
from certstore.clock import local_date
from certstore.errors import ConflictError, MalformedError, NotFoundError
from certstore.objects import ObjectStore
from certstore.presentation import held
from issuance.answers import is_answered
from issuance.application import Answers, Application, Child, Matter, State
from issuance.apply import ApplyDesk
from issuance.checklist import Checked
from issuance.commitment import AT_COUNTER, digest_of
from issuance.counter.presence import PresenceDesk
from issuance.counter.records import record_opened, record_printed, record_reasons_told
from issuance.counter.tables import VisitBook
from issuance.counter.visit import Visit, counter_of
from issuance.grounds import ended_with
from issuance.handed_in import papers_for
from issuance.photo_capture import OnPhotoPage, PhotoDesk
from issuance.supplementing import SupplementDesk
from issuance.tables import ApplicationBook
from issuance.upload import Upload
from issuance.upload_tables import UploadBook
from issuance.uploads import Announced, Asked, UploadDesk
from verifiers.materials.vocabulary import Material


@dataclass(frozen=True, slots=True, kw_only=True)
class AtCounter:
    """A case as it stands before an officer and its person."""

    visit: Visit
    application: Application
    checked: Checked | None = None  # of a draft whose questions are answered
    asked: tuple[Asked, ...] = ()  # the materials that papers may be scanned for
    photo: OnPhotoPage | None = None
    given: frozenset[str] = frozenset()  # of what an officer asked for
    certificate: Certificate | None = None
    tells_reasons: bool = False  # of a refusal: only the counter that took it, or a supervisor
    abouts: tuple[str, ...] = ()  # of a cancellation: the types that can be cancelled

    @property
    def ends(self) -> tuple[str, ...]:
        """The types that end for good with a cancellation, as it stands."""
        about = self.application.answers.about
        return ended_with(about, self.abouts) if about else ()

    @property
    def seal(self) -> str:
        """What a form says it was made of: an application that moved since has another."""
        return seal_of(self.application)


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeDesk:
    """Takes applications in at counters; the officer's name stands at each step."""

    presence: PresenceDesk
    applying: ApplyDesk
    supplements: SupplementDesk
    uploads: UploadDesk
    photos: PhotoDesk
    objects: ObjectStore

    # -- which case ------------------------------------------------------------------------

    def cases(self, officer: Officer, visit_ref: str) -> tuple[Visit, list[Application]]:
        """Who is there, and everything they applied for, newest first."""
        visit = self.presence.find(officer, visit_ref)
        return visit, self.applying.all_of(visit.resident)

    def begin(
        self, officer: Officer, visit_ref: str, matter: Matter, child: Child | None = None
    ) -> Application:
        """Begin for the person, or the child in their care; what is open is gone on with."""
        visit = self.presence.find(officer, visit_ref)
        if not matter.applied_for:
            raise MalformedError("nobody applies for this", where="matter", cause="unknown")
        return self._joined(visit, self.applying.begin(visit.resident, matter, child))

    def begin_again(self, officer: Officer, visit_ref: str, ref: str) -> Application:
        """Begin anew what was refused or has ended, its answers kept."""
        visit = self.presence.find(officer, visit_ref)
        return self._joined(visit, self.applying.begin_again(visit.resident, ref))

    def open(self, officer: Officer, visit_ref: str, ref: str) -> Application:
        """Go on with a case of the person's; NotFoundError for another's as for none."""
        visit = self.presence.find(officer, visit_ref)
        return self._joined(visit, self.applying.get(visit.resident, ref))

    def _joined(self, visit: Visit, application: Application) -> Application:
        """The case, with the officer's look at the card standing for it."""
        now = self.applying.clock.now()
        with self.applying.archive.writing() as books:
            ApplicationBook(books.connection).locked(application.ref)
            VisitBook(books.connection).join(visit.ref, application.ref)
            record_opened(books, self.presence.lookers, visit, application, now)
        return application

    # -- what stands there -----------------------------------------------------------------

    def look(self, officer: Officer, ref: str) -> AtCounter:
        """A case of who is present; that a refusal's reasons are read is on record first."""
        visit = self.presence.for_application(officer, ref)
        application = self.applying.get(visit.resident, ref)
        drafted = application.state is State.DRAFT
        answered = drafted and is_answered(application.answers)
        checked = self.applying.check(visit.resident, ref) if answered else None
        takes_photo = application.takes("photo") and (answered or not drafted)
        return AtCounter(
            visit=visit,
            application=application,
            checked=checked,
            asked=tuple(self._asked(visit, application, checked)),
            photo=self.photos.look(visit.resident, ref) if takes_photo else None,
            given=self.supplements.given(visit.resident, ref),
            certificate=self._certificate(visit, application),
            tells_reasons=self._tells_reasons(officer, visit, application),
            abouts=self._abouts(visit, application) if drafted else (),
        )

    def _abouts(self, visit: Visit, application: Application) -> tuple[str, ...]:
        if application.matter is not Matter.CANCELLATION:
            return ()
        return self.applying.cancellable(visit.resident, application.ref)

    def _asked(
        self, visit: Visit, application: Application, checked: Checked | None
    ) -> Iterable[Asked]:
        """What papers may be scanned for: of a draft what is open, later what was asked for."""
        if checked is not None:
            with self.applying.archive.reading() as books:
                uploads = UploadBook(books.connection).of(application.ref)
            for material, decision in checked.decision.materials.items():
                papers = papers_for(decision)
                if papers and material not in checked.not_looked_up | checked.too_many:
                    own = tuple(u for u in uploads if u.material is material)
                    yield Asked(application, decision, papers, own)
        elif application.state is State.SUPPLEMENT and application.asked is not None:
            for word in application.asked.materials:
                if word == Material.PHOTO:
                    continue
                with suppress(NotFoundError):  # a record that came meanwhile shows it
                    yield self.uploads.asked(visit.resident, application.ref, word)

    def _certificate(self, visit: Visit, application: Application) -> Certificate | None:
        """What was issued; of a child only while the person is its guardian."""
        if application.state is not State.ISSUED or application.certificate_ref is None:
            return None
        today = local_date(self.applying.clock.now())
        with self.applying.archive.reading() as books, suppress(NotFoundError):
            return held(books, visit.person, application.certificate_ref, today)
        return None

    def _tells_reasons(self, officer: Officer, visit: Visit, application: Application) -> bool:
        if application.state is not State.REFUSED:
            return False
        took = bool(application.taken_at) and application.taken_at == counter_of(officer)
        if not took and not officer.supervisor:
            return False
        now = self.applying.clock.now()
        with self.applying.archive.writing() as books:
            ApplicationBook(books.connection).locked(application.ref)
            record_reasons_told(books, self.presence.lookers, visit, application, now)
        return True

    # -- a draft ---------------------------------------------------------------------------

    def answer(self, officer: Officer, ref: str, answers: Answers) -> Application:
        """Keep what the person says; MalformedError names every answer that is wrong."""
        visit = self.presence.for_application(officer, ref)
        return self.applying.answer(visit.resident, ref, answers)

    def say_why(self, officer: Officer, ref: str, why: str, about: str) -> Application:
        """Keep why a card is issued anew, or what is cancelled and why; MalformedError as there."""
        visit = self.presence.for_application(officer, ref)
        return self.applying.say_why(visit.resident, ref, why, about)

    def letter(self, application: Application) -> str:
        """The commitment letter as it would be signed here, word for word."""
        return self.applying.letter(application, AT_COUNTER)

    def sign(self, officer: Officer, ref: str, typed_name: str, read: str) -> Application:
        """The person signs the letter; `read` is the SHA-256 of the text that was shown.

        MalformedError unless they typed their own name; ConflictError (cause MOVED) where the
        letter is another by now.
        """
        visit = self.presence.for_application(officer, ref)
        application = self.applying.get(visit.resident, ref)
        if read != digest_of(self.letter(application)):
            raise _moved(ref)
        return self.applying.sign(visit.resident, ref, typed_name, AT_COUNTER)

    def take_letter_back(self, officer: Officer, ref: str) -> Application:
        """Take the signed letter of a draft back."""
        visit = self.presence.for_application(officer, ref)
        return self.applying.take_back(visit.resident, ref)

    def submit(self, officer: Officer, ref: str, seal: str, ends: str = "") -> Application:
        """Send it; sent twice, it stays the one application it is.

        `seal` is that of the case as the form showed it (`AtCounter.seal`), `ends` what it said a
        cancellation ends, with commas. Raises ConflictError with the cause MOVED if either is
        another by now, and as `ApplyDesk.submit` does.
        """
        visit = self.presence.for_application(officer, ref)
        application = self.applying.get(visit.resident, ref)
        if application.state is not State.DRAFT:
            return application
        abouts = self._abouts(visit, application)
        about = application.answers.about
        ending = ended_with(about, abouts) if about else ()
        if seal != seal_of(application) or ends != ",".join(ending):
            raise _moved(ref)
        return self.applying.submit(visit.resident, ref, visit.hand)

    # -- after it was sent -----------------------------------------------------------------

    def supply(self, officer: Officer, ref: str) -> Application:
        """Send what was asked for; ConflictError names what is still missing."""
        visit = self.presence.for_application(officer, ref)
        return self.supplements.supply(visit.resident, ref, visit.hand)

    def withdraw(self, officer: Officer, ref: str, seal: str) -> Application:
        """Withdraw it for the person; ConflictError (cause MOVED) if it has moved meanwhile."""
        visit = self.presence.for_application(officer, ref)
        application = self.applying.get(visit.resident, ref)
        if application.state is State.WITHDRAWN:
            return application
        if seal != seal_of(application):
            raise _moved(ref)
        return self.applying.withdraw(visit.resident, ref, visit.hand)

    def document(self, officer: Officer, ref: str) -> bytes:
        """The signed certificate, to be printed; that it was is on record before it is given.

        NotFoundError unless one was issued and holds today.
        """
        visit = self.presence.for_application(officer, ref)
        application = self.applying.get(visit.resident, ref)
        certificate, now = self._certificate(visit, application), self.applying.clock.now()
        file = certificate.file("document") if certificate else None
        holds = certificate and certificate.status_on(local_date(now)) is Status.VALID
        if certificate is None or file is None or not holds:
            raise NotFoundError("there is no certificate in force to print", where=ref)
        data = self.objects.get(file.sha256)
        with self.applying.archive.writing() as books:
            record_printed(books, self.presence.lookers, visit, application, certificate, now)
        return data

    # -- what is handed in -----------------------------------------------------------------

    def scan(
        self, officer: Officer, ref: str, paper: tuple[str, str], data: bytes, *, seen: bool
    ) -> Upload:
        """Take a scan for a material (`paper`: material, document) and judge it as any upload.

        `seen`: its original lies on the counter, which the officer who decides will read.
        """
        visit = self.presence.for_application(officer, ref)
        announced = Announced(len(data), seen_by=visit.officer if seen else "")
        upload = self.uploads.begin(visit.resident, ref, *paper, announced)
        self.uploads.append(visit.resident, upload.ref, 0, data)
        return self.uploads.complete(visit.resident, upload.ref)

    def keep_scan(self, officer: Officer, ref: str, upload_ref: str) -> None:
        """Hand in all the same what has advice."""
        visit = self._visit_of(officer, ref, upload_ref)
        self.uploads.accept(visit.resident, upload_ref)

    def drop_scan(self, officer: Officer, ref: str, upload_ref: str) -> None:
        """Take a scan back: nothing opens it any more."""
        visit = self._visit_of(officer, ref, upload_ref)
        self.uploads.drop(visit.resident, upload_ref)

    def part(self, officer: Officer, ref: str, upload_ref: str, name: str) -> bytes:
        """A page or a thumbnail of a scan, while the person is there; the look is on record."""
        visit = self._visit_of(officer, ref, upload_ref)
        self._saw(officer, ref, upload_ref)
        return self.uploads.part(visit.resident, upload_ref, name)

    def picture(self, officer: Officer, ref: str, upload_ref: str, name: str) -> bytes:
        """The ID photo that was made, as long as it can be changed; the look is on record."""
        visit = self._visit_of(officer, ref, upload_ref)
        self._saw(officer, ref, upload_ref)
        return self.photos.picture(visit.resident, ref, upload_ref, name)

    def _saw(self, officer: Officer, ref: str, upload_ref: str) -> None:
        now = self.applying.clock.now()
        with self.applying.archive.writing() as books:
            application = ApplicationBook(books.connection).locked(ref)
            upload = UploadBook(books.connection).get(upload_ref)
            self.presence.lookers.at_file(books, officer, application, upload, now)

    def _visit_of(self, officer: Officer, ref: str, upload_ref: str) -> Visit:
        """The visit, if the upload is of this case; another case's is as absent as none."""
        visit = self.presence.for_application(officer, ref)
        if self.uploads.progress(visit.resident, upload_ref).application_ref != ref:
            raise NotFoundError("there is no such upload", where=upload_ref)
        return visit


def seal_of(application: Application) -> str:
    """A short digest of what a form shows of an application."""
    letter = application.commitment.signature if application.commitment else ""
    shown = [application.state.value, application.answers.as_json(), letter]
    said = json.dumps(shown, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _moved(ref: str) -> ConflictError:
    return ConflictError(
        "it was changed in another window, or moved on, since this page was opened",
        where=ref,
        remedy="look at it once more, and say it again",
        cause="MOVED",
    )
