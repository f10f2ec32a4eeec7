"""From a snapshot to an ID photo: found, upright, cut, scaled, whitened; never silently."""

import io
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from certstore.errors import MalformedError, TooLargeError
from certstore.service.bench_faces import drawn_sitters
from certstore.service.bench_photo_kinds import saved
from certstore.service.bench_props import two_faces
from certstore.service.bench_spoilers import rolled
from verifiers.materials import portrait_crop
from verifiers.materials.background import whitened
from verifiers.materials.dlib_faces import DlibFaces, open_face_finder
from verifiers.materials.handed_in import Fault as FileFault
from verifiers.materials.handed_in import Refused
from verifiers.materials.limited_room import limited_room
from verifiers.materials.photo import PhotoLevel, PhotoReason
from verifiers.materials.photo_profile import read_profile
from verifiers.materials.portrait_crop import (
    Fault,
    Portrait,
    Step,
    portrait_of,
    read_snapshot,
    take_snapshot,
)
from verifiers.materials.portrait_work import (
    Made,
    make_photo,
    make_within,
    pack,
    unpack,
    work,
)
from verifiers.materials.vocabulary import PhotoQuality

PROFILE = read_profile()
SITTER = drawn_sitters(4)[3]
WALL = (206, 198, 190)


def before_wall(picture: Image.Image, wall: tuple[int, int, int] = WALL) -> Image.Image:
    pixels = np.asarray(picture).copy()
    pixels[pixels.min(axis=2) >= 245] = wall
    return Image.fromarray(pixels)


def in_a_room(*, lean: float = 0.0, wall: tuple[int, int, int] = WALL) -> Image.Image:
    """The sitter smaller and aside in a large picture, before an even wall."""
    person = before_wall(rolled(SITTER, lean), wall).resize((716, 882), Image.Resampling.LANCZOS)
    room = Image.new("RGB", (1600, 1500), wall)
    room.paste(person, (560, 618))
    return room


def jpeg_of(picture: Image.Image, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", **({"quality": 92} | options))
    return out.getvalue()


@pytest.fixture(scope="module")
def finder() -> DlibFaces:
    found = open_face_finder()
    if found is None:
        pytest.skip("the extra `photo` is missing: make photo")
    return found


def cut(picture: bytes, finder: DlibFaces | None, *, whiten: bool = False) -> Portrait:
    return portrait_of(take_snapshot(picture, PROFILE, finder), PROFILE, whiten=whiten)


def opened(portrait: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(portrait))
    image.load()
    return image


# -- cutting -------------------------------------------------------------------------------


def test_the_frame_is_laid_by_the_face_wherever_it_is(finder: DlibFaces) -> None:
    portrait = cut(jpeg_of(in_a_room()), finder)
    image = opened(portrait.jpeg)
    assert (image.size, image.info["dpi"], image.mode) == ((358, 441), (350, 350), "RGB")
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi"}
    (face,) = finder.find(np.asarray(image))
    assert abs(face.middle[0] - 179) < 6
    assert abs(441 - face.middle[1] - 245) < 6
    assert {Step.CUT, Step.SCALED} <= set(portrait.steps)
    assert portrait.faults == ()


def test_a_leaning_head_is_straightened_and_that_is_said(finder: DlibFaces) -> None:
    leaning = cut(jpeg_of(in_a_room(lean=9)), finder)
    assert Step.STRAIGHTENED in leaning.steps
    (face,) = finder.find(np.asarray(opened(leaning.jpeg)))
    assert abs(face.roll) < 3
    assert Step.STRAIGHTENED not in cut(jpeg_of(in_a_room()), finder).steps


def test_the_camera_s_note_turns_the_picture_upright(finder: DlibFaces) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    lying = in_a_room().transpose(Image.Transpose.ROTATE_90)
    portrait = cut(jpeg_of(lying, exif=exif.tobytes()), finder)
    assert Step.TURNED in portrait.steps
    assert len(finder.find(np.asarray(opened(portrait.jpeg)))) == 1


def test_without_a_finder_the_middle_is_cut_as_the_page_frames_it() -> None:
    stripes = Image.new("RGB", (600, 441), (255, 0, 0))
    stripes.paste((0, 0, 255), (121, 0, 479, 441))
    portrait = cut(jpeg_of(stripes, quality=95), None)
    pixels = np.asarray(opened(portrait.jpeg))
    assert pixels[:, 5:-5, 2].min() > 200  # blue from edge to edge
    assert portrait.steps == (Step.CUT,)
    assert portrait.faults == ()


def test_the_original_is_known_by_its_hash(finder: DlibFaces) -> None:
    one, other = jpeg_of(in_a_room()), jpeg_of(in_a_room(), quality=80)
    assert cut(one, finder).original_sha256 == cut(one, None).original_sha256
    assert cut(one, finder).original_sha256 != cut(other, finder).original_sha256


def test_too_few_pixels_no_room_no_face_and_several_are_said(finder: DlibFaces) -> None:
    small = in_a_room().resize((400, 375))
    assert Fault.TOO_FEW_PIXELS in cut(jpeg_of(small, quality=97), finder).faults
    close = in_a_room().crop((700, 700, 1140, 1200))
    assert Fault.NO_ROOM in cut(jpeg_of(close), finder).faults
    assert Fault.NO_FACE_FOUND in cut(jpeg_of(Image.new("RGB", (800, 900), WALL)), finder).faults
    both = two_faces(SITTER, 0.6).resize((1074, 1323))
    assert Fault.SEVERAL_FACES in cut(jpeg_of(both), finder).faults


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (b"", "format"),
        (b"GIF89a" + bytes(100), "format"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(100), "heic"),
        (b"\xff\xd8\xff\xe0" + bytes(100), "unreadable"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "unreadable"),
        (jpeg_of(Image.new("RGB", (90, 90)))[:300], "unreadable"),
    ],
)
def test_what_is_no_picture_is_refused_by_what_it_is(content: bytes, cause: str) -> None:
    with pytest.raises(MalformedError) as told:
        read_snapshot(content)
    assert told.value.facts["cause"] == cause


def test_what_is_too_large_is_refused_before_it_is_decoded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(TooLargeError):
        read_snapshot(b"\xff\xd8\xff" + bytes(10_000_001))
    monkeypatch.setattr(portrait_crop, "_MOST_PIXELS", {"JPEG": 100, "PNG": 100})
    for form in ("JPEG", "PNG"):
        out = io.BytesIO()
        Image.new("RGB", (11, 11)).save(out, form)
        with pytest.raises(TooLargeError):
            read_snapshot(out.getvalue())


# -- the background ------------------------------------------------------------------------


def test_an_even_wall_becomes_white_and_the_person_stays() -> None:
    person = before_wall(SITTER.picture)
    white = whitened(np.asarray(person))
    assert white is not None
    ground = SITTER.ground
    assert (white[ground].min(axis=1) >= 250).mean() > 0.975  # but for a soft edge
    inner = np.zeros_like(ground)
    inner[150:260, 120:240] = True  # the face
    assert np.abs(white[inner].astype(int) - np.asarray(person)[inner].astype(int)).max() <= 2


def test_light_that_falls_off_along_the_wall_is_still_the_wall() -> None:
    pixels = np.asarray(before_wall(SITTER.picture)).astype(np.float32)
    fall = np.linspace(1.0, 0.86, pixels.shape[1], dtype=np.float32)[None, :, None]
    white = whitened((pixels * fall).astype(np.uint8))
    assert white is not None
    assert (white[SITTER.ground].min(axis=1) >= 250).mean() > 0.97


def test_a_patterned_wall_is_left_alone() -> None:
    pixels = np.asarray(SITTER.picture).copy()
    rows, columns = np.mgrid[0:441, 0:358]
    checks = ((rows // 20 + columns // 20) % 2).astype(bool)
    pixels[SITTER.ground & checks] = (40, 90, 140)
    assert whitened(pixels) is None
    assert whitened(np.asarray(SITTER.picture), np.ones((441, 358), dtype=np.bool_)) is None


def test_whitening_is_a_step_and_where_it_fails_a_fault(finder: DlibFaces) -> None:
    done = cut(jpeg_of(in_a_room()), finder, whiten=True)
    assert Step.WHITENED in done.steps
    assert Fault.BACKGROUND_UNEVEN not in done.faults
    noise = np.random.default_rng(7).integers(0, 255, (900, 800, 3), dtype=np.uint8)
    failed = cut(jpeg_of(Image.fromarray(noise)), finder, whiten=True)
    assert Step.WHITENED not in failed.steps
    assert Fault.BACKGROUND_UNEVEN in failed.faults


# -- made and judged -----------------------------------------------------------------------


def made(picture: bytes, finder: DlibFaces | None) -> Made:
    found = make_photo(picture, PROFILE, finder)
    assert isinstance(found, Made)
    return found


def test_a_sound_photo_stays_as_it_is_but_for_what_is_not_the_picture(finder: DlibFaces) -> None:
    sound = saved(SITTER.picture, quality=90)
    noted = sound[:2] + b"\xff\xfe\x00\x0chello you!" + sound[2:]  # a comment
    for photo in (sound, noted):
        found = made(photo, finder)
        assert (found.steps, found.before, found.outcome) == ((), b"", PhotoQuality.PASS)
        assert b"hello" not in found.jpeg
        assert found.may_be_kept


def test_a_snapshot_before_a_wall_is_whitened_and_kept_beside_how_it_was(
    finder: DlibFaces,
) -> None:
    found = made(jpeg_of(in_a_room()), finder)
    assert Step.WHITENED in found.steps
    assert found.before.startswith(b"\xff\xd8\xff")
    assert found.before != found.jpeg
    assert PhotoReason.BACKGROUND_NOT_WHITE not in found.reasons
    assert found.may_be_kept
    assert found.level is PhotoLevel.FACE


def test_nothing_is_whitened_where_a_finder_finds_nobody(finder: DlibFaces) -> None:
    found = made(jpeg_of(Image.new("RGB", (800, 900), WALL)), finder)
    assert Step.WHITENED not in found.steps
    assert not found.may_be_kept
    assert Fault.NO_FACE_FOUND in found.told
    assert PhotoReason.NO_FACE in found.told


def test_two_people_or_a_head_without_room_are_not_kept_whatever_the_photo_is(
    finder: DlibFaces,
) -> None:
    sound = made(saved(SITTER.picture, quality=90), finder)
    for fault in (Fault.SEVERAL_FACES, Fault.NO_ROOM):
        assert not replace(sound, faults=(fault,)).may_be_kept
    for fault in (Fault.TOO_FEW_PIXELS, Fault.NO_FACE_FOUND):
        assert replace(sound, faults=(fault,)).may_be_kept
    assert not replace(sound, outcome=PhotoQuality.RETAKE).may_be_kept


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", FileFault.EMPTY),
        (b"%PDF-1.7", FileFault.UNKNOWN),
        (b"\x00\x00\x00\x18ftypheic" + bytes(100), FileFault.HEIC),
        (b"\xff\xd8\xff" + bytes(60), FileFault.DAMAGED),
    ],
)
def test_what_is_no_photo_is_refused_with_the_words_of_uploads(
    content: bytes, fault: FileFault
) -> None:
    assert make_photo(content, PROFILE, None) == Refused((fault,))
    assert unpack(work(b"B" + content)) == Refused((fault,))


def test_the_answer_of_the_limited_process_is_read_back_as_it_was() -> None:
    found = made(saved(SITTER.picture, quality=90), None)
    assert unpack(pack(found)) == found


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200), st.integers(0, 400))
def test_no_bytes_from_it_are_taken_for_an_answer(noise: bytes, at: int) -> None:
    answer = pack(made_once())
    torn = answer[:at] + noise + answer[at + len(noise) :]
    for bad in (noise, torn[:-1], torn + b"x"):
        try:
            read = unpack(bad)
        except MalformedError:
            continue
        assert isinstance(read, Refused | Made)
        if isinstance(read, Made):
            assert read.jpeg.startswith(b"\xff\xd8\xff")


_ONCE: list[Made] = []


def made_once() -> Made:
    if not _ONCE:
        _ONCE.append(made(saved(SITTER.picture, quality=90), None))
    return _ONCE[0]


def test_a_limited_process_makes_the_photo_at_the_level_asked_for(finder: DlibFaces) -> None:
    picture = jpeg_of(in_a_room())
    room = limited_room()
    face, basic = (
        make_within(room, picture, level) for level in (PhotoLevel.FACE, PhotoLevel.BASIC)
    )
    assert isinstance(face, Made)
    assert isinstance(basic, Made)
    assert face == made(picture, finder)
    assert (face.level, basic.level) == (PhotoLevel.FACE, PhotoLevel.BASIC)
    assert make_within(room, b"\xff\xd8\xff" + bytes(10_000_001), PhotoLevel.BASIC) == Refused(
        (FileFault.TOO_LARGE,)
    )
