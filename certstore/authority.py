"""The issuing authorities of this house: one root, and a certified key for every purpose.

A demonstration authority is made at the first start of an embedded installation. Its root
certificate says so (`OU=SPECIMEN`), and everything signed below it is marked a specimen.
A production root is made off line and never lies in the key folder.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from certstore.errors import MalformedError, NotFoundError
from certstore.keys import (
    KeySigner,
    PrivateKey,
    PublicKey,
    Purpose,
    generate,
    read_private_key,
    write_private_key,
)

SPECIMEN_UNIT = "SPECIMEN 样张"
_ROOT_YEARS = 20
_KEY_YEARS = 5
_BACKDATED = timedelta(hours=1)  # verifiers' clocks may be a little behind


@dataclass(frozen=True, slots=True)
class AuthorityName:
    """An authority that issues: its unified credit code and its name in both languages."""

    uscc: str
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The signers of the house and the root that certifies them."""

    folder: Path
    root: x509.Certificate
    signers: Mapping[Purpose, KeySigner]
    authority: AuthorityName

    @property
    def demonstration(self) -> bool:
        """Whether the root is the built-in demonstration authority's."""
        return is_demonstration(self.root)

    def signer(self, purpose: Purpose) -> KeySigner:
        """The key for this purpose; NotFoundError if the house has none."""
        try:
            return self.signers[purpose]
        except KeyError:
            raise NotFoundError(
                "the key folder holds no key for this purpose",
                where=purpose.value,
                remedy="make one with `certstore keys make`",
            ) from None

    def root_pem(self) -> bytes:
        """The root certificate, for everybody who checks."""
        return self.root.public_bytes(serialization.Encoding.PEM)


def is_demonstration(root: x509.Certificate) -> bool:
    """Whether this root certificate marks everything below it as a specimen."""
    units = root.subject.get_attributes_for_oid(NameOID.ORGANIZATIONAL_UNIT_NAME)
    return any(unit.value == SPECIMEN_UNIT for unit in units)


HOUSE_PURPOSES = tuple(p for p in Purpose if p not in (Purpose.SOURCE, Purpose.ROOT))


def make_demonstration(
    folder: Path, passphrase: bytes, authority: AuthorityName, now: datetime
) -> KeyRing:
    """Make the demonstration root and a key for every purpose in an empty folder."""
    root_key = generate("ES256")
    root = _root_certificate(root_key, authority, now)
    write_private_key(folder / "root.key.pem", root_key, passphrase)
    for purpose in HOUSE_PURPOSES:
        make_key(folder, passphrase, purpose, authority, (root_key, root), now)
    # Written last: a folder with a root certificate is a folder that is complete.
    (folder / "root.pem").write_bytes(root.public_bytes(serialization.Encoding.PEM))
    return open_key_ring(folder, passphrase, authority)


def make_key(
    folder: Path,
    passphrase: bytes,
    purpose: Purpose,
    authority: AuthorityName,
    issuer: tuple[PrivateKey, x509.Certificate],
    now: datetime,
) -> None:
    """Make one key and have the root certify it for this purpose."""
    key = generate("EdDSA" if purpose is Purpose.LEDGER else "ES256")
    certificate = _purpose_certificate(key.public_key(), purpose, authority, issuer, now)
    write_private_key(folder / f"{purpose}.key.pem", key, passphrase)
    (folder / f"{purpose}.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def open_key_ring(folder: Path, passphrase: bytes, authority: AuthorityName) -> KeyRing:
    """Open every key of the folder; each must fit its certificate and the certificate the root."""
    root = x509.load_pem_x509_certificate((folder / "root.pem").read_bytes())
    signers: dict[Purpose, KeySigner] = {}
    for purpose in HOUSE_PURPOSES:
        if not (folder / f"{purpose}.key.pem").exists():
            continue
        key = read_private_key(folder / f"{purpose}.key.pem", passphrase)
        certificate = x509.load_pem_x509_certificate((folder / f"{purpose}.pem").read_bytes())
        certificate.verify_directly_issued_by(root)
        if certificate.public_key() != key.public_key():
            raise MalformedError(
                "a key and its certificate do not belong together", where=f"{purpose}.pem"
            )
        chain = (certificate.public_bytes(serialization.Encoding.DER),)
        signers[purpose] = KeySigner(purpose, key, chain)
    return KeyRing(folder, root, signers, authority)


def root_signer(folder: Path, passphrase: bytes) -> KeySigner:
    """The root's key, for signing a trust list; kept off line in production."""
    key = read_private_key(folder / "root.key.pem", passphrase)
    certificate = x509.load_pem_x509_certificate((folder / "root.pem").read_bytes())
    chain = (certificate.public_bytes(serialization.Encoding.DER),)
    return KeySigner(Purpose.ROOT, key, chain)


def _root_certificate(key: PrivateKey, authority: AuthorityName, now: datetime) -> x509.Certificate:
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, authority.name_zh),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, SPECIMEN_UNIT),
            x509.NameAttribute(NameOID.COMMON_NAME, "Demonstration Root / 演示根证书"),
        ]
    )
    subject_key = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BACKDATED)
        .not_valid_after(now + timedelta(days=365 * _ROOT_YEARS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(root=True), critical=True)
        .add_extension(subject_key, critical=False)
        .sign(key, hashes.SHA256())
    )


def _purpose_certificate(
    public_key: PublicKey,
    purpose: Purpose,
    authority: AuthorityName,
    issuer: tuple[PrivateKey, x509.Certificate],
    now: datetime,
) -> x509.Certificate:
    root_key, root = issuer
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, authority.name_zh),
            x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, authority.uscc),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, purpose.value),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{authority.name_zh} ({purpose})"),
        ]
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(root.subject)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BACKDATED)
        .not_valid_after(now + timedelta(days=365 * _KEY_YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(root=False), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(_certifiable(root)),
            critical=False,
        )
    )
    if purpose is Purpose.DOCUMENT:  # what PDF readers look for in a document signer
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
        builder = builder.add_extension(usage, critical=False)
    return builder.sign(root_key, hashes.SHA256())


def _certifiable(root: x509.Certificate) -> PublicKey:
    key = root.public_key()
    if not isinstance(key, PublicKey):
        raise MalformedError("the root's key is of a kind not used here", where="root.pem")
    return key


def _key_usage(*, root: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not root,
        content_commitment=not root,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=root,
        crl_sign=root,
        encipher_only=False,
        decipher_only=False,
    )
