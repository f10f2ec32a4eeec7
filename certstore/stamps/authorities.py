"""Whose time-stamps count: the roots an operator or a verifier has pinned, and the way to them.

A path is checked from the pinned root downwards, so that no key of a stranger is ever used.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, NoReturn, Self

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from certstore.errors import MalformedError

MOST_CERTIFICATES: Final = 6  # in one token
_MOST_ROOTS: Final = 20
_LARGEST_FILE: Final = 1 << 18
_MOST_BETWEEN: Final = 3
_LARGEST_RSA: Final = 8192
_SMALLEST_RSA: Final = 2048
_STRONG_RSA: Final = 3000
_CURVES: Final = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)
_HASHES: Final = ("sha256", "sha384", "sha512")
# NIST SP 800-131A rev. 2: 112 bits of strength are accepted through 2030. What else falls in
# time is entered here: the stamper then renews what leans on it, and the verifier asks for that.
SHORT_RSA_ENDS: Final = datetime(2030, 12, 31, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Path:
    """A way from a time authority's certificate to a pinned root, and when it holds."""

    leaf: x509.Certificate
    begins: datetime
    ends: datetime  # the first end of a certificate on it, or of an algorithm

    def covers(self, moment: datetime) -> bool:
        """Whether every certificate on it, and every algorithm, is in its time."""
        return self.begins <= moment <= self.ends


@dataclass(frozen=True, slots=True)
class TimeAuthorities:
    """The pinned roots; none: no stamp can be judged."""

    roots: tuple[x509.Certificate, ...] = ()

    @classmethod
    def parse(cls, *files: bytes) -> Self:
        """Read PEM files of root certificates; raise MalformedError if one holds no or odd ones."""
        roots: list[x509.Certificate] = []
        for data in files:
            try:
                found = x509.load_pem_x509_certificates(data[:_LARGEST_FILE])
            except ValueError as error:
                raise _unfit("the file holds no PEM certificate") from error
            roots += found
        if len(roots) > _MOST_ROOTS:
            raise _unfit(f"at most {_MOST_ROOTS} roots are taken")
        for root in roots:
            _check_authority(root)
            _check_key(root)
        return cls(tuple(roots))

    def path(self, leaf: x509.Certificate, others: Sequence[x509.Certificate]) -> Path:
        """The way from a root to this certificate; MalformedError (cause `chain`) if there is none.

        Checked on it: signatures, names, that those above are authorities, that the last one may
        stamp times and nothing else (RFC 3161 §2.3), kinds and lengths of keys. Not checked: the
        time, which the caller compares, and revocation (docs/long-life.md).
        """
        _check_usage(leaf)
        for root in self.roots:
            for between in _ways(leaf, root, others):
                if _leads(root, between, leaf):
                    return _measured(root, between, leaf)
        raise _strange("no pinned root leads to the time authority's certificate")


def _ways(
    leaf: x509.Certificate, root: x509.Certificate, others: Sequence[x509.Certificate]
) -> Iterator[tuple[x509.Certificate, ...]]:
    """Chains by name, from below the root down to above the leaf; whether they hold is open."""
    stack: list[tuple[x509.Certificate, ...]] = [()]
    while stack:
        between = stack.pop()
        lowest = between[0] if between else leaf
        if lowest.issuer == root.subject:
            yield between
        if len(between) < _MOST_BETWEEN:
            stack += [
                (other, *between)
                for other in others[:MOST_CERTIFICATES]
                if other.subject == lowest.issuer and other not in {leaf, *between}
            ]


def _leads(
    root: x509.Certificate, between: Sequence[x509.Certificate], leaf: x509.Certificate
) -> bool:
    issuer = root
    for issued in (*between, leaf):
        try:
            if issued.signature_hash_algorithm is None:
                return False
            if issued.signature_hash_algorithm.name not in _HASHES:
                return False
            issued.verify_directly_issued_by(issuer)
            _check_key(issued)
            if issued is not leaf:
                _check_authority(issued)
        except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm, MalformedError):
            return False
        issuer = issued
    return True


def _measured(
    root: x509.Certificate, between: Sequence[x509.Certificate], leaf: x509.Certificate
) -> Path:
    line = (root, *between, leaf)
    ends = [certificate.not_valid_after_utc for certificate in line]
    if any(_is_short(certificate) for certificate in line):
        ends.append(SHORT_RSA_ENDS)
    return Path(leaf, max(c.not_valid_before_utc for c in line), min(ends))


def _is_short(certificate: x509.Certificate) -> bool:
    key = certificate.public_key()
    return isinstance(key, rsa.RSAPublicKey) and key.key_size < _STRONG_RSA


def _check_usage(leaf: x509.Certificate) -> None:
    try:
        extended = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
        usages = [e.value for e in leaf.extensions if isinstance(e.value, x509.KeyUsage)]
        basic = [e.value for e in leaf.extensions if isinstance(e.value, x509.BasicConstraints)]
    except (ValueError, x509.ExtensionNotFound) as error:
        raise _strange("the certificate does not say that it may stamp times") from error
    if not extended.critical or list(extended.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise _strange("the certificate may do something else than stamp times")
    if any(usage.key_cert_sign or usage.crl_sign for usage in usages):
        raise _strange("the certificate may do something else than stamp times")
    if not all(usage.digital_signature or usage.content_commitment for usage in usages):
        raise _strange("the certificate may not sign")
    if any(constraint.ca for constraint in basic):
        raise _strange("the certificate is an authority's over others")


def _check_authority(certificate: x509.Certificate) -> None:
    try:
        basic = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
        usages = [e.value for e in certificate.extensions if isinstance(e.value, x509.KeyUsage)]
    except (ValueError, x509.ExtensionNotFound) as error:
        raise _strange("a certificate above is no authority's") from error
    if not basic.ca or not all(usage.key_cert_sign for usage in usages):
        raise _strange("a certificate above is no authority's")


def _check_key(certificate: x509.Certificate) -> None:
    try:
        key: object = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if isinstance(key, rsa.RSAPublicKey):
        if _SMALLEST_RSA <= key.key_size <= _LARGEST_RSA:
            return
    elif isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, _CURVES):
        return
    raise _strange(f"a key is neither RSA from {_SMALLEST_RSA} bits nor of a NIST curve")


def _strange(detail: str) -> MalformedError:
    return MalformedError(detail, where="time stamp", cause="chain")


def _unfit(detail: str) -> NoReturn:
    raise MalformedError(
        detail, where="time authority roots", remedy="name a PEM file of root certificates"
    )
