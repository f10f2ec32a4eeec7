"""From a snapshot to the format of an ID photo: found, turned upright, cut, scaled, whitened.

Nothing of the face is changed. What was done is listed, and the hash of the original is kept:
a processed picture is shown to the applicant, who confirms it, and an officer looks at it.
"""

import hashlib
import io
import math
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

from certstore.errors import MalformedError, TooLargeError
from verifiers.materials.background import whitened
from verifiers.materials.face_photo import Face, FaceFinder, surest, width_of
from verifiers.materials.photo_measures import measure
from verifiers.materials.photo_profile import PhotoProfile

LARGEST_SNAPSHOT = 10_000_000  # bytes
# Refused from the header, before decoding. JPEG is decoded at a fraction, PNG always whole.
_MOST_PIXELS = {"JPEG": 64_000_000, "PNG": 24_000_000}
_DECODED = (1400, 1800)  # JPEG is decoded at a fraction of its size where that leaves so much
_LOOKED_AT = 720  # pixels of the longer side that a face is looked for in
_EYES = 245  # pixels above the lower edge, as long as nothing is known of the hair
_HAIR = 14  # pixels below the upper edge: the middle of what GA/T 461 allows
_STRAIGHT = 0.7  # degrees that are left as they are
_MOST_TURNED = 20.0  # degrees
_MOST_ENLARGED = 1.6
_SHOULDERS = 0.55  # of the height, from above: below it there is no ground beside the person
_LINE = 2  # pixels
_OVAL = (0.235, 0.26, 0.515)  # of the face: half its width and height, and its middle's height
_QUALITIES = (90, 84, 78, 70, 60)
_HEIC = (b"ftypheic", b"ftypheix", b"ftyphevc", b"ftypmif1", b"ftypmsf1", b"ftypavif")


class Step(StrEnum):
    """Something that was done to the picture."""

    TURNED = "turned"  # as the camera's own note says
    STRAIGHTENED = "straightened"  # by less than twenty degrees
    CUT = "cut"
    SCALED = "scaled"
    WHITENED = "whitened"  # the background


class Fault(StrEnum):
    """Why no good ID photo can be cut from a snapshot; texts live in certstore/web."""

    NO_FACE_FOUND = "NO_FACE_FOUND"
    SEVERAL_FACES = "SEVERAL_FACES"
    NO_ROOM = "NO_ROOM"
    TOO_FEW_PIXELS = "TOO_FEW_PIXELS"
    BACKGROUND_UNEVEN = "BACKGROUND_UNEVEN"


@dataclass(frozen=True, slots=True)
class Portrait:
    """A picture in the profile's format, what was done to it, and what stands against it."""

    jpeg: bytes
    original_sha256: str
    steps: tuple[Step, ...]
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class _Frame:
    """The part of a snapshot that becomes the photo: its middle, scale and lean."""

    x: float
    y: float
    scale: float  # pixels of the photo for one of the snapshot
    lean: float = 0.0  # degrees


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A picture that was read, upright, with the faces found in it; cut from as often as wanted."""

    picture: Image.Image
    turned: bool
    sha256: str
    faces: tuple[Face, ...]
    looked: bool  # whether faces were looked for


def take_snapshot(data: bytes, profile: PhotoProfile, finder: FaceFinder | None) -> Snapshot:
    """Read a picture (JPEG or PNG) and look for faces; MalformedError where it is no picture."""
    picture, turned = read_snapshot(data)
    faces = () if finder is None else _faces(picture, finder, profile)
    digest = hashlib.sha256(data).hexdigest()
    return Snapshot(picture, turned, digest, faces, finder is not None)


def portrait_of(snapshot: Snapshot, profile: PhotoProfile, *, whiten: bool = False) -> Portrait:
    """Cut an ID photo from a snapshot.

    Where a face was found the frame is laid by it, else around the middle, as the camera page
    frames it.
    """
    picture, faces = snapshot.picture, snapshot.faces
    frame = _frame(picture, faces[0] if faces else None, profile)
    faults = _faults(frame, snapshot)
    laid = _lay(picture, frame, profile, whiten=whiten)
    if faces and laid.white and (lower := _hair_too_low(laid.photo, profile)):
        frame = replace(frame, y=frame.y + lower / frame.scale)
        laid = _lay(picture, frame, profile, whiten=whiten)
    steps = [step for step, done in _done(snapshot, frame, profile) if done]
    if laid.white:
        steps.append(Step.WHITENED)
    faults += laid.faults
    jpeg = _encoded(laid.photo, profile)
    return Portrait(jpeg, snapshot.sha256, tuple(steps), tuple(faults))


def whole_portrait(photo: bytes, profile: PhotoProfile) -> Portrait:
    """A photo that is sound as it is, written anew without anything but the picture."""
    picture, _ = read_snapshot(photo)
    return Portrait(_encoded(picture, profile), hashlib.sha256(photo).hexdigest(), ())


@dataclass(frozen=True, slots=True)
class _Laid:
    """The photo that a frame gives."""

    photo: Image.Image
    white: bool
    faults: tuple[Fault, ...]


def _lay(picture: Image.Image, frame: _Frame, profile: PhotoProfile, *, whiten: bool) -> _Laid:
    photo, outside = _cut(picture, frame, profile)
    ground = whitened(np.asarray(photo), outside, _face_oval(profile)) if whiten else None
    faults = [Fault.BACKGROUND_UNEVEN] if whiten and ground is None else []
    # Above the shoulders a white ground may go on beyond the snapshot; a person may not.
    below = outside[round(profile.height * _SHOULDERS) :].any()
    if below or (ground is None and outside.any()):
        faults.append(Fault.NO_ROOM)
    if ground is None:
        return _Laid(photo, white=False, faults=tuple(faults))
    return _Laid(Image.fromarray(ground), white=True, faults=tuple(faults))


def _face_oval(profile: PhotoProfile) -> NDArray[np.bool_]:
    """Where the face is once the frame is laid: never taken for ground, whatever its colour."""
    rows, columns = np.mgrid[0 : profile.height, 0 : profile.width]
    across = (columns - profile.width / 2) / (profile.width * _OVAL[0])
    down = (rows - profile.height * _OVAL[2]) / (profile.height * _OVAL[1])
    oval: NDArray[np.bool_] = across**2 + down**2 <= 1
    return oval


def _hair_too_low(photo: Image.Image, profile: PhotoProfile) -> int:
    """Rows by which the photo must go up so that the hair ends where it should; may be negative.

    Zero where that cannot be seen. The eyes stay where the profile wants them.
    """
    top = measure(np.asarray(photo), profile).head_top
    if top is None:
        return 0
    highest = int(profile.eyes_most.good) - _EYES
    return max(min(top - _HAIR, highest), int(profile.eyes_least.good) - _EYES)


def read_snapshot(snapshot: bytes) -> tuple[Image.Image, bool]:
    """The picture upright, in RGB, and whether it had to be turned for that.

    Raises TooLargeError, or MalformedError whose `facts["cause"]` is heic, format or unreadable.
    """
    if len(snapshot) > LARGEST_SNAPSHOT:
        raise TooLargeError(
            "the picture is larger than ten megabytes",
            where="photo",
            remedy="let the telephone take it smaller",
            limit=LARGEST_SNAPSHOT,
        )
    try:
        with _opened(snapshot) as image:
            if image.size[0] * image.size[1] > _MOST_PIXELS[image.format or ""]:
                raise TooLargeError("the picture has too many pixels", where="photo")
            image.draft("RGB", _DECODED)
            upright = ImageOps.exif_transpose(image)
            turned = image.getexif().get(0x0112, 1) != 1
            return upright.convert("RGB"), turned
    except (OSError, ValueError, SyntaxError, EOFError, Warning) as error:
        raise _unreadable("unreadable") from error


def _opened(snapshot: bytes) -> Image.Image:
    """The picture, opened by what it begins with; whatever its name says."""
    if snapshot.startswith(b"\xff\xd8\xff"):
        return JpegImageFile(io.BytesIO(snapshot))
    if snapshot.startswith(b"\x89PNG\r\n\x1a\n"):
        return PngImageFile(io.BytesIO(snapshot))
    raise _unreadable("heic" if snapshot[4:12] in _HEIC else "format")


def _unreadable(cause: str) -> MalformedError:
    return MalformedError(
        "the file is no picture that can be read",
        where="photo",
        remedy="send JPEG or PNG; a telephone that keeps HEIC can be set to the most compatible",
        cause=cause,
    )


def _faces(picture: Image.Image, finder: FaceFinder, profile: PhotoProfile) -> tuple[Face, ...]:
    """The faces, looked for in a small copy, in pixels of the picture."""
    shrink = max(max(picture.size) / _LOOKED_AT, 1.0)
    size = (round(picture.width / shrink), round(picture.height / shrink))
    small = picture if shrink == 1.0 else picture.resize(size, Image.Resampling.BILINEAR)
    return tuple(_enlarged(f, shrink) for f in surest(finder.find(np.asarray(small)), profile))


def _enlarged(face: Face, by: float) -> Face:
    left, right, nose = face.left_eye, face.right_eye, face.nose
    return Face(
        score=face.score,
        left_eye=((left[0][0] * by, left[0][1] * by), (left[1][0] * by, left[1][1] * by)),
        right_eye=((right[0][0] * by, right[0][1] * by), (right[1][0] * by, right[1][1] * by)),
        nose=(nose[0] * by, nose[1] * by),
    )


def _frame(picture: Image.Image, face: Face | None, profile: PhotoProfile) -> _Frame:
    if face is None:
        scale = max(profile.width / picture.width, profile.height / picture.height)
        return _Frame(picture.width / 2, picture.height / 2, scale)
    scale = profile.width_wanted / max(width_of(face, profile), 1.0)
    lean = face.roll if _STRAIGHT < abs(face.roll) <= _MOST_TURNED else 0.0
    down = (_EYES - profile.height / 2) / scale  # from the eyes to the middle of the frame
    angle, (x, y) = math.radians(lean), face.middle
    return _Frame(x - down * math.sin(angle), y + down * math.cos(angle), scale, lean)


def _faults(frame: _Frame, snapshot: Snapshot) -> list[Fault]:
    found = []
    if snapshot.looked and len(snapshot.faces) != 1:
        found.append(Fault.SEVERAL_FACES if snapshot.faces else Fault.NO_FACE_FOUND)
    if frame.scale > _MOST_ENLARGED:
        found.append(Fault.TOO_FEW_PIXELS)
    return found


def _cut(
    picture: Image.Image, frame: _Frame, profile: PhotoProfile
) -> tuple[Image.Image, NDArray[np.bool_]]:
    """The frame's part of the picture at the profile's size, and which of it lies outside."""
    shrink = min(frame.scale, 1.0)
    if shrink < 1.0:  # first made smaller in the good way: turning samples single pixels
        size = (round(picture.width * shrink), round(picture.height * shrink))
        picture = picture.resize(size, Image.Resampling.LANCZOS)
    step = shrink / frame.scale  # pixels of this picture for one of the photo
    angle = math.radians(frame.lean)
    cos, sin = math.cos(angle) * step, math.sin(angle) * step
    x = frame.x * shrink - cos * profile.width / 2 + sin * profile.height / 2
    y = frame.y * shrink - sin * profile.width / 2 - cos * profile.height / 2
    places = (cos, -sin, x, sin, cos, y)
    size, method = (profile.width, profile.height), Image.Transform.AFFINE
    white = (255, 255, 255)
    photo = picture.transform(size, method, places, Image.Resampling.BICUBIC, fillcolor=white)
    whole = Image.new("L", picture.size, 255)
    inside = whole.transform(size, method, places, Image.Resampling.NEAREST, fillcolor=0)
    return photo, _without_rounding(np.asarray(inside) == 0)


def _without_rounding(outside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """What lies outside, but for a line at the edge that is lost to rounding."""
    return outside if outside[_LINE:-_LINE, _LINE:-_LINE].any() else np.zeros_like(outside)


def _done(snapshot: Snapshot, frame: _Frame, profile: PhotoProfile) -> list[tuple[Step, bool]]:
    """Every step that may be needed before the background, and whether it was taken."""
    whole = (profile.width / frame.scale, profile.height / frame.scale)
    size = snapshot.picture.size
    return [
        (Step.TURNED, snapshot.turned),
        (Step.STRAIGHTENED, frame.lean != 0.0),
        (Step.CUT, abs(whole[0] - size[0]) > 1 or abs(whole[1] - size[1]) > 1),
        (Step.SCALED, frame.scale != 1.0),
    ]


def _encoded(photo: Image.Image, profile: PhotoProfile) -> bytes:
    """A JPEG of the profile's density without any metadata, as good as its size may be."""
    dots = (profile.dots_per_inch, profile.dots_per_inch)
    photo = Image.fromarray(np.asarray(photo))  # a comment or a profile would travel along
    jpeg = b""
    for quality in _QUALITIES:
        out = io.BytesIO()
        photo.save(out, "JPEG", quality=quality, dpi=dots, subsampling="4:2:0")
        jpeg = out.getvalue()
        if len(jpeg) <= profile.most_bytes:
            break
    return jpeg
