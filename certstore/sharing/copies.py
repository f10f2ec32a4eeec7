"""An annotated copy (加注件) to be made: of what, showing which fields, for which purpose."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from certstore.annotations import Annotation
from certstore.certificates import Certificate


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyOrder:
    """One copy: its fields are all that may be read on it, and what its credential discloses."""

    certificate: Certificate
    fields: Mapping[str, Any]
    credential: str
    annotation: Annotation
    photo: bytes | None = None


class CopyMaker(Protocol):
    """Makes copies; the press is a floor above."""

    def make(self, order: CopyOrder) -> bytes:
        """The signed PDF; MissingGlyphError or MalformedError before anything is signed."""
        ...
