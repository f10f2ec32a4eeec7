import io
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest
from PIL import ImageCms

from certstore.errors import MalformedError, MissingGlyphError, TooLargeError
from issuance.document.colour import srgb_profile
from issuance.document.content import Row
from issuance.document.fontset import FontSet
from issuance.document.press import Press
from tests.conformance.document.voucher_examples import (
    LONG_ADDRESS,
    MOMENT,
    content,
    make_pki,
    make_press,
    rows,
)
from tests.unit.issuance.document.test_fonts import EXT_B, build_font


class CountingSigner:
    """A document signer that counts how often it was asked."""

    def __init__(self, signer) -> None:
        self.signer, self.signed = signer, 0

    def __getattr__(self, name: str):
        return getattr(self.signer, name)

    def sign(self, message: bytes) -> bytes:
        self.signed += 1
        return self.signer.sign(message)


@pytest.fixture(scope="module")
def pki():
    return make_pki()


@pytest.fixture(scope="module")
def press(pki) -> Press:
    return make_press(pki)


def without_signature(document: bytes) -> bytes:
    return re.sub(rb"/Contents<[0-9a-f]+>", b"", document)


def test_every_refusal_comes_before_anything_is_signed(pki) -> None:
    signer = CountingSigner(pki.signer)
    press = make_press(replace(pki, signer=signer))
    refused = [
        (content(rows=rows("林" + EXT_B)), MissingGlyphError, "name"),
        (content(rows=rows("林\u202e")), MalformedError, "name"),
        (content(rows=rows(address=LONG_ADDRESS * 2)), MalformedError, "residence_address"),
        (content(photo_jpeg=b""), MalformedError, "photo_jpeg"),
        (content(code_text="RP1:" + "A" * 700), TooLargeError, "code_text"),
        (content(url_code_text="https://example/" + "a" * 120), TooLargeError, "url_code_text"),
        (content(issued_at=MOMENT + timedelta(days=9999)), MalformedError, pki.signer.kid),
        (content(seal_text_zh=" 专用章"), MalformedError, "seal_text_zh"),
        (content(seal_text_zh="示范" * 13), MalformedError, "seal_text_zh"),
        (content(seal_text_zh="示范" + EXT_B), MissingGlyphError, "seal_text_zh"),
        (
            content(rows=tuple(Row(f"k{n}", "甲", "A", LONG_ADDRESS) for n in range(9))),
            MalformedError,
            "rows",
        ),
    ]
    for asked, kind, where in refused:
        with pytest.raises(kind) as caught:
            press.print(asked)
        assert caught.value.where == where
    assert signer.signed == 0


def test_a_name_too_long_for_any_size_is_refused(press: Press) -> None:
    with pytest.raises(MalformedError, match="too long") as caught:
        press.print(content(rows=rows("买" * 100)))
    assert caught.value.where == "name"


def test_a_character_of_a_fallback_font_is_embedded_from_it(pki, tmp_path: Path) -> None:
    fonts = FontSet.bundled([build_font(tmp_path / "rare.ttf")])
    document = make_press(pki, fonts).print(content(rows=rows("林" + EXT_B)))
    assert b"+Rare-Regular" in document


def test_a_signature_larger_than_the_room_kept_for_it_is_refused(pki) -> None:
    with pytest.raises(TooLargeError, match="were kept"):
        make_press(pki, contents_bytes=600).print(content())


def test_the_same_content_gives_the_same_bytes_but_for_the_signature(press: Press) -> None:
    with ThreadPoolExecutor(4) as pool:
        printed = list(pool.map(press.print, [content()] * 8))
    assert len({without_signature(document) for document in printed}) == 1


def test_the_name_of_the_file_follows_from_its_content(press: Press) -> None:
    def name(document: bytes) -> bytes:
        return re.search(rb"/ID\[<([0-9a-f]{32})><\1>\]", document).group(1)

    first = name(press.print(content()))
    assert first == name(press.print(content()))
    assert first != name(press.print(content(identifier=content().identifier[:-1] + "X")))
    assert first != name(press.print(content(rows=rows("林知秋"))))


def test_the_specimen_mark_stands_only_on_specimens(press: Press) -> None:
    for specimen in (True, False):
        document = press.print(content(specimen=specimen))
        with pikepdf.open(io.BytesIO(document)) as pdf:
            heading = pdf.pages[0].Contents[0].read_bytes()
        assert (b"0.973 0.933 0.925 rg" in heading) is specimen


def test_a_new_issuer_gets_its_own_plate(press: Press) -> None:
    first, second = press.print(content()), press.print(content(issuer_zh="示范市临川区公安分局"))
    assert first[:20_000] != second[:20_000]


def test_the_colour_profile_is_read_by_littlecms() -> None:
    profile = ImageCms.ImageCmsProfile(io.BytesIO(srgb_profile()))
    assert "sRGB" in ImageCms.getProfileDescription(profile)
    ours = ImageCms.buildTransform(profile, ImageCms.createProfile("sRGB"), "RGB", "RGB")
    from PIL import Image  # noqa: PLC0415 - only here

    picture = Image.new("RGB", (1, 1), (196, 32, 26))
    changed = ImageCms.applyTransform(picture, ours).getpixel((0, 0))
    assert all(abs(a - b) <= 1 for a, b in zip(changed, (196, 32, 26), strict=True))
