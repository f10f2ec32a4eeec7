"""A picture is known again after it was saved anew, and by nothing but its pixels."""

import io
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageEnhance

from certstore.picture_fingerprint import (
    BITS,
    bands,
    difference,
    distance,
    fingerprint,
    from_bands,
    near_bands,
    small_picture,
)
from certstore.pictures import ALIKE
from certstore.tables.pictures import NEAR

FOLDER = files("certstore.service.demo_city").joinpath("batches", "photos")
ONE = FOLDER.joinpath("zp000004-1.jpg").read_bytes()
OTHER = FOLDER.joinpath("zp000090-1.jpg").read_bytes()
hashes = st.integers(0, 2**BITS - 1)


def anew(jpeg, quality=60, size=None, light=1.0):
    image = ImageEnhance.Brightness(Image.open(io.BytesIO(jpeg)).convert("RGB")).enhance(light)
    out = io.BytesIO()
    (image.resize(size) if size else image).save(out, "JPEG", quality=quality)
    return out.getvalue()


@pytest.mark.parametrize(
    "again",
    [anew(ONE, 40), anew(ONE, size=(295, 413)), anew(ONE, size=(180, 222)), anew(ONE, light=0.8)],
)
def test_the_same_picture_saved_anew_is_near_and_alike(again):
    before, after = fingerprint(ONE), fingerprint(again)
    assert before.sha256 != after.sha256
    assert distance(before.bits, after.bits) <= NEAR
    assert difference(small_picture(ONE), small_picture(again)) <= ALIKE


def test_another_picture_is_neither():
    assert distance(fingerprint(ONE).bits, fingerprint(OTHER).bits) > NEAR
    assert difference(small_picture(ONE), small_picture(OTHER)) > 3 * ALIKE


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no picture",
        b"\xff\xd8\xff" + bytes(50),
        ONE[:200],
        bytes(8_000_001),
        ONE.replace(b"\x01\xb9\x01f", b"\xff\xff\xff\xff", 1),  # 65,535 pixels each way
    ],
)
def test_what_is_no_picture_has_its_digest_and_nothing_more(content):
    assert fingerprint(content).bits is None
    assert len(fingerprint(content).sha256) == 64
    assert small_picture(content) is None


def test_a_picture_of_one_colour_does_no_harm():
    out = io.BytesIO()
    Image.new("RGB", (358, 441), "white").save(out, "JPEG")
    assert fingerprint(out.getvalue()).bits is not None
    assert difference(small_picture(out.getvalue()), small_picture(ONE)) > ALIKE


@settings(deadline=None)
@given(hashes)
def test_bands_are_put_together_again(bits):
    assert from_bands(bands(bits)) == bits


@settings(deadline=None, max_examples=300)
@given(hashes, st.sets(st.integers(0, BITS - 1), max_size=NEAR))
def test_the_index_by_bands_finds_whatever_is_near(bits, flipped):
    other = bits
    for place in flipped:
        other ^= 1 << place
    assert distance(bits, other) == len(flipped)
    pairs = zip(bands(bits), bands(other), strict=True)
    assert any(theirs in near_bands(mine) for mine, theirs in pairs)
