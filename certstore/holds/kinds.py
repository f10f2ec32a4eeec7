"""Holds as values: their kinds, who places them, the status they add up to. No IO.

Loss, an overdue endorsement and the authority's own word are three facts, and none of them ends
another: a certificate is valid again when the last hold is lifted (docs/adr/0039).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from certstore.certificates import Status


class HoldKind(StrEnum):
    """Why a certificate is held; at most one hold of each kind is open at a time."""

    LOSS = "loss"
    OVERDUE = "endorsement_overdue"
    AUTHORITY = "authority"


class Role(StrEnum):
    """Who places or lifts a hold."""

    HOLDER = "holder"
    GUARDIAN = "guardian"
    OFFICER = "officer"
    ISSUER = "issuer"
    SYSTEM = "system"  # a rule that took effect on its day


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it; `number` is a staff number or a credit code, never a citizen's number."""

    role: Role
    number: str = ""


BY_RULE: Final = Actor(Role.SYSTEM)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """One hold from its placing to its lifting; `reason` and `lifted_for` are codes."""

    ref: str
    certificate_ref: str
    kind: HoldKind
    placed_at: datetime
    placed_by: Actor
    reason: str
    lifted_at: datetime | None = None
    lifted_by: Actor | None = None
    lifted_for: str = ""

    @property
    def open(self) -> bool:
        """Whether it holds still."""
        return self.lifted_at is None


ENDED: Final = frozenset({Status.SUPERSEDED, Status.CANCELLED, Status.REVOKED})
"""What is over for good: no hold is placed on it, and lifting one restores nothing."""


HELD: Final = frozenset({Status.LOST, Status.SUSPENDED})
"""What a certificate is while a hold is open."""


def worked_out(status: Status, open_kinds: Collection[HoldKind]) -> Status:
    """The status to keep: what has ended stays so, then loss, then any other hold, then valid."""
    if status in ENDED:
        return status
    if HoldKind.LOSS in open_kinds:
        return Status.LOST
    return Status.SUSPENDED if open_kinds else Status.VALID


class Succession(StrEnum):
    """What a new version is, beside the one that it takes the place of."""

    SAME_CARRIER = "same_carrier"  # the card stays: an address, a correction
    ENDORSED = "endorsed"  # the card stays, endorsed for another year
    NEW_CARRIER = "new_carrier"  # another card, or another document: the former is dead for good
    NEW_CARRIER_ENDORSED = "new_carrier_endorsed"  # another card, and endorsed with it
    BY_ISSUER = "by_issuer"  # its issuer says anew what holds


CARRIED: Final[Mapping[Succession, frozenset[HoldKind]]] = {
    Succession.SAME_CARRIER: frozenset(HoldKind),
    Succession.ENDORSED: frozenset({HoldKind.LOSS, HoldKind.AUTHORITY}),
    Succession.NEW_CARRIER: frozenset({HoldKind.OVERDUE, HoldKind.AUTHORITY}),
    Succession.NEW_CARRIER_ENDORSED: frozenset({HoldKind.AUTHORITY}),
    Succession.BY_ISSUER: frozenset(),
}
"""Which holds go along to the new version; the others end with the former one."""
