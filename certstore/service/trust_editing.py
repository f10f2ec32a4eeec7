"""Changes a trust list: keys are added, retired, revoked; the root signs the next edition.

The last edition is the record: each one carries on whatever the one before listed, with its
state. A key that was revoked stays so.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_public_key

from certstore.errors import ConflictError, MalformedError, NotFoundError
from certstore.identifiers import CreditCode
from certstore.jwk import from_jwk
from certstore.keys import PublicKey, Purpose, Signer, algorithm_of
from certstore.plain_words import plain_words
from certstore.strict_json import parse_json_strict
from certstore.trust import Edition, KeyState, TrustedKey, TrustList, build_trust_list
from certstore.trust import parse_trust_list as parse

LIST_LIFETIME = timedelta(days=365)
_MAX_KEY_FILE = 32_768


@dataclass(frozen=True, slots=True)
class ListFile:
    """A trust list as it lies in a file, and the root certificate it is checked with."""

    path: Path
    root: x509.Certificate

    def read(self, now: datetime) -> TrustList | None:
        """The list, even one that ended; None if there is none yet."""
        if not self.path.exists():
            return None
        return parse(self.path.read_text("ascii").strip(), self.root, now, outdated=True)

    def carry_on(self, keys: Iterable[TrustedKey], now: datetime) -> dict[str, TrustedKey]:
        """What the last edition lists, and those of `keys` that it does not."""
        last = self.read(now)
        listed = dict(last.keys) if last else {}
        for key in keys:
            listed.setdefault(key.kid, key)
        return listed

    def publish(
        self, signer: Signer, keys: Mapping[str, TrustedKey], issuer: str, now: datetime
    ) -> TrustList:
        """Sign the next edition, numbered higher than the last, and put it in the file's place."""
        last = self.read(now)
        seq = max(last.seq + 1 if last else 0, int(now.timestamp()))
        edition = Edition(issuer=issuer, seq=seq, now=now, lifetime=LIST_LIFETIME)
        text = build_trust_list(signer, self.root, list(keys.values()), edition)
        return self.put(text, now)

    def put(self, text: str, now: datetime) -> TrustList:
        """Put a list that the root signed in the file's place; ConflictError if it is no newer."""
        fresh, last = parse(text, self.root, now), self.read(now)
        if last is not None and fresh.seq <= last.seq:
            raise ConflictError(
                f"trust list {fresh.seq} is no newer than list {last.seq}, which lies here",
                where=self.path.name,
                remedy="change the list that lies here, and bring that one back",
            )
        beside = self.path.with_suffix(".new")
        beside.write_text(text, "ascii")
        beside.replace(self.path)
        return fresh


def read_key_file(data: bytes, root: x509.Certificate) -> tuple[PublicKey, tuple[bytes, ...]]:
    """A public key from PEM or JWK, or a certificate of this root; MalformedError otherwise.

    A certificate of somebody else's root vouches for nothing here, so it is refused: its holder
    hands in the bare key, which the list itself vouches for.
    """
    if len(data) > _MAX_KEY_FILE or b"PRIVATE KEY" in data:
        raise _unfit("is a private key, or too large", "hand in the public key alone")
    if b"BEGIN CERTIFICATE" in data:
        return _from_certificate(data, root)
    try:
        if data.lstrip().startswith(b"{"):
            return from_jwk(parse_json_strict(data)), ()
        key: Any = load_pem_public_key(data)
    except (ValueError, TypeError, UnsupportedAlgorithm, MalformedError) as error:
        raise _unfit("is neither PEM nor a bare JWK", "see `openssl pkey -pubout`") from error
    return _usable(key), ()


def _from_certificate(data: bytes, root: x509.Certificate) -> tuple[PublicKey, tuple[bytes, ...]]:
    try:
        (certificate,) = x509.load_pem_x509_certificates(data)
        certificate.verify_directly_issued_by(root)
    except Exception as error:  # InvalidSignature is no ValueError, and has no common parent
        remedy = "hand in the bare key: `openssl x509 -pubkey -noout`"
        raise _unfit("is a certificate that this list's root did not issue", remedy) from error
    return _usable(certificate.public_key()), (certificate.public_bytes(Encoding.DER),)


def _usable(key: object) -> PublicKey:
    kind = "is of a kind not used here"
    if not isinstance(key, PublicKey):
        raise _unfit(kind, "use P-256 or Ed25519")
    try:
        algorithm_of(key)
    except MalformedError as error:
        raise _unfit(kind, "use P-256 or Ed25519") from error
    return key


def _unfit(what: str, remedy: str) -> MalformedError:
    return MalformedError(f"the key file {what}", where="FILE", remedy=remedy)


def entry(
    key: tuple[PublicKey, tuple[bytes, ...]],
    purpose: Purpose,
    authority: tuple[str, str],
    period: tuple[datetime, datetime],
) -> TrustedKey:
    """An entry for a key: whose it is (credit code and name), from when to when it may sign."""
    public_key, chain = key
    uscc, name = authority
    begins, ends = period
    if begins >= ends:
        raise MalformedError("a key's time ends before it begins", where="--to")
    if purpose is Purpose.ROOT:
        raise MalformedError("the root is pinned, never listed", where="--purpose")
    try:
        said = plain_words(name)
    except ValueError as error:
        raise MalformedError(str(error), where="--name") from error
    return TrustedKey(
        purpose=purpose,
        authority_uscc=CreditCode.parse(uscc).value,
        authority_name=said,
        public_key=public_key,
        valid_from=begins,
        valid_to=ends,
        chain=chain,
    )


def add(listed: dict[str, TrustedKey], key: TrustedKey) -> None:
    """List a key; ConflictError if it is listed already, in whatever state."""
    if key.kid in listed:
        raise ConflictError(
            f"key {key.kid} is listed already, as {listed[key.kid].state}",
            where="FILE",
            remedy="a key keeps its purpose and its time; list another key",
        )
    listed[key.kid] = key


def change_state(listed: dict[str, TrustedKey], kid: str, state: KeyState) -> None:
    """Retire or revoke a key; NotFoundError if none is listed, ConflictError if it was revoked."""
    if kid not in listed:
        raise NotFoundError(
            f"no key {kid} is listed", where="KID", remedy="see `certstore trust show`"
        )
    if listed[kid].state is KeyState.REVOKED:
        raise ConflictError(f"key {kid} was revoked, which is final", where="KID")
    listed[kid] = replace(listed[kid], state=state)
