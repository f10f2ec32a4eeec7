"""Characters that no code may hold, by a committed table (Unicode 14) and not by this Python's own.

The scanners of browsers hold the same table: a character that is newer than one scanner's tables
would else be valid to one and not to the other. `make_unshown` makes it.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from importlib.resources import files
from itertools import accumulate
from typing import Final

# What nearly all texts are made of, and nothing of the table: judged without looking into it.
_USUAL: Final = re.compile("[ -~\u00b7\u3001-\u3029\u3400-\u4dbf\u4e00-\u9fff\uff01-\uff5e]*")
_PACKED: Final = (files("certstore.codes") / "unshown.txt").read_text(encoding="ascii")
# Where a run of such characters begins, and where the next run of others does, in turn.
_TURNS: Final = [
    point + place % 2
    for place, point in enumerate(accumulate(int(word, 36) for word in _PACKED.split()))
]


def unshown_in(text: str) -> Iterator[str]:
    """The characters of a text that no code may hold."""
    if not _USUAL.fullmatch(text):
        yield from (c for c in text if bisect_right(_TURNS, ord(c)) % 2)


def shows(text: str) -> bool:
    """Whether a text holds only characters that a code may hold."""
    return not any(unshown_in(text))
