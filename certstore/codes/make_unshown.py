"""Makes the table of characters that no code may hold, for both scanners from one source.

`python -m certstore.codes.make_unshown OUT.txt OUT.js`, by a Python whose tables are Unicode 14
(3.11). Committed are `certstore/codes/unshown.txt` and `web/static/scanner/unshown.js`. Scanners
do not ask their own tables: those of a browser are newer than a service's, or older.
"""

import sys
import unicodedata
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Final

UNICODE: Final = "14.0.0"
# Control, format (bidi overrides among them), half characters, line and paragraph separators.
_UNSHOWABLE: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_UNASSIGNED: Final = "Cn"
_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
_IDEOGRAPHS: Final = range(0x20000, 0x40000)
_COMPATIBILITY: Final = range(0x2F800, 0x2FA20)  # these do become others in NFC
_LAST: Final = 0x10FFFF


def refused(point: int) -> bool:
    """Whether no code may hold this character.

    Those unassigned in Unicode 14 are refused, as nobody knows how they compose and what they do
    to others. Not so in the planes kept for ideographs: there is nothing but these, they compose
    with nothing, and names are written with them before all tables know them.
    """
    category = unicodedata.category(chr(point))
    return category in _UNSHOWABLE or (category == _UNASSIGNED and not _ideographic(point))


def _ideographic(point: int) -> bool:
    no_character = point & 0xFFFE == 0xFFFE  # noqa: PLR2004 - the last two of each plane
    return point in _IDEOGRAPHS and point not in _COMPATIBILITY and not no_character


def ranges() -> Iterator[tuple[int, int]]:
    """The refused characters, as first and last of each run."""
    for is_refused, run in groupby(range(_LAST + 1), refused):
        points = list(run)
        if is_refused:
            yield points[0], points[-1]


def packed() -> str:
    """The ranges as gaps and lengths in turn, in base 36."""
    words, at = [], 0
    for first, last in ranges():
        words += [_base36(first - at), _base36(last - first)]
        at = last
    return " ".join(words)


def as_script(table: str) -> str:
    """The table as a module for browsers."""
    return (
        "// Made by certstore.codes.make_unshown from Unicode 14: not to be changed by hand.\n"
        f"export const UNSHOWN = '{table}';\n"
    )


def _base36(number: int) -> str:
    digits = ""
    while number or not digits:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits


if __name__ == "__main__":
    if unicodedata.unidata_version != UNICODE:
        sys.exit(f"this Python has the tables of Unicode {unicodedata.unidata_version}: use 3.11")
    text_file, script = map(Path, sys.argv[1:3])
    text_file.write_text(packed() + "\n", encoding="ascii")
    script.write_text(as_script(packed()), encoding="ascii")
