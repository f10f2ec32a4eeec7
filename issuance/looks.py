"""That an officer looked at somebody's case: recorded once for each officer and case."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from certstore.callers import Officer
from certstore.ledger import Access, record_access
from certstore.tables.books import Books
from issuance.application import Application
from issuance.tables import ApplicationBook


@dataclass(frozen=True, slots=True)
class Lookers:
    """Whose officers look: the authority, and the ledger they are recorded in."""

    origin: str
    agency_uscc: str

    def record(
        self, books: Books, officer: Officer, application: Application, now: datetime
    ) -> None:
        """Record a look; the row of the application must be locked."""
        book = ApplicationBook(books.connection)
        looked = f"looked:{officer.number}"
        if any(step == looked for _, _, step in book.events(application.ref)):
            return
        book.note(application.ref, now, officer.number, looked)
        record_access(books, self.origin, self._access(books, application, officer, now))

    def _access(
        self, books: Books, application: Application, officer: Officer, now: datetime
    ) -> Access:
        record: dict[str, Any] = {
            "agency": self.agency_uscc,
            "client": "desk",
            "purpose": application.matter.value,
            "matter": application.matter.value,
            "case_no": application.number,
            "operator": officer.number,
            "station": officer.station,
            "ground": "application",
            "fields": ["name", "id_number", "residence_address", "photo"],
            "refused_fields": [],
            "other_fields": [],
        }
        return Access(
            kind="review",
            at=now,
            client="desk",
            agency=self.agency_uscc,
            purpose=application.matter.value,
            person=books.people.get(application.person_id),
            record=record,
        )
