"""Two addresses side by side: each whole, what differs marked in both and said in words."""

from collections.abc import Iterable
from datetime import datetime
from difflib import SequenceMatcher

from certstore.offices import office_name
from certstore.web.dress import Lang
from issuance.pages.desk_views import Compared, Difference
from verifiers.materials.addresses import compare_addresses
from verifiers.materials.records import Record


def compared(said: str, record: Record, at: datetime, lang: Lang) -> Compared | None:
    """What the applicant declared beside what is on file; None if the record has no address."""
    recorded = record.claims.address
    if recorded is None:
        return None
    found = compare_addresses(said, recorded).differences
    left, right = marks(said, recorded, [(d.a, d.b) for d in found])
    return Compared(
        left=_pieces(said, left),
        right=_pieces(recorded, right),
        right_office=office_name(record.issuer_uscc, lang),
        right_at=at,
        differences=tuple(Difference(part=d.part, left=d.a, right=d.b) for d in found),
    )


def marks(left: str, right: str, parts: Iterable[tuple[str, str]]) -> tuple[list[bool], list[bool]]:
    """For each character of both texts whether it differs.

    Parts are looked for as written. Where one was read otherwise than it is written (六 for 6),
    the texts are compared character by character, so that no difference stays without a mark.
    """
    marked = [False] * len(left), [False] * len(right)
    whole = True
    for pair in parts:
        for text, part, row in zip((left, right), pair, marked, strict=True):
            at = text.find(part) if part else -1
            whole = whole and (at >= 0 or not part)
            if at >= 0:
                row[at : at + len(part)] = [True] * len(part)
    if whole and (any(marked[0]) or any(marked[1])):
        return marked
    marked = [False] * len(left), [False] * len(right)
    for kind, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if kind != "equal":
            marked[0][a:b] = [True] * (b - a)
            marked[1][c:d] = [True] * (d - c)
    return marked


def _pieces(text: str, differs: list[bool]) -> tuple[tuple[str, bool], ...]:
    pieces: list[tuple[str, bool]] = []
    for character, mark in zip(text, differs, strict=True):
        if pieces and pieces[-1][1] == mark:
            pieces[-1] = (pieces[-1][0] + character, mark)
        else:
            pieces.append((character, mark))
    return tuple(pieces)
