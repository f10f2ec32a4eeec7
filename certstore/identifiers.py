"""Numbers that name people, organisations and certificates: read, checked, masked.

`parse` is the only way in from text. What is *not* checked: that a number was ever issued.
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Self

from certstore.check_characters import (
    credit_code_check,
    mod_11_2,
    mod_37_36,
    organisation_check,
    typed,
)
from certstore.errors import ConflictError, MalformedError

__all__ = [
    "CertificateIdentifier",
    "CreditCode",
    "PermanentResidenceCard",
    "Residency",
    "ResidentId",
    "Sex",
    "mod_37_36",
]

# Province only: areas are frozen when a number is given, so abolished districts stay valid and
# the present GB/T 2260 says nothing about them.
_PROVINCES = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54"  # noqa: SIM905 - 35 quoted pairs are harder to read against GB/T 2260
    " 61 62 63 64 65 71 81 82 83".split()
)
_EARLIEST_BIRTH_YEAR = 1850  # nobody alive was born before; an earlier year is a slip of the hand
_OID = "1.2.156.3005.2"
_LAST_VERSION = 999
_COMPARE = "compare the number with the original, character by character"


class Sex(StrEnum):
    """The sex that the sequence part of a number carries."""

    MALE = "male"
    FEMALE = "female"


class Residency(StrEnum):
    """Whose number it is: a mainland citizen's, or a resident's of Hong Kong, Macao, Taiwan."""

    MAINLAND = "mainland"
    HONG_KONG = "hong_kong"
    MACAO = "macao"
    TAIWAN = "taiwan"


_RESIDENCY = {"81": Residency.HONG_KONG, "82": Residency.MACAO, "83": Residency.TAIWAN}


def _check_birth_date(digits: str, what: str, today: date | None) -> None:
    """Refuse YYYYMMDD if it is no day, lies too far back, or after `today`."""
    try:
        birth = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        birth = date.min
    if birth.year < _EARLIEST_BIRTH_YEAR:
        raise MalformedError(
            f"the birth date inside the {what} is no possible day", cause="impossible_birth_date"
        )
    if today is not None and birth > today:
        raise MalformedError(
            f"the birth date inside the {what} lies in the future", cause="future_birth_date"
        )


def _check_person_number(number: str, province: str, what: str, today: date | None) -> None:
    """Refuse 18 characters with an unknown province, a bad birth date, a bad check character."""
    if province not in _PROVINCES:
        raise MalformedError(f"the {what} names no province", cause="unknown_province")
    _check_birth_date(number[6:14], what, today)
    if mod_11_2(number[:17]) != number[17]:
        raise MalformedError(
            f"the check character of the {what} is wrong",
            remedy=_COMPARE,
            cause="wrong_check_character",
        )


class _PersonNumber:
    """What an 18-character number says about its person, and the mask it is shown under."""

    __slots__ = ()
    value: str

    @property
    def birth_date(self) -> date:
        """The birth date the number carries."""
        return date(int(self.value[6:10]), int(self.value[10:12]), int(self.value[12:14]))

    @property
    def sex(self) -> Sex:
        """The sex the number carries: an odd sequence is a man's."""
        return Sex.MALE if int(self.value[16]) % 2 else Sex.FEMALE

    def __str__(self) -> str:  # what logs and pages show; `value` must be asked for by name
        return f"{self.value[:6]}********{self.value[14:]}"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self})"


@dataclass(frozen=True, slots=True, repr=False)
class ResidentId(_PersonNumber):
    """An identity number of 18 characters (GB 11643), known to be well formed."""

    value: str

    @classmethod
    def parse(cls, text: str, *, today: date | None = None) -> Self:
        """Read a number as typed (`x` becomes `X`); raise MalformedError saying what is wrong.

        With `today`, a birth date after it is refused too. Numbers of 15 digits are void
        since 2013. Of the area only the province is checked (see `_PROVINCES`).
        """
        what = "identity number"
        number = typed(text, what)
        if re.fullmatch(r"[0-9]{15}", number):
            raise MalformedError(
                "identity numbers of 15 digits are void since 2013",
                remedy="give the number of 18 characters on the present card",
                cause="void_15_digits",
            )
        if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
            raise MalformedError(
                "an identity number has 17 digits and a check character", cause="wrong_shape"
            )
        _check_person_number(number, number[:2], what, today)
        return cls(number)

    @classmethod
    def of_15_digits(cls, text: str, *, today: date | None = None) -> Self:
        """The number of 18 characters that an old one of 15 (GB 11643-1989) became.

        The century 19 is put in and the check character worked out. Nobody may give an old
        number today, but a record of its time still carries it. MalformedError as from `parse`.
        """
        what = "identity number of 15 digits"
        old = typed(text, what)
        if not re.fullmatch(r"[0-9]{15}", old):
            raise MalformedError(f"an {what} is 15 digits and nothing else", cause="wrong_shape")
        first_17 = f"{old[:6]}19{old[6:]}"
        return cls.parse(first_17 + mod_11_2(first_17), today=today)

    @property
    def area(self) -> str:
        """The six-digit area at the time the number was given (it may be abolished today)."""
        return self.value[:6]

    @property
    def residency(self) -> Residency:
        """Mainland, or Hong Kong (81), Macao (82), Taiwan (83) as their residence permits say."""
        return _RESIDENCY.get(self.value[:2], Residency.MAINLAND)


@dataclass(frozen=True, slots=True, repr=False)
class PermanentResidenceCard(_PersonNumber):
    """A foreigner's permanent residence card number (2023 model, 18 characters), well formed."""

    value: str

    @classmethod
    def parse(cls, text: str, *, today: date | None = None) -> Self:
        """Read 9, province, nationality, birth date, sequence, MOD 11-2; or MalformedError."""
        what = "permanent residence card number"
        number = typed(text, what)
        if not re.fullmatch(r"9[0-9]{16}[0-9X]", number):
            raise MalformedError(
                f"a {what} begins with 9 and has 17 digits and a check character",
                cause="wrong_shape",
            )
        _check_person_number(number, number[1:3], what, today)
        return cls(number)

    @property
    def nationality(self) -> str:
        """The nationality as three digits (ISO 3166-1 numeric)."""
        return self.value[3:6]


@dataclass(frozen=True, slots=True)
class CreditCode:
    """A unified social credit code (GB 32100), well formed; public, so `str` shows all of it."""

    value: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a code as typed; raise MalformedError if either of its two checks is wrong."""
        code = typed(text, "credit code")
        if not re.fullmatch(r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}", code):
            raise MalformedError(
                "a credit code has 18 characters: digits and capitals without I O S V Z,"
                " the third to eighth digits",
                cause="wrong_shape",
            )
        if organisation_check(code[8:16]) != code[16]:
            raise MalformedError(
                "the organisation code inside the credit code has a wrong check character",
                remedy=_COMPARE,
                cause="wrong_organisation_check",
            )
        if credit_code_check(code[:17]) != code[17]:
            raise MalformedError(
                "the check character of the credit code is wrong",
                remedy=_COMPARE,
                cause="wrong_check_character",
            )
        return cls(code)

    @property
    def area(self) -> str:
        """The six-digit area of the office that registered the organisation."""
        return self.value[2:8]

    @property
    def organisation_code(self) -> str:
        """The nine-character organisation code inside (GB 11714)."""
        return self.value[8:17]

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class CertificateIdentifier:
    """An identifier of a certificate (GB/T 36904), well formed; it names no person."""

    type_code: str  # 21 characters: the defining authority's credit code and a serial of 3
    authority: (
        str  # the issuing authority's credit code; imported ones may have a division's 6 digits
    )
    serial: str  # 1 to 32 of 0-9 A-Z, unique for type and authority
    version: int  # 1 to 999, one more at each re-issue
    check: str

    @classmethod
    def parse(cls, text: str, *, strict: bool = False) -> Self:
        """Read a dotted identifier; raise MalformedError if its shape or check is wrong.

        `strict` is for our own: both authorities must be well-formed credit codes. Otherwise
        what the world hands in is read: a six-digit division for the authority as well.
        """
        number = typed(text, "certificate identifier")
        match = re.fullmatch(
            r"1\.2\.156\.3005\.2\.([0-9A-Z]{21})\.([0-9]{6}|[0-9A-Z]{18})\.([0-9A-Z]{1,32})"
            r"\.([0-9]{3})\.([0-9A-Z])",
            number,
        )
        if match is None or match[4] == "000":
            raise MalformedError(
                f"a certificate identifier is {_OID}.type.authority.serial.version.check"
                " with 21, 18 (or 6), up to 32, 3 and 1 characters, versions from 001",
                cause="wrong_shape",
            )
        if mod_37_36("".join(match.groups()[:4])) != match[5]:
            raise MalformedError(
                "the check character of the certificate identifier is wrong",
                remedy=_COMPARE,
                cause="wrong_check_character",
            )
        if strict:
            CreditCode.parse(match[1][:18])
            CreditCode.parse(match[2])
        return cls(match[1], match[2], match[3], int(match[4]), match[5])

    @classmethod
    def build(cls, type_code: str, issuer_uscc: str, serial: str, version: int) -> Self:
        """Work out the check character of a new identifier; raise MalformedError like `parse`."""
        if not 1 <= version <= _LAST_VERSION:
            raise MalformedError(
                f"versions of a certificate run from 1 to {_LAST_VERSION}", cause="version_range"
            )
        check = mod_37_36(f"{type_code}{issuer_uscc}{serial}{version:03}")
        identifier = cls(type_code, issuer_uscc, serial, version, check)
        return cls.parse(identifier.value, strict=True)

    def next_version(self) -> Self:
        """The identifier of the re-issue; ConflictError after version 999."""
        if self.version == _LAST_VERSION:
            raise ConflictError(
                f"version {_LAST_VERSION} is the last an identifier can carry",
                remedy="issue a new certificate with a new serial",
            )
        return self.build(self.type_code, self.authority, self.serial, self.version + 1)

    @property
    def value(self) -> str:
        """The dotted text, the same as `str`."""
        parts = (_OID, self.type_code, self.authority, self.serial, f"{self.version:03}")
        return ".".join((*parts, self.check))

    def __str__(self) -> str:
        return self.value
