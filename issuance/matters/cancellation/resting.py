"""The applications that lose their ground when something is cancelled."""

from datetime import date

from certstore.certificates import Holder
from certstore.guardianship import is_ward
from certstore.tables.books import Books
from issuance.application import Application, Matter
from issuance.tables import ApplicationBook
from issuance.voucher_draft import VOUCHER

_ON_PERMIT = frozenset({Matter.ENDORSEMENT, Matter.PERMIT_UPDATE, Matter.REISSUE})
_ON_REGISTRATION = _ON_PERMIT | {
    Matter.ADDRESS_CHANGE,
    Matter.REGISTRATION_RENEWAL,
    Matter.RESIDENCE_PERMIT,
}


def resting_on(books: Books, holder: Holder, about: str) -> list[Application]:
    """What is open about this person's permit, or about all that rests on their registration."""
    matters = _ON_REGISTRATION if about == VOUCHER else _ON_PERMIT
    return ApplicationBook(books.connection).open_about(holder, matters)


def may_know(books: Books, other: Application, today: date) -> bool:
    """Whether who began it may learn that its ground is gone: the holder, or a proven guardian.

    Anybody can name a child. What somebody else began stays as it is, and fails when it is checked.
    """
    if other.guardian is None:
        return True
    return is_ward(books, other.actor, other.applicant, today)
