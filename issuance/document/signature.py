"""The PAdES signature (ETSI EN 319 142-1, level B-B): CMS bytes from a template.

Between two documents of one signer only the digest and the signature value change, so
everything around them is encoded once.
"""

import hashlib
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from certstore.errors import MalformedError
from certstore.keys import Purpose, Signer

_SEQUENCE, _SET, _OCTETS, _INTEGER, _IMPLICIT_0, _DIRECTORY_NAME = 0x30, 0x31, 4, 2, 0xA0, 0xA4
_DIGEST_BYTES = 32
_LONG_FORM = 0x80  # marks a length that is itself written in bytes
_OID_DATA = "1.2.840.113549.1.7.1"
_OID_SIGNED_DATA = "1.2.840.113549.1.7.2"
_OID_CONTENT_TYPE = "1.2.840.113549.1.9.3"
_OID_MESSAGE_DIGEST = "1.2.840.113549.1.9.4"
_OID_SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.47"
_OID_SHA256 = "2.16.840.1.101.3.4.2.1"
_OID_ECDSA_SHA256 = "1.2.840.10045.4.3.2"


class DocumentSignature:
    """Makes detached CMS signatures (RFC 5652, RFC 5035) with one signer.

    Raise MalformedError at once if the signer is not an ES256 document key with its
    certificates. No signing-time attribute: PAdES takes the time from the dictionary's /M.
    """

    def __init__(self, signer: Signer) -> None:
        """Encode everything that does not change."""
        if signer.purpose is not Purpose.DOCUMENT or signer.algorithm != "ES256":
            raise MalformedError(
                "documents are signed with an ES256 key of the purpose `document`",
                where=signer.kid,
            )
        if not signer.chain:
            raise MalformedError("a document signer has no certificate", where=signer.kid)
        self._signer = signer
        certificate = x509.load_der_x509_certificate(signer.chain[0])
        self.valid_from = certificate.not_valid_before_utc
        self.valid_to = certificate.not_valid_after_utc
        self.chain = signer.chain
        issuer = certificate.issuer.public_bytes()
        serial = _integer(certificate.serial_number)
        self._before_digest, self._after_digest = _attributes(signer.chain[0], issuer, serial)
        length = len(self._before_digest) + _DIGEST_BYTES + len(self._after_digest)
        self._signed_head = _head(_SET, length)  # what is signed has the SET's own tag
        self._stored_head = _head(_IMPLICIT_0, length)
        sha256 = der(_SEQUENCE, oid(_OID_SHA256))
        self._signer_head = _integer(1) + der(_SEQUENCE, issuer + serial) + sha256
        self._algorithm = der(_SEQUENCE, oid(_OID_ECDSA_SHA256))
        self._data_head = (
            _integer(1)
            + der(_SET, sha256)
            + der(_SEQUENCE, oid(_OID_DATA))
            + der(_IMPLICIT_0, b"".join(signer.chain))
        )

    def judge_time(self, moment: datetime) -> None:
        """Raise MalformedError if the certificate does not cover this moment."""
        if not self.valid_from <= moment <= self.valid_to:
            raise MalformedError(
                "the signing certificate does not cover the time of signing",
                where=self._signer.kid,
                remedy="set up a new document key and publish it in the trust list",
            )

    def over(self, digest: bytes) -> bytes:
        """The DER ContentInfo over a document with this SHA-256 digest."""
        attributes = self._before_digest + digest + self._after_digest
        value = self._signer.sign(self._signed_head + attributes)
        half = len(value) // 2
        signature = encode_dss_signature(
            int.from_bytes(value[:half], "big"), int.from_bytes(value[half:], "big")
        )
        info = der(
            _SEQUENCE,
            self._signer_head
            + self._stored_head
            + attributes
            + self._algorithm
            + der(_OCTETS, signature),
        )
        signed_data = der(_SEQUENCE, self._data_head + der(_SET, info))
        return der(_SEQUENCE, oid(_OID_SIGNED_DATA) + der(_IMPLICIT_0, signed_data))


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


def _attributes(certificate: bytes, issuer: bytes, serial: bytes) -> tuple[bytes, bytes]:
    """The signed attributes in DER's order for a SET, cut where the digest goes."""
    marker = b"\xee" * _DIGEST_BYTES
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
