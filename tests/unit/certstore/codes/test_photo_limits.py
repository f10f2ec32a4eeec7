import pytest

from certstore.codes.meaning import photo_fault
from tests.unit.certstore.codes.small_photos import SMALL, animated, other, webp


@pytest.mark.parametrize("photo", [SMALL, webp((96, 120)), webp(lossless=True), webp((1, 1))])
def test_one_small_frame_may_be_decoded(photo):
    assert photo_fault(photo) is None


@pytest.mark.parametrize(
    ("photo", "reason"),
    [
        (b"", "PHOTO_NOT_WEBP"),
        (b"RIFF", "PHOTO_NOT_WEBP"),
        (bytes(100), "PHOTO_NOT_WEBP"),
        (other("PNG"), "PHOTO_NOT_WEBP"),
        (other("GIF"), "PHOTO_NOT_WEBP"),
        (animated(), "PHOTO_NOT_WEBP"),
        (webp(exif=b"Exif\x00\x00MM"), "PHOTO_NOT_WEBP"),
        (SMALL[:-1], "PHOTO_NOT_WEBP"),
        (SMALL + b"\x00\x00", "PHOTO_NOT_WEBP"),
        (SMALL[:4] + b"\xff\xff\xff\xff" + SMALL[8:], "PHOTO_NOT_WEBP"),
        (b"RIFX" + SMALL[4:], "PHOTO_NOT_WEBP"),
        (SMALL[:4] + b"\x0e\x00\x00\x00WEBPVP8L\x02\x00\x00\x00\x2f\x00", "PHOTO_NOT_WEBP"),
        (SMALL[:8] + b"WAVE" + SMALL[12:], "PHOTO_NOT_WEBP"),
        (SMALL[:12] + b"VP8Z" + SMALL[16:], "PHOTO_NOT_WEBP"),
        (SMALL[:23] + b"\x00" + SMALL[24:], "PHOTO_NOT_WEBP"),
        (SMALL[:16] + b"\x02\x00\x00\x00" + SMALL[20:], "PHOTO_NOT_WEBP"),
        (webp((97, 120)), "PHOTO_TOO_LARGE"),
        (webp((96, 121)), "PHOTO_TOO_LARGE"),
        (webp((97, 8), lossless=True), "PHOTO_TOO_LARGE"),
        (webp((8, 121), lossless=True), "PHOTO_TOO_LARGE"),
        (SMALL[:26] + b"\x00\x00" + SMALL[28:], "PHOTO_TOO_LARGE"),
        (SMALL[:28] + b"\xff\x3f" + SMALL[30:], "PHOTO_TOO_LARGE"),
        (SMALL + bytes(801), "PHOTO_TOO_LARGE"),
    ],
)
def test_anything_else_is_refused_before_it_is_decoded(photo, reason):
    assert photo_fault(photo) == reason
