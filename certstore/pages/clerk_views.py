"""What clerks of organisations see: the source authority's page and what stands around it."""

from dataclasses import dataclass
from datetime import date, datetime

from certstore.callers import Clerk
from certstore.offices import office_name
from certstore.source_account import Disputed, SourceAccount
from certstore.tables.batches import BatchReport
from certstore.tables.organisations import Organisation
from certstore.web.dress import Lang


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A line that was not taken: its number, why (a code of the fault list), and what was found."""

    number: int
    code: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRow:
    """A batch and what became of it."""

    sha256: str
    received_at: datetime
    accepted: int
    known: int
    refusals: tuple[RefusedLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputedRow:
    """A record under objection, known by the source's own identifier; no holder is named."""

    record_id: str
    type_code: str
    since: date
    due: date
    overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceView:
    """`certstore/source.html`, GET /source."""

    room: str
    rooms: tuple[str, ...]  # source, dormitory: those the clerk may enter
    office: str
    clerk: str
    batches: tuple[BatchRow, ...]
    disputed: tuple[DisputedRow, ...]


def source_view(
    clerk: Clerk, account: SourceAccount, organisation: Organisation | None, lang: Lang
) -> SourceView:
    """A source's batches and objections, as its clerk reads them."""
    return SourceView(
        room="source",
        rooms=("source",) if organisation is None else ("dormitory", "source"),
        office=office_name(clerk.organisation_uscc, lang),
        clerk=f"{clerk.name} {clerk.number}",
        batches=tuple(_batch(report) for report in account.batches),
        disputed=tuple(_disputed(found) for found in account.disputed),
    )


def _batch(report: BatchReport) -> BatchRow:
    return BatchRow(
        sha256=report.sha256,
        received_at=report.received_at,
        accepted=report.accepted,
        known=report.known,
        refusals=tuple(RefusedLine(r.line, r.code, r.detail) for r in report.refusals),
    )


def _disputed(found: Disputed) -> DisputedRow:
    return DisputedRow(
        record_id=found.record.record_id or "",
        type_code=found.record.type_code,
        since=found.since,
        due=found.due,
        overdue=found.overdue,
    )
