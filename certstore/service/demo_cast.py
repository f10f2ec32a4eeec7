"""The invented city as the demonstration plays it: its sources, its people, its officers."""

import json
from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Any


def demonstration_file(name: str) -> bytes:
    """A file of the city's hand-in, by its path below the batches."""
    return files("certstore.service.demo_city").joinpath("batches", name).read_bytes()


def sources() -> list[dict[str, Any]]:
    """The source authorities: names, batch, public key."""
    found: list[dict[str, Any]] = json.loads(demonstration_file("sources.json"))["sources"]
    return found


def cast(districts: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Everybody who can sign in, by key; what they declare has its address taken apart."""
    data = json.loads(demonstration_file("people.json"))
    known = {}
    for person in data["people"]:
        for home in ("declares", "moves_to"):
            if person.get(home):
                person[home] = _split_address(person[home], data["city"], tuple(districts))
        known[person["key"]] = person
    for officer in data["officers"]:
        key = f"officer_{officer['number']}"
        known[key] = {
            "key": key,
            "name": officer["name"],
            "number": officer["number"],
            "station": officer["station_zh"],
            "story_zh": f"民警 {officer['number']} · {officer['station_zh']}",
            "story_en": f"Officer {officer['number']}, {officer['station_en']}",
        }
    return known


def _split_address(
    home: Mapping[str, Any], city: str, districts: tuple[str, ...]
) -> dict[str, Any]:
    rest = str(home["address"]).removeprefix(city)
    district = next((d for d in districts if rest.startswith(d)), "")
    return {**home, "district": district, "address": rest.removeprefix(district)}
