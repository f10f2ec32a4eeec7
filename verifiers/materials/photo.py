"""The basic check of an ID photo (GA/T 461-2019): the file and what pixels can tell.

It never says that a photo shows this person, or a person at all: `not_seen` lists what it is
blind to. "Same person" is shown by where the photo comes from; an automatic yes needs more
than this check.
"""

import io
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from PIL.JpegImagePlugin import JpegImageFile

from verifiers.materials.photo_file import JpegFile, walk
from verifiers.materials.photo_measures import PhotoMeasures, measure
from verifiers.materials.photo_profile import Bounds, PhotoProfile
from verifiers.materials.vocabulary import PhotoQuality

_COLOURS, _BITS = 3, 8


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
    BLURRED = "BLURRED"
    TOO_DARK = "TOO_DARK"
    TOO_BRIGHT = "TOO_BRIGHT"
    LOW_CONTRAST = "LOW_CONTRAST"
    SIDE_LIGHT = "SIDE_LIGHT"
    NO_COLOUR = "NO_COLOUR"


class NotSeen(StrEnum):
    """What the basic check cannot see, and who relies on it must know."""

    FACE_PRESENT = "FACE_PRESENT"
    ONE_FACE = "ONE_FACE"
    HEAD_SIZE_AND_PLACE = "HEAD_SIZE_AND_PLACE"
    EYES_OPEN_AND_LEVEL = "EYES_OPEN_AND_LEVEL"
    HEAD_TURNED_OR_TILTED = "HEAD_TURNED_OR_TILTED"
    MIRRORED = "MIRRORED"
    SUNGLASSES = "SUNGLASSES"
    MASK = "MASK"
    HEAD_COVERED = "HEAD_COVERED"
    CLOTHES = "CLOTHES"
    RETOUCHED = "RETOUCHED"
    SAME_PERSON = "SAME_PERSON"
    WHEN_TAKEN = "WHEN_TAKEN"


# Metadata can be put right without a new photo: a person decides, nobody is sent away.
_FOR_A_PERSON = frozenset({PhotoReason.EXIF_PRESENT, PhotoReason.WRONG_RESOLUTION})


@dataclass(frozen=True, slots=True)
class PhotoFinding:
    """The outcome, every reason against the photo, what was measured, what was not looked at."""

    outcome: PhotoQuality
    reasons: tuple[PhotoReason, ...]
    measures: PhotoMeasures | None  # None when the picture was not decoded
    not_seen: tuple[NotSeen, ...] = tuple(NotSeen)


@dataclass(slots=True)
class _Judging:
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
            self.retake |= not bounds.tolerates(value, least=least)

    def finding(self, measures: PhotoMeasures | None) -> PhotoFinding:
        """Put the outcome."""
        reasons = tuple(dict.fromkeys(self.reasons))
        if self.retake:
            return PhotoFinding(PhotoQuality.RETAKE, reasons, measures)
        outcome = PhotoQuality.MANUAL_REVIEW if reasons else PhotoQuality.PASS
        return PhotoFinding(outcome, reasons, measures)


def judge_photo(jpeg: bytes, *, profile: PhotoProfile) -> PhotoFinding:
    """Judge the bytes of a photo by a profile; never raises, whatever the bytes are.

    Bounded before decoding: nothing beyond `read_at_most_bytes` is looked at and nothing
    beyond `decode_at_most_pixels` is decoded.
    """
    judging = _Judging()
    size = len(jpeg)
    judging.against(PhotoReason.FILE_TOO_SMALL, wrong=size < profile.least_bytes)
    judging.against(PhotoReason.FILE_TOO_LARGE, wrong=size > profile.most_bytes)
    if size > profile.read_at_most_bytes:
        return judging.finding(None)
    file = walk(jpeg)
    judging.against(PhotoReason.NOT_JPEG, wrong=not file.is_jpeg)
    if not file.is_jpeg:
        return judging.finding(None)
    _judge_file(judging, file, profile)
    if file.width * file.height > profile.decode_at_most_pixels or not file.width * file.height:
        return judging.finding(None)
    pixels = _decode(jpeg, (file.width, file.height))
    judging.against(PhotoReason.UNREADABLE, wrong=pixels is None)
    if pixels is None:
        return judging.finding(None)
    measures = measure(pixels, profile)
    _judge_measures(judging, measures, profile)
    return judging.finding(measures)


def _judge_file(judging: _Judging, file: JpegFile, profile: PhotoProfile) -> None:
    judging.against(PhotoReason.TRUNCATED, wrong=not file.whole)
    judging.against(PhotoReason.TRAILING_DATA, wrong=file.trailing_bytes > 0)
    judging.against(PhotoReason.MORE_THAN_ONE_PICTURE, wrong=file.has_more_pictures)
    judging.against(PhotoReason.EXIF_PRESENT, wrong=file.has_exif)
    wanted = (profile.width, profile.height)
    judging.against(PhotoReason.WRONG_PIXEL_SIZE, wrong=(file.width, file.height) != wanted)
    pixels = file.width * file.height
    judging.against(PhotoReason.TOO_MANY_PIXELS, wrong=pixels > profile.decode_at_most_pixels)
    judging.against(PhotoReason.WRONG_RESOLUTION, wrong=not _right_dots(file, profile))
    rgb = (file.components, file.bits) == (_COLOURS, _BITS) and file.usual_coding
    judging.against(PhotoReason.NOT_RGB, wrong=not rgb)


def _right_dots(file: JpegFile, profile: PhotoProfile) -> bool:
    return file.dots is not None and all(
        abs(dots - profile.dots_per_inch) <= profile.dots_tolerance for dots in file.dots
    )


def _decode(jpeg: bytes, size: tuple[int, int]) -> NDArray[np.uint8] | None:
    """Decode to RGB; None when the decoder gives up, or sees another size than was bounded."""
    # Not Image.open: it also looks for further pictures (MPO) in the file, and warns of its own.
    try:
        with JpegImageFile(io.BytesIO(jpeg)) as image:
            if image.size != size:  # two frame headers: the reader of segments saw the other one
                return None
            return np.asarray(image.convert("RGB"), dtype=np.uint8)
    except (OSError, ValueError, SyntaxError, Warning):  # tests turn warnings into errors
        return None


def _judge_measures(judging: _Judging, found: PhotoMeasures, profile: PhotoProfile) -> None:
    weigh = judging.weigh
    weigh(PhotoReason.BACKGROUND_NOT_WHITE, found.white_share, profile.white_share, least=True)
    weigh(PhotoReason.BLURRED, found.blur, profile.blur, least=False)
    weigh(PhotoReason.TOO_DARK, found.face_luma, profile.face_least, least=True)
    weigh(PhotoReason.TOO_BRIGHT, found.face_luma, profile.face_most, least=False)
    weigh(PhotoReason.TOO_BRIGHT, found.burnt_share, profile.burnt_share, least=False)
    weigh(PhotoReason.LOW_CONTRAST, found.contrast, profile.contrast_least, least=True)
    weigh(PhotoReason.SIDE_LIGHT, found.side_light, profile.side_light_most, least=False)
    weigh(PhotoReason.NO_COLOUR, found.colour, profile.colour_least, least=True)
