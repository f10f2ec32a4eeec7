"""What a case is followed by outside the core: values and ports, filled by who knows the matters.

The core shows a card on its way, or a lease that waits for a signature, without knowing either.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

from certstore.callers import Resident
from certstore.tables.books import Books
from issuance.application import Matter

StepState = Literal["done", "now", "later"]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a tracker; `at` when done, `due` when promised."""

    name: str
    state: StepState
    at: datetime | None = None
    due: date | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a courier."""

    at: datetime
    kind: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequel:
    """The card that follows an e-certificate: its stage, its steps, who has it, where it comes to.

    `due_on` is the last day of what comes next; `yours` says that it waits for its holder.
    """

    ref: str
    number: str
    stage: str
    way: str
    href: str
    steps: tuple[Step, ...]
    ended: bool
    yours: bool
    late: bool
    due_on: date | None = None
    due_provisional: bool = False
    place: Mapping[str, str] | None = None  # where it is handed out, by language
    tracking_no: str = ""
    day: date | None = None  # when the courier comes
    words: tuple[Word, ...] = ()


class Sequels(Protocol):
    """Knows what follows the certificates of the matters."""

    def of(self, books: Books, certificate_ref: str, today: date) -> Sequel | None:
        """What follows this certificate; None if nothing does."""
        ...

    def planned(self, matter: Matter) -> tuple[str, ...]:
        """The steps that will follow what this matter issues; empty if none will."""
        ...


class NoSequels:
    """Nothing follows, in a house that stands without the matters."""

    def of(self, books: Books, certificate_ref: str, today: date) -> Sequel | None:
        """None."""
        del books, certificate_ref, today
        return None

    def planned(self, matter: Matter) -> tuple[str, ...]:
        """None."""
        del matter
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Besides:
    """A case of somebody that is no application: a lease to be filed, a reported loss."""

    kind: Literal["lease_filing", "loss"]
    ref: str
    state: str
    href: str
    open: bool
    yours: bool  # it waits for the reader
    number: str = ""
    on: date | None = None  # answered by, while it is open


class OtherCases(Protocol):
    """Knows cases of somebody that are no applications."""

    def of(self, books: Books, resident: Resident, today: date) -> Sequence[Besides]:
        """Those of this resident, newest first."""
        ...
