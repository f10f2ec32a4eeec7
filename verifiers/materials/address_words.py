"""The words address matching knows, read once from address_words.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class AddressWords:
    """Cities, districts and characters; see the comments in the file for what each may do."""

    cities: tuple[str, ...]
    districts: tuple[str, ...]
    once_counties: frozenset[str]
    new_districts: frozenset[str]
    merged: frozenset[frozenset[str]]
    variants: Mapping[int, str]  # for str.translate
    telling: frozenset[str]
    slips: frozenset[frozenset[str]]  # pairs
    estate_endings: tuple[str, ...]


@cache
def address_words() -> AddressWords:
    """Read the file that comes with the service."""
    text = files("verifiers.materials").joinpath("address_words.toml").read_text("utf-8")
    words = tomllib.loads(text)
    pairs = {frozenset((a, b)) for group in words["slips"] for a in group for b in group if a != b}
    return AddressWords(
        cities=tuple(words["cities"]),
        districts=tuple(words["districts"]),
        once_counties=frozenset(words["once_counties"]),
        new_districts=frozenset(words["new_districts"]),
        merged=frozenset(frozenset(pair) for pair in words["merged"]),
        variants=str.maketrans({ours[0]: ours[1] for ours in words["variants"]}),
        telling=frozenset(words["telling"]),
        slips=frozenset(pairs),
        estate_endings=tuple(words["estate_endings"]),
    )
