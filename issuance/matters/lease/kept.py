"""A lease as it is kept, and its parties: frozen values."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from issuance.matters.lease.signing import Signed
from issuance.matters.lease.states import State
from issuance.matters.lease.terms import Contract, Party


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyRow:
    """A party as it is kept: who, whether they came, signed, agreed to an end."""

    place: int
    party: Party
    joined_at: datetime | None = None
    seen_revision: int = 0
    signed: Signed | None = None
    end_agreed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """A lease as it is kept."""

    ref: str
    number: str
    begun_by: int
    state: State
    revision: int
    contract: Contract
    summary: str
    parties: tuple[PartyRow, ...]
    begun_at: datetime
    changed_at: datetime
    submitted_at: datetime | None = None
    due_on: date | None = None
    try_at: datetime | None = None
    tries: int = 0
    decision: dict[str, Any] | None = None
    decided_at: datetime | None = None
    decided_by: str = ""
    words: str = ""
    order_ref: str | None = None
    certificate_ref: str | None = None

    @property
    def people(self) -> tuple[Party, ...]:
        """The parties themselves."""
        return tuple(row.party for row in self.parties)

    @property
    def all_signed(self) -> bool:
        """Whether every party has signed this text."""
        return all(row.signed is not None for row in self.parties)
