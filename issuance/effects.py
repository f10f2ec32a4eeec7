"""What a matter leads to where that is no certificate, and what is done before one is submitted."""

from datetime import datetime
from typing import Protocol

from certstore.callers import Resident
from certstore.tables.books import Books
from issuance.application import Application


class Effect(Protocol):
    """Carries out what was approved, in the transaction that ends the application."""

    def carry_out(self, books: Books, application: Application, now: datetime) -> str | None:
        """Do it; the certificate it concerned first, None if there was nothing left to do.

        ConflictError where it must wait: it is tried again.
        """
        ...


class Prelude(Protocol):
    """Does what counts from the moment somebody applies."""

    def before(self, resident: Resident, application: Application) -> None:
        """Do it, in a transaction of its own, before the application is submitted.

        Safe to do twice: a submission that fails after it is sent again.
        """
        ...
