"""Asks an OpenID provider over HTTP: discovery, code exchange, keys."""

import threading
from collections.abc import Mapping
from typing import Any, cast

import httpx

from certstore.errors import UnauthenticatedError, UnavailableError
from certstore.strict_json import parse_json_strict

_MAX_ANSWER = 65_536


class HttpProvider:
    """An OpenID provider known by its issuer URL; its metadata is fetched once."""

    def __init__(self, issuer: str, client_id: str, client_secret: str) -> None:
        """Nothing is fetched yet."""
        self.issuer = issuer
        self._client_id = client_id
        self._client_secret = client_secret
        self._lock = threading.Lock()
        self._metadata: dict[str, Any] = {}
        self._keys: dict[str, Mapping[str, Any]] = {}

    def authorization_endpoint(self) -> str:
        """Where the browser goes."""
        return str(self._discovered()["authorization_endpoint"])

    def exchange(self, code: str, code_verifier: str, redirect_uri: str) -> str:
        """Exchange a code for the ID token."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "code_verifier": code_verifier,
            "redirect_uri": redirect_uri,
            "client_id": self._client_id,
        }
        if self._client_secret:
            form["client_secret"] = self._client_secret
        answer = _ask("POST", str(self._discovered()["token_endpoint"]), form)
        id_token = answer.get("id_token")
        if not isinstance(id_token, str):
            raise UnauthenticatedError(
                "the identity provider gave no ID token", remedy="sign in again"
            )
        return id_token

    def key(self, kid: str) -> Mapping[str, Any] | None:
        """The provider's key; asked for anew when it is not known, since providers rotate."""
        if kid not in self._keys:
            answer = _ask("GET", str(self._discovered()["jwks_uri"]))
            keys = cast("list[dict[str, Any]]", answer.get("keys", []))
            self._keys = {str(key.get("kid", "")): key for key in keys}
        return self._keys.get(kid)

    def _discovered(self) -> dict[str, Any]:
        with self._lock:
            if not self._metadata:
                found = _ask("GET", f"{self.issuer}/.well-known/openid-configuration")
                if found.get("issuer") != self.issuer:
                    raise UnavailableError("the identity provider calls itself something else")
                self._metadata = found
            return self._metadata


def _ask(method: str, url: str, form: Mapping[str, str] | None = None) -> dict[str, Any]:
    try:
        answer = httpx.request(method, url, data=form, timeout=10, follow_redirects=False)
    except httpx.HTTPError as error:
        raise UnavailableError(
            "the identity provider does not answer", remedy="try again shortly"
        ) from error
    if answer.status_code == httpx.codes.BAD_REQUEST:
        raise UnauthenticatedError("the identity provider refused", remedy="sign in again")
    if answer.status_code != httpx.codes.OK:
        raise UnavailableError("the identity provider answers with an error")
    found = parse_json_strict(answer.content, max_bytes=_MAX_ANSWER)
    if not isinstance(found, dict):
        raise UnavailableError("the identity provider's answer cannot be read")
    return found
