"""A verdict: the answer to a question of reliance, with every reason it was refused."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Accepted:
    """It may be relied on."""


@dataclass(frozen=True, slots=True)
class Refused:
    """It may not be relied on, for each of these reasons (codes; texts live in certstore/web)."""

    reasons: tuple[str, ...]


Verdict = Accepted | Refused
