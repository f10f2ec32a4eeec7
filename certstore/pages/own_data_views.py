"""What the page shows where somebody takes along everything held about them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ExportView:
    """`certstore/export.html`, GET /export; POST makes the archive."""

    fresh: bool  # signed in lately enough
    sign_in_href: str
