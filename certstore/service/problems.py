"""Errors as RFC 9457 problem details, or as a page: the one table from error to HTTP status."""

import json
import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException

from certstore import errors
from certstore.chance import reference
from certstore.onboarding.refusals import Refusal, RefusalDesk
from certstore.pages.views import ProblemKind, ProblemView
from certstore.web.answers import page
from certstore.web.led_back import sign_in_href, to_sign_in

log = logging.getLogger("certstore")

STATUS: dict[type[errors.CertstoreError], HTTPStatus] = {
    errors.MalformedError: HTTPStatus.BAD_REQUEST,
    errors.MissingGlyphError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.InconsistentTreeError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.IdempotencyMismatchError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.UnauthenticatedError: HTTPStatus.UNAUTHORIZED,
    errors.InvalidTokenError: HTTPStatus.UNAUTHORIZED,
    errors.InvalidDpopProofError: HTTPStatus.BAD_REQUEST,  # at the token endpoint (RFC 9449 §5)
    errors.UnprovenTokenError: HTTPStatus.UNAUTHORIZED,  # at a resource (RFC 9449 §7.1)
    errors.ForbiddenError: HTTPStatus.FORBIDDEN,
    errors.PurposeError: HTTPStatus.FORBIDDEN,
    errors.FieldNotGrantedError: HTTPStatus.FORBIDDEN,
    errors.FieldsRequiredError: HTTPStatus.BAD_REQUEST,
    errors.ConsentRequiredError: HTTPStatus.FORBIDDEN,
    errors.ConsentWithdrawnError: HTTPStatus.FORBIDDEN,
    errors.RepresentationError: HTTPStatus.FORBIDDEN,
    errors.NotFoundError: HTTPStatus.NOT_FOUND,
    errors.GoneError: HTTPStatus.GONE,
    errors.ConflictError: HTTPStatus.CONFLICT,
    errors.SubjectMismatchError: HTTPStatus.CONFLICT,
    errors.CertificateRevokedError: HTTPStatus.CONFLICT,
    errors.TooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.RateLimitedError: HTTPStatus.TOO_MANY_REQUESTS,
    errors.QuotaExceededError: HTTPStatus.TOO_MANY_REQUESTS,
    errors.UnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
}
_KINDS: dict[int, ProblemKind] = {
    400: "malformed",
    401: "signed_out",
    403: "forbidden",
    404: "not_found",
    405: "other_method",
    409: "conflict",
    410: "not_found",
    413: "malformed",
    421: "wrong_host",
    422: "malformed",
    429: "too_many",
    503: "unavailable",
}
_API = (
    *("/v1/", "/oauth2/", "/.well-known/", "/status-lists/", "/healthz", "/readyz", "/metrics"),
    *("/credentials/", "/wallets/offers/", "/wallets/par", "/wallets/token", "/wallets/nonce"),
    *("/wallets/credential", "/wallets/deferred", "/wallets/notification"),
)
_SHOWN_FACTS = (
    *("error", "cause", "expected", "paths", "missing", "status", "code_point", "limit"),
    "resets_at",
)
_MEMBERS = {"status": "certificate_status"}  # RFC 9457 keeps `status` for the HTTP status


class _Problem(JSONResponse):
    """A problem; what a stranger put into a name is shown, and never keeps us from answering."""

    media_type = "application/problem+json"

    def render(self, content: Any) -> bytes:  # noqa: ANN401 - Starlette's own signature
        """JSON in UTF-8; a lone surrogate is spelled out."""
        return json.dumps(content, ensure_ascii=False, allow_nan=False).encode(
            "utf-8", "backslashreplace"
        )


def install(app: FastAPI) -> None:
    """Answer every error of the house, of the framework, and every other, in our shape."""
    app.add_exception_handler(errors.CertstoreError, known_error)
    app.add_exception_handler(RequestValidationError, invalid_request)
    app.add_exception_handler(HTTPException, framework_error)
    app.add_exception_handler(Exception, unexpected_error)


async def known_error(request: Request, error: Exception) -> Response:
    """A refusal or failure raised on purpose."""
    if not isinstance(error, errors.CertstoreError):
        return await unexpected_error(request, error)
    status = next((STATUS[k] for k in type(error).__mro__ if k in STATUS), None)
    if status is None:
        return await unexpected_error(request, error)
    if status is HTTPStatus.UNAUTHORIZED and not _wants_json(request):
        led = await to_sign_in(request)
        if led is not None:
            return led
    facts = {_MEMBERS.get(n, n): error.facts[n] for n in _SHOWN_FACTS if n in error.facts}
    said = {"detail": error.detail, "where": error.where, "remedy": error.remedy, **facts}
    number = reference(8)
    see = error.facts.get("see")
    answer = _answer(
        request, status, error.code, {**said, "reference": number}, str(see) if see else None
    )
    _note(request, answer, error, number)
    if "retry_after" in error.facts:
        answer.headers["Retry-After"] = str(error.facts["retry_after"])  # seconds
    if "challenge" in error.facts and _wants_json(request):
        answer.headers["WWW-Authenticate"] = str(error.facts["challenge"])
    return answer


async def invalid_request(request: Request, error: Exception) -> Response:
    """A request that does not fit its schema: which members, never their values."""
    found = error.errors() if isinstance(error, RequestValidationError) else []
    wrong = [{"where": ".".join(str(p) for p in e["loc"]), "detail": e["msg"]} for e in found]
    said: dict[str, Any] = {
        "detail": "the request does not fit its description",
        "where": wrong[0]["where"] if wrong else None,
        "remedy": "see /openapi.json",
        "errors": wrong,
    }
    number = reference(8)
    answer = _answer(
        request,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "invalid-request",
        {**said, "reference": number},
    )
    _note(request, answer, errors.MalformedError("", where=said["where"]), number)
    return answer


def _note(request: Request, answer: Response, error: errors.CertstoreError, number: str) -> None:
    """Keep why a known client's call was refused, after the answer has left.

    Not that it asked too often: who does so would have us write as often.
    """
    client = getattr(request.state, "client", None) or error.facts.get("client")
    if not client or isinstance(error, errors.RateLimitedError):
        return
    route = getattr(request.scope.get("route"), "path", "")
    refusal = Refusal(
        client_id=str(client), call=f"{request.method} {route}", error=error, reference=number
    )
    answer.background = BackgroundTask(_keep, request.app.state.house.find(RefusalDesk), refusal)


def _keep(desk: RefusalDesk, refusal: Refusal) -> None:
    try:
        desk.note(refusal)
    except errors.CertstoreError as error:
        log.warning("a refusal was not kept", extra={"why": error.detail})


async def framework_error(request: Request, error: Exception) -> Response:
    """No such route, no such method."""
    status = HTTPStatus(error.status_code if isinstance(error, HTTPException) else 500)
    code = {404: "not-found", 405: "invalid-request"}.get(status, "invalid-request")
    answer = _answer(request, status, code, {"detail": status.phrase.lower()})
    if isinstance(error, HTTPException) and error.headers:
        answer.headers.update(error.headers)  # Allow, with 405
    return answer


def wrong_host(request: Request) -> Response:
    """The Host header names another host than ours: somebody else's link, or a proxy's mistake."""
    said = {
        "detail": "this service is not reached by this host name",
        "where": "Host",
        "remedy": "use the service's own address",
    }
    return _answer(request, HTTPStatus.MISDIRECTED_REQUEST, "invalid-request", said)


async def unexpected_error(request: Request, error: Exception) -> Response:
    """Our own failure: logged with its reference, answered without any detail."""
    number = reference(8)
    log.error("failure %s: %s", number, type(error).__name__, exc_info=error)
    said = {"detail": "something went wrong on our side; nothing was changed", "reference": number}
    return _answer(request, HTTPStatus.INTERNAL_SERVER_ERROR, "internal", said)


def _answer(
    request: Request, status: HTTPStatus, code: str, said: dict[str, Any], see: str | None = None
) -> Response:
    """A problem, or a page of it; `see` is the page of what it is about."""
    number = said.pop("reference", None) or reference(8)
    if _wants_json(request):
        body = {
            "type": f"urn:certstore:problem:{code}",
            "title": status.phrase,
            "status": int(status),
            "instance": f"urn:certstore:request:{number}",
            **{name: value for name, value in said.items() if value is not None},
        }
        headers = {"WWW-Authenticate": "Bearer"} if status is HTTPStatus.UNAUTHORIZED else None
        return _Problem(body, status, headers=headers)
    view = ProblemView(
        kind="moved_on" if see else _KINDS.get(status, "our_failure"),
        code=code,
        reference=number,
        href=sign_in_href(request) if status is HTTPStatus.UNAUTHORIZED else see,
    )
    return page(request, "certstore/problem.html", view, status)


def _wants_json(request: Request) -> bool:
    if request.url.path.startswith(_API):
        return True
    accepted = request.headers.get("accept", "")
    return "text/html" not in accepted and ("json" in accepted or "x-csrf-token" in request.headers)
