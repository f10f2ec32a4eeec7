"""What an applicant says, checked field by field: everything that is wrong is named at once."""

import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Self

from certstore.errors import CertstoreError, MalformedError
from certstore.identifiers import ResidentId
from issuance.application import Answers, Child, Relative
from issuance.commitment import RELATION_ZH
from issuance.home_address import names_a_home

UNDER_AGE = 16  # a child below it is applied for by its guardian
GUARDIAN_RELATIONS = ("parent", "grandparent", "sibling", "other")
_DWELLINGS = frozenset({"own", "rent", "dormitory"})
_MAX_ADDRESS = 100
_MAX_NAME = 50
_ID_LENGTH = 18
_HALF_WIDTH = {
    wide: wide - 0xFEE0
    for wide in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}
_JOINS = frozenset(" ·•・.-\u2010\u2019'\uff0e")  # between the parts of a name
# Letters and marks that show nothing (UAX 44, Default_Ignorable_Code_Point).
_SHOW_NOTHING = frozenset(
    map(
        chr,
        (
            *(0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0),
            *range(0x180B, 0x1810),
            *range(0xFE00, 0xFE10),
            *range(0xE0100, 0xE01F0),
        ),
    )
)


class Fault(str):
    """An error code of the closed list in the texts, and the number its sentence may take."""

    __slots__ = ("n",)
    n: int

    def __new__(cls, code: str, n: int = 0) -> Self:
        """A code; `n` is how many, where its sentence says so."""
        fault = super().__new__(cls, code)
        fault.n = n
        return fault


Faults = dict[str, Fault]


def read_answers(answers: Answers, districts: tuple[str, ...]) -> Answers:
    """Check what was said, as far as it was said.

    MalformedError holds every form field that is wrong in `facts["errors"]`, each with its code
    (unknown, malformed, too_long, length, missing); the first of them in `where` and
    `facts["cause"]`.
    """
    faults: Faults = {}
    if answers.dwelling and answers.dwelling not in _DWELLINGS:
        faults["dwelling"] = Fault("unknown")
    if answers.occupier not in {"", "self", "relative"}:
        faults["whose"] = Fault("unknown")
    if answers.district and answers.district not in districts:
        faults["district"] = Fault("unknown")
    typed = unicodedata.normalize("NFC", " ".join(answers.address.split()))
    address = typed.translate(_HALF_WIDTH)  # as documents have figures and Latin letters
    if code := _address_fault(address):
        faults["address"] = Fault(code)
    relative = None
    if answers.occupier == "relative" and answers.relative is not None:
        relative = _read_relative(answers.relative, faults)
    refuse(faults)
    return replace(answers, address=address, relative=relative)


def read_child(said: Child, today: date) -> Child:
    """Check how a guardian names a child under 16; faults as of `read_answers`.

    Nothing is looked up: whether there is such a child is for the records to prove later.
    """
    faults: Faults = {}
    name = read_name(said.name, "child_name", faults)
    number = read_number(said.id_number, "child_id_number", faults, today)
    if number is not None and age_on(number.birth_date, today) >= UNDER_AGE:
        faults["child_id_number"] = Fault("grown_up")
    if said.relation not in GUARDIAN_RELATIONS:
        faults["guardian_relation"] = Fault("unknown" if said.relation else "missing")
    if not said.consented:
        faults["consented"] = Fault("missing")
    refuse(faults)
    return Child(name, number.value if number else "", said.relation, consented=True)


def read_number(
    text: str, where: str, faults: Faults, today: date | None = None
) -> ResidentId | None:
    """An identity number as typed; None and a fault if it is none."""
    typed = "".join(text.split())
    if not typed:
        faults[where] = Fault("missing")
        return None
    try:
        return ResidentId.parse(typed, today=today)
    except CertstoreError:
        right_length = len(typed) == _ID_LENGTH
        faults[where] = Fault("malformed") if right_length else Fault("length", len(typed))
        return None


def refuse(faults: Mapping[str, Fault]) -> None:
    """Raise MalformedError with every fault, if there is any."""
    if faults:
        where, cause = next(iter(faults.items()))
        raise MalformedError(
            "some answers are missing or cannot be read",
            where=where,
            remedy="correct the fields that are named",
            cause=str(cause),
            errors=dict(faults),
        )


def faults_of(error: MalformedError) -> Faults:
    """Every field that is wrong, as `refuse` and the desks name them."""
    found = error.facts.get("errors")
    if isinstance(found, dict):
        return found
    return {error.where or "": Fault(str(error.facts.get("cause", "malformed")))}


def is_answered(answers: Answers) -> bool:
    """Whether every question that concerns this applicant has an answer.

    Who said why is asked nothing of the home.
    """
    if answers.why:
        return True
    whose = answers.dwelling == "dormitory" or answers.occupier == "self"
    relative = answers.occupier == "relative" and answers.relative is not None
    return bool(answers.dwelling and (whose or relative) and answers.district and answers.address)


def age_on(born: date, day: date) -> int:
    """Full years of age on a day."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _address_fault(address: str) -> str:
    if len(address) > _MAX_ADDRESS:
        return "too_long"
    readable = is_writing(address) and names_a_home(address)
    return "malformed" if address and not readable else ""


def is_writing(text: str) -> bool:
    """Letters, figures, punctuation and spaces: nothing invisible, no pictures."""
    return text.isprintable() and all(unicodedata.category(c)[0] in "LMNPZ" for c in text)


def _is_name(text: str) -> bool:
    """Letters and what joins them: no figures, no brackets, no letters that show nothing."""
    return text.isprintable() and all(
        (unicodedata.category(c)[0] in "LM" and c not in _SHOW_NOTHING) or c in _JOINS for c in text
    )


def _read_relative(said: Relative, faults: Faults) -> Relative:
    if said.relation not in RELATION_ZH:
        faults["relation"] = Fault("unknown" if said.relation else "missing")
    name = read_name(said.name, "relative_name", faults)
    number = read_number(said.id_number, "relative_id_number", faults)
    return Relative(name, number.value if number else "", said.relation)


def read_name(text: str, where: str, faults: Faults) -> str:
    """Somebody's name as typed; a fault if it is none."""
    name = unicodedata.normalize("NFC", " ".join(text.split()))
    if not name:
        faults[where] = Fault("missing")
    elif len(name) > _MAX_NAME or not _is_name(name):
        faults[where] = Fault("malformed")
    return name
