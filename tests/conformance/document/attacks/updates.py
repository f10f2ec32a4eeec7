"""Attacks that leave what was signed as it is and append: pages, content, notes, forms."""

import io

from PIL import Image

from tests.conformance.document.attacks.incremental import (
    CATALOGUE,
    FONTS,
    PAGE,
    PAGES,
    SEAL,
    body_of,
    catalogue,
    grown,
    page,
    size_of,
    stream,
    with_member,
)
from tests.conformance.document.attacks.registry import CHANGED, attack
from verifiers.scanning.account import ChangeKind as Kind

FORGED = b"q 1 1 1 rg 100 600 300 60 re f Q BT /Helv 20 Tf 110 620 Td (ZHANG SAN) Tj ET"
_HELVETICA = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"


def noted(pdf: bytes, note: bytes, **more: bytes) -> bytes:
    """The page with one annotation more."""
    free = size_of(pdf)
    objects = {PAGE: page(pdf, b"/Annots[", b"/Annots[%d 0 R " % free), free: note}
    for place, body in enumerate(more.values(), 1):
        objects[free + place] = body
    return grown(pdf, objects)


@attack("nothing but a new cross-reference", CHANGED, Kind.BYTES_BEHIND)
def empty_update(pdf):
    return grown(pdf, {})


@attack("an object that nothing refers to", CHANGED, Kind.HIDDEN_OBJECTS)
def unreached(pdf):
    return grown(pdf, {size_of(pdf): b"(a note for later)"})


@attack("text drawn over the page", CHANGED, Kind.PAGE_CONTENT, Kind.PAGE_FONTS, Kind.TEXT_ADDED)
def drawn_over(pdf):
    free = size_of(pdf)
    body = page(
        pdf, b"/Contents[7 0 R 14 0 R 8 0 R]", b"/Contents[7 0 R 14 0 R 8 0 R %d 0 R]" % free
    )
    fonts = body_of(pdf, FONTS)[:-2] + b"/Helv " + _HELVETICA + b">>"
    return grown(pdf, {PAGE: body, FONTS: fonts, free: stream(FORGED)})


@attack("a shadow document: the page's content replaced", CHANGED, Kind.PAGE_CONTENT)
def replaced_content(pdf):
    return grown(pdf, {14: stream(b"0 0 m 100 100 l S")})


@attack("a shadow document: another page in its place", CHANGED, Kind.PAGE_ADDED, Kind.PAGE_REMOVED)
def replaced_page(pdf):
    free = size_of(pdf)
    other = body_of(pdf, PAGE).replace(b"14 0 R", b"%d 0 R" % (free + 1), 1)
    tree = b"<</Type/Pages/Kids[%d 0 R]/Count 1>>" % free
    return grown(pdf, {PAGES: tree, free: other, free + 1: stream(FORGED)})


@attack("a shadow document: a whole other catalogue", CHANGED, Kind.PAGE_REMOVED)
def replaced_catalogue(pdf):
    free = size_of(pdf)
    objects = {
        free: b"<</Type/Catalog/Pages %d 0 R>>" % (free + 1),
        free + 1: b"<</Type/Pages/Kids[%d 0 R]/Count 1>>" % (free + 2),
        free + 2: b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 595 842]/Contents %d 0 R>>"
        % (free + 1, free + 3),
        free + 3: stream(b"1 0 0 rg 100 100 300 300 re f"),
    }
    return grown(pdf, objects, members=b"/Root %d 0 R/Info 12 0 R" % free)


@attack("a shadow document: hidden by a white picture", CHANGED, Kind.PAGE_CONTENT)
def covered(pdf):
    free = size_of(pdf)
    body = page(pdf, b"14 0 R 8 0 R]", b"14 0 R 8 0 R %d 0 R]" % free)
    resources = body.replace(b"/Photo 18 0 R", b"/Photo 18 0 R/Cover %d 0 R" % (free + 1), 1)
    cover = stream(
        b"\xff",
        b"/Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8",
    )
    draw = stream(b"q 300 0 0 60 100 600 cm /Cover Do Q")
    return grown(pdf, {PAGE: resources, free: draw, free + 1: cover})


@attack("the portrait swapped", CHANGED, Kind.PAGE_PICTURES)
def swapped_portrait(pdf):
    out = io.BytesIO()
    Image.new("RGB", (358, 441), "#336699").save(out, "JPEG")
    members = (
        b"/Type/XObject/Subtype/Image/Width 358/Height 441/ColorSpace/DeviceRGB"
        b"/BitsPerComponent 8/Filter/DCTDecode"
    )
    return grown(pdf, {18: stream(out.getvalue(), members)})


@attack("the code swapped", CHANGED, Kind.PAGE_PICTURES)
def swapped_code(pdf):
    other = body_of(pdf, 20)
    return grown(pdf, {19: other})


@attack("a page added", CHANGED, Kind.PAGE_ADDED)
def added_page(pdf):
    free = size_of(pdf)
    tree = b"<</Type/Pages/Kids[3 0 R %d 0 R]/Count 2>>" % free
    more = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595.28 841.89]/Contents %d 0 R>>" % (free + 1)
    return grown(pdf, {PAGES: tree, free: more, free + 1: stream(FORGED)})


@attack("a page put in front", CHANGED, Kind.PAGE_ADDED)
def page_in_front(pdf):
    free = size_of(pdf)
    tree = b"<</Type/Pages/Kids[%d 0 R 3 0 R]/Count 2>>" % free
    more = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595.28 841.89]>>"
    return grown(pdf, {PAGES: tree, free: more})


@attack("the page taken away", CHANGED, Kind.PAGE_REMOVED)
def no_page(pdf):
    return grown(pdf, {PAGES: b"<</Type/Pages/Kids[]/Count 0>>"})


@attack("the same page twice", CHANGED)
def page_twice(pdf):
    return grown(pdf, {PAGES: b"<</Type/Pages/Kids[3 0 R 3 0 R]/Count 2>>"})


@attack("cropped, so that a part is hidden", CHANGED, Kind.PAGE_BOX)
def cropped(pdf):
    return grown(pdf, {PAGE: with_member(pdf, PAGE, b"/CropBox[0 400 595 842]")})


@attack("turned upside down", CHANGED, Kind.PAGE_BOX)
def turned(pdf):
    return grown(pdf, {PAGE: with_member(pdf, PAGE, b"/Rotate 180")})


@attack("a larger sheet", CHANGED, Kind.PAGE_BOX)
def larger(pdf):
    wide = page(pdf, b"/MediaBox[0 0 595.28 841.89]", b"/MediaBox[-300 0 595.28 841.89]")
    return grown(pdf, {PAGE: wide})


@attack("the size said by the node above", CHANGED, Kind.PAGE_BOX)
def inherited_box(pdf):
    tree = b"<</Type/Pages/Kids[3 0 R]/Count 1/Rotate 90/CropBox[0 0 300 300]>>"
    return grown(pdf, {PAGES: tree})


@attack("a note in free text", CHANGED, Kind.ANNOTATION_ADDED)
def free_text(pdf):
    return noted(
        pdf,
        b"<</Type/Annot/Subtype/FreeText/F 4/Rect[100 600 400 660]/DA(/Helv 20 Tf 0 g)"
        b"/Contents(ZHANG SAN)>>",
    )


@attack("a rubber stamp with a picture of its own", CHANGED, Kind.ANNOTATION_ADDED)
def stamped(pdf):
    look = stream(b"1 1 1 rg 0 0 300 60 re f", b"/Type/XObject/Subtype/Form/BBox[0 0 300 60]")
    free = size_of(pdf) + 1
    note = b"<</Type/Annot/Subtype/Stamp/F 4/Rect[100 600 400 660]/AP<</N %d 0 R>>>>" % free
    return noted(pdf, note, look=look)


@attack("a widget that covers the name", CHANGED, Kind.ANNOTATION_ADDED)
def covering_widget(pdf):
    look = stream(b"1 1 1 rg 0 0 300 60 re f", b"/Type/XObject/Subtype/Form/BBox[0 0 300 60]")
    free = size_of(pdf) + 1
    note = b"<</Type/Annot/Subtype/Widget/FT/Tx/T(x)/F 4/Rect[100 600 400 660]/AP<</N %d 0 R>>>>"
    return noted(pdf, note % free, look=look)


@attack("a link over the code", CHANGED, Kind.ANNOTATION_ADDED)
def linked(pdf):
    return noted(
        pdf, b"<</Type/Annot/Subtype/Link/Rect[0 0 200 200]/A<</S/URI/URI(https://evil.example)>>>>"
    )


@attack("a file behind a paper clip", CHANGED, Kind.ANNOTATION_ADDED)
def clipped(pdf):
    return noted(pdf, b"<</Type/Annot/Subtype/FileAttachment/Rect[9 9 30 30]/FS(x.txt)>>")


@attack("the seal drawn otherwise", CHANGED, Kind.ANNOTATION_CHANGED)
def other_seal(pdf):
    return grown(
        pdf,
        {11: stream(b"1 0 0 rg 0 0 100 100 re f", b"/Type/XObject/Subtype/Form/BBox[0 0 100 100]")},
    )


@attack("the seal moved", CHANGED, Kind.SEAL_CHANGED, Kind.ANNOTATION_CHANGED)
def moved_seal(pdf):
    body = body_of(pdf, SEAL).replace(b"/Rect[", b"/Rect[0 0 50 50]/Was[", 1)
    return grown(pdf, {SEAL: body})


@attack("all notes taken away, the seal too", CHANGED, Kind.ANNOTATION_REMOVED)
def no_notes(pdf):
    return grown(pdf, {PAGE: page(pdf, b"/Annots[", b"/Annots[]/Was[")})


@attack("the signature taken out of its field", CHANGED, Kind.SEAL_CHANGED)
def no_signature(pdf):
    return grown(pdf, {SEAL: body_of(pdf, SEAL).replace(b"/V 17 0 R", b"", 1)})


@attack("a form put over the page", CHANGED, Kind.FORM_CHANGED, Kind.ANNOTATION_ADDED)
def form_over(pdf):
    free = size_of(pdf)
    field = (
        b"<</Type/Annot/Subtype/Widget/FT/Tx/T(name)/V(ZHANG SAN)/F 4/Rect[100 600 400 660]"
        b"/DA(/Helv 20 Tf 0 g)/P 3 0 R>>"
    )
    body = catalogue(pdf, b"/Fields[4 0 R]", b"/Fields[4 0 R %d 0 R]/NeedAppearances true" % free)
    return grown(
        pdf, {CATALOGUE: body, PAGE: page(pdf, b"/Annots[", b"/Annots[%d 0 R " % free), free: field}
    )


@attack("an XFA form", CHANGED, Kind.FORM_CHANGED)
def xfa(pdf):
    free = size_of(pdf)
    body = catalogue(pdf, b"/Fields[4 0 R]", b"/Fields[4 0 R]/XFA %d 0 R" % free)
    return grown(
        pdf, {CATALOGUE: body, free: stream(b"<xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'/>")}
    )
