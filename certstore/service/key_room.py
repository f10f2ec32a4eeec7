"""Opens the key folder, makes the demonstration's at its first start, publishes the trust list."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509

from certstore.authority import (
    AuthorityName,
    KeyRing,
    make_demonstration,
    make_keys,
    open_key_ring,
    root_signer,
)
from certstore.errors import ConflictError, MalformedError, NotFoundError
from certstore.issuer_keys import issuers_listed, make_issuer_keys
from certstore.key_rotation import DatedKey, add_successor, keys_in
from certstore.keys import (
    KeySigner,
    Purpose,
    generate,
    read_private_key,
    write_private_key,
)
from certstore.service.demo_cast import sources
from certstore.service.trust_editing import LIST_LIFETIME, ListFile
from certstore.trust import NEVER_LISTED, TrustedKey, parse_trust_list

_WITNESS_KEY = "witness.key.pem"


def open_key_room(
    folder: Path,
    passphrase: bytes,
    authority: AuthorityName,
    now: datetime,
    *,
    demonstration: bool,
) -> KeyRing:
    """Open the keys; an empty folder gets a demonstration authority, if that is allowed.

    Raises MalformedError when the folder is empty and no demonstration is wanted.
    """
    if (folder / "root.pem").exists():
        ring = open_key_ring(folder, passphrase, authority)
        if ring.demonstration and demonstration:  # a first start that was cut short
            make_keys(folder, passphrase, authority, (folder, passphrase), now)
            ring = open_key_ring(folder, passphrase, authority)
    elif demonstration:
        ring = make_demonstration(folder, passphrase, authority, now)
    else:
        raise MalformedError(
            "the key folder is empty",
            where="CERTSTORE_KEYS_DIR",
            remedy="make a root with `certstore keys root`, then keys with `certstore keys make`",
        )
    if ring.demonstration and _stale(ring, now):
        publish_trust_list(ring, (folder, passphrase), now)
    return ring


def publish_trust_list(ring: KeyRing, root: tuple[Path, bytes], now: datetime) -> None:
    """Sign the trust list anew with the root's key (its folder and passphrase), numbered higher.

    What the last list held stays listed, in its state; the house's keys are added to it.
    """
    file = ListFile(ring.folder / "trust-list.jws", ring.root)
    keys = [*_house_keys(ring), *issuers_listed(ring)]
    if ring.demonstration:
        keys += _source_keys(ring)
    file.publish(root_signer(*root), file.carry_on(keys, now), ring.authority.uscc, now)


def sandbox_face_signer(folder: Path, passphrase: bytes) -> KeySigner:
    """The sandbox face provider's key, made at first use; it is in no trust list of ours."""
    path = folder / "sandbox-face" / "sandbox.key.pem"
    if not path.exists():
        write_private_key(path, generate("ES256"), passphrase)
    return KeySigner(Purpose.SOURCE, read_private_key(path, passphrase))


def make_witness_key(folder: Path, passphrase: bytes) -> KeySigner:
    """Make the key by which this service cosigns other logs' checkpoints.

    It is in no trust list: who believes a witness holds its vkey. ConflictError if there is one.
    """
    key = generate("EdDSA")
    write_private_key(folder / _WITNESS_KEY, key, passphrase)
    return KeySigner(Purpose.WITNESS, key)


def witness_signer(folder: Path, passphrase: bytes, *, make: bool) -> KeySigner:
    """The witness's key; with `make`, made where there is none. NotFoundError otherwise."""
    path = folder / _WITNESS_KEY
    if not path.exists():
        if not make:
            raise NotFoundError(
                "the key folder holds no witness key",
                where=path.name,
                remedy="make one with `certstore keys witness`",
            )
        with suppress(ConflictError):  # another process that starts at the same time was first
            return make_witness_key(folder, passphrase)
    return KeySigner(Purpose.WITNESS, read_private_key(path, passphrase))


def _stale(ring: KeyRing, now: datetime) -> bool:
    """Whether the demonstration's list is missing, half-way through its life, or lacks a key."""
    path = ring.folder / "trust-list.jws"
    if not path.exists():
        return True
    listed = parse_trust_list(path.read_text("ascii"), ring.root, now, outdated=True)
    if now > listed.issued_at + LIST_LIFETIME / 2:
        return True
    due = (*_house_keys(ring), *issuers_listed(ring), *_source_keys(ring))
    return any(key.kid not in listed.keys for key in due)


def enrol_issuer_keys(
    ring: KeyRing, passphrase: bytes, issuer: AuthorityName, root: tuple[Path, bytes], now: datetime
) -> None:
    """Make the keys an enrolled authority lacks, and list them; nothing if it has them all."""
    if make_issuer_keys(ring, passphrase, issuer, root, now):
        publish_trust_list(ring, root, now)


def rotate_token_key(
    ring: KeyRing, passphrase: bytes, root: tuple[Path, bytes], now: datetime, lead: timedelta
) -> DatedKey:
    """Make the next key for access tokens, signing after the lead, and list it.

    ConflictError while another waits for its time.
    """
    made = add_successor(ring, passphrase, Purpose.TOKEN, root, now, lead)
    publish_trust_list(ring, root, now)
    return made


def _house_keys(ring: KeyRing) -> Iterator[TrustedKey]:
    for purpose in (p for p in ring.signers if p not in NEVER_LISTED):
        for key in keys_in(ring.folder, ring.root, purpose):
            certificate = x509.load_der_x509_certificate(key.certificate)
            yield TrustedKey(
                purpose=purpose,
                authority_uscc=ring.authority.uscc,
                authority_name=ring.authority.name_zh,
                public_key=key.public_key,
                valid_from=certificate.not_valid_before_utc,
                valid_to=certificate.not_valid_after_utc,
                chain=(key.certificate,),
            )


def _source_keys(ring: KeyRing) -> Iterator[TrustedKey]:
    """The invented city's source authorities, by the public keys committed with their batches."""
    for source in sources():
        yield TrustedKey.from_json(source["key"], ring.root)
