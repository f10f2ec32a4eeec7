"""What a submitted application leans on: the letter signed for it, or one that was on file."""

from datetime import datetime

from certstore.certificates import Status
from certstore.chance import reference
from certstore.errors import ConflictError
from certstore.tables.books import Books
from issuance.application import Application
from issuance.letters.tables import LetterBook
from verifiers.materials.decisions import Decision
from verifiers.materials.records import Record
from verifiers.materials.vocabulary import Material, Outcome


def note_letters(books: Books, application: Application, decision: Decision, now: datetime) -> None:
    """Record, in the transaction of the submission, which letters the decision leans on.

    A letter signed for this application is due as a certificate from now on. Raises ConflictError
    if the one on file was found false while the decision was made.
    """
    kinship = decision.materials.get(Material.KINSHIP)
    if kinship is None or kinship.outcome is not Outcome.BY_COMMITMENT:
        return
    book = LetterBook(books.connection)
    if application.commitment is not None:
        book.use(application.ref, reference(), now, signed_here=True)
    on_file = kinship.satisfied_by
    if not isinstance(on_file, Record):
        return
    if book.status_locked(on_file.record_id) != Status.VALID:
        raise ConflictError(
            "the commitment letter on file was found false meanwhile",
            where=application.ref,
            remedy="look at what is left to do and submit again",
            missing=[],
        )
    book.use(application.ref, on_file.record_id, now, signed_here=False)
