"""A day by which somebody must have done something, as the home page says it."""

from dataclasses import dataclass
from datetime import date
from typing import Literal


@dataclass(frozen=True, slots=True)
class Deadline:
    """What is due, its last day (of what is overdue: since when it is), and where it is begun."""

    kind: Literal["endorsement_due", "endorsement_overdue"]
    on: date
    href: str
