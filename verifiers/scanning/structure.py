"""A digest of what a PDF object says, with everything it leads to: equal digests, equal meaning.

Only a reader process imports this module: the objects are a stranger's.
"""

import hashlib
from typing import Final

import pikepdf

_UPWARDS: Final = frozenset({"/Parent", "/P", "/Dest"})  # lead back to where one came from
_DEEPEST: Final = 60
_MOST: Final = 60_000


class TooMuchError(Exception):
    """A structure deeper or larger than any document of ours."""


class Digests:
    """Digests of the objects of one file, each indirect one taken once."""

    def __init__(self) -> None:
        """Begin with none taken."""
        self._known: dict[tuple[int, int], bytes] = {}
        self._taken = 0

    @property
    def places(self) -> frozenset[tuple[int, int]]:
        """The indirect objects that were come across."""
        return frozenset(self._known)

    def of(self, value: object, depth: int = 0) -> bytes:
        """The digest of a value; TooMuchError beyond what any document of ours has."""
        self._taken += 1
        if depth > _DEEPEST or self._taken > _MOST:
            raise TooMuchError
        place = value.objgen if isinstance(value, pikepdf.Object) else (0, 0)
        if place == (0, 0):
            return hashlib.sha256(self._spelled(value, depth)).digest()
        if place not in self._known:
            self._known[place] = b"within itself"
            self._known[place] = hashlib.sha256(self._spelled(value, depth)).digest()
        return self._known[place]

    def _spelled(self, value: object, depth: int) -> bytes:
        match value:
            case pikepdf.Stream():
                return b"S" + self._members(value, depth) + value.read_raw_bytes()
            case pikepdf.Dictionary():
                return b"D" + self._members(value, depth)
            case pikepdf.Array():
                return b"A" + b"".join(self.of(item, depth + 1) for item in value)
            case pikepdf.Object():
                return b"O" + value.unparse()
            case _:  # what pikepdf gives as Python's own
                return f"{type(value).__name__} {value}".encode()

    def _members(self, value: pikepdf.Dictionary | pikepdf.Stream, depth: int) -> bytes:
        parts = [
            name.encode("utf-8", "surrogateescape") + b"\0" + self.of(value[name], depth + 1)
            for name in sorted(value.keys())
            if name not in _UPWARDS
        ]
        return b"".join(parts) + b"."
