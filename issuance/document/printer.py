"""The printer: one signed document after another from one design, one set of fonts, one signer.

A file is PDF/A-3u (ISO 19005-3) in one revision with a PAdES B-B signature
(ETSI EN 319 142-1) that permits no change, and the validation data known at signing (DSS).
"""

import zlib
from dataclasses import dataclass, field
from typing import Generic

from certstore.errors import TooLargeError
from certstore.keys import Signer
from issuance.document.composer import Composer
from issuance.document.design import C, Design
from issuance.document.fontset import FontSet
from issuance.document.pdf_objects import date_string, indirect, stream, text_string
from issuance.document.plate import Number, Plate, cut_plate, image_numbers
from issuance.document.signature import DocumentSignature
from issuance.document.subset import OBJECTS_PER_FONT, embed
from issuance.document.symbol import SymbolSizes, pixels
from issuance.document.symbol_layout import Modules
from issuance.document.xmp import xmp_packet

_FAST = 1  # zlib's level for what is written once and read rarely
_MAX_PLATES = 64
_SAMPLES = 4  # of a code's module, each way
_FREE_ENTRY = b"0000000000 65535 f \n"
_UNNAMED = b"-" * 32  # where /ID goes, 16 bytes in hexadecimal


@dataclass(slots=True)
class _Sheet:
    """A file in the making: what has been appended to the plate, and where its objects begin."""

    position: int
    offsets: dict[int, int]
    parts: list[bytes] = field(default_factory=list)

    def add(self, number: int, body: bytes) -> None:
        """Append one object."""
        written = indirect(number, body)
        self.offsets[number] = self.position
        self.parts.append(written)
        self.position += len(written)


class Printer(Generic[C]):
    """Prints signed documents of one design; thread-safe, and made once per design and signer.

    `contents_bytes` is the room kept for the signature, enough for a time-stamp to be added
    when signing.
    """

    def __init__(
        self, design: Design[C], *, fonts: FontSet, signer: Signer, contents_bytes: int = 8192
    ) -> None:
        """Raise MalformedError if the signer is no document signer."""
        self._design = design
        self._fonts = fonts
        self._signature = DocumentSignature(signer)
        self._contents_bytes = contents_bytes
        self._plates: dict[tuple[str, str, str, bool], Plate] = {}
        self._images = image_numbers(design.images)
        self._code_sizes = SymbolSizes(design.code_versions, design.mask)
        self._url_sizes = SymbolSizes(design.url_code_versions, design.mask)

    def print(self, content: C) -> bytes:
        """Make one signed file.

        Raise MalformedError, MissingGlyphError or TooLargeError, naming the field, before
        anything is signed.
        """
        self._design.check(content)  # 1. what is asked for can be printed
        self._signature.judge_time(content.issued_at)  # 2. and may be signed now
        plate = self._plate(content)
        sheet = _Sheet(len(plate.prefix), dict(plate.offsets))
        self._add_page(sheet, plate, content)  # 3. everything the page shows
        self._add_data(sheet, content)  # 4. everything it carries
        return self._signed(
            sheet, plate, date_string(content.issued_at)
        )  # 5. the signature over all of it

    def _plate(self, content: C) -> Plate:
        key = (content.issuer_zh, content.issuer_en, content.seal_text_zh, content.specimen)
        plate = self._plates.get(key)
        if plate is None:
            plate = cut_plate(self._design, self._fonts, self._signature.chain, content)
            if len(self._plates) >= _MAX_PLATES:
                self._plates.clear()
            self._plates[key] = plate
        return plate

    def _add_page(self, sheet: _Sheet, plate: Plate, content: C) -> None:
        url_code = self._url_sizes.modules(content.url_code_text, "url_code_text")
        composer = Composer(self._fonts, b"D", plate.standing, plate.remembered)
        page = self._design.own(composer, content)
        sheet.add(Number.OWN, _compressed(b"", page))
        for name, picture in self._design.pictures(content).items():
            sheet.add(self._images[name], picture)
        if b"Code" in self._images:
            code = self._code_sizes.modules(content.code_text)
            sheet.add(self._images[b"Code"], _symbol_image(code))
        sheet.add(self._images[b"Url"], _symbol_image(url_code))
        entries, number = [plate.fonts], plate.next_number
        for face, case in composer.cases.items():
            for index, body in enumerate(embed(case, self._fonts, number, level=_FAST)):
                sheet.add(number + index, body)
            entries.append(b"/D%d %d 0 R" % (face, number))
            number += OBJECTS_PER_FONT
        sheet.add(Number.FONTS, b"<<%s>>" % b"".join(entries))

    def _add_data(self, sheet: _Sheet, content: C) -> None:
        moment = date_string(content.issued_at)
        sheet.add(
            Number.INFO,
            b"<</Title%s/CreationDate%s/ModDate%s>>" % (text_string(content.title), moment, moment),
        )
        further = self._design.metadata(content)
        packet = xmp_packet(content.title, content.identifier, content.issued_at, further)
        sheet.add(Number.METADATA, stream(b"/Type/Metadata/Subtype/XML", packet))
        parameters = b"/Type/EmbeddedFile/Subtype/application#2Fjson/Params<</ModDate%s/Size %d>>"
        sheet.add(
            Number.ATTACHMENT,
            _compressed(parameters % (moment, len(content.attachment)), content.attachment),
        )

    def _signed(self, sheet: _Sheet, plate: Plate, moment: bytes) -> bytes:
        """Append signature dictionary, cross-references and trailer; sign; fill in /Contents."""
        head = (
            b"%d 0 obj\n<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/M%s"
            b"/Reference[<</Type/SigRef/TransformMethod/DocMDP/TransformParams"
            b"<</Type/TransformParams/P 1/V/1.2>>>>]/ByteRange[0 %%010d %%010d %%010d]/Contents"
        ) % (Number.SIGNATURE, moment)
        sheet.offsets[Number.SIGNATURE] = sheet.position
        gap = 2 * self._contents_bytes + 2  # hexadecimal digits between < and >
        before = sheet.position + len(head % (0, 0, 0))
        end = b">>\nendobj\n"
        tail = end + _trailer(sheet.offsets, before + gap + len(end))
        sheet.parts.append(head % (before, before + gap, len(tail)))
        body = b"".join(sheet.parts)
        digest = plate.digest.copy()
        digest.update(body)
        # /ID follows from identifier and contents, so that the same content has the same name.
        tail = tail.replace(_UNNAMED, digest.hexdigest()[: len(_UNNAMED)].encode("ascii"))
        digest.update(tail)
        cms = self._signature.over(digest.digest())
        if len(cms) > self._contents_bytes:
            raise TooLargeError(
                f"the signature has {len(cms)} bytes and {self._contents_bytes} were kept for it",
                where="signer",
                remedy="set up the press with a larger contents_bytes",
            )
        contents = b"<%s>" % cms.hex().encode("ascii").ljust(gap - 2, b"0")
        return b"".join((plate.prefix, body, contents, tail))


def _trailer(offsets: dict[int, int], position: int) -> bytes:
    """Cross-reference table, which begins at `position`, and trailer, still unnamed."""
    size = max(offsets) + 1
    entries = b"".join([b"%010d 00000 n \n" % offsets[at] for at in range(1, size)])
    return (
        b"xref\n0 %d\n%s%strailer\n<</Size %d/Root %d 0 R/Info %d 0 R/ID[<%s><%s>]>>\n"
        b"startxref\n%d\n%%%%EOF\n"
    ) % (
        *(size, _FREE_ENTRY, entries, size, Number.CATALOG, Number.INFO),
        *(_UNNAMED, _UNNAMED, position),
    )


def _symbol_image(modules: Modules) -> bytes:
    size = len(modules) * _SAMPLES
    return _compressed(
        b"/Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceGray"
        b"/BitsPerComponent 1" % (size, size),
        pixels(modules, _SAMPLES),
    )


def _compressed(entries: bytes, body: bytes) -> bytes:
    return stream(entries + b"/Filter/FlateDecode", zlib.compress(body, _FAST))
