"""Where strangers' files are opened for the scanner: in a few processes that have limits.

What comes back is facts, and whether they prove anything is judged here, by signatures.
"""

import atexit
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Final, TypeVar

from certstore.errors import MalformedError
from verifiers.limited.asking import LimitsExceededError
from verifiers.limited.limits import Limits
from verifiers.limited.lines import Lines
from verifiers.limited.process import Assignment
from verifiers.limited.room import LimitedRoom
from verifiers.scanning import examiner_frames as frames
from verifiers.scanning.frames import DOCUMENT, LARGEST_ANSWER, PICTURE, Opened, read_answer
from verifiers.scanning.opened import (
    FILE_TOO_COSTLY,
    NothingShown,
    OpenedDocument,
    OpenedPicture,
)
from verifiers.scanning.revisions import Compared, Drawn, Marks

_T = TypeVar("_T")

ASSIGNMENT: Final = Assignment(
    tasks="verifiers.scanning.reading_tasks",
    # A good voucher takes 0.04 s, a picture of 40 megapixels 0.5 s.
    limits=Limits(cpu_s=3, wall_s=12, memory_mb=512),
    largest_answer=LARGEST_ANSWER,
    longest_life=1000,
    remedy="see docs/verifying.md",
)


@dataclass(frozen=True, slots=True)
class ReadingRoom:
    """An Opener and an Examiner that have every file opened in a process with limits."""

    room: LimitedRoom

    def open_document(self, pdf: bytes) -> OpenedDocument | NothingShown:
        """See Opener."""
        opened = self._open(DOCUMENT, pdf)
        return NothingShown("FILE_UNREADABLE") if isinstance(opened, OpenedPicture) else opened

    def open_picture(self, data: bytes) -> OpenedPicture | NothingShown:
        """See Opener."""
        opened = self._open(PICTURE, data)
        return NothingShown("FILE_UNREADABLE") if isinstance(opened, OpenedDocument) else opened

    def compare(self, pdf: bytes, signed: int) -> Compared | NothingShown:
        """See Examiner."""
        return self._ask(frames.COMPARE, frames.spell_question(pdf, signed), frames.read_compared)

    def draw(self, pdf: bytes, signed: int) -> Drawn | NothingShown:
        """See Examiner."""
        return self._ask(frames.DRAW, frames.spell_question(pdf, signed), frames.read_drawn)

    def look(self, pdf: bytes) -> Marks | NothingShown:
        """See Examiner."""
        return self._ask(frames.LOOK, pdf, frames.read_marks)

    def _open(self, task: str, data: bytes) -> Opened:
        return self._ask(task, data, read_answer)

    def _ask(self, task: str, data: bytes, read: Callable[[bytes], _T]) -> _T | NothingShown:
        try:
            return self.room(task, data, read)
        except LimitsExceededError:
            return NothingShown(FILE_TOO_COSTLY)
        except MalformedError:  # it failed, or somebody else speaks through it
            return NothingShown("FILE_UNREADABLE")


@cache
def reading_lines() -> Lines:
    """Who waits for the room: half of its places is the most that one caller ever has."""
    return Lines()


@cache
def reading_room() -> ReadingRoom:
    """The room of this process: processors and memory are the machine's, not a house's."""
    room = LimitedRoom(ASSIGNMENT, places=2, waiting=6, patience_s=5.0, replaces=True)
    atexit.register(room.close)
    return ReadingRoom(room)
