"""A letter that cannot be printed is refused before anything is signed."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from certstore.errors import MalformedError, MissingGlyphError, TooLargeError
from issuance.document.content import Row
from issuance.document.letter_press import LetterPress
from tests.conformance.document.letter_examples import letter, letter_press
from tests.conformance.document.voucher_examples import LONG_ADDRESS, MOMENT, make_pki
from tests.unit.issuance.document.test_fonts import EXT_B
from tests.unit.issuance.document.test_press import CountingSigner, without_signature


@pytest.fixture(scope="module")
def pki():
    return make_pki()


@pytest.fixture(scope="module")
def press(pki) -> LetterPress:
    return letter_press(pki)


REFUSED = [
    (letter("林" + EXT_B), MissingGlyphError, "letter_text.2"),
    (letter(text=letter().text.replace("林知夏", "林\u202e")), MalformedError, "letter_text.2"),
    (letter(text="别的题目\n甲\n乙\n丙"), MalformedError, "letter_text"),
    (letter(text="亲属关系承诺书\n甲\n乙"), MalformedError, "letter_text"),
    (letter(text=letter().text.replace("\n", "\n\n", 1)), MalformedError, "letter_text.2"),
    (letter(text="亲属关系承诺书\n" + "长\n" * 40 + "乙"), MalformedError, "letter_text"),
    (letter(text="亲属关系承诺书\n" + "长句子\n" * 30 + "乙\n丙"), MalformedError, "letter_text"),
    (letter(address=LONG_ADDRESS * 2), MalformedError, "address"),
    (letter(rows=()), MalformedError, "rows"),
    (letter(rows=(Row("level", "强度", "Strength", "长" * 300),)), MalformedError, "level"),
    (letter(code_text="RP1:" + "A" * 700), TooLargeError, "code_text"),
    (letter(code_text="RP1:长"), MalformedError, "code_text"),
    (letter(attachment=b" " * (65 << 10)), TooLargeError, "attachment"),
    (letter(issued_at=datetime(2026, 11, 22)), MalformedError, "issued_at"),  # noqa: DTZ001 - that is what is refused
    (letter(seal_text_zh="示范" * 13), MalformedError, "seal_text_zh"),
]


@pytest.mark.parametrize(("asked", "kind", "where"), REFUSED, ids=[w for _, _, w in REFUSED])
def test_every_refusal_comes_before_anything_is_signed(pki, asked, kind, where) -> None:
    signer = CountingSigner(pki.signer)
    with pytest.raises(kind) as caught:
        letter_press(replace(pki, signer=signer)).print(asked)
    assert caught.value.where == where
    assert signer.signed == 0


def test_a_letter_is_not_signed_outside_the_time_of_its_key(pki, press) -> None:
    with pytest.raises(MalformedError, match="does not cover"):
        press.print(letter(issued_at=MOMENT + timedelta(days=9999)))


def test_the_same_letter_gives_the_same_bytes_but_for_the_signature(press) -> None:
    assert without_signature(press.print(letter())) == without_signature(press.print(letter()))


def test_another_letter_gives_another_file(press) -> None:
    assert press.print(letter()) != press.print(letter("林知秋"))


def test_the_longest_address_that_can_be_typed_is_set_smaller_and_fits(press) -> None:
    assert press.print(letter(address="梧桐区" + "街" * 100))
