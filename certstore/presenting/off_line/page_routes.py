"""Showing off line: the page that works without a network, and the phones that hold its keys."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import AfterValidator

from certstore import base64url
from certstore.callers import Resident
from certstore.certificates import Certificate, Status
from certstore.clock import CHINA, unix
from certstore.errors import ConflictError
from certstore.holdings import HoldingsDesk
from certstore.pages.presenting_views import ShowView, devices_view
from certstore.plain_words import plain_words
from certstore.presenting.choices import Choice
from certstore.presenting.devices import MOST_DEVICES, DeviceDesk, Enrolment
from certstore.reception import desk, signed_in
from certstore.web.answers import check_form, check_token, page, see_other, session_of
from certstore.web.static_files import StaticFiles
from certstore.web.wording import masked_name

router = APIRouter(include_in_schema=False)
Ref = str  # any text: one that leads to nothing is not found
FormRef = Annotated[str, Form(pattern="^[0-9a-z]{20}$")]
Base64 = Annotated[str, Form(pattern="^[A-Za-z0-9_-]+$", max_length=100)]
Name = Annotated[str, Form(min_length=1, max_length=60), AfterValidator(plain_words)]
Me = Annotated[Resident, signed_in(Resident)]
Devices = Annotated[DeviceDesk, desk(DeviceDesk)]
Holdings = Annotated[HoldingsDesk, desk(HoldingsDesk)]
_TOKEN = [Depends(check_token)]


@router.get("/show")
def show(request: Request) -> Response:
    """The page of off-line codes; the same for everybody, whoever is signed in."""
    request.state.session = None
    return page(request, "certstore/show.html", ShowView())


@router.get("/show-worker.js")
def worker(request: Request) -> Response:
    """What keeps that page on the phone; under this name, for a worker's place is its reach."""
    static: StaticFiles = request.app.state.static
    file = static.find(static.asset("show_worker.js"))
    body = file.body if file else b""
    return Response(body, media_type="text/javascript", headers={"Cache-Control": "no-cache"})


@router.get("/show/state")
def state(request: Request, holdings: Holdings, devices: Devices) -> JSONResponse:
    """Who is signed in, as far as the page needs it: what could be shown, and which phones."""
    session = session_of(request)
    if session is None or not isinstance(session.caller, Resident):
        return JSONResponse({"signed_in": False, "now": unix(devices.clock.now())})
    me, today = session.caller, holdings.today()
    own = [(c, "") for c in holdings.of(me)]
    wards = [(c, c.holders[0].name) for c in holdings.of_wards(me)]
    offered = [
        _offered(certificate, ward)
        for certificate, ward in (*own, *wards)
        if certificate.sealed and certificate.status_on(today) is Status.VALID
    ]
    body = {
        "signed_in": True,
        "now": unix(devices.clock.now()),
        "csrf": session.csrf,
        "certificates": offered,
        "devices": [each.device.ref for each in devices.mine(me)],
    }
    return JSONResponse(body)


@router.post("/show/challenge", dependencies=_TOKEN)
def challenge(me: Me, devices: Devices) -> JSONResponse:
    """What the phone has to sign."""
    return JSONResponse({"challenge": devices.challenge(me)})


@router.post("/show/devices", dependencies=_TOKEN)
def enrol(
    me: Me, devices: Devices, name: Name, x: Base64, y: Base64, challenge: Base64, signature: Base64
) -> JSONResponse:
    """Enrol this phone: its public key, shown to be had. `many` if there are ten already."""
    jwk = {"kty": "EC", "crv": "P-256", "x": x, "y": y}
    wanted = Enrolment(name=name, jwk=jwk, challenge=challenge, signature=signature)
    try:
        device = devices.enrol(me, wanted)
    except ConflictError as refused:
        return JSONResponse({"cause": refused.facts.get("cause", "known")}, 409)
    return JSONResponse({"device": device.ref, "kid": device.kid}, 201)


@router.post("/show/codes", dependencies=_TOKEN)
def give(
    me: Me,
    devices: Devices,
    device: FormRef,
    certificate: FormRef,
    level: Annotated[str, Form(max_length=20)] = "photo",
    age: Annotated[str, Form(max_length=3)] = "",
) -> JSONResponse:
    """The inner code of one certificate for this phone, for a day.

    With a code that says who it is go the photo it names and the masked name, for the holder's
    own screen: without a network the verifier's scanner has no other picture to compare with.
    """
    made = devices.give_code(me, device, certificate, Choice.parse(level, age))
    person = made.choice.shows_person
    body: dict[str, Any] = {
        "inner": base64url.encode(made.inner),
        "expires_at": _stamp(made.expires_at),
        "level": made.choice.level,
        "type": made.certificate.type_code,
        "name": masked_name(made.certificate.holders[0].name) if person else None,
        "portrait": base64url.encode(made.portrait) if made.portrait else None,
    }
    return JSONResponse(body)


@router.post("/show/devices/{ref}/sign-out", dependencies=_TOKEN)
def leave(ref: Ref, me: Me, devices: Devices) -> JSONResponse:
    """Sign this very phone out."""
    devices.sign_out(me, ref)
    return JSONResponse({})


@router.get("/settings/devices")
def mine(
    request: Request, me: Me, devices: Devices, done: Annotated[str, Query(max_length=3)] = ""
) -> Response:
    """My phones, and signing one out."""
    view = devices_view(devices.mine(me), signed_out=done == "yes", most=MOST_DEVICES)
    return page(request, "certstore/devices.html", view)


@router.post("/settings/devices/{ref}/sign-out", dependencies=[Depends(check_form)])
def sign_out(ref: Ref, me: Me, devices: Devices) -> Response:
    """Sign one out."""
    devices.sign_out(me, ref)
    return see_other("/settings/devices?done=yes")


def _offered(certificate: Certificate, ward: str) -> dict[str, Any]:
    return {
        "ref": certificate.ref,
        "type": certificate.type_code,
        "ward": ward,
        "district": bool(certificate.fields.get("residence_district")),
    }


def _stamp(moment: datetime) -> str:
    return moment.astimezone(CHINA).isoformat()
