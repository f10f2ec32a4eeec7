"""Whether a photo may go into a document as it is (GA/T 461: 358 × 441, RGB, JPEG)."""

from certstore.errors import MalformedError, TooLargeError

WIDTH, HEIGHT = 358, 441
_MAX_BYTES = 60_000
_BITS, _CHANNELS = 8, 3
_FRAME_BYTES = 6  # depth, height, width, channels
_START, _END, _SCAN, _FILL = 0xD8, 0xD9, 0xDA, 0xFF
_FRAMES = {0xC0, 0xC1, 0xC2}  # baseline, extended, progressive; Huffman coded
_OTHER_FRAMES = {0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
_REMEDY = "take the photo again or export it as an ordinary RGB JPEG of 358 × 441 pixels"


def judge_portrait(jpeg: bytes) -> None:
    """Raise MalformedError or TooLargeError unless this is a whole JPEG of the right kind.

    Only the structure is read (ISO/IEC 10918-1 annex B); pixels are not decoded here, which
    the photo check has done when the photo came in.
    """
    if len(jpeg) > _MAX_BYTES:
        raise TooLargeError(
            f"the photo has {len(jpeg)} bytes; at most {_MAX_BYTES} are printed",
            where="photo_jpeg",
            remedy=_REMEDY,
        )
    if jpeg[:2] != bytes((_FILL, _START)):
        raise _malformed("is not a JPEG")
    if jpeg[-2:] != bytes((_FILL, _END)):
        raise _malformed("is cut short")
    frame = _frame(jpeg)
    depth, height, width = frame[0], int.from_bytes(frame[1:3], "big"), int.from_bytes(frame[3:5])
    if (depth, frame[5]) != (_BITS, _CHANNELS):
        raise _malformed("is not in colour with 8 bits a channel")
    if (width, height) != (WIDTH, HEIGHT):
        raise _malformed(f"has {width} × {height} pixels, not {WIDTH} × {HEIGHT}")


def _frame(jpeg: bytes) -> bytes:
    """The frame header, if one stands before the first scan."""
    at, frame = 2, b""
    while at + 4 <= len(jpeg):
        if jpeg[at] != _FILL:
            raise _malformed("has bytes between its segments")
        marker, length = jpeg[at + 1], int.from_bytes(jpeg[at + 2 : at + 4], "big")
        body = jpeg[at + 4 : at + 2 + length]
        if len(body) != length - 2:
            break
        if marker in _OTHER_FRAMES:
            raise _malformed("uses a JPEG coding that readers of documents do not know")
        if marker in _FRAMES:
            frame = body
        if marker == _SCAN:
            if len(frame) < _FRAME_BYTES:
                break
            return frame
        at += 2 + length
    raise _malformed("is cut short")


def _malformed(why: str) -> MalformedError:
    return MalformedError(f"the photo {why}", where="photo_jpeg", remedy=_REMEDY)
