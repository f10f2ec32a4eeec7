"""What the pages of corrections show to whoever asks for one: to ask, to follow it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from certstore.catalogue import certificate_type
from certstore.certificates import Certificate
from certstore.clock import local_date
from certstore.disputes.desk import Followed
from certstore.disputes.transitions import WHOLE, State
from certstore.offices import office_name
from certstore.pages.views import CertificateStatus
from certstore.tables.disputes import Dispute
from certstore.web.dress import Lang

_ENDS = 10  # characters of a number that stay readable


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordChoice:
    """A record that can be said to be wrong."""

    ref: str
    type_code: str
    status: CertificateStatus
    office: str
    issued_on: date
    under_dispute: bool
    ward: str | None = None  # whose it is, where it is a child's in the reader's care


@dataclass(frozen=True, slots=True, kw_only=True)
class MyCorrection:
    """A correction the reader asked for, as a line."""

    ref: str
    type_code: str
    state: str  # of an ended one: how it ended
    filed_on: date
    ward: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionsView:
    """`certstore/corrections.html`, GET /corrections/new: pick the record."""

    records: tuple[RecordChoice, ...]
    mine: tuple[MyCorrection, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongField:
    """A field that can be ticked, and what stands there; the whole record has neither."""

    name: str
    label: str = ""
    stands: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionFormView:
    """`certstore/correction_new.html`, GET /corrections/new?record=."""

    ref: str
    type_code: str
    office: str
    due: date
    clients: int  # services that were given something of it
    fields: tuple[WrongField, ...]
    ward: str | None = None
    chosen: str = ""
    right: str = ""
    words: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionStep:
    """A step as the tracker draws it."""

    name: str
    state: str  # done | now | later
    at: datetime | None = None
    due: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionView:
    """`certstore/correction.html`, GET /corrections/{ref}."""

    ref: str
    type_code: str
    office: str
    label: str
    stands: str
    right: str
    words: str
    state: str  # filed | accepted | with_issuer | corrected | rejected | withdrawn
    late: bool
    answer_due: date
    steps: tuple[CorrectionStep, ...]
    reason: str = ""
    told: int = 0
    filed_now: bool = False
    ward: str | None = None


def corrections_view(
    records: Sequence[tuple[Certificate, str | None]],
    mine: Sequence[Dispute],
    wards: Mapping[int, str],
    today: date,
    lang: Lang,
) -> CorrectionsView:
    """The records in force of the reader and of their children, and the corrections asked for.

    `records` come with the child's name where they are a child's; `wards` are names by row.
    """
    return CorrectionsView(
        records=tuple(
            RecordChoice(
                ref=c.ref,
                type_code=c.type_code,
                status=c.status_on(today).value,
                office=office_name(c.source or c.issuer_uscc, lang),
                issued_on=c.issued_on,
                under_dispute=c.under_dispute,
                ward=ward,
            )
            for c, ward in records
        ),
        mine=tuple(
            MyCorrection(
                ref=d.ref,
                type_code=d.type_code,
                state=d.outcome or d.state,
                filed_on=local_date(d.filed_at),
                ward=wards.get(d.person_id),
            )
            for d in mine
        ),
    )


def wrong_fields(
    type_code: str, fields: Sequence[tuple[str, str]], lang: Lang
) -> tuple[WrongField, ...]:
    """The fields of a record as choices, by the labels of the catalogue."""
    return tuple(
        WrongField(name=n, label=label_of(type_code, n, lang), stands=v) for n, v in fields
    )


def label_of(type_code: str, name: str, lang: Lang) -> str:
    """A field's label; empty for the whole record, which the page has words for."""
    known = certificate_type(type_code).field(name)
    if known is None or name == WHOLE:
        return ""
    return known.label_zh if lang == "zh" else known.label_en


def correction_view(found: Followed, lang: Lang, *, filed_now: bool) -> CorrectionView:
    """One correction, step by step."""
    dispute = found.dispute
    return CorrectionView(
        ref=dispute.ref,
        type_code=dispute.type_code,
        office=office_name(dispute.authority, lang),
        label=label_of(dispute.type_code, dispute.field, lang),
        stands=_shown(dispute.field, dispute.stands),
        right=_shown(dispute.field, dispute.right),
        words=dispute.words,
        state=dispute.outcome or dispute.state,
        late=found.late,
        answer_due=dispute.answer_due,
        steps=_steps(found),
        reason=dispute.reason,
        told=dispute.told,
        filed_now=filed_now,
        ward=found.ward,
    )


def _shown(name: str, text: str) -> str:
    """A value as its owner's page shows it: of a number, the ends."""
    if name != "id_number" or len(text) <= _ENDS:
        return text
    return f"{text[:6]}{'*' * (len(text) - _ENDS)}{text[-4:]}"


def _steps(found: Followed) -> tuple[CorrectionStep, ...]:
    dispute = found.dispute
    reached = {step.state: step.at for step in found.steps}
    end = dispute.outcome or "answered"
    steps = []
    for name in (State.FILED, State.ACCEPTED, State.WITH_ISSUER):
        at = reached.get(name)
        if at is None and dispute.outcome:
            continue  # taken back before it came to that
        # What was reached is done: the next step is what everybody waits for.
        steps.append(CorrectionStep(name=name, state="done" if at else "later", at=at))
    ended = reached.get("closed")
    steps.append(
        CorrectionStep(
            name=end,
            state="done" if ended else "later",
            at=ended,
            due=None if ended else dispute.answer_due,
        )
    )
    for place, step in enumerate(steps):
        if step.state == "later":
            due = dispute.answer_due if step.name == "answered" else dispute.due
            steps[place] = CorrectionStep(name=step.name, state="now", due=due)
            break
    return tuple(steps)
