"""Receipts and proofs of an access, judged with what you pinned and not with what you are told."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from certstore.client.answers import Found, LedgerPlace, Pulled
from certstore.client.problems import UntrustedError
from certstore.client.reading import number, text
from certstore.errors import CertstoreError
from certstore.keys import Purpose, algorithm_of
from certstore.ledger_proof import Judged, judge_signed_proof, read_proof
from certstore.signed_note import VerifierKey, raw_key
from certstore.tokens import LEEWAY, parse_compact
from certstore.trust import KeyState, TrustList, parse_trust_list
from certstore.witness_policy import WitnessPolicy

TYP: Final = "receipt+jwt"
_LATEST: Final = datetime(9999, 12, 31, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt that holds.

    `issuer` promised at `issued_at` that the access will stand at this place of its ledger within
    `max_merge_delay_s`.
    """

    issuer: str
    issued_at: datetime
    usage: str
    ledger: LedgerPlace
    max_merge_delay_s: int
    claims: Mapping[str, object] = field(repr=False)


def read_root(pem: bytes) -> x509.Certificate:
    """The root certificate to pin, from PEM; UntrustedError if it is none."""
    try:
        return x509.load_pem_x509_certificate(pem)
    except ValueError as error:
        raise UntrustedError(
            "this is no certificate", remedy="get the root's PEM from the service's operator"
        ) from error


def open_trust_list(jws: str, root: x509.Certificate, now: datetime) -> TrustList:
    """The trust list, verified with the pinned root; UntrustedError if it does not hold now."""
    try:
        return parse_trust_list(jws, root, now)
    except CertstoreError as error:
        raise UntrustedError(
            f"the trust list does not hold: {error.detail}",
            where="trust list",
            remedy="compare the root you pinned with the one the operator publishes elsewhere",
        ) from error


def verify_receipt(
    answer: Found | Pulled | str, trust: TrustList, *, issuer: str, now: datetime
) -> Receipt:
    """Judge a receipt; UntrustedError says what does not hold.

    1. A receipt key of the trust list signed it, in that key's time; 2. it is this issuer's, and
    not of the future; 3. it names the place the answer names (left out of a bare receipt).
    """
    try:
        claims = _signed_claims(answer if isinstance(answer, str) else answer.receipt, trust)
    except CertstoreError as error:
        raise _untrusted(error.detail) from error
    receipt = _read(claims)
    if receipt.issuer != issuer:
        raise _untrusted("it is another service's")
    if receipt.issued_at > now + timedelta(seconds=LEEWAY):
        raise _untrusted("it was issued in the future: set the clock")
    if not isinstance(answer, str) and receipt.ledger != answer.ledger:
        raise _untrusted("it is the receipt of another access")
    return receipt


def verify_access_proof(
    file: bytes | Mapping[str, object], vkey: str, policy: WitnessPolicy | None = None
) -> Judged:
    """Judge a proof file as `certstore ledger verify-proof` does, with the ledger's vkey line.

    `good` and `checks` of the answer say what holds; UntrustedError for what cannot be judged.
    """
    try:
        proof = read_proof(file if isinstance(file, bytes) else json.dumps(dict(file)).encode())
        VerifierKey.parse(vkey)
        return judge_signed_proof(proof, proof.note, vkey, policy)
    except CertstoreError as error:
        raise UntrustedError(error.detail, where=error.where, remedy=error.remedy) from error
    except (TypeError, ValueError) as error:
        raise UntrustedError("a proof file is one JSON object", where="proof") from error


def judge_place(
    receipt: Receipt, file: Mapping[str, object], vkey: str, trust: TrustList
) -> Judged:
    """Judge whether a receipt's promise was kept, by the inclusion proof of its leaf.

    The vkey counts if the trust list knows its key as the ledger's. UntrustedError otherwise.
    """
    try:
        raw = VerifierKey.parse(vkey)
    except CertstoreError as error:
        raise UntrustedError(error.detail, where="vkey") from error
    if not _is_ledger_key(raw, trust):
        raise UntrustedError("the trust list knows no such ledger key", where=raw.identity)
    place = LedgerPlace(number(file, "leaf_index"), text(file, "leaf_hash"))
    if place != receipt.ledger:
        raise UntrustedError("the proof is of another leaf than the receipt names", where="leaf")
    return verify_access_proof(file, vkey)


def _is_ledger_key(vkey: VerifierKey, trust: TrustList) -> bool:
    """Listed as the ledger's, in whatever state but revoked: checkpoints may be old."""
    listed = [
        key.public_key
        for key in trust.keys.values()
        if key.purpose is Purpose.LEDGER and key.state is not KeyState.REVOKED
    ]
    return any(isinstance(k, Ed25519PublicKey) and raw_key(k) == vkey.raw for k in listed)


def _signed_claims(receipt: str, trust: TrustList) -> Mapping[str, object]:
    token = parse_compact(receipt, typ=TYP)
    key = trust.find(token.kid, Purpose.RECEIPT)
    if key is None:
        raise _untrusted("no receipt key of the trust list signed it")
    claims = token.verified(key.public_key, algorithm_of(key.public_key))
    issued = claims.get("iat")
    if type(issued) is not int or not 0 <= issued < _LATEST.timestamp():
        raise _untrusted("it does not say when it was issued")
    if not key.verifies_at(datetime.fromtimestamp(issued, UTC)):
        raise _untrusted("its key is revoked, or was not in force at that time")
    return claims


def _read(claims: Mapping[str, object]) -> Receipt:
    issuer, usage, leaf = (claims.get(name) for name in ("iss", "usage", "leaf_hash"))
    index, delay = claims.get("leaf_index"), claims.get("max_merge_delay_s")
    texts = isinstance(issuer, str) and isinstance(usage, str) and isinstance(leaf, str)
    if not texts or type(index) is not int or type(delay) is not int:
        raise _untrusted("a member is missing")
    return Receipt(
        issuer=str(issuer),
        issued_at=datetime.fromtimestamp(int(str(claims["iat"])), UTC),
        usage=str(usage),
        ledger=LedgerPlace(index, str(leaf)),
        max_merge_delay_s=delay,
        claims=MappingProxyType(dict(claims)),
    )


def _untrusted(why: str) -> UntrustedError:
    return UntrustedError(
        f"the receipt does not hold: {why}",
        where="receipt",
        remedy="keep the answer, and ask the service's operator",
    )
