"""The portal of an agency's developer: its clients and purposes."""

from dataclasses import replace
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Path, Query, Request
from fastapi.responses import Response

from certstore.callers import Developer
from certstore.onboarding.applying import Changed, OnboardingDesk
from certstore.onboarding.states import State
from certstore.onboarding.terms import MOST_PATHS, TypedClient, TypedTerms
from certstore.pages.onboarding_views import (
    ClientFormView,
    DeveloperHomeView,
    PurposeFormView,
    client_card,
    purpose_view,
    typed_of,
)
from certstore.pages.portal_views import Portal, portal_of
from certstore.pages.purpose_matrix import offered
from certstore.reception import desk, signed_in
from certstore.web.answers import check_form, dress_of, page, see_other

router = APIRouter(prefix="/developers", include_in_schema=False)
Me = Annotated[Developer, signed_in(Developer)]
Onboarding = Annotated[OnboardingDesk, desk(OnboardingDesk)]
Name = Annotated[str, Path(pattern="^[!-~]{1,60}$")]
Short = Annotated[str, Form(max_length=200)]
Long = Annotated[str, Form(max_length=1000)]
Picked = Annotated[tuple[str, ...], Form(max_length=MOST_PATHS)]
_SAID = frozenset(
    ("draft", "narrowed", "asked", "submitted", "withdrawn", "checked", "receipt", "no_receipt")
)


def frame(request: Request, me: Developer, onboarding: OnboardingDesk, room: str) -> Portal:
    """What stands around a page of the portal."""
    lang = dress_of(request).lang
    return portal_of(me, room, lang, sandbox=onboarding.sandbox, url=onboarding.sandbox_url)


def typed_terms(
    client_id: Short = "",
    matter_code: Short = "",
    title_zh: Short = "",
    title_en: Short = "",
    basis_kind: Short = "",
    basis_ref: Short = "",
    field: Picked = (),
    existence: Picked = (),
    action: Picked = (),
    quota_day: Short = "",
    quota_month: Short = "",
    contact: Short = "",
    justification: Long = "",
    photo_reason: Long = "",
) -> TypedTerms:
    """An application for a purpose as it was typed."""
    return TypedTerms(
        client_id=client_id,
        matter_code=matter_code,
        title_zh=title_zh,
        title_en=title_en,
        basis_kind=basis_kind,
        basis_ref=basis_ref,
        field=field,
        existence=existence,
        action=action,
        quota_day=quota_day,
        quota_month=quota_month,
        contact=contact,
        justification=" ".join(justification.split()),  # a form sends line ends
        photo_reason=" ".join(photo_reason.split()),
    )


Typed = Annotated[TypedTerms, Depends(typed_terms)]


@router.get("")
def home(request: Request, me: Me, onboarding: Onboarding) -> Response:
    """The agency's clients and purposes."""
    lang = dress_of(request).lang
    cards = tuple(client_card(file, lang) for file in onboarding.clients(me))
    portal = frame(request, me, onboarding, "purposes")
    return page(
        request, "certstore/developer_home.html", DeveloperHomeView(portal=portal, clients=cards)
    )


@router.get("/clients/new")
def new_client(request: Request, me: Me, onboarding: Onboarding) -> Response:
    """The form of an application for a client."""
    view = ClientFormView(portal=frame(request, me, onboarding, "purposes"))
    return page(request, "certstore/developer_client.html", view)


@router.post("/clients/new", dependencies=[Depends(check_form)])
def apply_for_client(
    request: Request,
    me: Me,
    onboarding: Onboarding,
    client_id: Short = "",
    agency: Short = "",
    agency_en: Short = "",
) -> Response:
    """Hand an application for a client in; what is wrong is said at its field."""
    typed = TypedClient(client_id=client_id, agency=agency, agency_en=agency_en)
    errors = onboarding.apply_for_client(me, typed)
    if not errors:
        return see_other("/developers")
    portal = frame(request, me, onboarding, "purposes")
    view = ClientFormView(portal=portal, typed=typed, errors=errors)
    return page(request, "certstore/developer_client.html", view, 422)


@router.post("/clients/{name}/{act}", dependencies=[Depends(check_form)])
def change_client(
    name: Name, act: Literal["withdraw", "retire"], me: Me, onboarding: Onboarding
) -> Response:
    """Take an application back, or give a client up."""
    if act == "withdraw":
        onboarding.withdraw(me, "client", name)
    else:
        onboarding.retire(me, "client", name)
    return see_other("/developers")


@router.get("/purposes/new")
def new_purpose(request: Request, me: Me, onboarding: Onboarding) -> Response:
    """The form of an application for a purpose."""
    return _form(request, me, onboarding, TypedTerms(), None)


@router.post("/purposes/new", dependencies=[Depends(check_form)])
def apply_for_purpose(request: Request, me: Me, onboarding: Onboarding, typed: Typed) -> Response:
    """Keep an application as a draft; what is wrong is said at its field."""
    found = onboarding.apply_for_purpose(me, typed)
    if isinstance(found, str):
        return see_other(f"/developers/purposes/{found}?said=draft")
    return _form(request, me, onboarding, typed, None, found)


@router.get("/purposes/{name}")
def purpose(
    request: Request,
    name: Name,
    me: Me,
    onboarding: Onboarding,
    said: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """How a purpose stands, what it covers, how far it was used, what is left to show."""
    file = onboarding.purpose(me, name)
    portal = frame(request, me, onboarding, "purposes")
    calls = onboarding.refused_calls(me)
    kept = said if said in _SAID else ""
    view = purpose_view(portal, file, calls, dress_of(request).lang, kept)
    return page(request, "certstore/developer_purpose.html", view)


@router.get("/purposes/{name}/edit")
def edit_form(request: Request, name: Name, me: Me, onboarding: Onboarding) -> Response:
    """The form to change a purpose."""
    file = onboarding.purpose(me, name)
    return _form(request, me, onboarding, typed_of(file.client.client_id, file.terms), name)


@router.post("/purposes/{name}/edit", dependencies=[Depends(check_form)])
def edit(request: Request, name: Name, me: Me, onboarding: Onboarding, typed: Typed) -> Response:
    """Change a draft; or what is in force, at once or by approval."""
    file = onboarding.purpose(me, name)
    changed = replace(typed, client_id=file.client.client_id)
    found = onboarding.edit(me, name, changed)
    if isinstance(found, Changed):
        return see_other(f"/developers/purposes/{name}?said={found.outcome}")
    return _form(request, me, onboarding, changed, name, found)


@router.post("/purposes/{name}/receipt", dependencies=[Depends(check_form)])
def receipt(
    name: Name,
    me: Me,
    onboarding: Onboarding,
    text: Annotated[str, Form(max_length=4096)] = "",
) -> Response:
    """Judge a receipt that the client got."""
    said = "receipt" if onboarding.hand_in_receipt(me, name, text) else "no_receipt"
    return see_other(f"/developers/purposes/{name}?said={said}")


@router.post("/purposes/{name}/{act}", dependencies=[Depends(check_form)])
def change_purpose(
    name: Name,
    act: Literal["submit", "withdraw", "retire", "check"],
    me: Me,
    onboarding: Onboarding,
) -> Response:
    """Hand a purpose in, take it back, give it up, or look what was shown meanwhile."""
    said = {"submit": "submitted", "withdraw": "withdrawn", "check": "checked", "retire": ""}[act]
    match act:
        case "submit":
            onboarding.submit(me, name)
        case "withdraw":
            onboarding.withdraw(me, "purpose", name)
        case "retire":
            onboarding.retire(me, "purpose", name)
        case "check":
            onboarding.check(me, name)
    return see_other(f"/developers/purposes/{name}?said={said}")


def _form(
    request: Request,
    me: Developer,
    onboarding: OnboardingDesk,
    typed: TypedTerms,
    name: str | None,
    errors: object = None,
) -> Response:
    wrong = errors if isinstance(errors, dict) else {}
    files = onboarding.clients(me)
    state = None if name is None else onboarding.purpose(me, name).purpose.state
    view = PurposeFormView(
        portal=frame(request, me, onboarding, "purposes"),
        action="/developers/purposes/new" if name is None else f"/developers/purposes/{name}/edit",
        purpose_id=name,
        in_force=state in {State.ACTIVE, State.OVER_QUOTA},
        clients=tuple(f.client.client_id for f in files if f.client.state != State.RETIRED),
        types=offered(typed.field, dress_of(request).lang, typed.existence),
        typed=typed,
        errors=wrong,
    )
    return page(request, "certstore/developer_purpose_form.html", view, 422 if wrong else 200)
