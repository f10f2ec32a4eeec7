"""HTTP of the token endpoints, and how a request shows its access token."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Header, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from certstore.authorization import examples
from certstore.authorization.debugging import DebugDesk
from certstore.authorization.dpop import ALGORITHMS
from certstore.authorization.metadata import MAX_AGE_S, MetadataDesk
from certstore.authorization.resource_gate import Admission, Presented, ResourceGate
from certstore.authorization.standing import TokenStandingDesk
from certstore.authorization.token_desk import TokenDesk, TokenRequest
from certstore.callers import Service
from certstore.errors import (
    CertstoreError,
    InvalidTokenError,
    MalformedError,
    UnauthenticatedError,
    UnprovenTokenError,
)
from certstore.reception import desk

router = APIRouter()
AssertionType = Annotated[str, Form(max_length=100, examples=[examples.ASSERTION_TYPE])]
Assertion = Annotated[str, Form(max_length=16384, examples=[examples.ASSERTION])]
Token = Annotated[str, Form(max_length=16384, examples=[examples.ACCESS_TOKEN])]
Hint = Annotated[str, Form(max_length=60, description="taken and not needed (RFC 7009 §2.1)")]
ProofHeader = Annotated[
    str | None,
    Header(alias="DPoP", description="one proof of possession (RFC 9449)"),
]
_CACHED = f"public, max-age={MAX_AGE_S}"


class TokenForm(BaseModel):
    """A token request; what else a client sends is ignored, as RFC 6749 §3.2 wants it."""

    model_config = ConfigDict(frozen=True)
    grant_type: str = Field(max_length=60, examples=["client_credentials"])
    client_assertion_type: str = Field(max_length=100, examples=[examples.ASSERTION_TYPE])
    client_assertion: str = Field(max_length=16384, examples=[examples.ASSERTION])
    authorization_details: str = Field(max_length=8192, examples=[examples.DETAILS])


def presented(
    request: Request,
    gate: Annotated[ResourceGate, desk(ResourceGate)],
    authorization: Annotated[str, Header(description="DPoP or Bearer, and the access token")] = "",
    dpop: ProofHeader = None,  # noqa: ARG001 - for the API's description; every one is looked at
) -> Presented:
    """The access token that the request carries, and the proofs beside it."""
    scheme, _, token = authorization.partition(" ")
    with challenged(gate.mint.issuer):
        _once(request, "authorization")
    url = gate.mint.issuer + quote(request.scope["path"])
    proofs = tuple(request.headers.getlist("dpop"))
    return Presented(scheme, token, proofs, request.method, url)


def service(
    request: Request,
    gate: Annotated[ResourceGate, desk(ResourceGate)],
    shown: Annotated[Presented, Depends(presented)],
) -> Service:
    """The service whose access token the request carries, with the proof that the token needs."""
    return _admitted(request, gate, shown)


def _admitted(
    request: Request, gate: ResourceGate, shown: Presented, *, also_unusable: bool = False
) -> Service:
    with challenged(gate.mint.issuer), _noting(gate, shown.token):
        caller = gate.admit(shown, also_unusable=also_unusable)
    request.state.client = caller.client_id  # whoever's call is refused later on is told why
    request.app.state.limits.count("pull", caller.client_id)
    return caller


def admission(
    request: Request,
    gate: Annotated[ResourceGate, desk(ResourceGate)],
    shown: Annotated[Presented, Depends(presented)],
) -> Admission:
    """A sound token and proof; whether they still count is asked with what they are used for."""
    with challenged(gate.mint.issuer), _noting(gate, shown.token):
        opened = gate.open(shown)
    request.state.client = opened.token.client_id
    request.app.state.limits.count("pull", opened.token.client_id)
    return opened


def searching(
    request: Request,
    gate: Annotated[ResourceGate, desk(ResourceGate)],
    shown: Annotated[Presented, Depends(presented)],
) -> Service:
    """The same for a search, which judges its purpose itself and refuses it on record."""
    return _admitted(request, gate, shown, also_unusable=True)


Pulling = Annotated[Service, Depends(service)]
Searching = Annotated[Service, Depends(searching)]
Admitted = Annotated[Admission, Depends(admission)]


@contextmanager
def challenged(issuer: str) -> Iterator[None]:
    """Say in WWW-Authenticate what is wrong, and with which algorithms a proof is made."""
    algorithms = f'algs="{" ".join(ALGORITHMS)}"'
    metadata = f'resource_metadata="{issuer}/.well-known/oauth-protected-resource"'
    try:
        yield
    except UnauthenticatedError as error:
        error.facts["challenge"] = f"Bearer {metadata}, DPoP {algorithms}, {metadata}"
        raise
    except UnprovenTokenError as error:
        bound = error.facts.get("cause") == "key_mismatch"
        code = "invalid_token" if bound else "invalid_dpop_proof"  # RFC 9449 §7.1
        error.facts["challenge"] = f"DPoP {_error(code, error)}, {algorithms}, {metadata}"
        raise
    except InvalidTokenError as error:
        said = f"{_error('invalid_token', error)}, {metadata}"
        error.facts["challenge"] = (
            f"Bearer {said}, DPoP {_error('invalid_token', error)}, {algorithms}"
        )
        raise


def _error(code: str, error: CertstoreError) -> str:
    return f'error="{code}", error_description="{error.detail}"'


def _once(request: Request, header: str) -> None:
    if len(request.headers.getlist(header)) > 1:
        raise MalformedError("a header stands there more than once", where=header)


@router.post(
    "/oauth2/token",
    tags=["tokens"],
    summary="Get an access token",
    responses={200: examples.answer(examples.TOKEN_ANSWER), 401: examples.problem()},
)
def token(
    request: Request,
    tokens: Annotated[TokenDesk, desk(TokenDesk)],
    response: Response,
    form: Annotated[TokenForm, Form()],
    dpop: ProofHeader = None,
) -> dict[str, Any]:
    """client_credentials with private_key_jwt (RFC 7523) and authorization_details (RFC 9396).

    With the header DPoP the token is bound to the proof's key (RFC 9449).
    """
    response.headers["Cache-Control"] = "no-store"
    _once(request, "dpop")
    return tokens.grant(
        TokenRequest(
            form.grant_type,
            form.client_assertion_type,
            form.client_assertion,
            form.authorization_details,
            dpop,
        )
    )


@router.post(
    "/oauth2/introspect",
    tags=["tokens"],
    summary="Ask how a token of one's own stands",
    responses={200: examples.answer(examples.INTROSPECTION_ANSWER)},
)
def introspect(
    desk: Annotated[TokenStandingDesk, desk(TokenStandingDesk)],
    response: Response,
    token: Token,
    client_assertion_type: AssertionType,
    client_assertion: Assertion,
    token_type_hint: Hint = "",  # noqa: ARG001 - the standard has it
) -> dict[str, Any]:
    """RFC 7662; of a token that is not one's own, only that it is not active."""
    response.headers["Cache-Control"] = "no-store"
    return desk.introspect(client_assertion_type, client_assertion, token)


@router.post("/oauth2/revoke", tags=["tokens"], summary="Revoke a token of one's own")
def revoke(
    desk: Annotated[TokenStandingDesk, desk(TokenStandingDesk)],
    token: Token,
    client_assertion_type: AssertionType,
    client_assertion: Assertion,
    token_type_hint: Hint = "",  # noqa: ARG001 - the standard has it
) -> Response:
    """RFC 7009; it is refused from the next request on. An empty answer."""
    desk.revoke(client_assertion_type, client_assertion, token)
    return Response(status_code=200, headers={"Cache-Control": "no-store"})


@router.post(
    "/oauth2/debug",
    tags=["tokens"],
    summary="See step by step why a token is refused",
    responses={200: examples.answer(examples.DEBUG_ANSWER)},
)
def debug(
    desk: Annotated[DebugDesk, desk(DebugDesk)],
    response: Response,
    client_assertion: Assertion,
    dpop_proof: Annotated[str | None, Form(max_length=4096, examples=[examples.PROOF])] = None,
    authorization_details: Annotated[
        str | None, Form(max_length=8192, examples=[examples.DETAILS])
    ] = None,
) -> dict[str, Any]:
    """The token endpoint's own checks without effect: nothing is used up, nothing is issued.

    Send what you would send to the token endpoint; the proof as a form field.
    """
    response.headers["Cache-Control"] = "no-store"
    return desk.report(client_assertion, dpop_proof, authorization_details)


@router.get(
    "/oauth2/jwks",
    tags=["tokens"],
    summary="The keys that sign tokens",
    responses={200: examples.answer(examples.KEY_SET_ANSWER)},
)
def key_set(metadata: Annotated[MetadataDesk, desk(MetadataDesk)], response: Response) -> Any:  # noqa: ANN401 - a JWK set
    """A JWK set (RFC 7517): the present key, the next one, and former ones while tokens live."""
    response.headers["Cache-Control"] = _CACHED
    return metadata.key_set()


@router.get("/.well-known/oauth-authorization-server", tags=["tokens"], summary="Metadata")
def server_metadata(
    metadata: Annotated[MetadataDesk, desk(MetadataDesk)], response: Response
) -> dict[str, Any]:
    """Where tokens are given, and what is taken (RFC 8414)."""
    response.headers["Cache-Control"] = _CACHED
    return metadata.server()


@router.get("/.well-known/oauth-protected-resource", tags=["tokens"], summary="Whose tokens count")
def resource_metadata(
    metadata: Annotated[MetadataDesk, desk(MetadataDesk)], response: Response
) -> dict[str, Any]:
    """Who gives the tokens that are taken here (RFC 9728)."""
    response.headers["Cache-Control"] = _CACHED
    return metadata.resource()


@contextmanager
def _noting(gate: ResourceGate, token: str) -> Iterator[None]:
    """Let a refusal say, to us alone, whose token it was, if it is one of ours."""
    try:
        yield
    except CertstoreError as error:
        error.facts.setdefault("client", gate.mint.client_of(token, gate.clock.now()))
        raise
