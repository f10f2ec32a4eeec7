"""What would happen if the whole invented city applied: every resident, every matter, judged."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from certstore.clock import CHINA
from certstore.errors import ConflictError
from certstore.service.demo_cast import demonstration_file
from certstore.service.wiring import House
from certstore.tables.books import Books
from issuance.record_facts import record_fact
from issuance.reuse_figures import (
    Decided,
    ReuseFigures,
    count_reuse,
    decided,
)
from verifiers.materials.facts import parse_facts
from verifiers.materials.reuse import judge
from verifiers.materials.vocabulary import Matter, RecordType

# Another card and an end ask for next to nothing: they would only flatter the figures.
_COUNTED = tuple(m for m in Matter if m not in {Matter.REISSUE, Matter.CANCELLATION})
_RECORD_TYPES = frozenset(kind.value for kind in RecordType)


def city_figures(house: House) -> ReuseFigures:
    """Judge every resident of the city in every matter, as of now, by the records on file.

    It takes some seconds. Everybody is taken to have passed a face verification; that is what a
    phone is for.
    """
    residents = json.loads(demonstration_file("homes.json"))["residents"]
    with house.archive.reading() as books:
        on_file = [_on_file(books, resident) for resident in residents]
    if not any(on_file):
        raise ConflictError(
            "the city has not been handed in here", remedy="run `certstore demo` once, then again"
        )
    return count_reuse(
        _judged(house, matter, resident, records)
        for matter in _COUNTED
        for resident, records in zip(residents, on_file, strict=True)
    )


def _judged(
    house: House, matter: Matter, resident: Mapping[str, Any], records: list[dict[str, Any]]
) -> Iterator[Decided]:
    now = house.clock.now().astimezone(CHINA).isoformat()
    facts = parse_facts(
        {
            "matter": matter.value,
            "as_of": now,
            "applicant": resident["applicant"],
            "guardian": resident["guardian"],
            "context": resident["context"],
            "on_file": records,
            "face_results": [_passed(resident["guardian"] or resident["applicant"], now)],
            "sources_down": [],
        }
    )
    yield from decided(judge(facts, house.rules.in_force(facts.day)))


def _on_file(books: Books, resident: Mapping[str, Any]) -> list[dict[str, Any]]:
    people = (resident["applicant"], resident["guardian"], resident["context"]["relative"])
    found = books.register.naming(resident["applicant"]["name"])
    for person in people:
        if person is not None:
            found += books.register.held_by(person["id_type"], person["id_number"])
    unique = {c.ref: c for c in found if c.type_code in _RECORD_TYPES}
    return [record_fact(certificate) for certificate in unique.values()]


def _passed(person: Mapping[str, str], now: str) -> dict[str, Any]:
    return {
        "subject": {name: person[name] for name in ("name", "id_type", "id_number")},
        "result": "pass",
        "mode": "1:1",
        "comparison_source": "police_photo_base",
        "fmr": 0.00001,
        "pad": True,
        "iad": True,
        "device_risk": [],
        "channel": "app",
        "verified_at": now,
        "provider": "sandbox",
    }
