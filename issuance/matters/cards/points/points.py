"""Service points, read strictly from a file: where, when, for what; and how far away."""

import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from math import asin, cos, radians, sin, sqrt
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from certstore.errors import MalformedError
from certstore.plain_words import plain_words

LARGEST_FILE: Final = 2_000_000  # bytes
EARTH_M: Final = 6_371_008.8  # mean radius (IUGG)
SERVICES: Final = ("applications", "cards", "photos", "advice")
Service = Literal["applications", "cards", "photos", "advice"]
Days = Literal["workdays", "saturday", "sunday", "every_day"]
_Words = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(plain_words)]
_Clock = Annotated[str, Field(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")]


class Hours(BaseModel):
    """From when to when on which days, China's time."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    days: Days
    from_: Annotated[_Clock, Field(alias="from")]
    to: _Clock

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.from_ >= self.to:
            raise ValueError("a point closes after it opens")
        return self


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    code: Annotated[str, Field(pattern="^[A-Z0-9]{2,12}$")]
    district: _Words
    zh: _Words
    en: _Words
    address_zh: _Words
    address_en: _Words
    latitude: float = Field(ge=-90, le=90, allow_inf_nan=False)
    longitude: float = Field(ge=-180, le=180, allow_inf_nan=False)
    services: Annotated[tuple[Service, ...], Field(min_length=1, max_length=len(SERVICES))]
    stations: Annotated[tuple[_Words, ...], Field(max_length=20)] = ()
    hours: Annotated[tuple[Hours, ...], Field(min_length=1, max_length=7)]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    point: Annotated[tuple[_Row, ...], Field(min_length=1, max_length=2000)]


@dataclass(frozen=True, slots=True)
class Position:
    """Degrees of latitude and longitude (WGS 84)."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class ServicePoint:
    """A service point; texts by language (zh, en)."""

    code: str
    district: str
    name: dict[str, str]
    address: dict[str, str]
    at: Position
    services: tuple[str, ...]
    hours: tuple[Hours, ...]
    stations: tuple[str, ...] = field(default=())

    @property
    def hands_out_cards(self) -> bool:
        """Whether cards are handed out there."""
        return "cards" in self.services


def parse_points(text: str, *, where: str) -> tuple[ServicePoint, ...]:
    """Read a file's points, in its order; MalformedError if anything in it is not as it must be."""
    try:
        rows = _File.model_validate(tomllib.loads(text)).point
    except (tomllib.TOMLDecodeError, ValidationError, RecursionError) as error:
        raise MalformedError("the list of service points cannot be read", where=where) from error
    points = tuple(_point(row) for row in rows)
    codes = [point.code for point in points]
    stations = [name for point in points for name in point.stations]
    if len(set(codes)) < len(codes) or len(set(stations)) < len(stations):
        raise MalformedError("a code or a station stands twice among service points", where=where)
    if not any(point.hands_out_cards for point in points):
        raise MalformedError("no service point hands out cards", where=where)
    return points


def _point(row: _Row) -> ServicePoint:
    return ServicePoint(
        code=row.code,
        district=row.district,
        name={"zh": row.zh, "en": row.en},
        address={"zh": row.address_zh, "en": row.address_en},
        at=Position(row.latitude, row.longitude),
        services=row.services,
        hours=row.hours,
        stations=row.stations,
    )


@cache
def read_points(file: Path | None) -> tuple[ServicePoint, ...]:
    """The points of this file, or the invented city's; MalformedError if it cannot be read."""
    if file is None:
        own = files("issuance.matters.cards.points").joinpath("points.toml")
        return parse_points(own.read_text("utf-8"), where="points.toml")
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise MalformedError("the list of service points is too large", where=file.name)
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise MalformedError(
            "the list of service points cannot be read", where=file.name
        ) from error
    return parse_points(text, where=file.name)


def metres(a: Position, b: Position) -> float:
    """Metres between two positions along the great circle (haversine), within about 0.5 %."""
    lat_a, lat_b = radians(a.latitude), radians(b.latitude)
    half_lat, half_lon = (lat_b - lat_a) / 2, radians(b.longitude - a.longitude) / 2
    h = sin(half_lat) ** 2 + cos(lat_a) * cos(lat_b) * sin(half_lon) ** 2
    return 2 * EARTH_M * asin(sqrt(min(1.0, h)))


@dataclass(frozen=True, slots=True)
class PointsDesk:
    """Tells where the service points are; a position that is asked with is kept nowhere."""

    points: tuple[ServicePoint, ...]

    def by_district(self, district: str = "", service: str = "") -> tuple[ServicePoint, ...]:
        """The points, district by district in the file's order, narrowed down where asked."""
        order = list(dict.fromkeys(point.district for point in self.points))
        found = (
            p
            for p in self.points
            if district in {"", p.district} and (not service or service in p.services)
        )
        return tuple(sorted(found, key=lambda p: order.index(p.district)))

    def nearest(self, here: Position, service: str = "") -> tuple[tuple[ServicePoint, int], ...]:
        """The points with their distance in metres, nearest first."""
        found = ((p, round(metres(here, p.at))) for p in self.by_district(service=service))
        return tuple(sorted(found, key=lambda each: (each[1], each[0].code)))

    def at_station(self, station: str) -> ServicePoint | None:
        """The point whose officers name their station so; None if none does."""
        return next((p for p in self.points if station in p.stations), None)

    def find(self, code: str) -> ServicePoint | None:
        """The point with this code."""
        return next((p for p in self.points if p.code == code), None)

    @property
    def giving_cards(self) -> tuple[ServicePoint, ...]:
        """The points that hand out cards."""
        return tuple(p for p in self.by_district() if p.hands_out_cards)
