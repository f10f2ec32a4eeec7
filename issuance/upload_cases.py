"""The officer's look at what was handed in: of a case that may be opened, and recorded."""

from dataclasses import dataclass

from certstore.callers import Officer
from certstore.clock import Clock
from certstore.errors import NotFoundError
from certstore.tables.books import Archive, Books
from issuance.application import NOT_BEGUN, Application
from issuance.handed_in import read_kept
from issuance.looks import Lookers
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
    lookers: Lookers

    def part(self, officer: Officer, case_ref: str, upload_ref: str, name: str) -> bytes:
        """A page, a thumbnail or the document, in plain.

        That this officer looked at this file is recorded, once, before anything is given out;
        NotFoundError for what is not of this case. Whether the officer may open the case at all
        is the review desk's matter.
        """
        now = self.clock.now()
        with self.archive.writing() as books:
            application = ApplicationBook(books.connection).locked(case_ref)
            upload = _of_case(books, application, upload_ref)
            self.lookers.at_file(books, officer, application, upload, now)
        return self.shelf.open(upload, name)


def _of_case(books: Books, application: Application, upload_ref: str) -> Upload:
    known = {f.ref for f in read_kept(application.decision)}
    if application.state in NOT_BEGUN or upload_ref not in known:
        raise NotFoundError("the case has no such file", where=upload_ref)
    return UploadBook(books.connection).get(upload_ref)
