"""A record on file, as its source handed it in; and a face-verification result."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Self

from verifiers.materials.persons import Person
from verifiers.materials.strict_reading import Members
from verifiers.materials.vocabulary import (
    ComparisonSource,
    PhotoQuality,
    RecordStatus,
    RecordType,
)

_KNOWN_CLAIMS = frozenset(
    {"address", "taken_on", "quality", "parents", "members", "relative", "registered_on"}
    | {"consecutive_months", "paid_through", "signed"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a record says, as far as a rule looks at it; the rest is kept in `further`."""

    address: str | None = None
    taken_on: date | None = None  # photo
    quality: PhotoQuality | None = None  # photo
    parents: tuple[Person, ...] = ()  # birth certificate
    members: tuple[Person, ...] = ()  # household register
    relative: Person | None = None  # commitment letter
    signed: bool | None = None  # commitment letter
    registered_on: date | None = None  # voucher
    consecutive_months: int | None = None  # insurance
    paid_through: date | None = None  # insurance: the first day of the last month paid
    further: Mapping[str, object] = field(default_factory=dict)

    @classmethod
    def read(cls, members: Members) -> Self:
        """Read them from JSON; claims that no rule looks at are kept as they are."""
        relative = members.inner("relative") if members.has("relative") else None
        parents = members.objects("parents") if members.has("parents") else ()
        household = members.objects("members") if members.has("members") else ()
        return cls(
            address=members.text_or_none("address"),
            taken_on=members.day_or_none("taken_on"),
            quality=members.word_or_none("quality", PhotoQuality),
            parents=tuple(Person.read(p) for p in parents),
            members=tuple(Person.read(p) for p in household),
            relative=None if relative is None else Person.read(relative),
            signed=members.flag_or_none("signed"),
            registered_on=members.day_or_none("registered_on"),
            consecutive_months=members.whole_or_none("consecutive_months"),
            paid_through=members.month_or_none("paid_through"),
            further={k: v for k, v in members.values.items() if k not in _KNOWN_CLAIMS},
        )

    def as_json(self) -> dict[str, object]:
        """The members `read` takes; what is not claimed is left out."""
        claimed: dict[str, object | None] = {
            "address": self.address,
            "taken_on": _day(self.taken_on),
            "quality": self.quality,
            "parents": [p.as_json() for p in self.parents] or None,
            "members": [p.as_json() for p in self.members] or None,
            "relative": None if self.relative is None else self.relative.as_json(),
            "signed": self.signed,
            "registered_on": _day(self.registered_on),
            "consecutive_months": self.consecutive_months,
            "paid_through": None if self.paid_through is None else f"{self.paid_through:%Y-%m}",
        }
        return {k: v for k, v in claimed.items() if v is not None} | dict(self.further)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One version of one record; the first and the last day of its validity count."""

    record_id: str
    version: int
    type: RecordType
    holders: tuple[Person, ...]
    issuer_uscc: str
    number: str
    issued_on: date
    valid_from: date | None
    valid_to: date | None
    status: RecordStatus
    under_dispute: bool
    claims: Claims = field(default_factory=Claims)

    @classmethod
    def read(cls, members: Members) -> Self:
        """Read one from JSON; further members of a hand-in (files, source_time) are passed over."""
        if "valid_to" not in members.values:
            members.refuse("valid_to", "missing", "write null where there is no end")
        return cls(
            record_id=members.text("record_id", 100),
            version=members.whole("version", 1),
            type=members.word("type", RecordType),
            holders=tuple(Person.read(p) for p in members.objects("holders")),
            issuer_uscc=members.text("issuer_uscc", 40),
            number=members.text("number", 100),
            issued_on=members.day("issued_on"),
            valid_from=members.day_or_none("valid_from"),
            valid_to=members.day_or_none("valid_to"),
            status=members.word("status", RecordStatus),
            under_dispute=members.flag("under_dispute"),
            claims=Claims.read(members.inner("claims")),
        )

    def as_json(self) -> dict[str, object]:
        """The members `read` takes."""
        return {
            "record_id": self.record_id,
            "version": self.version,
            "type": self.type.value,
            "holders": [p.as_json() for p in self.holders],
            "issuer_uscc": self.issuer_uscc,
            "number": self.number,
            "issued_on": _day(self.issued_on),
            "valid_from": _day(self.valid_from),
            "valid_to": _day(self.valid_to),
            "status": self.status.value,
            "under_dispute": self.under_dispute,
            "claims": self.claims.as_json(),
        }

    def names(self, person: Person) -> bool:
        """Whether the person is among the holders."""
        return any(person.is_same(holder) for holder in self.holders)


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceResult:
    """A provider's normalised result; what it does not say is None, and None never passes."""

    subject: Person
    result: str
    verified_at: datetime
    mode: str | None = None
    comparison_source: ComparisonSource | None = None
    fmr: float | None = None
    pad: bool | None = None
    iad: bool | None = None
    device_risk: tuple[str, ...] | None = None
    channel: str | None = None
    provider: str | None = None

    @classmethod
    def read(cls, members: Members) -> Self:
        """Read one from JSON; further members of a normalised result are passed over."""
        return cls(
            subject=Person.read(members.inner("subject")),
            result=members.text("result", 40),
            verified_at=members.moment("verified_at"),
            mode=members.text_or_none("mode", 40),
            comparison_source=members.word_or_none("comparison_source", ComparisonSource),
            fmr=members.number_or_none("fmr"),
            pad=members.flag_or_none("pad"),
            iad=members.flag_or_none("iad"),
            device_risk=members.texts("device_risk") if members.has("device_risk") else None,
            channel=members.text_or_none("channel", 40),
            provider=members.text_or_none("provider", 100),
        )

    def as_json(self) -> dict[str, object]:
        """The members `read` takes."""
        return {
            "subject": self.subject.as_json(),
            "result": self.result,
            "mode": self.mode,
            "comparison_source": self.comparison_source,
            "fmr": self.fmr,
            "pad": self.pad,
            "iad": self.iad,
            "device_risk": None if self.device_risk is None else list(self.device_risk),
            "channel": self.channel,
            "verified_at": self.verified_at.isoformat(),
            "provider": self.provider,
        }


@dataclass(frozen=True, slots=True)
class EarlierVerification:
    """An identity the platform verified before, bound to the signed-in account."""

    subject: Person
    verified_at: datetime

    @classmethod
    def read(cls, members: Members) -> Self:
        """Read one from JSON."""
        return cls(Person.read(members.inner("subject")), members.moment("verified_at"))

    def as_json(self) -> dict[str, object]:
        """The members `read` takes."""
        return {"subject": self.subject.as_json(), "verified_at": self.verified_at.isoformat()}


@dataclass(frozen=True, slots=True)
class CounterCheck:
    """An officer compared the original of an identity document with the person who was present.

    Whose word it is: the staff number of the officer, and the station whose counter it was.
    """

    subject: Person
    verified_at: datetime
    document: str
    officer: str
    station: str

    @classmethod
    def read(cls, members: Members) -> Self:
        """Read one from JSON."""
        members.only("subject", "verified_at", "document", "officer", "station")
        return cls(
            Person.read(members.inner("subject")),
            members.moment("verified_at"),
            members.text("document", 40),
            members.text("officer", 40),
            members.text("station", 100),
        )

    def as_json(self) -> dict[str, object]:
        """The members `read` takes."""
        return {
            "subject": self.subject.as_json(),
            "verified_at": self.verified_at.isoformat(),
            "document": self.document,
            "officer": self.officer,
            "station": self.station,
        }


def newest_versions(records: Iterable[Record]) -> tuple[Record, ...]:
    """Leave out versions of a record that a later version on hand has replaced."""
    kept = tuple(records)
    newest: dict[tuple[str, RecordType], int] = {}
    for record in kept:
        key = (record.record_id, record.type)
        newest[key] = max(newest.get(key, 0), record.version)
    return tuple(r for r in kept if r.version == newest[r.record_id, r.type])


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
