"""What is photographed in the benchmark of reading: vouchers, permits, telephones."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice

import numpy as np
import pypdfium2
import zxingcpp
from PIL import Image, ImageDraw

from certstore.certificates import StatusEntry
from certstore.chance import random_bytes
from certstore.clock import local_date, unix
from certstore.codes.claims import CodeClaims, CodeData, Disclosure, issuer_code
from certstore.codes.profiles import Profile, seal_code
from certstore.keys import KeySigner, Purpose, generate
from certstore.service.bench_issue import contents, issuer_with
from certstore.service.bench_people import certified_key
from certstore.service.photographed import Original, Quad
from issuance.document.fontset import FontSet
from issuance.document.permit_press import PermitPress
from issuance.document.symbol import SymbolSizes

_USCC = "11310000MB0T00015W"
_FINE = 8  # pixels a point: a module of the printed code has a dozen
_LOOKED_AT = 3  # pixels a point at which the printed code is found
_MODULE = 12  # pixels a module of what is drawn here
_QUIET = 4
_MASK = 3
_PRINTED = SymbolSizes((9, 10, 11, 12, 13, 15), _MASK)  # as both layouts have them
_DARK, _BAR, _LINE = 18, 70, 120  # greys: a dark page, its bar, its text


def originals(now: datetime, of_each: int) -> list[Original]:
    """So many of each of the three kinds, of invented people, with codes truly signed."""
    key, certificate = certified_key(now)
    issuer = issuer_with(key, certificate)
    card = replace(
        issuer,
        press=PermitPress(
            fonts=FontSet.bundled(), signer=KeySigner(Purpose.DOCUMENT, key, (certificate,))
        ),
    )
    shown = KeySigner(Purpose.PRESENTATION, generate("ES256"))
    found = [
        _printed(name, printer.issue(content))
        for name, printer in (("voucher", issuer), ("permit", card))
        for content in islice(contents(now), of_each)
    ]
    for turn in range(of_each):
        text = seal_code(_shown(turn, now), Profile.ON_LINE, shown)
        found.append(_on_a_telephone(text))
    return found


def _printed(name: str, pdf: bytes) -> Original:
    """A signed document, rendered as a printer would, with the place of the code on it."""
    document = pypdfium2.PdfDocument(pdf)
    document.init_forms()
    fine, seen = (
        document[0].render(scale=scale, may_draw_forms=True, grayscale=True).to_pil()
        for scale in (_FINE, _LOOKED_AT)
    )
    document.close()
    found = next(s for s in zxingcpp.read_barcodes(seen) if s.text.startswith("RP1:"))
    place = found.position
    points = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
    corners = np.array([(p.x, p.y) for p in points]) * (_FINE / _LOOKED_AT)
    size = _PRINTED.modules(found.text).shape[0]
    return Original(name, _around(fine, corners), _moved(corners), size, found.text)


def _around(page: Image.Image, corners: Quad) -> Image.Image:
    """The part of the page that a photograph of the code shows."""
    left, top = _start(corners)
    side = int(corners[1, 0] - corners[0, 0])
    return page.crop((left, top, left + 3 * side, top + 3 * side))


def _moved(corners: Quad) -> Quad:
    moved: Quad = corners - np.array(_start(corners))
    return moved


def _start(corners: Quad) -> tuple[int, int]:
    side = corners[1, 0] - corners[0, 0]
    left, top = corners[0] - side
    return max(0, int(left)), max(0, int(top))


def _on_a_telephone(text: str) -> Original:
    """A symbol on a white field of a dark page, with lines of something like text around it."""
    modules = _PRINTED.modules(text)
    size = modules.shape[0]
    side, white = size * _MODULE, _QUIET * _MODULE
    picture = Image.new("L", (3 * side, 3 * side), _DARK)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 0, 3 * side, side // 4), fill=_BAR)
    for row in range(side // 3, 3 * side, side // 12):
        pen.line((side // 8, row, 3 * side - side // 8, row), fill=_LINE, width=side // 60)
    pen.rectangle((side - white, side - white, 2 * side + white, 2 * side + white), fill=255)
    black = Image.fromarray(((1 - modules) * 255).astype(np.uint8))
    picture.paste(black.resize((side, side), Image.Resampling.NEAREST), (side, side))
    corners = np.array([(1, 1), (2, 1), (2, 2), (1, 2)], np.float64) * side
    return Original("telephone", picture, corners, size, text)


def _shown(turn: int, now: datetime) -> CodeClaims:
    """What a presentation says."""
    today = local_date(now)
    data = CodeData(
        number=f"JZ{today.year}{turn:010d}",
        name=("林晓禾", "欧阳若曦", "阿依古丽·买买提")[turn % 3],
        sex=1 + turn % 2,
        id_number="990199********0018",
        type_code="11310000MB0T00015WT02",
        issued_on=today,
        valid_to=today + timedelta(days=364),
        disclosure=Disclosure.MINIMAL,
        photo_digest=random_bytes(16),
    )
    return CodeClaims(
        issuer=issuer_code(_USCC),
        issued_at=unix(now),
        expires_at=unix(now) + 60,
        cti=random_bytes(8),
        status=StatusEntry(1, 1000 + turn),
        data=data,
    )
