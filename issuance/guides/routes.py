"""HTTP of the help desk, for apps and mini-programs: a question, and what answers it."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from certstore.problem_answers import problems
from certstore.reception import desk
from issuance.guides.desk import GuideDesk
from issuance.guides.passages import Passage
from issuance.guides.question import LONGEST, Question

router = APIRouter(prefix="/v1", tags=["help"])
Help = Annotated[GuideDesk, desk(GuideDesk)]
Asked = Annotated[
    str,
    Query(
        min_length=1,
        max_length=LONGEST,
        description="One line, in Chinese or English. Not kept, not logged; numbers of eleven "
        "digits and more are taken out before anything is looked for.",
        examples=["居住证丢了怎么办"],
    ),
]


class PassageOut(BaseModel):
    """One answer in words; `link` is a page of this service where one acts on it."""

    model_config = ConfigDict(frozen=True)
    ref: str
    title: str
    text: str
    link: str

    @classmethod
    def of(cls, passage: Passage) -> "PassageOut":
        """What is told of a passage."""
        return cls(ref=passage.ref, title=passage.title, text=passage.text, link=passage.link)


class AnswerOut(BaseModel):
    """What a question gets."""

    model_config = ConfigDict(frozen=True)
    outcome: Literal["answer", "perhaps", "none"] = Field(
        description="answer: the one passage is it; perhaps: up to three to choose from; "
        "none: nothing here answers it"
    )
    lang: Literal["zh", "en"] = Field(description="the language of the question and the passages")
    freed: bool = Field(description="a long number stood in the question and was taken out")
    passages: list[PassageOut]
    ask: str = Field("/windows", description="where to ask people")


@router.get("/help", summary="Ask a question", responses=problems("invalid-request"))
def ask(q: Asked, help_desk: Help) -> AnswerOut:
    """Search the guides and answers; texts are plain, whatever stands in the question."""
    question = Question.read(q)
    answered = help_desk.answer(question)
    return AnswerOut(
        outcome=answered.outcome,
        lang=help_desk.language_of(question),
        freed=question.freed,
        passages=[PassageOut.of(passage) for passage in answered.passages],
    )
