"""What somebody types of a lease, checked field by field: all that is wrong is named at once."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from certstore.errors import MalformedError
from certstore.plain_words import plain_words
from issuance.answers import Fault, Faults, is_writing, read_name, read_number, refuse
from issuance.home_address import names_a_home
from issuance.matters.lease.terms import (
    MOST_PARTIES,
    Contract,
    Party,
    Role,
    hundredths,
    named,
    of_role,
)

_DECIMAL: Final = re.compile(r"([0-9]{1,7})(?:\.([0-9]{1,2}))?")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_COUNT: Final = re.compile(r"[0-9]{1,2}")
_LONGEST_ROOM: Final = 12
_LONGEST_ADDRESS: Final = 100
_LARGEST_AREA: Final = 1_000_000  # 10,000 m²
_MOST_MONEY: Final = 1_000_000_00  # a million yuan
_MOST_OCCUPANTS: Final = 30
_MOST_NAMES: Final = 95.0  # em of one side's names and masked numbers that a notice has room for
_LATIN: Final = 0.58


@dataclass(frozen=True, slots=True)
class TypedParty:
    """Another party, as typed; a role is empty where the line is."""

    role: str = ""
    name: str = ""
    id_number: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing was typed."""
        return not (self.name.strip() or self.id_number.strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A lease as typed: texts; `role` is the typist's own."""

    role: str = ""
    district: str = ""
    address: str = ""
    part: str = ""  # whole | room
    room: str = ""
    area: str = ""
    rent: str = ""
    deposit: str = ""
    first: str = ""
    last: str = ""
    occupants: str = ""
    others: Sequence[TypedParty] = field(default_factory=tuple)


def read_lease(
    typed: Typed, me: Party, districts: Sequence[str], today: date
) -> tuple[Contract, tuple[Party, ...]]:
    """The contract and its parties, landlords first; `me` is whoever typed.

    MalformedError holds every field that is wrong in `facts["errors"]`.
    """
    faults: Faults = {}
    if typed.role not in set(Role):
        faults["role"] = Fault("missing")
    contract = read_contract(typed, districts, faults)
    parties = _parties(typed, me, faults, today)
    refuse(faults)
    return contract, parties


def read_contract(typed: Typed, districts: Sequence[str], faults: Faults) -> Contract:
    """What is let; every fault is put in, and then the value means nothing."""
    home = _district(typed.district, districts, faults), _address(typed.address, faults)
    room = _room(typed, faults)
    area = _amount(typed.area, "area", (1, _LARGEST_AREA), faults)
    occupants = _occupants(typed.occupants, faults)
    rent = _amount(typed.rent, "rent", (1, _MOST_MONEY), faults)
    deposit = _amount(typed.deposit, "deposit", (0, _MOST_MONEY), faults)
    first, last = _day(typed.first, "first", faults), _day(typed.last, "last", faults)
    if first and last and last < first:
        faults["last"] = Fault("before")
    return Contract(
        district=home[0],
        address=home[1],
        room=room,
        area=area,
        rent=rent,
        deposit=deposit,
        first=first or date.min,
        last=last or date.max,
        occupants=occupants,
    )


def typed_of(contract: Contract, parties: Sequence[Party], me: Party) -> Typed:
    """A lease as a form shows it again."""
    others = tuple(TypedParty(p.role, p.name, p.id_number) for p in parties if p != me)
    return Typed(
        role=me.role,
        district=contract.district,
        address=contract.address,
        part="whole" if contract.whole else "room",
        room=contract.room,
        area=hundredths(contract.area),
        rent=hundredths(contract.rent),
        deposit=hundredths(contract.deposit),
        first=contract.first.isoformat(),
        last=contract.last.isoformat(),
        occupants=str(contract.occupants),
        others=others,
    )


def _parties(typed: Typed, me: Party, faults: Faults, today: date) -> tuple[Party, ...]:
    said = [(place, other) for place, other in enumerate(typed.others, 1) if not other.empty]
    if not said:
        faults["name_1"] = Fault("missing")
    if len(said) >= MOST_PARTIES:
        faults["name_1"] = Fault("many", MOST_PARTIES)
        return ()
    found = [me, *(_other(place, other, faults, today) for place, other in said)]
    numbers = [party.id_number for party in found]
    for (place, _), party in zip(said, found[1:], strict=True):
        if party.id_number and numbers.count(party.id_number) > 1:
            faults.setdefault(f"id_number_{place}", Fault("twice"))
    sides = {party.role for party in found}
    if len(sides) < len(Role) and not faults:
        faults["role_1"] = Fault("one_side")
    ordered = tuple(p for role in Role for p in of_role(found, role))
    if not faults and max(_width(named(of_role(ordered, role))) for role in Role) > _MOST_NAMES:
        faults["name_1"] = Fault("too_long")
    return ordered


def _other(place: int, other: TypedParty, faults: Faults, today: date) -> Party:
    name = read_name(other.name, f"name_{place}", faults)
    number = read_number(other.id_number, f"id_number_{place}", faults, today)
    if other.role not in set(Role):
        faults[f"role_{place}"] = Fault("missing")
    role = Role(other.role) if other.role in set(Role) else Role.TENANT
    return Party(role, name, number.value if number else "")


def _width(text: str) -> float:
    return sum(_LATIN if character.isascii() else 1.0 for character in text)


def _district(text: str, districts: Sequence[str], faults: Faults) -> str:
    if text not in districts:
        faults["district"] = Fault("unknown" if text else "missing")
    return text


def _address(text: str, faults: Faults) -> str:
    address = _flat(text)
    if not address:
        faults["address"] = Fault("missing")
    elif len(address) > _LONGEST_ADDRESS:
        faults["address"] = Fault("too_long")
    elif not (is_writing(address) and names_a_home(address)):
        faults["address"] = Fault("malformed")
    return address


def _room(typed: Typed, faults: Faults) -> str:
    if typed.part not in {"whole", "room"}:
        faults["part"] = Fault("missing")
    if typed.part != "room":
        return ""
    room = _flat(typed.room)
    if not room:
        faults["room"] = Fault("missing")
    elif len(room) > _LONGEST_ROOM or not _is_plain(room):
        faults["room"] = Fault("malformed")
    return room


def _is_plain(text: str) -> bool:
    try:
        plain_words(text)
    except ValueError:
        return False
    return is_writing(text)


def _flat(text: str) -> str:
    """Figures and Latin letters of one width, single spaces: as documents have them."""
    spaced = unicodedata.normalize("NFC", " ".join(text.split()))
    return "".join(
        chr(ord(c) - 0xFEE0) if 0xFF10 <= ord(c) <= 0xFF5A and chr(ord(c) - 0xFEE0).isalnum() else c  # noqa: PLR2004 - full width
        for c in spaced
    )


def _amount(text: str, where: str, bounds: tuple[int, int], faults: Faults) -> int:
    """A decimal number of at most two places, in hundredths."""
    typed = unicodedata.normalize("NFKC", text).replace(",", "").strip()
    if not typed:
        faults[where] = Fault("missing")
        return 0
    found = _DECIMAL.fullmatch(typed)
    if found is None:
        faults[where] = Fault("malformed")
        return 0
    amount = int(found.group(1)) * 100 + int((found.group(2) or "").ljust(2, "0"))
    if not bounds[0] <= amount <= bounds[1]:
        faults[where] = Fault("range")
    return amount


def _occupants(text: str, faults: Faults) -> int:
    typed = unicodedata.normalize("NFKC", text).strip()
    if not _COUNT.fullmatch(typed):
        faults["occupants"] = Fault("malformed" if typed else "missing")
        return 0
    if not 1 <= int(typed) <= _MOST_OCCUPANTS:
        faults["occupants"] = Fault("range")
    return int(typed)


def _day(text: str, where: str, faults: Faults) -> date | None:
    typed = unicodedata.normalize("NFKC", text).strip()
    try:
        if _DAY.fullmatch(typed):
            return _within(date.fromisoformat(typed))
    except ValueError:
        pass
    faults[where] = Fault("malformed" if typed else "missing")
    return None


def _within(day: date) -> date:
    if not 1950 <= day.year <= 2200:  # noqa: PLR2004 - a slip of the keyboard, not a lease
        raise ValueError("no year of a lease")
    return day


def faults_of(error: MalformedError) -> Mapping[str, Fault]:
    """Every field that is wrong."""
    found = error.facts.get("errors")
    return found if isinstance(found, dict) else {}
