"""Attacks on the file, and what happens to files without any: cut, saved anew, printed, scanned."""

import io
import warnings
import zipfile

import pikepdf
import pypdfium2
from PIL import Image

from tests.conformance.document.attacks.incremental import stream
from tests.conformance.document.attacks.registry import CHANGED, NOT_OURS, NOT_VERIFIABLE, attack
from tests.unit.verifiers.scanning.hostile_files import pdf as pdf_of
from verifiers.scanning.account import ChangeKind as Kind
from verifiers.scanning.account import Obstacle
from verifiers.scanning.verdict import Verdict


def resaved(pdf: bytes, **options) -> bytes:
    """Written anew by a program that knows nothing of signatures."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        opened.save(out, **options)
    return out.getvalue()


def drawn(pdf: bytes, dpi: int = 150) -> Image.Image:
    """The first page as a printer would print it."""
    document = pypdfium2.PdfDocument(pdf)
    document.init_forms()
    picture = document[0].render(scale=dpi / 72, may_draw_forms=True).to_pil().convert("RGB")
    document.close()
    return picture


def in_pdf(picture: Image.Image) -> bytes:
    """A PDF of nothing but one picture, as a scanner writes it."""
    out = io.BytesIO()
    picture.save(out, "PDF", resolution=150)
    return out.getvalue()


@attack("a line feed behind the end", CHANGED, Kind.BYTES_BEHIND)
def line_feed(pdf):
    return pdf + b"\n"


@attack("zeros behind the end, as a disk fills a block", CHANGED, Kind.BYTES_BEHIND)
def zeros(pdf):
    return pdf + bytes(-len(pdf) % 4096)


@attack("an archive behind the end", CHANGED, Kind.BYTES_BEHIND)
def archive(pdf):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("run.bat", "echo")
    return pdf + out.getvalue()


@attack("garbage behind the end", CHANGED, Kind.BYTES_BEHIND)
def garbage(pdf):
    return pdf + b"garbage\n" * 500


@attack("a second document behind the end", CHANGED)
def second_document(pdf):
    return pdf + pdf_of([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[]/Count 0>>"])


@attack("the document twice", CHANGED)
def twice(pdf):
    return pdf + pdf


@attack("a line in front of the document", CHANGED, Kind.BYTES_BEFORE)
def line_in_front(pdf):
    return b"\r\n" + pdf


@attack("a page of a mail server in front", CHANGED, Kind.BYTES_BEFORE)
def words_in_front(pdf):
    return b"Content-Type: application/pdf\r\n\r\n" + pdf


@attack("a web page in front (polyglot)", CHANGED, Kind.BYTES_BEFORE)
def polyglot(pdf):
    return b"<html><script>alert(1)</script><!--\n" + pdf


@attack("a web page in front and behind (polyglot)", CHANGED, Kind.BYTES_BEFORE, Kind.BYTES_BEHIND)
def polyglot_around(pdf):
    return b"<html><!--\n" + pdf + b"--></html>"


@attack("one byte of a picture changed", CHANGED, Kind.SIGNED_BYTES_DIFFER)
def one_byte(pdf):
    at = pdf.index(b"\xff\xd8\xff") + 5000
    return pdf[:at] + bytes([pdf[at] ^ 0x55]) + pdf[at + 1 :]


@attack("another date in place, of the same length", CHANGED, Kind.SIGNED_BYTES_DIFFER)
def in_place(pdf):
    return pdf.replace(b"/ModDate(D:2026", b"/ModDate(D:2036")


@attack("another header line", CHANGED, Kind.SIGNED_BYTES_DIFFER)
def other_header(pdf):
    return pdf.replace(b"%PDF-1.7", b"%PDF-2.0", 1)


@attack("bytes put in the middle", CHANGED, Kind.SIGNED_BYTES_DIFFER)
def put_in(pdf):
    at = pdf.index(b"\n8 0 obj")
    return pdf[:at] + b"\n% a remark" + pdf[at:]


@attack("cut in half", NOT_VERIFIABLE, obstacle=Obstacle.CUT_SHORT)
def halved(pdf):
    return pdf[: len(pdf) // 2]


@attack("the last bytes cut", NOT_VERIFIABLE, obstacle=Obstacle.CUT_SHORT)
def cut(pdf):
    return pdf[:-40]


@attack("saved anew", NOT_VERIFIABLE, obstacle=Obstacle.RESAVED)
def saved(pdf):
    return resaved(pdf)


@attack("linearised", NOT_VERIFIABLE, obstacle=Obstacle.RESAVED)
def linearised(pdf):
    return resaved(pdf, linearize=True)


@attack("saved anew with object streams", NOT_VERIFIABLE, obstacle=Obstacle.RESAVED)
def with_object_streams(pdf):
    return resaved(pdf, object_stream_mode=pikepdf.ObjectStreamMode.generate)


@attack("saved anew, in clear", NOT_VERIFIABLE, obstacle=Obstacle.RESAVED)
def in_clear(pdf):
    return resaved(pdf, qdf=True)


@attack("changed and saved anew", NOT_VERIFIABLE, obstacle=Obstacle.RESAVED)
def changed_and_saved(pdf):
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        opened.docinfo["/Title"] = "another"
        opened.save(out)
    return out.getvalue()


@attack("its page put into another document", NOT_VERIFIABLE, obstacle=Obstacle.RESAVED)
def merged(pdf):
    out, fresh = io.BytesIO(), pikepdf.new()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        fresh.add_blank_page()
        with warnings.catch_warnings(action="ignore"):  # that the seal's form stays behind
            fresh.pages.extend(opened.pages)
            fresh.save(out)
    return out.getvalue()


@attack("printed to a file by a browser", NOT_VERIFIABLE, obstacle=Obstacle.RESAVED)
def printed_to_file(pdf):
    document = pypdfium2.PdfDocument(pdf)
    fresh = pypdfium2.PdfDocument.new()
    fresh.import_pages(document)
    out = io.BytesIO()
    fresh.save(out)
    return out.getvalue()


@attack("encrypted without a password", NOT_VERIFIABLE, obstacle=Obstacle.ENCRYPTED)
def encrypted(pdf):
    return resaved(pdf, encryption=pikepdf.Encryption(owner="owner", user=""))


@attack("encrypted with a password", NOT_VERIFIABLE, obstacle=Obstacle.ENCRYPTED)
def locked(pdf):
    return resaved(pdf, encryption=pikepdf.Encryption(owner="owner", user="user"))


@attack("printed and scanned", NOT_VERIFIABLE, obstacle=Obstacle.SCANNED)
def scanned(pdf):
    return in_pdf(drawn(pdf))


@attack("printed and scanned, tilted and grey", NOT_VERIFIABLE, obstacle=Obstacle.SCANNED)
def tilted(pdf):
    return in_pdf(drawn(pdf).convert("L").rotate(3.5, expand=True, fillcolor=235))


@attack("scanned so badly that the code cannot be read", NOT_VERIFIABLE, obstacle=Obstacle.SCANNED)
def unreadable_scan(pdf):
    return in_pdf(drawn(pdf, 30))


@attack(
    "photographed", NOT_VERIFIABLE, obstacle=Obstacle.PICTURE, verdict=Verdict.VALID
)  # the verdict is that of the code on it
def photographed(pdf):
    out = io.BytesIO()
    tilted = drawn(pdf, 200).rotate(2, expand=True, fillcolor="#888888")
    tilted.save(out, "JPEG", quality=80)
    return out.getvalue()


@attack("photographed without its code", NOT_VERIFIABLE, obstacle=Obstacle.PICTURE)
def half_photographed(pdf):
    out = io.BytesIO()
    page = drawn(pdf)
    page.crop((0, 0, page.width, page.height // 3)).save(out, "PNG")
    return out.getvalue()


@attack("another document, unsigned", NOT_OURS)
def another(_pdf):
    pages = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        (
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
            b"/Resources<</Font<</F 5 0 R>>>>>>"
        ),
        stream(b"BT /F 20 Tf 50 700 Td (Invoice of somebody else) Tj ET"),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    return pdf_of(pages)


@attack("a blank page", NOT_OURS)
def blank(_pdf):
    fresh, out = pikepdf.new(), io.BytesIO()
    fresh.add_blank_page()
    fresh.save(out)
    return out.getvalue()
