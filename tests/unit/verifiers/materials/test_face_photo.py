"""The face level: what is said of faces found, and that the finder of the extra finds them."""

import hashlib
import sys
from dataclasses import replace
from importlib.resources import files

import numpy as np
import pytest
from PIL import Image

from certstore.errors import UnavailableError
from certstore.service.bench_faces import (
    PHOTOGRAPH_SHA256,
    Sitter,
    drawn_sitters,
    photographed_sitter,
)
from certstore.service.bench_photo_kinds import saved
from certstore.service.bench_props import masked, no_face, sunglasses, two_faces
from certstore.service.bench_spoilers import rolled, zoomed
from verifiers.materials import dlib_faces
from verifiers.materials.dlib_faces import DlibFaces, open_face_finder, require_face_finder
from verifiers.materials.face_photo import Face, eye_light, judge_faces, width_of
from verifiers.materials.photo import NotSeen, PhotoLevel, PhotoReason, judge_photo
from verifiers.materials.photo_findings import Judging
from verifiers.materials.photo_profile import read_profile
from verifiers.materials.vocabulary import PhotoQuality

PROFILE = read_profile()
R = PhotoReason
SKIN = np.full((441, 358, 3), (220, 180, 160), dtype=np.uint8)
# Eyes 109 pixels apart at their outer corners, level, 245 above the lower edge, nose below.
SOUND = Face(
    score=1.2,
    left_eye=((124.5, 196.0), (158.0, 196.0)),
    right_eye=((233.5, 196.0), (200.0, 196.0)),
    nose=(179.0, 245.0),
)


def moved(face: Face, across: float = 0.0, down: float = 0.0, size: float = 1.0) -> Face:
    def at(point: tuple[float, float]) -> tuple[float, float]:
        x, y = point
        return 179 + (x - 179) * size + across, 196 + (y - 196) * size + down

    return replace(
        face,
        left_eye=(at(face.left_eye[0]), at(face.left_eye[1])),
        right_eye=(at(face.right_eye[0]), at(face.right_eye[1])),
        nose=at(face.nose),
    )


def leaning(degrees: float) -> Face:
    angle = np.radians(degrees)
    cos, sin = np.cos(angle), np.sin(angle)

    def at(point: tuple[float, float]) -> tuple[float, float]:
        x, y = point[0] - 179, point[1] - 196
        return float(179 + x * cos - y * sin), float(196 + x * sin + y * cos)

    return replace(
        SOUND,
        left_eye=(at(SOUND.left_eye[0]), at(SOUND.left_eye[1])),
        right_eye=(at(SOUND.right_eye[0]), at(SOUND.right_eye[1])),
        nose=at(SOUND.nose),
    )


def judged(*faces: Face, rgb: np.ndarray = SKIN) -> tuple[PhotoQuality, tuple[PhotoReason, ...]]:
    judging = Judging()
    judge_faces(judging, faces, rgb, PROFILE)
    finding = judging.finding(None, PhotoLevel.FACE)
    return finding.outcome, finding.reasons


def test_one_upright_face_of_the_right_size_at_the_right_place_passes() -> None:
    assert judged(SOUND) == (PhotoQuality.PASS, ())
    assert width_of(SOUND, PROFILE) == pytest.approx(207, abs=1)


@pytest.mark.parametrize(
    ("face", "outcome", "reason"),
    [
        (moved(SOUND, size=0.8), PhotoQuality.MANUAL_REVIEW, R.FACE_TOO_SMALL),
        (moved(SOUND, size=0.6), PhotoQuality.RETAKE, R.FACE_TOO_SMALL),
        (moved(SOUND, size=1.2), PhotoQuality.MANUAL_REVIEW, R.FACE_TOO_LARGE),
        (moved(SOUND, size=1.4), PhotoQuality.RETAKE, R.FACE_TOO_LARGE),
        (moved(SOUND, down=45), PhotoQuality.MANUAL_REVIEW, R.EYES_TOO_LOW),
        (moved(SOUND, down=80), PhotoQuality.RETAKE, R.EYES_TOO_LOW),
        (moved(SOUND, down=-60), PhotoQuality.MANUAL_REVIEW, R.EYES_TOO_HIGH),
        (moved(SOUND, down=-100), PhotoQuality.RETAKE, R.EYES_TOO_HIGH),
        (moved(SOUND, across=25), PhotoQuality.MANUAL_REVIEW, R.OFF_CENTRE),
        (moved(SOUND, across=-50), PhotoQuality.RETAKE, R.OFF_CENTRE),
        (leaning(8), PhotoQuality.MANUAL_REVIEW, R.HEAD_TILTED),
        (leaning(-15), PhotoQuality.RETAKE, R.HEAD_TILTED),
        (replace(SOUND, nose=(194.0, 245.0)), PhotoQuality.MANUAL_REVIEW, R.HEAD_TURNED),
        (replace(SOUND, nose=(150.0, 245.0)), PhotoQuality.RETAKE, R.HEAD_TURNED),
        (replace(SOUND, score=-0.2), PhotoQuality.MANUAL_REVIEW, R.FACE_UNSURE),
        (replace(SOUND, score=-3.0), PhotoQuality.MANUAL_REVIEW, R.FACE_UNSURE),
    ],
)
def test_what_is_wrong_with_a_face_is_named(
    face: Face, outcome: PhotoQuality, reason: PhotoReason
) -> None:
    assert judged(face) == (outcome, (reason,))


def test_a_leaning_head_is_not_taken_for_a_turned_one() -> None:
    assert abs(leaning(20).turn) < 0.01
    assert leaning(20).roll == pytest.approx(20)


def test_no_face_and_several_are_named_and_a_weak_second_find_is_no_face() -> None:
    assert judged() == (PhotoQuality.MANUAL_REVIEW, (R.NO_FACE,))
    assert judged(SOUND, moved(SOUND, across=5)) == (PhotoQuality.RETAKE, (R.MORE_THAN_ONE_FACE,))
    assert judged(SOUND, replace(SOUND, score=-0.1)) == (PhotoQuality.PASS, ())


def test_dark_eyes_before_a_lighter_face_are_for_a_person() -> None:
    dark = SKIN.copy()
    dark[176:216, 116:166] = 20
    assert eye_light(SOUND, dark) < 0.2
    assert judged(SOUND, rgb=dark) == (PhotoQuality.MANUAL_REVIEW, (R.EYES_HIDDEN,))


# -- the finder ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def finder() -> DlibFaces:
    found = open_face_finder()
    if found is None:
        pytest.skip("the extra `photo` is missing: make photo")
    return found


@pytest.fixture(scope="module")
def woman() -> Sitter:
    return photographed_sitter(PROFILE)


def reasons(finder: DlibFaces, picture: Image.Image) -> set[PhotoReason]:
    return set(judge_photo(saved(picture), profile=PROFILE, finder=finder).reasons)


def test_the_photograph_has_one_face_and_is_only_a_little_soft(
    finder: DlibFaces, woman: Sitter
) -> None:
    finding = judge_photo(saved(woman.picture), profile=PROFILE, finder=finder)
    assert (finding.outcome, finding.reasons) == (PhotoQuality.MANUAL_REVIEW, (R.BLURRED,))
    assert finding.level is PhotoLevel.FACE
    assert not {NotSeen.FACE_PRESENT, NotSeen.HEAD_TILTED} & set(finding.not_seen)
    assert {NotSeen.SAME_PERSON, NotSeen.MIRRORED, NotSeen.MASK} <= set(finding.not_seen)


def test_without_a_finder_the_finding_says_that_it_is_the_basic_one(woman: Sitter) -> None:
    finding = judge_photo(saved(woman.picture), profile=PROFILE)
    assert finding.level is PhotoLevel.BASIC
    assert set(finding.not_seen) == set(NotSeen)


def test_what_the_basic_level_cannot_see_the_face_level_sees(
    finder: DlibFaces, woman: Sitter
) -> None:
    assert R.HEAD_TILTED in reasons(finder, rolled(woman, 15))
    assert R.EYES_HIDDEN in reasons(finder, sunglasses(woman, 0.8))
    assert {R.FACE_UNSURE, R.NO_FACE} & reasons(finder, masked(woman, 0.0))
    assert R.NO_FACE in reasons(finder, no_face(woman, 0))
    assert R.MORE_THAN_ONE_FACE in reasons(finder, two_faces(woman, 0.6))
    assert R.FACE_TOO_SMALL in reasons(finder, zoomed(woman, 0.6))


def test_drawn_faces_are_found_and_measured_like_others(finder: DlibFaces) -> None:
    for sitter in drawn_sitters(3):
        (face,) = finder.find(sitter.pixels)
        assert abs(face.roll) < 4
        assert abs(face.middle[0] - 179) < 8
        assert abs(face.left_eye[0][0] - sitter.left_eye[0]) < 25  # left is the picture's left


def test_a_picture_of_another_size_is_looked_at_in_the_frame(
    finder: DlibFaces, woman: Sitter
) -> None:
    large = woman.picture.resize((716, 882))
    assert R.FACE_TOO_LARGE not in reasons(finder, large)
    assert R.WRONG_PIXEL_SIZE in reasons(finder, large)


def test_the_models_package_is_never_imported(finder: DlibFaces) -> None:
    finder.load()
    assert "face_recognition_models" not in sys.modules


def test_without_the_extra_there_is_no_finder_and_who_demands_one_is_told_how(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dlib_faces, "find_spec", lambda _name: None)
    open_face_finder.cache_clear()
    try:
        assert open_face_finder() is None
        with pytest.raises(UnavailableError, match="not installed") as told:
            require_face_finder()
        assert "requirements-photo.lock" in str(told.value.remedy)
    finally:
        monkeypatch.undo()
        open_face_finder.cache_clear()


def test_the_photograph_is_the_one_whose_source_is_written_down() -> None:
    folder = files("certstore.service").joinpath("bench_pictures")
    kept = {entry.name for entry in folder.iterdir()}
    assert kept == {"collins.png", "SOURCE.md"}
    digest = hashlib.sha256(folder.joinpath("collins.png").read_bytes()).hexdigest()
    assert digest == PHOTOGRAPH_SHA256
