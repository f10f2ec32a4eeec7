"""The holder's pages of consent: what is asked, the answer, what was given, taking it back."""

import json
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Path, Request
from fastapi.responses import RedirectResponse, Response

from certstore import base64url
from certstore.callers import Resident
from certstore.consent.desk import ConsentDesk
from certstore.consent.receipt import taken_back
from certstore.errors import ConflictError, MalformedError, NotFoundError
from certstore.pages.consent_pages import consent_view, consents_view
from certstore.reception import desk, signed_in
from certstore.web.answers import check_form, dress_of, page, see_other

router = APIRouter(prefix="/consents", include_in_schema=False)
Me = Annotated[Resident, signed_in(Resident)]
Consents = Annotated[ConsentDesk, desk(ConsentDesk)]
Ref = Annotated[str, Path(max_length=40)]
Key = Annotated[str, Form(max_length=170)]
_FORM = [Depends(check_form)]
_SEE_OTHER = 303


@router.get("")
def mine(request: Request, me: Me, consents: Consents) -> Response:
    """Everything I was asked, and what I gave."""
    view = consents_view(consents.of(me), consents.now(), dress_of(request).lang)
    return page(request, "certstore/consents.html", view)


@router.get("/{ref}")
def one(ref: Ref, request: Request, me: Me, consents: Consents) -> Response:
    """One request: the question while it is asked, what came of it afterwards."""
    return _shown(request, me, consents, ref)


@router.post("/{ref}", dependencies=_FORM)
def answer(
    ref: Ref,
    request: Request,
    me: Me,
    consents: Consents,
    answer: Annotated[Literal["yes", "no"], Form()],
    give: Annotated[list[Key] | None, Form(max_length=40)] = None,
) -> Response:
    """Yes or no; one that comes too late is shown what became of the request."""
    try:
        if answer == "no":
            consents.refuse(me, ref)
        else:
            consents.give(me, ref, give or (), dress_of(request).lang)
    except ConflictError:
        return see_other(f"/consents/{ref}")
    except MalformedError as error:
        if error.facts.get("cause") != "nothing_chosen":
            raise
        return _shown(request, me, consents, ref, problem="nothing_chosen")
    return see_other(f"/consents/{ref}")


@router.post("/{ref}/withdraw", dependencies=_FORM)
def withdraw(ref: Ref, me: Me, consents: Consents) -> Response:
    """Take one consent back, or all that was given upon a request."""
    return see_other(f"/consents/{consents.withdraw(me, ref).request.ref}")


@router.get("/{ref}/receipt.json")
def receipt(ref: Ref, me: Me, consents: Consents) -> Response:
    """The receipt of one consent, to keep: readable, and as it was signed."""
    consent = consents.consent(me, ref)
    payload = base64url.decode(consent.receipt.split(".")[1])
    said = {"receipt": json.loads(payload), "jws": consent.receipt, "since": taken_back(consent)}
    headers = {"Content-Disposition": 'attachment; filename="consent-receipt.json"'}
    body = json.dumps(said, ensure_ascii=False, indent=1) + "\n"
    return Response(body, media_type="application/json", headers=headers)


@router.get("/{ref}/return")
def go_back(ref: Ref, me: Me, consents: Consents) -> Response:
    """Back to who asked, with its own `state` and no word about anybody or the answer.

    By a link and never from the form: a form that is led to another site is stopped by our policy.
    """
    terms = consents.asked(me, ref).terms
    if terms.return_uri is None:
        raise NotFoundError("the request names no place to go back to", where=ref)
    said = f"?{urlencode({'state': terms.state})}" if terms.state else ""
    return RedirectResponse(terms.return_uri + said, _SEE_OTHER)


def _shown(
    request: Request,
    me: Resident,
    consents: ConsentDesk,
    ref: str,
    problem: Literal["", "nothing_chosen"] = "",
) -> Response:
    lang = dress_of(request).lang
    view = consent_view(consents.case(me, ref), consents.now(), lang, problem)
    return page(request, "certstore/consent.html", view, 422 if problem else 200)
