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
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from certstore.errors import ConflictError, MalformedError, NotFoundError
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
ROOT_KEY = "root.key.pem"
_ROOT_YEARS = 20
_KEY_YEARS = 5
BACKDATED = timedelta(hours=1)  # verifiers' clocks may be a little behind


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


_NOT_OF_THE_HOUSE = (Purpose.SOURCE, Purpose.WITNESS, Purpose.ROOT)
HOUSE_PURPOSES = tuple(p for p in Purpose if p not in _NOT_OF_THE_HOUSE)


def make_root(
    folder: Path, passphrase: bytes, authority: AuthorityName, now: datetime, *, specimen: bool
) -> None:
    """Make a root: its key and its certificate. A production root is made off line and stays there.

    Nothing is overwritten: raises ConflictError if the folder holds a root already.
    """
    if (folder / "root.pem").exists():
        raise ConflictError("the folder holds a root already", where=str(folder))
    key = generate("ES256")
    root = _root_certificate(key, authority, now, specimen=specimen)
    write_private_key(folder / ROOT_KEY, key, passphrase)
    # Written last: a folder with a root certificate is a folder that is complete.
    (folder / "root.pem").write_bytes(root.public_bytes(serialization.Encoding.PEM))


def make_demonstration(
    folder: Path, passphrase: bytes, authority: AuthorityName, now: datetime
) -> KeyRing:
    """Make the demonstration root and a key for every purpose, all in one folder."""
    make_root(folder, passphrase, authority, now, specimen=True)
    make_keys(folder, passphrase, authority, (folder, passphrase), now)
    return open_key_ring(folder, passphrase, authority)


def make_keys(
    folder: Path,
    passphrase: bytes,
    authority: AuthorityName,
    root: tuple[Path, bytes],
    now: datetime,
) -> list[Purpose]:
    """Make the keys that a folder lacks and have a root certify them; which were made.

    `root` is the root's folder and its passphrase; only its certificate is copied from there.
    """
    root_folder, root_passphrase = root
    issuer = open_root(root_folder, root_passphrase)
    missing: list[Purpose] = [p for p in HOUSE_PURPOSES if not (folder / f"{p}.key.pem").exists()]
    for purpose in missing:
        make_key(folder, passphrase, purpose, authority, issuer, now)
    if root_folder.resolve() != folder.resolve():
        (folder / "root.pem").write_bytes((root_folder / "root.pem").read_bytes())
    return missing


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
    certificate = purpose_certificate(key.public_key(), purpose, authority, issuer, now)
    write_private_key(folder / f"{purpose}.key.pem", key, passphrase)
    (folder / f"{purpose}.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def open_key_ring(folder: Path, passphrase: bytes, authority: AuthorityName) -> KeyRing:
    """Open every key of the folder; each must fit its certificate and the certificate the root."""
    root = read_certificate(folder / "root.pem")
    signers: dict[Purpose, KeySigner] = {}
    for purpose in HOUSE_PURPOSES:
        if not (folder / f"{purpose}.key.pem").exists():
            continue
        key = read_private_key(folder / f"{purpose}.key.pem", passphrase)
        certificate = read_certificate(folder / f"{purpose}.pem")
        check_issued_by(root, certificate, f"{purpose}.pem")
        if certificate.public_key() != key.public_key():
            raise MalformedError(
                "a key and its certificate do not belong together", where=f"{purpose}.pem"
            )
        chain = (certificate.public_bytes(serialization.Encoding.DER),)
        signers[purpose] = KeySigner(purpose, key, chain)
    return KeyRing(folder, root, signers, authority)


def read_certificate(path: Path) -> x509.Certificate:
    """Read a certificate of the key folder; MalformedError if it is missing or unreadable."""
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError) as error:
        raise MalformedError(
            "a certificate of the key folder is missing or cannot be read",
            where=path.name,
            remedy="restore the key folder from its backup",
        ) from error


def check_issued_by(root: x509.Certificate, certificate: x509.Certificate, where: str) -> None:
    """Raise MalformedError unless the root issued this certificate."""
    try:
        certificate.verify_directly_issued_by(root)
    except (InvalidSignature, ValueError, TypeError) as error:
        raise MalformedError(
            "a certificate is not the root's",
            where=where,
            remedy="have the root certify the key anew",
        ) from error


def root_signer(folder: Path, passphrase: bytes) -> KeySigner:
    """The root's key, for signing a trust list; kept off line in production."""
    key, certificate = open_root(folder, passphrase)
    chain = (certificate.public_bytes(serialization.Encoding.DER),)
    return KeySigner(Purpose.ROOT, key, chain)


def open_root(folder: Path, passphrase: bytes) -> tuple[PrivateKey, x509.Certificate]:
    """The root's key and certificate; NotFoundError where it is not, MalformedError if shut."""
    if not (folder / ROOT_KEY).exists():
        raise NotFoundError(
            "the root's key is not here",
            where=str(folder),
            remedy="name the folder where the root is kept with --root",
        )
    certificate = read_certificate(folder / "root.pem")
    return read_private_key(folder / ROOT_KEY, passphrase), certificate


def _root_certificate(
    key: PrivateKey, authority: AuthorityName, now: datetime, *, specimen: bool
) -> x509.Certificate:
    unit = SPECIMEN_UNIT if specimen else "root"
    common = "Demonstration Root / 演示根证书" if specimen else f"{authority.name_zh} (root)"
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, authority.name_zh),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )
    subject_key = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + timedelta(days=365 * _ROOT_YEARS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(root=True), critical=True)
        .add_extension(subject_key, critical=False)
        .sign(key, hashes.SHA256())
    )


def purpose_certificate(
    public_key: PublicKey,
    purpose: Purpose,
    authority: AuthorityName,
    issuer: tuple[PrivateKey, x509.Certificate],
    now: datetime,
) -> x509.Certificate:
    """A certificate for a key of this purpose, signing from `now` on; the issuer is a root."""
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
        .not_valid_before(now - BACKDATED)
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
