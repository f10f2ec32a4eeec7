"""What the audit of a simulation reads: every case, step, certificate and access. Read only."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from itertools import groupby

from sqlalchemy import Connection, func, select

from certstore.tables.certificate_rows import certificates
from certstore.tables.usage import usage
from issuance.application import Matter, State
from issuance.history.tables import application_events
from issuance.letters.tables import letter_uses
from issuance.tables import applications
from issuance.upload_tables import uploads

Step = tuple[datetime, str]  # when, and what


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """One case as it stands."""

    ref: str
    matter: Matter
    state: State
    begun_at: datetime
    submitted_at: datetime | None
    decided_at: datetime | None
    due_on: date | None
    automatic: bool
    certificate_ref: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedRow:
    """One certificate of which a document was made here."""

    ref: str
    identifier: str
    place: tuple[int, int]  # in a status list
    digests: tuple[str, ...]  # of its files


class AuditBook:
    """The rows, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def cases(self) -> Iterator[CaseRow]:
        """Every case."""
        columns = [applications.c[field.name] for field in fields(CaseRow)]
        for row in self._connection.execute(select(*columns)):
            said = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name
            said |= {"matter": Matter(row.matter), "state": State(row.state)}
            yield CaseRow(**said)

    def steps(self) -> Iterator[tuple[str, list[Step]]]:
        """The steps of every case, oldest first."""
        e = application_events.c
        query = select(e.application_ref, e.at, e.step).order_by(e.application_ref, e.id)
        rows = self._connection.execute(query)
        for ref, found in groupby(rows, key=lambda row: row.application_ref):
            yield str(ref), [(row.at, row.step) for row in found]

    def sealed(self) -> Iterator[SealedRow]:
        """Every certificate that was sealed here; what was taken over has no document."""
        c = certificates.c
        query = select(c.ref, c.identifier, c.status_list, c.status_index, c.files)
        for row in self._connection.execute(query.where(c.state == "sealed")):
            if any(file["role"] == "document" for file in row.files):
                digests = tuple(file["sha256"] for file in row.files)
                place = (row.status_list, row.status_index)
                yield SealedRow(
                    ref=row.ref, identifier=row.identifier, place=place, digests=digests
                )

    def unfinished(self) -> int:
        """How many numbers were reserved and never became a certificate."""
        c = certificates.c
        query = select(func.count()).select_from(certificates).where(c.state == "reserved")
        return int(self._connection.execute(query).scalar_one())

    def letters(self) -> int:
        """How many commitment letters were signed here and issued."""
        u = letter_uses.c
        query = select(func.count()).where(u.signed_here, u.issued_at.is_not(None))
        return int(self._connection.execute(query).scalar_one())

    def with_papers(self) -> int:
        """How many cases that were sent had something handed in."""
        a, u = applications.c, uploads.c
        handed_in = select(u.application_ref)
        sent = a.submitted_at.is_not(None) & a.ref.in_(handed_in)
        return int(self._connection.execute(select(func.count()).where(sent)).scalar_one())

    def issues(self) -> Iterator[str]:
        """The certificate of every access that an issue is."""
        query = select(usage.c.record).where(usage.c.kind == "issue")
        for row in self._connection.execute(query):
            yield str(row.record["certificate_ref"])

    def accesses(self) -> Mapping[str, int]:
        """How many accesses of each kind are on record."""
        query = select(usage.c.kind, func.count()).group_by(usage.c.kind)
        return {row[0]: row[1] for row in self._connection.execute(query)}
