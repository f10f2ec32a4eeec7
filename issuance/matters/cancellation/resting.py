"""The applications that lose their ground when something is cancelled."""

from certstore.certificates import Holder
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
