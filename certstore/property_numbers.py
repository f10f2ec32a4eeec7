"""Numbers of property: real-estate certificates, their older Shanghai form, property units.

They carry no check character: what is asked is how they are written. One number is written
in many ways (full-width digits, three sorts of brackets, spaces), so all are brought to one
form before two are compared.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from certstore.errors import MalformedError

_LONGEST_TYPED = 96  # characters
_ONE_FORM = {
    **{0xFF10 + digit: 0x30 + digit for digit in range(10)},  # full-width digits
    **{0xFF21 + letter: 0x41 + letter for letter in range(26)},  # full-width capitals
    **dict.fromkeys(map(ord, "\uff08\u3014\uff3b\u3010["), ord("(")),  # round, tortoise, square
    **dict.fromkeys(map(ord, "\uff09\u3015\uff3d\u3011]"), ord(")")),
    **dict.fromkeys(map(ord, " \t\u00a0\u3000"), None),
}
_SHANGHAI_DISTRICTS = "黄徐长静普虹杨闵宝嘉浦金松青奉崇市闸卢南"  # the last three are merged since
_PROVINCES = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新"
_HAN = "[\u3007\u4e00-\u9fa5]"
_SHANGHAI = re.compile(
    rf"沪\(([0-9]{{4}})\)([{_SHANGHAI_DISTRICTS}])字不动产(权|证明)第([0-9]{{6,8}})号"
)
_ELSEWHERE = re.compile(
    rf"([{_PROVINCES}])\(([0-9]{{4}})\)({_HAN}{{1,12}})不动产(权|证明)第([0-9]{{6,8}})号"
)
_OLD_SHANGHAI = re.compile(rf"沪房地({_HAN}{{1,2}})字\(([0-9]{{4}})\)第([0-9]{{6}})号")


class PropertyPaper(StrEnum):
    """Which paper a number is printed on."""

    CERTIFICATE = "certificate"  # 不动产权证书
    PROOF_OF_REGISTRATION = "proof_of_registration"  # 不动产登记证明: a mortgage, a notice
    OLD_CERTIFICATE = "old_certificate"  # 房地产权证, still valid


@dataclass(frozen=True, slots=True, repr=False)
class PropertyNumber:
    """The number of a real-estate paper in its one form: half-width digits and brackets."""

    value: str
    paper: PropertyPaper
    province: str
    district: str  # one character in Shanghai, the place's name elsewhere
    year: int
    sequence: str  # digits, leading zeros kept

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a number as typed or scanned; raise MalformedError if it is none we know."""
        number = _one_form(text, "property certificate number")
        if match := _SHANGHAI.fullmatch(number):
            year, district, paper, sequence = match.groups()
            return cls(number, _PAPERS[paper], "沪", district, int(year), sequence)
        if match := _OLD_SHANGHAI.fullmatch(number):
            district, year, sequence = match.groups()
            return cls(number, PropertyPaper.OLD_CERTIFICATE, "沪", district, int(year), sequence)
        match = _ELSEWHERE.fullmatch(number)
        if match is None or match[1] == "沪":  # a Shanghai number has one of the known districts
            raise MalformedError(
                "this is not how a property certificate number is written",
                remedy="copy it as printed, like 沪(2021)静字不动产权第001234号",
                cause="wrong_shape",
            )
        province, year, district, paper, sequence = match.groups()
        return cls(number, _PAPERS[paper], province, district, int(year), sequence)

    def __str__(self) -> str:  # a number leads to its owner: only its end is hidden
        return f"{self.value[:-4]}***号"

    def __repr__(self) -> str:
        return f"PropertyNumber({self})"


_PAPERS = {"权": PropertyPaper.CERTIFICATE, "证明": PropertyPaper.PROOF_OF_REGISTRATION}


@dataclass(frozen=True, slots=True, repr=False)
class PropertyUnit:
    """A property unit number (不动产单元号, 28 characters), well formed."""

    value: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a unit number, spaces allowed; raise MalformedError if its shape is wrong.

        12 digits of division and cadastral zones, 2 letters and 5 digits of the parcel,
        then a letter and 8 digits of the building (`F`) or the like (`W` for none).
        """
        number = _one_form(text, "property unit number").upper()
        if not re.fullmatch(r"[0-9]{12}[A-Z]{2}[0-9]{5}[FLQW][0-9]{8}", number):
            raise MalformedError(
                "a property unit number has 28 characters:"
                " 12 digits, 2 letters, 5 digits, a letter F L Q or W, 8 digits",
                cause="wrong_shape",
            )
        return cls(number)

    @property
    def division(self) -> str:
        """The six-digit division (GB/T 2260) the parcel lies in."""
        return self.value[:6]

    @property
    def parcel(self) -> str:
        """The first 19 characters: the parcel of land (宗地代码)."""
        return self.value[:19]

    def __str__(self) -> str:
        return f"{self.value[:19]}*********"

    def __repr__(self) -> str:
        return f"PropertyUnit({self})"


def _one_form(text: str, what: str) -> str:
    if len(text) > _LONGEST_TYPED:
        raise MalformedError(
            f"the {what} is longer than any such number", cause="too_long", limit=_LONGEST_TYPED
        )
    return text.strip().translate(_ONE_FORM)
