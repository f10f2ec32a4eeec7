"""Names that sound like those of a Chinese city; whoever bears one of them is not meant."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from certstore.service.demo_city.dice import Dice


@dataclass(frozen=True, slots=True)
class NamePools:
    """The names to draw from (`names.toml`)."""

    surnames: str
    double_surnames: tuple[str, ...]
    rare_given: tuple[str, ...]
    given: dict[str, list[str]]
    minority: dict[str, list[list[str]]]


@cache
def name_pools() -> NamePools:
    """Read `names.toml`, once."""
    folder = resources.files("certstore.service.demo_city")
    table = tomllib.loads(folder.joinpath("names.toml").read_text("utf-8"))
    return NamePools(
        table["surnames"],
        tuple(table["double_surnames"]),
        tuple(table["rare_given"]),
        table["given"],
        table["minority"],
    )


def surname_of(name: str) -> str:
    """The surname a child takes over from its father's name."""
    return name[:2] if name.startswith(name_pools().double_surnames) else name[0]


class NameBook:
    """Gives names, no name twice, so that nobody in the city is taken for another."""

    def __init__(self, taken: frozenset[str]) -> None:
        """Begin with the names that are already somebody's."""
        self._taken = set(taken)
        self._pools = name_pools()

    def surname(self, dice: Dice) -> str:
        """A family's surname."""
        pools = self._pools
        return dice.pick(pools.double_surnames) if dice.chance(5) else dice.pick(pools.surnames)

    def full_name(self, surname: str, dice: Dice, *, female: bool, child: bool) -> str:
        """A name under a surname; now and then with a rare character."""
        pool = ("girls" if female else "boys") if child else ("women" if female else "men")
        while True:
            rare = dice.chance(4)
            given = dice.pick(self._pools.rare_given if rare else self._pools.given[pool])
            if self._take(surname + given):
                return surname + given

    def minority_name(self, dice: Dice, *, female: bool) -> tuple[str, str] | None:
        """A minority's name and its ethnicity; None when all are given away."""
        pool = self._pools.minority["women" if female else "men"]
        free = [entry for entry in pool if entry[0] not in self._taken]
        if not free:
            return None
        name, ethnicity = dice.pick(free)
        self._take(name)
        return name, ethnicity

    def _take(self, name: str) -> bool:
        fresh = name not in self._taken
        self._taken.add(name)
        return fresh
