"""Gives credentials to wallets, at once or when they are sealed, and hears what became of them.

OpenID4VCI 1.0 §8 to §10. What is given is on the holder's list, in the same transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from certstore.callers import Resident
from certstore.certificates import Certificate
from certstore.chance import reference, token
from certstore.clock import Clock, local_date
from certstore.errors import NotFoundError
from certstore.own_acts import OwnAct, record_own_act
from certstore.tables.books import Archive, Books
from certstore.tables.wallets import WalletCopy, WalletGrant
from certstore.wallets.door import Shown, WalletDoor, digest, standing
from certstore.wallets.key_proof import ProofExpected, ProvenKey, judge_key_proof
from certstore.wallets.kinds import disclosed, why_not
from certstore.wallets.metadata import BATCH_SIZE
from certstore.wallets.nonces import NonceMint
from certstore.wallets.refusal import WalletRefusedError, unauthorised
from certstore.wallets.wire import read_credential_request, text_in
from certstore.wallets.writing import CredentialWriter

MOST_GIVEN: Final = 3 * BATCH_SIZE
"""Credentials on one access token."""
INTERVAL_S: Final = 60
STATES: Final = {
    "credential_accepted": "accepted",
    "credential_failure": "failed",
    "credential_deleted": "deleted",
}
_OK, _ACCEPTED = 200, 202


@dataclass(frozen=True, slots=True)
class WalletAnswer:
    """An answer for a wallet: HTTP status and JSON."""

    status: int
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletDesk:
    """The credential, deferred and notification endpoints, and the holder's list of copies."""

    archive: Archive
    clock: Clock
    origin: str  # of the ledger
    door: WalletDoor
    nonces: NonceMint
    writer: CredentialWriter

    def give(self, shown: Shown, said: Mapping[str, Any]) -> WalletAnswer:
        """Answer a credential request; WalletRefusedError with the errors of §8.3.1."""
        grant = self.door.admit(shown)
        wanted = read_credential_request(said)
        keys = self._proven(wanted.proofs, grant)
        now = self.clock.now()
        with self.archive.writing() as books:
            self._still(books, grant, now)
            self._use_nonces(books, keys)
            certificate = _certificate(books, grant)
            if certificate.type_code != wanted.type_code:
                raise unauthorised("invalid_token", "the access token is for another type")
            if self._must_wait(certificate, now):
                return self._later(books, grant, keys)
            bound = [(key.jwk, key.thumbprint) for key in keys]
            body = self._write(books, grant, certificate, bound)
            body["notification_id"] = notification_id = token()
            self._keep(books, grant, [key.thumbprint for key in keys], notification_id)
        return WalletAnswer(_OK, body)

    def give_later(self, shown: Shown, said: Mapping[str, Any]) -> WalletAnswer:
        """Answer a deferred request: the credentials, or that they are not ready (202).

        No notification_id goes with them: a widespread wallet library takes that for an error.
        """
        grant = self.door.admit(shown)
        if "credential_response_encryption" in said:
            raise WalletRefusedError(
                "invalid_encryption_parameters", "answers are not encrypted here"
            )
        transaction_id = text_in(said, "transaction_id", "invalid_credential_request")
        named, now = digest(transaction_id), self.clock.now()
        with self.archive.writing() as books:
            grant = self._still(books, grant, now)
            if grant.transaction_digest != named or grant.waiting_keys is None:
                raise WalletRefusedError("invalid_transaction_id", "there is no such transaction")
            certificate = _certificate(books, grant)
            if self._must_wait(certificate, now):
                body = {"transaction_id": transaction_id, "interval": INTERVAL_S}
                return WalletAnswer(_ACCEPTED, body)
            if not books.wallets.end_wait(grant.id, named):
                raise WalletRefusedError("invalid_transaction_id", "the transaction is over")
            keys = [(_bare(key), str(key["thumbprint"])) for key in grant.waiting_keys]
            given = self._write(books, grant, certificate, keys)
            self._keep(books, grant, [thumbprint for _, thumbprint in keys], None)
        return WalletAnswer(_OK, given)

    def hear(self, shown: Shown, said: Mapping[str, Any]) -> None:
        """Take a notification; the same again changes nothing (§11)."""
        grant = self.door.admit(shown)
        error = "invalid_notification_request"
        named, event = text_in(said, "notification_id", error), text_in(said, "event", error)
        if event not in STATES:
            raise WalletRefusedError(error, "there is no such event")
        if "event_description" in said:
            text_in(said, "event_description", error, 1000)
        with self.archive.writing() as books:
            if not books.wallets.tell(grant.id, digest(named), STATES[event]):
                raise WalletRefusedError("invalid_notification_id", "nothing was given under this")

    def copies(self, resident: Resident) -> list[tuple[WalletCopy, Certificate]]:
        """What this resident put into wallets, latest first, and the certificates."""
        holder = resident.holder
        with self.archive.reading() as books:
            person = books.people.find(holder.id_type, holder.id_number)
            found = books.wallets.copies(person.id) if person else []
            known = books.register.by_refs(copy.certificate_ref for copy in found)
        return [(c, known[c.certificate_ref]) for c in found if c.certificate_ref in known]

    def _proven(self, proofs: Sequence[object], grant: WalletGrant) -> list[ProvenKey]:
        expected = ProofExpected(self.writer.origin, grant.client_id)
        now = self.clock.now()
        keys = [judge_key_proof(proof, expected, now) for proof in proofs]
        if len({key.thumbprint for key in keys}) != len(keys):
            raise WalletRefusedError("invalid_proof", "each credential has a key of its own")
        return keys

    def _still(self, books: Books, grant: WalletGrant, now: datetime) -> WalletGrant:
        """The grant as it stands now, for one request at a time."""
        books.turns.take("wallet-grant", grant.id)
        found = standing(books, grant.token_digest, now)
        if found is None:
            raise unauthorised("invalid_token", "the access token does not hold any more")
        return found

    def _use_nonces(self, books: Books, keys: Sequence[ProvenKey]) -> None:
        for text in dict.fromkeys(key.nonce for key in keys):
            nonce = self.nonces.read("c_nonce", text)
            fresh = nonce and books.sharing.use_once(
                "wallet c_nonce", nonce.digest, nonce.expires_at
            )
            if not fresh:
                raise WalletRefusedError("invalid_nonce", "the c_nonce is none, used, or too old")

    def _must_wait(self, certificate: Certificate, now: datetime) -> bool:
        """Whether it waits for its seal; WalletRefusedError if it can be given no more."""
        reason = why_not(certificate, local_date(now))
        if reason in {None, "not_sealed"}:
            return reason == "not_sealed"
        raise WalletRefusedError("credential_request_denied", "the certificate is not in force")

    def _later(self, books: Books, grant: WalletGrant, keys: Sequence[ProvenKey]) -> WalletAnswer:
        transaction_id = token()
        kept = [{**key.jwk, "thumbprint": key.thumbprint} for key in keys]
        books.wallets.wait(grant.id, digest(transaction_id), kept)
        body = {"transaction_id": transaction_id, "interval": INTERVAL_S}
        return WalletAnswer(_ACCEPTED, body)

    def _write(
        self,
        books: Books,
        grant: WalletGrant,
        certificate: Certificate,
        keys: Sequence[tuple[Mapping[str, str], str]],
    ) -> dict[str, Any]:
        """Sign a credential for each key, count them, and put that on the holder's list."""
        now = self.clock.now()
        if not books.wallets.count_given(grant.id, len(keys), MOST_GIVEN):
            raise WalletRefusedError(
                "credential_request_denied", f"at most {MOST_GIVEN} credentials on one token"
            )
        done = OwnAct(
            act="wallet",
            certificate=certificate,
            fields=sorted(disclosed(certificate)),
            more={"credentials": len(keys)},
        )
        record_own_act(books, self.origin, books.people.get(grant.person_id), done, now)
        credentials = [self.writer.write(certificate, jwk, now) for jwk, _ in keys]
        return {"credentials": [{"credential": text} for text in credentials]}

    def _keep(
        self,
        books: Books,
        grant: WalletGrant,
        thumbprints: Sequence[str],
        notification_id: str | None,
    ) -> None:
        copy = WalletCopy(
            ref=reference(),
            person_id=grant.person_id,
            certificate_ref=grant.certificate_ref,
            grant_id=grant.id,
            client_id=grant.client_id,
            notification_digest=None if notification_id is None else digest(notification_id),
            key_thumbprints=list(thumbprints),
            made_at=self.clock.now(),
        )
        books.wallets.add_copy(copy)


def _certificate(books: Books, grant: WalletGrant) -> Certificate:
    """The certificate of a grant, sealed or waiting for its seal."""
    try:
        return books.register.get(grant.certificate_ref)
    except NotFoundError:
        pass
    try:
        return books.register.reserved(grant.certificate_ref)
    except NotFoundError:
        raise WalletRefusedError(
            "credential_request_denied", "the certificate was not made after all"
        ) from None


def _bare(key: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in key.items() if name != "thumbprint"}
