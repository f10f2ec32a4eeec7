"""HTTP for verifiers' own systems: ask whoever scans a code, collect the answer."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from certstore.plain_words import plain_words
from certstore.presenting.choices import Choice
from certstore.reception import desk
from verifiers.asking.desk import AskDesk, Question
from verifiers.routes import VerdictOut, verdict_out

router = APIRouter(prefix="/v1/verify", tags=["verify"])
Ref = Annotated[str, Path(pattern="^[0-9a-z]{20}$")]
Ask = Annotated[AskDesk, desk(AskDesk)]
POLL_AFTER_S = 2


class RequestIn(BaseModel):
    """Who asks, where, why, and how much. Nobody checks the name; the holder is told so."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    verifier: Annotated[str, AfterValidator(plain_words)] = Field(min_length=1, max_length=100)
    place: Annotated[str, AfterValidator(plain_words)] = Field(min_length=1, max_length=100)
    why: Annotated[str, AfterValidator(plain_words)] = Field(min_length=1, max_length=200)
    profile: Literal["minimal", "full", "district", "age"] = "minimal"
    age_over: Literal[14, 16, 18, 60, 65] | None = Field(
        None, description="with profile `age`, and there always"
    )

    def question(self) -> Question:
        """The question; MalformedError for an age beside another profile, or none beside `age`."""
        level = {"minimal": "photo", "district": "residence"}.get(self.profile, self.profile)
        choice = Choice.parse(level, self.age_over)
        if self.age_over is not None:
            Choice(choice.disclosure, self.age_over)
        return Question(verifier=self.verifier, place=self.place, why=self.why, choice=choice)


class RequestOut(BaseModel):
    """What to draw as a code for the holder to scan (`url`), and what collects the answer."""

    ref: str
    secret: str = Field(description="told this once; whoever has it collects the answer")
    url: str
    expires_at: datetime
    poll_after_s: int


class CollectIn(BaseModel):
    """The secret of the request."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    secret: str = Field(min_length=20, max_length=100)


class CollectedOut(BaseModel):
    """`result` once, with `collected`. A no, too late and collected before are one word: `over`."""

    state: Literal["waiting", "collected", "over"]
    result: VerdictOut | None = None


@router.post("/requests", status_code=201, summary="Ask whoever scans a code for a certificate")
def ask(body: RequestIn, request: Request, asking: Ask) -> RequestOut:
    """The holder scans the address with any camera, reads who asks what, and answers."""
    made = asking.ask(body.question())
    return RequestOut(
        ref=made.request.ref,
        secret=made.secret,
        url=answer_url(request, made.request.ref),
        expires_at=made.request.expires_at,
        poll_after_s=POLL_AFTER_S,
    )


@router.post("/requests/{ref}:collect", summary="Collect the answer, once")
def collect(ref: Ref, body: CollectIn, asking: Ask) -> CollectedOut:
    """Ask again while it is `waiting`. What was collected is on the holder's record by then."""
    found = asking.collect(ref, body.secret)
    if isinstance(found, str):
        return CollectedOut(state="waiting" if found == "waiting" else "over")
    return CollectedOut(state="collected", result=verdict_out(found))


def answer_url(request: Request, ref: str) -> str:
    """The address that the holder's camera opens."""
    return f"{request.app.state.house.settings.public_url}/asked/{ref}"
