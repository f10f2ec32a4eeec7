"""Client assertions (private_key_jwt, RFC 7523 §3): who asks, proved with a registered key.

Before the signature holds, every refusal is the same; afterwards it names its exact cause.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, NoReturn

from certstore.errors import InvalidTokenError
from certstore.jwk import from_jwk, to_jwk
from certstore.keys import algorithm_of, generate
from certstore.tables.sharing import Client
from certstore.tokens import CompactToken, check_times, parse_compact

ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_LIFETIME_S: Final = 300
ALGORITHMS: Final = ("ES256", "EdDSA")
_JTI: Final = range(8, 121)  # characters
_DECOY: Final = to_jwk(generate("ES256").public_key())
_BARE: Final = ("kty", "crv", "x", "y")
_REMEMBERED: Final = timedelta(minutes=5)  # past every leeway


@dataclass(frozen=True, slots=True)
class Expected:
    """What an assertion is held against: our names as an audience, and the moment."""

    audiences: frozenset[str]
    issuer: str
    now: datetime


Claims = Mapping[str, object]
Check = Callable[[Claims, Client, Expected], None]


def read_assertion(text: str) -> CompactToken:
    """Read an assertion's form; MalformedError as parse_compact. Nothing of it is believed yet."""
    return parse_compact(text, typ="JWT", optional=frozenset({"kid", "typ"}))


def named_client(token: CompactToken) -> str:
    """Whose assertion it says it is, only for finding the key; empty where no name can be it."""
    named = token.unverified_claim("iss")
    return named if isinstance(named, str) and named.isprintable() else ""


def verified_claims(client: Client | None, token: CompactToken) -> tuple[Client, Claims]:
    """The client and its claims, if one of its registered keys signed, by an algorithm it may use.

    InvalidTokenError (cause invalid_client) otherwise: the same for a client nobody knows.
    """
    # Of one nobody knows as much work is done: the answer's time tells no names apart.
    keys = () if client is None else client.keys
    allowed = ALGORITHMS if client is None else client.signing_algorithms
    named = [jwk for jwk in keys if not token.kid or jwk.get("kid") == token.kid]
    signed = any(_signed_by(jwk, allowed, token) for jwk in named or [_DECOY])
    if client is None or not signed:
        _refuse("invalid_client", "the client or its signature is not known here")
    return client, token.claims


def _signed_by(jwk: Mapping[str, str], allowed: Sequence[str], token: CompactToken) -> bool:
    key = from_jwk({name: jwk[name] for name in _BARE if name in jwk})
    algorithm = algorithm_of(key)
    if algorithm not in allowed:
        return False
    try:
        token.verified(key, algorithm)
    except InvalidTokenError:
        return False
    return True


def _subject(claims: Claims, client: Client, _: Expected) -> None:
    if claims.get("sub") != client.client_id:
        _refuse("sub_mismatch", "iss and sub must both be the client id")


def _audience(claims: Claims, _: Client, expected: Expected) -> None:
    """Ours alone: an assertion for two servers could be used at one by the other."""
    audience = claims.get("aud")
    named = audience if isinstance(audience, list) else [audience]
    ours = [a for a in named if isinstance(a, str) and a in expected.audiences]
    if not ours or len(ours) != len(named):
        _refuse("aud_mismatch", "the audience is not this server alone", expected=expected.issuer)


def _times(claims: Claims, _: Client, expected: Expected) -> None:
    try:
        check_times(claims, expected.now, max_lifetime=ASSERTION_LIFETIME_S)
    except InvalidTokenError as error:
        _refuse(str(error.facts["cause"]), error.detail)


def _identifier(claims: Claims, _: Client, __: Expected) -> None:
    jti = claims.get("jti")
    if not isinstance(jti, str) or len(jti) not in _JTI or not jti.isprintable():
        _refuse("jti_missing", "an assertion carries a jti of 8 to 120 characters")


CHECKS: Final[tuple[tuple[str, Check], ...]] = (
    ("subject", _subject),
    ("audience", _audience),
    ("times", _times),
    ("identifier", _identifier),
)
"""What is checked of claims whose signature holds, in this order; each raises InvalidTokenError."""


def judge_claims(claims: Claims, client: Client, expected: Expected) -> None:
    """Run every check; raise the first InvalidTokenError, with its exact `facts["cause"]`."""
    for _, check in CHECKS:
        check(claims, client, expected)


def judge_state(client: Client) -> None:
    """InvalidTokenError (client_inactive) unless the client is active."""
    if client.state != "active":
        _refuse("client_inactive", f"the client is {client.state}")


def replayed() -> InvalidTokenError:
    """The refusal of an assertion whose jti was used before."""
    return _refusal("jti_replayed", "this assertion was used before")


def identifier_of(claims: Claims) -> str:
    """The jti of claims that were judged."""
    return str(claims["jti"])


def remembered_until(claims: Claims) -> datetime:
    """Until when the jti of claims that were judged must be known as used."""
    return datetime.fromtimestamp(int(str(claims["exp"])), UTC) + _REMEMBERED


def _refusal(cause: str, detail: str, **facts: object) -> InvalidTokenError:
    return InvalidTokenError(
        detail, where="client_assertion", remedy="mend the assertion", cause=cause, **facts
    )


def _refuse(cause: str, detail: str, **facts: object) -> NoReturn:
    raise _refusal(cause, detail, **facts)
