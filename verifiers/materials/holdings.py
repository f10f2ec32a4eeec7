"""Asking a source authority whether what it handed in still stands: the port, and its values.

The records themselves are here already (归集). What is asked is only whether a record that a
decision leans on is still what its source says today, so that little leaves the house: a
record's type, identifier and version, and no name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from verifiers.materials.vocabulary import RecordStatus, RecordType


@dataclass(frozen=True, slots=True, order=True)
class HeldRecord:
    """One version of a record, as its source knows it."""

    type: RecordType
    record_id: str
    version: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What a source says of a record: its status, and whether it is under objection.

    A source that knows a later version says `superseded`, one that does not know the record
    `revoked`: neither can be leaned on until it is handed in.
    """

    held: HeldRecord
    status: RecordStatus
    under_dispute: bool


@dataclass(frozen=True, slots=True)
class SourceAnswer:
    """One answer of a source about all it was asked, and when it was given."""

    standings: tuple[Standing, ...]
    answered_at: datetime


class Holdings(Protocol):
    """A source authority that can be asked."""

    def ask(self, held: Sequence[HeldRecord]) -> SourceAnswer:
        """Return what the source says of each record, in any order.

        Raises UnavailableError, within two seconds, when it does not answer, answers with an
        error, or answers something that is not its own signed word about exactly these.
        """
        ...


class Basis(StrEnum):
    """On whose word, and how fresh, a record is leaned on."""

    LIVE = "live"  # the source said so just now
    LAST_KNOWN = "last_known"  # the source cannot be reached; this is its last answer
    HANDED_IN = "handed_in"  # the source is not asked live: its hand-in is its word


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What is known of a record, on whose word, and as of when."""

    record_id: str  # the register's reference, as in the facts
    source: str  # the source's unified credit code
    basis: Basis
    as_of: datetime
    status: RecordStatus
    under_dispute: bool

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Confirmation":
        """Read back what was kept beside a decision."""
        return cls(
            record_id=kept["record_id"],
            source=kept["source"],
            basis=Basis(kept["basis"]),
            as_of=datetime.fromisoformat(kept["as_of"]),
            status=RecordStatus(kept["status"]),
            under_dispute=kept["under_dispute"],
        )

    def as_json(self) -> dict[str, object]:
        """As it is kept beside a decision."""
        return {
            "record_id": self.record_id,
            "source": self.source,
            "basis": self.basis.value,
            "as_of": self.as_of.isoformat(),
            "status": self.status.value,
            "under_dispute": self.under_dispute,
        }
