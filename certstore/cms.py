"""The CMS of a document's signature (RFC 5652, RFC 5035), in the one spelling we write and take.

Between two documents of one signer only the digest and the signature value change, so
everything around them is encoded once. The press writes this form; the verifier builds it anew
and compares: whatever else verifies was not made by us.
"""

import hashlib
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from certstore.errors import MalformedError

DIGEST_BYTES: Final = 32
_P256_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_HALF: Final = 32
_SEQUENCE, _SET, _OCTETS, _INTEGER, _IMPLICIT_0, _DIRECTORY_NAME = 0x30, 0x31, 4, 2, 0xA0, 0xA4
_LONG_FORM = 0x80  # marks a length that is itself written in bytes
_LONGEST_LENGTH = 3  # bytes of a length: no signature has 16 MB
_OID_DATA = "1.2.840.113549.1.7.1"
_OID_SIGNED_DATA = "1.2.840.113549.1.7.2"
_OID_CONTENT_TYPE = "1.2.840.113549.1.9.3"
_OID_MESSAGE_DIGEST = "1.2.840.113549.1.9.4"
_OID_SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.47"
_OID_TIME_STAMP = "1.2.840.113549.1.9.16.2.14"  # an unsigned attribute of level B-T
_OID_SHA256 = "2.16.840.1.101.3.4.2.1"
_OID_ECDSA_SHA256 = "1.2.840.10045.4.3.2"


class SignatureForm:
    """Detached CMS signatures by the key of one ES256 certificate, its own first in `chain`.

    No signing-time attribute: PAdES takes the time from the dictionary's /M. No unsigned
    attributes. Of the two values s and n-s that verify alike, the lower one.
    """

    def __init__(self, chain: tuple[bytes, ...]) -> None:
        """Encode everything that does not change; ValueError if the first is no certificate."""
        certificate = x509.load_der_x509_certificate(chain[0])
        issuer = certificate.issuer.public_bytes()
        serial = _integer(certificate.serial_number)
        self._before_digest, self._after_digest = _attributes(chain[0], issuer, serial)
        length = len(self._before_digest) + DIGEST_BYTES + len(self._after_digest)
        self._signed_head = _head(_SET, length)  # what is signed has the SET's own tag
        self._stored_head = _head(_IMPLICIT_0, length)
        sha256 = der(_SEQUENCE, oid(_OID_SHA256))
        self._signer_head = _integer(1) + der(_SEQUENCE, issuer + serial) + sha256
        self._algorithm = der(_SEQUENCE, oid(_OID_ECDSA_SHA256))
        self._data_head = (
            _integer(1)
            + der(_SET, sha256)
            + der(_SEQUENCE, oid(_OID_DATA))
            + der(_IMPLICIT_0, b"".join(chain))
        )

    def signed_bytes(self, digest: bytes) -> bytes:
        """What is signed over a document with this SHA-256 digest: the signed attributes."""
        return self._signed_head + self._before_digest + digest + self._after_digest

    def spell(self, digest: bytes, value: bytes) -> bytes:
        """The DER ContentInfo with this signature value (r‖s of 64 bytes, whichever its s)."""
        r, s = int.from_bytes(value[:_HALF], "big"), int.from_bytes(value[_HALF:], "big")
        info = der(
            _SEQUENCE,
            self._signer_head
            + self._stored_head
            + self.signed_bytes(digest)[len(self._signed_head) :]
            + self._algorithm
            + der(_OCTETS, encode_dss_signature(r, min(s, _P256_ORDER - s))),
        )
        signed_data = der(_SEQUENCE, self._data_head + der(_SET, info))
        return der(_SEQUENCE, oid(_OID_SIGNED_DATA) + der(_IMPLICIT_0, signed_data))


def signature_value(cms: bytes) -> bytes:
    """The value (r‖s) in the first signature of a ContentInfo, whatever follows it there.

    Looks at the DER structure only as far as it must; MalformedError where there is none. Who
    takes the value must hold the whole against `SignatureForm.spell`.
    """
    try:
        signed_data = _members(_members(_members(cms)[1])[0])
        signature = _members(_members(signed_data[-1])[0])[5]
        r, s = decode_dss_signature(signature[-_content_length(signature) :])
        return r.to_bytes(_HALF, "big") + s.to_bytes(_HALF, "big")
    except (ValueError, IndexError, OverflowError) as error:
        raise MalformedError("the signature is not CMS in DER", cause="cms") from error


def has_time_stamp(cms: bytes) -> bool:
    """Whether a signature names the time-stamp attribute of level B-T (ETSI EN 319 122-1)."""
    return oid(_OID_TIME_STAMP) in cms


def der(tag: int, content: bytes) -> bytes:
    """One DER value (X.690 §8.1, definite length)."""
    return _head(tag, len(content)) + content


def oid(dotted: str) -> bytes:
    """An object identifier (X.690 §8.19)."""
    first, second, *rest = (int(part) for part in dotted.split("."))
    encoded = bytearray()
    for arc in (first * 40 + second, *rest):
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.append(0x80 | arc & 0x7F)
        encoded += bytes(reversed(groups))
    return der(6, bytes(encoded))


def _head(tag: int, length: int) -> bytes:
    if length < _LONG_FORM:
        return bytes((tag, length))
    size = (length.bit_length() + 7) // 8
    return bytes((tag, _LONG_FORM | size)) + length.to_bytes(size, "big")


def _integer(value: int) -> bytes:
    return der(_INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def _head_length(data: bytes) -> int:
    size = data[1] & 0x7F if data[1] & _LONG_FORM else 0
    if data[1] == _LONG_FORM or size > _LONGEST_LENGTH:
        raise ValueError("a length is indefinite or beyond every signature")
    return 2 + size


def _content_length(data: bytes) -> int:
    head = _head_length(data)
    return data[1] if head == 2 else int.from_bytes(data[2:head], "big")  # noqa: PLR2004 - tag, length


def _members(data: bytes) -> list[bytes]:
    """The values inside the first value of the data, each with its head."""
    begin = _head_length(data)
    end = begin + _content_length(data)
    if end > len(data):
        raise ValueError("a value is cut short")
    found = []
    while begin < end:
        length = _head_length(data[begin:end]) + _content_length(data[begin:end])
        found.append(data[begin : begin + length])
        begin += length
    return found


def _attributes(certificate: bytes, issuer: bytes, serial: bytes) -> tuple[bytes, bytes]:
    """The signed attributes in DER's order for a SET, cut where the digest goes."""
    marker = b"\xee" * DIGEST_BYTES
    issuer_serial = der(_SEQUENCE, der(_SEQUENCE, der(_DIRECTORY_NAME, issuer)) + serial)
    ess_certificate = der(
        _SEQUENCE, der(_OCTETS, hashlib.sha256(certificate).digest()) + issuer_serial
    )
    encoded = b"".join(
        sorted(
            (
                _attribute(_OID_CONTENT_TYPE, oid(_OID_DATA)),
                _attribute(_OID_MESSAGE_DIGEST, der(_OCTETS, marker)),
                _attribute(
                    _OID_SIGNING_CERTIFICATE_V2, der(_SEQUENCE, der(_SEQUENCE, ess_certificate))
                ),
            )
        )
    )
    before, after = encoded.split(marker)
    return before, after


def _attribute(dotted: str, value: bytes) -> bytes:
    return der(_SEQUENCE, oid(dotted) + der(_SET, value))
