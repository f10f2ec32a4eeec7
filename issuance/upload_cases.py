"""The officer's look at what was handed in: of a case that may be opened, and recorded."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from certstore.callers import Officer
from certstore.clock import Clock
from certstore.errors import NotFoundError
from certstore.ledger import Access, record_access
from certstore.tables.books import Archive, Books
from issuance.application import Application, State
from issuance.handed_in import read_kept
from issuance.tables import ApplicationBook
from issuance.upload import Upload
from issuance.upload_shelf import UploadShelf
from issuance.upload_tables import UploadBook


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadCaseDesk:
    """Shows officers the files of a case."""

    archive: Archive
    shelf: UploadShelf
    clock: Clock
    origin: str
    agency_uscc: str

    def part(self, officer: Officer, case_ref: str, upload_ref: str, name: str) -> bytes:
        """A page, a thumbnail or the document, in plain.

        That this officer looked at this file is recorded, once, before anything is given out;
        NotFoundError for what is not of this case. Whether the officer may open the case at all
        is the review desk's matter.
        """
        now = self.clock.now()
        with self.archive.writing() as books:
            book = ApplicationBook(books.connection)
            application = book.locked(case_ref)
            upload = _of_case(books, application, upload_ref)
            looked = f"saw:{upload_ref}"
            seen = [(who, step) for _, who, step in book.events(case_ref)]
            if (officer.number, looked) not in seen:
                book.note(case_ref, now, officer.number, looked)
                access = self._access(books, application, officer, upload, now)
                record_access(books, self.origin, access)
        return self.shelf.open(upload, name)

    def _access(
        self,
        books: Books,
        application: Application,
        officer: Officer,
        upload: Upload,
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
            "fields": [f"handed_in.{upload.material}"],
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


def _of_case(books: Books, application: Application, upload_ref: str) -> Upload:
    known = {f.ref for f in read_kept(application.decision)}
    if application.state is State.DRAFT or upload_ref not in known:
        raise NotFoundError("the case has no such file", where=upload_ref)
    return UploadBook(books.connection).get(upload_ref)
