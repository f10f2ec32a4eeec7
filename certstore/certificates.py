"""The certificate, as every floor of the house knows it: frozen values, no IO."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any


class Status(StrEnum):
    """What has become of a certificate. `expired` follows from the dates and is never stored."""

    VALID = "valid"
    SUSPENDED = "suspended"
    LOST = "suspended_loss"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Holder:
    """A person a certificate names. `id_type` is a code of GB/T 36903 annex A (111 citizen)."""

    name: str
    id_type: str
    id_number: str

    def __str__(self) -> str:
        """What logs may show."""
        return f"{self.id_type}:{self.id_number[:6]}********{self.id_number[14:]}"


@dataclass(frozen=True, slots=True)
class Validity:
    """From and to which day; both days count, no end is written None."""

    valid_from: date
    valid_to: date | None

    def covers(self, day: date) -> bool:
        """Whether the day lies inside."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class StatusEntry:
    """Where a certificate's status is published: list number and index in it."""

    list_number: int
    index: int


@dataclass(frozen=True, slots=True)
class File:
    """A file of a certificate: the photo, the signed document."""

    role: str  # photo | document | scan | issued_document: as it was before it was stamped
    media_type: str
    sha256: str  # hex
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A certificate that has its number and its status index, and no seal yet."""

    ref: str
    identifier: str
    type_code: str
    version: int
    serial: str
    holder: Holder
    issuer_uscc: str
    fields: Mapping[str, str]
    issued_on: date
    validity: Validity
    status_entry: StatusEntry
    photo: File | None = None
    previous_ref: str | None = None
    specimen: bool = True
    others: tuple[Holder, ...] = ()  # whom it names besides the holder

    @property
    def holders(self) -> tuple[Holder, ...]:
        """Everybody it names, the holder first."""
        return (self.holder, *self.others)


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A certificate in the register: sealed here, or handed in by its source authority."""

    ref: str
    type_code: str
    version: int
    number: str  # what is printed on it
    identifier: str | None  # GB/T 36904; certificates handed in may have none
    holders: tuple[Holder, ...]
    issuer_uscc: str
    issued_on: date
    validity: Validity
    status: Status
    status_changed_at: datetime
    under_dispute: bool = False
    fields: Mapping[str, Any] = field(default_factory=dict)  # texts; a source's claims may nest
    files: tuple[File, ...] = ()
    status_entry: StatusEntry | None = None
    source: str | None = None
    record_id: str | None = None
    previous_ref: str | None = None
    sealed: bool = False

    def status_on(self, day: date) -> Status:
        """The live status, with expiry worked out from the dates."""
        past = self.is_past(day)
        return Status.EXPIRED if self.status is Status.VALID and past else self.status

    def is_past(self, day: date) -> bool:
        """Whether its last day is over, whatever its status; what is held runs out all the same."""
        return self.validity.valid_to is not None and day > self.validity.valid_to

    def seen_by(self, reader: Holder) -> "Certificate":
        """The certificate with this reader as its first holder, if it names them.

        What is shown of a certificate as its holder's is then theirs, and no co-holder's.
        """
        mine = (reader.id_type, reader.id_number.upper())
        first = [(h.id_type, h.id_number) != mine for h in self.holders]
        order = sorted(range(len(first)), key=lambda place: first[place])
        fields = self.fields
        if self.parts:  # what each of them is goes along with them
            fields = {**fields, "roles": ",".join(self.parts[place] for place in order)}
        return replace(self, holders=tuple(self.holders[place] for place in order), fields=fields)

    @property
    def parts(self) -> tuple[str, ...]:
        """What each holder is in it (`lessee`, `lessor`), in order; empty: it does not say."""
        said = self.fields.get("roles")
        parts = tuple(said.split(",")) if isinstance(said, str) else ()
        return parts if len(parts) == len(self.holders) else ()

    def file(self, role: str) -> File | None:
        """The file that plays this role."""
        return next((f for f in self.files if f.role == role), None)
