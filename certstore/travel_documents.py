"""Numbers of passports, travel permits and older residence cards: shape, kind and mask.

Most of these numbers carry no check character, so only their shape is asked. The printed
machine-readable zone does carry one for each field (ICAO Doc 9303, weights 7-3-1).
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from certstore.check_characters import mrz_check, typed
from certstore.errors import MalformedError


class DocumentKind(StrEnum):
    """What a number is the number of; the value is the word in our formats."""

    CHINESE_PASSPORT = "chinese_passport"
    HONG_KONG_MACAO_PERMIT = "hong_kong_macao_permit"  # 港澳居民来往内地通行证
    TAIWAN_PERMIT = "taiwan_permit"  # 台湾居民来往大陆通行证
    OLD_PERMANENT_RESIDENCE_CARD = "old_permanent_residence_card"  # before the 2023 model
    FOREIGN_PASSPORT = "foreign_passport"


_SHAPES = {
    DocumentKind.CHINESE_PASSPORT: r"E[A-HJ-NP-Z]?[0-9]{7,8}|G[0-9]{8}|[DSP]E?[0-9]{7,8}",
    DocumentKind.HONG_KONG_MACAO_PERMIT: r"[HM][0-9]{8}(?:[0-9]{2})?",
    DocumentKind.TAIWAN_PERMIT: r"[0-9]{8}|[0-9]{10}[A-Z]?",
    DocumentKind.OLD_PERMANENT_RESIDENCE_CARD: r"[A-Z]{3}[0-9]{12}",
    DocumentKind.FOREIGN_PASSPORT: r"[A-Z0-9]{5,9}",  # nine is what ICAO 9303 leaves room for
}

_MRZ_LINE = re.compile(r"[0-9A-Z<]{44}")


@dataclass(frozen=True, slots=True, repr=False)
class TravelDocument:
    """The number of a travel document of a known kind, well formed; not known to be issued."""

    kind: DocumentKind
    value: str

    @classmethod
    def parse(cls, text: str, kind: DocumentKind) -> Self:
        """Read a number of this kind as typed; raise MalformedError if its shape is another's."""
        what = kind.value.replace("_", " ")
        number = typed(text, f"{what} number")
        if not re.fullmatch(_SHAPES[kind], number):
            raise MalformedError(
                f"this is not how a {what} number is written",
                remedy="compare the number with the document, or choose another kind of document",
                cause="wrong_shape",
            )
        return cls(kind, number)

    def __str__(self) -> str:  # what logs and pages show
        return f"{self.value[:1]}{'*' * (len(self.value) - 3)}{self.value[-2:]}"

    def __repr__(self) -> str:
        return f"TravelDocument({self.kind.value}, {self})"


@dataclass(frozen=True, slots=True, repr=False)
class PassportZone:
    """The second line of a passport's machine-readable zone (ICAO 9303-4), its checks right."""

    number: str
    nationality: str  # three letters, shorter for Germany (D)
    birth: str  # YYMMDD: the zone leaves the century out
    sex: str  # M, F or <
    expiry: str  # YYMMDD

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the line of 44 characters; raise MalformedError naming the field that is wrong."""
        line = typed(text, "machine-readable line")
        if not _MRZ_LINE.fullmatch(line):
            raise MalformedError(
                "the second line of a passport has 44 characters: digits, capital letters and <",
                cause="wrong_shape",
            )
        _require(line[:9], line[9], "document number")
        _require(line[13:19], line[19], "birth date")
        _require(line[21:27], line[27], "expiry date")
        if not (line[42] == "<" and not line[28:42].strip("<")):  # empty: filler is allowed
            _require(line[28:42], line[42], "personal number")
        _require(line[:10] + line[13:20] + line[21:43], line[43], "whole line")
        return cls(
            line[:9].rstrip("<"), line[10:13].rstrip("<"), line[13:19], line[20], line[21:27]
        )

    def __str__(self) -> str:
        return f"{self.nationality} {self.number[:1]}{'*' * (len(self.number) - 1)}"

    def __repr__(self) -> str:
        return f"PassportZone({self})"


def _require(field: str, check: str, what: str) -> None:
    if mrz_check(field) != check:
        raise MalformedError(
            f"the check digit of the {what} in the machine-readable line is wrong",
            where=what,
            remedy="take the picture again, or type the line anew",
            cause="wrong_check_character",
        )
