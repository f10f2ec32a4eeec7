"""The room where files that were handed in are judged, and photos are made of snapshots."""

import atexit
from functools import cache
from typing import Final

from verifiers.limited.limits import Limits
from verifiers.limited.process import Assignment
from verifiers.limited.room import LimitedRoom
from verifiers.limited.shares import Shares
from verifiers.materials.handed_in_work import LARGEST_ANSWER

ASSIGNMENT: Final = Assignment(
    tasks="verifiers.materials.limited_tasks",
    # A picture of 24 megapixels with transparency takes 1 s and 400 MB, a page of a PDF 0.2 s.
    limits=Limits(cpu_s=20, wall_s=45, memory_mb=768),
    largest_answer=LARGEST_ANSWER,
    longest_life=500,
    remedy="see docs/uploads.md",
)


@cache
def limited_room() -> LimitedRoom:
    """The room of this process: processors and memory are the machine's, not a house's."""
    room = LimitedRoom(ASSIGNMENT, places=1, waiting=6, patience_s=20.0, replaces=False)
    atexit.register(room.close)
    return room


@cache
def limited_shares() -> Shares:
    """What each account has in that room."""
    return Shares()
