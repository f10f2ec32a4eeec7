"""Files that nobody should take, each made to be refused for one reason of its own."""

import io
import struct
import zlib
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from tests.unit.verifiers.materials.handed_in_files import (
    JS,
    A,
    D,
    N,
    S,
    _on_opening,
    _set,
    acting,
    annotated,
    attached,
    changed,
    crowded,
    encrypted,
    external_stream,
    form,
    hidden_script,
    huge_image,
    jpeg,
    nested,
    pdf,
    png,
    reference_xobject,
    saved,
    sheet,
    without_pages,
)
from tests.unit.verifiers.materials.paper_pictures import font

INK = (40, 38, 42)


# -- pictures ------------------------------------------------------------------------------


def chunk(name: bytes, content: bytes) -> bytes:
    return (
        struct.pack(">I", len(content))
        + name
        + content
        + struct.pack(">I", zlib.crc32(name + content))
    )


def png_of(width: int, height: int, bits: int = 8, colour: int = 0, data: bytes = b"") -> bytes:
    head = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    parts = (
        chunk(b"IHDR", head),
        chunk(b"IDAT", data or zlib.compress(b"\x00" * 1000)),
        chunk(b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def with_chunk(data: bytes, name: bytes, content: bytes) -> bytes:
    """A PNG with one more chunk behind its head."""
    return data[:33] + chunk(name, content) + data[33:]


def with_segment(data: bytes, marker: int, content: bytes) -> bytes:
    """A JPEG with one more segment in front."""
    return (
        data[:2] + bytes((0xFF, marker)) + struct.pack(">H", len(content) + 2) + content + data[2:]
    )


def claiming(data: bytes, width: int, height: int) -> bytes:
    """A JPEG whose frame says another size."""
    at = data.index(b"\xff\xc0")
    return data[: at + 5] + struct.pack(">HH", height, width) + data[at + 9 :]


def frame_changed(data: bytes, marker: int = 0xC0, bits: int = 8) -> bytes:
    at = data.index(b"\xff\xc0")
    return (
        data[:at] + bytes((0xFF, marker)) + data[at + 2 : at + 4] + bytes((bits,)) + data[at + 5 :]
    )


def many_scans(data: bytes) -> bytes:
    """A progressive JPEG whose last scan comes over and over."""
    last = data.rindex(b"\xff\xda")
    return data[:-2] + data[last:-2] * 40 + data[-2:]


def animated_png() -> bytes:
    out = io.BytesIO()
    frames = [sheet((700, 990)), sheet((700, 990)).rotate(180)]
    frames[0].save(out, "PNG", save_all=True, append_images=frames[1:], compress_level=1)
    return out.getvalue()


def as_format(name: str, **options: object) -> bytes:
    out = io.BytesIO()
    sheet((600, 849)).save(out, name, **options)
    return out.getvalue()


def heic(brand: bytes = b"heic") -> bytes:
    return (
        struct.pack(">I", 24) + b"ftyp" + brand + b"\x00\x00\x00\x00mif1" + brand + b"\x00" * 4000
    )


def zip_end() -> bytes:
    return b"PK\x05\x06" + b"\x00" * 18


def flat(tone: int) -> Image.Image:
    return Image.new("RGB", (1240, 1754), (tone, tone, tone))


def dark() -> Image.Image:
    return Image.eval(sheet(), lambda value: value // 8)


def unreadable() -> Image.Image:
    lines = Image.new("RGB", (1240, 1754), "white")
    draw = ImageDraw.Draw(lines)
    for row in range(24):
        draw.text((100, 80 + row * 66), "示范市海港区长乐路88弄6号1203室" * 2, INK, font(34))
    return lines.filter(ImageFilter.GaussianBlur(11))


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing at all": (lambda: b"", "FILE_EMPTY"),
    "ten megabytes and a byte": (lambda: jpeg() + b"\x00" * 10_000_001, "FILE_TOO_LARGE"),
    "a HEIC called .jpg": (heic, "FILE_HEIC"),
    "a HEIF sequence": (lambda: heic(b"hevc"), "FILE_HEIC"),
    "an AVIF": (lambda: heic(b"avif"), "FILE_AVIF"),
    "a WebP": (lambda: as_format("WEBP"), "FILE_WEBP"),
    "a GIF": (lambda: as_format("GIF"), "FILE_GIF"),
    "a TIFF": (lambda: as_format("TIFF"), "FILE_TIFF"),
    "a BMP": (lambda: as_format("BMP"), "FILE_BMP"),
    "a drawing": (
        lambda: b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>',
        "FILE_SVG",
    ),
    "a text document": (lambda: b"PK\x03\x04" + b"\x00" * 60 + zip_end(), "FILE_OFFICE"),
    "an old text document": (
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
        "FILE_OFFICE",
    ),
    "a page of the web": (lambda: b"<!doctype html><script>alert(1)</script>", "FILE_UNKNOWN"),
    "a film": (lambda: heic(b"isom").replace(b"mif1", b"mp42"), "FILE_UNKNOWN"),
    "a JPEG and a ZIP": (
        lambda: jpeg() + b"PK\x03\x04" + b"\x00" * 40 + zip_end(),
        "FILE_TWO_IN_ONE",
    ),
    "a JPEG and a page of the web": (
        lambda: jpeg() + b"<html><script>x</script>",
        "FILE_TWO_IN_ONE",
    ),
    "a JPEG with a PDF in its comment": (
        lambda: with_segment(jpeg(), 0xFE, b"%PDF-1.4 1 0 obj"),
        "FILE_TWO_IN_ONE",
    ),
    "a PNG with a PDF in its text": (
        lambda: with_chunk(png(), b"tEXt", b"x\x00%PDF-1.4"),
        "FILE_TWO_IN_ONE",
    ),
    "a PDF and a ZIP": (lambda: saved(pdf()) + zip_end(), "FILE_TWO_IN_ONE"),
    "a JPEG with a secret behind it": (lambda: jpeg() + b"carried out" * 1000, "FILE_TRAILING"),
    "a PNG with a secret behind it": (lambda: png() + b"carried out", "FILE_TRAILING"),
    "a PDF with a secret behind it": (
        lambda: saved(pdf()) + b"carried out" * 1000,
        "FILE_TRAILING",
    ),
    "half a JPEG": (lambda: jpeg()[:60_000], "FILE_TRUNCATED"),
    "half a PNG": (lambda: png()[:60_000], "FILE_TRUNCATED"),
    "half a PDF": (lambda: saved(pdf())[:20_000], "FILE_TRUNCATED"),
    "a JPEG of noise": (lambda: b"\xff\xd8\xff" + bytes(range(256)) * 40, "FILE_DAMAGED"),
    "a PNG with a wrong check sum": (
        lambda: png_of(1200, 900)[:-20] + b"\x00" + png_of(1200, 900)[-19:],
        "FILE_DAMAGED",
    ),
    "a PDF without an index": (lambda: b"%PDF-1.7\nnothing here\n%%EOF\n", "FILE_DAMAGED"),
    "a PNG of too few pixels' data": (lambda: png_of(1200, 900), "FILE_DAMAGED"),
    "a PNG bomb": (lambda: png_of(60_000, 60_000), "PICTURE_TOO_LARGE"),
    "a JPEG that claims 65,000 pixels a side": (
        lambda: claiming(jpeg(), 65_000, 65_000),
        "PICTURE_TOO_LARGE",
    ),
    "a strip 30,000 pixels long": (lambda: png_of(30_000, 500), "PICTURE_TOO_LARGE"),
    "a stamp": (lambda: jpeg(sheet((120, 170))), "PICTURE_TOO_SMALL"),
    "an animated PNG": (animated_png, "PICTURE_ANIMATED"),
    "a PNG of 16 bits": (
        lambda: png(
            Image.fromarray(np.asarray(sheet((800, 1131)).convert("L"), dtype=np.uint16) * 257)
        ),
        "PICTURE_16_BIT",
    ),
    "a JPEG of 12 bits": (lambda: frame_changed(jpeg(), 0xC1, 12), "PICTURE_16_BIT"),
    "a JPEG in printing colours": (lambda: jpeg(sheet((700, 990)).convert("CMYK")), "PICTURE_CMYK"),
    "a lossless JPEG": (lambda: frame_changed(jpeg(), 0xC3), "PICTURE_CODING"),
    "an arithmetic JPEG": (lambda: frame_changed(jpeg(), 0xC9), "PICTURE_CODING"),
    "a JPEG of many scans": (
        lambda: many_scans(jpeg(sheet((700, 990)), progressive=True)),
        "PICTURE_SCANS",
    ),
    "a picture in the dark": (lambda: jpeg(dark()), "PICTURE_DARK"),
    "a blank sheet": (lambda: jpeg(flat(240)), "PICTURE_BLANK"),
    "a picture nobody can read": (lambda: jpeg(unreadable()), "PICTURE_UNREADABLE"),
    "a PDF with a password": (lambda: encrypted(user="secret", owner="secret"), "PDF_ENCRYPTED"),
    "a PDF with restrictions": (lambda: encrypted(user="", owner="secret"), "PDF_ENCRYPTED"),
    "a PDF with a script behind a link": (lambda: acting(JS), "PDF_SCRIPT"),
    "a PDF with named scripts": (
        lambda: changed(_set(Names=D(JavaScript=D(Names=A([S("a"), JS]))))),
        "PDF_SCRIPT",
    ),
    "a PDF with a script nothing refers to": (lambda: changed(hidden_script), "PDF_SCRIPT"),
    "a PDF that acts when opened": (
        lambda: _on_opening(D(S=N.URI, URI=S("http://example.org"))),
        "PDF_OPEN_ACTION",
    ),
    "a PDF whose page acts when shown": (
        lambda: changed(lambda d: d.pages[0].obj.__setitem__("/AA", D(O=D(S=N.Named, N=N.Print)))),
        "PDF_TRIGGER",
    ),
    "a PDF that starts a program": (lambda: acting(D(S=N.Launch, F=S("calc.exe"))), "PDF_LAUNCH"),
    "a PDF that sends a form": (
        lambda: acting(D(S=N.SubmitForm, F=S("http://example.org"))),
        "PDF_SENDS",
    ),
    "a PDF that fetches data": (lambda: acting(D(S=N.ImportData, F=S("x.fdf"))), "PDF_SENDS"),
    "a PDF with an attachment": (lambda: changed(attached), "PDF_FILES"),
    "a PDF with a file pinned to it": (
        lambda: changed(
            lambda d: annotated(d, Subtype=N.FileAttachment, FS=D(Type=N.Filespec, F=S("x")))
        ),
        "PDF_FILES",
    ),
    "a portfolio": (lambda: changed(_set(Collection=D(Type=N.Collection))), "PDF_FILES"),
    "an XFA form": (lambda: changed(_set(AcroForm=D(XFA=A([S("x")]), Fields=A()))), "PDF_XFA"),
    "a filled form": (lambda: changed(lambda d: form(d, "/Tx", V=S("filled in"))), "PDF_FORM"),
    "a form to be filled": (lambda: changed(lambda d: form(d, "/Btn")), "PDF_FORM"),
    "a PDF that opens another": (
        lambda: acting(D(S=N.GoToR, F=S("other.pdf"), D=A([0]))),
        "PDF_EXTERNAL",
    ),
    "a PDF whose picture lies elsewhere": (lambda: changed(external_stream), "PDF_EXTERNAL"),
    "a PDF that shows another's page": (lambda: changed(reference_xobject), "PDF_EXTERNAL"),
    "a PDF with a film": (lambda: changed(lambda d: annotated(d, Subtype=N.Screen)), "PDF_MEDIA"),
    "a PDF with rich media": (
        lambda: changed(lambda d: annotated(d, Subtype=N.RichMedia)),
        "PDF_MEDIA",
    ),
    "a PDF with a model": (lambda: changed(lambda d: annotated(d, Subtype=N("/3D"))), "PDF_MEDIA"),
    "a PDF without pages": (lambda: changed(without_pages), "PDF_NO_PAGES"),
    "a book": (lambda: saved(pdf(21)), "PDF_TOO_MANY_PAGES"),
    "a PDF the size of a stamp": (lambda: saved(pdf(size=(20, 20))), "PDF_PAGE_SIZE"),
    "a PDF the size of a field": (lambda: saved(pdf(size=(20_000, 842))), "PDF_PAGE_SIZE"),
    "a PDF with a bomb of a picture": (lambda: changed(huge_image), "PICTURE_TOO_LARGE"),
    "a PDF nested ninety deep": (lambda: changed(nested), "PDF_TOO_COMPLEX"),
    "a PDF of 21,000 objects": (lambda: changed(crowded), "PDF_TOO_COMPLEX"),
}
