"""Where strangers' files are opened for the scanner: in a few processes that have limits.

What comes back is facts, and whether they prove anything is judged here, by signatures.
"""

import atexit
from dataclasses import dataclass
from functools import cache
from typing import Final

from certstore.errors import MalformedError
from verifiers.limited.asking import LimitsExceededError
from verifiers.limited.limits import Limits
from verifiers.limited.process import Assignment
from verifiers.limited.room import LimitedRoom
from verifiers.scanning.frames import DOCUMENT, LARGEST_ANSWER, PICTURE, Opened, read_answer
from verifiers.scanning.opened import (
    FILE_TOO_COSTLY,
    NothingShown,
    OpenedDocument,
    OpenedPicture,
)

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
    """An Opener that has every file opened in a process with limits."""

    room: LimitedRoom

    def open_document(self, pdf: bytes) -> OpenedDocument | NothingShown:
        """See Opener."""
        opened = self._open(DOCUMENT, pdf)
        return NothingShown("FILE_UNREADABLE") if isinstance(opened, OpenedPicture) else opened

    def open_picture(self, data: bytes) -> OpenedPicture | NothingShown:
        """See Opener."""
        opened = self._open(PICTURE, data)
        return NothingShown("FILE_UNREADABLE") if isinstance(opened, OpenedDocument) else opened

    def _open(self, task: str, data: bytes) -> Opened:
        try:
            return self.room(task, data, read_answer)
        except LimitsExceededError:
            return NothingShown(FILE_TOO_COSTLY)
        except MalformedError:  # it failed, or somebody else speaks through it
            return NothingShown("FILE_UNREADABLE")


@cache
def reading_room() -> ReadingRoom:
    """The room of this process: processors and memory are the machine's, not a house's."""
    room = LimitedRoom(ASSIGNMENT, places=2, waiting=6, patience_s=5.0, replaces=True)
    atexit.register(room.close)
    return ReadingRoom(room)
