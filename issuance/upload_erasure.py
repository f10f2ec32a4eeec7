"""Erasing what was handed in: by dropping its wrapped key, so that copies are worth nothing too."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from certstore.clock import Clock
from certstore.safekeeping import Safe
from certstore.tables.books import Archive
from issuance.application import DRAFT_LIFE
from issuance.upload_tables import UploadBook


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadErasure:
    """The worker's jobs on uploads; each safe to run twice, and on several machines at once."""

    archive: Archive
    open_safe: Callable[[], Safe]
    clock: Clock
    kept_after_refusal: timedelta

    def erase_ended(self) -> int:
        """Erase what is no longer needed. How many uploads.

        That is: what was interrupted and not resumed in time; what belongs to a draft that has
        ended, to an application taken back, or to one refused longer ago than the retention.
        """
        now = self.clock.now()
        with self.archive.reading() as books:
            book = UploadBook(books.connection)
            ended = book.to_erase(now - DRAFT_LIFE, now - self.kept_after_refusal)
            over = {*book.overdue(now), *ended}
        if not over:
            return 0
        with self.archive.writing() as books:
            return UploadBook(books.connection).erase(sorted(over), now)

    def wrap_anew(self) -> int:
        """Bring data keys under the newest storage key, so that a former one can be destroyed."""
        safe = self.open_safe()
        with self.archive.reading() as books:
            found = UploadBook(books.connection).wrapped_by_others(safe.newest)
        for upload in found:
            if upload.wrapped is not None:
                anew = safe.wrap_anew(upload.wrapped, upload.key_context)
                with self.archive.writing() as books:
                    UploadBook(books.connection).wrap_anew(upload, anew)
        return len(found)
