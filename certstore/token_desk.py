"""Access tokens for pulling services: client_credentials with private_key_jwt.

RFC 6749 §4.4, RFC 7523 §3, RFC 9396 (authorization_details), RFC 9068 (at+jwt). There are
no client secrets. What is not granted is refused here, by name, and not at the pull.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn

from certstore.callers import Service
from certstore.chance import reference
from certstore.clock import Clock, unix
from certstore.errors import (
    CertstoreError,
    FieldNotGrantedError,
    InvalidTokenError,
    MalformedError,
    PurposeError,
)
from certstore.jwk import from_jwk
from certstore.keys import KeySigner, algorithm_of
from certstore.strict_json import parse_json_strict
from certstore.tables.books import Archive, Books
from certstore.tables.sharing import Client, Purpose
from certstore.tokens import CompactToken, check_times, parse_compact, sign_compact

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
DETAILS_TYPE = "urn:certstore:pull"
TOKEN_LIFETIME_S = 300
ASSERTION_LIFETIME_S = 300
_MAX_DETAILS = 8192


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """The form of a token request, as sent."""

    grant_type: str
    client_assertion_type: str
    client_assertion: str
    authorization_details: str


@dataclass(frozen=True, slots=True)
class _Wanted:
    purpose_id: str
    matter_code: str
    cert_types: Sequence[str]
    fields: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenDesk:
    """Gives tokens to clients that prove who they are, and opens the tokens they bring."""

    archive: Archive
    signer: KeySigner
    clock: Clock
    issuer: str

    @property
    def token_endpoint(self) -> str:
        """Where tokens are asked for; the audience of client assertions, like the issuer."""
        return f"{self.issuer}/oauth2/token"

    def grant(self, request: TokenRequest) -> dict[str, Any]:
        """Answer a token request; a refusal names its exact cause once the client is known."""
        if request.grant_type != "client_credentials":
            raise MalformedError("the grant type is client_credentials", where="grant_type")
        if request.client_assertion_type != ASSERTION_TYPE:
            raise MalformedError(
                f"the assertion type is {ASSERTION_TYPE}", where="client_assertion_type"
            )
        now = self.clock.now()
        with self.archive.writing() as books:
            client = self._authenticate(books, request.client_assertion, now)
        # The assertion is used up by now, whatever becomes of the request.
        wanted = _read_details(request.authorization_details)
        with self.archive.reading() as books:
            purpose = _active_purpose(books, client, wanted)
        granted = _granted(purpose, wanted)
        return self._token(client, purpose, granted, now)

    def open(self, text: str) -> Service:
        """The service an access token speaks for; InvalidTokenError if the token does not hold."""
        try:
            token = parse_compact(text, typ="at+jwt")
            claims = token.verified(self.signer.public_key, self.signer.algorithm)
            if claims.get("iss") != self.issuer or claims.get("aud") != self.issuer:
                _refuse("iss_mismatch", "the token is another server's")
            check_times(claims, self.clock.now(), max_lifetime=TOKEN_LIFETIME_S, leeway=0)
        except CertstoreError as error:
            raise InvalidTokenError(
                "the access token does not hold",
                remedy="get a new one from the token endpoint",
                cause=error.facts.get("cause", "token"),
            ) from error
        return _service(claims)

    def _authenticate(self, books: Books, assertion: str, now: datetime) -> Client:
        token = parse_compact(assertion, typ="JWT", optional=frozenset({"kid", "typ"}))
        named = str(token.unverified_claim("iss"))
        client = books.sharing.client(named) if named.isprintable() else None
        if client is None or not _signed_by(client, token):
            _refuse("invalid_client", "the client or its signature is not known here")
        claims = token.claims
        if claims.get("sub") != client.client_id:
            _refuse("sub_mismatch", "iss and sub must both be the client id")
        audience = claims.get("aud")
        audiences = audience if isinstance(audience, list) else [audience]
        if not {self.issuer, self.token_endpoint} & {a for a in audiences if isinstance(a, str)}:
            _refuse("aud_mismatch", "the audience is not this server", expected=self.issuer)
        check_times(claims, now, max_lifetime=ASSERTION_LIFETIME_S)
        jti, ends = claims.get("jti"), claims.get("exp")
        if not isinstance(jti, str) or not 8 <= len(jti) <= 120 or not isinstance(ends, int):  # noqa: PLR2004 - the limits are the message
            _refuse("jti_missing", "an assertion carries a jti of 8 to 120 characters")
        if not books.sharing.use_once(client.client_id, jti, _moment(ends)):
            _refuse("jti_replayed", "this assertion was used before")
        if client.state != "active":
            _refuse("client_inactive", f"the client is {client.state}")
        return client

    def _token(
        self, client: Client, purpose: Purpose, granted: dict[str, list[str]], now: datetime
    ) -> dict[str, Any]:
        detail = {
            "type": DETAILS_TYPE,
            "purpose_id": purpose.purpose_id,
            "matter_code": purpose.matter_code,
            "title_zh": purpose.title_zh,
            "title_en": purpose.title_en,
            "fields": granted,
            "legal_basis": dict(purpose.legal_basis),
        }
        claims = {
            "iss": self.issuer,
            "sub": client.client_id,
            "client_id": client.client_id,
            "aud": self.issuer,
            "iat": unix(now),
            "exp": unix(now) + TOKEN_LIFETIME_S,
            "jti": reference(),
            "agency": client.agency,
            "agency_en": client.agency_en,
            "agency_uscc": client.agency_uscc,
            "authorization_details": [detail],
        }
        return {
            "access_token": sign_compact(claims, typ="at+jwt", signer=self.signer),
            "token_type": "Bearer",
            "expires_in": TOKEN_LIFETIME_S,
            "authorization_details": [detail],
        }


def _signed_by(client: Client, token: CompactToken) -> bool:
    for jwk in client.keys:
        if token.kid and jwk.get("kid") != token.kid:
            continue
        key = from_jwk({name: jwk[name] for name in ("kty", "crv", "x", "y") if name in jwk})
        try:
            token.verified(key, algorithm_of(key))
        except InvalidTokenError:
            continue
        return True
    return False


def _read_details(text: str) -> _Wanted:
    where = "authorization_details"
    details = parse_json_strict(text.encode(), max_bytes=_MAX_DETAILS)
    if not isinstance(details, list) or len(details) != 1 or not isinstance(details[0], dict):
        raise MalformedError("a list of exactly one object is expected", where=where)
    wanted = details[0]
    if wanted.get("type") != DETAILS_TYPE:
        raise MalformedError(f"the type is {DETAILS_TYPE}", where=f"{where}[0].type")
    texts = [wanted.get("purpose_id"), wanted.get("matter_code")]
    lists = [wanted.get("cert_types"), wanted.get("fields")]
    if not all(isinstance(t, str) for t in texts) or not all(_texts(entry) for entry in lists):
        raise MalformedError(
            "purpose_id and matter_code are texts, cert_types and fields lists of texts",
            where=f"{where}[0]",
        )
    return _Wanted(
        wanted["purpose_id"], wanted["matter_code"], wanted["cert_types"], wanted["fields"]
    )


def _texts(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, str) for v in value)


def _active_purpose(books: Books, client: Client, wanted: _Wanted) -> Purpose:
    known = wanted.purpose_id.isprintable()
    purpose = books.sharing.purpose(wanted.purpose_id) if known else None
    if purpose is None or purpose.client_id != client.client_id:
        raise PurposeError("the client has no such purpose", where=wanted.purpose_id)
    if purpose.state != "active":
        raise PurposeError(
            f"the purpose is {purpose.state}", where=wanted.purpose_id, cause="purpose_inactive"
        )
    if purpose.matter_code != wanted.matter_code:
        raise PurposeError(
            "the purpose was approved for another matter",
            where="matter_code",
            expected=purpose.matter_code,
        )
    return purpose


def _granted(purpose: Purpose, wanted: _Wanted) -> dict[str, list[str]]:
    refused = [f"{kind}.*" for kind in wanted.cert_types if kind not in purpose.fields]
    granted: dict[str, list[str]] = {}
    for kind in wanted.cert_types:
        allowed = purpose.fields.get(kind, ())
        granted[kind] = [path for path in wanted.fields if path in allowed]
    anywhere = {path for paths in granted.values() for path in paths}
    refused += [path for path in wanted.fields if path not in anywhere]
    if refused:
        raise FieldNotGrantedError(
            "the purpose does not cover these: " + ", ".join(refused),
            where="authorization_details",
            remedy="ask for granted fields only, or apply for a wider purpose",
            paths=refused,
        )
    return granted


def _service(claims: Mapping[str, Any]) -> Service:
    detail = claims["authorization_details"][0]
    return Service(
        client_id=claims["client_id"],
        agency=claims["agency"],
        agency_en=claims["agency_en"],
        agency_uscc=claims["agency_uscc"],
        purpose_id=detail["purpose_id"],
        matter_code=detail["matter_code"],
        title_zh=detail["title_zh"],
        title_en=detail["title_en"],
        fields={kind: tuple(paths) for kind, paths in detail["fields"].items()},
        legal_basis=detail["legal_basis"],
    )


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC) + timedelta(minutes=5)  # past every leeway


def _refuse(cause: str, detail: str, **facts: object) -> NoReturn:
    raise InvalidTokenError(
        detail, where="client_assertion", remedy="mend the assertion", cause=cause, **facts
    )
