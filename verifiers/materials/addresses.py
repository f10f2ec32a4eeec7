"""Whether two addresses are the same place: same, different, or unsure.

Wrongly "same" is the worst error, so SAME wants every part to agree: district, road or
village, every number with its unit. A part that one side leaves out, and a name that may be a
slip of the keyboard, make it UNSURE: a person looks at both texts. Only the city's name, the
street office and an estate's name beside a full address may be left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum

from certstore.sharing.predicates import Answer
from verifiers.materials.address_names import compare_names, compare_roads
from verifiers.materials.address_numbers import identifies_a_dwelling, numbers_differences
from verifiers.materials.address_parts import AddressParts, take_apart
from verifiers.materials.address_verdict import AddressMatch, PartDifference
from verifiers.materials.address_words import address_words

__all__ = ["AddressComparison", "AddressMatch", "PartDifference", "compare_addresses"]
MAX_LENGTH = 300
_ANSWERS: Mapping[AddressMatch, Answer] = {
    AddressMatch.SAME: "yes",
    AddressMatch.DIFFERENT: "no",
    AddressMatch.UNSURE: "unknown",
}


@dataclass(frozen=True, slots=True)
class AddressComparison:
    """The answer, and the parts that do not agree, for marking them side by side."""

    match: AddressMatch
    differences: tuple[PartDifference, ...]


def compare_addresses(a: str, b: str) -> AddressComparison:
    """Compare two addresses as written; symmetrical, never raises."""
    if max(len(a), len(b)) > MAX_LENGTH:
        too_long = PartDifference("text", a[:MAX_LENGTH], b[:MAX_LENGTH], AddressMatch.UNSURE)
        return AddressComparison(AddressMatch.UNSURE, (too_long,))
    one, other = _same_level(take_apart(a), take_apart(b))
    found = (
        *_city(one, other),
        *_district_and_name(one, other),
        *_towns(one, other),
        *_beside(one, other),
        *numbers_differences(one.numbers, other.numbers),
    )
    matches = {difference.match for difference in found}
    if AddressMatch.DIFFERENT in matches:
        return AddressComparison(AddressMatch.DIFFERENT, found)
    if AddressMatch.UNSURE in matches:
        return AddressComparison(AddressMatch.UNSURE, found)
    return AddressComparison(AddressMatch.SAME, ())


def same_place(a: str, b: str) -> Answer:
    """The same as the answer to a question: `unknown` where only a person can tell."""
    return _ANSWERS[compare_addresses(a, b).match]


def _same_level(a: AddressParts, b: AddressParts) -> tuple[AddressParts, AddressParts]:
    """A city below another city (昆山市) is a district: read it so on both sides."""
    if not a.district and a.city and a.city == b.district:
        return replace(a, city="", district=a.city, district_kind="市"), b
    if not b.district and b.city and b.city == a.district:
        return a, replace(b, city="", district=b.city, district_kind="市")
    return a, b


class Part(Enum):
    """What a difference is about; the words are those pages translate."""

    CITY = "city"
    DISTRICT = "district"
    STREET_OFFICE = "street_office"
    TOWN = "town"
    ROAD = "road"
    BESIDE = "beside"


def _city(a: AddressParts, b: AddressParts) -> list[PartDifference]:
    if not a.city or not b.city or a.city == b.city:
        return []
    return [PartDifference(Part.CITY.value, a.city, b.city, compare_names(a.city, b.city))]


def _district_and_name(a: AddressParts, b: AddressParts) -> list[PartDifference]:
    """Compare district and road together: 浦东张江路 is 张江路 in 浦东新区."""
    name_a, name_b = a.name, b.name
    district_a, district_b = a.district, b.district
    if district_b and not district_a and name_a == district_b + name_b:
        district_a, name_a = district_b, name_b
    elif district_a and not district_b and name_b == district_a + name_a:
        district_b, name_b = district_a, name_a
    elif not a.district_kind and name_b == district_a + name_a:
        district_a, name_a = "", name_b  # the road itself begins with the district's name
    elif not b.district_kind and name_a == district_b + name_b:
        district_b, name_b = "", name_a
    return [
        *_districts(district_a, district_b),
        *_district_kinds(a, b),
        *_names(name_a, name_b, one_kind=bool(a.road) == bool(b.road)),
    ]


def _districts(a: str, b: str) -> list[PartDifference]:
    if a and a == b:
        return []
    if not a or not b or frozenset((a, b)) in address_words().merged or _one_ends_other(a, b):
        return [PartDifference(Part.DISTRICT.value, a, b, AddressMatch.UNSURE)]
    return [PartDifference(Part.DISTRICT.value, a, b, compare_names(a, b))]


def _district_kinds(a: AddressParts, b: AddressParts) -> list[PartDifference]:
    """A 区, a 县 and a 市 of one name may lie side by side; known ones are one and the same."""
    kinds = {a.district_kind, b.district_kind} - {""}
    if a.district != b.district or len(kinds) < 2:  # noqa: PLR2004 - both say what they are
        return []
    words = address_words()
    county = kinds == {"区", "县"} and a.district in words.once_counties
    new = kinds == {"区", "新区"} and a.district in words.new_districts
    if county or new:
        return []
    texts = (a.district + a.district_kind, b.district + b.district_kind)
    return [PartDifference(Part.DISTRICT.value, *texts, AddressMatch.UNSURE)]


def _one_ends_other(a: str, b: str) -> bool:
    """A city's name may stand before a district without its 市: 某某海港区."""
    return a.endswith(b) or b.endswith(a)


def _names(a: str, b: str, *, one_kind: bool) -> list[PartDifference]:
    if a and a == b:
        return []
    if not a or not b or not one_kind:  # a road and an estate may be one place
        return [PartDifference(Part.ROAD.value, a, b, AddressMatch.UNSURE)]
    return [PartDifference(Part.ROAD.value, a, b, compare_roads(a, b))]


def _towns(a: AddressParts, b: AddressParts) -> list[PartDifference]:
    found = []
    if a.street_office and b.street_office and a.street_office != b.street_office:
        # A road runs through several, and their borders move: no proof of another place.
        offices = (a.street_office, b.street_office)
        found.append(PartDifference(Part.STREET_OFFICE.value, *offices, AddressMatch.UNSURE))
    if a.town != b.town:  # towns of one district have roads of the same name
        both = bool(a.town and b.town)
        match = compare_roads(a.town, b.town) if both else AddressMatch.UNSURE
        found.append(PartDifference(Part.TOWN.value, a.town, b.town, match))
    return found


def _beside(a: AddressParts, b: AddressParts) -> list[PartDifference]:
    only_a = [name for name in a.beside if name not in b.beside]
    only_b = [name for name in b.beside if name not in a.beside]
    if not only_a and not only_b:
        return []
    one_side = not only_a or not only_b
    endings = address_words().estate_endings
    estates = all(name.endswith(endings) and len(name) > 2 for name in only_a + only_b)  # noqa: PLR2004 - 花园 alone names nothing
    if one_side and estates and a.road and b.road and identifies_a_dwelling(a.numbers):
        return []
    texts = ("".join(only_a), "".join(only_b))
    return [PartDifference(Part.BESIDE.value, *texts, AddressMatch.UNSURE)]
