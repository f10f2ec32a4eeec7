"""What stands in somebody's own list of what a counter looked at, before it is shown."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from certstore.callers import Officer
from certstore.certificates import Certificate
from certstore.ledger import Access, record_access
from certstore.tables.books import Books
from certstore.tables.people import Person
from issuance.application import Application
from issuance.counter.visit import Visit, counter_of
from issuance.looks import Lookers
from issuance.stations import station_name
from issuance.tables import ApplicationBook

VISIT = "counter_visit"  # what it was for, where no application was opened yet
_OF_A_CASE = ("name", "id_number", "residence_address")


def record_visit(
    books: Books, lookers: Lookers, officer: Officer, person: Person, now: datetime
) -> None:
    """That an officer looked somebody up who stood before them, or said they did."""
    said = {"purpose": VISIT, "matter": VISIT, "fields": ["name", "id_number", "applications"]}
    _record(books, lookers, (officer.number, counter_of(officer)), person, now, said)


def record_opened(
    books: Books,
    lookers: Lookers,
    visit: Visit,
    application: Application,
    now: datetime,
) -> None:
    """That a case of theirs was opened at the counter; each once a visit."""
    _record_once(books, lookers, visit, application, ("at_counter", _OF_A_CASE), now)


def record_reasons_told(
    books: Books, lookers: Lookers, visit: Visit, application: Application, now: datetime
) -> None:
    """That the reasons of a refusal were read out."""
    told = ("reasons_told", ("refusal_reasons",))
    _record_once(books, lookers, visit, application, told, now)


def record_printed(
    books: Books,
    lookers: Lookers,
    visit: Visit,
    application: Application,
    certificate: Certificate,
    now: datetime,
) -> None:
    """That a certificate was opened to be printed, each time."""
    ApplicationBook(books.connection).note(application.ref, now, visit.officer, "printed")
    more = {
        **_about(application),
        "certificate": certificate.type_code,
        "certificate_ref": certificate.ref,
        "fields": ["document"],
    }
    person = books.people.known(certificate.holders[0])
    _record(books, lookers, (visit.officer, visit.station), person, now, more)


def _record_once(
    books: Books,
    lookers: Lookers,
    visit: Visit,
    application: Application,
    what: tuple[str, tuple[str, ...]],
    now: datetime,
) -> None:
    step, fields = f"{what[0]}:{visit.ref}", what[1]
    book = ApplicationBook(books.connection)
    if any(known == step for _, _, known in book.events(application.ref)):
        return
    book.note(application.ref, now, visit.officer, step)
    more = {**_about(application), "fields": list(fields)}
    person = books.people.get(application.person_id)
    _record(books, lookers, (visit.officer, visit.station), person, now, more)


def _about(application: Application) -> dict[str, Any]:
    matter = application.matter.value
    return {"purpose": matter, "matter": matter, "case_no": application.number}


def _record(
    books: Books,
    lookers: Lookers,
    who: tuple[str, str],
    person: Person,
    now: datetime,
    more: Mapping[str, Any],
) -> None:
    record: dict[str, Any] = {
        "agency": lookers.agency_uscc,
        "client": "desk",
        "operator": who[0],
        "station": station_name(who[1], "zh"),
        "ground": "application",
        "refused_fields": [],
        "other_fields": [],
        **more,
    }
    access = Access(
        kind="review",
        at=now,
        client="desk",
        agency=lookers.agency_uscc,
        purpose=str(record["purpose"]),
        person=person,
        record=record,
    )
    record_access(books, lookers.origin, access)
