"""The pages of entrustments and use codes: the list, entrusting, taking back, handing over."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Query, Request
from fastapi.responses import Response

from certstore.callers import Resident
from certstore.certificates import Certificate
from certstore.entrustment.code_desk import CodeWanted, MadeCode, NotMade, UseCodeDesk
from certstore.entrustment.desk import EntrustmentDesk, NotEntrusted
from certstore.entrustment.terms import Wanted, usable
from certstore.holdings import HoldingsDesk
from certstore.page_routes import symbol_of
from certstore.pages.entrustment_views import (
    UseCodeFormView,
    code_fields,
    entrust_view,
    entrustments_view,
    use_code_view,
)
from certstore.reception import desk, signed_in
from certstore.web.answers import check_form, dress_of, page, see_other

router = APIRouter(include_in_schema=False)
Ref = Annotated[str, Path(pattern="^[0-9a-z]{20}$")]
CertificateRef = Annotated[str, Query(pattern="^[0-9a-z]{20}$")]
Word = Annotated[str, Form(max_length=500)]
Hours = Annotated[str, Form(max_length=4)]
Names = Annotated[list[str], Form(max_length=60)]
Me = Annotated[Resident, signed_in(Resident)]
Entrustments = Annotated[EntrustmentDesk, desk(EntrustmentDesk)]
Codes = Annotated[UseCodeDesk, desk(UseCodeDesk)]
Holdings = Annotated[HoldingsDesk, desk(HoldingsDesk)]
FORM = [Depends(check_form)]


@router.get("/entrustments")
def both(
    request: Request, me: Me, entrustments: Entrustments, codes: Codes, holdings: Holdings
) -> Response:
    """What I entrusted, what was entrusted to me, and my codes."""
    view = entrustments_view(
        entrustments.given(me),
        entrustments.received(me),
        codes.mine(me),
        [c for c in holdings.of(me) if usable(c)],
        (entrustments.clock.now(), entrustments.today()),
        dress_of(request).lang,
    )
    return page(request, "certstore/entrustments.html", view)


@router.get("/entrustments/new")
def new(
    request: Request, me: Me, entrustments: Entrustments, certificate: CertificateRef
) -> Response:
    """To whom, for what, from and to which day."""
    today = entrustments.today().isoformat()
    typed = Wanted(certificate_ref=certificate, from_day=today)
    return _entrust_form(request, me, entrustments, typed, {})


@router.post("/entrustments/new", dependencies=FORM)
def entrust(
    request: Request,
    me: Me,
    entrustments: Entrustments,
    certificate: CertificateRef,
    entrust_to: Word = "",
    agent_name: Word = "",
    agent_number: Word = "",
    for_matter: Word = "",
    purpose_id: Word = "",
    with_photo: Annotated[str, Form(max_length=3)] = "",
    from_day: Word = "",
    to_day: Word = "",
) -> Response:
    """Entrust; what is wrong is said at its field, and what was typed is kept."""
    wanted = Wanted(
        certificate_ref=certificate,
        to=entrust_to,
        agent_name=agent_name,
        agent_number=agent_number,
        matter=for_matter,
        purpose_id=purpose_id,
        with_photo=with_photo == "yes" and entrust_to == "agency",
        from_day=from_day,
        to_day=to_day,
    )
    made = entrustments.entrust(me, wanted)
    if isinstance(made, NotEntrusted):
        return _entrust_form(request, me, entrustments, wanted, dict(made.errors))
    return see_other("/entrustments")


@router.post("/entrustments/{ref}/accept", dependencies=FORM)
def accept(ref: Ref, me: Me, entrustments: Entrustments) -> Response:
    """Accept what was entrusted to me."""
    entrustments.accept(me, ref)
    return see_other("/entrustments")


@router.post("/entrustments/{ref}/decline", dependencies=FORM)
def decline(ref: Ref, me: Me, entrustments: Entrustments) -> Response:
    """Decline it, or give it up."""
    entrustments.decline(me, ref)
    return see_other("/entrustments")


@router.post("/entrustments/{ref}/take-back", dependencies=FORM)
def take_back(ref: Ref, me: Me, entrustments: Entrustments) -> Response:
    """Take back what I entrusted."""
    entrustments.take_back(me, ref)
    return see_other("/entrustments")


# -- codes -----------------------------------------------------------------------------------


@router.get("/certificates/{ref}/use-code")
def code_form(ref: Ref, request: Request, me: Me, entrustments: Entrustments) -> Response:
    """For what, and which fields."""
    view = _code_form(request, entrustments.certificate(me, ref), f"/certificates/{ref}/use-code")
    return page(request, "certstore/use_code_new.html", view)


@router.post("/certificates/{ref}/use-code", dependencies=FORM)
def make(
    ref: Ref,
    request: Request,
    me: Me,
    entrustments: Entrustments,
    codes: Codes,
    give: Names = [],  # noqa: B006 - FastAPI copies it
    for_matter: Word = "",
    hours: Hours = "24",
) -> Response:
    """Make the code, and show it this once."""
    certificate = entrustments.certificate(me, ref)
    wanted = _wanted(for_matter, give, hours)
    form = _code_form(request, certificate, f"/certificates/{ref}/use-code")
    return _made(request, certificate, codes.make(me, ref, wanted), (form, wanted))


@router.get("/entrustments/{ref}/use-code")
def agents_code_form(
    ref: Ref, request: Request, me: Me, entrustments: Entrustments, codes: Codes
) -> Response:
    """The same for a certificate that was entrusted to me, for what it is entrusted for."""
    certificate, matter = codes.entrusted(entrustments.received_one(me, ref))
    view = _code_form(request, certificate, f"/entrustments/{ref}/use-code", matter)
    return page(request, "certstore/use_code_new.html", view)


@router.post("/entrustments/{ref}/use-code", dependencies=FORM)
def make_as_agent(
    ref: Ref,
    request: Request,
    me: Me,
    entrustments: Entrustments,
    codes: Codes,
    give: Names = [],  # noqa: B006 - FastAPI copies it
    hours: Hours = "24",
) -> Response:
    """Make the code; whose certificate it is sees that, and by whom."""
    certificate, matter = codes.entrusted(entrustments.received_one(me, ref))
    wanted = _wanted(matter, give, hours)
    form = _code_form(request, certificate, f"/entrustments/{ref}/use-code", matter)
    return _made(request, certificate, codes.make_as_agent(me, ref, wanted), (form, wanted))


@router.post("/use-codes/{ref}/end", dependencies=FORM)
def end(ref: Ref, me: Me, codes: Codes) -> Response:
    """End a code before it is used."""
    codes.end(me, ref)
    return see_other("/entrustments")


def _made(
    request: Request,
    certificate: Certificate,
    made: MadeCode | NotMade,
    asked: tuple[UseCodeFormView, CodeWanted],
) -> Response:
    if isinstance(made, NotMade):
        form, wanted = asked
        again = replace(form, chosen=wanted.fields, hours=wanted.hours, errors=made.errors)
        if not form.matter_fixed:
            again = replace(again, matter=wanted.matter)
        return page(request, "certstore/use_code_new.html", again, 422)
    symbol = symbol_of(made.characters)
    view = use_code_view(made, certificate, symbol, dress_of(request).lang)
    answer = page(request, "certstore/use_code.html", view)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _wanted(matter: str, fields: list[str], hours: str) -> CodeWanted:
    chosen = tuple(dict.fromkeys(fields))
    return CodeWanted(matter, chosen, int(hours) if hours in {"1", "24", "72", "168"} else 0)


def _code_form(
    request: Request, certificate: Certificate, action: str, matter: str = ""
) -> UseCodeFormView:
    return UseCodeFormView(
        action=action,
        type_code=certificate.type_code,
        fields=code_fields(certificate, dress_of(request).lang),
        matter=matter,
        matter_fixed=bool(matter),
    )


def _entrust_form(
    request: Request,
    me: Resident,
    entrustments: EntrustmentDesk,
    typed: Wanted,
    errors: dict[str, str],
) -> Response:
    certificate = entrustments.certificate(me, typed.certificate_ref)
    purposes, today = entrustments.purposes(certificate), entrustments.today()
    view = entrust_view(certificate, purposes, typed, today, dress_of(request).lang)
    status = 422 if errors else 200
    return page(request, "certstore/entrust_new.html", replace(view, errors=errors), status)
