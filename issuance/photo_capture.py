"""The applicant's own photo: made of a snapshot, shown, confirmed, kept for an officer to judge.

A photo that was taken here never passes by itself. What was done to the snapshot, what stands
against the photo and the hash of the original are kept beside it. The applicant may always give
a new one, also where one on file would do.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from certstore.callers import Resident
from certstore.certificates import Certificate, File
from certstore.chance import reference
from certstore.clock import Clock
from certstore.errors import ConflictError, NotFoundError
from certstore.objects import ObjectStore
from certstore.picture_fingerprint import fingerprint
from certstore.pictures import SAME_PICTURE, PictureDesk
from certstore.tables.books import Archive, Books
from certstore.tables.pictures import PhotoCheck
from issuance.application import Application
from issuance.handed_in import MOST_BEGUN, HandedIn, read_kept
from issuance.tables import ApplicationBook
from issuance.upload import TAKEN, UPLOAD_LIFE, Upload, UploadState
from issuance.upload_shelf import UploadShelf, sha256_of
from issuance.upload_tables import UploadBook
from verifiers.limited.asking import Limited
from verifiers.limited.shares import Shares
from verifiers.materials.handed_in import Cleaned, Kind, Page, Refused
from verifiers.materials.photo_findings import PhotoLevel
from verifiers.materials.portrait_crop import Step
from verifiers.materials.portrait_work import Made, make_within
from verifiers.materials.vocabulary import Material

DOCUMENTS = ("photo_capture", "photo_upload")  # taken here, or a file that was chosen
PHOTO, BEFORE = "page-1", "page-2"
STEP, LEVEL = "step:", "level:"  # what was done, and how closely it was judged
FLAGS = ("PROCESSED", "WHITENED")  # told the officer of a picture that is not as it was taken


@dataclass(frozen=True, slots=True)
class OnPhotoPage:
    """A draft, the photo on file the rules would look at, and what was handed in."""

    application: Application
    on_file: Certificate | None
    check: PhotoCheck | None  # what our own check said of the photo on file
    offered: Upload | None  # shown, not confirmed yet
    kept: Upload | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoDesk:
    """Takes ID photos from residents who are signed in, for drafts of their own."""

    archive: Archive
    shelf: UploadShelf
    objects: ObjectStore
    limited: Limited
    shares: Shares
    pictures: PictureDesk
    clock: Clock
    level: PhotoLevel

    def look(self, resident: Resident, ref: str) -> OnPhotoPage:
        """What stands on the photo page; NotFoundError for another's, ConflictError once sent."""
        with self.archive.reading() as books:
            application = _draft(books, resident, ref)
            on_file = _on_file(books, application)
            check = None if on_file is None else books.pictures.of_certificate(on_file.ref)
            offered, kept = _newest(UploadBook(books.connection).of(ref))
        return OnPhotoPage(application, on_file, check, offered, kept)

    def offer(
        self, resident: Resident, ref: str, snapshot: bytes, document: str = DOCUMENTS[1]
    ) -> Made | Refused:
        """Make a photo of a snapshot; kept until it is confirmed, if it may be kept at all.

        UnavailableError while pictures cannot be opened: nothing is lost, send it again.
        """
        with self.archive.reading() as books:
            _draft(books, resident, ref)
        with self.shares.one_of(resident.account):
            made = make_within(self.limited, snapshot, self.level)
        if isinstance(made, Refused) or not made.may_be_kept:
            return made
        self._put_away(resident, ref, document, made, snapshot)
        return made

    def confirm(self, resident: Resident, ref: str, upload_ref: str) -> None:
        """Hand in the photo that was shown; said twice, it stays. One handed in before is erased.

        The same picture under somebody else is noted for the officer, and for nobody else.
        """
        jpeg = self.picture(resident, ref, upload_ref, PHOTO)
        now = self.clock.now()
        with self.archive.writing() as books:
            application = _draft(books, resident, ref, locked=True)
            book = UploadBook(books.connection)
            upload = _of(book, ref, upload_ref)
            if upload.state is UploadState.DOUBTFUL:
                book.accept(upload_ref)
            others = [u.ref for u in _photos(book.of(ref)) if u.ref != upload_ref]
            book.erase(others, now)
            check = _check(application, upload, jpeg, self.clock)
            books.pictures.forget_application(ref)
            self.pictures.enter(books, check, jpeg)

    def take_back(self, resident: Resident, ref: str) -> None:
        """Erase the photos handed in with a draft, confirmed or not."""
        now = self.clock.now()
        with self.archive.writing() as books:
            _draft(books, resident, ref, locked=True)
            book = UploadBook(books.connection)
            book.erase([u.ref for u in _photos(book.of(ref))], now)
            books.pictures.forget_application(ref)

    def picture(self, resident: Resident, ref: str, upload_ref: str, name: str) -> bytes:
        """The photo, or how it was before its background was made white; one's own."""
        with self.archive.reading() as books:
            _draft(books, resident, ref)
            upload = _of(UploadBook(books.connection), ref, upload_ref)
        return self.shelf.open(upload, name)

    def for_certificate(self, books: Books, application: Application) -> File | None:
        """The photo handed in with an approved application, put among the objects; None if none.

        To be asked once an officer has approved it: a certificate then shows it to others.
        """
        handed_in = photo_handed_in(application)
        if handed_in is None or not application.reviewed_by:
            return None
        upload = UploadBook(books.connection).get(handed_in.ref)
        jpeg = self.shelf.open(upload, PHOTO)
        return File("photo", "image/jpeg", self.objects.put(jpeg), len(jpeg))

    def _put_away(
        self, resident: Resident, ref: str, document: str, made: Made, snapshot: bytes
    ) -> None:
        now = self.clock.now()
        upload = Upload(
            ref=reference(),
            application_ref=ref,
            material=Material.PHOTO,
            document=document if document in DOCUMENTS else DOCUMENTS[1],
            state=UploadState.RECEIVING,
            length=len(snapshot),
            received=len(snapshot),
            begun_at=now,
            expires_at=now + UPLOAD_LIFE,
        )
        upload = replace(upload, wrapped=self.shelf.begin(upload)[1])
        pages = [Page(jpeg, jpeg, 0, 0) for jpeg in (made.jpeg, made.before) if jpeg]
        parts = self.shelf.keep(upload, Cleaned(Kind.JPEG, tuple(pages)))
        with self.archive.writing() as books:
            application = _draft(books, resident, ref, locked=True)
            book = UploadBook(books.connection)
            if book.begun(ref) >= MOST_BEGUN:
                raise ConflictError(
                    "too many photos were tried", where=ref, remedy="come to a counter"
                )
            shown = [u.ref for u in _photos(book.of(ref)) if u.state is UploadState.DOUBTFUL]
            book.erase(shown, now)
            book.add(upload)
            check = _check(application, upload, made.jpeg, self.clock)
            same = self.pictures.same_picture(books, check, made.jpeg)
            book.finish(
                upload.ref,
                UploadState.DOUBTFUL,
                kind=Kind.JPEG,
                sha256=sha256_of(snapshot),
                pages=len(pages),
                parts=[[part.name, part.digest] for part in parts],
                advice=[*made.told, *_flags(made), *([SAME_PICTURE] if same else [])],
                reasons=[*(STEP + step for step in made.steps), LEVEL + made.level],
                taken_at=now,
            )


def photo_handed_in(application: Application) -> HandedIn | None:
    """The photo that was handed in with an application; None if none was."""
    photos = [f for f in read_kept(application.decision) if f.material is Material.PHOTO]
    return photos[-1] if photos else None


def forget_erased(archive: Archive, limit: int = 100) -> int:
    """Drop the fingerprints of photos whose upload was erased; how many.

    Looked at in turn, a hundred at a time, so that each is reached however many are kept.
    """
    with archive.reading() as books:
        book = UploadBook(books.connection)
        refs = books.pictures.applications(limit)
        gone = [ref for ref in refs if not _photos(book.of(ref))]
    if gone:
        with archive.writing() as books:
            for ref in gone:
                books.pictures.forget_application(ref)
    return len(gone)


def reasons_of(upload: Upload) -> tuple[str, ...]:
    """What stands against a photo that was handed in, as the applicant is told it.

    That somebody else has the same picture is told the officer alone: it says something of others.
    """
    return tuple(word for word in upload.advice if word not in {*FLAGS, SAME_PICTURE})


def steps_of(upload: Upload) -> tuple[str, ...]:
    """What was done to the snapshot, as codes of the texts."""
    return tuple(w.removeprefix(STEP) for w in upload.reasons if w.startswith(STEP))


def level_of(upload: Upload) -> str:
    """How closely a photo that was handed in was judged: basic or face."""
    return next((w.removeprefix(LEVEL) for w in upload.reasons if w.startswith(LEVEL)), "basic")


def _on_file(books: Books, application: Application) -> Certificate | None:
    """The newest photo on file; none of a child, for nobody has proven who its guardian is."""
    if application.guardian is not None:
        return None
    holder = application.applicant
    held = books.register.held_by(holder.id_type, holder.id_number)
    return next((c for c in held if c.type_code == "id_photo"), None)


def _flags(made: Made) -> list[str]:
    done = [FLAGS[0]] if made.steps else []
    return [*done, FLAGS[1]] if Step.WHITENED in made.steps else done


def _photos(uploads: Sequence[Upload]) -> list[Upload]:
    return [u for u in uploads if u.material is Material.PHOTO and u.state in TAKEN]


def _newest(uploads: Sequence[Upload]) -> tuple[Upload | None, Upload | None]:
    """The photo that waits to be confirmed, and the one that was."""
    found = {u.state: u for u in _photos(uploads)}
    return found.get(UploadState.DOUBTFUL), found.get(UploadState.KEPT)


def _of(book: UploadBook, ref: str, upload_ref: str) -> Upload:
    upload = book.get(upload_ref)
    if upload.application_ref != ref or upload not in _photos([upload]):
        raise NotFoundError("there is no such photo", where=upload_ref)
    return upload


def _draft(books: Books, resident: Resident, ref: str, *, locked: bool = False) -> Application:
    book = ApplicationBook(books.connection)
    application = book.locked(ref) if locked else book.get(ref)
    theirs = (application.actor.id_type, application.actor.id_number)
    if theirs != (resident.holder.id_type, resident.holder.id_number):
        raise NotFoundError("there is no such application", where=ref)
    if not application.takes(Material.PHOTO):
        raise ConflictError(
            "the application was submitted; its photo is fixed",
            where=ref,
            remedy="look at its progress",
        )
    return application


def _check(application: Application, upload: Upload, jpeg: bytes, clock: Clock) -> PhotoCheck:
    holder = application.applicant
    return PhotoCheck(
        fingerprint=fingerprint(jpeg),
        id_type=holder.id_type,
        id_number=holder.id_number,
        level=level_of(upload),
        quality="manual_review",  # never more, of a photo that was handed in
        reasons=reasons_of(upload),
        checked_at=clock.now(),
        application_ref=application.ref,
    )
