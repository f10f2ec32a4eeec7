"""COSE_Sign1 (RFC 9052 §4.2) in the one shape used here: tag 18, three protected fields, ES256."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from certstore.codes import strict_cbor
from certstore.errors import MalformedError
from certstore.keys import PublicKey, Signer, algorithm_of
from certstore.tokens import SIGNATURE_BYTES

ALGORITHM: Final = "ES256"
_TAG_18: Final = 0xD2
_ALG, _KID, _TYP = 1, 4, 16  # RFC 9052 §3.1, RFC 9596
_ES256: Final = -7  # RFC 9053
_KID_BYTES: Final = 8
_CONTEXT: Final = "Signature1"
# The Sig_structure is an array of four: the context, protected, no further data, payload.
_BEGIN: Final = b"\x84" + strict_cbor.encode(_CONTEXT)
_NO_DATA: Final = strict_cbor.encode(b"")
_FOUR_PARTS: Final = b"\xd2\x84"
_BYTE_STRING, _EMPTY_MAP, _ONE_BYTE_LENGTH = 2, 0xA0, 0x58
_LONGEST_HEADER: Final = 26  # where one of 23 bytes ends; a longer one has a longer head
_SIXTY_FOUR: Final = b"\x58\x40"
_SHORTEST: Final = 128  # leaves a payload its head of two bytes or three, wherever the header ends
_ECDSA: Final = ec.ECDSA(hashes.SHA256())
_HALF: Final = SIGNATURE_BYTES // 2


@dataclass(frozen=True, slots=True)
class Signed:
    """A signed message of sound form, of which nothing is verified yet.

    `kid` is 16 hex characters, `typ` what the protected header calls the message, `message` the
    encoded Sig_structure that was signed, `signature` r‖s of 64 bytes.
    """

    kid: str
    typ: str
    payload: bytes
    message: bytes
    signature: bytes

    def is_by(self, public_key: PublicKey) -> bool:
        """Whether the signature is this key's, by ES256."""
        if not isinstance(public_key, ec.EllipticCurvePublicKey):
            return False
        if algorithm_of(public_key) != ALGORITHM or len(self.signature) != SIGNATURE_BYTES:
            return False
        r, s = self.signature[:_HALF], self.signature[_HALF:]
        value = encode_dss_signature(int.from_bytes(r, "big"), int.from_bytes(s, "big"))
        try:
            public_key.verify(value, self.message, _ECDSA)
        except InvalidSignature:
            return False
        return True


def sign(payload: bytes, *, typ: str, signer: Signer) -> bytes:
    """Sign a payload; raise MalformedError if the signer's algorithm is another than ES256."""
    if signer.algorithm != ALGORITHM:
        raise _fault("codes are signed with ES256")
    protected = _protected(typ, signer.kid)
    signature = signer.sign(_sig_structure(protected, payload))
    return bytes((_TAG_18,)) + strict_cbor.encode([protected, {}, payload, signature])


def parse(data: bytes) -> Signed:
    """Take a signed message apart; raise MalformedError (`facts["cause"]`: cbor or header)."""
    protected, payload, signature, message = _usual_parts(data) or _parts(data)
    kid, typ = _read_protected(protected)
    return Signed(kid, typ, payload, message, signature)


def _usual_parts(data: bytes) -> tuple[bytes, bytes, bytes, bytes] | None:
    """The parts of a message and what was signed, if it is spelled as every code of ours is.

    Read by its places: D2 84, a header of 1 to 23 bytes, A0, a payload of 256 to 65,535 bytes or
    of 24 to 255, a signature of 64. Whatever differs is None, left to the reader of any CBOR.
    """
    if len(data) < _SHORTEST or data[:2] != _FOUR_PARTS or data[2] >> 5 != _BYTE_STRING:
        return None
    middle, last = (data[2] & 31) + 3, -SIGNATURE_BYTES - 2  # where A0 and where 58 40 stand
    if (
        middle > _LONGEST_HEADER
        or data[middle] != _EMPTY_MAP
        or data[last : last + 2] != _SIXTY_FOUR
    ):
        return None
    begin = middle + (3 if data[middle + 1] == _ONE_BYTE_LENGTH else 4)
    payload, spelled = data[begin:last], data[middle + 1 : last]
    if not spelled.startswith(strict_cbor.byte_string_head(len(payload))):
        return None
    message = b"".join((_BEGIN, data[2:middle], _NO_DATA, spelled))
    return data[3:middle], payload, data[-SIGNATURE_BYTES:], message


def _parts(data: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    if data[:1] != bytes((_TAG_18,)):
        raise _fault("a signed message begins with tag 18")
    match strict_cbor.decode(data[1:]):
        case [bytes(protected), {**unprotected}, bytes(payload), bytes(signature)]:
            if unprotected:
                raise _fault("the unprotected header is empty")
        case _:
            raise _fault("a signed message has four parts")
    if len(signature) != SIGNATURE_BYTES:
        raise _fault(f"a signature has {SIGNATURE_BYTES} bytes")
    return protected, payload, signature, _sig_structure(protected, payload)


def _protected(typ: str, kid: str) -> bytes:
    return strict_cbor.encode({_ALG: _ES256, _KID: bytes.fromhex(kid), _TYP: typ})


@lru_cache(maxsize=256)  # a handful of keys sign every code; a pure function of the bytes
def _read_protected(protected: bytes) -> tuple[str, str]:
    match strict_cbor.decode(protected):
        case {1: int(alg), 4: bytes(kid), 16: str(typ), **others} if not others:
            # `alg` is only held against ES256: the trust list says what the key is used with
            if alg == _ES256 and len(kid) == _KID_BYTES:
                return kid.hex(), typ
    raise _fault(
        "the protected header holds exactly algorithm ES256, a key id of 8 bytes, and a type"
    )


def _sig_structure(protected: bytes, payload: bytes) -> bytes:
    encode = strict_cbor.encode
    return b"".join((_BEGIN, encode(protected), _NO_DATA, encode(payload)))


def _fault(detail: str) -> MalformedError:
    return MalformedError(detail, cause="header")
