"""What opening a signed file's first revision and the whole of it brings to light: facts alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from verifiers.scanning.account import Change, PagePair
from verifiers.scanning.opened import NothingShown, Opener


@dataclass(frozen=True, slots=True)
class Compared:
    """What differs in structure between the signed revision and the whole."""

    changes: Sequence[Change]


@dataclass(frozen=True, slots=True)
class Drawn:
    """How the two look and read: the first pages that differ, and words gone and put in."""

    looks_same: bool
    changes: Sequence[Change]
    pages: Sequence[PagePair]


@dataclass(frozen=True, slots=True)
class Marks:
    """Signs in a file that it may once have been ours, and who says to have signed it.

    `authorities` are the credit codes in identifiers on its pages; `signers` the names as
    claimed, each with the SHA-256 of the certificate that is named.
    """

    ours: bool
    authorities: Sequence[str]
    pictures_only: bool
    encrypted: bool
    signers: Sequence[tuple[str, str]]


class Examiner(Protocol):
    """Opens files that anybody may have made, and tells what they hold; raises as an Opener."""

    def compare(self, pdf: bytes, signed: int) -> Compared | NothingShown:
        """Compare the structure of the first `signed` bytes with that of all of them."""
        ...

    def draw(self, pdf: bytes, signed: int) -> Drawn | NothingShown:
        """Draw and read both, at most three pages, and tell them apart."""
        ...

    def look(self, pdf: bytes) -> Marks | NothingShown:
        """Look for marks of ours, and for signatures."""
        ...


class Reader(Opener, Examiner, Protocol):
    """Who opens files for the scanner, whatever is asked of them."""
