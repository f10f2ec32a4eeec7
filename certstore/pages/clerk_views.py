"""What clerks of organisations see: the source authority's page and what stands around it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from certstore.callers import Clerk
from certstore.clock import local_date
from certstore.disputes.desk import is_late
from certstore.offices import office_name
from certstore.organisations import OrganisationDesk
from certstore.source_account import Disputed, SourceAccount, SourceDesk
from certstore.tables.batches import BatchReport
from certstore.tables.disputes import Dispute
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
class CorrectionRow:
    """A correction a citizen asked for, still open; no holder is named."""

    ref: str
    record_id: str
    type_code: str
    state: str
    since: date
    due: date
    overdue: bool


def correction_row(dispute: Dispute, today: date) -> CorrectionRow:
    """A dispute as a line of a table."""
    return CorrectionRow(
        ref=dispute.ref,
        record_id=dispute.record_id,
        type_code=dispute.type_code,
        state=dispute.state,
        since=local_date(dispute.filed_at),
        due=dispute.due or dispute.answer_due,
        overdue=is_late(dispute, today),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceView:
    """`certstore/source.html`, GET /source."""

    room: str
    rooms: tuple[str, ...]  # source, dormitory: those the clerk may enter
    office: str
    clerk: str
    batches: tuple[BatchRow, ...]
    disputed: tuple[DisputedRow, ...]
    corrections: tuple[CorrectionRow, ...] = ()  # asked for by citizens, through this service


def rooms_of(clerk: Clerk, sources: SourceDesk, organisations: OrganisationDesk) -> tuple[str, ...]:
    """The rooms this clerk may enter; questions to their agency are everybody's."""
    dormitory = ("dormitory",) if organisations.find(clerk) else ()
    source = ("source",) if sources.is_source(clerk) else ()
    return (*dormitory, *source, "questions")


def source_view(
    clerk: Clerk,
    account: SourceAccount,
    organisation: Organisation | None,
    corrections: Sequence[Dispute],
    lang: Lang,
) -> SourceView:
    """A source's batches and objections, as its clerk reads them."""
    asked = {dispute.certificate_ref for dispute in corrections}
    return SourceView(
        room="source",
        rooms=(*(() if organisation is None else ("dormitory",)), "source", "questions"),
        office=office_name(clerk.organisation_uscc, lang),
        clerk=f"{clerk.name} {clerk.number}",
        batches=tuple(_batch(report) for report in account.batches),
        disputed=tuple(_disputed(d) for d in account.disputed if d.record.ref not in asked),
        corrections=tuple(correction_row(d, account.today) for d in corrections),
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
