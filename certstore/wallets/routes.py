"""HTTP for wallets: OpenID4VCI 1.0, its authorization server, and what types say of themselves."""

import hashlib
from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from certstore.authorization.dpop import ALGORITHMS
from certstore.errors import (
    CertstoreError,
    LedgerUnavailableError,
    NotFoundError,
    TooLargeError,
    UnavailableError,
)
from certstore.reception import desk, whole_body
from certstore.wallets import examples
from certstore.wallets.desk import WalletAnswer, WalletDesk
from certstore.wallets.door import Shown
from certstore.wallets.metadata import MAX_AGE_S, WalletMetadataDesk, wants_signed
from certstore.wallets.nonces import NonceMint
from certstore.wallets.offers import WalletOfferDesk
from certstore.wallets.refusal import WalletRefusedError
from certstore.wallets.requests import WalletRequestDesk
from certstore.wallets.tokens import WalletTokenDesk
from certstore.wallets.type_metadata import type_metadata
from certstore.wallets.wire import LARGEST_BODY, read_form, read_json

_CACHED = f"public, max-age={MAX_AGE_S}"
_CHALLENGE = f'DPoP algs="{" ".join(ALGORITHMS)}"'
_CREATED, _NO_CONTENT, _NOT_FOUND, _TOO_LARGE, _UNAVAILABLE = 201, 204, 404, 413, 503
_REQUEST = "invalid_credential_request"
# Refusals besides: of any request, of a body, of an access token, of what is not there.
_ASKED = {"on_400": "invalid_request"}
_SENT = {"on_413": "invalid_request", "on_503": "temporarily_unavailable"}
_HELD = {"on_401": "invalid_token"}
_NONE = {"on_404": "invalid_request"}
Metadata = Annotated[WalletMetadataDesk, desk(WalletMetadataDesk)]
Nonces = Annotated[NonceMint, desk(NonceMint)]
Requests = Annotated[WalletRequestDesk, desk(WalletRequestDesk)]
Tokens = Annotated[WalletTokenDesk, desk(WalletTokenDesk)]
Wallets = Annotated[WalletDesk, desk(WalletDesk)]


class WalletRoute(APIRoute):
    """A route that speaks to wallets: nothing is cached, and a DPoP nonce goes along.

    A refusal is the JSON of RFC 6749 §5.2 and OpenID4VCI 1.0 §8.3.1.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, with refusals told as wallets read them."""
        plain = super().get_route_handler()

        async def told(request: Request) -> Response:
            try:
                answer = await plain(request)
            except WalletRefusedError as refused:
                answer = _refusal(refused)
            except (TooLargeError, UnavailableError, NotFoundError) as error:
                answer = _refusal(_as_refusal(error))
            except RequestValidationError:
                answer = _refusal(WalletRefusedError("invalid_request", "no such address is ours"))
            nonces: NonceMint = request.app.state.house.find(NonceMint)
            answer.headers["DPoP-Nonce"] = await run_in_threadpool(nonces.make, "dpop")
            answer.headers["Cache-Control"] = "no-store"
            return answer

        return told


published = APIRouter(tags=["wallets"])
router = APIRouter(prefix="/wallets", tags=["wallets"], route_class=WalletRoute)


async def _sent(request: Request) -> bytes:
    return await whole_body(request, LARGEST_BODY, "send less")


def _shown(request: Request, metadata: Metadata) -> Shown:
    url = metadata.addresses.origin + request.scope["path"]
    headers = request.headers
    return Shown(url, tuple(headers.getlist("dpop")), tuple(headers.getlist("authorization")))


Body = Annotated[bytes, Depends(_sent)]
Who = Annotated[Shown, Depends(_shown)]


def _kind(request: Request) -> str:
    return request.headers.get("content-type", "")


Kind = Annotated[str, Depends(_kind)]


# -- what everybody may read -----------------------------------------------------------------


@published.get(
    "/.well-known/openid-credential-issuer",
    summary="What wallets can have here",
    responses={200: examples.gives(examples.ISSUER, signed=True)},
)
def issuer(request: Request, metadata: Metadata) -> Response:
    """The credential issuer's metadata; as a signed JWT where `application/jwt` is preferred."""
    headers = {"Cache-Control": _CACHED, "Vary": "Accept", "Access-Control-Allow-Origin": "*"}
    if wants_signed(request.headers.get("accept", "")):
        return Response(metadata.signed_issuer(), media_type="application/jwt", headers=headers)
    return JSONResponse(metadata.issuer(), headers=headers)


@published.get(
    "/.well-known/oauth-authorization-server/wallets",
    summary="The wallets' token server",
    responses={200: examples.gives(examples.SERVER)},
)
def server(metadata: Metadata) -> Response:
    """Metadata of the authorization server that wallets use (RFC 8414)."""
    headers = {"Cache-Control": _CACHED, "Access-Control-Allow-Origin": "*"}
    return JSONResponse(metadata.server(), headers=headers)


@published.get(
    "/credentials/{code}",
    summary="What a type of credential says of itself",
    responses={
        200: examples.gives(examples.TYPE),
        304: {"description": "Not changed since the ETag given", "content": {}},
    },
)
def type_of(
    code: Annotated[str, Path(max_length=60)], request: Request, metadata: Metadata
) -> Response:
    """SD-JWT VC type metadata, at the credential's `vct`; the bytes never change."""
    try:
        data = type_metadata(metadata.addresses.origin, code)
    except KeyError:
        raise NotFoundError("no credential is of this type", where=code) from None
    etag = f'"{hashlib.sha256(data).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": _CACHED, "Access-Control-Allow-Origin": "*"}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    return Response(data, media_type="application/json", headers=headers)


# -- what wallets ask ------------------------------------------------------------------------


@router.get(
    "/offers/{secret}",
    summary="An offer, by the link that was scanned",
    responses={200: examples.gives(examples.OFFER), **examples.refuses(**_ASKED, **_NONE)},
)
def offer(
    secret: Annotated[str, Path(pattern="^[A-Za-z0-9_-]{43}$")],
    offers: Annotated[WalletOfferDesk, desk(WalletOfferDesk)],
) -> dict[str, Any]:
    """A credential offer (OpenID4VCI 1.0 §4.1.3), until it is taken or five minutes are over."""
    return offers.read(secret)


@router.post(
    "/par",
    summary="Push an authorization request",
    status_code=_CREATED,
    openapi_extra=examples.takes_form(examples.PUSHED_FORM),
    responses={201: examples.gives(examples.PUSHED), **examples.refuses(**_ASKED, **_SENT)},
)
def push(body: Body, kind: Kind, who: Who, requests: Requests) -> dict[str, Any]:
    """RFC 9126, with PKCE (S256) and one type of certificate as the scope."""
    return requests.push(read_form(body, kind), who)


@router.post(
    "/token",
    summary="Get an access token as a wallet",
    openapi_extra=examples.takes_form(examples.TOKEN_FORM),
    responses={
        200: examples.gives(examples.TOKEN),
        **examples.refuses(on_400="invalid_grant", **_SENT),
    },
)
def token(body: Body, kind: Kind, who: Who, tokens: Tokens) -> dict[str, Any]:
    """A pre-authorized or an authorization code, with a proof of possession (RFC 9449)."""
    return tokens.grant(read_form(body, kind), who)


@router.post(
    "/nonce",
    summary="Get a nonce for key proofs",
    responses={200: examples.gives(examples.NONCE)},
)
def nonce(nonces: Nonces) -> dict[str, str]:
    """A `c_nonce`, good for one credential request within five minutes."""
    return {"c_nonce": nonces.make("c_nonce")}


@router.post(
    "/credential",
    summary="Get credentials",
    openapi_extra=examples.takes_json(examples.REQUEST),
    responses={
        200: examples.gives(examples.GIVEN),
        202: examples.gives(examples.LATER, "Not ready: ask the deferred endpoint"),
        **examples.refuses(on_400="invalid_proof", **_HELD, **_SENT),
    },
)
def credential(body: Body, kind: Kind, who: Who, wallets: Wallets) -> Response:
    """One for each key proven (at most 10), or a transaction to come back with (202)."""
    return _answer(wallets.give(who, read_json(body, kind, _REQUEST)))


@router.post(
    "/deferred",
    summary="Get credentials that were not ready",
    openapi_extra=examples.takes_json({"transaction_id": "8xLOxBtZp8"}),
    responses={
        200: examples.gives({"credentials": examples.GIVEN["credentials"]}),
        202: examples.gives(examples.LATER, "Still not ready"),
        **examples.refuses(on_400="invalid_transaction_id", **_HELD, **_SENT),
    },
)
def deferred(body: Body, kind: Kind, who: Who, wallets: Wallets) -> Response:
    """The credentials of a transaction, or that they are still not ready (202)."""
    return _answer(wallets.give_later(who, read_json(body, kind, _REQUEST)))


@router.post(
    "/notification",
    summary="Say what became of credentials",
    status_code=_NO_CONTENT,
    openapi_extra=examples.takes_json(examples.NOTIFICATION),
    responses={
        204: {"description": "Taken", "content": {}},
        **examples.refuses(on_400="invalid_notification_id", **_HELD, **_SENT),
    },
)
def notification(body: Body, kind: Kind, who: Who, wallets: Wallets) -> Response:
    """Accepted, deleted or failed; the same again changes nothing."""
    wallets.hear(who, read_json(body, kind, "invalid_notification_request"))
    return Response(status_code=_NO_CONTENT)


def _answer(found: WalletAnswer) -> Response:
    return JSONResponse(found.body, found.status)


def _refusal(refused: WalletRefusedError) -> Response:
    # RFC 6750 §3.1: the challenge to a request that brings nothing names no error.
    said = refused.error or "invalid_token"
    body = {"error": said, "error_description": refused.detail}
    answer = JSONResponse(body, refused.status)
    if refused.challenged:
        more = f', error="{said}", error_description="{refused.detail}"' if refused.error else ""
        answer.headers["WWW-Authenticate"] = _CHALLENGE + more
    return answer


def _as_refusal(error: CertstoreError) -> WalletRefusedError:
    if isinstance(error, TooLargeError):
        return WalletRefusedError("invalid_request", "the body is too large", status=_TOO_LARGE)
    if isinstance(error, NotFoundError):
        return WalletRefusedError("invalid_request", "there is no such offer", status=_NOT_FOUND)
    unwritten = isinstance(error, LedgerUnavailableError)
    why = "nothing can be recorded just now" if unwritten else "a part of the service is down"
    return WalletRefusedError("temporarily_unavailable", why, status=_UNAVAILABLE)
