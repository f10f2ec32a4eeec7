"""What somebody does themselves with what is theirs, recorded beside what others did with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from certstore.certificates import Certificate
from certstore.ledger import Access, Recorded, record_access
from certstore.tables.books import Books
from certstore.tables.people import Person

Act = Literal[
    "question",
    "dispute",
    "dispute_withdrawn",
    "entrust",
    "entrust_ended",
    "use_code",
    "use_code_ended",
    "export",
    "wallet",
    "device",
    "device_signed_out",
    "loss_reported",
    "loss_lifted",
    "lease",
]
_NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAct:
    """What was done, with which certificate and which fields of it; `more` is kept as it is."""

    act: Act
    certificate: Certificate | None = None
    fields: Sequence[str] = ()
    more: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)


def record_own_act(
    books: Books, origin: str, person: Person, done: OwnAct, now: datetime
) -> Recorded:
    """Record with a person what they did; LedgerUnavailableError as with every access."""
    record: dict[str, Any] = {
        "client": "holder",
        "agency": "",
        "purpose": done.act,
        "matter": done.act,
        "ground": "application",
        "fields": list(done.fields),
        "refused_fields": [],
        "other_fields": [],
        **done.more,
    }
    if done.certificate is not None:
        record["certificate"] = done.certificate.type_code
        record["certificate_ref"] = done.certificate.ref
    access = Access(
        kind="own_act",
        at=now,
        client="holder",
        agency="",
        purpose=done.act,
        person=person,
        record=record,
    )
    return record_access(books, origin, access)
