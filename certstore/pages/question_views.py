"""What the pages of questions show: to ask about an access, to answer as its agency."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from certstore.callers import Clerk
from certstore.offices import office_name
from certstore.pages.usage_views import QuestionState, UsageEntry
from certstore.questions.judging import state_of
from certstore.tables.questions import Question
from certstore.web.dress import Lang


@dataclass(frozen=True, slots=True, kw_only=True)
class AskView:
    """`certstore/question.html`, GET /usage/{ref}/question."""

    entry: UsageEntry
    due: date
    note: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionRow:
    """A question as the agency reads it: the access by the agency's own words, no person."""

    ref: str
    state: QuestionState
    asked_at: datetime
    due: date
    note: str
    matter: str
    case_no: str
    operator: str
    looked_at: datetime | None
    answer: str
    answered_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionsView:
    """`certstore/agency_questions.html`, GET /questions."""

    room: str
    rooms: tuple[str, ...]
    office: str
    clerk: str
    questions: tuple[QuestionRow, ...]
    answered: bool = False  # one just now
    answering: str = ""  # the one whose answer came back wrong
    typed: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


def questions_view(
    clerk: Clerk,
    rooms: tuple[str, ...],
    found: Sequence[Question],
    today: date,
    lang: Lang,
) -> QuestionsView:
    """The agency's questions, the open ones first."""
    return QuestionsView(
        room="questions",
        rooms=rooms,
        office=office_name(clerk.organisation_uscc, lang),
        clerk=f"{clerk.name} {clerk.number}",
        questions=tuple(_row(question, today, lang) for question in found),
    )


def _row(question: Question, today: date, lang: Lang) -> QuestionRow:
    access = question.access
    looked = access.get("at")
    return QuestionRow(
        ref=question.ref,
        state=state_of(question, today),
        asked_at=question.asked_at,
        due=question.due,
        note=question.note,
        matter=str(access.get(f"matter_{lang}") or access.get("matter", "")),
        case_no=str(access.get("case_no", "")),
        operator=str(access.get("operator", "")),
        looked_at=datetime.fromisoformat(str(looked)) if looked else None,
        answer=question.answer,
        answered_at=question.answered_at,
    )
