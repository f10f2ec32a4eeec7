"""Attacks that append: attachments, metadata, actions, layers, fonts, cross-references."""

from tests.conformance.document.attacks.incremental import (
    CATALOGUE,
    DATA,
    FONTS,
    INFO,
    PAGE,
    PAGES,
    XMP,
    body_of,
    catalogue,
    grown,
    grown_by_stream,
    packed_objects,
    page,
    size_of,
    stream,
    with_member,
)
from tests.conformance.document.attacks.registry import CHANGED, attack
from verifiers.scanning.account import ChangeKind as Kind


@attack("the attachment swapped", CHANGED, Kind.ATTACHMENT_CHANGED)
def swapped_attachment(pdf):
    return grown(pdf, {DATA: stream(b'{"name":"ZHANG SAN"}', b"/Type/EmbeddedFile")})


@attack("an attachment added", CHANGED, Kind.ATTACHMENT_ADDED)
def added_attachment(pdf):
    free = size_of(pdf)
    names = b"[(certificate.json)9 0 R(more.json)%d 0 R]" % free
    body = catalogue(pdf, b"[(certificate.json)9 0 R]", names)
    spec = b"<</Type/Filespec/F(more.json)/UF(more.json)/EF<</F %d 0 R>>>>" % (free + 1)
    return grown(pdf, {CATALOGUE: body, free: spec, free + 1: stream(b"{}", b"/Type/EmbeddedFile")})


@attack("the attachment taken away", CHANGED, Kind.ATTACHMENT_REMOVED)
def no_attachment(pdf):
    return grown(pdf, {CATALOGUE: catalogue(pdf, b"/Names<<", b"/Was<<")})


@attack("the attachment renamed", CHANGED, Kind.ATTACHMENT_ADDED, Kind.ATTACHMENT_REMOVED)
def renamed_attachment(pdf):
    body = catalogue(pdf, b"[(certificate.json)9 0 R]", b"[(other.json)9 0 R]")
    return grown(pdf, {CATALOGUE: body})


@attack("another title", CHANGED, Kind.INFORMATION)
def titled(pdf):
    return grown(pdf, {INFO: b"<</Title(another)>>"})


@attack("no document information", CHANGED, Kind.INFORMATION)
def no_information(pdf):
    return grown(pdf, {}, members=b"/Root 1 0 R")


@attack("other XMP metadata", CHANGED, Kind.METADATA)
def other_metadata(pdf):
    return grown(
        pdf, {XMP: stream(b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>", b"/Type/Metadata/Subtype/XML")}
    )


@attack("an action when it is opened", CHANGED, Kind.ACTION_ADDED)
def open_action(pdf):
    action = b"/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>"
    return grown(pdf, {CATALOGUE: with_member(pdf, CATALOGUE, action)})


@attack("JavaScript by name", CHANGED, Kind.ACTION_ADDED)
def named_script(pdf):
    script = b"/Names<</JavaScript<</Names[(a)<</S/JavaScript/JS(app.alert\\(1\\))>>]>>"
    return grown(pdf, {CATALOGUE: catalogue(pdf, b"/Names<<", script)})


@attack("an action of the page", CHANGED, Kind.ACTION_ADDED)
def page_action(pdf):
    action = b"/AA<</O<</S/JavaScript/JS(app.alert\\(1\\))>>>>"
    return grown(pdf, {PAGE: with_member(pdf, PAGE, action)})


@attack("layers that can be switched", CHANGED, Kind.LAYERS, Kind.PAGE_CONTENT)
def layered(pdf):
    free = size_of(pdf)
    layers = b"/OCProperties<</OCGs[%d 0 R]/D<</Order[%d 0 R]/OFF[%d 0 R]>>>>" % ((free,) * 3)
    body = page(pdf, b"14 0 R 8 0 R]", b"14 0 R 8 0 R %d 0 R]" % (free + 1))
    body = body.replace(b"/XObject<<", b"/Properties<</L %d 0 R>>/XObject<<" % free, 1)
    return grown(
        pdf,
        {
            CATALOGUE: with_member(pdf, CATALOGUE, layers),
            PAGE: body,
            free: b"<</Type/OCG/Name(layer)>>",
            free + 1: stream(b"/OC /L BDC 1 1 1 rg 100 600 300 60 re f EMC"),
        },
    )


@attack("a font whose letters mean others (ToUnicode)", CHANGED, Kind.PAGE_FONTS)
def other_meaning(pdf):
    number = int(body_of(pdf, FONTS).split(b" 0 R")[0].split()[-1])
    unicode = int(body_of(pdf, number).split(b"/ToUnicode ")[1].split()[0])
    return grown(pdf, {unicode: stream(b"/CIDInit /ProcSet findresource begin end")})


@attack("a font whose letters look like others", CHANGED, Kind.PAGE_FONTS)
def other_outlines(pdf):
    entries = body_of(pdf, FONTS).split(b" 0 R")
    first, second = (int(entry.split()[-1]) for entry in entries[:2])
    return grown(pdf, {first: body_of(pdf, second)})


@attack("validation data added later", CHANGED, Kind.VALIDATION_DATA)
def other_store(pdf):
    return grown(pdf, {10: b"<</Type/DSS/Certs[21 0 R]/CRLs[]>>"})


@attack("another language", CHANGED, Kind.CATALOGUE)
def other_language(pdf):
    return grown(pdf, {CATALOGUE: catalogue(pdf, b"/Lang(zh-CN)", b"/Lang(en)")})


@attack("a change by a cross-reference stream behind a table", CHANGED, Kind.PAGE_CONTENT)
def by_stream(pdf):
    return grown_by_stream(pdf, {14: stream(b"0 0 m 100 100 l S")})


@attack("a change inside an object stream", CHANGED, Kind.PAGE_BOX)
def in_object_stream(pdf):
    return packed_objects(pdf, {PAGE: with_member(pdf, PAGE, b"/Rotate 90")})


@attack("a hybrid file: table and stream disagree", CHANGED)
def hybrid(pdf):
    one = grown_by_stream(pdf, {PAGE: with_member(pdf, PAGE, b"/Rotate 90")})
    at = one.rindex(b"\nstartxref\n") + len(b"\nstartxref\n")
    place = int(one[at:].split()[0])
    return grown(pdf + one[len(pdf) :], {}, members=b"/Root 1 0 R/XRefStm %d" % place)


@attack("two updates, the second undoing the first", CHANGED)
def there_and_back(pdf):
    first = grown(pdf, {PAGES: b"<</Type/Pages/Kids[]/Count 0>>"})
    return grown(first, {PAGES: body_of(pdf, PAGES)})
