"""Access tokens: asked for with a signed assertion, bound to a proof key of this process alone.

RFC 7523 (private_key_jwt), RFC 9396 (authorization_details), RFC 9449 (DPoP), RFC 8414.
"""

import hashlib
import json
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlencode, urlsplit

from certstore import base64url
from certstore.chance import reference
from certstore.client.asking import Purpose
from certstore.client.problems import UnreadableError
from certstore.client.reading import number, read_object, text
from certstore.client.wire import Sent, Wire
from certstore.clock import Clock, unix
from certstore.jwk import to_jwk
from certstore.keys import KeySigner, Signer, generate
from certstore.keys import Purpose as KeyPurpose
from certstore.tokens import sign_compact

_METADATA: Final = "/.well-known/oauth-authorization-server"
_ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_ASSERTION_S: Final = 120
_EARLIER: Final = timedelta(seconds=30)  # a token is not used in its last seconds


@dataclass(frozen=True, slots=True)
class _Token:
    value: str
    until: datetime


class TokenSource:
    """Gives each request its token and a proof of its own.

    Tokens are kept until shortly before they end, one for each purpose.
    """

    def __init__(
        self, base_url: str, client_id: str, signer: Signer, wire: Wire, clock: Clock
    ) -> None:
        """Nothing is asked yet; the proof key is made now, and leaves this process never."""
        self._base, self._client_id, self._signer = base_url, client_id, signer
        self._wire, self._clock = wire, clock
        self._proofs = KeySigner(KeyPurpose.TOKEN, generate("ES256"))
        self._endpoint = ""
        self._tokens: dict[str, _Token] = {}
        self._lock = threading.Lock()

    def headers(self, method: str, url: str, purpose: Purpose) -> dict[str, str]:
        """The headers of one request, used once; asks for a token where none is at hand.

        `url` is the whole address without a query. Raises as the token endpoint refuses.
        """
        with self._lock:
            token = self._held(purpose) or self._get(purpose)
        bound = base64url.encode(hashlib.sha256(token.value.encode()).digest())
        return {
            "Authorization": f"DPoP {token.value}",
            "DPoP": self._proof(method, url, {"ath": bound}),
        }

    def drop(self, purpose: Purpose) -> None:
        """Use the token at hand no more; the next request asks for another."""
        with self._lock:
            self._tokens.pop(_name(purpose), None)

    def holds(self, purpose: Purpose) -> bool:
        """Whether a token for this purpose is at hand."""
        with self._lock:
            return self._held(purpose) is not None

    def _held(self, purpose: Purpose) -> _Token | None:
        token = self._tokens.get(_name(purpose))
        return token if token is not None and self._clock.now() < token.until else None

    def _get(self, purpose: Purpose) -> _Token:
        endpoint = self._endpoint or self._discovered()
        details = json.dumps([purpose.details()], ensure_ascii=False)
        # Asked for again an assertion and a proof are made anew: each is good for one use.
        answer = self._wire.ask(lambda: self._token_request(endpoint, details), repeatable=True)
        if not answer.good:
            raise answer.problem()
        said = read_object(answer.body)
        if text(said, "token_type").lower() != "dpop":
            raise UnreadableError(
                "the token is not bound to our key; it is not used", where="token_type"
            )
        span = timedelta(seconds=number(said, "expires_in")) - _EARLIER
        token = _Token(text(said, "access_token"), self._clock.now() + span)
        self._tokens[_name(purpose)] = token
        return token

    def _discovered(self) -> str:
        """The token endpoint; the metadata must be the issuer's own (RFC 8414 §3.3)."""
        said = read_object(self._wire.get(f"{self._base}{_METADATA}").body)
        issuer, endpoint = text(said, "issuer"), text(said, "token_endpoint")
        if issuer != self._base:
            raise UnreadableError(
                "the service goes by another address than the one it was asked at",
                where=issuer,
                remedy="give that address, if it is the one its operator told you",
            )
        if urlsplit(endpoint)[:2] != urlsplit(self._base)[:2]:
            raise UnreadableError("the token endpoint is another server's", where=endpoint)
        self._endpoint = endpoint
        return endpoint

    def _token_request(self, endpoint: str, details: str) -> Sent:
        now = unix(self._clock.now())
        claims = {
            "iss": self._client_id,
            "sub": self._client_id,
            "aud": self._base,
            "iat": now,
            "exp": now + _ASSERTION_S,
            "jti": reference(),
        }
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": _ASSERTION_TYPE,
            "client_assertion": sign_compact(claims, typ="JWT", signer=self._signer),
            "authorization_details": details,
        }
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "DPoP": self._proof("POST", endpoint, {}),
        }
        return Sent("POST", endpoint, headers, urlencode(form).encode())

    def _proof(self, method: str, url: str, more: dict[str, str]) -> str:
        claims = {"htm": method, "htu": url, "iat": unix(self._clock.now()), "jti": reference()}
        jwk = {"jwk": to_jwk(self._proofs.public_key)}
        return sign_compact({**claims, **more}, typ="dpop+jwt", signer=self._proofs, header=jwk)


def _name(purpose: Purpose) -> str:
    return json.dumps(purpose.details(), sort_keys=True)
