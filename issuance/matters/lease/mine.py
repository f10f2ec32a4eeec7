"""A lease as one of its parties reads it: found by number and name, or not at all."""

from dataclasses import dataclass

from certstore.callers import Resident
from certstore.certificates import Holder
from certstore.errors import ConflictError, NotFoundError
from issuance.matters.lease.kept import Lease, PartyRow


@dataclass(frozen=True, slots=True)
class Mine:
    """A lease, and which of its parties the reader is."""

    lease: Lease
    place: int
    began: bool = False  # wrote it down, and may change who its parties are

    @property
    def me(self) -> PartyRow:
        """The reader's own row."""
        return self.lease.parties[self.place]


def place_of(lease: Lease, who: Holder) -> int | None:
    """Which of its parties somebody is; None for anybody else."""
    return next((row.place for row in lease.parties if row.party.is_of(who)), None)


def of_party(lease: Lease, resident: Resident) -> Mine:
    """The lease as this resident's; NotFoundError for anybody but its parties."""
    place = place_of(lease, resident.holder)
    if place is None:
        raise NotFoundError("there is no such lease", where=lease.ref)
    return Mine(lease, place)


def changed(ref: str) -> ConflictError:
    """The refusal of what was done to another revision than there is."""
    return ConflictError(
        "the lease was changed meanwhile",
        where=ref,
        remedy="read it again as it is now",
        cause="changed",
    )
