"""Asks an OpenID provider over HTTP: discovery, code exchange, keys."""

import threading
import time
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, Generic, TypeVar
from urllib.parse import quote

import httpx

from certstore.errors import MalformedError, UnauthenticatedError, UnavailableError
from certstore.id_tokens import Jwk
from certstore.service.addresses import is_safe_place, same_origin
from certstore.strict_json import parse_json_strict

T = TypeVar("T")
_MAX_ANSWER = 262_144
_MOST_KEYS = 100
_METADATA_S, _KEYS_S = 3600.0, 600.0  # how long what the provider published is believed
_PATIENCE_S = 10.0


@dataclass(slots=True)
class _Kept(Generic[T]):
    """Something fetched, and until when it is kept (seconds of a steady clock)."""

    value: T
    until: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenIdClient:
    """Who we are to the provider, and which of its algorithms we take."""

    client_id: str
    client_secret: str = ""
    algorithms: frozenset[str] = frozenset()


class HttpProvider:
    """An OpenID provider known by its issuer URL; what it publishes is kept for a while."""

    def __init__(
        self, issuer: str, client: OpenIdClient, steady: Callable[[], float] = time.monotonic
    ) -> None:
        """Nothing is fetched yet; `steady` counts seconds."""
        self.issuer = issuer
        self._client = client
        self._steady = steady
        # One client, since each reads all certificate authorities; it keeps no connection open,
        # and no cookie, which would carry something of one person's sign-in into the next.
        no_idle = httpx.Limits(max_keepalive_connections=0)
        no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
        self._http = httpx.Client(timeout=_PATIENCE_S, limits=no_idle, cookies=no_cookies)
        self._lock = threading.Lock()
        self._metadata: _Kept[dict[str, Any]] | None = None
        self._keys: _Kept[tuple[Jwk, ...]] | None = None

    def authorization_endpoint(self) -> str:
        """Where the browser goes."""
        return self._endpoint("authorization_endpoint")

    def algorithms(self) -> frozenset[str]:
        """What both the provider's metadata and our settings name; nothing where it names none."""
        said = self._discovered().get("id_token_signing_alg_values_supported")
        return self._client.algorithms & frozenset(_texts(said))

    def names_itself(self) -> bool:
        """Whether the provider promises `iss` in its authorization responses (RFC 9207 §3)."""
        return self._discovered().get("authorization_response_iss_parameter_supported") is True

    def exchange(self, code: str, code_verifier: str, redirect_uri: str) -> str:
        """Exchange a code for the ID token."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "code_verifier": code_verifier,
            "redirect_uri": redirect_uri,
        }
        headers = self._authenticate(form)
        answer = self._ask("POST", self._endpoint("token_endpoint"), form, headers)
        id_token = answer.get("id_token")
        if not isinstance(id_token, str):
            raise UnauthenticatedError(
                "the identity provider gave no ID token", remedy="sign in again"
            )
        return id_token

    def keys(self, *, anew: bool = False) -> Sequence[Jwk]:
        """The provider's keys, at most ten minutes old."""
        kept = self._keys
        if kept is not None and not anew and self._steady() < kept.until:
            return kept.value
        answer = self._ask("GET", self._endpoint("jwks_uri"))
        found = answer.get("keys")
        if not isinstance(found, list) or len(found) > _MOST_KEYS:
            raise UnavailableError("the identity provider's keys cannot be read")
        keys = tuple(key for key in found if isinstance(key, dict))
        self._keys = _Kept(keys, self._steady() + _KEYS_S)
        return keys

    def _authenticate(self, form: dict[str, str]) -> dict[str, str]:
        """Say who we are: by HTTP Basic, or in the form where the provider names that alone.

        RFC 6749 §2.3.1; a provider that names no method means Basic (OIDC Discovery §3).
        """
        client = self._client
        methods = _texts(self._discovered().get("token_endpoint_auth_methods_supported"))
        if client.client_secret and (not methods or "client_secret_basic" in methods):
            pair = f"{quote(client.client_id, safe='')}:{quote(client.client_secret, safe='')}"
            return {"Authorization": f"Basic {b64encode(pair.encode()).decode('ascii')}"}
        form["client_id"] = client.client_id
        if client.client_secret:
            form["client_secret"] = client.client_secret
        return {}

    def _endpoint(self, name: str) -> str:
        found = self._discovered().get(name)
        if not isinstance(found, str) or not (
            is_safe_place(found) or same_origin(found, self.issuer)
        ):
            raise UnavailableError(
                "the identity provider's metadata names no safe address",
                where=name,
                remedy="it must begin with https",
            )
        return found

    def _discovered(self) -> dict[str, Any]:
        with self._lock:
            if self._metadata is None or self._steady() >= self._metadata.until:
                found = self._ask("GET", f"{self.issuer}/.well-known/openid-configuration")
                if found.get("issuer") != self.issuer:
                    raise UnavailableError("the identity provider calls itself something else")
                self._metadata = _Kept(found, self._steady() + _METADATA_S)
            return self._metadata.value

    def _ask(
        self,
        method: str,
        url: str,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        try:
            return _read(self._http.request(method, url, data=form, headers=headers))
        except httpx.HTTPError as error:
            raise UnavailableError(
                "the identity provider does not answer", remedy="try again shortly"
            ) from error


def _texts(value: object) -> list[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []


def _read(answer: httpx.Response) -> dict[str, Any]:
    if answer.status_code == httpx.codes.BAD_REQUEST:
        raise UnauthenticatedError("the identity provider refused", remedy="sign in again")
    if answer.status_code != httpx.codes.OK:
        raise UnavailableError("the identity provider answers with an error")
    try:
        found = parse_json_strict(answer.content, max_bytes=_MAX_ANSWER)
    except MalformedError as error:
        raise UnavailableError("the identity provider's answer cannot be read") from error
    if not isinstance(found, dict):
        raise UnavailableError("the identity provider's answer cannot be read")
    return found
