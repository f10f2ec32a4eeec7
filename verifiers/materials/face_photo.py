"""The face level: exactly one face, of the right size, at the right place, upright.

Judging does no IO: the faces come from a `FaceFinder` (the extra `photo` has one). Only the
corners of the eyes and the nose are known, so the width of the face is an estimate; what it
cannot tell is in `photo_findings.NOT_SEEN`. No face is compared with another here.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from verifiers.materials.photo_findings import Judging, PhotoReason
from verifiers.materials.photo_profile import PhotoProfile

Point = tuple[float, float]
_LUMA = np.array([0.299, 0.587, 0.114])
_AROUND, _BELOW = 0.24, 0.62  # an eye's square, and where the cheek is: over the eyes' distance


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """A face in a picture, in pixels from its upper left corner; left is the picture's left."""

    score: float  # of the detector: 0 is its own threshold, a good portrait has 1 and more
    left_eye: tuple[Point, Point]  # outer corner, inner corner
    right_eye: tuple[Point, Point]
    nose: Point

    @property
    def eyes_apart(self) -> float:
        """The distance of the outer corners of the eyes."""
        return math.dist(self.left_eye[0], self.right_eye[0])

    @property
    def middle(self) -> Point:
        """The middle between the eyes."""
        corners = (*self.left_eye, *self.right_eye)
        return sum(x for x, _ in corners) / 4, sum(y for _, y in corners) / 4

    @property
    def roll(self) -> float:
        """How many degrees the head leans; positive: towards the picture's right, clockwise."""
        (ax, ay), (bx, by) = _centre(self.left_eye), _centre(self.right_eye)
        return math.degrees(math.atan2(by - ay, bx - ax))

    @property
    def turn(self) -> float:
        """How far the nose stands beside the line down the face, over the distance of the eyes."""
        x, y = self.nose[0] - self.middle[0], self.nose[1] - self.middle[1]
        lean = math.radians(self.roll)
        return (x * math.cos(lean) + y * math.sin(lean)) / max(self.eyes_apart, 1.0)


class FaceFinder(Protocol):
    """Finds faces without comparing them; the same pixels give the same faces."""

    def find(self, rgb: NDArray[np.uint8]) -> tuple[Face, ...]:
        """The faces in a picture of height × width × 3 bytes, the surest first."""
        ...


def width_of(face: Face, profile: PhotoProfile) -> float:
    """The width of a face from ear to ear, estimated from the eyes; people differ by a tenth."""
    return face.eyes_apart * profile.width_of_eyes


def surest(faces: Sequence[Face], profile: PhotoProfile) -> tuple[Face, ...]:
    """The faces that count: the surest, and others the detector is sure enough of."""
    return tuple(
        face for n, face in enumerate(faces) if n == 0 or face.score >= profile.second_face_from
    )


def eye_light(face: Face, rgb: NDArray[np.uint8]) -> float:
    """How light the darker eye is, over the cheeks: 1 the same; dark glasses take most away.

    Frames are thin and an iris is small, so a median passes over both.
    """
    left, right = _centre(face.left_eye), _centre(face.right_eye)
    apart = math.dist(left, right)
    eyes = [_light(rgb, eye, apart * _AROUND) for eye in (left, right)]
    below = [(x, y + apart * _BELOW) for x, y in (left, right)]
    cheek = sum(_light(rgb, spot, apart * _AROUND / 2) for spot in below) / 2
    return min(eyes) / max(cheek, 1.0)


def judge_faces(
    judging: Judging, faces: Sequence[Face], rgb: NDArray[np.uint8], profile: PhotoProfile
) -> None:
    """Note what is wrong with the faces found in a picture of height × width × 3 bytes."""
    counting = surest(faces, profile)
    judging.against(PhotoReason.NO_FACE, wrong=not counting)
    judging.against(PhotoReason.MORE_THAN_ONE_FACE, wrong=len(counting) > 1)
    if len(counting) != 1:
        return
    (face,) = counting
    judging.weigh(PhotoReason.FACE_UNSURE, face.score, profile.score_least, least=True)
    _judge_size(judging, face, profile)
    _judge_place(judging, face, (rgb.shape[1], rgb.shape[0]), profile)
    eyes = eye_light(face, rgb)
    judging.weigh(PhotoReason.EYES_HIDDEN, eyes, profile.eye_light_least, least=True)
    judging.weigh(PhotoReason.HEAD_TILTED, abs(face.roll), profile.roll_most, least=False)
    judging.weigh(PhotoReason.HEAD_TURNED, abs(face.turn), profile.turn_most, least=False)


def _judge_size(judging: Judging, face: Face, profile: PhotoProfile) -> None:
    over = width_of(face, profile) - profile.width_wanted
    reason = PhotoReason.FACE_TOO_LARGE if over > 0 else PhotoReason.FACE_TOO_SMALL
    judging.weigh(reason, abs(over), profile.width_off_most, least=False)


def _judge_place(
    judging: Judging, face: Face, size: tuple[int, int], profile: PhotoProfile
) -> None:
    width, height = size
    x, y = face.middle
    judging.weigh(PhotoReason.EYES_TOO_LOW, height - y, profile.eyes_least, least=True)
    judging.weigh(PhotoReason.EYES_TOO_HIGH, height - y, profile.eyes_most, least=False)
    off = abs(x - width / 2)
    judging.weigh(PhotoReason.OFF_CENTRE, off, profile.eyes_off_centre_most, least=False)


def _light(rgb: NDArray[np.uint8], middle: Point, reach: float) -> float:
    """The median luma of a square, as far as it lies in the picture."""
    (x, y), half = middle, max(round(reach), 1)
    rows = slice(max(round(y) - half, 0), max(round(y) + half + 1, 0))
    spot = rgb[rows, max(round(x) - half, 0) : max(round(x) + half + 1, 0)]
    return float(np.median(spot.reshape(-1, 3) @ _LUMA)) if spot.size else 0.0


def _centre(eye: tuple[Point, Point]) -> Point:
    (ax, ay), (bx, by) = eye
    return (ax + bx) / 2, (ay + by) / 2
