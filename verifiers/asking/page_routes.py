"""The verifier's page that asks, and the holder's page that answers."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import JSONResponse, Response
from pydantic import ValidationError

from certstore.callers import Resident
from certstore.clock import local_date
from certstore.errors import ConflictError, GoneError, MalformedError, NotFoundError
from certstore.page_routes import symbol_of
from certstore.pages.presenting_views import shown_of
from certstore.reception import desk, signed_in
from certstore.web.answers import check_form, dress_of, page
from verifiers.asking.desk import AskDesk, choice_of
from verifiers.asking.routes import RequestIn, answer_url
from verifiers.page_routes import result_of
from verifiers.pages.asking_views import AnswerChoice, AnswerView, AskedView, AskView

router = APIRouter(include_in_schema=False)
Ref = str  # any text: one that leads to nothing is not found
FormRef = Annotated[str, Form(pattern="^[0-9a-z]{20}$")]
Secret = Annotated[str, Form(min_length=20, max_length=100)]
Word = Annotated[str, Form(max_length=300)]
Me = Annotated[Resident, signed_in(Resident)]
Ask = Annotated[AskDesk, desk(AskDesk)]
_FORM = [Depends(check_form)]


# -- the verifier ----------------------------------------------------------------------------


@router.get("/scan/ask")
def ask_form(request: Request) -> Response:
    """Who asks, where, why, and how much."""
    return page(request, "verifiers/ask.html", AskView())


@router.post("/scan/ask", dependencies=_FORM)
def ask(
    request: Request,
    asking: Ask,
    verifier: Word = "",
    place: Word = "",
    why: Word = "",
    profile: Word = "",
    age: Word = "",
) -> Response:
    """Ask: the code for the holder to scan, and what collects the answer."""
    typed = AskView(verifier=verifier, place=place, why=why, profile=profile, age=age)
    years = int(age) if profile == "age" and age.isascii() and age.isdigit() else None
    said = {"verifier": verifier, "place": place, "why": why, "profile": profile, "age_over": years}
    try:
        question = RequestIn.model_validate(said).question()
    except (ValidationError, MalformedError) as refused:
        return page(request, "verifiers/ask.html", replace(typed, errors=_errors(refused)), 422)
    made = asking.ask(question)
    url = answer_url(request, made.request.ref)
    view = AskedView(
        ref=made.request.ref,
        secret=made.secret,
        url=url,
        code=symbol_of(url),
        expires_at=made.request.expires_at,
        verifier=verifier,
        profile=question.choice.level,
        age=question.choice.age_over,
    )
    return page(request, "verifiers/asked.html", view)


@router.post("/scan/ask/state", dependencies=_FORM)
def state(asking: Ask, ref: FormRef, secret: Secret) -> JSONResponse:
    """What became of it, for the page that waits."""
    return JSONResponse({"state": asking.state(ref, secret)})


@router.post("/scan/ask/result", dependencies=_FORM)
def result(request: Request, asking: Ask, ref: FormRef, secret: Secret) -> Response:
    """The verdict and what was agreed to, once; or that nothing came."""
    found = asking.collect(ref, secret)
    if not isinstance(found, str):
        view = AskedView(result=result_of(request, found))
    elif found == "waiting":
        url = answer_url(request, ref)
        view = AskedView(ref=ref, secret=secret, url=url, code=symbol_of(url), waiting=True)
    else:
        view = AskedView(over=True)
    return page(request, "verifiers/asked.html", view)


# -- the holder ------------------------------------------------------------------------------


@router.get("/asked/{ref}")
def asked(ref: Ref, request: Request, me: Me, asking: Ask) -> Response:
    """Who asks what, before anything is answered."""
    try:
        return page(request, "verifiers/answer.html", _view(request, me, asking, ref))
    except GoneError as ended:
        return _ended(request, ended)


@router.post("/asked/{ref}", dependencies=_FORM)
def answer(
    ref: Ref,
    request: Request,
    me: Me,
    asking: Ask,
    answer: Annotated[str, Form(max_length=3)] = "",
    certificate: Annotated[str, Form(max_length=24)] = "",
) -> Response:
    """Yes with one certificate, or no."""
    try:
        if answer == "no":
            asking.decline(ref)
            return page(request, "verifiers/answer.html", AnswerView(ended="no"))
        view = _view(request, me, asking, ref)
        if answer != "yes" or not certificate:
            return page(request, "verifiers/answer.html", replace(view, error="missing"), 422)
        try:
            asking.agree(me, ref, certificate)
        except (ConflictError, NotFoundError) as refused:
            if isinstance(refused, GoneError):
                raise
            return page(request, "verifiers/answer.html", replace(view, error="cannot"), 422)
        return page(request, "verifiers/answer.html", AnswerView(ended="yes"))
    except GoneError as ended:
        return _ended(request, ended)


def _ended(request: Request, ended: GoneError) -> Response:
    cause = ended.facts["cause"]  # a word of the view's closed list
    return page(request, "verifiers/answer.html", AnswerView(ended=cause), 410)  # type: ignore[arg-type]


def _view(request: Request, me: Resident, asking: AskDesk, ref: str) -> AnswerView:
    found, lang = asking.open_one(ref), dress_of(request).lang
    choice, today = choice_of(found), local_date(asking.clock.now())
    choices = []
    mine = me.holder.id_number.upper()
    for certificate in asking.could_show(me):
        try:
            shown = shown_of(certificate, choice, today, lang)
        except (ConflictError, MalformedError):
            continue  # it does not bear out what is asked: it is not offered
        holder = certificate.holders[0]
        choices.append(
            AnswerChoice(
                ref=certificate.ref,
                type_code=certificate.type_code,
                ward="" if holder.id_number.upper() == mine else holder.name,
                sees=shown.sees,
                sees_not=shown.sees_not,
            )
        )
    return AnswerView(
        ref=ref,
        verifier=found.verifier,
        agency=found.agency,
        place=found.place,
        why=found.why,
        level=choice.level,
        age=choice.age_over,
        expires_at=found.expires_at,
        choices=tuple(choices),
    )


def _errors(refused: ValidationError | MalformedError) -> dict[str, str]:
    if isinstance(refused, MalformedError):
        return {"profile": "missing"}
    known = {"verifier", "place", "why", "profile"}
    names = ("profile" if e["loc"][0] == "age_over" else e["loc"][0] for e in refused.errors())
    return {str(name): "missing" for name in names if name in known}
