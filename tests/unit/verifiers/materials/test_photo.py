"""The basic photo check: what is wrong with a file or a picture is named, and nothing more."""

import io
from dataclasses import replace
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from certstore.errors import MalformedError
from certstore.service.bench_faces import drawn_sitters
from certstore.service.bench_spoilers import (
    Spoiler,
    moved_aside,
    moved_down,
    moved_up,
    with_shadow,
    zoomed,
)
from tests.unit.verifiers.materials.photo_pictures import (
    before_a_wall,
    blurred,
    claiming_size,
    exposed,
    flat,
    grainy,
    lit_from_the_side,
    picture,
    portrait,
    saved,
    with_a_border,
    with_two_frames,
)
from verifiers.materials import photo as photo_module
from verifiers.materials.photo import NotSeen, PhotoFinding, PhotoReason, judge_photo
from verifiers.materials.photo_file import walk
from verifiers.materials.photo_profile import Bounds, PhotoProfile, read_profile
from verifiers.materials.vocabulary import PhotoQuality

PROFILE = read_profile()
R = PhotoReason
EXIF = b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x00"


def judged(jpeg: bytes) -> PhotoFinding:
    return judge_photo(jpeg, profile=PROFILE)


def test_a_sound_portrait_passes_and_says_what_was_not_looked_at() -> None:
    finding = judged(portrait())
    assert (finding.outcome, finding.reasons) == (PhotoQuality.PASS, ())
    assert {NotSeen.SAME_PERSON, NotSeen.FACE_PRESENT, NotSeen.MIRRORED} <= set(finding.not_seen)
    assert {NotSeen.SUNGLASSES, NotSeen.MASK, NotSeen.HEAD_TILTED} <= set(finding.not_seen)


def test_what_it_says_it_cannot_see_it_indeed_does_not_see() -> None:
    mirrored = picture().transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    rolled = picture().rotate(15, fillcolor=(255, 255, 255))
    assert judged(saved(mirrored)).outcome is PhotoQuality.PASS
    assert judged(saved(rolled)).outcome is PhotoQuality.PASS


@pytest.mark.parametrize(
    ("spoilt", "reason"),
    [
        pytest.param(blurred(3), R.BLURRED, id="out of focus"),
        pytest.param(exposed(0.2), R.TOO_DARK, id="nearly black"),
        pytest.param(exposed(1.9), R.TOO_BRIGHT, id="burnt out"),
        pytest.param(flat(0.06), R.LOW_CONTRAST, id="without contrast"),
        pytest.param(lit_from_the_side(0.75), R.SIDE_LIGHT, id="lit from one side"),
        pytest.param(before_a_wall((70, 120, 190)), R.BACKGROUND_NOT_WHITE, id="before blue"),
        pytest.param(before_a_wall((225, 225, 225)), R.BACKGROUND_NOT_WHITE, id="before grey"),
        pytest.param(with_a_border(), R.BACKGROUND_NOT_WHITE, id="with a frame"),
        pytest.param(saved(picture().convert("L")), R.NOT_RGB, id="one channel"),
        pytest.param(saved(picture().convert("CMYK")), R.NOT_RGB, id="CMYK"),
        pytest.param(saved(picture().convert("L").convert("RGB")), R.NO_COLOUR, id="no colour"),
        pytest.param(saved(picture().resize((295, 413))), R.WRONG_PIXEL_SIZE, id="one inch"),
        pytest.param(saved(picture().resize((441, 358))), R.WRONG_PIXEL_SIZE, id="lying"),
        pytest.param(portrait()[:-400], R.TRUNCATED, id="cut short"),
        pytest.param(portrait() + b"PK\x03\x04 an archive", R.TRAILING_DATA, id="and an archive"),
        pytest.param(grainy(), R.FILE_TOO_LARGE, id="too large"),
        pytest.param(saved(picture(), quality=5), R.FILE_TOO_SMALL, id="too small"),
        pytest.param(claiming_size(60000, 60000), R.TOO_MANY_PIXELS, id="a bomb"),
        pytest.param(claiming_size(0, 441), R.WRONG_PIXEL_SIZE, id="without width"),
        pytest.param(with_two_frames(), R.UNREADABLE, id="two frames"),
    ],
)
def test_a_spoilt_photo_must_be_taken_again(spoilt: bytes, reason: PhotoReason) -> None:
    finding = judged(spoilt)
    assert reason in finding.reasons
    assert finding.outcome is PhotoQuality.RETAKE


@pytest.mark.parametrize(
    ("doubtful", "reason"),
    [
        pytest.param(blurred(1.1), R.BLURRED, id="a little soft"),
        pytest.param(exposed(0.33), R.TOO_DARK, id="dark"),
        pytest.param(lit_from_the_side(0.5), R.SIDE_LIGHT, id="a little from one side"),
        pytest.param(saved(picture(), exif=EXIF), R.EXIF_PRESENT, id="EXIF"),
        pytest.param(saved(picture(), dpi=(72, 72)), R.WRONG_RESOLUTION, id="72 dpi"),
        pytest.param(saved(picture(), dpi=(0, 0)), R.WRONG_RESOLUTION, id="no dpi"),
    ],
)
def test_a_doubtful_photo_is_looked_at_by_a_person(doubtful: bytes, reason: PhotoReason) -> None:
    finding = judged(doubtful)
    assert finding.reasons == (reason,)
    assert finding.outcome is PhotoQuality.MANUAL_REVIEW


SITTER = drawn_sitters(1)[0]


@pytest.mark.parametrize(
    ("spoiler", "strength", "reason", "outcome"),
    [
        (moved_up, 10, R.HEAD_CUT_OFF, PhotoQuality.MANUAL_REVIEW),
        (zoomed, 1.12, R.HEAD_CUT_OFF, PhotoQuality.RETAKE),
        (moved_down, 40, R.HEAD_TOO_LOW, PhotoQuality.MANUAL_REVIEW),
        (moved_down, 80, R.HEAD_TOO_LOW, PhotoQuality.RETAKE),
        (moved_aside, 35, R.OFF_CENTRE, PhotoQuality.MANUAL_REVIEW),
        (moved_aside, -60, R.OFF_CENTRE, PhotoQuality.RETAKE),
        (with_shadow, 0.2, R.BACKGROUND_SHADOW, PhotoQuality.MANUAL_REVIEW),
    ],
)
def test_the_silhouette_and_the_ground_around_it_are_looked_at(
    spoiler: Spoiler, strength: float, reason: PhotoReason, outcome: PhotoQuality
) -> None:
    finding = judged(saved(spoiler(SITTER, strength), quality=90))
    assert reason in finding.reasons
    assert finding.outcome is outcome


def test_before_a_coloured_wall_nothing_is_said_of_the_head() -> None:
    finding = judged(before_a_wall((70, 120, 190)))
    assert finding.measures is not None
    assert finding.measures.head_top is None
    assert not {R.HEAD_CUT_OFF, R.HEAD_TOO_LOW, R.OFF_CENTRE} & set(finding.reasons)


@pytest.mark.parametrize(
    ("quality", "outcome"),
    [
        (70, PhotoQuality.PASS),
        (28, PhotoQuality.MANUAL_REVIEW),
        (12, PhotoQuality.RETAKE),
    ],
)
def test_what_was_compressed_hard_is_seen_though_it_was_saved_well_again(
    quality: int, outcome: PhotoQuality
) -> None:
    poor = Image.open(io.BytesIO(saved(SITTER.picture, quality=quality))).convert("RGB")
    finding = judged(saved(poor, quality=95))
    assert finding.outcome is outcome
    assert (R.COMPRESSED in finding.reasons) is (outcome is not PhotoQuality.PASS)


def test_a_picture_without_anybody_or_anything_in_it_is_measured_all_the_same() -> None:
    for colour in ((255, 255, 255), (0, 0, 0)):
        empty = Image.new("RGB", (358, 441), colour)
        assert judged(saved(empty)).outcome is PhotoQuality.RETAKE
    assert judged(saved(Image.new("RGB", (5, 7), (90, 90, 90)))).outcome is PhotoQuality.RETAKE


@pytest.mark.parametrize("form", ["PNG", "WEBP", "GIF"])
def test_another_format_is_not_decoded(form: str) -> None:
    out = io.BytesIO()
    picture().save(out, form)
    finding = judged(out.getvalue())
    assert R.NOT_JPEG in finding.reasons
    assert finding.measures is None


def test_every_reason_is_named_at_once() -> None:
    finding = judged(saved(picture().convert("L").resize((100, 100)), dpi=(72, 72)) + b"tail")
    assert {R.FILE_TOO_SMALL, R.TRAILING_DATA, R.WRONG_PIXEL_SIZE} <= set(finding.reasons)
    assert {R.WRONG_RESOLUTION, R.NOT_RGB, R.NO_COLOUR} <= set(finding.reasons)


def test_a_bomb_is_never_given_to_the_decoder(monkeypatch: pytest.MonkeyPatch) -> None:
    def explode(*_: object, **__: object) -> None:
        raise AssertionError("the decoder was called")

    monkeypatch.setattr(photo_module, "JpegImageFile", explode)
    assert judged(claiming_size(60000, 60000)).measures is None
    assert judged(b"\xff\xd8\xff" + bytes(PROFILE.read_at_most_bytes)).reasons == (
        R.FILE_TOO_LARGE,
    )


def test_a_file_with_several_pictures_is_named() -> None:
    data = portrait()
    part = b"MPF\x00" + bytes(20)
    several = data[:2] + b"\xff\xe2" + (len(part) + 2).to_bytes(2, "big") + part + data[2:]
    assert R.MORE_THAN_ONE_PICTURE in judged(several).reasons


def test_density_in_centimetres_is_understood() -> None:
    data = bytearray(portrait())
    at = data.index(b"JFIF\x00")
    data[at + 7 : at + 12] = b"\x02\x00\x8a\x00\x8a"  # 138 dots per centimetre
    assert R.WRONG_RESOLUTION not in judged(bytes(data)).reasons


@settings(max_examples=60, deadline=None)
@given(at=st.integers(0, len(portrait()) - 1), value=st.integers(0, 255))
def test_no_changed_byte_makes_the_check_fail(at: int, value: int) -> None:
    data = bytearray(portrait())
    data[at] = value
    judged(bytes(data))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_make_the_reader_of_segments_fail(data: bytes) -> None:
    walk(b"\xff\xd8\xff" + data)


def test_the_limits_come_from_the_profile() -> None:
    strict = replace(PROFILE, most_bytes=9000, blur=Bounds(0.0, 0.9))
    finding = judge_photo(portrait(), profile=strict)
    assert finding.reasons == (R.FILE_TOO_LARGE, R.BLURRED)


def test_a_profile_that_lacks_or_misspells_a_limit_is_refused() -> None:
    text = 'name = "x"\n[file]\nleast_byte = 1\n'
    with pytest.raises(MalformedError, match="least_byte"):
        PhotoProfile.parse(text)
    with pytest.raises(MalformedError, match="good, tolerable"):
        Bounds.read([1], "blur")


def test_a_profile_of_ones_own_is_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "profile.toml"

    built_in = resources.files("verifiers.materials").joinpath("photo_profile.toml")
    path.write_text(built_in.read_text("utf-8").replace("width = 358", "width = 295"), "utf-8")
    assert read_profile(path).width == 295


def test_too_bright_is_the_mean_of_the_face_or_what_is_burnt_out_in_it() -> None:
    by_mean = replace(PROFILE, face_most=Bounds(100, 300), burnt_share=Bounds(1, 1))
    by_share = replace(PROFILE, face_most=Bounds(300, 300), burnt_share=Bounds(0, 1))
    for profile in (by_mean, by_share):
        finding = judge_photo(portrait(), profile=profile)
        assert (finding.outcome, finding.reasons) == (PhotoQuality.MANUAL_REVIEW, (R.TOO_BRIGHT,))
