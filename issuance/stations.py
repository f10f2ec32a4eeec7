"""Which station an application belongs to, and which of them an officer sees: a file, and no IO."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from certstore.callers import Officer
from certstore.errors import ForbiddenError, MalformedError

NOWHERE = ""  # what fits no station waits at every one, so that nothing is lost
_CODE = re.compile(r"[a-z0-9_]{1,40}")
_KNOWN = frozenset({"code", "zh", "en", "district", "roads", "matters"})


@dataclass(frozen=True, slots=True)
class Station:
    """A police station or service centre: its names (zh, en), and what belongs to it."""

    code: str
    name: Mapping[str, str]
    district: str
    roads: tuple[str, ...] = ()  # how an address of it begins; none: the whole district
    matters: tuple[str, ...] = ()  # none: every matter

    def takes(self, matter: str, district: str, address: str) -> bool:
        """Whether an application about this address is this station's."""
        if district != self.district or (self.matters and matter not in self.matters):
            return False
        return not self.roads or address.startswith(self.roads)


def read_stations(text: str) -> tuple[Station, ...]:
    """Read a file of stations; MalformedError if one is named twice or says what is not known."""
    found = tuple(_station(line) for line in tomllib.loads(text).get("station", ()))
    for names in ([s.code for s in found], [s.name["zh"] for s in found]):
        if len(set(names)) != len(names):
            raise MalformedError("a station is named twice", where="stations")
    return found


def _station(line: Mapping[str, Any]) -> Station:
    code = line.get("code", "")
    named = all(isinstance(line.get(word), str) for word in ("zh", "en", "district"))
    if not _CODE.fullmatch(code) or line.keys() - _KNOWN or not named:
        raise MalformedError(
            "a station has a code, names in zh and en, a district; roads and matters if it likes",
            where=code or "stations",
        )
    lists = (tuple(line.get(word, ())) for word in ("roads", "matters"))
    return Station(code, {"zh": line["zh"], "en": line["en"]}, line["district"], *lists)


@cache
def stations() -> tuple[Station, ...]:
    """Every station, in the order of the file that comes with the service."""
    return read_stations(files("issuance").joinpath("stations.toml").read_text("utf-8"))


def station_of(matter: str, district: str, address: str) -> str:
    """The code of the station this belongs to, the first of the file; NOWHERE if none takes it."""
    return next((s.code for s in stations() if s.takes(matter, district, address)), NOWHERE)


def own_station(officer: Officer) -> str:
    """The code of the officer's own station; NOWHERE if the file names none so."""
    names = (s.code for s in stations() if officer.station in {s.code, *s.name.values()})
    return next(names, NOWHERE)


def sees(officer: Officer, station: str) -> bool:
    """Whether an officer may open what belongs to this station: their own; a supervisor all."""
    return officer.supervisor or station in {NOWHERE, own_station(officer)}


def station_name(code: str, lang: str) -> str:
    """A station's name; its code if the file names it no more."""
    return next((s.name[lang] for s in stations() if s.code == code), code)


def require_sees(officer: Officer, station: str, where: str) -> None:
    """Raise ForbiddenError, naming the station, if the case is another's."""
    if not sees(officer, station):
        raise ForbiddenError(
            f"this case belongs to {station_name(station, 'en')}",
            where=where,
            remedy="ask that station, or a supervisor",
            cause="OTHER_STATION",
        )
