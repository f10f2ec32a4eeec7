"""Pictures: judged before they are decoded, turned upright, and written anew without metadata."""

import io
from collections.abc import Iterator

import numpy as np
from PIL import Image, ImageOps
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

from verifiers.materials import handed_in_png as png
from verifiers.materials.handed_in import Cleaned, Fault, Judged, Kind, Page, Refused
from verifiers.materials.handed_in_kind import is_two_in_one, tail_fault
from verifiers.materials.handed_in_legibility import Legibility, judge_legibility, measure
from verifiers.materials.handed_in_profile import Profile, Sight
from verifiers.materials.photo_file import walk as walk_jpeg

_GREY, _COLOUR, _FOUR = 1, 3, 4
_USUAL_BITS = 8
_SCAN_MARKER = b"\xff\xda"
_THUMBNAIL_QUALITY = 70
_LARGE_FILE = 3_000_000  # bytes above which a picture is written once more, with less quality
_LESS_QUALITY = 70


def judge_picture(data: bytes, kind: Kind, profile: Profile) -> Judged:
    """Judge and clean a JPEG or PNG; never raises, whatever the bytes are."""
    walked = _walk_jpeg(data, profile) if kind is Kind.JPEG else _walk_png(data, profile)
    if isinstance(walked, Refused):
        return walked
    try:
        picture, longer_side = _decode(walked, kind, profile)
    except (OSError, ValueError, SyntaxError, ArithmeticError, IndexError, TypeError, KeyError):
        return Refused((Fault.DAMAGED,))  # what Pillow raises for broken files
    page, faults = page_of(picture, longer_side, profile)
    return Refused(faults) if faults else Cleaned(kind, (page,))


def page_of(
    picture: Image.Image, longer_side: int, profile: Profile
) -> tuple[Page, tuple[Fault, ...]]:
    """A page to be looked at, with advice; and what makes it useless."""
    advice, faults = judge_legibility(look(picture, longer_side, profile.sight), profile.sight)
    thumbnail = picture.copy()
    thumbnail.thumbnail((profile.thumbnail_side, profile.thumbnail_side), Image.Resampling.BOX)
    page = Page(
        picture=_as_jpeg(picture, profile.quality),
        thumbnail=_saved(thumbnail, _THUMBNAIL_QUALITY),
        width=picture.width,
        height=picture.height,
        advice=advice,
    )
    return page, faults


def look(picture: Image.Image, longer_side: int, sight: Sight) -> Legibility:
    """Measure a picture in memory."""
    scale = sight.side / max(picture.size)
    if scale < 1:
        size = (max(round(picture.width * scale), 1), max(round(picture.height * scale), 1))
        picture = picture.resize(size, Image.Resampling.BOX)
    return measure(np.asarray(picture, dtype=np.float32), longer_side, sight)


def _walk_jpeg(data: bytes, profile: Profile) -> bytes | Refused:
    """The bytes of the first picture, if they may be decoded."""
    found = walk_jpeg(data)
    end = len(data) - found.trailing_bytes
    faults: list[Fault | None] = []
    if not found.whole:
        return Refused((Fault.TRUNCATED if found.width else Fault.DAMAGED,))
    if is_two_in_one(data, Kind.JPEG, end):
        faults.append(Fault.POLYGLOT)
    else:
        faults.append(tail_fault(data[end:], more_pictures=found.has_more_pictures))
    if not found.usual_coding:
        faults.append(Fault.CODING)
    if found.bits != _USUAL_BITS:
        faults.append(Fault.DEEP)
    if found.components == _FOUR:
        faults.append(Fault.CMYK)
    elif found.components not in {_GREY, _COLOUR}:
        faults.append(Fault.CODING)
    if data.count(_SCAN_MARKER, 0, end) > profile.most_scans:
        faults.append(Fault.SCANS)
    faults += _size_faults(found.width, found.height, profile.most_pixels_jpeg, profile)
    return _refused(faults) or data[:end]


def _walk_png(data: bytes, profile: Profile) -> bytes | Refused:
    """The chunks that the pixels need, if they may be decoded."""
    found = png.walk(data)
    if not found.whole:
        return Refused((Fault.TRUNCATED if found.width else Fault.DAMAGED,))
    faults: list[Fault | None] = [None if found.sound else Fault.DAMAGED]
    if is_two_in_one(data, Kind.PNG, found.end):
        faults.append(Fault.POLYGLOT)
    else:
        faults.append(tail_fault(data[found.end :]))
    if found.animated:
        faults.append(Fault.ANIMATED)
    if found.bits > _USUAL_BITS:
        faults.append(Fault.DEEP)
    faults += _size_faults(found.width, found.height, profile.most_pixels_png, profile)
    return _refused(faults) or found.plain


def _size_faults(width: int, height: int, most: int, profile: Profile) -> Iterator[Fault]:
    if width * height > most or max(width, height) > profile.most_side:
        yield Fault.PIXELS
    elif max(width, height) < profile.sight.coarse[1]:
        yield Fault.SMALL


def _refused(faults: list[Fault | None]) -> Refused | None:
    found = tuple(dict.fromkeys(fault for fault in faults if fault is not None))
    return Refused(found) if found else None


def _decode(data: bytes, kind: Kind, profile: Profile) -> tuple[Image.Image, int]:
    """The picture upright in plain RGB, no larger than we keep; and its longer side at first."""
    # The classes themselves: Image.open would look for further pictures in a JPEG.
    with (JpegImageFile if kind is Kind.JPEG else PngImageFile)(io.BytesIO(data)) as opened:
        most = profile.most_pixels_jpeg if kind is Kind.JPEG else profile.most_pixels_png
        if opened.width * opened.height > most:  # a second frame says so, behind the first
            raise ValueError("the picture is larger than its head said")
        longer_side = max(opened.size)
        opened.draft("RGB", (profile.kept_side, profile.kept_side))  # JPEG alone heeds it
        opened.load()
        turned = ImageOps.exif_transpose(opened) if kind is Kind.JPEG else opened
        if turned.mode in {"RGBA", "LA", "PA", "P"}:
            turned = turned.convert("RGBA")
            paper = Image.new("RGBA", turned.size, "white")
            turned = Image.alpha_composite(paper, turned)
        plain = turned.convert("RGB")
        plain.thumbnail((profile.kept_side, profile.kept_side), Image.Resampling.LANCZOS)
        # Through bare pixels: a comment, a density or a profile would travel along otherwise.
        return Image.frombytes("RGB", plain.size, plain.tobytes()), longer_side


def _as_jpeg(picture: Image.Image, quality: int) -> bytes:
    written = _saved(picture, quality)
    return written if len(written) <= _LARGE_FILE else _saved(picture, _LESS_QUALITY)


def _saved(picture: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()
