"""Certificates that vouch for a key, checked up to the pinned root and no other (RFC 5280)."""

import base64
import binascii
from collections.abc import Sequence
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature

from certstore.errors import MalformedError
from certstore.keys import PublicKey

_LONGEST = 3
_MAX_BASE64 = 8192


def spell_x5c(chain: Sequence[bytes]) -> list[str]:
    """DER certificates as the `x5c` of a JOSE header (RFC 7515 §4.1.6): plain base64, padded."""
    return [base64.b64encode(der).decode("ascii") for der in chain]


def read_x5c(value: object) -> tuple[bytes, ...]:
    """Read `x5c` into DER, at most three certificates; nothing of them is trusted by this."""
    if not isinstance(value, list) or not 0 < len(value) <= _LONGEST:
        raise _fault(f"x5c holds one to {_LONGEST} certificates")
    return tuple(_read_base64(text) for text in value)


def check_chain(
    chain: Sequence[bytes],
    root: x509.Certificate,
    *,
    public_key: PublicKey,
    period: tuple[datetime, datetime],
) -> None:
    """Raise MalformedError unless the chain leads from this key to this root, for this period.

    Checked: the first certificate holds the key and its dates cover the period; each is issued
    by the next (names and signature), the last by the root; those between are authorities.
    Not checked: revocation, which the trust list states itself.
    """
    certificates = [_load(der) for der in chain]
    leaf = certificates[0]
    if leaf.public_key() != public_key:
        raise _fault("the certificate is another key's")
    begins, ends = period
    if not leaf.not_valid_before_utc <= begins <= ends <= leaf.not_valid_after_utc:
        raise _fault("the key is listed beyond its certificate's dates")
    for issued, issuer in zip(certificates, [*certificates[1:], root], strict=True):
        _check_issued(issued, issuer)


def _check_issued(issued: x509.Certificate, issuer: x509.Certificate) -> None:
    try:
        issued.verify_directly_issued_by(issuer)
        authority = issuer.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound) as error:
        raise _fault("a certificate is not issued by the next one or the root") from error
    if not authority:
        raise _fault("a certificate was issued by one that is no authority")


def _load(der: bytes) -> x509.Certificate:
    try:
        return x509.load_der_x509_certificate(der)
    except ValueError as error:
        raise _fault("a certificate is not readable DER") from error


def _read_base64(text: object) -> bytes:
    if not isinstance(text, str) or len(text) > _MAX_BASE64:
        raise _fault("a certificate in x5c is missing or too large")
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise _fault("a certificate in x5c is not base64") from error


def _fault(detail: str) -> MalformedError:
    return MalformedError(detail, where="x5c", cause="chain")
