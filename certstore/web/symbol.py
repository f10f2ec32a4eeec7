"""A code symbol on a page: the modules as rows of 0 and 1, drawn as one SVG path."""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

from certstore.errors import MalformedError

QUIET_ZONE = 4  # modules of white on each side (ISO/IEC 18004)
_LARGEST = 177


@dataclass(frozen=True, slots=True)
class Symbol:
    """A square symbol: as many rows as columns, each a string of 0 (white) and 1 (black)."""

    rows: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse anything that is not a square of 0 and 1; raises MalformedError."""
        size = len(self.rows)
        square = all(len(row) == size and re.fullmatch("[01]+", row) for row in self.rows)
        if not 0 < size <= _LARGEST or not square:
            raise MalformedError("a code symbol is a square of 0 and 1", where="rows")

    @classmethod
    def of(cls, modules: Sequence[Sequence[object]]) -> "Symbol":
        """Take any matrix whose entries are true where a module is black."""
        return cls(tuple("".join("1" if module else "0" for module in row) for row in modules))

    @property
    def size(self) -> int:
        """Modules on a side, without the quiet zone."""
        return len(self.rows)

    def packed(self) -> str:
        """The modules for `present.js`: by rows, eight to a byte, first module highest, base64."""
        bits = "".join(self.rows)
        bits += "0" * (-len(bits) % 8)
        return base64.b64encode(int(bits, 2).to_bytes(len(bits) // 8, "big")).decode("ascii")


def symbol_path(symbol: Symbol) -> str:
    """The SVG path data of the black modules, quiet zone included, one unit a module."""
    return "".join(
        f"M{run.start() + QUIET_ZONE} {y + QUIET_ZONE}h{len(run[0])}v1h-{len(run[0])}z"
        for y, row in enumerate(symbol.rows)
        for run in re.finditer("1+", row)
    )
