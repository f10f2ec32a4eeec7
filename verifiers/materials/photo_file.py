"""A JPEG file walked marker by marker (ITU-T T.81), before any decoder touches it."""

from dataclasses import dataclass

_START, _END = b"\xff\xd8", b"\xff\xd9"
_SCAN = 0xDA
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})  # markers without a length
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})  # SOF0 to SOF15
_BASELINE_OR_PROGRESSIVE = frozenset({0xC0, 0xC1, 0xC2})
_APP1, _APP2 = 0xE1, 0xE2
_JFIF = 0xE0
_MOST_SEGMENTS = 500
_CENTIMETRES = 2
_CM_PER_INCH = 2.54


@dataclass(frozen=True, slots=True, kw_only=True)
class JpegFile:
    """What the segments of a file say, without decoding it."""

    is_jpeg: bool = False
    whole: bool = False  # an end marker follows the last scan
    trailing_bytes: int = 0
    width: int = 0
    height: int = 0
    components: int = 0
    bits: int = 0
    usual_coding: bool = False  # baseline, extended sequential or progressive Huffman
    dots: tuple[float, float] | None = None  # dots per inch, across and down
    has_exif: bool = False
    has_more_pictures: bool = False


def walk(data: bytes) -> JpegFile:
    """Read the segments of a JPEG; never raises, whatever the bytes are."""
    if not data.startswith(b"\xff\xd8\xff"):
        return JpegFile()
    facts: dict[str, object] = {"is_jpeg": True}
    at = len(_START)
    for _ in range(_MOST_SEGMENTS):
        marker, start, end = _segment(data, at)
        if marker is None:
            break
        if marker == _END[1]:
            facts |= {"whole": True, "trailing_bytes": len(data) - at - 2}
            break
        if marker not in _STANDALONE:
            facts |= _told_by(marker, data[start:end])
        at = _after_scan(data, end) if marker == _SCAN else end
    return JpegFile(**facts)  # type: ignore[arg-type]  # each value was made for its field


def _segment(data: bytes, at: int) -> tuple[int | None, int, int]:
    """The marker at a place and where its content lies; None where there is no whole segment."""
    while data[at : at + 2] == b"\xff\xff":  # fill bytes
        at += 1
    if at + 2 > len(data) or data[at] != _START[0]:
        return None, at, at
    marker = data[at + 1]
    if marker in _STANDALONE or marker == _END[1]:
        return marker, at + 2, at + 2
    end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    if end < at + 4 or end > len(data):
        return None, at, at
    return marker, at + 4, end


def _after_scan(data: bytes, at: int) -> int:
    """Where the next marker stands after entropy-coded data."""
    while (at := data.find(b"\xff", at)) != -1:
        if at + 1 >= len(data):
            break
        if data[at + 1] != 0 and not 0xD0 <= data[at + 1] <= 0xD7:  # noqa: PLR2004 - stuffed zero, RST0 to RST7
            return at
        at += 2
    return len(data)


def _told_by(marker: int, content: bytes) -> dict[str, object]:
    if marker in _FRAMES and len(content) >= 6:  # noqa: PLR2004 - bits, height, width, components
        return {
            "bits": content[0],
            "height": int.from_bytes(content[1:3], "big"),
            "width": int.from_bytes(content[3:5], "big"),
            "components": content[5],
            "usual_coding": marker in _BASELINE_OR_PROGRESSIVE,
        }
    if marker == _JFIF and content.startswith(b"JFIF\x00") and len(content) >= 12:  # noqa: PLR2004 - through both densities
        return _density(content)
    if marker == _APP1 and content.startswith((b"Exif\x00", b"http://ns.adobe.com/")):
        return {"has_exif": True}
    if marker == _APP2 and content.startswith(b"MPF\x00"):
        return {"has_more_pictures": True}
    return {}


def _density(content: bytes) -> dict[str, object]:
    unit = content[7]
    if unit == 0:  # an aspect ratio, not a density
        return {}
    scale = _CM_PER_INCH if unit == _CENTIMETRES else 1.0
    across, down = (int.from_bytes(content[n : n + 2], "big") * scale for n in (8, 10))
    return {"dots": (across, down)}
