"""Photos on file: what our own check says of each, and whether somebody else has the same one.

A picture found again under another person is never the end of it: both go to a person, with
the reason, and neither is reused by itself. Two steps find it: a hash near enough, by index,
and then the pictures themselves, compared as the small grey things they are.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from certstore.certificates import Certificate, Status
from certstore.clock import Clock
from certstore.errors import NotFoundError
from certstore.objects import DigestMismatchError, ObjectStore
from certstore.picture_fingerprint import (
    Small,
    difference,
    distance,
    fingerprint,
    small_picture,
)
from certstore.tables.books import Archive, Books
from certstore.tables.pictures import PhotoCheck

PASS, BY_A_PERSON = "pass", "manual_review"
SAME_PICTURE = "SAME_PICTURE_ELSEWHERE"
ALIKE = 0.03  # small pictures that differ by less are the same picture (docs/photos.md)
_CLOSER_LOOK = 24  # the nearest by hash that are compared as pictures
_MOST_KEPT = 1000  # small pictures, 6 MB
_NEAR_UNSEEN = 2  # bits: how near a hash must be where the other picture cannot be looked at


@dataclass(frozen=True, slots=True)
class PhotoVerdict:
    """What a photo check says: pass, manual_review or retake, why, and how much it looked at."""

    quality: str
    reasons: tuple[str, ...] = ()
    level: str = "basic"


PhotoJudge = Callable[[bytes], PhotoVerdict]


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureDesk:
    """Judges photos and looks for the same picture under other people.

    `look_closer` is the judge that the worker raises the level of photos on file with, where
    there is one above that of `judge`.
    """

    archive: Archive
    objects: ObjectStore
    clock: Clock
    judge: PhotoJudge
    look_closer: PhotoJudge | None = None
    _seen: dict[str, Small | None] = field(default_factory=dict, init=False)

    def check(
        self, jpeg: bytes, certificate: Certificate, judge: PhotoJudge | None = None
    ) -> PhotoCheck:
        """Judge the photo of a certificate and take its fingerprint; looks at no other picture."""
        verdict = (judge or self.judge)(jpeg)
        holder = certificate.holders[0]
        return PhotoCheck(
            fingerprint=fingerprint(jpeg),
            id_type=holder.id_type,
            id_number=holder.id_number,
            level=verdict.level,
            quality=verdict.quality,
            reasons=verdict.reasons,
            checked_at=self.clock.now(),
            certificate_ref=certificate.ref,
        )

    def enter(
        self,
        books: Books,
        check: PhotoCheck,
        jpeg: bytes | None = None,
        *,
        in_force: bool = True,
    ) -> PhotoCheck:
        """Keep a check; where somebody else has the same picture, both go to a person.

        Writes the word that reuse decisions read into the certificates concerned. What an
        applicant hands in casts no doubt on a photo that an authority took: it is doubted alone.
        `jpeg` is needed where the picture is not among the objects. A photo no longer in force
        doubts nobody: its source has put it right.
        """
        books.pictures.one_at_a_time()
        other = self.same_picture(books, check, jpeg) if in_force else None
        if other is not None:
            check = _doubted(check, other.ref)
        if not books.pictures.enter(check):
            books.pictures.change(check)
        _tell(books, check)
        if other is not None and check.certificate_ref is not None:
            books.pictures.change(doubted := _doubted(other, check.ref))
            _tell(books, doubted)
        return check

    def same_picture(
        self, books: Books, check: PhotoCheck, jpeg: bytes | None = None
    ) -> PhotoCheck | None:
        """Somebody else's photo that is the same picture, the nearest one; None if none is."""
        near = books.pictures.same_or_near(check.fingerprint, check.id_type, check.id_number)
        for other in near[:_CLOSER_LOOK]:
            if other.fingerprint.sha256 == check.fingerprint.sha256:
                return other
            if self._is_same(other, check, jpeg):
                return other
        return None

    def catch_up(self, limit: int = 50) -> int:
        """Check photos that came before there were checks; how many were done."""
        with self.archive.reading() as books:
            refs = books.pictures.unchecked(limit)
        return sum(self._again(ref, self.judge) for ref in refs)

    def raise_level(self, limit: int = 10) -> int:
        """Look closer at photos judged at the basic level; how many were done."""
        if self.look_closer is None:
            return 0
        with self.archive.reading() as books:
            refs = books.pictures.judged_at("basic", limit)
        return sum(self._again(ref, self.look_closer) for ref in refs)

    def _again(self, ref: str, judge: PhotoJudge) -> bool:
        with self.archive.reading() as books:
            certificate = books.register.get(ref)
        photo = certificate.file("photo")
        check = self.check(b"" if photo is None else self._jpeg(photo.sha256), certificate, judge)
        with self.archive.writing() as books:
            self.enter(books, check, in_force=certificate.status is Status.VALID)
        return True

    def _jpeg(self, digest: str) -> bytes:
        try:
            return self.objects.get(digest)
        except (NotFoundError, DigestMismatchError):  # judged as what it is: no picture
            return b""

    def _is_same(self, other: PhotoCheck, check: PhotoCheck, jpeg: bytes | None) -> bool:
        """Whether two pictures with near hashes are one; by the hashes alone where one is gone."""
        mine = small_picture(jpeg) if jpeg is not None else self._small(check)
        theirs = self._small(other)
        if mine is not None and theirs is not None:
            return difference(mine, theirs) <= ALIKE
        bits, others = check.fingerprint.bits, other.fingerprint.bits
        return bits is not None and others is not None and distance(bits, others) <= _NEAR_UNSEEN

    def _small(self, check: PhotoCheck) -> Small | None:
        """The small picture of a photo on file; kept, since those that look alike meet again."""
        if check.certificate_ref is None:  # what applicants hand in is kept elsewhere, enciphered
            return None
        digest = check.fingerprint.sha256
        if digest not in self._seen:
            if len(self._seen) >= _MOST_KEPT:
                self._seen.clear()
            self._seen[digest] = small_picture(self._jpeg(digest))
        return self._seen[digest]


def _tell(books: Books, check: PhotoCheck) -> None:
    if check.certificate_ref is not None:
        books.pictures.tell_quality(check.certificate_ref, check.quality)


def _doubted(check: PhotoCheck, other_ref: str) -> PhotoCheck:
    """The check with the reason that somebody else has the same picture; retake stays retake."""
    reasons = tuple(dict.fromkeys((*check.reasons, SAME_PICTURE)))
    quality = BY_A_PERSON if check.quality == PASS else check.quality
    return replace(check, reasons=reasons, quality=quality, same_as=other_ref)
