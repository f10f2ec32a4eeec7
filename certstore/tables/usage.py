"""Usage: every access to somebody's certificate, as the citizen sees it, beside its leaf."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Row,
    String,
    Table,
    func,
    select,
)

from certstore.errors import NotFoundError
from certstore.storage.prepared import PreparedRows
from certstore.tables.metadata import Json, Moment, insert_once, metadata
from certstore.tables.people import people

usage = Table(
    "usage",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ref", String(24), nullable=False, unique=True),
    Column("person_id", ForeignKey("people.id"), index=True),
    Column("kind", String(20), nullable=False),
    Column("at", Moment, nullable=False),
    Column("record", Json, nullable=False),
    Column("salt", LargeBinary(16)),  # none: the person was erased
    Column("leaf_index", BigInteger().with_variant(Integer, "sqlite"), nullable=False, unique=True),
    Column("case_ref", String(24)),  # another's case; who it is is told when it is closed
    # Which client was given something of which certificate: who must be told when it changes.
    Column("client", String(60)),
    Column("certificate_ref", String(24)),
    Index("ix_usage_certificate", "certificate_ref", "client"),
    # Which client's purpose asked in which of its agency's cases: what a case number finds.
    Column("asked_for", String(60)),
    Column("case_no", String(60)),
    Index("ix_usage_case", "case_no", "asked_for"),
)

# Scans like one that is recorded, which were counted only (docs/adr/0044).
more_scans = Table(
    "more_scans",
    metadata,
    Column("usage_ref", String(24), primary_key=True),
    Column("scans", Integer, nullable=False),
    Column("last_at", Moment, nullable=False),
)


_ADD = PreparedRows(
    usage,
    (
        *("ref", "person_id", "kind", "at", "record", "salt", "leaf_index", "case_ref"),
        *("client", "certificate_ref", "asked_for", "case_no"),
    ),
)
_WITH_MORE = select(usage, more_scans.c.scans).outerjoin(
    more_scans, more_scans.c.usage_ref == usage.c.ref
)


@dataclass(frozen=True, slots=True)
class UsageEntry:
    """One access: what was recorded, and where its leaf stands in the ledger.

    Without a salt the access was erased: its leaf still stands, and says nothing any more.
    """

    ref: str
    person_id: int | None
    kind: str
    at: datetime
    record: Mapping[str, Any]
    salt: bytes | None
    leaf_index: int
    case_ref: str | None = None
    client: str | None = None
    certificate_ref: str | None = None
    more_scans: int = 0  # of the same print from the same address, within an hour

    def listed(self) -> dict[str, Any]:
        """The access as its person is told of it: its record, and its place in the ledger."""
        more = {"more_scans": self.more_scans} if self.more_scans else {}
        return {"ref": self.ref, "leaf_index": self.leaf_index, **more, **self.record}


@dataclass(frozen=True, slots=True)
class Audited:
    """An access with what its leaf's subject commitment is made of; both empty for nobody."""

    entry: UsageEntry
    id_number: str
    person_key: bytes


class UsageBook:
    """The accesses, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def add(self, *entries: UsageEntry) -> None:
        """Record accesses, at least one."""
        _ADD.add(self._connection, [_values(entry) for entry in entries])

    def of(self, person_id: int, since: datetime) -> list[UsageEntry]:
        """Every access that concerns this person since a moment, latest first; none is left out."""
        query = _WITH_MORE.where(usage.c.person_id == person_id, usage.c.at >= since).order_by(
            usage.c.id.desc()
        )
        return [_entry(row, row.scans) for row in self._connection.execute(query)]

    def count_more(self, ref: str, at: datetime) -> None:
        """Count a scan beside an access that it is like. Atomic: none is lost."""
        values = {"usage_ref": ref, "scans": 1, "last_at": at}
        if insert_once(self._connection, more_scans, values):
            return
        one = more_scans.update().where(more_scans.c.usage_ref == ref)
        self._connection.execute(one.values(scans=more_scans.c.scans + 1, last_at=at))

    def get(self, ref: str, person_id: int) -> UsageEntry:
        """One access of this person; NotFoundError for another's as for none."""
        query = _WITH_MORE.where(usage.c.ref == ref, usage.c.person_id == person_id)
        row = self._connection.execute(query).one_or_none()
        if row is None:
            raise NotFoundError("there is no such access", where=ref)
        return _entry(row, row.scans)

    def of_case(self, purposes: Sequence[str], case_no: str, limit: int) -> list[UsageEntry]:
        """What was asked for these purposes under a case number, latest first."""
        query = (
            select(usage)
            .where(usage.c.case_no == case_no, usage.c.asked_for.in_(purposes))
            .order_by(usage.c.id.desc())
            .limit(limit)
        )
        return [_entry(row) for row in self._connection.execute(query)]

    def given_to(self, certificate_ref: str, since: datetime) -> list[str]:
        """The clients that were given something of this certificate since a moment."""
        query = (
            select(usage.c.client)
            .where(usage.c.certificate_ref == certificate_ref, usage.c.at >= since)
            .distinct()
            .order_by(usage.c.client)
        )
        return [row.client for row in self._connection.execute(query)]

    def audited(self, start: int, stop: int) -> dict[int, Audited]:
        """The accesses whose leaves stand from `start` up to but not including `stop`."""
        query = (
            select(usage, people.c.id_number, people.c.subject_key)
            .outerjoin(people)
            .where(usage.c.leaf_index >= start, usage.c.leaf_index < stop)
        )
        return {
            row.leaf_index: Audited(_entry(row), row.id_number or "", row.subject_key or b"")
            for row in self._connection.execute(query)
        }

    def erase(self, person_id: int) -> int:
        """Erase what is recorded about a person, how many accesses; their leaves stay."""
        theirs = select(usage.c.ref).where(usage.c.person_id == person_id)
        self._connection.execute(more_scans.delete().where(more_scans.c.usage_ref.in_(theirs)))
        statement = (
            usage.update()
            .where(usage.c.person_id == person_id)
            .values(
                person_id=None,
                record={},
                salt=None,
                case_ref=None,
                client=None,
                certificate_ref=None,
                asked_for=None,
                case_no=None,
            )
        )
        return self._connection.execute(statement).rowcount

    def count(self) -> int:
        """How many accesses there are: as many as the ledger has leaves."""
        return int(self._connection.execute(select(func.count()).select_from(usage)).scalar_one())


def _values(entry: UsageEntry) -> dict[str, Any]:
    return {
        "ref": entry.ref,
        "person_id": entry.person_id,
        "kind": entry.kind,
        "at": entry.at,
        "record": dict(entry.record),
        "salt": entry.salt,
        "leaf_index": entry.leaf_index,
        "case_ref": entry.case_ref,
        "client": entry.client,
        "certificate_ref": entry.certificate_ref,
        **_filed_under(entry.record),
    }


def _filed_under(record: Mapping[str, Any]) -> dict[str, str | None]:
    """Under which purpose and case an access is found again; of others' accesses, none."""
    case_no, purpose = record.get("case_no"), record.get("purpose")
    filed = isinstance(case_no, str) and isinstance(purpose, str) and "client" in record
    return (
        {"asked_for": purpose, "case_no": case_no}
        if filed
        else {"asked_for": None, "case_no": None}
    )


def _entry(row: Row[Any], more: int | None = None) -> UsageEntry:
    return UsageEntry(
        ref=row.ref,
        person_id=row.person_id,
        kind=row.kind,
        at=row.at,
        record=row.record,
        salt=None if row.salt is None else bytes(row.salt),
        leaf_index=row.leaf_index,
        case_ref=row.case_ref,
        client=row.client,
        certificate_ref=row.certificate_ref,
        more_scans=more or 0,
    )
