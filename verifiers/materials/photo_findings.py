"""What the photo check says: its words, and how reasons make an outcome."""

from dataclasses import dataclass, field
from enum import StrEnum

from verifiers.materials.photo_measures import PhotoMeasures
from verifiers.materials.photo_profile import Bounds
from verifiers.materials.vocabulary import PhotoQuality


class PhotoLevel(StrEnum):
    """How much was looked at: pixels alone, or the face as well (the extra `photo`)."""

    BASIC = "basic"
    FACE = "face"


class PhotoReason(StrEnum):
    """Why a photo does not pass; texts live in certstore/web."""

    FILE_TOO_SMALL = "FILE_TOO_SMALL"
    FILE_TOO_LARGE = "FILE_TOO_LARGE"
    NOT_JPEG = "NOT_JPEG"
    TRUNCATED = "TRUNCATED"
    UNREADABLE = "UNREADABLE"
    TRAILING_DATA = "TRAILING_DATA"
    MORE_THAN_ONE_PICTURE = "MORE_THAN_ONE_PICTURE"
    EXIF_PRESENT = "EXIF_PRESENT"
    WRONG_PIXEL_SIZE = "WRONG_PIXEL_SIZE"
    TOO_MANY_PIXELS = "TOO_MANY_PIXELS"
    WRONG_RESOLUTION = "WRONG_RESOLUTION"
    NOT_RGB = "NOT_RGB"
    BACKGROUND_NOT_WHITE = "BACKGROUND_NOT_WHITE"
    BACKGROUND_SHADOW = "BACKGROUND_SHADOW"
    HEAD_CUT_OFF = "HEAD_CUT_OFF"
    HEAD_TOO_LOW = "HEAD_TOO_LOW"
    OFF_CENTRE = "OFF_CENTRE"
    BLURRED = "BLURRED"
    COMPRESSED = "COMPRESSED"
    TOO_DARK = "TOO_DARK"
    TOO_BRIGHT = "TOO_BRIGHT"
    LOW_CONTRAST = "LOW_CONTRAST"
    SIDE_LIGHT = "SIDE_LIGHT"
    NO_COLOUR = "NO_COLOUR"
    # the face level
    NO_FACE = "NO_FACE"
    MORE_THAN_ONE_FACE = "MORE_THAN_ONE_FACE"
    FACE_UNSURE = "FACE_UNSURE"
    FACE_TOO_SMALL = "FACE_TOO_SMALL"
    FACE_TOO_LARGE = "FACE_TOO_LARGE"
    EYES_HIDDEN = "EYES_HIDDEN"
    EYES_TOO_LOW = "EYES_TOO_LOW"
    EYES_TOO_HIGH = "EYES_TOO_HIGH"
    HEAD_TILTED = "HEAD_TILTED"
    HEAD_TURNED = "HEAD_TURNED"
    # what other pictures on file say
    SAME_PICTURE_ELSEWHERE = "SAME_PICTURE_ELSEWHERE"


class NotSeen(StrEnum):
    """What was not looked at, and who relies on the finding must know."""

    FACE_PRESENT = "FACE_PRESENT"
    ONE_FACE = "ONE_FACE"
    FACE_SIZE = "FACE_SIZE"
    HEAD_TILTED = "HEAD_TILTED"
    HEAD_TURNED = "HEAD_TURNED"
    EYES_OPEN = "EYES_OPEN"
    MIRRORED = "MIRRORED"
    SUNGLASSES = "SUNGLASSES"
    MASK = "MASK"
    HEAD_COVERED = "HEAD_COVERED"
    CLOTHES = "CLOTHES"
    RETOUCHED = "RETOUCHED"
    SAME_PERSON = "SAME_PERSON"
    WHEN_TAKEN = "WHEN_TAKEN"


# Masks and glasses that are not quite dark are found now and then, so they stay unseen at both.
_SEEN_WITH_FACE = frozenset(
    {NotSeen.FACE_PRESENT, NotSeen.ONE_FACE, NotSeen.FACE_SIZE}
    | {NotSeen.HEAD_TILTED, NotSeen.HEAD_TURNED}
)
NOT_SEEN = {
    PhotoLevel.BASIC: tuple(NotSeen),
    PhotoLevel.FACE: tuple(n for n in NotSeen if n not in _SEEN_WITH_FACE),
}

# Metadata can be put right without a new photo, and a detector that finds no face may be the
# one at fault: a person decides, nobody is sent away.
_FOR_A_PERSON = frozenset(
    {PhotoReason.EXIF_PRESENT, PhotoReason.WRONG_RESOLUTION}
    | {PhotoReason.NO_FACE, PhotoReason.FACE_UNSURE, PhotoReason.EYES_HIDDEN}
    | {PhotoReason.SAME_PICTURE_ELSEWHERE}
)


@dataclass(frozen=True, slots=True)
class PhotoFinding:
    """The outcome, every reason against the photo, what was measured, at which level."""

    outcome: PhotoQuality
    reasons: tuple[PhotoReason, ...]
    measures: PhotoMeasures | None  # None when the picture was not decoded
    level: PhotoLevel = PhotoLevel.BASIC

    @property
    def not_seen(self) -> tuple[NotSeen, ...]:
        """What was not looked at."""
        return NOT_SEEN[self.level]


@dataclass(slots=True)
class Judging:
    """Reasons gathered so far, and whether one of them asks for another photo."""

    reasons: list[PhotoReason] = field(default_factory=list)
    retake: bool = False

    def against(self, reason: PhotoReason, *, wrong: bool) -> None:
        """Note the reason if something is wrong."""
        if wrong:
            self.reasons.append(reason)
            self.retake |= reason not in _FOR_A_PERSON

    def weigh(self, reason: PhotoReason, value: float, bounds: Bounds, *, least: bool) -> None:
        """Note the reason if the value is not good; a retake only if not even tolerable."""
        if not bounds.passes(value, least=least):
            self.reasons.append(reason)
            tolerable = bounds.tolerates(value, least=least) or reason in _FOR_A_PERSON
            self.retake |= not tolerable

    def finding(
        self, measures: PhotoMeasures | None, level: PhotoLevel = PhotoLevel.BASIC
    ) -> PhotoFinding:
        """Put the outcome: one reason for another photo outweighs all for a person."""
        reasons = tuple(dict.fromkeys(self.reasons))
        if self.retake:
            return PhotoFinding(PhotoQuality.RETAKE, reasons, measures, level)
        outcome = PhotoQuality.MANUAL_REVIEW if reasons else PhotoQuality.PASS
        return PhotoFinding(outcome, reasons, measures, level)
