"""Cards sent by courier: booked over HTTP on loopback, followed by signed calls and by asking."""

from datetime import date, timedelta

import pytest

from certstore.certificates import Status
from certstore.errors import ConflictError, NotFoundError, UnauthenticatedError
from issuance.matters.cards.centre.handover import HandOver
from issuance.matters.cards.desk import Wanted
from issuance.matters.cards.orders import Address
from issuance.matters.cards.shipping.tables import ShippingBook
from tests.cards import WINDOW, becomes
from tests.couriers import SAID, SandboxCourier, call, serving, word
from tests.house import house_in
from tests.sealed import LIN, resident
from tests.unit.issuance.matters.test_card_lives import at_centre, kinds, order_of, rounds

HOME = Address("林晓禾", "13800000000", "梧桐区", "听雨路77号3幢1202室", "workdays", "evening")
BY_CARD = HandOver(who="holder", check="id_card", seen=True)


@pytest.fixture
def courier():
    return SandboxCourier()


@pytest.fixture
def house(tmp_path, courier):
    with serving(courier) as url:
        built = house_in(tmp_path, courier_url=url, courier_secret=SAID, courier_name="远帆速递")
        courier.clock = built.clock
        yield built
        built.close()


@pytest.fixture
def sent(house, courier):
    """A permit whose card is booked with the courier."""
    given = at_centre(house)
    order = order_of(house, given)
    house.card_desk.choose(resident(), order.ref, Wanted("courier", to=HOME, seen=0))
    work(house)
    assert len(courier.booked) == 1
    return given


def work(house):
    """What the worker does about shipments, twice over."""
    for _ in range(2):
        for job in ("open", "book", "cancel", "ask"):
            getattr(house.shipping_desk, job)()


def shipment_of(house, certificate):
    with house.archive.reading() as books:
        return ShippingBook(books.connection).of_order(order_of(house, certificate).id)[0]


def tell(house, ref, *words):
    return house.courier_door.take(*call(ref, *words, now=house.clock.now()))


def test_a_parcel_is_booked_once_and_says_what_a_courier_needs_and_no_more(house, courier, sent):
    (said,) = courier.booked.values()
    assert said["to"] == {
        "name": "林晓禾",
        "phone": "13800000000",
        "address": "示范市梧桐区听雨路77号3幢1202室",
    }
    assert said["window"] == {"day": "2026-11-26", "from": "18:00", "to": "21:00"}
    assert said["pick_up"]["name"] == "梧桐区社区事务受理服务中心"
    assert LIN.id_number not in str(said)
    assert order_of(house, sent).number not in str(said)
    assert [method for method, _ in courier.asked].count("POST") == 1
    looks = [e.record for e in house.holdings_desk.usage(resident())]
    told = [r for r in looks if r["purpose"] == "card_delivery"]
    assert [(r["agency"], r["fields"]) for r in told] == [
        ("远帆速递", ["name", "delivery_address"])
    ]


def test_the_couriers_words_lead_the_card_to_its_holder(house, sent):
    now, ref = house.clock.now(), shipment_of(house, sent).ref
    assert tell(house, ref, word("picked_up", now, 1)) == 1
    assert order_of(house, sent).stage == "handed_to_courier"
    assert tell(house, ref, word("picked_up", now, 1)) == 0
    later = now + timedelta(minutes=5)
    words = (word("out_for_delivery", later, 2), word("delivered", later, 3))
    assert tell(house, ref, *words) == 2
    assert order_of(house, sent).stage == "delivered"
    assert kinds(house)[:2] == ["card_arrived", "card_sent"]
    story = house.card_desk.one(resident(), order_of(house, sent).ref)
    assert [w.kind for w in story.tracking] == ["picked_up", "out_for_delivery", "delivered"]
    assert story.shipment.tracking_no == "YF00000000"


def test_on_the_road_it_is_due_on_the_day_agreed_and_late_after_it(house, sent):
    now, shipment = house.clock.now(), shipment_of(house, sent)
    tell(house, shipment.ref, word("picked_up", now, 1))
    order = order_of(house, sent)
    assert (order.clock, order.due_on) == ("delivery", shipment.day)
    house.clock.skip(timedelta(days=10))
    assert house.late_card_desk.raise_late() == 1
    tell(house, shipment.ref, word("delivered", house.clock.now(), 2))
    assert order_of(house, sent).due_on is None
    assert house.late_card_desk.raise_late() == 0


def test_what_comes_back_is_at_its_service_point_within_the_term(house, sent):
    now, shipment = house.clock.now(), shipment_of(house, sent)
    tell(house, shipment.ref, word("picked_up", now, 1), word("returned", now, 2))
    order = order_of(house, sent)
    assert (order.stage, order.clock) == ("returned", "transport")
    received = house.calendar.received_on(house.clock.now()).day
    assert order.due_on == house.calendar.add_working_days(received, 2).day


def test_words_out_of_order_late_and_twice_change_nothing(house, sent):
    now, ref = house.clock.now(), shipment_of(house, sent).ref
    assert tell(house, ref, word("delivered", now, 9)) == 1
    assert order_of(house, sent).stage == "delivered"
    early = now - timedelta(hours=3)
    assert tell(house, ref, word("picked_up", early, 1), word("returned", now, 10)) == 2
    assert order_of(house, sent).stage == "delivered"
    story = house.card_desk.one(resident(), order_of(house, sent).ref)
    assert [w.kind for w in story.tracking] == ["picked_up", "delivered", "returned"]
    assert kinds(house).count("card_arrived") == 1


def test_a_word_from_the_future_is_kept_under_this_moment(house, sent):
    now, ref = house.clock.now(), shipment_of(house, sent).ref
    tell(house, ref, word("picked_up", now + timedelta(days=400)))
    (kept,) = house.card_desk.one(resident(), order_of(house, sent).ref).tracking
    assert kept.at - now < timedelta(minutes=1)


def test_a_lost_call_is_made_good_by_asking(house, courier, sent):
    ref = shipment_of(house, sent).ref
    courier.events[ref] = [word("picked_up", house.clock.now())]
    work(house)
    assert order_of(house, sent).stage == "notified"  # not asked about before its time
    house.clock.skip(timedelta(minutes=31))
    work(house)
    assert order_of(house, sent).stage == "handed_to_courier"


def test_what_the_courier_cannot_deliver_comes_back_and_waits_at_the_point(house, courier, sent):
    now, ref = house.clock.now(), shipment_of(house, sent).ref
    tell(house, ref, word("picked_up", now, 1), word("returned", now, 2))
    order = order_of(house, sent)
    assert order.stage == "returned"
    assert kinds(house)[0] == "card_came_back"
    house.arriving_desk.arrive(WINDOW, order.card_no)
    rounds(house)
    order = order_of(house, sent)
    assert (order.stage, order.delivery.way) == ("notified", "pickup")
    house.card_desk.choose(resident(), order.ref, Wanted("courier", to=HOME))
    work(house)
    assert len(courier.booked) == 2
    assert house.centre_desk.give_to_courier(WINDOW, order.ref).stage == "handed_to_courier"


def test_a_holder_who_comes_after_all_is_given_the_card_and_the_courier_called_off(
    house, courier, sent
):
    ref = shipment_of(house, sent).ref
    order = order_of(house, sent)
    house.card_desk.choose(resident(), order.ref, Wanted("pickup"))
    work(house)
    assert courier.cancelled == [ref]
    house.centre_desk.hand_over(WINDOW, order.ref, BY_CARD)
    work(house)
    assert courier.cancelled == [ref]
    with pytest.raises(ConflictError) as refused:
        house.card_desk.choose(resident(), order.ref, Wanted("courier", to=HOME))
    assert refused.value.facts["cause"] == "STAGE"


def test_what_left_before_it_was_called_off_is_followed_all_the_same(house, courier, sent):
    ref = shipment_of(house, sent).ref
    courier.left.add(ref)
    house.card_desk.choose(resident(), order_of(house, sent).ref, Wanted("pickup"))
    work(house)
    assert [m for m, _ in courier.asked].count("DELETE") == 1
    tell(house, ref, word("picked_up", house.clock.now()))
    assert order_of(house, sent).stage == "handed_to_courier"


def test_a_permit_that_is_lost_before_the_courier_came_calls_the_parcel_off(house, courier, sent):
    becomes(house, sent, Status.LOST)
    rounds(house)
    work(house)
    assert order_of(house, sent).stage == "stopped"
    assert courier.cancelled == [shipment_of(house, sent).ref]


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": 500},
        {"status": 201, "body": b'{"tracking_no":"YF1","extra":1}'},
        {"status": 201, "body": b"\xff"},
        {"status": 201, "body": b"[" * 200_000},
        {"status": 302},
    ],
)
def test_a_courier_that_is_down_or_answers_nonsense_is_asked_again_later(house, courier, wrong):
    given = at_centre(house)
    order = order_of(house, given)
    house.card_desk.choose(resident(), order.ref, Wanted("courier", to=HOME))
    courier.wrong = wrong
    work(house)
    assert shipment_of(house, given).state == "to_book"
    assert len(courier.asked) == 1  # the second try waits
    courier.wrong = {}
    house.clock.skip(timedelta(minutes=3))
    work(house)
    assert shipment_of(house, given).state == "booked"
    assert len(courier.booked) == 1


def test_a_strangers_call_and_a_parcel_of_nobody_are_refused(house, sent):
    ref, now = shipment_of(house, sent).ref, house.clock.now()
    headers, body = call(ref, word("delivered", now), now=now, secret=b"x" * 32)
    with pytest.raises(UnauthenticatedError):
        house.courier_door.take(headers, body)
    with pytest.raises(NotFoundError):
        tell(house, "z" * 20, word("delivered", now))
    assert order_of(house, sent).stage == "notified"


def test_where_a_card_was_sent_is_forgotten_a_while_after_it_arrived(house, sent):
    ref = shipment_of(house, sent).ref
    tell(house, ref, word("delivered", house.clock.now()))
    house.clock.skip(timedelta(days=29))
    assert house.card_keeping_desk.forget() == 0
    house.clock.skip(timedelta(days=2))
    assert house.card_keeping_desk.forget() == 1
    assert house.card_keeping_desk.forget() == 0
    assert order_of(house, sent).delivery.to is None


def test_the_courier_comes_on_an_agreed_day(house, courier):
    given = at_centre(house)
    weekend = Address(**(HOME.as_json() | {"days": "weekend", "slot": "morning"}))
    order = order_of(house, given)
    house.card_desk.choose(resident(), order.ref, Wanted("courier", to=weekend))
    work(house)
    assert shipment_of(house, given).day == date(2026, 11, 28)
