"""Files as people hand them in, and documents with one thing in them that must not be there."""

import io
from collections.abc import Callable
from functools import cache

import pikepdf
from PIL import Image

from tests.unit.verifiers.materials.paper_pictures import property_certificate

D, N, A, S = pikepdf.Dictionary, pikepdf.Name, pikepdf.Array, pikepdf.String


# -- good files ----------------------------------------------------------------------------


@cache
def sheet(size: tuple[int, int] = (1240, 1754)) -> Image.Image:
    page = property_certificate()
    return page if page.size == size else page.resize(size)


def jpeg(picture: Image.Image | None = None, **options: object) -> bytes:
    out = io.BytesIO()
    (picture or sheet()).save(out, "JPEG", **{"quality": 80, **options})
    return out.getvalue()


def png(picture: Image.Image | None = None, **options: object) -> bytes:
    out = io.BytesIO()
    (picture or sheet((1000, 1414))).save(out, "PNG", compress_level=1, **options)
    return out.getvalue()


def pdf(pages: int = 1, size: tuple[float, float] = (595, 842)) -> pikepdf.Pdf:
    """Pages with text and a picture, made here."""
    document = pikepdf.new()
    for number in range(pages):
        page = document.add_blank_page()
        page.obj.MediaBox = A([0, 0, *size])
        picture = pikepdf.Stream(document, jpeg(sheet((620, 877))))
        picture.Type, picture.Subtype = N.XObject, N.Image
        picture.Width, picture.Height, picture.BitsPerComponent = 620, 877, 8
        picture.ColorSpace, picture.Filter = N.DeviceRGB, N.DCTDecode
        text = document.make_indirect(D(Type=N.Font, Subtype=N.Type1, BaseFont=N.Helvetica))
        page.obj.Resources = D(XObject=D(P=document.make_indirect(picture)), Font=D(F=text))
        drawn = f"q {size[0]} 0 0 {size[1]} 0 0 cm /P Do Q BT /F 12 Tf 40 40 Td ({number}) Tj ET"
        page.obj.Contents = document.make_stream(drawn.encode())
    return document


def saved(document: pikepdf.Pdf, **options: object) -> bytes:
    out = io.BytesIO()
    document.save(out, **options)
    return out.getvalue()


# -- documents -----------------------------------------------------------------------------


def changed(change: Callable[[pikepdf.Pdf], None], pages: int = 1) -> bytes:
    document = pdf(pages)
    change(document)
    return saved(document)


def annotated(document: pikepdf.Pdf, **members: object) -> pikepdf.Dictionary:
    note = D(Type=N.Annot, Rect=A([10, 10, 60, 60]), **members)
    held = document.make_indirect(note)
    page = document.pages[0].obj
    page.Annots = A([*page.get("/Annots", A()), held])
    return held


def acting(action: pikepdf.Dictionary) -> bytes:
    return changed(lambda d: annotated(d, Subtype=N.Link, A=action))


def form(document: pikepdf.Pdf, kind: str, **members: object) -> None:
    field = annotated(document, Subtype=N.Widget, FT=N(kind), T=S("field"), **members)
    document.Root.AcroForm = D(Fields=A([field]))


def attached(document: pikepdf.Pdf) -> None:
    document.attachments["invoice.xml"] = b"<invoice/>"


def nested(document: pikepdf.Pdf) -> None:
    thing = D(End=1)
    for _ in range(90):
        thing = D(In=thing)
    document.Root.PieceInfo = thing


def crowded(document: pikepdf.Pdf) -> None:
    document.Root.Crowd = document.make_indirect(
        A([document.make_indirect(D(N=n)) for n in range(21_000)])
    )


def external_stream(document: pikepdf.Pdf) -> None:
    image = document.pages[0].obj.Resources.XObject.P
    image["/F"] = S("http://example.org/picture.jpg")


def reference_xobject(document: pikepdf.Pdf) -> None:
    held = document.make_stream(b"")
    held.Type, held.Subtype, held.BBox = N.XObject, N.Form, A([0, 0, 9, 9])
    held.Ref = D(F=S("other.pdf"), Page=0)
    document.pages[0].obj.Resources.XObject.R = held


def hidden_script(document: pikepdf.Pdf) -> None:
    """A script in an object that nothing refers to but a private member."""
    document.Root.Private = document.make_indirect(
        D(Deep=A([D(S=N.JavaScript, JS=S("app.alert(1)"))]))
    )


def huge_image(document: pikepdf.Pdf) -> None:
    image = document.pages[0].obj.Resources.XObject.P
    image.Width, image.Height = 60_000, 60_000


def encrypted(**passwords: str) -> bytes:
    return saved(pdf(), encryption=pikepdf.Encryption(**passwords))


def without_pages(document: pikepdf.Pdf) -> None:
    del document.pages[0]


def _on_opening(action: pikepdf.Dictionary) -> bytes:
    def change(document: pikepdf.Pdf) -> None:
        document.Root.OpenAction = action

    return changed(change)


def _set(**members: object) -> Callable[[pikepdf.Pdf], None]:
    def change(document: pikepdf.Pdf) -> None:
        for name, value in members.items():
            document.Root[f"/{name}"] = value

    return change


JS = D(S=N.JavaScript, JS=S("app.alert('hello')"))
