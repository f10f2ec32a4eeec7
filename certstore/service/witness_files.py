"""The two files about witnesses that the settings name, read at the start."""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ed25519

from certstore.clock import Clock
from certstore.cosignature import witness_key
from certstore.errors import MalformedError
from certstore.keys import KeySigner
from certstore.service.addresses import is_safe_place
from certstore.signed_note import VerifierKey
from certstore.tables.books import Archive
from certstore.witness import WitnessDesk, read_logs
from certstore.witness_policy import WitnessPolicy


def read_policy(file: Path | None) -> WitnessPolicy | None:
    """Who cosigns our checkpoints; None without a file.

    MalformedError for a file that cannot be read, and for a witness that would be asked neither
    by https nor on this machine.
    """
    if file is None:
        return None
    policy = WitnessPolicy.parse(_bytes(file, "CERTSTORE_WITNESSES_FILE"))
    for witness in policy.witnesses.values():
        if witness.url and not is_safe_place(witness.url):
            raise MalformedError(
                "a witness is asked by https, or on this machine",
                where=f"CERTSTORE_WITNESSES_FILE: {witness.name}",
                remedy="write its submission prefix as https://…",
            )
    return policy


def open_witness_desk(
    logs: Path, name: str, signer: KeySigner, archive: Archive, clock: Clock
) -> WitnessDesk:
    """This service as a witness of the logs in that file; MalformedError if it cannot be read."""
    known = read_logs(_bytes(logs, "CERTSTORE_WITNESS_LOGS"))
    key = witness_vkey(name, signer)
    return WitnessDesk(archive=archive, clock=clock, logs=known, key=key, signer=signer)


def witness_vkey(name: str, signer: KeySigner) -> VerifierKey:
    """By what others check our cosignatures."""
    key = signer.public_key
    if not isinstance(key, ed25519.Ed25519PublicKey):
        raise MalformedError("a witness's key is Ed25519", where="witness.key.pem")
    return witness_key(name, key)


def _bytes(file: Path, where: str) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise MalformedError(
            f"the file cannot be read: {error.strerror}", where=f"{where}: {file}"
        ) from error
