"""HTTP of asking wallets: verifiers make requests, wallets fetch and answer them (OpenID4VP)."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from certstore.reception import desk, whole_body
from verifiers.routes import VerdictOut, named, verdict_out
from verifiers.scanning.desk import OnLineScan
from verifiers.wallets.answer import MAX_BYTES, read_form
from verifiers.wallets.desk import WalletQuestionDesk
from verifiers.wallets.kept import Outcome
from verifiers.wallets.request_object import MEDIA_TYPE
from verifiers.wallets.wanted import Wanted

router = APIRouter(prefix="/v1/verify/wallet-requests", tags=["verify"])
Ref = Annotated[str, Path(pattern="^[0-9a-z]{20}$")]
Wallets = Annotated[WalletQuestionDesk, desk(WalletQuestionDesk)]


class WalletRequestIn(BaseModel):
    """What to ask a wallet for, and who asks."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    wanted: Wanted = Field(description="a fixed set of fields; docs/wallets-verifying.md")
    verifier: Annotated[str, AfterValidator(named)] = Field(
        "", max_length=100, description="who verifies, as the holder will read it"
    )


class WalletRequestOut(BaseModel):
    """A request: show `link` as a QR code; `secret` alone opens the outcome."""

    ref: str
    secret: str
    link: str
    expires_at: datetime


class ResultIn(BaseModel):
    """The secret that came with the request."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    secret: str = Field(min_length=1, max_length=100)


class WalletResultOut(BaseModel):
    """What became of a request; the verdict, or the wallet's reason, is given once."""

    state: Literal["waiting", "answered", "over"]
    error: str = Field("", description="why the wallet gave nothing, e.g. `access_denied`")
    verdict: VerdictOut | None = None


async def form_sent(request: Request) -> bytes:
    """The form, unread."""
    return await whole_body(request, MAX_BYTES, "an answer has at most 64 kB")


def _form(description: str, members: dict[str, Any], example: dict[str, str]) -> dict[str, Any]:
    schema = {
        "type": "object",
        "properties": {name: {"type": "string", **said} for name, said in members.items()},
    }
    content = {"application/x-www-form-urlencoded": {"schema": schema, "example": example}}
    return {"requestBody": {"description": description, "content": content}}


_TEXT: Any = {200: {"description": "A signed request (RFC 9101)", "content": {MEDIA_TYPE: {}}}}
_NONCE = _form(
    "The wallet's own nonce; what else a wallet says of itself is not needed (OpenID4VP §5.10)",
    {"wallet_nonce": {"maxLength": 256}, "wallet_metadata": {}},
    {"wallet_nonce": "qPmxiNFCR3QTm19POc8u"},
)
_ANSWER = _form(
    "response_mode=direct_post.jwt: a JWE, or an error and the request's state",
    {
        "response": {"description": "JWE of vp_token and state, ECDH-ES with A128GCM or A256GCM"},
        "error": {},
        "error_description": {},
        "state": {},
    },
    {"response": "eyJhbGciOiJFQ0RILUVTIiwi…"},
)


@router.post("", status_code=201, summary="Ask a wallet to show a certificate")
def ask(body: WalletRequestIn, wallets: Wallets) -> WalletRequestOut:
    """The request lives five minutes and is answered once."""
    asked = wallets.ask(body.wanted, body.verifier)
    return WalletRequestOut(
        ref=asked.ref, secret=asked.secret, link=asked.link, expires_at=asked.expires_at
    )


@router.post("/{ref}:result", summary="What the wallet showed; given once")
def result(ref: Ref, body: ResultIn, wallets: Wallets) -> WalletResultOut:
    """Nothing is kept once it was given. A bad presentation is an answer (200), not an error."""
    standing = wallets.own(ref, body.secret).standing
    if standing != "answered":
        return WalletResultOut(state=standing)
    outcome = wallets.show(ref, body.secret)
    return WalletResultOut(state="answered", error=outcome.error, verdict=wallet_verdict(outcome))


@router.get(
    "/{ref}/request",
    summary="The signed request, for wallets",
    responses=_TEXT,
    response_class=Response,
)
def fetch(ref: Ref, wallets: Wallets) -> Response:
    """request_uri of OpenID4VP; it may be fetched again while it waits."""
    return Response(wallets.request_object(ref), media_type=MEDIA_TYPE)


@router.post(
    "/{ref}/request",
    summary="The signed request, for wallets that send a nonce",
    responses=_TEXT,
    response_class=Response,
    openapi_extra=_NONCE,
)
def fetch_with_nonce(
    ref: Ref, wallets: Wallets, body: Annotated[bytes, Depends(form_sent)]
) -> Response:
    """request_uri_method=post: the wallet's nonce comes back signed."""
    wallet_nonce = read_form(body).get("wallet_nonce")
    return Response(wallets.request_object(ref, wallet_nonce), media_type=MEDIA_TYPE)


@router.post(
    "/{ref}/response", summary="A wallet's answer", openapi_extra=_ANSWER, response_model=None
)
def take(ref: Ref, wallets: Wallets, body: Annotated[bytes, Depends(form_sent)]) -> dict[str, str]:
    """response_uri of OpenID4VP: taken once. On one device, `redirect_uri` leads back."""
    back = wallets.take(ref, body)
    return {} if back is None else {"redirect_uri": back}


def wallet_verdict(outcome: Outcome) -> VerdictOut | None:
    """The verdict as it is sent; none where the wallet gave nothing."""
    if outcome.result is None:
        return None
    return verdict_out(OnLineScan(outcome.result, outcome.checked_at))
