"""A whole house for tests: real stores in a folder of its own, a clock that can be moved."""

import atexit
import shutil
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from certstore.clock import MovedClock
from certstore.service.demo import hand_in_city
from certstore.service.settings import Settings
from certstore.service.wiring import House

TODAY = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)  # a Wednesday, 10:00 in China
# Settings that nothing of what a new house prepares depends on.
_WITHOUT_TRACE = frozenset(
    {"database_url", "hosts", "webhook_loopback", "witness_logs", "witnesses_file"}
)
_SQLITE = "sqlite:///"


def settings_in(folder: Path, **others: object) -> Settings:
    """Settings that keep everything below this folder."""
    said = {"hosts": ("testserver",), **others}  # Starlette's own client calls itself so
    return Settings(_env_file=None, data_dir=folder, work_in_process=False, **said)


def house_in(folder: Path, *, city: bool = False, clock: object = None, **others: object) -> House:
    """A prepared house; with `city`, the invented city is handed in.

    Where nothing special is asked for, it is a copy of one that was prepared before: making keys
    and tables takes most of a test's time otherwise.
    """
    database = str(others.get("database_url", ""))
    usual = clock is None and others.keys() <= _WITHOUT_TRACE and not _holds(folder)
    copied = usual and (database.startswith(_SQLITE) or not database)
    if copied:
        _furnish(folder, database, city=city)
    elif usual and not city:
        shutil.copytree(_prepared(city=False) / "keys", folder / "keys")
    house = House(settings_in(folder, **others), clock or MovedClock(TODAY))
    house.prepare()
    if city and not copied:
        hand_in_city(house)
    return house


def _holds(folder: Path) -> bool:
    return folder.exists() and any(folder.iterdir())


def _furnish(folder: Path, database: str, *, city: bool) -> None:
    shutil.copytree(_prepared(city=city), folder, dirs_exist_ok=True)
    if database:
        place = Path(database.removeprefix(_SQLITE))
        if place.exists():  # somebody's own
            (folder / "certstore.db").unlink()
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(folder / "certstore.db", place)


@cache
def _prepared(*, city: bool) -> Path:
    """A folder with everything that a new house makes; once for each process of tests."""
    folder = Path(mkdtemp(prefix="certstore-house-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    # A little earlier: making it takes time, and nothing in a copy may lie in the future.
    house = House(settings_in(folder / "house"), MovedClock(TODAY - timedelta(minutes=10)))
    house.prepare()
    if city:
        hand_in_city(house)
    house.close()
    return folder / "house"
