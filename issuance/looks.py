"""That an officer looked: at somebody's case, at a file of it; each once for each officer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from certstore.callers import Officer
from certstore.ledger import Access, record_access
from certstore.tables.books import Books
from issuance.application import Application
from issuance.tables import ApplicationBook
from issuance.upload import Upload

_CASE = ("name", "id_number", "residence_address", "photo")


@dataclass(frozen=True, slots=True)
class Lookers:
    """Whose officers look: the authority, and the ledger they are recorded in."""

    origin: str
    agency_uscc: str

    def at_case(
        self, books: Books, officer: Officer, application: Application, now: datetime
    ) -> None:
        """Record that a case was opened; the row of the application must be locked."""
        self._record(books, officer, application, f"looked:{officer.number}", _CASE, now)

    def at_file(
        self,
        books: Books,
        officer: Officer,
        application: Application,
        upload: Upload,
        now: datetime,
    ) -> None:
        """Record that a file of a case was opened; the row must be locked."""
        shown = [f"handed_in.{upload.material}"]
        self._record(books, officer, application, f"saw:{upload.ref}", shown, now)

    def _record(
        self,
        books: Books,
        officer: Officer,
        application: Application,
        step: str,
        fields: Sequence[str],
        now: datetime,
    ) -> None:
        book = ApplicationBook(books.connection)
        if any(
            (who, known) == (officer.number, step) for _, who, known in book.events(application.ref)
        ):
            return
        book.note(application.ref, now, officer.number, step)
        access = self._access(books, application, officer, fields, now)
        record_access(books, self.origin, access)

    def _access(
        self,
        books: Books,
        application: Application,
        officer: Officer,
        fields: Sequence[str],
        now: datetime,
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
            "fields": list(fields),
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
