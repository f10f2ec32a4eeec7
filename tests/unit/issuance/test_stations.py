"""Which station has which application, and which of them an officer sees."""

import pytest

from certstore.callers import Officer
from certstore.errors import ForbiddenError, MalformedError
from certstore.service.settings import Settings
from issuance.stations import (
    NOWHERE,
    Station,
    own_station,
    read_stations,
    require_sees,
    sees,
    station_of,
    stations,
)
from tests.residents import GAO

HAIGANG = Officer("杜民警", "1063", "海港派出所")
CHIEF = Officer("彭所长", "1100", "梧桐派出所", supervisor=True)
NAMES = {"zh": "甲所", "en": "A"}
LINE = '[[station]]\ncode = "{code}"\nzh = "{zh}"\nen = "A"\ndistrict = "海港区"\n'


def test_every_district_of_the_demonstration_has_a_station():
    assert {s.district for s in stations()} == set(Settings(_env_file=None).districts)
    assert station_of("residence_registration", "梧桐区", "听雨路77号") == "wutong"
    assert station_of("residence_registration", "别的区", "听雨路77号") == NOWHERE


@pytest.mark.parametrize(
    ("station", "matter", "district", "address", "takes"),
    [
        (Station("a", NAMES, "海港区"), "m", "海港区", "东堤路1号", True),
        (Station("a", NAMES, "海港区"), "m", "梧桐区", "东堤路1号", False),
        (Station("a", NAMES, "海港区", ("东堤路",)), "m", "海港区", "东堤路1号", True),
        (Station("a", NAMES, "海港区", ("东堤路",)), "m", "海港区", "长乐路1号", False),
        (Station("a", NAMES, "海港区", (), ("m",)), "m", "海港区", "", True),
        (Station("a", NAMES, "海港区", (), ("n",)), "m", "海港区", "", False),
    ],
)
def test_a_station_takes_its_addresses_and_matters(station, matter, district, address, takes):
    assert station.takes(matter, district, address) is takes


def test_an_officer_sees_their_own_station_and_a_supervisor_every_one():
    assert own_station(GAO) == "wutong"
    assert own_station(Officer("x", "1", "wutong")) == "wutong"
    assert own_station(Officer("x", "1", "没有的所")) == NOWHERE
    assert [sees(who, "wutong") for who in (GAO, HAIGANG, CHIEF)] == [True, False, True]
    assert all(sees(who, NOWHERE) for who in (GAO, HAIGANG, CHIEF))
    assert not sees(Officer("x", "1", "没有的所"), "wutong")
    with pytest.raises(ForbiddenError, match="Wutong Police Station") as refused:
        require_sees(HAIGANG, "wutong", "k" * 20)
    assert refused.value.facts["cause"] == "OTHER_STATION"


@pytest.mark.parametrize(
    "text",
    [
        LINE.format(code="a", zh="甲所") + LINE.format(code="a", zh="乙所"),
        LINE.format(code="a", zh="甲所") + LINE.format(code="b", zh="甲所"),
        LINE.format(code="A!", zh="甲所"),
        LINE.format(code="a", zh="甲所") + 'street = "x"\n',
        '[[station]]\ncode = "a"\n',
    ],
)
def test_a_file_of_stations_is_read_strictly(text):
    with pytest.raises(MalformedError):
        read_stations(text)
