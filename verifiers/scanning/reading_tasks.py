"""What a reader process does: it opens a file, as its task says, and tells what it found."""

from collections.abc import Mapping
from typing import Final

from verifiers.limited.child import Task
from verifiers.scanning import examiner_frames as frames
from verifiers.scanning.drawn_pages import draw_both
from verifiers.scanning.frames import DOCUMENT, PICTURE, Opened, spell_answer
from verifiers.scanning.marks import look_for_marks
from verifiers.scanning.opened import FILE_TOO_COSTLY, NothingShown
from verifiers.scanning.opening import OpenedHere
from verifiers.scanning.revision_comparison import compare_revisions

_HERE: Final = OpenedHere()


def tasks() -> Mapping[str, Task]:
    """The tasks by name."""
    return {
        DOCUMENT: open_document,
        PICTURE: open_picture,
        frames.COMPARE: compare,
        frames.DRAW: draw,
        frames.LOOK: look,
    }


def open_document(pdf: bytes) -> bytes:
    """What Opener says of a document, spelled; MemoryError if it took too much."""
    return _spelled(_HERE.open_document(pdf))


def open_picture(data: bytes) -> bytes:
    """What Opener says of a picture, spelled; MemoryError if it took too much."""
    return _spelled(_HERE.open_picture(data))


def compare(data: bytes) -> bytes:
    """What Examiner says of a file's revisions, spelled; MemoryError if it took too much."""
    return frames.spell_compared(compare_revisions(*frames.read_question(data)))


def draw(data: bytes) -> bytes:
    """How a file's revisions look, spelled; MemoryError if it took too much."""
    return frames.spell_drawn(draw_both(*frames.read_question(data)))


def look(pdf: bytes) -> bytes:
    """The marks in a file, spelled; MemoryError if it took too much."""
    return frames.spell_marks(look_for_marks(pdf))


def _spelled(opened: Opened) -> bytes:
    if opened == NothingShown(FILE_TOO_COSTLY):
        raise MemoryError  # this process is short of memory from now on, and must be told as such
    return spell_answer(opened)
