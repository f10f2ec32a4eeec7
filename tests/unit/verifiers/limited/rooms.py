"""Rooms to try things in: as the service has them, but for what a test says."""

from dataclasses import replace

from verifiers.limited.limits import Limits
from verifiers.limited.process import Assignment
from verifiers.limited.room import LimitedRoom

PLAIN = Assignment(
    tasks="tests.unit.verifiers.limited.plain_tasks",
    limits=Limits(cpu_s=20, wall_s=45, memory_mb=256),
    largest_answer=1 << 20,
    longest_life=500,
    remedy="look at the tests",
)


def within(assignment: Assignment, **limits: float) -> Assignment:
    """The same under other limits."""
    return replace(assignment, limits=replace(assignment.limits, **limits))


def room_of(
    assignment: Assignment = PLAIN,
    *,
    places: int = 1,
    waiting: int = 6,
    patience_s: float = 20.0,
    replaces: bool = False,
) -> LimitedRoom:
    return LimitedRoom(
        assignment, places=places, waiting=waiting, patience_s=patience_s, replaces=replaces
    )
