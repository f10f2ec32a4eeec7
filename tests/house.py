"""A whole house for tests: real stores in a folder of its own, a clock that can be moved."""

from datetime import UTC, datetime
from pathlib import Path

from certstore.clock import MovedClock
from certstore.service.demo import hand_in_city
from certstore.service.settings import Settings
from certstore.service.wiring import House

TODAY = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)  # a Wednesday, 10:00 in China


def settings_in(folder: Path, **others: object) -> Settings:
    """Settings that keep everything below this folder."""
    said = {"hosts": ("testserver",), **others}  # Starlette's own client calls itself so
    return Settings(_env_file=None, data_dir=folder, work_in_process=False, **said)


def house_in(folder: Path, *, city: bool = False, clock: object = None, **others: object) -> House:
    """A prepared house; with `city`, the invented city is handed in."""
    house = House(settings_in(folder, **others), clock or MovedClock(TODAY))
    house.prepare()
    if city:
        hand_in_city(house)
    return house
