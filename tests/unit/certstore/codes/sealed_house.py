"""A root, a key for every purpose, a trust list and codes of every profile, as files would be."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from certstore.certificates import StatusEntry
from certstore.clock import unix
from certstore.codes.claims import CodeClaims, CodeData, Disclosure, issuer_code
from certstore.codes.profiles import Profile, seal_code, seal_for_holder, show_code
from certstore.keys import KeySigner, PrivateKey, Purpose, generate
from certstore.status_list import Publication, StatusList, issue_cwt, issue_jwt
from certstore.trust import (
    NEVER_LISTED,
    Edition,
    TrustedKey,
    TrustList,
    build_trust_list,
    parse_trust_list,
)

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
USCC = "11310000MB0T00015W"
OTHER_USCC = "11310000MB0T00023P"
NAME = "示范市公安局"
LIST_URI = "https://certs.example/status-lists/4"
ENTRY = StatusEntry(4, 77)
TYPE_CODE = "11310000MB0T00015WT01"
SERIAL = "SF20260000000001"
HOUR = timedelta(hours=1)


def certify(
    key: Any,
    issuer: tuple[PrivateKey, x509.Certificate] | PrivateKey,
    *,
    name: str,
    authority: bool = False,
    begins: datetime = NOW - 24 * HOUR,
    ends: datetime = NOW + timedelta(days=2000),
) -> x509.Certificate:
    """A certificate for a public key; an issuer that is a bare key signs itself."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    issuer_key, issuer_name = (
        (issuer[0], issuer[1].subject) if isinstance(issuer, tuple) else (issuer, subject)
    )
    usage = dict.fromkeys(
        (
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer_name)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=not authority,
                content_commitment=not authority,
                key_cert_sign=authority,
                crl_sign=authority,
                **usage,
            ),
            critical=True,
        )
        .sign(issuer_key, hashes.SHA256())
    )


@dataclass(frozen=True, eq=False)
class SealedHouse:
    """One authority with its root; everything is made once and only read afterwards."""

    root_key: PrivateKey
    root: x509.Certificate
    signers: dict[Purpose, KeySigner]
    uscc: str = USCC
    holder: KeySigner = field(
        default_factory=lambda: KeySigner(Purpose.PRESENTATION, generate("ES256"))
    )

    @property
    def root_signer(self) -> KeySigner:
        return KeySigner(Purpose.ROOT, self.root_key, (self.root.public_bytes(Encoding.DER),))

    @property
    def root_pem(self) -> bytes:
        return self.root.public_bytes(Encoding.PEM)

    def key(self, of: Purpose, /, **changes: Any) -> TrustedKey:
        signer = self.signers[of]
        entry = TrustedKey(
            purpose=of,
            authority_uscc=self.uscc,
            authority_name=NAME,
            public_key=signer.public_key,
            valid_from=NOW - 12 * HOUR,
            valid_to=NOW + timedelta(days=1500),
            chain=signer.chain,
        )
        return replace(entry, **changes)

    def entries(self, **changes: Any) -> list[TrustedKey]:
        return [self.key(purpose, **changes) for purpose in self.signers]

    def trust_jws(self, keys: Sequence[TrustedKey] | None = None, **edition: Any) -> str:
        given = {"issuer": "https://certs.example", "seq": 7, "now": NOW - HOUR, **edition}
        listed = self.entries() if keys is None else keys
        return build_trust_list(self.root_signer, self.root, listed, Edition(**given))

    def trust(self, keys: Sequence[TrustedKey] | None = None) -> TrustList:
        return parse_trust_list(self.trust_jws(keys), self.root, NOW)

    def status_jwt(self, values: dict[int, int] | None = None, **publication: Any) -> str:
        return issue_jwt(*self._published(values, publication), self.signers[Purpose.STATUS])

    def status_cwt(self, values: dict[int, int] | None = None, **publication: Any) -> bytes:
        return issue_cwt(*self._published(values, publication), self.signers[Purpose.STATUS])

    def printed(self, claims: CodeClaims | None = None) -> str:
        return seal_code(claims or claims_of(), Profile.PRINTED, self.signers[Purpose.CODE])

    def on_line(self, claims: CodeClaims | None = None) -> str:
        claims = claims or claims_of(lifetime=60)
        return seal_code(claims, Profile.ON_LINE, self.signers[Purpose.PRESENTATION])

    def inner(self, **changes: Any) -> bytes:
        claims = claims_of(**{"lifetime": 86400, "holder_key": self.holder.public_key, **changes})
        return seal_for_holder(claims, self.signers[Purpose.CODE])

    def off_line(self, *, at: datetime = NOW, nonce: bytes | None = None, **changes: Any) -> str:
        return show_code(self.inner(**changes), self.holder, issued_at=unix(at), nonce=nonce)

    @staticmethod
    def _published(
        values: dict[int, int] | None, publication: dict[str, Any]
    ) -> tuple[StatusList, Publication]:
        given = {"uri": LIST_URI, "now": NOW - timedelta(seconds=10), "lifetime": HOUR}
        statuses = StatusList.build(values or {}, 1000)
        return statuses, Publication(**{**given, **publication})


def data_of(**changes: Any) -> CodeData:
    given = {
        "number": SERIAL,
        "name": "陈一鸣",
        "sex": 1,
        "id_number": "340199********0119",
        "type_code": TYPE_CODE,
        "issued_on": date(2026, 11, 22),
        "valid_to": date(2027, 11, 21),
        "disclosure": Disclosure.MINIMAL,
        "photo_digest": bytes(range(16)),
    }
    return CodeData(**{**given, **changes})


def claims_of(
    *, lifetime: int = 31_536_000, data: CodeData | None = None, **changes: Any
) -> CodeClaims:
    given = {
        "issuer": issuer_code(USCC),
        "issued_at": unix(NOW),
        "expires_at": unix(NOW) + lifetime,
        "status": ENTRY,
        "data": data or data_of(),
        "cti": b"8 bytes!",
    }
    return CodeClaims(**{**given, **changes})


def make_house(uscc: str = USCC, purposes: Sequence[Purpose] | None = None) -> SealedHouse:
    root_key = generate("ES256")
    root = certify(
        root_key.public_key(), root_key, name="root", authority=True, begins=NOW - 60 * 24 * HOUR
    )
    signers = {}
    for purpose in purposes or [p for p in Purpose if p not in NEVER_LISTED]:
        key = generate("EdDSA" if purpose is Purpose.LEDGER else "ES256")
        leaf = certify(key.public_key(), (root_key, root), name=purpose.value)
        signers[purpose] = KeySigner(purpose, key, (leaf.public_bytes(Encoding.DER),))
    return SealedHouse(root_key, root, signers, uscc)


@lru_cache(maxsize=1)
def house() -> SealedHouse:
    """The house all tests look at."""
    return make_house()


@lru_cache(maxsize=1)
def strangers() -> SealedHouse:
    """Another house with another root, which nobody here trusts."""
    return make_house()
