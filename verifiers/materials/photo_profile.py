"""The profile an ID photo is held against, read from data (`photo_profile.toml`)."""

import tomllib
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Self

from certstore.errors import MalformedError


@dataclass(frozen=True, slots=True)
class Bounds:
    """Two bounds of a measure: up to `good` it passes, up to `tolerable` a person looks.

    Which direction is worse follows from their order; equal bounds leave nothing in between.
    """

    good: float
    tolerable: float

    def passes(self, value: float, *, least: bool) -> bool:
        """Whether the value is good; `least` says that small values are the bad ones."""
        return value >= self.good if least else value <= self.good

    def tolerates(self, value: float, *, least: bool) -> bool:
        """Whether the value is good or a matter for a person."""
        return value >= self.tolerable if least else value <= self.tolerable

    @classmethod
    def read(cls, value: object, where: str) -> Self:
        """Read `[good, tolerable]`."""
        if not isinstance(value, list) or len(value) != 2:  # noqa: PLR2004 - good and tolerable
            raise MalformedError(f"{where} must be [good, tolerable]", where=where)
        return cls(float(value[0]), float(value[1]))


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoProfile:
    """Every limit of the photo check; sizes in bytes and pixels, luma from 0 to 255."""

    name: str
    least_bytes: int
    most_bytes: int
    read_at_most_bytes: int
    decode_at_most_pixels: int
    width: int
    height: int
    dots_per_inch: int
    dots_tolerance: int
    white_from: int
    tint_most: int
    white_share: Bounds
    shadow_most: Bounds
    blur: Bounds
    blocks_most: Bounds
    face_least: Bounds
    face_most: Bounds
    burnt_share: Bounds
    contrast_least: Bounds
    side_light_most: Bounds
    colour_least: Bounds
    top_least: Bounds
    top_most: Bounds
    off_centre_most: Bounds
    width_of_eyes: float
    width_wanted: int
    width_off_most: Bounds
    eyes_least: Bounds
    eyes_most: Bounds
    eyes_off_centre_most: Bounds
    roll_most: Bounds
    turn_most: Bounds
    score_least: Bounds
    eye_light_least: Bounds
    second_face_from: float

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a profile from TOML; raise MalformedError when a limit is missing or unknown."""
        tables = tomllib.loads(text)
        flat: dict[str, Any] = {"name": tables.pop("name", "")}
        for table in tables.values():
            flat |= table
        wanted = set(cls.__dataclass_fields__)
        if wanted != flat.keys():
            odd = ", ".join(sorted(wanted ^ flat.keys()))
            raise MalformedError(
                f"a photo profile lacks or does not know: {odd}", where="photo profile"
            )
        for name, field in cls.__dataclass_fields__.items():
            if field.type is Bounds:
                flat[name] = Bounds.read(flat[name], name)
        return cls(**flat)


def read_profile(path: Path | None = None) -> PhotoProfile:
    """Read the profile in a file, or the built-in one of GA/T 461-2019."""
    if path is not None:
        return PhotoProfile.parse(path.read_text("utf-8"))
    built_in = resources.files("verifiers.materials").joinpath("photo_profile.toml")
    return PhotoProfile.parse(built_in.read_text("utf-8"))
