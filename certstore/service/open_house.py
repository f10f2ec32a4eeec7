"""The house, opened for one command."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from certstore.service.settings import Settings

if TYPE_CHECKING:
    from certstore.service.wiring import House


@contextmanager
def open_house() -> Iterator["House"]:
    """The house that the settings name, prepared, and closed afterwards.

    It is imported only now: a command's help needs none of it, and it takes a second.
    """
    from certstore.service.wiring import House  # noqa: PLC0415 - slow to import

    house = House(Settings())
    house.prepare()
    try:
        yield house
    finally:
        house.close()
