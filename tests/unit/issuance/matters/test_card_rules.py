"""What cards are judged by: the table of stages, addresses, couriers' words, service points."""

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certstore.errors import ForbiddenError, MalformedError, UnauthenticatedError
from certstore.events.checking import check_webhook
from certstore.working_days import WorkCalendar
from issuance.counters import counters
from issuance.matters.cards.judging import delivery_day, read_address, steps_for
from issuance.matters.cards.orders import Address
from issuance.matters.cards.points.points import (
    PointsDesk,
    Position,
    metres,
    parse_points,
    read_points,
)
from issuance.matters.cards.shipping.door import CourierDoor
from issuance.matters.cards.stages import Role, StageTable, stage_table
from tests.couriers import SECRET, call, word

TABLE = stage_table()
NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
CITY, DISTRICTS = "示范市", ("海港区", "梧桐区", "望江区", "云杉区")
TEXT = (
    'holds_from = 2021-03-01\nfirst = "a"\nfile_of = 1\nfile_bytes = 100000\nfile_after = 0\n'
    "photo_bytes = 1000\nforget_after = 0\nwants_card = []\n[terms]\nmaking = 7\n"
    '[[stage]]\nname = "a"\n[[stage]]\nname = "b"\nends = true\n'
    '[[step]]\nname = "go"\nfrom = ["a"]\nto = "b"\nby = ["system"]\n'
)


# -- stages ------------------------------------------------------------------------------------


def test_the_table_that_comes_with_the_service_promises_seven_and_two_working_days():
    assert TABLE.sheet.terms == {"making": 7, "transport": 2, "notify": 2, "delivery": 2}
    assert StageTable.parse(TEXT, where="t").fault() == ""


@pytest.mark.parametrize(
    ("there", "instead", "why"),
    [
        ('to = "b"', 'to = "c"', "no such stage: c"),
        ('first = "a"', 'first = "z"', "no such stage: z"),
        ('from = ["a"]', 'from = ["b"]', "nothing leads on from a"),
        ('by = ["system"]', 'by = ["system"]\nclock = "notify"', "no such term: notify"),
        ('name = "b"', 'name = "a"', "a name stands twice"),
        ('by = ["system"]', 'by = ["anybody"]', "cannot be read"),
        ("ends = true", "ends = true\nextra = 1", "cannot be read"),
        ("making = 7", "making = -1", "cannot be read"),
    ],
)
def test_a_table_that_leads_nowhere_is_refused_when_it_is_read(there, instead, why):
    assert there in TEXT
    with pytest.raises(MalformedError, match=why):
        StageTable.parse(TEXT.replace(there, instead), where="t")


def test_every_stage_is_reached_and_what_ended_stays_so():
    reached, found = {TABLE.sheet.first, "not_wanted"}, True
    while found:
        found = {s.to for s in TABLE.steps.values() if reached & set(s.from_)} - reached
        reached |= found
    assert reached == set(TABLE.stages)
    leaving = {name for step in TABLE.steps.values() for name in step.from_}
    ends = {name for name, stage in TABLE.stages.items() if stage.ends}
    assert ends & leaving == {"not_wanted", "stopped"}  # a card after all; a loss that was lifted
    gone = {name for name, stage in TABLE.stages.items() if stage.left}
    assert not gone & set(TABLE.steps["stop"].from_)


@pytest.mark.parametrize(("name", "role"), list(product(TABLE.steps, Role)))
def test_a_step_is_for_those_the_table_names_alone(name, role):
    if role in TABLE.steps[name].by:
        assert TABLE.step(name, role).name == name
    else:
        with pytest.raises(ForbiddenError):
            TABLE.step(name, role)


# -- couriers ----------------------------------------------------------------------------------

WORDS = ("booked", "picked_up", "in_transit", "out_for_delivery", "attempt_failed")


def walked(words, stage="notified"):
    """Where a card stands after these words, in this order."""
    for kind in words:
        for step in steps_for(kind, stage):
            assert TABLE.allows(step, stage)
            stage = TABLE.steps[step].to
    return stage


@given(st.permutations([*WORDS, "delivered"]), st.lists(st.sampled_from(WORDS), max_size=6))
def test_in_whatever_order_words_come_and_however_often_a_card_ends_where_it_is(order, again):
    assert walked([*order, *again, *order]) == "delivered"


@given(st.lists(st.sampled_from([*WORDS, "delivered", "returned"]), max_size=12))
def test_no_words_of_a_courier_lead_where_the_table_does_not(words):
    first = next((w for w in words if w in {"delivered", "returned"}), None)
    left = any(w != "booked" for w in words)
    wanted = first or ("handed_to_courier" if left else "notified")
    assert walked(words) == wanted
    assert walked(words, "collected") == "collected"
    assert walked(words, "making") == "making"


def test_a_courier_comes_on_a_day_that_was_agreed():
    calendar, friday = WorkCalendar.load(), date(2026, 11, 27)
    assert delivery_day("any", friday, calendar) == friday
    assert delivery_day("weekend", friday, calendar) == date(2026, 11, 28)
    assert delivery_day("workdays", date(2026, 11, 28), calendar) == date(2026, 11, 30)


GOOD = Address("林晓禾", "138 0000-0000", "梧桐区", "听雨路77号3幢1202室", "any", "evening")


def test_an_address_within_the_city_is_read():
    read, faults = read_address(GOOD, DISTRICTS, CITY)
    assert (faults, read.phone) == ({}, "13800000000")
    named = Address("林", "+8613800000000", "梧桐区", "示范市梧桐区听雨路77号3幢1202室")
    estate = Address("林", "13800000000", "梧桐区", "城市花园小区5号302室")
    assert [read_address(a, DISTRICTS, CITY)[1] for a in (named, estate)] == [{}, {}]


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"district": "城北区"}, {"district": "unknown"}),
        ({"district": ""}, {"district": "missing"}),
        ({"address": "邻市青山区听雨路77号3幢1202室"}, {"address": "elsewhere"}),
        ({"address": "某省某县听雨路77号"}, {"address": "elsewhere"}),
        ({"address": "海港区听雨路77号3幢1202室"}, {"address": "elsewhere"}),
        ({"address": "听雨路"}, {"address": "malformed"}),
        ({"address": "听雨路77号\u202e3幢1202室"}, {"address": "malformed"}),
        ({"address": ""}, {"address": "missing"}),
        ({"recipient": "\u200b"}, {"recipient": "malformed"}),
        ({"recipient": "林" * 51}, {"recipient": "too_long"}),
        ({"phone": "12345"}, {"phone": "malformed"}),
        ({"phone": "\uff11\uff13\uff18"}, {"phone": "malformed"}),
        ({"slot": "night", "days": "never"}, {"slot": "unknown", "days": "unknown"}),
    ],
)
def test_every_field_of_an_address_that_is_wrong_is_named(changes, faults):
    said = Address(**(GOOD.as_json() | changes))
    assert read_address(said, DISTRICTS, CITY)[1] == faults


class _Still:
    def now(self):
        return NOW


def test_a_call_is_the_couriers_only_with_its_signature_over_this_body_just_now():
    headers, body = call("k" * 20, word("picked_up", NOW), now=NOW)
    check_webhook(headers, body, SECRET, NOW)
    for wrong in (
        {"webhook-signature": headers["webhook-signature"][:-4] + "AAA="},
        {"webhook-signature": ""},
        {"webhook-id": "another"},
        {"webhook-id": ""},
        {"webhook-timestamp": str(int(headers["webhook-timestamp"]) + 1)},
        {"webhook-timestamp": "\uff11\uff17\uff16"},
        {"webhook-timestamp": ""},
    ):
        with pytest.raises(UnauthenticatedError):
            check_webhook(headers | wrong, body, SECRET, NOW)
    for late in (NOW + timedelta(minutes=6), NOW - timedelta(minutes=6)):
        with pytest.raises(UnauthenticatedError):
            check_webhook(headers, body, SECRET, late)
    with pytest.raises(UnauthenticatedError):
        check_webhook(headers, body + b" ", SECRET, NOW)
    with pytest.raises(UnauthenticatedError):
        check_webhook(headers, body, b"x" * 32, NOW)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"shipment":"kkkkkkkkkkkkkkkkkkkk"}',
        b'{"shipment":"kkkkkkkkkkkkkkkkkkkk","events":[]}',
        b'{"shipment":"kkkkkkkkkkkkkkkkkkkk","events":[],"shipment":"x"}',
        b'{"shipment":"kkkkkkkkkkkkkkkkkkkk","events":[{"event_id":"1","kind":"lost","at":"2026-11-25T02:00:00Z"}]}',
        b'{"shipment":"kkkkkkkkkkkkkkkkkkkk","events":[{"event_id":"1","kind":"delivered","at":"2026-11-25T02:00:00"}]}',
        b'{"shipment":"kkkkkkkkkkkkkkkkkkkk","events":[{"event_id":"1","kind":"delivered","at":"1066-10-14T02:00:00Z"}]}',
        b'{"shipment":"../../../../../etc/x","events":[{"event_id":"1","kind":"delivered","at":"2026-11-25T02:00:00Z"}]}',
    ],
)
def test_a_signed_call_that_cannot_be_read_is_refused(body):
    from certstore.events.signing import signed_headers  # noqa: PLC0415 - only here

    door = CourierDoor(tracking=None, secret=SECRET, clock=_Still())
    with pytest.raises(MalformedError):
        door.take(dict(signed_headers("c", NOW, body, [SECRET])), body)


# -- service points ----------------------------------------------------------------------------


def test_the_invented_citys_points_are_twelve_in_four_districts_and_every_station_is_known():
    desk = PointsDesk(read_points(None))
    assert len(desk.points) == 12
    assert [p.district for p in desk.by_district()] == [d for d in DISTRICTS for _ in range(3)]
    assert desk.at_station("梧桐派出所").code == "WT01"
    assert all(p.hands_out_cards for p in desk.by_district(service="cards"))
    assert desk.by_district("月球区") == ()


def test_distance_is_that_of_the_great_circle():
    # One degree of latitude, and Beijing to Shanghai: 1,067 km.
    assert metres(Position(30, 124), Position(31, 124)) == pytest.approx(111_195, rel=0.001)
    beijing, shanghai = Position(39.9042, 116.4074), Position(31.2304, 121.4737)
    assert metres(beijing, shanghai) == pytest.approx(1_067_000, rel=0.005)
    assert metres(Position(0, 179.9), Position(0, -179.9)) == pytest.approx(22_239, rel=0.001)
    assert metres(Position(90, 0), Position(-90, 0)) == pytest.approx(20_015_000, rel=0.001)


@given(st.floats(-90, 90), st.floats(-180, 180), st.floats(-90, 90), st.floats(-180, 180))
def test_distance_is_the_same_both_ways_and_never_more_than_half_round_the_earth(a, b, c, d):
    one, other = Position(a, b), Position(c, d)
    assert metres(one, other) == pytest.approx(metres(other, one), abs=1e-3)
    assert 0 <= metres(one, other) <= 20_015_115
    assert metres(one, one) == 0


def test_the_nearest_point_comes_first():
    found = PointsDesk(read_points(None)).nearest(Position(30.5210, 124.0612))
    assert found[0][0].code == "WT01"
    assert found[0][1] == 0
    assert [m for _, m in found] == sorted(m for _, m in found)


POINT = (
    '[[point]]\ncode = "A1"\ndistrict = "海港区"\nzh = "一"\nen = "One"\naddress_zh = "路"\n'
    'address_en = "Road"\nlatitude = 30.5\nlongitude = 124.1\nservices = ["cards"]\n'
    'hours = [{ days = "workdays", from = "09:00", to = "17:00" }]\n'
)


@pytest.mark.parametrize(
    ("there", "instead"),
    [
        ("latitude = 30.5", "latitude = 91.0"),
        ("latitude = 30.5", "latitude = nan"),
        ('services = ["cards"]', 'services = ["photos"]'),
        ('services = ["cards"]', 'services = ["coffee"]'),
        ('from = "09:00"', 'from = "9:00"'),
        ('to = "17:00"', 'to = "08:00"'),
        ('code = "A1"', 'code = "A1"\nphone = "1"'),
        ('zh = "一"', 'zh = "一\u202e"'),
        ('code = "A1"', 'code = "../x"'),
        ("[[point]]", "[[points]]"),
    ],
)
def test_a_list_of_points_is_read_strictly(there, instead):
    assert parse_points(POINT, where="t")[0].code == "A1"
    with pytest.raises(MalformedError):
        parse_points(POINT.replace(there, instead), where="t")


def test_no_code_and_no_station_stands_twice_and_a_file_is_read_whole_or_not(tmp_path):
    with pytest.raises(MalformedError):
        parse_points(POINT + POINT, where="t")
    stations = POINT.replace("hours", 'stations = ["x"]\nhours')
    with pytest.raises(MalformedError):
        parse_points(stations + stations.replace("A1", "A2"), where="t")
    file = tmp_path / "points.toml"
    with pytest.raises(MalformedError):
        read_points(file)
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(MalformedError):
        read_points(file)
    file.write_text(POINT, "utf-8")
    read_points.cache_clear()
    assert read_points(file)[0].name == {"zh": "一", "en": "One"}


def test_a_counter_that_is_a_service_point_too_is_described_the_same():
    points = {p.name["zh"]: p for p in read_points(None)}
    for counter in counters():
        point = points[counter.name["zh"]]
        assert point.district == counter.district
        assert point.name == counter.name
        assert point.address["zh"] == CITY + counter.address["zh"]
        assert point.address["en"] == counter.address["en"]
        assert set(point.services) >= {"applications", "cards"}
        said = {"workdays": counter.hours, "saturday": counter.saturday}
        hours = {h.days: f"{h.from_.removeprefix('0')}–{h.to}" for h in point.hours}
        assert hours == {days: when for days, when in said.items() if when}
