"""People whose records another's application relied on: what they are told, and when of whom."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from certstore.errors import NotFoundError
from certstore.holdings import ClosedCase
from certstore.ledger import Access
from certstore.tables.books import Books
from certstore.tables.people import Person
from issuance.application import OPEN_STATES, Application
from issuance.tables import ApplicationBook


def reliance(
    application: Application, person: Person, record_type: str, fields: Sequence[str], now: datetime
) -> Access:
    """That an application relied on this person's record of that type, and on these fields of it.

    Whose application it is stands beside the record and is told when the case is closed: a proof
    of this access, handed to anybody, says nothing about the applicant. Only the child that it is
    for reads at once which guardian acts in its name.
    """
    matter = application.matter.value
    record: dict[str, Any] = {
        "client": "issuance",
        "purpose": matter,
        "matter": matter,
        "ground": "application",
        "certificate": record_type,
        "fields": list(fields),
        "refused_fields": [],
        "other_fields": [],
    }
    guardian, child = application.guardian, application.applicant
    if guardian is not None and person.holder.id_number == child.id_number:
        record |= {"actor": "guardian", "operator": guardian.name}
    return Access(
        kind="relative",
        at=now,
        client="issuance",
        agency="",
        purpose=matter,
        person=person,
        record=record,
        case_ref=application.ref,
    )


def closed_cases(books: Books, refs: Sequence[str]) -> Mapping[str, ClosedCase]:
    """Of these applications the ones that are decided or withdrawn: who applied, which number."""
    book = ApplicationBook(books.connection)
    closed: dict[str, ClosedCase] = {}
    for ref in dict.fromkeys(refs):
        try:
            application = book.get(ref)
        except NotFoundError:
            continue
        if application.state not in OPEN_STATES:
            guardian = application.guardian.name if application.guardian else ""
            closed[ref] = ClosedCase(application.applicant.name, application.number, guardian)
    return closed
