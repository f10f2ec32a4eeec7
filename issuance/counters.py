"""Where applications are taken by hand: the counters of the city, as a file."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class ServiceCounter:
    """A counter of one district; texts by language (zh, en)."""

    district: str
    name: dict[str, str]
    address: dict[str, str]
    hours: str  # on working days
    saturday: str = ""  # empty: closed


@cache
def counters() -> tuple[ServiceCounter, ...]:
    """Every counter, in the order of the file that comes with the service."""
    text = files("issuance").joinpath("counters.toml").read_text("utf-8")
    return tuple(
        ServiceCounter(
            district=found["district"],
            name={"zh": found["zh"], "en": found["en"]},
            address={"zh": found["address_zh"], "en": found["address_en"]},
            hours=found["hours"],
            saturday=found.get("saturday", ""),
        )
        for found in tomllib.loads(text)["counter"]
    )


def counters_near(district: str) -> tuple[ServiceCounter, ...]:
    """The counters of a district; every counter where it has none."""
    near = tuple(c for c in counters() if c.district == district)
    return near or counters()
