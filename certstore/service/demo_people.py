"""The people of the demonstration as its last lines list them: who to be, and what that shows."""

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from certstore.service.demo_cast import cast
from certstore.service.wiring import House

_DWELLINGS = {
    ("rent", "self"): "rents",
    ("rent", "relative"): "in a home that a relative rents",
    ("own", "self"): "owns a home",
    ("own", "relative"): "in a home that a relative owns",
    ("dormitory", "self"): "in a dormitory",
}
_ADULT = 16  # from this age on somebody acts alone
_NAME_WIDTH, _NUMBER_WIDTH = 18, 20


def people_lines(house: House) -> list[str]:
    """Two lines for everybody who can sign in: name, number, what they are; and their story."""
    holders = _holders(house)
    today = house.holdings_desk.today()
    lines = []
    for person in cast(house.settings.districts).values():
        number = person.get("id_number", "")
        shown = number or f"no. {person.get('number', person.get('staff_number', ''))}"
        words = ", ".join(_words(person, today, holds=number in holders))
        lines.append(f"  {_padded(person['name'], _NAME_WIDTH)}{shown:<{_NUMBER_WIDTH}}{words}")
        lines.append(f"  {'':<{_NAME_WIDTH}}{person['story_en']}")
    return lines


def _words(person: Mapping[str, Any], today: date, *, holds: bool) -> Iterable[str]:
    if "id_number" not in person:
        yield _office(person)
        return
    if holds:
        yield "holds a voucher"
    born = date.fromisoformat(person["born"])
    if (today.year - born.year) - ((today.month, today.day) < (born.month, born.day)) < _ADULT:
        yield "child"
    home = person.get("declares") or {}
    said = _DWELLINGS.get((home.get("dwelling", ""), home.get("occupier", "")))
    if said:
        yield said
    if person.get("moves_to"):
        yield "moves"


def _office(person: Mapping[str, Any]) -> str:
    if "developer_of" in person:
        return "developer of an agency"
    if "duty" in person:
        return str(person["duty"])
    return "officer" if "number" in person else "clerk of an organisation"


def _holders(house: House) -> set[str]:
    """The identity numbers of those who hold a voucher in force."""
    today = house.holdings_desk.today()
    found: set[str] = set()
    with house.archive.reading() as books:
        for person in cast(house.settings.districts).values():
            number = str(person.get("id_number", ""))
            held = books.register.held_by("111", number) if number else []
            if any(c.sealed and c.status_on(today).value == "valid" for c in held):
                found.add(number)
    return found


def _padded(text: str, width: int) -> str:
    """Text filled up to a width of the terminal, where a Chinese character takes two places."""
    taken = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
    return text + " " * max(width - taken, 1)
