"""The pages of questions: 我没办这件事 for the citizen, answering for the agency's clerk."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Query, Request
from fastapi.responses import Response

from certstore.callers import Clerk, Resident
from certstore.errors import NotFoundError
from certstore.holdings import HoldingsDesk
from certstore.organisations import OrganisationDesk
from certstore.pages.clerk_views import rooms_of
from certstore.pages.question_views import AskView, questions_view
from certstore.pages.usage_pages import entry_view, question_line
from certstore.plain_words import plain_words
from certstore.questions.desk import QuestionDesk
from certstore.reception import desk, signed_in
from certstore.source_account import SourceDesk
from certstore.web.answers import check_form, dress_of, page, see_other

router = APIRouter(include_in_schema=False)
Ref = Annotated[str, Path(pattern="^[0-9a-z]{20}$")]
Me = Annotated[Resident, signed_in(Resident)]
AClerk = Annotated[Clerk, signed_in(Clerk)]
Holdings = Annotated[HoldingsDesk, desk(HoldingsDesk)]
Questions = Annotated[QuestionDesk, desk(QuestionDesk)]
Sources = Annotated[SourceDesk, desk(SourceDesk)]
Organisations = Annotated[OrganisationDesk, desk(OrganisationDesk)]
_LONGEST = 500


@router.get("/usage/{ref}/question")
def ask(ref: Ref, request: Request, me: Me, holdings: Holdings, questions: Questions) -> Response:
    """What was seen, and a note for the agency."""
    view = _ask_view(ref, request, me, (holdings, questions))
    if view.entry.question_href is None:  # nobody to ask, or asked already
        return see_other(f"/usage/{ref}")
    return page(request, "certstore/question.html", view)


@router.post("/usage/{ref}/question", dependencies=[Depends(check_form)])
def send(
    ref: Ref,
    request: Request,
    me: Me,
    holdings: Holdings,
    questions: Questions,
    note: Annotated[str, Form(max_length=5000)] = "",
) -> Response:
    """Send the question; the same page sent twice asks once."""
    words, wrong = read_words(note, required=False)
    view = _ask_view(ref, request, me, (holdings, questions))
    if wrong:
        again = replace(view, note=note, errors={"note": wrong})
        return page(request, "certstore/question.html", again, 422)
    if view.entry.question_href is not None:
        questions.ask(me, holdings.one_usage(me, ref), words)
    return see_other(f"/usage/{ref}")


@router.get("/questions")
def to_answer(
    request: Request,
    me: AClerk,
    questions: Questions,
    sources: Sources,
    organisations: Organisations,
    done: Annotated[str, Query(max_length=3)] = "",
) -> Response:
    """What the clerk's agency is to answer."""
    rooms = rooms_of(me, sources, organisations)
    found = questions.for_clerk(me)
    view = questions_view(me, rooms, found, questions.today(), dress_of(request).lang)
    return page(request, "certstore/agency_questions.html", replace(view, answered=done == "yes"))


@router.post("/questions/{ref}", dependencies=[Depends(check_form)])
def answer(
    ref: Ref,
    request: Request,
    me: AClerk,
    questions: Questions,
    sources: Sources,
    organisations: Organisations,
    answer: Annotated[str, Form(max_length=5000)] = "",
) -> Response:
    """Answer one; what cannot be read is said at its field, and kept."""
    words, wrong = read_words(answer, required=True)
    found = questions.for_clerk(me)
    if wrong:
        if ref not in {question.ref for question in found}:
            raise NotFoundError("there is no such question", where=ref)
        rooms = rooms_of(me, sources, organisations)
        view = questions_view(me, rooms, found, questions.today(), dress_of(request).lang)
        again = replace(view, answering=ref, typed=answer, errors={"answer": wrong})
        return page(request, "certstore/agency_questions.html", again, 422)
    questions.answer_as_clerk(me, ref, words)
    return see_other("/questions?done=yes")


def read_words(text: str, *, required: bool) -> tuple[str, str]:
    """The words as they are kept, and what is wrong with them (a code; empty: nothing)."""
    # A browser sends the end of a line as two characters, the first of which shows nothing.
    words = " ".join(text.split())
    if not words:
        return "", "missing" if required else ""
    if len(words) > _LONGEST:
        return words, "too_long"
    try:
        return plain_words(words), ""
    except ValueError:
        return words, "unreadable"


def _ask_view(
    ref: str, request: Request, me: Resident, desks: tuple[HoldingsDesk, QuestionDesk]
) -> AskView:
    holdings, questions = desks
    entry, asked = holdings.one_usage(me, ref), questions.about(me, ref)
    line = question_line(asked, questions.today()) if asked else None
    closed = holdings.closed_among([entry])
    shown = entry_view(entry, dress_of(request).lang, closed, line)
    return AskView(entry=shown, due=questions.due_from_today())
