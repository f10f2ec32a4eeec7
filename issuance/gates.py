"""What a matter asks before it is begun, beyond what the core knows."""

from datetime import date
from typing import Protocol

from certstore.certificates import Holder
from certstore.tables.books import Books


class Gate(Protocol):
    """Says whether a matter fits what somebody holds."""

    def misfit(self, books: Books, holder: Holder, today: date) -> str:
        """Why it does not, as a code of the closed list; empty if it does."""
        ...

    def opens_on(self, books: Books, holder: Holder, today: date) -> date | None:
        """From which day it does, of what is only too early; None where no day can be told."""
        ...
