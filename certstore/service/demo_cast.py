"""The invented city as the demonstration plays it: its sources, its people, its officers."""

import json
from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Any

_CLERKS = (
    (
        "housing",
        "F07",
        "许经办",
        "看批次、退回的行和异议",
        "sees batches, returned lines, objections",
    ),
    (
        "police",
        "J03",
        "秦经办",
        "处理证照和照片的更正",
        "handles corrections of permits and photos",
    ),
    ("education", "R05", "贺经办", "答复市民的提问", "answers questions from citizens"),
    ("employer", "Y01", "钱经办", "给住宿员工出具集体宿舍证明", "issues dormitory certificates"),
    (
        "human_resources",
        "S03",
        "罗经办",
        "给参保的人核对证照",
        "checks certificates at the counter",
    ),
)

_MORE_OFFICERS = (
    ("1100", "彭所长", "梧桐派出所", "看全市各所，接手、升级", "supervises: every station's cases"),
    ("1063", "杜民警", "海港派出所", "审海港区的办件", "Haigang Police Station"),
    ("1071", "严民警", "望江派出所", "审望江区的办件", "Wangjiang Police Station"),
    ("1088", "尹民警", "云杉派出所", "审云杉区的办件", "Yunshan Police Station"),
)
_SUPERVISORS = frozenset({"1100"})


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
    known.update({f"officer_{officer['number']}": officer for officer in _more_officers()})
    known.update({f"clerk_{clerk['staff_number']}": clerk for clerk in _clerks()})
    known.update(_backstage())
    return known


def _more_officers() -> Iterable[dict[str, Any]]:
    """A supervisor, and an officer of each station that the city's file names nobody of."""
    for number, name, station, zh, en in _MORE_OFFICERS:
        yield {
            "key": f"officer_{number}",
            "name": name,
            "number": number,
            "station": station,
            "supervisor": number in _SUPERVISORS,
            "story_zh": f"民警 {number} · {station} · {zh}",
            "story_en": f"Officer {number}, {en}",
        }


def _backstage() -> dict[str, dict[str, Any]]:
    """Two operators, as some things take two, and the developer of an agency that pulls."""
    operators = (
        ("A01", "郑运维", "看免提交率，批准用途", "Sees how much need not be handed in, approves"),
        ("A02", "孟运维", "复核：第二个批准的人", "The second person who approves"),
    )
    known: dict[str, dict[str, Any]] = {
        f"operator_{number}": {
            "key": f"operator_{number}",
            "name": name,
            "staff_number": number,
            "duty": "operator",
            "story_zh": f"{zh}；看不到任何人的资料",
            "story_en": f"{en}; nobody's data",
        }
        for number, name, zh, en in operators
    }
    known["developer_D01"] = {
        "key": "developer_D01",
        "name": "韩开发",
        "staff_number": "D01",
        "developer_of": "11310000MB0T00058A",
        "story_zh": "示范市教育局 · 接入招生服务：用途、密钥、用量、报错",
        "story_en": "Education Bureau: connects school enrolment (purposes, keys, usage, errors)",
    }
    return known


def _clerks() -> Iterable[dict[str, Any]]:
    """A clerk of each source that somebody acts for, and of the employer with a dormitory."""
    by_word = {source["source"]: source for source in sources()}
    for word, number, name, zh, en in _CLERKS:
        source = by_word[word]
        yield {
            "key": f"clerk_{number}",
            "name": name,
            "staff_number": number,
            "organisation_uscc": source["key"]["authority_uscc"],
            "story_zh": f"{source['name_zh']} · {zh}",
            "story_en": f"{source['name_en']}: {en}",
        }


def _split_address(
    home: Mapping[str, Any], city: str, districts: tuple[str, ...]
) -> dict[str, Any]:
    rest = str(home["address"]).removeprefix(city)
    district = next((d for d in districts if rest.startswith(d)), "")
    return {**home, "district": district, "address": rest.removeprefix(district)}
