"""Rows of materials for which something was handed in: mapping only, no IO."""

from collections.abc import Iterable
from dataclasses import replace

from issuance.handed_in import HandedIn
from issuance.pages.views import MaterialRow


def with_handed_in(row: MaterialRow, at: str, found: Iterable[HandedIn]) -> MaterialRow:
    """The row as it is, or as one that an officer looks at; `at` is the application's path."""
    # Beside a photo lies the same with its own background: it is one all the same.
    photo = row.material == "photo"
    pages = sum(1 if photo else f.pages for f in found if f.material == row.material)
    if not pages:
        return row
    href = f"{at}/photo" if photo else f"{at}/materials/{row.material}"
    return replace(
        row, outcome="officer_review", reasons=(), handed_in=pages, actions=(("uploaded", href),)
    )
