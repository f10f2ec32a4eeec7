"""How much a holder shows of a certificate: four profiles, each with exactly its fields."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Self

from certstore.catalogue import certificate_type
from certstore.certificates import Certificate
from certstore.codes.claims import CodeData, Disclosure
from certstore.codes.meaning import faults
from certstore.errors import ConflictError, MalformedError
from certstore.identifiers import ResidentId, Sex
from certstore.presenting.ethnicities import ethnicity_code

AGES: Final = (14, 16, 18, 60, 65)
"""The ages that can be shown: criminal and civil majority, employment, the two of old age."""

_LEVELS: Final = {
    "photo": Disclosure.MINIMAL,
    "residence": Disclosure.RESIDENCE_IN_DISTRICT,
    "age": Disclosure.AGE_OVER,
    "full": Disclosure.FULL,
}
LEVELS: Final = tuple(_LEVELS)
SHOWS_PERSON: Final = frozenset({Disclosure.FULL, Disclosure.MINIMAL})
_DISTRICT: Final = re.compile(r"市([^省市区县]{1,8}[区县])")
_LONGEST: Final = {"household_address": 120, "residence_address": 120, "name": 50}


class AgeNotReachedError(ConflictError):
    """The holder has not reached the age that was to be shown; no code says so."""


class FieldMissingError(ConflictError):
    """The certificate does not hold what this profile shows."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A profile; `age_over` stands in profile 3 alone, and there always."""

    disclosure: Disclosure = Disclosure.MINIMAL
    age_over: int | None = None

    def __post_init__(self) -> None:
        """Refuse an age beside another profile, and ages that are not offered."""
        wanted = self.disclosure is Disclosure.AGE_OVER
        if wanted != (self.age_over is not None) or (wanted and self.age_over not in AGES):
            raise MalformedError(
                "an age is shown by the profile of ages alone",
                where="age_over",
                remedy=f"one of {', '.join(map(str, AGES))}",
            )

    @classmethod
    def parse(cls, level: str, age: str | int | None = None) -> Self:
        """Read a level's word, and the age of `age`; MalformedError for what is not offered."""
        if level not in _LEVELS:
            raise MalformedError(
                "there is no such profile", where="level", remedy=f"one of {', '.join(LEVELS)}"
            )
        disclosure = _LEVELS[level]
        if disclosure is not Disclosure.AGE_OVER:
            return cls(disclosure)
        years = str(age)
        return cls(disclosure, int(years) if years in map(str, AGES) else 0)

    @property
    def level(self) -> str:
        """Its word: photo, residence, age or full."""
        return next(word for word, known in _LEVELS.items() if known is self.disclosure)

    @property
    def shows_person(self) -> bool:
        """Whether it says who it is; the ID photo goes along then, and never otherwise."""
        return self.disclosure in SHOWS_PERSON


MINIMAL: Final = Choice()


def birth_date(certificate: Certificate) -> date:
    """When the first holder was born, by the identity number; MalformedError if it tells none."""
    return ResidentId.parse(certificate.holders[0].id_number).birth_date


def age_on(born: date, today: date) -> int:
    """Whole years on a day; a year is complete on the birthday."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def ages_reached(certificate: Certificate, today: date) -> tuple[int, ...]:
    """The ages that this certificate's holder can show today."""
    age = age_on(birth_date(certificate), today)
    return tuple(years for years in AGES if years <= age)


def code_data(certificate: Certificate, choice: Choice, today: date) -> CodeData:
    """What a code of this profile says of a certificate.

    Raises AgeNotReachedError below the age to be shown, FieldMissingError where the certificate
    names no district.
    """
    return CodeData(
        number=certificate.number,
        type_code=certificate_type(certificate.type_code).type_code,
        issued_on=certificate.issued_on,
        valid_to=certificate.validity.valid_to,
        disclosure=choice.disclosure,
        **_said(certificate, choice, today),
    )


def _said(certificate: Certificate, choice: Choice, today: date) -> dict[str, Any]:
    match choice.disclosure:
        case Disclosure.RESIDENCE_IN_DISTRICT:
            return {"residence_address": _district(certificate)}
        case Disclosure.AGE_OVER:
            return {"age_over": _reached(certificate, choice.age_over or 0, today)}
        case Disclosure.FULL:
            return _everything(certificate)
        case Disclosure.MINIMAL:
            return _person(certificate)


def _person(certificate: Certificate) -> dict[str, Any]:
    holder, photo = certificate.holders[0], certificate.file("photo")
    number = ResidentId.parse(holder.id_number)
    return {
        "name": holder.name,
        "sex": 1 if number.sex is Sex.MALE else 2,
        "id_number": str(number),  # masked
        "photo_digest": bytes.fromhex(photo.sha256)[:16] if photo else None,
    }


def _everything(certificate: Certificate) -> dict[str, Any]:
    number, fields = ResidentId.parse(certificate.holders[0].id_number), certificate.fields
    return {
        **_person(certificate),
        "id_number": number.value,
        "birth_date": number.birth_date,
        "ethnicity": ethnicity_code(str(fields.get("ethnicity", ""))),
        "household_address": _showable("household_address", fields.get("household_address")),
        "residence_address": _showable("residence_address", fields.get("residence_address")),
    }


def _district(certificate: Certificate) -> str:
    found = certificate.fields.get("residence_district")
    if not found:  # a permit names it within the address alone
        within = _DISTRICT.search(str(certificate.fields.get("residence_address", "")))
        found = within[1] if within else None
    if not found:
        raise FieldMissingError("this certificate names no district", where="residence_district")
    return str(found)


def _reached(certificate: Certificate, years: int, today: date) -> int:
    if age_on(birth_date(certificate), today) < years:
        raise AgeNotReachedError(
            "the holder has not reached this age", where="age_over", remedy="show something else"
        )
    return years


def _showable(name: str, text: object) -> str | None:
    """The text if a code can carry it; one that is too long is not shown rather than cut."""
    if not isinstance(text, str) or not 0 < len(text) <= _LONGEST[name]:
        return None
    return None if faults(CodeData(number="-", name=text)) else text
