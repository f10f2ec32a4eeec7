"""The people and the claims of a record that is handed in."""

import re
from collections.abc import Callable, Mapping
from datetime import date

from certstore.batch_fields import NO_DAY, FaultCode, Fields
from certstore.batch_types import TypeRule
from certstore.certificates import Holder
from certstore.errors import MalformedError
from certstore.identifiers import CreditCode, ResidentId

# Codes of GB/T 36903 annex A, and GA/T 517's 553 (permanent residence) for those it lacks.
_ID_TYPES = (
    *("111", "114", "115", "118", "119", "120", "122", "411", "412", "413", "414"),
    *("511", "516", "553", "999", "001", "099"),
)
_OTHER_NUMBER = re.compile(r"[0-9A-Za-z()（）-]{4,30}")
_RELATIONS = ("spouse", "parent", "child", "sibling", "grandparent", "grandchild")
_QUALITIES = ("pass", "manual_review", "retake")


def read_person(fields: Fields, issued_on: date) -> Holder:
    """Read name and number; a citizen's check character and day of birth are looked at."""
    name, id_type = fields.text("name", 100), fields.word("id_type", _ID_TYPES)
    return Holder(name, id_type, _id_number(fields, id_type, issued_on))


def read_credit_code(fields: Fields, name: str) -> str:
    """Read a unified social credit code; its two check characters are looked at."""
    try:
        return CreditCode.parse(fields.text(name, 40)).value
    except MalformedError as error:
        if name in fields.values:
            fields.note(FaultCode.BAD_CREDIT_CODE, name, error.detail)
        return ""


def read_claims(fields: Fields, rule: TypeRule, issued_on: date) -> dict[str, object]:
    """Read the claims a record of this type must and may make, as JSON values known good."""
    fields.exactly(rule.required, rule.optional)
    kinds = {**rule.required, **rule.optional}
    claims = {
        name: _claim(fields, name, kinds[name], issued_on)
        for name in fields.values
        if name in kinds
    }
    if "taken_on" in claims and NO_DAY < issued_on < fields.day("taken_on"):
        fields.note(FaultCode.DATES_OUT_OF_ORDER, "taken_on", "lies after issued_on")
    return claims


# Days and months stay the texts they are, once they are known to be good.
_PLAIN_KINDS: Mapping[str, Callable[[Fields, str], object]] = {
    "text": lambda fields, name: fields.text(name),
    "day": lambda fields, name: fields.day(name).isoformat(),
    "month": lambda fields, name: f"{fields.month(name):%Y-%m}",
    "count": lambda fields, name: fields.whole(name, 0, 10_000),
    "amount": lambda fields, name: fields.amount(name),
    "flag": lambda fields, name: fields.flag(name),
    "quality": lambda fields, name: fields.word(name, _QUALITIES),
}


def _claim(fields: Fields, name: str, kind: str, issued_on: date) -> object:
    if kind == "person":
        return _kin(fields.inner(name), issued_on)
    if kind == "persons":
        return [_kin(person, issued_on) for person in fields.objects(name, 1, 30)]
    return _PLAIN_KINDS[kind](fields, name)


def _kin(fields: Fields, issued_on: date) -> dict[str, str]:
    fields.exactly(("name", "id_type", "id_number"), ("relation",))
    person = read_person(fields, issued_on)
    plain = {"name": person.name, "id_type": person.id_type, "id_number": person.id_number}
    if "relation" in fields.values:
        plain["relation"] = fields.word("relation", _RELATIONS)
    return plain


def _id_number(fields: Fields, id_type: str, issued_on: date) -> str:
    text = fields.text("id_number", 40)
    if id_type not in ("111", "001"):  # no check characters: only the shape can be looked at
        if "id_number" in fields.values and not _OTHER_NUMBER.fullmatch(text):
            fields.note(FaultCode.BAD_ID_NUMBER, "id_number", "is no number of such a document")
        return text
    if id_type == "001":
        return read_credit_code(fields, "id_number")
    try:
        today = None if issued_on == NO_DAY else issued_on
        return ResidentId.parse(text, today=today).value
    except MalformedError as error:
        if "id_number" in fields.values:
            fields.note(FaultCode.BAD_ID_NUMBER, "id_number", error.detail)
        return ""
