"""What a reader process does: it opens a file as one kind or the other, and tells what it found."""

from collections.abc import Mapping
from typing import Final

from verifiers.limited.child import Task
from verifiers.scanning.frames import DOCUMENT, PICTURE, Opened, spell_answer
from verifiers.scanning.opened import FILE_TOO_COSTLY, NothingShown
from verifiers.scanning.opening import OpenedHere

_HERE: Final = OpenedHere()


def tasks() -> Mapping[str, Task]:
    """The tasks by name."""
    return {DOCUMENT: open_document, PICTURE: open_picture}


def open_document(pdf: bytes) -> bytes:
    """What Opener says of a document, spelled; MemoryError if it took too much."""
    return _spelled(_HERE.open_document(pdf))


def open_picture(data: bytes) -> bytes:
    """What Opener says of a picture, spelled; MemoryError if it took too much."""
    return _spelled(_HERE.open_picture(data))


def _spelled(opened: Opened) -> bytes:
    if opened == NothingShown(FILE_TOO_COSTLY):
        raise MemoryError  # this process is short of memory from now on, and must be told as such
    return spell_answer(opened)
