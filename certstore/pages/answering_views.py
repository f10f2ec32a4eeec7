"""What offices see of corrections and questions: to answer a correction, and what is late."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from certstore.callers import Clerk
from certstore.disputes.answering import ToAnswer
from certstore.offices import office_name
from certstore.pages.correction_views import label_of
from certstore.tables.disputes import Dispute
from certstore.tables.questions import Question
from certstore.web.dress import Lang


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDisputeView:
    """`certstore/source_dispute.html`, GET /source/disputes/{ref}; no holder is named."""

    room: str
    rooms: tuple[str, ...]
    office: str
    clerk: str
    ref: str
    record_id: str
    version: int
    type_code: str
    label: str
    stands: str
    right: str
    words: str
    state: str
    outcome: str
    due: date | None
    overdue: bool
    newer_version: int | None
    may_be_typed: bool
    typed: str = ""
    why: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class OverdueRow:
    """Something an office did not do in time; no person is in it."""

    office: str
    due: date
    about: str  # a matter's title, or a certificate type's code


@dataclass(frozen=True, slots=True, kw_only=True)
class OverdueView:
    """`certstore/overdue.html`, GET /console/overdue, for operators and officers."""

    who: str
    questions: tuple[OverdueRow, ...]
    corrections: tuple[OverdueRow, ...]


def source_dispute_view(
    clerk: Clerk, rooms: tuple[str, ...], found: ToAnswer, today: date, lang: Lang
) -> SourceDisputeView:
    """A dispute as the authority's clerk answers it."""
    dispute, certificate = found.dispute, found.certificate
    late = dispute.due is not None and dispute.due < today
    return SourceDisputeView(
        room="source",
        rooms=rooms,
        office=office_name(clerk.organisation_uscc, lang),
        clerk=f"{clerk.name} {clerk.number}",
        ref=dispute.ref,
        record_id=dispute.record_id or certificate.number,
        version=certificate.version,
        type_code=dispute.type_code,
        label=label_of(dispute.type_code, dispute.field, lang),
        stands=dispute.stands,
        right=dispute.right,
        words=dispute.words,
        state=dispute.state,
        outcome=dispute.outcome,
        due=dispute.due,
        overdue=late,
        newer_version=found.newer.version if found.newer else None,
        may_be_typed=found.may_be_typed,
        typed=dispute.right if found.may_be_typed else "",
    )


def overdue_view(
    who: str, questions: Sequence[Question], disputes: Sequence[Dispute], lang: Lang
) -> OverdueView:
    """What offices did not do in time."""
    return OverdueView(
        who=who,
        questions=tuple(
            OverdueRow(
                office=q.agency if lang == "zh" else q.agency_en,
                due=q.due,
                about=str(q.access.get(f"matter_{lang}") or q.access.get("matter", "")),
            )
            for q in questions
        ),
        corrections=tuple(
            OverdueRow(
                office=office_name(d.authority, lang),
                due=d.due or d.answer_due,
                about=d.type_code,
            )
            for d in disputes
        ),
    )
