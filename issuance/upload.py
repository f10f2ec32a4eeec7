"""One file on its way in, and what became of it: frozen values, no IO."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from certstore.errors import ConflictError
from certstore.safekeeping import Wrapped
from issuance.handed_in import HandedIn
from verifiers.materials.vocabulary import Material

UPLOAD_LIFE = timedelta(hours=24)  # how long an interrupted upload waits to be resumed
PIECE = 256 * 1024  # bytes that are enciphered and kept at a time
LARGEST_APPEND = 4 * 1024 * 1024  # bytes of one request; the rest comes with the next


class UploadState(StrEnum):
    """Where an upload stands."""

    RECEIVING = "receiving"
    DOUBTFUL = "doubtful"  # taken, with advice; counts once the person says: all the same
    KEPT = "kept"
    REFUSED = "refused"  # its bytes are gone, its reasons are shown until the next attempt
    ERASED = "erased"  # its key is gone, and with it all that was kept


LIVE = frozenset({UploadState.RECEIVING, UploadState.DOUBTFUL, UploadState.KEPT})
TAKEN = frozenset({UploadState.DOUBTFUL, UploadState.KEPT})


@dataclass(frozen=True, slots=True)
class Part:
    """One enciphered part in the object store: `page-1`, `thumbnail-1`, `document`."""

    name: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file handed in for a material of an application."""

    ref: str
    application_ref: str
    material: Material
    document: str
    state: UploadState
    length: int
    received: int
    begun_at: datetime
    expires_at: datetime
    announced_sha256: str | None = None
    wrapped: Wrapped | None = None
    kind: str = ""
    sha256: str = ""
    pages: int = 0
    parts: tuple[Part, ...] = ()
    reasons: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    taken_at: datetime | None = None
    seen_by: str = ""  # the officer who saw the original at a counter

    @property
    def key_context(self) -> str:
        """What its data key is bound to."""
        return f"upload/{self.application_ref}/{self.material}/{self.ref}"

    def context(self, part: str) -> str:
        """What a part of it is bound to."""
        return f"{self.key_context}/{part}"

    def has(self, part: str) -> Part | None:
        """The part of this name, None if it has none."""
        return next((p for p in self.parts if p.name == part), None)

    def as_handed_in(self) -> HandedIn:
        """What is kept of it beside a decision."""
        return HandedIn(
            ref=self.ref,
            material=self.material,
            document=self.document,
            kind=self.kind,
            sha256=self.sha256,
            pages=self.pages,
            advice=self.advice,
            seen_by=self.seen_by,
        )


def mismatch(upload: Upload, offset: int) -> ConflictError:
    """That bytes were sent for another place than the next one."""
    return ConflictError(
        "bytes for another place than the next one were sent",
        where=upload.ref,
        remedy="go on at the offset that is expected",
        cause="OFFSET",
        expected=upload.received,
        provided=offset,
    )
