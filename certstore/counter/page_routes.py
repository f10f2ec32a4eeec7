"""The page where clerks of agencies without a system ask about one person at a time."""

from dataclasses import replace
from typing import Annotated, get_args

from fastapi import APIRouter, Depends, Form, Path, Request
from fastapi.responses import Response
from pydantic import StringConstraints

from certstore.callers import Clerk
from certstore.counter.desk import Asking, CounterDesk
from certstore.counter.typed import asking_of, words_fault
from certstore.errors import CertstoreError, LedgerUnavailableError, UnavailableError
from certstore.organisations import OrganisationDesk
from certstore.pages.counter_views import (
    PullView,
    Refused,
    Typed,
    given_view,
    pull_view,
    with_case,
    with_found,
)
from certstore.reception import desk, signed_in
from certstore.source_account import SourceDesk
from certstore.web.answers import check_form, dress_of, page

router = APIRouter(prefix="/pull", include_in_schema=False)
Me = Annotated[Clerk, signed_in(Clerk)]
Counter = Annotated[CounterDesk, desk(CounterDesk)]
Word = Annotated[str, Form(max_length=200)]
Ref = Annotated[str, Path(pattern="^[0-9a-z]{20}$")]
Chosen = Annotated[str, StringConstraints(pattern="^[!-~]{1,80}$")]
_TEMPLATE = "certstore/pull.html"
_UNPROCESSABLE, _CONFLICT = 422, 409


def empty_form(
    request: Request,
    me: Me,
    counter: Counter,
    sources: Annotated[SourceDesk, desk(SourceDesk)],
    organisations: Annotated[OrganisationDesk, desk(OrganisationDesk)],
) -> PullView:
    """The page as this clerk finds it; ForbiddenError where their agency may not ask here."""
    lang = dress_of(request).lang
    employer, source = organisations.find(me) is not None, sources.is_source(me)
    rooms = ("pull", *(("dormitory",) * employer), *(("source",) * source))
    return pull_view(me, counter.purposes(me), rooms, lang, counter.office(me, lang))


Form_ = Annotated[PullView, Depends(empty_form)]


def typed_in(
    purpose: Word = "",
    case_no: Word = "",
    person_name: Word = "",
    person_number: Word = "",
    use_code: Word = "",
) -> Typed:
    """What stands in the form; it goes along in hidden fields, as nothing of it is kept."""
    return Typed(
        purpose=purpose,
        case_no=case_no.strip(),
        name=person_name.strip(),
        id_number=person_number.strip().upper(),
        use_code=use_code.strip().upper(),
    )


Said = Annotated[Typed, Depends(typed_in)]


@router.get("")
def ask(request: Request, view: Form_) -> Response:
    """The form: which purpose and case, about whom."""
    return page(request, _TEMPLATE, view)


@router.post("", dependencies=[Depends(check_form)])
def find(request: Request, me: Me, counter: Counter, view: Form_, said: Said) -> Response:
    """What exists about one person: references and status, recorded as a search."""
    found = asking_of(said, view.purposes)
    if not isinstance(found, Asking):
        return page(request, _TEMPLATE, replace(view, typed=found), _UNPROCESSABLE)
    try:
        return page(request, _TEMPLATE, _found(request, me, counter, view, found, said))
    except CertstoreError as error:
        return _refused(request, view, said, error)


@router.post("/case", dependencies=[Depends(check_form)])
def of_case(
    request: Request, me: Me, counter: Counter, view: Form_, looked_up: Word = ""
) -> Response:
    """What this clerk's agency did under a case number; no values."""
    wanted = looked_up.strip()
    if wrong := words_fault(wanted):
        mended = replace(view, typed=Typed(errors={"looked_up": wrong}))
        return page(request, _TEMPLATE, mended, _UNPROCESSABLE)
    lang = dress_of(request).lang
    return page(request, _TEMPLATE, with_case(view, wanted, counter.of_case(me, wanted), lang))


@router.post("/{ref}", dependencies=[Depends(check_form)])
def pull(
    ref: Ref,
    request: Request,
    me: Me,
    counter: Counter,
    view: Form_,
    said: Said,
    field: Annotated[list[Chosen] | None, Form(max_length=50)] = None,
) -> Response:
    """The fields chosen, shown once; recorded as any pull."""
    asking = asking_of(said, view.purposes)
    if not isinstance(asking, Asking):
        return page(request, _TEMPLATE, replace(view, typed=asking), _UNPROCESSABLE)
    try:
        if not field:
            listed = _found(request, me, counter, view, asking, said)
            return page(request, _TEMPLATE, replace(listed, nothing_chosen=ref), _UNPROCESSABLE)
        given = counter.pull(me, asking, ref, list(dict.fromkeys(field)))
    except CertstoreError as error:
        return _refused(request, view, said, error)
    if given is None:
        return page(request, _TEMPLATE, replace(view, typed=said, found=()))
    shown = given_view(view, given, asking.case_no, dress_of(request).lang)
    return page(request, "certstore/pull_given.html", shown)


def _found(
    request: Request, me: Clerk, counter: CounterDesk, view: PullView, asking: Asking, said: Typed
) -> PullView:
    evidence = counter.find(me, asking)
    granted = {
        each["type"]: counter.granted(me, asking.purpose_id, each["type"]) for each in evidence
    }
    return with_found(view, said, evidence, granted, dress_of(request).lang)


def _refused(request: Request, view: PullView, said: Typed, error: CertstoreError) -> Response:
    """A refusal stays on the page, with what was typed; a store that is down is another matter."""
    if isinstance(error, (UnavailableError, LedgerUnavailableError)):
        raise error
    known: Refused = error.code if error.code in get_args(Refused) else "other"  # type: ignore[assignment]  # a word of the list, just looked up
    return page(request, _TEMPLATE, replace(view, typed=said, refused=known), _CONFLICT)
