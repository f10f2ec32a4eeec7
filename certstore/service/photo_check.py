"""The photo check as an installation has it: the basic level always, the face level as an extra."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from certstore.pictures import PhotoJudge, PhotoVerdict
from verifiers.materials.dlib_faces import open_face_finder, require_face_finder
from verifiers.materials.face_photo import FaceFinder
from verifiers.materials.photo import PhotoFinding, judge_photo
from verifiers.materials.photo_profile import PhotoProfile, read_profile

Level = Literal["auto", "basic", "face"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoCheckers:
    """The judges of one installation.

    `finder` is None at the basic level. A batch may bring thousands of photos: with `auto` it
    is judged at the basic level and `look_closer` follows in the background.
    """

    profile: PhotoProfile
    finder: FaceFinder | None
    for_batches: PhotoJudge
    look_closer: PhotoJudge | None

    def finding(self, jpeg: bytes) -> PhotoFinding:
        """Judge one photo at the highest level there is, as what an applicant hands in is."""
        return judge_photo(jpeg, profile=self.profile, finder=self.finder)


def open_photo_check(level: Level, profile: PhotoProfile | None = None) -> PhotoCheckers:
    """The judges of a level; UnavailableError where `face` is wanted and not installed."""
    wanted = profile or read_profile()
    finder: FaceFinder | None = None
    if level == "face":
        finder = require_face_finder()
    elif level == "auto":
        finder = open_face_finder()
    basic, face = _judge(wanted, None), _judge(wanted, finder)
    return PhotoCheckers(
        profile=wanted,
        finder=finder,
        for_batches=face if level == "face" else basic,
        look_closer=None if finder is None else face,
    )


def _judge(profile: PhotoProfile, finder: FaceFinder | None) -> Callable[[bytes], PhotoVerdict]:
    def judge(jpeg: bytes) -> PhotoVerdict:
        found = judge_photo(jpeg, profile=profile, finder=finder)
        return PhotoVerdict(found.outcome, tuple(found.reasons), found.level)

    return judge
