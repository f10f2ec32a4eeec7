"""A lease as its parties agree on it: frozen values, no IO. Money is in fen, area in 0.01 m²."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final, Self

from certstore.certificates import Holder
from certstore.identifiers import ResidentId

MOST_PARTIES: Final = 6
_CITIZEN: Final = "111"


class Role(StrEnum):
    """What a party of a lease is."""

    LANDLORD = "landlord"
    TENANT = "tenant"


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody a lease names, by role, name and citizen identity number."""

    role: Role
    name: str
    id_number: str

    @property
    def holder(self) -> Holder:
        """As certificates name people."""
        return Holder(self.name, _CITIZEN, self.id_number)

    @property
    def masked(self) -> str:
        """The number as the other parties read it."""
        return str(ResidentId.parse(self.id_number))

    def is_of(self, holder: Holder) -> bool:
        """Whether it is this person: number and name must both be theirs."""
        mine = (holder.name, holder.id_type, holder.id_number.upper())
        return mine == (self.name, _CITIZEN, self.id_number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """What is let, for how much and how long; both days count. `room` is empty for the whole."""

    district: str
    address: str  # without the city's and the district's name
    room: str
    area: int
    rent: int  # a month
    deposit: int
    first: date
    last: date
    occupants: int

    @property
    def whole(self) -> bool:
        """Whether the whole dwelling is let."""
        return not self.room

    def full_address(self, city: str) -> str:
        """As documents write it; the room is no part of it."""
        return f"{city}{self.district}{self.address}"

    def as_json(self) -> dict[str, Any]:
        """As a row keeps it."""
        return {
            "district": self.district,
            "address": self.address,
            "room": self.room,
            "area": self.area,
            "rent": self.rent,
            "deposit": self.deposit,
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "occupants": self.occupants,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Read back what a row kept."""
        days = {name: date.fromisoformat(kept[name]) for name in ("first", "last")}
        return cls(**{**kept, **days})


def of_role(parties: Sequence[Party], role: Role) -> tuple[Party, ...]:
    """The parties of one side, in their order."""
    return tuple(party for party in parties if party.role is role)


def hundredths(amount: int) -> str:
    """An amount in hundredths as people write it: 4500 is 45, 4550 is 45.5."""
    whole, rest = divmod(amount, 100)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".") if rest else str(whole)


def named(parties: Sequence[Party]) -> str:
    """People as a notice names them: names, numbers masked."""
    return "、".join(f"{party.name}（{party.masked}）" for party in parties)
