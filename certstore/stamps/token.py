"""A time-stamp token (RFC 3161, RFC 5816): read strictly, verified up to a pinned root.

A token is CMS of one signature over a TSTInfo. Its certificates and the order of its sets are
not signed, so a token may be spelled in more than one way; what it says cannot be changed.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NoReturn

from asn1crypto import algos, cms, core, tsp
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from certstore.errors import MalformedError
from certstore.stamps.authorities import MOST_CERTIFICATES, Path, TimeAuthorities

LARGEST: Final = 32_768  # bytes of one token
CLOCKS_APART: Final = timedelta(minutes=5)  # ours and a time authority's, at most
_HASHES: Final = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}
_ALWAYS_SIGNED: Final = {"content_type", "message_digest"}
_NAMING: Final = {"signing_certificate", "signing_certificate_v2"}  # the one or the other
_ALSO_SIGNED: Final = {"signing_time", "cms_algorithm_protection"}
_DIGEST_BYTES: Final = 32
_NULL: Final = b"\x05\x00"


@dataclass(frozen=True, slots=True)
class Signed:
    """How a token is signed: everything of its SignerInfo, read."""

    issuer: bytes  # of the signer's certificate, with its number
    number: int
    digest: str
    kind: str
    salt: int  # bytes; of RSASSA-PSS
    message: bytes  # what is signed: the signed attributes as a SET (RFC 5652 §5.4)
    content_digest: bytes
    named: tuple[tuple[str, bytes], ...]  # kinds and digests of the certificate that is named
    value: bytes


@dataclass(frozen=True, slots=True)
class Token:
    """What a token says, of sound form; nothing of it is verified yet."""

    made_at: datetime
    imprint: bytes  # SHA-256 of what was stamped
    policy: str
    nonce: int | None
    content: bytes  # the TSTInfo, as it is signed
    signed: Signed
    certificates: tuple[x509.Certificate, ...]


@dataclass(frozen=True, slots=True)
class TimeStamp:
    """A verified stamp: when it was made, by whom, and how long it proves that by itself."""

    made_at: datetime
    authority: str
    path: Path

    @property
    def holds_until(self) -> datetime:
        """From then on another stamp must have been put over it."""
        return self.path.ends


def read_token(der: bytes) -> Token:
    """Read a token; raise MalformedError (cause `form`) for every other structure."""
    if len(der) > LARGEST:
        _refuse(f"a token has at most {LARGEST} bytes")
    try:
        return _read(der)
    except MalformedError:
        raise
    except Exception as error:  # a stranger's bytes: the parser raises what there is
        raise MalformedError(
            "this is no time-stamp token", where="time stamp", cause="form"
        ) from error


def verify_token(token: Token, digest: bytes, authorities: TimeAuthorities) -> TimeStamp:
    """Verify that one of these authorities stamped this SHA-256 digest.

    Raise MalformedError with the cause `imprint` (it stamps something else), `chain` (no pinned
    root leads to its signer, or not at that time) or `signature`.
    """
    if token.imprint != digest:
        _refuse("it stamps something else", "imprint")
    leaf = _signer(token)
    path = authorities.path(leaf, token.certificates)
    if not path.covers(token.made_at):
        _refuse("its certificate was not in its time when it was made", "chain")
    _verify_signature(token, leaf)
    return TimeStamp(token.made_at, _name(leaf), path)


# -- reading: everything of a token is looked at here, and nowhere later ---------------------


def _read(der: bytes) -> Token:
    info = cms.ContentInfo.load(der, strict=True)
    if info["content_type"].native != "signed_data":
        _refuse("it is no signed data")
    data = info["content"]
    encapsulated, signers = data["encap_content_info"], data["signer_infos"]
    if encapsulated["content_type"].native != "tst_info" or len(signers) != 1:
        _refuse("it is not one signature over a time-stamp")
    if len(signers[0]["unsigned_attrs"]) or len(data["crls"]):
        _refuse("it carries what is not signed")
    signed = _read_signer(signers[0])
    digests = [_plain(algorithm) for algorithm in data["digest_algorithms"]]
    if data["version"].native != "v3" or digests != [signed.digest]:
        _refuse("its head does not say what follows")
    content = bytes(encapsulated["content"])
    made_at, imprint, policy, nonce = _read_content(content)
    certificates = _certificates(data["certificates"])
    return Token(made_at, imprint, policy, nonce, content, signed, certificates)


def _read_content(content: bytes) -> tuple[datetime, bytes, str, int | None]:
    said = tsp.TSTInfo.load(content, strict=True)
    imprint = said["message_imprint"]
    hashed = imprint["hashed_message"].native
    if _plain(imprint["hash_algorithm"]) != "sha256" or len(hashed) != _DIGEST_BYTES:
        _refuse("it stamps no SHA-256 digest")
    critical = any(extension["critical"].native for extension in said["extensions"] or ())
    if said["version"].native != "v1" or critical:
        _refuse("it says something that is not understood here")
    made_at = said["gen_time"].native.astimezone(UTC)
    return made_at, hashed, said["policy"].native, said["nonce"].native


def _read_signer(signer: cms.SignerInfo) -> Signed:
    sid, named = signer["sid"], signer["signature_algorithm"]
    digest, kind = _plain(signer["digest_algorithm"]), named.signature_algo
    if sid.name != "issuer_and_serial_number" or signer["version"].native != "v1":
        _refuse("it names its signer in a way not used here")
    if named["algorithm"].native != "rsassa_pkcs1v15" and named.hash_algo != digest:
        _refuse("its signature uses another digest than it says")
    attributes = _attributes(signer["signed_attrs"])
    if attributes["content_type"].native != "tst_info":
        _refuse("what is signed is no time-stamp")
    return Signed(
        issuer=sid.chosen["issuer"].dump(),
        number=sid.chosen["serial_number"].native,
        digest=digest,
        kind=kind,
        salt=named["parameters"]["salt_length"].native if kind == "rsassa_pss" else 0,
        message=b"\x31" + signer["signed_attrs"].dump()[1:],
        content_digest=attributes["message_digest"].native,
        named=_named(attributes),
        value=signer["signature"].native,
    )


def _plain(algorithm: algos.DigestAlgorithm) -> str:
    """The name of a digest that takes no parameters."""
    if algorithm["parameters"].dump() not in {b"", _NULL}:
        _refuse("a digest has parameters")
    return str(algorithm["algorithm"].native)


def _attributes(found: cms.CMSAttributes) -> dict[str, Any]:
    attributes: dict[str, Any] = {}
    for attribute in found:
        name = attribute["type"].native
        if name in attributes or len(attribute["values"]) != 1:
            _refuse("an attribute stands twice")
        attributes[name] = attribute["values"][0]
    names = attributes.keys() - _ALSO_SIGNED
    naming = names - _ALWAYS_SIGNED
    if not names >= _ALWAYS_SIGNED or not naming or naming - _NAMING:
        _refuse("the signed attributes are not those of a time-stamp")
    return attributes


def _named(attributes: dict[str, Any]) -> tuple[tuple[str, bytes], ...]:
    """The signer's certificate as ESSCertID (RFC 2634, SHA-1) and ESSCertIDv2 (RFC 5035)."""
    named = []
    if "signing_certificate" in attributes:
        first = attributes["signing_certificate"]["certs"][0]
        named.append(("sha1", first["cert_hash"].native))
    if "signing_certificate_v2" in attributes:
        first = attributes["signing_certificate_v2"]["certs"][0]
        named.append((first["hash_algorithm"]["algorithm"].native, first["cert_hash"].native))
    return tuple(named)


def _certificates(found: cms.CertificateSet) -> tuple[x509.Certificate, ...]:
    if isinstance(found, core.Void) or not 0 < len(found) <= MOST_CERTIFICATES:
        _refuse(f"it carries one to {MOST_CERTIFICATES} certificates")
    if any(choice.name != "certificate" for choice in found):
        _refuse("it carries what is no certificate")
    certificates = tuple(x509.load_der_x509_certificate(c.chosen.dump()) for c in found)
    for certificate in certificates:  # which are parsed as they are asked, and raise then
        _ = (certificate.subject, certificate.issuer, certificate.extensions)
        _ = (certificate.not_valid_before_utc, certificate.signature_hash_algorithm)
    return certificates


# -- verifying -------------------------------------------------------------------------------


def _signer(token: Token) -> x509.Certificate:
    for certificate in token.certificates:
        if (
            certificate.serial_number == token.signed.number
            and certificate.issuer.public_bytes() == token.signed.issuer
        ):
            return certificate
    raise MalformedError("its signer's certificate is not in it", where="time stamp", cause="chain")


def _verify_signature(token: Token, leaf: x509.Certificate) -> None:
    signed = token.signed
    algorithm = _HASHES.get(signed.digest)
    if algorithm is None:
        _refuse("its digest is of a kind not used here", "signature")
    if signed.content_digest != hashlib.new(signed.digest, token.content).digest():
        _refuse("another time-stamp was signed", "signature")
    own = leaf.public_bytes(Encoding.DER)
    for kind, digest in signed.named:  # SHA-1 names here, and proves nothing
        if kind not in {"sha1", *_HASHES}:
            _refuse("the signer is named by a digest not used here", "signature")
        if digest != hashlib.new(kind, own, usedforsecurity=False).digest():
            _refuse("another certificate is named as the signer's", "signature")
    try:
        _verify(leaf.public_key(), signed, algorithm)
    except (InvalidSignature, ValueError, TypeError) as error:
        raise MalformedError(
            "its signature is wrong", where="time stamp", cause="signature"
        ) from error


def _verify(key: object, signed: Signed, algorithm: hashes.HashAlgorithm) -> None:
    if isinstance(key, rsa.RSAPublicKey) and signed.kind == "rsassa_pkcs1v15":
        key.verify(signed.value, signed.message, padding.PKCS1v15(), algorithm)
    elif isinstance(key, rsa.RSAPublicKey) and signed.kind == "rsassa_pss":
        form = padding.PSS(padding.MGF1(algorithm), signed.salt)
        key.verify(signed.value, signed.message, form, algorithm)
    elif isinstance(key, ec.EllipticCurvePublicKey) and signed.kind == "ecdsa":
        key.verify(signed.value, signed.message, ec.ECDSA(algorithm))
    else:
        _refuse("its signature is of a kind not used here", "signature")


def _name(certificate: x509.Certificate) -> str:
    names = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(names[0].value)[:100] if names else ""


def _refuse(detail: str, cause: str = "form") -> NoReturn:
    raise MalformedError(detail, where="time stamp", cause=cause)
