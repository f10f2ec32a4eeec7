"""The built-in identity provider, for development and demonstrations only.

A real OpenID provider (discovery, code flow with PKCE, signed ID tokens) whose only check of
who somebody is, is to ask. It is mounted beside demonstration keys alone.
"""

import hashlib
import hmac
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from certstore import base64url
from certstore.chance import token
from certstore.clock import Clock, unix
from certstore.errors import MalformedError
from certstore.jwk import to_jwk
from certstore.keys import KeySigner, Purpose, generate
from certstore.pages.entrance_views import (
    DemonstrationPerson,
    DevelopmentIdentityView,
    DevelopmentRequestView,
)
from certstore.tokens import sign_compact
from certstore.web.answers import check_form, dress_of, page

_CODE_TIME = timedelta(minutes=2)
_ID_TOKEN_LIFETIME_S = 300
_MOST_CODES = 1000
_CARRIED = ("state", "nonce", "code_challenge")
_REQUEST = ("response_type", "client_id", "redirect_uri", *_CARRIED, "code_challenge_method")
_LONGEST_VALUE = 200
Role = Literal["resident", "officer", "clerk", "operator", "developer"]


@dataclass(frozen=True, slots=True)
class _Grant:
    """A code given out, waiting to be exchanged once."""

    person: str
    nonce: str
    challenge: str
    redirect_uri: str
    given_at: datetime


class DevelopmentIdentity:
    """The provider's state: its key, made at start, and the codes it has given out."""

    def __init__(
        self,
        issuer: str,
        client_id: str,
        redirect_uri: str,
        people: Mapping[str, Mapping[str, Any]],
        clock: Clock,
    ) -> None:
        """Serve one client; `people` by key, each with name and id_number or staff number."""
        self.issuer = issuer
        self.client_id = client_id
        self.redirect_uri = redirect_uri
        self.people = people
        self.clock = clock
        self._signer = KeySigner(Purpose.TOKEN, generate("ES256"))
        self._grants: dict[str, _Grant] = {}
        self._lock = threading.Lock()

    def jwks(self) -> dict[str, Any]:
        """The public key ID tokens are signed with."""
        return {"keys": [{**to_jwk(self._signer.public_key), "kid": self._signer.kid}]}

    def give_code(self, person: str, nonce: str, challenge: str) -> str:
        """A code for one exchange."""
        code = token()
        with self._lock:
            if len(self._grants) >= _MOST_CODES:
                self._grants.clear()
            self._grants[code] = _Grant(
                person, nonce, challenge, self.redirect_uri, self.clock.now()
            )
        return code

    def exchange(self, code: str, verifier: str, redirect_uri: str) -> str:
        """The ID token for a code; MalformedError if code, verifier or address do not fit."""
        with self._lock:
            grant = self._grants.pop(code, None)
        challenge = base64url.encode(hashlib.sha256(verifier.encode()).digest())
        now = self.clock.now()
        if (
            grant is None
            or not hmac.compare_digest(grant.challenge, challenge)
            or grant.redirect_uri != redirect_uri
            or now - grant.given_at > _CODE_TIME
        ):
            raise MalformedError("the code cannot be exchanged", where="code")
        claims = {
            "iss": self.issuer,
            "aud": self.client_id,
            "sub": grant.person,
            "nonce": grant.nonce,
            "iat": unix(now),
            "exp": unix(now) + _ID_TOKEN_LIFETIME_S,
            "auth_time": unix(now),
            **_claims(self.people[grant.person]),
        }
        return sign_compact(claims, typ="JWT", signer=self._signer)


def _claims(person: Mapping[str, Any]) -> dict[str, Any]:
    if "number" in person:
        supervises = {"supervisor": True} if person.get("supervisor") else {}
        return {
            "name": person["name"],
            "staff_number": person["number"],
            "station": person["station"],
            **supervises,
        }
    if "staff_number" in person:
        offices = ("duty", "developer_of", "organisation_uscc")
        office = next(name for name in offices if name in person)
        return {name: person[name] for name in ("name", "staff_number", office)}
    return {"name": person["name"], "id_type": "111", "id_number": person["id_number"]}


def identity_routes(identity: DevelopmentIdentity) -> APIRouter:
    """The provider's routes, below the path of its issuer."""
    router = APIRouter(prefix="/development-identity", include_in_schema=False)
    _add_pages(router, identity)
    _add_endpoints(router, identity)
    return router


def _add_endpoints(router: APIRouter, identity: DevelopmentIdentity) -> None:
    """What the service asks: discovery, keys, the exchange of a code."""

    @router.get("/.well-known/openid-configuration")
    def configuration() -> dict[str, Any]:
        """Discovery (OpenID Connect Discovery 1.0)."""
        return {
            "issuer": identity.issuer,
            "authorization_endpoint": f"{identity.issuer}/authorize",
            "token_endpoint": f"{identity.issuer}/token",
            "jwks_uri": f"{identity.issuer}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["none"],
            "authorization_response_iss_parameter_supported": True,
        }

    @router.get("/keys")
    def keys() -> dict[str, Any]:
        """The public key."""
        return identity.jwks()

    @router.post("/token")
    def exchange(
        code: Annotated[str, Form()] = "",
        code_verifier: Annotated[str, Form()] = "",
        redirect_uri: Annotated[str, Form()] = "",
        client_id: Annotated[str, Form()] = "",
    ) -> Response:
        """Exchange a code (RFC 6749 §4.1.3)."""
        if client_id != identity.client_id:
            return JSONResponse({"error": "invalid_client"}, 400)
        try:
            id_token = identity.exchange(code, code_verifier, redirect_uri)
        except MalformedError:
            return JSONResponse({"error": "invalid_grant"}, 400)
        return JSONResponse({"access_token": token(), "token_type": "Bearer", "id_token": id_token})


def _add_pages(router: APIRouter, identity: DevelopmentIdentity) -> None:
    """What the browser sees: who it is to be."""

    @router.get("/authorize")
    def authorize(request: Request) -> Response:
        """Ask who it is; without a request that fits, say how to come here."""
        asked = {name: request.query_params.get(name, "") for name in _REQUEST}
        wrong = _wrong(identity, asked)
        if wrong:
            return _lost(request, wrong)
        return _ask(request, identity, {name: asked[name] for name in _CARRIED})

    @router.post("/authorize", dependencies=[Depends(check_form)])
    def choose(
        request: Request,
        state: Annotated[str, Form()] = "",
        nonce: Annotated[str, Form()] = "",
        code_challenge: Annotated[str, Form()] = "",
        person: Annotated[str, Form()] = "",
    ) -> Response:
        """Lead back with a code."""
        carried = {"state": state, "nonce": nonce, "code_challenge": code_challenge}
        wrong = tuple(name for name, value in carried.items() if not _sound(value))
        if wrong:
            return _lost(request, wrong)
        if person not in identity.people:
            return _ask(request, identity, carried, nobody=True)
        code = identity.give_code(person, nonce, code_challenge)
        query = urlencode({"state": state, "code": code, "iss": identity.issuer})
        return RedirectResponse(f"{identity.redirect_uri}?{query}", 303)


def _wrong(identity: DevelopmentIdentity, asked: Mapping[str, str]) -> tuple[str, ...]:
    """The members of an authorization request (OIDC Core §3.1.2.1) that are missing or wrong.

    Nobody is led anywhere with a request that does not fit: the way back might be a stranger's.
    """
    fixed = {
        "response_type": "code",
        "client_id": identity.client_id,
        "redirect_uri": identity.redirect_uri,
        "code_challenge_method": "S256",
    }
    return tuple(
        name
        for name in _REQUEST
        if (asked[name] != fixed[name] if name in fixed else not _sound(asked[name]))
    )


def _sound(value: str) -> bool:
    return 0 < len(value) <= _LONGEST_VALUE and value.isascii() and value.isprintable()


def _lost(request: Request, wrong: tuple[str, ...]) -> Response:
    view = DevelopmentRequestView(wrong=wrong)
    return page(request, "certstore/development_request.html", view, 400)


def _role(person: Mapping[str, Any]) -> Role:
    if "developer_of" in person:
        return "developer"
    if "staff_number" in person:
        return "operator" if "duty" in person else "clerk"
    return "officer" if "number" in person else "resident"


def _ask(
    request: Request,
    identity: DevelopmentIdentity,
    carried: Mapping[str, str],
    *,
    nobody: bool = False,
) -> Response:
    lang = dress_of(request).lang
    people = tuple(
        DemonstrationPerson(
            id=key,
            name=person["name"],
            role=_role(person),
            note=person.get(f"story_{lang}", person.get("station", "")),
        )
        for key, person in identity.people.items()
    )
    view = DevelopmentIdentityView(
        action="/development-identity/authorize",
        people=people,
        hidden=tuple(carried.items()),
        nobody_chosen=nobody,
    )
    return page(request, "certstore/development_identity.html", view, 422 if nobody else 200)
