"""Draws that look random and come out the same each time: the city is built from a seed.

Not randomness (certstore/chance.py has that): nothing drawn here is a secret.
"""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Item = TypeVar("Item")


class Dice:
    """A stream of draws that follows from a seed and a name; streams do not disturb each other."""

    def __init__(self, *names: object) -> None:
        """Begin the stream of this name."""
        self._name = "/".join(str(name) for name in names)
        self._drawn = 0

    def fork(self, *names: object) -> "Dice":
        """Another stream, whose draws do not depend on how many were made of this one."""
        return Dice(self._name, *names)

    def below(self, bound: int) -> int:
        """A whole number from 0 up to but not including the bound."""
        self._drawn += 1
        digest = hashlib.sha256(f"{self._name}#{self._drawn}".encode()).digest()
        return int.from_bytes(digest[:8], "big") % bound

    def between(self, least: int, most: int) -> int:
        """A whole number, both ends included."""
        return least + self.below(most - least + 1)

    def part(self, least: float, most: float) -> float:
        """A number between two others."""
        return least + (most - least) * self.below(1 << 32) / (1 << 32)

    def chance(self, percent: float) -> bool:
        """True in so many of a hundred draws."""
        return self.part(0, 100) < percent

    def pick(self, items: Sequence[Item]) -> Item:
        """One of the items."""
        return items[self.below(len(items))]

    def weighted(self, items: Sequence[tuple[Item, int]]) -> Item:
        """One of the items, each as often as its weight says."""
        rest = self.below(sum(weight for _, weight in items))
        for item, weight in items:
            rest -= weight
            if rest < 0:
                return item
        return items[-1][0]

    def grain(self, height: int, width: int) -> NDArray[np.float32]:
        """Fine noise of mean 0 and deviation about 1, as an array."""
        data = hashlib.shake_128(f"{self._name}#grain".encode()).digest(2 * height * width)
        pair = np.frombuffer(data, dtype=np.uint8).reshape(2, height, width).astype(np.float32)
        noise: NDArray[np.float32] = (pair.sum(axis=0) - 255.0) / 104.0
        return noise
