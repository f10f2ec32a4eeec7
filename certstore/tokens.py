"""The strict reader and the writer of compact JWS tokens (RFC 7515), shared by every token we take.

PyJWT's algorithm objects do the signature arithmetic. Its own decoder is not used: it takes
padded base64url (one token, many spellings), keeps the last of two equal members, and shows
claims of tokens it has not verified.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Final, NoReturn, Protocol, cast

from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm, OKPAlgorithm

from certstore import base64url
from certstore.clock import unix
from certstore.errors import InvalidTokenError, MalformedError
from certstore.keys import PublicKey, Signer, algorithm_of
from certstore.strict_json import parse_json_strict as parse_json_strict

MAX_BYTES: Final = 16384
LEEWAY: Final = 30  # seconds of difference between two clocks
SIGNATURE_BYTES: Final = 64  # both ES256 and EdDSA
BASIC_HEADER: Final = frozenset({"alg", "kid", "typ"})
_write: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode
_HEADER_BYTES = 12288  # a header may carry a certificate chain
_DEPTH = 10


class _Verifier(Protocol):
    def verify(self, msg: bytes, key: PublicKey, sig: bytes) -> bool: ...


_ALGORITHMS: Final = {
    "ES256": cast("_Verifier", ECAlgorithm(ECAlgorithm.SHA256, ec.SECP256R1)),
    "EdDSA": cast("_Verifier", OKPAlgorithm()),
}


def verify_bytes(public_key: PublicKey, algorithm: str, message: bytes, signature: bytes) -> bool:
    """Whether this is the key's signature (64 bytes, r‖s or EdDSA) by exactly this algorithm."""
    if algorithm != algorithm_of(public_key):
        return False
    return _ALGORITHMS[algorithm].verify(message, public_key, signature)


class CompactToken:
    """A token of sound form. Its header can be read; its claims only once it is verified."""

    __slots__ = ("_claims", "_payload", "_verified", "header", "signature", "signing_input")

    def __init__(
        self, header: Mapping[str, object], payload: bytes, signing_input: bytes, signature: bytes
    ) -> None:
        """Take the decoded parts; use parse_compact."""
        self.header: Final = header
        self.signing_input: Final = signing_input
        self.signature: Final = signature
        self._payload = payload
        self._verified = False
        self._claims: dict[str, object] | None = None

    @property
    def kid(self) -> str:
        """The key identifier the token names, or an empty text; finds a key, proves nothing."""
        return cast("str", self.header.get("kid", ""))

    def verified(self, public_key: PublicKey, algorithm: str) -> dict[str, object]:
        """Return the claims if the signature is the key's; raise InvalidTokenError if not."""
        if not verify_signature(self, public_key, algorithm):
            raise InvalidTokenError("a token's signature is not its key's", cause="signature")
        return self.claims

    @property
    def payload(self) -> bytes:
        """The payload's bytes; raises InvalidTokenError before the signature was verified."""
        if not self._verified:
            raise InvalidTokenError("a token was read before it was verified", cause="unverified")
        return self._payload

    @property
    def claims(self) -> dict[str, object]:
        """The claims; raises InvalidTokenError before verification, MalformedError if no object."""
        if self._claims is None:
            self._claims = _object(self.payload, MAX_BYTES * 256, "payload")
        return self._claims

    def unverified_claim(self, name: str) -> object:
        """One claim of a token nobody vouches for: only for choosing the key to verify it with."""
        return _object(self._payload, MAX_BYTES, "payload").get(name)

    def mark_verified(self) -> None:
        """Open the claims; only verify_signature calls this."""
        self._verified = True


def parse_compact(
    text: str,
    *,
    typ: str,
    max_bytes: int = MAX_BYTES,
    header_fields: frozenset[str] = BASIC_HEADER,
    optional: frozenset[str] = frozenset(),
) -> CompactToken:
    """Read a compact JWS whose header holds exactly `header_fields`; `optional` ones may lack.

    Raises MalformedError with `facts["cause"]`: too-large, parts, base64url, json, duplicate,
    number, depth, encoding, header, typ, algorithm, signature. The payload stays unread.
    """
    header_part, payload_part, signature_part = _split(text, max_bytes)
    if not payload_part:
        _refuse("parts", "a token has an empty payload")
    header = _read_header(header_part, typ, header_fields, optional)
    payload, signature = base64url.decode(payload_part), _read_signature(signature_part)
    signing_input = f"{header_part}.{payload_part}".encode("ascii")
    return CompactToken(header, payload, signing_input, signature)


def verify_signature(token: CompactToken, public_key: PublicKey, algorithm: str) -> bool:
    """Verify with the algorithm handed in, never with the message's; opens the token's claims."""
    if token.header["alg"] != algorithm:
        return False
    good = verify_bytes(public_key, algorithm, token.signing_input, token.signature)
    if good:
        token.mark_verified()
    return good


def sign_compact(
    claims: Mapping[str, object],
    *,
    typ: str,
    signer: Signer,
    header: Mapping[str, object] | None = None,
) -> str:
    """Write a signed token; `header` adds fields to alg, kid and typ, and may replace none."""
    head = _write_header(typ, signer, header)
    signing_input = f"{head}.{base64url.encode(canonical_json(claims))}"
    return f"{signing_input}.{base64url.encode(signer.sign(signing_input.encode('ascii')))}"


def sign_detached(payload: bytes, signer: Signer, typ: str) -> str:
    """Sign bytes that travel beside the signature (RFC 7515 appendix F): `header..signature`."""
    head = _write_header(typ, signer, None)
    signature = signer.sign(f"{head}.{base64url.encode(payload)}".encode("ascii"))
    return f"{head}..{base64url.encode(signature)}"


def detached_kid(text: str, *, typ: str) -> str:
    """The key identifier a detached signature names; raises MalformedError as parse_compact."""
    return cast("str", _parse_detached(text, typ)[1]["kid"])


def verify_detached(
    text: str, payload: bytes, public_key: PublicKey, algorithm: str, *, typ: str
) -> bool:
    """Whether a detached signature is the key's over these bytes; MalformedError if unreadable."""
    head, header, signature = _parse_detached(text, typ)
    if header["alg"] != algorithm:
        return False
    message = f"{head}.{base64url.encode(payload)}".encode("ascii")
    return verify_bytes(public_key, algorithm, message, signature)


def check_times(
    claims: Mapping[str, object], now: datetime, *, max_lifetime: int, leeway: int = LEEWAY
) -> None:
    """Check iat, exp and nbf (whole seconds); raise InvalidTokenError with `facts["cause"]`.

    Causes: times (missing or not a whole number), lifetime (exp beyond iat + max_lifetime
    seconds), not-yet-valid, expired. `leeway` is the seconds two clocks may differ.
    """
    issued, ends = claims.get("iat"), claims.get("exp")
    begins = claims.get("nbf", issued)
    if type(issued) is not int or type(ends) is not int or type(begins) is not int:
        raise InvalidTokenError("iat, exp and nbf are whole seconds since 1970", cause="times")
    if not issued < ends <= issued + max_lifetime:
        raise InvalidTokenError(
            f"a token of this kind lives at most {max_lifetime} s", cause="lifetime"
        )
    moment = unix(now)
    if max(issued, begins) > moment + leeway:
        raise InvalidTokenError("the token is not valid yet", cause="not-yet-valid")
    if ends <= moment - leeway:
        raise InvalidTokenError("the token has expired", cause="expired")


def canonical_json(value: object) -> bytes:
    """Compact UTF-8 JSON without NaN; what a token of ours carries (not JCS: order is kept)."""
    return _write(value).encode()


def _split(text: str, max_bytes: int) -> Sequence[str]:
    if len(text) > max_bytes:
        _refuse("too-large", f"a token has more than {max_bytes} characters")
    parts = text.split(".", 3)
    if len(parts) != 3:  # noqa: PLR2004 - header, payload, signature
        _refuse("parts", "a compact token has three parts")
    return parts


def _parse_detached(text: str, typ: str) -> tuple[str, Mapping[str, object], bytes]:
    head, payload, signature = _split(text, MAX_BYTES)
    if payload:
        _refuse("parts", "a detached signature has an empty middle part")
    return head, _read_header(head, typ, BASIC_HEADER, frozenset()), _read_signature(signature)


def _read_signature(part: str) -> bytes:
    signature = base64url.decode(part)
    if len(signature) != SIGNATURE_BYTES:
        _refuse("signature", f"a signature has {SIGNATURE_BYTES} bytes")
    return signature


@lru_cache(maxsize=1024)  # of one signer every header is the same text; refusals are not kept
def _read_header(
    part: str, typ: str, allowed: frozenset[str], optional: frozenset[str]
) -> Mapping[str, object]:
    header = _object(base64url.decode(part), _HEADER_BYTES, "header")
    if not (allowed - optional) <= header.keys() <= allowed:
        _refuse("header", "a token's header lacks a field or holds one that is not allowed")
    for name, value in header.items():
        if not _fits(name, value):
            _refuse("header", "a field of a token's header has the wrong type")
    if header.get("alg") not in _ALGORITHMS:
        _refuse("algorithm", "a token is signed with ES256 or EdDSA")
    if "typ" in header and header["typ"] != typ:
        _refuse("typ", f"a token of another kind than {typ} was handed in")
    return MappingProxyType(header)


def _fits(name: str, value: object) -> bool:
    if name == "jwk":
        return isinstance(value, dict)
    if name == "x5c":
        return isinstance(value, list) and bool(value) and all(isinstance(v, str) for v in value)
    return isinstance(value, str) and bool(value)


def _write_header(typ: str, signer: Signer, more: Mapping[str, object] | None) -> str:
    if more is None:
        return _basic_header(signer.algorithm, signer.kid, typ)
    basic = {"alg": signer.algorithm, "kid": signer.kid, "typ": typ}
    return base64url.encode(canonical_json({**more, **basic}))


@lru_cache(maxsize=256)
def _basic_header(algorithm: str, kid: str, typ: str) -> str:
    return base64url.encode(canonical_json({"alg": algorithm, "kid": kid, "typ": typ}))


def _object(data: bytes, max_bytes: int, where: str) -> dict[str, object]:
    value = parse_json_strict(data, max_bytes=max_bytes, max_depth=_DEPTH)
    if not isinstance(value, dict):
        _refuse("json", f"a token's {where} is not a JSON object")
    return value


def _refuse(cause: str, detail: str) -> NoReturn:
    raise MalformedError(detail, where="token", cause=cause, remedy="ask its issuer for a new one")
