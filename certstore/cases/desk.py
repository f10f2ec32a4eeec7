"""What an agency did under a case number: accesses, receipts, decisions. No value, no name.

Only its own purposes' accesses are found; another agency's case of the same number is not there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from certstore import merkle
from certstore.callers import Service
from certstore.clock import Clock
from certstore.errors import NotFoundError, PurposeError
from certstore.keys import Signer
from certstore.ledger import Recorded, receipt
from certstore.tables.books import Archive, Books
from certstore.tables.usage import UsageEntry

MOST: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseAccess:
    """One access under a case number; `person` is the agency's own reference, none for nobody."""

    usage: str
    kind: str
    at: datetime
    purpose: str
    operator: str
    person: str | None
    cert_type: str | None
    certificate_ref: str | None
    fields: Sequence[str]
    refused: str | None
    decision_id: str | None
    leaf_index: int
    receipt: str

    def as_json(self) -> dict[str, Any]:
        """As it is sent; what does not apply is left out."""
        said = {
            "usage": self.usage,
            "kind": self.kind,
            "at": self.at.isoformat(),
            "purpose_id": self.purpose,
            "operator": self.operator,
            "person": self.person,
            "type": self.cert_type,
            "ref": self.certificate_ref,
            "fields": list(self.fields),
            "refused": self.refused,
            "decision_id": self.decision_id,
            "leaf_index": self.leaf_index,
            "receipt": self.receipt,
        }
        return {name: value for name, value in said.items() if value is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDesk:
    """Finds accesses by case number."""

    archive: Archive
    clock: Clock
    receipt_signer: Signer
    issuer: str

    def of_service(self, service: Service, case_no: str) -> list[CaseAccess]:
        """What was asked for a token's own purpose under a case number, latest first."""
        if "search" not in service.actions:
            raise PurposeError(
                "the token was not asked for with the action search",
                where="actions",
                remedy="get a token that names it in authorization_details",
                cause="action_not_granted",
            )
        with self.archive.reading() as books:
            client = books.sharing.client(service.client_id)
            if client is None:
                raise NotFoundError("there is no such client", where="client_id")
            return self.found(books, {service.purpose_id: client.agency_key}, case_no)

    def found(self, books: Books, agency_keys: dict[str, bytes], case_no: str) -> list[CaseAccess]:
        """The accesses of these purposes, each with its agency's key; at most 200."""
        entries = books.usage.of_case(list(agency_keys), case_no, MOST)
        now = self.clock.now()
        return [self._access(books, agency_keys, entry, now) for entry in entries]

    def _access(
        self, books: Books, agency_keys: dict[str, bytes], entry: UsageEntry, now: datetime
    ) -> CaseAccess:
        record = entry.record
        purpose = str(record["purpose"])
        person = None if entry.person_id is None else books.people.get(entry.person_id)
        leaf_hash = merkle.leaf_hash(books.ledger.leaf(entry.leaf_index)).hex()
        recorded = Recorded(entry.ref, entry.leaf_index, leaf_hash)
        return CaseAccess(
            usage=entry.ref,
            kind=entry.kind,
            at=entry.at,
            purpose=purpose,
            operator=str(record.get("operator", "")),
            person=None if person is None else person.pairwise(agency_keys[purpose]),
            cert_type=record.get("certificate"),
            certificate_ref=record.get("certificate_ref"),
            fields=tuple(record.get("fields", ())),
            refused=record.get("refused"),
            decision_id=record.get("decision"),
            leaf_index=entry.leaf_index,
            receipt=receipt(recorded, self.receipt_signer, self.issuer, now),
        )
