"""HTTP of questions: the citizen asks, the client that looked reads and answers."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from certstore.authorization.routes import Pulling
from certstore.callers import Resident
from certstore.holdings import HoldingsDesk
from certstore.plain_words import plain_words
from certstore.questions.desk import QuestionDesk
from certstore.questions.judging import state_of
from certstore.reception import desk, signed_in
from certstore.tables.questions import Question
from certstore.web.answers import check_token

router = APIRouter()
Ref = Annotated[str, Path(pattern="^[0-9a-z]{20}$")]
Words = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(plain_words)]
Me = Annotated[Resident, signed_in(Resident)]
Questions = Annotated[QuestionDesk, desk(QuestionDesk)]
# What an agency is told of an access: what it said itself when it looked.
_OF_AN_ACCESS = ("at", "kind", "purpose", "matter", "case_no", "operator", "terminal")


class QuestionIn(BaseModel):
    """A question; the note is for the agency to read."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    note: Words | None = None


class AnswerIn(BaseModel):
    """An answer, in words the citizen will read."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    answer: Words


@router.post(
    "/v1/me/usage/{ref}:question",
    tags=["citizen"],
    summary="Ask about an access",
    status_code=201,
    dependencies=[Depends(check_token)],
)
def ask(
    ref: Ref,
    body: QuestionIn,
    me: Me,
    holdings: Annotated[HoldingsDesk, desk(HoldingsDesk)],
    questions: Questions,
) -> dict[str, Any]:
    """The agency has 5 working days; the answer appears at the access."""
    asked = questions.ask(me, holdings.one_usage(me, ref), body.note or "")
    return of_citizen(asked, questions)


@router.get("/v1/me/questions", tags=["citizen"], summary="My questions")
def mine(me: Me, questions: Questions) -> list[dict[str, Any]]:
    """Latest first."""
    return [of_citizen(question, questions) for question in questions.mine(me)]


@router.get("/v1/questions", tags=["sharing"], summary="Questions to answer")
def to_answer(caller: Pulling, questions: Questions) -> dict[str, Any]:
    """Of the calling client alone, the open ones first; no person is named."""
    found = questions.for_service(caller)
    return {"questions": [_of_agency(question, questions) for question in found]}


@router.post("/v1/questions/{ref}:answer", tags=["sharing"], summary="Answer a question")
def answer(ref: Ref, body: AnswerIn, caller: Pulling, questions: Questions) -> dict[str, Any]:
    """Once; the citizen is told and reads it at the access."""
    return _of_agency(questions.answer_as_service(caller, ref, body.answer), questions)


def of_citizen(question: Question, questions: QuestionDesk) -> dict[str, Any]:
    """A question as its asker reads it."""
    return {
        "ref": question.ref,
        "usage_ref": question.usage_ref,
        "agency": question.agency,
        "state": state_of(question, questions.today()),
        "note": question.note,
        "asked_at": question.asked_at.isoformat(),
        "due": question.due.isoformat(),
        **_answer(question),
    }


def _of_agency(question: Question, questions: QuestionDesk) -> dict[str, Any]:
    access = {name: question.access[name] for name in _OF_AN_ACCESS if name in question.access}
    return {
        "ref": question.ref,
        "state": state_of(question, questions.today()),
        "note": question.note,
        "asked_at": question.asked_at.isoformat(),
        "due": question.due.isoformat(),
        "access": {**access, "certificate_ref": question.access.get("certificate_ref")},
        **_answer(question),
    }


def _answer(question: Question) -> dict[str, Any]:
    if question.answered_at is None:
        return {}
    return {"answer": question.answer, "answered_at": question.answered_at.isoformat()}
