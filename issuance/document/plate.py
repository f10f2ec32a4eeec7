"""The plate: the part of the file that is the same for every voucher of one issuer.

It stands at the beginning of the file, so that it is written, numbered and hashed once.
"""

import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from issuance.document import voucher_page
from issuance.document.colour import srgb_profile
from issuance.document.composer import Cast, Composer, Setting
from issuance.document.content import VoucherContent
from issuance.document.fontset import FontSet, Weight
from issuance.document.layout import Layout
from issuance.document.pdf_objects import HEADER, indirect, numbers, stream
from issuance.document.seal_drawing import seal_form
from issuance.document.subset import OBJECTS_PER_FONT, embed

_BEST = 9  # zlib's level: a plate is compressed once


class Number(IntEnum):
    """Object numbers. Up to SEAL the plate's, then the person's; fonts and DSS follow."""

    CATALOG = 1
    PAGES = 2
    PAGE = 3
    WIDGET = 4
    PROFILE = 5
    INTENT = 6
    HEADING = 7
    CLOSING = 8
    FILESPEC = 9
    DSS = 10
    SEAL = 11
    INFO = 12
    METADATA = 13
    PERSON = 14
    PHOTO = 15
    CODE = 16
    URL_CODE = 17
    ATTACHMENT = 18
    FONTS = 19
    SIGNATURE = 20
    FIRST_FREE = 21


@dataclass(frozen=True, slots=True)
class Plate:
    """The beginning of the file, ready to be continued.

    `standing` are the characters its fonts hold, `fonts` their resource entries; `next_number`
    is the first object number that is free for a person's own fonts.
    """

    prefix: bytes
    offsets: Mapping[int, int]
    standing: Mapping[tuple[str, Weight], Cast]
    fonts: bytes
    next_number: int
    digest: "hashlib._Hash"  # over the prefix, to be copied and continued
    remembered: dict[tuple[str, Weight], Setting] = field(default_factory=dict)


def cut_plate(
    layout: Layout, fonts: FontSet, chain: tuple[bytes, ...], content: VoucherContent
) -> Plate:
    """Make the plate for the issuer, seal and specimen mark of this content."""
    composer = Composer(fonts, b"S")
    objects = _named_objects(layout, composer, content)
    free = int(Number.FIRST_FREE)
    for certificate in chain:
        objects[free] = _compressed(b"", certificate)
        free += 1
    references = b" ".join(b"%d 0 R" % at for at in range(Number.FIRST_FREE, free))
    objects[Number.DSS] = b"<</Type/DSS/Certs[%s]>>" % references
    entries = []
    for face, case in composer.cases.items():
        objects |= dict(enumerate(embed(case, fonts, free, level=_BEST), free))
        entries.append(b"/S%d %d 0 R" % (face, free))
        free += OBJECTS_PER_FONT
    parts, offsets, position = [HEADER], {}, len(HEADER)
    for at, body in objects.items():
        written = indirect(at, body)
        offsets[int(at)] = position
        parts.append(written)
        position += len(written)
    prefix = b"".join(parts)
    return Plate(prefix, offsets, composer.cast, b"".join(entries), free, hashlib.sha256(prefix))


def _named_objects(layout: Layout, composer: Composer, content: VoucherContent) -> dict[int, bytes]:
    heading = voucher_page.heading(composer, layout, content)
    closing = voucher_page.closing(composer, layout, content)
    _set_usual_characters(composer, layout)
    return {
        Number.CATALOG: _catalog(),
        Number.PAGES: b"<</Type/Pages/Kids[%d 0 R]/Count 1>>" % Number.PAGE,
        Number.PAGE: _page(layout),
        Number.WIDGET: _widget(layout),
        Number.PROFILE: _compressed(b"/N 3", srgb_profile()),
        Number.INTENT: b"<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB)"
        b"/Info(sRGB IEC61966-2.1)/DestOutputProfile %d 0 R>>" % Number.PROFILE,
        Number.HEADING: _compressed(b"", heading),
        Number.CLOSING: _compressed(b"", closing),
        Number.FILESPEC: b"<</Type/Filespec/F(certificate.json)/UF(certificate.json)"
        b"/AFRelationship/Data/Desc(The certificate as data)/EF<</F %d 0 R/UF %d 0 R>>>>"
        % (Number.ATTACHMENT, Number.ATTACHMENT),
        Number.SEAL: seal_form(composer.fonts, content.seal_text_zh),
    }


def _set_usual_characters(composer: Composer, layout: Layout) -> None:
    """Cast the characters most vouchers use, in the weight they use them in."""
    for weight, chars in ((Weight.REGULAR, layout.common_text), (Weight.BOLD, layout.bold_text)):
        composer.cast_all("common_text", chars, weight)


def _catalog() -> bytes:
    """The catalog; DocMDP in Perms and the ETSI extension as EN 319 142-1 §5.2 has them."""
    names = {name.name: int(name) for name in Number}
    return (
        b"<</Type/Catalog/Version/1.7/Pages %(PAGES)d 0 R/Metadata %(METADATA)d 0 R"
        b"/OutputIntents[%(INTENT)d 0 R]/Lang(zh-CN)/ViewerPreferences<</DisplayDocTitle true>>"
        b"/AF[%(FILESPEC)d 0 R]/Names<</EmbeddedFiles<</Names[(certificate.json)%(FILESPEC)d 0 R]"
        b">>>>/AcroForm<</Fields[%(WIDGET)d 0 R]/SigFlags 3>>/Perms<</DocMDP %(SIGNATURE)d 0 R>>"
        b"/Extensions<</ESIC<</BaseVersion/1.7/ExtensionLevel 1>>>>/DSS %(DSS)d 0 R>>"
        % {key.encode(): value for key, value in names.items()}
    )


def _page(layout: Layout) -> bytes:
    return (
        b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 %s]/Group<</S/Transparency/CS/DeviceRGB>>"
        b"/Contents[%d 0 R %d 0 R %d 0 R]/Resources<</Font %d 0 R/XObject<</Photo %d 0 R"
        b"/Code %d 0 R/Url %d 0 R>>>>/Annots[%d 0 R]>>"
    ) % (
        Number.PAGES,
        numbers(layout.page.width, layout.page.height),
        *(Number.HEADING, Number.PERSON, Number.CLOSING, Number.FONTS),
        *(Number.PHOTO, Number.CODE, Number.URL_CODE, Number.WIDGET),
    )


def _widget(layout: Layout) -> bytes:
    """The signature field; its appearance is the seal. Flags: print, locked."""
    box = layout.seal
    return (
        b"<</Type/Annot/Subtype/Widget/FT/Sig/T(seal)/F 132/P %d 0 R/Rect[%s]"
        b"/AP<</N %d 0 R>>/V %d 0 R>>"
        % (Number.PAGE, numbers(box.x, box.y, box.right, box.top), Number.SEAL, Number.SIGNATURE)
    )


def _compressed(entries: bytes, body: bytes) -> bytes:
    return stream(entries + b"/Filter/FlateDecode", zlib.compress(body, _BEST))
