"""The plate: the part of the file that is the same for every document of one kind and issuer.

It stands at the beginning of the file, so that it is written, numbered and hashed once.
"""

import hashlib
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from issuance.document.colour import srgb_profile
from issuance.document.composer import Cast, Composer, Setting
from issuance.document.design import C, Design
from issuance.document.fontset import FontSet, Weight
from issuance.document.layout import Box
from issuance.document.pdf_objects import HEADER, indirect, numbers, stream
from issuance.document.seal_drawing import seal_form
from issuance.document.subset import OBJECTS_PER_FONT, embed

_BEST = 9  # zlib's level: a plate is compressed once


class Number(IntEnum):
    """Object numbers. Up to SEAL the plate's, then each document's own; then images, DSS, fonts."""

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
    OWN = 14
    ATTACHMENT = 15
    FONTS = 16
    SIGNATURE = 17
    FIRST_IMAGE = 18


@dataclass(frozen=True, slots=True)
class Plate:
    """The beginning of the file, ready to be continued.

    `standing` are the characters its fonts hold, `fonts` their resource entries; `next_number`
    is the first object number that is free for a document's own fonts.
    """

    prefix: bytes
    offsets: Mapping[int, int]
    standing: Mapping[tuple[str, Weight], Cast]
    fonts: bytes
    next_number: int
    digest: "hashlib._Hash"  # over the prefix, to be copied and continued
    remembered: dict[tuple[str, Weight], Setting] = field(default_factory=dict)


def image_numbers(names: Sequence[bytes]) -> dict[bytes, int]:
    """The object number of each image a design places."""
    return {name: Number.FIRST_IMAGE + at for at, name in enumerate(names)}


def cut_plate(design: Design[C], fonts: FontSet, chain: tuple[bytes, ...], content: C) -> Plate:
    """Make the plate for the issuer, seal and specimen mark of this content."""
    composer = Composer(fonts, b"S")
    objects = _named_objects(design, composer, content)
    first = free = Number.FIRST_IMAGE + len(design.images)
    for certificate in chain:
        objects[free] = _compressed(b"", certificate)
        free += 1
    references = b" ".join(b"%d 0 R" % at for at in range(first, free))
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


def _named_objects(design: Design[C], composer: Composer, content: C) -> dict[int, bytes]:
    heading = design.heading(composer, content)
    closing = design.closing(composer, content)
    _set_usual_characters(composer, design)
    return {
        Number.CATALOG: _catalog(),
        Number.PAGES: b"<</Type/Pages/Kids[%d 0 R]/Count 1>>" % Number.PAGE,
        Number.PAGE: _page(design.page, design.images),
        Number.WIDGET: _widget(design.seal),
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


def _set_usual_characters(composer: Composer, design: Design[C]) -> None:
    """Cast the characters most documents use, in the weight they use them in."""
    for weight, chars in ((Weight.REGULAR, design.common_text), (Weight.BOLD, design.bold_text)):
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


def _page(page: Box, images: Sequence[bytes]) -> bytes:
    placed = b"".join(b"/%s %d 0 R" % item for item in image_numbers(images).items())
    return (
        b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 %s]/Group<</S/Transparency/CS/DeviceRGB>>"
        b"/Contents[%d 0 R %d 0 R %d 0 R]/Resources<</Font %d 0 R/XObject<<%s>>>>/Annots[%d 0 R]>>"
    ) % (
        Number.PAGES,
        numbers(page.width, page.height),
        *(Number.HEADING, Number.OWN, Number.CLOSING, Number.FONTS),
        *(placed, Number.WIDGET),
    )


def _widget(box: Box) -> bytes:
    """The signature field; its appearance is the seal. Flags: print, locked."""
    return (
        b"<</Type/Annot/Subtype/Widget/FT/Sig/T(seal)/F 132/P %d 0 R/Rect[%s]"
        b"/AP<</N %d 0 R>>/V %d 0 R>>"
        % (Number.PAGE, numbers(box.x, box.y, box.right, box.top), Number.SEAL, Number.SIGNATURE)
    )


def _compressed(entries: bytes, body: bytes) -> bytes:
    return stream(entries + b"/Filter/FlateDecode", zlib.compress(body, _BEST))
