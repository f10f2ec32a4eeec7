"""Files that strangers made to cost, confuse or crash whoever opens them."""

import io
import re
import zlib
from functools import lru_cache

import pikepdf
from PIL import Image


def pdf(objects, *, trailer: bytes = b"", root: bytes = b"1 0 R") -> bytes:
    """A file with these objects, numbered from 1, and a sound cross-reference table."""
    out, offsets = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    size = len(objects) + 1
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return out + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root %s%s>>\nstartxref\n%d\n"
        b"%%%%EOF\n" % (size, table, size, root, trailer, len(out))
    )


def branching(depth: int) -> bytes:
    """A page tree in which every node has the next one ten times."""
    nodes = [
        b"<</Type/Pages/Count 10/Kids[%s]>>" % (b"%d 0 R " % (number + 1) * 10)
        for number in range(2, 2 + depth)
    ]
    return pdf([b"<</Type/Catalog/Pages 2 0 R>>", *nodes, b"<</Type/Page/MediaBox[0 0 9 9]>>"])


def fields(depth: int) -> bytes:
    """A tree of form fields in which every one has the next one twice."""
    kids = [b"<</T(a)/Kids[%d 0 R %d 0 R]>>" % (n + 1, n + 1) for n in range(2, 2 + depth)]
    return pdf([b"<</Type/Catalog/AcroForm<</Fields[2 0 R]>>>>", *kids, b"<</T(b)/FT/Sig>>"])


def stream_table(body: bytes, filters: bytes = b"/FlateDecode", more: bytes = b"") -> bytes:
    """A file whose cross-references are in a stream of this body."""
    out = b"%PDF-1.7\n1 0 obj\n<</Type/Catalog>>\nendobj\n"
    return out + (
        b"2 0 obj\n<</Type/XRef/Size 3/W[1 2 1]/Root 1 0 R/Filter %s%s/Length %d>>\nstream\n%s"
        b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n"
        % (filters, more, len(body), body, len(out))
    )


def laughing() -> bytes:
    """A page that draws a form that draws a form ten times …: 10¹² rectangles in 3 kB."""
    document = pikepdf.new()
    inner = pikepdf.Stream(document, b"0 0 9 9 re f\n" * 10)
    for _ in range(11):
        inner.Type, inner.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
        inner.BBox = pikepdf.Array([0, 0, 500, 500])
        outer = pikepdf.Stream(document, b"/F Do\n" * 10)
        form = pikepdf.Dictionary(F=document.make_indirect(inner))
        outer.Resources = pikepdf.Dictionary(XObject=form)
        inner = outer
    page = document.add_blank_page(page_size=(595, 842))
    page.Contents = document.make_indirect(pikepdf.Stream(document, b"/F Do\n" * 10))
    page.Resources = inner.Resources
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@lru_cache(maxsize=1)
def large_picture() -> bytes:
    """A picture of 16 megapixels in 20 kB."""
    out = io.BytesIO()
    Image.new("1", (4000, 4000), 1).save(out, "PNG")
    return out.getvalue()


def finders(side: int) -> bytes:
    """A picture tiled with what every QR code has in three corners."""
    tile = Image.new("1", (9, 9), 1)
    for y in range(7):
        for x in range(7):
            if x in {0, 6} or y in {0, 6} or (2 <= x <= 4 and 2 <= y <= 4):
                tile.putpixel((x, y), 0)
    whole = Image.new("1", (side, side), 1)
    for y in range(0, side, 9):
        for x in range(0, side, 9):
            whole.paste(tile, (x, y))
    out = io.BytesIO()
    whole.save(out, "PNG")
    return out.getvalue()


def many_scans(number: int) -> bytes:
    """A progressive JPEG whose last scan comes so many times."""
    out = io.BytesIO()
    Image.new("L", (640, 640), 128).save(out, "JPEG", progressive=True, quality=10)
    data = out.getvalue()
    scans = [found.start() for found in re.finditer(b"\xff\xda", data)]
    last = data[scans[-1] : -2]
    return data[:-2] + last * (number - len(scans)) + data[-2:]


_SIGNATURE = b"<</Type/Catalog/AcroForm<</Fields[<</FT/Sig/T(s)/V %s>>]>>>>"
_BOMB = zlib.compress(bytes(60 << 20), 9)
HOSTILE = {
    "branching page tree": branching(30),
    "branching fields": fields(30),
    "fields that hold themselves": pdf(
        [b"<</Type/Catalog/AcroForm<</Fields[2 0 R]>>>>", b"<</T(a)/Kids[2 0 R]>>"]
    ),
    "deep arrays": pdf([b"<</Type/Catalog/X " + b"[" * 20000 + b"]" * 20000 + b">>"]),
    "deep trailer": pdf(
        [b"<</Type/Catalog>>"], trailer=b"/X " + b"<</A " * 5000 + b"1" + b">>" * 5000
    ),
    "cross-references of 60 MB": stream_table(_BOMB),
    "cross-references of 60 MB, twice packed": stream_table(
        zlib.compress(_BOMB, 9), b"[/FlateDecode/FlateDecode]"
    ),
    "cross-references that are not packed": stream_table(b"garbage"),
    "an unknown filter": stream_table(b"x", b"/Foo"),
    "an enormous predictor": stream_table(
        zlib.compress(b"abc"), more=b"/DecodeParms<</Predictor 12/Columns 99999999>>"
    ),
    "a root that is a number": pdf([b"5"]),
    "a root that is not there": pdf([b"<<>>"], root=b"99 0 R"),
    "a start far behind the end": b"%PDF-1.7\nstartxref\n99999999999999999999999\n%%EOF",
    "a start before the beginning": b"%PDF-1.7\nstartxref\n-5\n%%EOF",
    "too many objects": b"%PDF-1.7\nxref\n0 999999999\n0000000000 65535 f \ntrailer\n"
    b"<</Size 1/Root 1 0 R>>\nstartxref\n9\n%%EOF",
    "a string without end": b"%PDF-1.7" + b"(" * (4 << 20),
    "encryption nobody knows": pdf([b"<</Type/Catalog>>"], trailer=b"/Encrypt<</Filter/Foo>>"),
    "a signature that is a number": pdf([_SIGNATURE % b"5"]),
    "a byte range of names": pdf([_SIGNATURE % b"<</Contents<3000>/ByteRange[/a/b/c/d]>>"]),
    "a byte range of fractions": pdf([_SIGNATURE % b"<</Contents<3000>/ByteRange[0 1.5 2 3]>>"]),
    "a byte range beyond all numbers": pdf(
        [_SIGNATURE % (b"<</Contents<3000>/ByteRange[0 %s 2 3]>>" % (b"9" * 5000))]
    ),
    "a million byte ranges": b"%PDF-1.7\n" + b"/ByteRange[0 1 2 3]" * 100_000 + b"%%EOF",
    "a byte range and nothing but space": b"%PDF-1.7\n/ByteRange[" + b" " * (2 << 20) + b"%%EOF",
    "forms within forms": laughing(),
    "finder patterns": finders(1800),
    "a JPEG of a hundred scans": many_scans(100),
    "a JPEG of junk": b"\xff\xd8\xff\xe1\x00\x10Exif\0\0" + b"A" * 100,
    "a PNG of nothing": b"\x89PNG\r\n\x1a\n",
    "sixteen megapixels": large_picture(),
}
