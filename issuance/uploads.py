"""The applicant's uploads: begin, send in pieces, be judged, replace, take back.

Bytes are enciphered as they come in and nothing of them is ever written in plain. What is kept is
what the judging wrote anew; of the file as it came only the SHA-256 stays.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from certstore.callers import Resident
from certstore.chance import reference
from certstore.clock import Clock
from certstore.errors import ConflictError, MalformedError, NotFoundError, TooLargeError
from certstore.tables.books import Archive, Books
from issuance.answers import is_answered
from issuance.application import Application
from issuance.apply import ApplyDesk
from issuance.handed_in import MOST_BEGUN, MOST_FILES, papers_for, read_kept
from issuance.joint.tables import JointBook
from issuance.tables import ApplicationBook
from issuance.upload import PIECE, UPLOAD_LIFE, Upload, UploadState, mismatch
from issuance.upload_shelf import UploadShelf, sha256_of
from issuance.upload_tables import UploadBook
from verifiers.limited.asking import Limited
from verifiers.limited.shares import Shares
from verifiers.materials.decisions import MaterialDecision
from verifiers.materials.handed_in import Advice, Cleaned, Fault, Judged, Refused
from verifiers.materials.handed_in_profile import Profile
from verifiers.materials.handed_in_work import judge_within
from verifiers.materials.vocabulary import Material

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Asked:
    """A material of a draft for which papers may be handed in, and what was."""

    application: Application
    decision: MaterialDecision
    papers: tuple[str, ...]
    uploads: tuple[Upload, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadDesk:
    """Takes files from residents who are signed in, for materials of their own drafts."""

    archive: Archive
    shelf: UploadShelf
    limited: Limited
    shares: Shares
    applying: ApplyDesk
    clock: Clock
    profile: Profile

    def asked(self, resident: Resident, ref: str, material: str) -> Asked:
        """What may be handed in for a material, and what was.

        NotFoundError for another's application and for a material that nothing is asked for;
        ConflictError once it was submitted, or before the questions are answered.
        """
        application = self.applying.get(resident, ref)
        _require_open(application, material)
        if not is_answered(application.answers):
            raise ConflictError("some questions are not answered", where=ref)
        checked = self.applying.check(resident, ref)
        found = next(
            (d for m, d in checked.decision.materials.items() if m.value == material), None
        )
        papers = papers_for(found) if found is not None else ()
        if found is None or not papers or found.material in checked.not_looked_up:
            raise NotFoundError("nothing is asked for here", where=material)
        with self.archive.reading() as books:
            uploads = UploadBook(books.connection).of(ref)
        own = tuple(u for u in uploads if u.material is found.material)
        return Asked(application, found, papers, own)

    def begin(
        self, resident: Resident, ref: str, material: str, document: str, announced: "Announced"
    ) -> Upload:
        """Begin an upload; one on its way for the same material is dropped for it."""
        asked = self.asked(resident, ref, material)
        if document not in asked.papers:
            raise MalformedError("choose which paper it is", where="document", cause="unknown")
        announced.check(self.profile)
        now = self.clock.now()
        upload = Upload(
            ref=reference(),
            application_ref=ref,
            material=Material(material),
            document=document,
            state=UploadState.RECEIVING,
            length=announced.length,
            received=0,
            begun_at=now,
            expires_at=now + UPLOAD_LIFE,
            announced_sha256=announced.sha256,
            seen_by=announced.seen_by,
        )
        upload = replace(upload, wrapped=self.shelf.begin(upload)[1])
        with self.archive.writing() as books:
            _require_open(ApplicationBook(books.connection).locked(ref), material)
            book = UploadBook(books.connection)
            _require_room(book, upload)
            book.add(upload)
            book.touch(ref, now)
        return upload

    def progress(self, resident: Resident, upload_ref: str) -> Upload:
        """Where an upload stands; another's is as absent as none."""
        with self.archive.reading() as books:
            return _own(books, resident, upload_ref)

    def append(self, resident: Resident, upload_ref: str, offset: int, data: bytes) -> Upload:
        """Keep the next bytes; ConflictError, with the right offset, if others came first."""
        upload = self.progress(resident, upload_ref)
        if upload.state is not UploadState.RECEIVING:
            raise ConflictError("the upload is complete", where=upload_ref, cause="COMPLETE")
        if offset != upload.received:
            raise mismatch(upload, offset)
        if offset + len(data) > upload.length:
            raise TooLargeError(
                "more bytes came than were announced", where=upload_ref, limit=upload.length
            )
        for start in range(0, len(data), PIECE):
            upload = self._append_piece(upload, data[start : start + PIECE])
        return upload

    def complete(self, resident: Resident, upload_ref: str) -> Upload:
        """Judge a file whose bytes are all here; asked again, it says the same again.

        UnavailableError while files cannot be judged, RateLimitedError while too many of this
        account are: nothing is lost, ask again.
        """
        upload = self.progress(resident, upload_ref)
        if upload.state is not UploadState.RECEIVING:
            return upload
        if upload.received != upload.length:
            raise mismatch(upload, upload.length)
        with self.archive.reading() as books:
            pieces = UploadBook(books.connection).pieces(upload_ref)
        data = self.shelf.assemble(upload, pieces)
        with self.shares.one_of(resident.account):
            judged = self._judge(upload, data)
        if isinstance(judged, Refused):
            now = self.clock.now()
            self._finish(upload, UploadState.REFUSED, reasons=list(judged.faults), erased_at=now)
        else:
            self._keep(upload, judged, sha256_of(data))
        return self.progress(resident, upload_ref)

    def take_in(
        self, resident: Resident, ref: str, material: str, document: str, data: bytes
    ) -> Upload:
        """A whole file at once, as a form without script sends it."""
        announced = Announced(len(data))
        upload = self.begin(resident, ref, material, document, announced)
        self.append(resident, upload.ref, 0, data)
        return self.complete(resident, upload.ref)

    def accept(self, resident: Resident, upload_ref: str) -> Upload:
        """Hand in all the same what has advice; said twice, it stays."""
        return self._change(resident, upload_ref, lambda book, found: book.accept(found.ref))

    def drop(self, resident: Resident, upload_ref: str) -> None:
        """Take a file back before submission: nothing opens it any more."""
        now = self.clock.now()
        with self.archive.writing() as books:
            upload = _own(books, resident, upload_ref)
            application = ApplicationBook(books.connection).locked(upload.application_ref)
            _require_open(application, upload.material)
            _require_unshared(books, application, upload)
            UploadBook(books.connection).erase([upload_ref], now)

    def part(self, resident: Resident, upload_ref: str, name: str) -> bytes:
        """A page or a thumbnail of one's own, for as long as it is kept."""
        return self.shelf.open(self.progress(resident, upload_ref), name)

    def _append_piece(self, upload: Upload, piece: bytes) -> Upload:
        sealed = self.shelf.seal_piece(upload, piece)
        until = self.clock.now() + UPLOAD_LIFE
        with self.archive.writing() as books:
            _require_open(
                ApplicationBook(books.connection).get(upload.application_ref), upload.material
            )
            book = UploadBook(books.connection)
            if not book.append(upload, sealed, len(piece), until):
                raise mismatch(book.get(upload.ref), upload.received)
        return replace(upload, received=upload.received + len(piece), expires_at=until)

    def _judge(self, upload: Upload, data: bytes) -> Judged:
        if upload.announced_sha256 not in {None, sha256_of(data)}:
            return Refused((Fault.CHANGED,))
        try:
            return judge_within(self.limited, data, self.profile)
        except MalformedError:  # nothing sensible came back from the process that opened it
            return Refused((Fault.DAMAGED,))

    def _keep(self, upload: Upload, cleaned: Cleaned, sha256: str) -> None:
        parts = self.shelf.keep(upload, cleaned)
        doubtful = any(a is not Advice.SIGNATURE for a in cleaned.advice)
        self._finish(
            upload,
            UploadState.DOUBTFUL if doubtful else UploadState.KEPT,
            kind=cleaned.kind,
            sha256=sha256,
            pages=len(cleaned.pages),
            parts=[[part.name, part.digest] for part in parts],
            advice=list(cleaned.advice),
            taken_at=self.clock.now(),
        )

    def _finish(self, upload: Upload, state: UploadState, **values: object) -> None:
        if state is UploadState.REFUSED:
            values |= {"key_id": None, "wrapped_key": None}
        with self.archive.writing() as books:
            _require_open(
                ApplicationBook(books.connection).locked(upload.application_ref), upload.material
            )
            book = UploadBook(books.connection)
            if book.finish(upload.ref, state, **values):
                book.touch(upload.application_ref, self.clock.now())

    def _change(
        self, resident: Resident, upload_ref: str, act: Callable[[UploadBook, Upload], None]
    ) -> Upload:
        with self.archive.writing() as books:
            upload = _own(books, resident, upload_ref)
            _require_open(
                ApplicationBook(books.connection).locked(upload.application_ref), upload.material
            )
            book = UploadBook(books.connection)
            act(book, upload)
            return book.get(upload_ref)


@dataclass(frozen=True, slots=True)
class Announced:
    """What a sender says of a file before it sends it."""

    length: int
    sha256: str | None = None
    seen_by: str = ""  # never of what somebody sends by themself

    def check(self, profile: Profile) -> None:
        """Raise TooLargeError or MalformedError if such a file cannot be taken."""
        if self.length > profile.most_bytes:
            raise TooLargeError(
                f"a file has at most {profile.most_bytes} bytes",
                where="file",
                limit=profile.most_bytes,
                remedy="take the picture anew with a lower resolution, or save the PDF smaller",
            )
        if self.length < 1:
            raise MalformedError("the file is empty", where="file", cause=Fault.EMPTY.value)
        if self.sha256 is not None and not _SHA256.fullmatch(self.sha256):
            raise MalformedError("a digest is 64 lower-case hexadecimal characters", where="digest")


def _own(books: Books, resident: Resident, upload_ref: str) -> Upload:
    upload = UploadBook(books.connection).get(upload_ref)
    actor, holder = (
        ApplicationBook(books.connection).get(upload.application_ref).actor,
        resident.holder,
    )
    if (actor.id_type, actor.id_number) != (holder.id_type, holder.id_number):
        raise NotFoundError("there is no such upload", where=upload_ref)
    return upload


def _require_open(application: Application, material: str) -> None:
    if not application.takes(material):
        raise ConflictError(
            "the application was submitted; what was handed in is fixed",
            where=application.ref,
            remedy="look at its progress",
        )


def _require_unshared(books: Books, application: Application, upload: Upload) -> None:
    """Raise ConflictError where what is submitted already counts this file for its home."""
    for other in JointBook(books.connection).joined(application.joint_ref):
        if other.ref != application.ref and upload.ref in {
            f.ref for f in read_kept(other.decision)
        }:
            raise ConflictError(
                "it was submitted with another application already",
                where=upload.ref,
                remedy="hand in something else beside it",
                cause="SHARED",
            )


def _require_room(book: UploadBook, upload: Upload) -> None:
    ref = upload.application_ref
    if book.taken(ref, upload.material) >= MOST_FILES or book.begun(ref) >= MOST_BEGUN:
        raise ConflictError(
            f"a material has at most {MOST_FILES} files",
            where=upload.material,
            remedy="take one back first, or put the pages into one PDF",
            cause="TOO_MANY_FILES",
        )
