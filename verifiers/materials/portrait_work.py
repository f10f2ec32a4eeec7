"""A snapshot to an ID photo with its finding, in the process that has hard limits.

`work` is what the limited process runs; `make_within` asks it. What comes back is trusted no
further than its lengths and words. The picture that comes back was written anew: nothing of the
file that was handed in is in it but light and colour.
"""

import json
import struct
from dataclasses import dataclass
from typing import Any

from certstore.errors import CertstoreError, MalformedError
from verifiers.limited.asking import Limited, LimitsExceededError
from verifiers.materials.dlib_faces import open_face_finder
from verifiers.materials.face_photo import FaceFinder
from verifiers.materials.handed_in import Fault as FileFault
from verifiers.materials.handed_in import Kind, Refused
from verifiers.materials.handed_in_kind import kind_of
from verifiers.materials.photo import judge_photo
from verifiers.materials.photo_file import walk
from verifiers.materials.photo_findings import PhotoFinding, PhotoLevel, PhotoReason
from verifiers.materials.photo_profile import PhotoProfile, read_profile
from verifiers.materials.portrait_crop import (
    LARGEST_SNAPSHOT,
    Fault,
    Portrait,
    Step,
    portrait_of,
    take_snapshot,
    whole_portrait,
)
from verifiers.materials.vocabulary import PhotoQuality

TASK = "portrait"
_BASIC, _FACE = b"B", b"F"  # the first byte of a request: the highest level wanted
_HEAD = struct.Struct(">I")
_LARGEST_HEAD = 8192
_LARGEST_PICTURE = 200_000
_JPEG = b"\xff\xd8\xff"
_GROUND = frozenset({PhotoReason.BACKGROUND_NOT_WHITE, PhotoReason.BACKGROUND_SHADOW})
_USELESS = frozenset({Fault.SEVERAL_FACES, Fault.NO_ROOM})


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """The photo made of a snapshot, what was done, what is said of it, and how it was before.

    `before` is the same cut with its own background, where that was made white.
    """

    jpeg: bytes
    before: bytes
    steps: tuple[Step, ...]
    faults: tuple[Fault, ...]
    outcome: PhotoQuality
    reasons: tuple[PhotoReason, ...]
    level: PhotoLevel

    @property
    def may_be_kept(self) -> bool:
        """Whether the applicant may confirm it, for an officer to look at."""
        return self.outcome is not PhotoQuality.RETAKE and not _USELESS & set(self.faults)

    @property
    def told(self) -> tuple[str, ...]:
        """Everything against it, none twice, as codes of the texts (`photo.because.<code>`)."""
        return tuple(dict.fromkeys((*self.faults, *self.reasons)))


def make_photo(snapshot: bytes, profile: PhotoProfile, finder: FaceFinder | None) -> Made | Refused:
    """Make and judge a photo; never raises, whatever the bytes are.

    A photo that is sound as it is stays as it is. A background that is not white is made white
    if that can be done.
    """
    kind = kind_of(snapshot)
    if isinstance(kind, FileFault) or kind is Kind.PDF:
        return Refused((kind if isinstance(kind, FileFault) else FileFault.UNKNOWN,))
    try:
        if _is_sound(snapshot, profile, finder):
            portrait = whole_portrait(snapshot, profile)
            return _made(portrait, b"", _judged(portrait, profile, finder))
        taken = take_snapshot(snapshot, profile, finder)
        portrait = portrait_of(taken, profile)
        found, before = _judged(portrait, profile, finder), b""
        known = bool(taken.faces) or not taken.looked  # else nobody knows what is ground
        if known and _GROUND & set(found.reasons):
            white = portrait_of(taken, profile, whiten=True)
            if Step.WHITENED in white.steps:
                before, portrait = portrait.jpeg, white
                found = _judged(portrait, profile, finder)
    except CertstoreError:
        return Refused((FileFault.DAMAGED,))
    return _made(portrait, before, found)


def work(request: bytes) -> bytes:
    """The task `portrait`: a photo by the built-in profile, at the level the first byte asks."""
    finder = open_face_finder() if request[:1] == _FACE else None
    return pack(make_photo(request[1:], read_profile(), finder))


def make_within(limited: Limited, snapshot: bytes, level: PhotoLevel) -> Made | Refused:
    """Have a photo made in a limited process; what is no candidate at all never gets there.

    Raises UnavailableError where nothing can be made just now.
    """
    if len(snapshot) > LARGEST_SNAPSHOT:
        return Refused((FileFault.TOO_LARGE,))
    kind = kind_of(snapshot)
    if isinstance(kind, FileFault):
        return Refused((kind,))
    first = _FACE if level is PhotoLevel.FACE else _BASIC
    try:
        return limited(TASK, first + snapshot, unpack)
    except LimitsExceededError:
        return Refused((FileFault.COSTLY,))
    except MalformedError:  # nothing sensible came back from the process that opened it
        return Refused((FileFault.DAMAGED,))


def pack(made: Made | Refused) -> bytes:
    """The answer as bytes: the length of a head in JSON, the head, the pictures."""
    if isinstance(made, Refused):
        head: dict[str, Any] = {"refused": list(made.faults)}
        pictures: tuple[bytes, ...] = ()
    else:
        pictures = (made.jpeg, made.before)
        head = {
            "pictures": [len(p) for p in pictures],
            "steps": list(made.steps),
            "faults": list(made.faults),
            "outcome": made.outcome,
            "reasons": list(made.reasons),
            "level": made.level,
        }
    plain = json.dumps(head).encode()
    return b"".join([_HEAD.pack(len(plain)), plain, *pictures])


def unpack(answer: bytes) -> Made | Refused:
    """Read an answer back; MalformedError if it is not what `pack` writes."""
    try:
        return _unpack(answer)
    except (ValueError, TypeError, KeyError, struct.error) as error:
        raise MalformedError("the answer of a limited process cannot be read") from error


def _unpack(answer: bytes) -> Made | Refused:
    (length,) = _HEAD.unpack_from(answer)
    if length > _LARGEST_HEAD:
        raise ValueError("too long")
    head = json.loads(answer[_HEAD.size : _HEAD.size + length])
    if "refused" in head:
        return Refused(tuple(FileFault(word) for word in head["refused"]))
    first, second = head["pictures"]
    start = _HEAD.size + length
    jpeg, before = answer[start : start + first], answer[start + first :]
    sound = jpeg.startswith(_JPEG) and (not before or before.startswith(_JPEG))
    if not sound or (len(jpeg), len(before)) != (first, second) or first > _LARGEST_PICTURE:
        raise ValueError("pictures")
    return Made(
        jpeg=jpeg,
        before=before,
        steps=tuple(Step(word) for word in head["steps"]),
        faults=tuple(Fault(word) for word in head["faults"]),
        outcome=PhotoQuality(head["outcome"]),
        reasons=tuple(PhotoReason(word) for word in head["reasons"]),
        level=PhotoLevel(head["level"]),
    )


def _is_sound(snapshot: bytes, profile: PhotoProfile, finder: FaceFinder | None) -> bool:
    file = walk(snapshot)
    if (file.width, file.height) != (profile.width, profile.height):
        return False  # nothing that takes time is done to find that out
    found = judge_photo(snapshot, profile=profile, finder=finder)
    return found.outcome is PhotoQuality.PASS


def _judged(portrait: Portrait, profile: PhotoProfile, finder: FaceFinder | None) -> PhotoFinding:
    return judge_photo(portrait.jpeg, profile=profile, finder=finder)


def _made(portrait: Portrait, before: bytes, found: PhotoFinding) -> Made:
    return Made(
        jpeg=portrait.jpeg,
        before=before,
        steps=portrait.steps,
        faults=portrait.faults,
        outcome=found.outcome,
        reasons=found.reasons,
        level=found.level,
    )
