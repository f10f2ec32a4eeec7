"""What every resident of the invented city would declare about their home, were they to apply."""

from collections.abc import Iterable
from datetime import date

from certstore.service.demo_city.featured import Cast, people_json
from certstore.service.demo_city.places import CITY
from certstore.service.demo_city.residents import Family, Resident

_TO_THE_HEAD = {"spouse": "spouse", "child": "parent", "parent": "child"}
_ACTS_FROM = 16  # younger residents are applied for by a guardian


def homes_json(cast: Cast, families: Iterable[Family], today: date) -> dict[str, object]:
    """Applicant, guardian and home of each resident, as the facts of a reuse decision name them."""
    featured = people_json(cast)["people"]
    assert isinstance(featured, list)  # noqa: S101 - for the type checker
    return {
        "city": CITY,
        "residents": [
            *(
                {
                    "applicant": {n: p[n] for n in ("name", "id_type", "id_number")},
                    "guardian": p["guardian"],
                    "context": p["declares"],
                }
                for p in featured
                if p["declares"]
            ),
            *(_declared(family, m, today) for family in families for m in family.members),
        ],
    }


def _declared(family: Family, member: Resident, today: date) -> dict[str, object]:
    head = family.head
    relation = _TO_THE_HEAD.get(member.place)
    relative = None if relation is None else {**head.holder(), "relation": relation}
    dormitory = family.dwelling == "dormitory"
    young = member.place == "child" and member.age_on(today) < _ACTS_FROM
    return {
        "applicant": member.holder(),
        "guardian": head.holder() if young else None,
        "context": {
            "dwelling": family.dwelling,
            "occupier": "self" if relative is None or dormitory else "relative",
            "relative": None if dormitory else relative,
            "address": family.home.address,
        },
    }
