"""Answers that only who asked can open: compact JWE (RFC 7516), ECDH-ES on P-256 and AES-GCM.

One key for one answer: it signs nothing, vouches for nothing, and dies with the request it was
made for. joserfc does the arithmetic, behind a strict reading of the header: no other algorithm,
no compression, nothing critical, no key that the header names.
"""

from dataclasses import dataclass, field
from typing import Final, NoReturn, Self

from cryptography.hazmat.primitives.asymmetric import ec
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from certstore import base64url
from certstore.errors import MalformedError
from certstore.jwk import from_jwk, thumbprint, to_jwk
from certstore.strict_json import parse_json_strict

ALGORITHM: Final = "ECDH-ES"
ENCRYPTIONS: Final = ("A128GCM", "A256GCM")
MAX_CHARACTERS: Final = 65536
_REQUIRED: Final = frozenset({"alg", "enc", "epk"})
_ALLOWED: Final = _REQUIRED | {"kid", "apu", "apv", "typ", "cty"}
_HEADER_BYTES: Final = 768  # spelled, this is what joserfc takes
_SCALAR: Final = 32
_PARTS: Final = 5


@dataclass(frozen=True, slots=True)
class AnswerKey:
    """A key pair for one answer: its public half is sent along with the question."""

    _key: ec.EllipticCurvePrivateKey = field(repr=False)

    @classmethod
    def make(cls) -> Self:
        """Make a new pair."""
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def from_secret(cls, secret: bytes) -> Self:
        """The pair that `secret` was taken from; MalformedError if it is none."""
        try:
            return cls(ec.derive_private_key(int.from_bytes(secret, "big"), ec.SECP256R1()))
        except ValueError as error:
            raise MalformedError("this is no secret of an answer key", cause="key") from error

    def secret(self) -> bytes:
        """Its private number (32 bytes), to be kept sealed and nowhere else."""
        return self._key.private_numbers().private_value.to_bytes(_SCALAR, "big")

    @property
    def kid(self) -> str:
        """The public half's thumbprint (RFC 7638)."""
        return thumbprint(self._key.public_key())

    def public_jwk(self) -> dict[str, str]:
        """The public half, for encryption only."""
        public = to_jwk(self._key.public_key())
        return {**public, "kid": self.kid, "use": "enc", "alg": ALGORITHM}

    def open(self, token: str) -> bytes:
        """What was sealed for this key; MalformedError (`facts["cause"]`) for everything else."""
        self._check_header(token)
        try:
            opened = jwe.decrypt_compact(
                token, ECKey.import_key(self._key), algorithms=[ALGORITHM, *ENCRYPTIONS]
            )
        except (JoseError, ValueError) as error:
            raise _fault("it does not open with the key of this request", "decryption") from error
        if opened.plaintext is None:
            _refuse("it is empty", "decryption")
        return opened.plaintext

    def _check_header(self, token: str) -> None:
        if len(token) > MAX_CHARACTERS:
            _refuse(f"it has more than {MAX_CHARACTERS} characters", "too-large")
        parts = token.split(".", _PARTS)
        if len(parts) != _PARTS or parts[1]:  # with ECDH-ES alone, no key is sent along
            _refuse("it has five parts, of which the second is empty", "parts")
        for part in parts:
            base64url.decode(part)
        header = parse_json_strict(base64url.decode(parts[0]), max_bytes=_HEADER_BYTES)
        if not isinstance(header, dict) or not _REQUIRED <= header.keys() <= _ALLOWED:
            _refuse("its header lacks a field or holds one that is not taken", "header")
        texts = [value for name, value in header.items() if name != "epk"]
        if not all(isinstance(value, str) for value in texts):
            _refuse("a field of its header is no text", "header")
        if header["alg"] != ALGORITHM or header["enc"] not in ENCRYPTIONS:
            _refuse("it is sealed by ECDH-ES with A128GCM or A256GCM", "algorithm")
        if header.get("kid", self.kid) != self.kid:
            _refuse("it is sealed for another key", "kid")
        if not isinstance(from_jwk(header["epk"]), ec.EllipticCurvePublicKey):
            _refuse("the sender's key lies on another curve", "header")


def _refuse(detail: str, cause: str) -> NoReturn:
    raise _fault(detail, cause)


def _fault(detail: str, cause: str) -> MalformedError:
    return MalformedError(f"a sealed answer is refused: {detail}", where="response", cause=cause)
