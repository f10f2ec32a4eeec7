"""What a file is, by its content: never by its name, nor by what its sender called it."""

import re

from verifiers.materials.handed_in import Fault, Kind

_OURS = {b"\xff\xd8\xff": Kind.JPEG, b"\x89PNG\r\n\x1a\n": Kind.PNG, b"%PDF-": Kind.PDF}
_OTHERS = (
    (b"GIF87a", Fault.GIF), (b"GIF89a", Fault.GIF), (b"BM", Fault.BMP),
    (b"II*\x00", Fault.TIFF), (b"MM\x00*", Fault.TIFF), (b"II+\x00", Fault.TIFF),
    (b"MM\x00+", Fault.TIFF),
    (b"PK\x03\x04", Fault.OFFICE), (b"\xd0\xcf\x11\xe0", Fault.OFFICE), (b"{\\rtf", Fault.OFFICE),
    (b"Rar!", Fault.OFFICE), (b"7z\xbc\xaf", Fault.OFFICE), (b"\x1f\x8b", Fault.OFFICE),
)  # fmt: skip
_HEIF = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"heif"})
_AVIF = frozenset({b"avif", b"avis"})
_BRANDS_AT_MOST = 32
_PDF_HEADER_WITHIN = 1024  # bytes in which a PDF reader looks for %PDF- (ISO 32000-1 annex H)
_ZIP_ENDS_WITHIN = 66_000  # its directory stands within a comment's length of the end
_SECOND_FILE = re.compile(
    rb"%PDF-|<(?:!doctype|html|script|svg|\?php)|MZ.{58}.{0,4}PE\x00|#!/", re.IGNORECASE
)
_PADDING_AT_MOST = 4096


def kind_of(data: bytes) -> Kind | Fault:
    """The kind of a file that is taken, or why this kind is not."""
    if not data:
        return Fault.EMPTY
    for magic, kind in _OURS.items():
        if data.startswith(magic):
            return kind
    if data[4:8] == b"ftyp":
        return _media_file(data)
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return Fault.WEBP
    for magic, fault in _OTHERS:
        if data.startswith(magic):
            return fault
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return Fault.SVG if head.startswith((b"<svg", b"<?xml")) and b"<svg" in head else Fault.UNKNOWN


def _media_file(data: bytes) -> Fault:
    """A file of ISO 14496-12 boxes: its brands say whether it is a picture, and of which kind."""
    size = min(int.from_bytes(data[:4], "big"), 16 + 4 * _BRANDS_AT_MOST)
    brands = {data[at : at + 4] for at in (8, *range(16, size, 4))}
    if brands & _AVIF:
        return Fault.AVIF
    return Fault.HEIC if brands & _HEIF else Fault.UNKNOWN


def is_two_in_one(data: bytes, kind: Kind, end: int) -> bool:
    """Whether it is a file of another kind as well; `end` is where our kind ends.

    Other readers find a PDF by a mark near the beginning and a ZIP by one near the end.
    """
    if kind is not Kind.PDF and b"%PDF-" in data[:_PDF_HEADER_WITHIN]:
        return True
    if b"PK\x05\x06" in data[max(end, len(data) - _ZIP_ENDS_WITHIN) :]:
        return True
    return kind is Kind.PDF and data.count(b"PK\x05\x06", max(0, len(data) - _ZIP_ENDS_WITHIN)) > 0


def tail_fault(tail: bytes, *, more_pictures: bool = False) -> Fault | None:
    """What is wrong with the bytes behind the end of a picture; None for what telephones add.

    Telephones append further pictures (CIPA DC-007), a short film (ISO 14496-12) or their own
    notes (SEFT). All of it is left behind when the picture is written anew.
    """
    if not tail.strip(b"\x00\xff \t\r\n") and len(tail) <= _PADDING_AT_MOST:
        return None
    if _SECOND_FILE.match(tail[:1024].lstrip(b"\x00 \t\r\n")):
        return Fault.POLYGLOT
    telephone = (
        (more_pictures and tail.lstrip(b"\x00").startswith(b"\xff\xd8\xff"))
        or tail[4:8] == b"ftyp"
        or tail.endswith(b"SEFT")
    )
    return None if telephone else Fault.TRAILING
