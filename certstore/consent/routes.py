"""HTTP of consent: services ask and look; holders list theirs and take them back."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Response

from certstore.authorization.routes import Pulling
from certstore.callers import Resident
from certstore.consent.bodies import ConsentRequestIn
from certstore.consent.desk import Asked, ConsentDesk
from certstore.consent.request_desk import ConsentRequestDesk, consent_told
from certstore.idempotency.routes import Once
from certstore.reception import desk, signed_in
from certstore.web.answers import check_token

router = APIRouter()
Ref = Annotated[str, Path(pattern="^[0-9a-z]{20}$")]
Asking = Annotated[ConsentRequestDesk, desk(ConsentRequestDesk)]
Consents = Annotated[ConsentDesk, desk(ConsentDesk)]
Me = Annotated[Resident, signed_in(Resident)]


@router.post(
    "/v1/consent-requests", status_code=201, tags=["consent"], summary="Ask a holder for consent"
)
def ask(body: ConsentRequestIn, caller: Pulling, asking: Asking, once: Once) -> Response:
    """The holder finds it in their inbox; lead them to `consent_url`, or show them the QR code."""
    return once.answer(caller, body, lambda: (201, asking.ask(caller, body.asking())))


@router.get("/v1/consent-requests/{ref}", tags=["consent"], summary="What became of a request")
def standing(ref: Ref, caller: Pulling, asking: Asking) -> dict[str, Any]:
    """Its status, and each consent with its receipt; of one's own requests only."""
    return asking.standing(caller, ref)


@router.get(
    "/v1/consent-requests/{ref}/qr",
    tags=["consent"],
    summary="The QR code to hand over",
    responses={200: {"content": {"image/svg+xml": {}}}},
    response_class=Response,
)
def code(ref: Ref, caller: Pulling, asking: Asking) -> Response:
    """The address of the holder's page as a picture (SVG)."""
    return Response(asking.code(caller, ref), media_type="image/svg+xml")


@router.get("/v1/me/consents", tags=["citizen"], summary="What I was asked, and what I gave")
def mine(me: Me, consents: Consents) -> list[dict[str, Any]]:
    """Of oneself and of children in one's care, latest first."""
    return [_told(asked, consents) for asked in consents.of(me)]


@router.post(
    "/v1/me/consents/{ref}:withdraw",
    tags=["citizen"],
    summary="Take a consent back",
    dependencies=[Depends(check_token)],
)
def withdraw(ref: Ref, me: Me, consents: Consents) -> dict[str, Any]:
    """One consent, or by a request's reference all that was given upon it; from the next pull."""
    return _told(consents.withdraw(me, ref), consents)


def _told(asked: Asked, consents: ConsentDesk) -> dict[str, Any]:
    terms, now = asked.terms, consents.now()
    return {
        "ref": asked.request.ref,
        "status": asked.request.state_at(now),
        "agency": terms.agency,
        "agency_en": terms.agency_en,
        "matter": terms.matter_code,
        "title_zh": terms.title_zh,
        "title_en": terms.title_en,
        "ward": asked.ward,
        "asked_at": asked.request.asked_at.isoformat(),
        "expires_at": asked.request.expires_at.isoformat(),
        "consents": [consent_told(consent, now) for consent in asked.consents],
    }
