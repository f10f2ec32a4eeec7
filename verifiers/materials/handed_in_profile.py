"""The limits for files that people hand in, read from data (`handed_in.toml`)."""

import tomllib
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources
from typing import Any, Self

from certstore.errors import MalformedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """How legibility is measured, on the server and on the telephone alike; luma 0 to 255.

    A pair is [advice from, refused from]; for `sharp`, `dark` and `coarse` small values are bad.
    """

    side: int
    tile: int
    structured: float
    blank: float
    sharp: tuple[float, float]
    glare: float
    burnt: float
    paper_white: float
    dark: tuple[float, float]
    paper_share: float
    paper_colour: float
    side_cut: float
    side_free: float
    ink_cut: float
    ink_step: float
    coarse: tuple[int, int]

    def as_json(self) -> dict[str, Any]:
        """What the telephone is told."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Every limit; sizes in bytes, pixels, or points of 1/72 inch."""

    name: str
    most_bytes: int
    most_pages: int
    most_pixels_jpeg: int
    most_pixels_png: int
    most_side: int
    most_scans: int
    kept_side: int
    thumbnail_side: int
    quality: int
    most_objects: int
    most_nodes: int
    most_depth: int
    least_side: float
    most_side_points: float
    page_side: int
    sight: Sight

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a profile from TOML; MalformedError when a limit is missing or unknown."""
        tables = tomllib.loads(text)
        sight: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in tables.pop("sight", {}).items()
        }
        flat: dict[str, Any] = {"name": tables.pop("name", "")}
        for table in tables.values():
            flat |= table
        _complete(set(Sight.__dataclass_fields__), set(sight))
        _complete(set(cls.__dataclass_fields__) - {"sight"}, set(flat))
        return cls(sight=Sight(**sight), **flat)


@cache
def read_profile() -> Profile:
    """The built-in profile."""
    built_in = resources.files("verifiers.materials").joinpath("handed_in.toml")
    return Profile.parse(built_in.read_text("utf-8"))


def _complete(wanted: set[str], given: set[str]) -> None:
    if wanted != given:
        odd = ", ".join(sorted(wanted ^ given))
        raise MalformedError(f"the limits of files lack or do not know: {odd}", where="handed_in")
