"""Whether who applied for a child may still act for it, when what they asked for is done."""

from datetime import date

from certstore.guardianship import is_ward
from certstore.tables.books import Books
from issuance.application import Application
from verifiers.materials.vocabulary import Material, Outcome


def still_acts(books: Books, application: Application, today: date) -> bool:
    """Whether whoever applied may act for whom it is about; for oneself, anybody may.

    What a record proved when it was sent is asked of the register once more. What only a paper
    shows, an officer judges with the case.
    """
    if application.guardian is None:
        return True
    if is_ward(books, application.actor, application.applicant, today):
        return True
    judged = (application.decision or {}).get("decision", {}).get("materials", {})
    by_record = judged.get(Material.GUARDIANSHIP.value, {}).get("outcome") == Outcome.SATISFIED
    return bool(judged) and not by_record
