"""An address taken apart: city, district, town, road or place, and its numbers with units.

Nothing is looked up in a gazetteer: a part is known by the character it ends with (区, 镇, 路,
弄, 号 …). What cannot be placed is kept in `beside`, so that it can keep two addresses apart.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from verifiers.materials.address_numerals import with_arabic_numbers
from verifiers.materials.address_words import address_words

UNKNOWN = "?"  # a number that does not say of what

_UNITS = {"号楼": "幢", "房": "室", "楼": "层", "村民小组": "组", "居民小组": "组", "#": UNKNOWN}
_UNIT = "支弄|号楼|号院|村民小组|居民小组|单元|弄|巷|号|幢|座|层|楼|室|房|户|组|队|院|门|#"
_HAS_ROOMS = frozenset({"号", "幢", "座", "单元", "层"})
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212/\\~", "-"))
_BETWEEN_NUMBERS = re.compile(r"(?<=[0-9A-Z])[\s,.、;()\[\]]+(?=[0-9A-Z])")
_NO_MEANING = re.compile(r"[\s,.、。;:()\[\]【】\u3014\u3015·'\"]+")
_COUNTRY = re.compile(r"^(?:中华人民共和国|中国)")
_PROVINCE = re.compile(r"^(?:[^省市区县路]{2,6}省|[^省市县路]{2,7}自治区)")
_CITY = re.compile(r"^([^省市区县路街弄号镇乡0-9]{2,6})市(?!场)")
_DISTRICT = re.compile(r"^([^省市区县路街弄号镇乡村0-9]{1,8}?)(新区|区|县)(?!委)")
_NOT_DISTRICT = re.compile(
    r"(?:小|社|园|校|厂|库|景|街|开发|工业|高新|保税|住宅|生活|别墅|安置|家属|试验)$"
)
_STREET_OFFICE = re.compile(r"^([^弄号0-9]{2,8}?)街道(?!路|街|办)(?:办事处)?")
_TOWN = re.compile(r"^([^路街弄号村0-9]{2,6}?(?:镇|乡))(?!路|街|大道|公路|政府|人民)")
_ROAD = re.compile(r"^(.+?(?:大道|公路|路|大街|街|胡同))(?!道|坊|区)(.*)$")
_LONG_NAME = re.compile(r"^.{2,}(?:大道|公路|路|大街|街|镇|乡|街道|村)")
_NUMBER = re.compile(
    r"第?((?:[甲乙丙丁]?[A-Z]?[0-9][0-9A-Z]*[甲乙丙丁]?(?:-[0-9A-Z]+)*)|[A-Z甲乙丙丁](?=座|幢|单元|号楼|室))"
    rf"(?:({_UNIT})(?!下|[内外]|期)|$)"
)


@dataclass(frozen=True, slots=True)
class Number:
    """A number of an address and what it counts: 弄, 号, 幢, 单元, 室 …, or UNKNOWN."""

    unit: str
    value: str

    @property
    def text(self) -> str:
        """As a page shows it."""
        return self.value if self.unit == UNKNOWN else f"{self.value}{self.unit}"


@dataclass(frozen=True, slots=True)
class AddressParts:
    """The parts found; an empty text is a part that is not there."""

    city: str
    district: str  # without 区, 县
    district_kind: str  # 区, 新区, 县 or 市; empty: only its stem stood there, as in 浦东张江路
    street_office: str
    town: str  # with 镇 or 乡
    road: str
    place: str  # the village or estate, where there is no road
    beside: tuple[str, ...]  # names that stand beside road and numbers
    numbers: tuple[Number, ...]

    @property
    def name(self) -> str:
        """The road, or the place where there is none."""
        return self.road or self.place


@lru_cache(maxsize=4096)
def take_apart(text: str) -> AddressParts:
    """Take an address apart; never fails, what is not understood stays in `beside`."""
    rest = _COUNTRY.sub("", _plain(text))
    rest = _PROVINCE.sub("", rest)
    city, rest = _city(rest)
    district, kind, rest = _district(rest)
    street_office, rest = _cut(_STREET_OFFICE, rest)
    town, rest = _cut(_TOWN, rest)
    name, numbers, between = _numbers(rest)
    road, place = _road(name)
    beside = [place, *between] if road else between
    return AddressParts(
        city=city,
        district=district,
        district_kind=kind,
        street_office=street_office,
        town=town,
        road=road,
        place="" if road else place,
        beside=tuple(b for b in beside if b),
        numbers=numbers,
    )


def _plain(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).translate(_DASHES).upper()
    plain = plain.translate(address_words().variants)
    plain = _BETWEEN_NUMBERS.sub("-", plain)
    return with_arabic_numbers(_NO_MEANING.sub("", plain))


def _cut(pattern: re.Pattern[str], text: str) -> tuple[str, str]:
    found = pattern.match(text)
    return (found.group(1), text[found.end() :]) if found else ("", text)


def _city(text: str) -> tuple[str, str]:
    city, rest = _cut(_CITY, text)
    if city:
        return city, rest
    for known in address_words().cities:
        if text.startswith(known) and _DISTRICT.match(text[len(known) :]):
            return known, text[len(known) :]
        if text.startswith(known) and _stem(text[len(known) :]):
            return known, text[len(known) :]
    return "", text


def _district(text: str) -> tuple[str, str, str]:
    rest = text.removeprefix("市辖区")
    found = _DISTRICT.match(rest)
    if found and not _NOT_DISTRICT.search(found.group(1)):
        return found.group(1), found.group(2), rest[found.end() :]
    county_city, after = _cut(_CITY, rest)
    if county_city:
        return county_city, "市", after
    stem = _stem(rest)
    return stem, "", rest[len(stem) :]


def _stem(text: str) -> str:
    """A district's name without 区, if a road, town or village of its own name follows it."""
    for stem in address_words().districts:
        if text.startswith(stem) and _LONG_NAME.match(text[len(stem) :]):
            return stem
    return ""


def _road(name: str) -> tuple[str, str]:
    found = _ROAD.match(name)
    return (found.group(1), found.group(2)) if found else ("", name)


def _numbers(text: str) -> tuple[str, tuple[Number, ...], list[str]]:
    """Split into the name before the first number, the numbers, and what stands between."""
    numbers: list[Number] = []
    texts: list[str] = []
    position = 0
    for found in _NUMBER.finditer(text):
        texts.append(text[position : found.start()].strip("-"))
        numbers.append(_number(found, numbers))
        position = found.end()
    texts.append(text[position:].strip("-"))
    return texts[0], _without_floor(tuple(numbers)), texts[1:]


def _number(found: re.Match[str], before: list[Number]) -> Number:
    value = re.sub(r"^0+(?=[0-9])", "", found.group(1))
    unit = found.group(2)
    if unit is not None:
        return Number(_UNITS.get(unit, unit), value)
    is_room = bool(before) and before[-1].unit in _HAS_ROOMS and "-" not in value
    return Number("室" if is_room else UNKNOWN, value)


def _without_floor(numbers: tuple[Number, ...]) -> tuple[Number, ...]:
    """Leave out a floor that the room's number says already: 12楼1203室."""
    rooms = [n.value for n in numbers if n.unit == "室"]
    return tuple(
        n
        for n in numbers
        if n.unit != "层"
        or not any(len(r) == len(n.value) + 2 and r.startswith(n.value) for r in rooms)
    )
