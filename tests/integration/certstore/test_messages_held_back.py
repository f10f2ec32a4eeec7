"""Messages that are held back: by the minute's limit, by a gateway, by an owner, by a clock."""

from datetime import timedelta

import pytest

from certstore.certificates import Holder
from tests.contacts import (
    MAIL,
    code_in,
    confirmed,
    connected,
    in_bulk,
    inbox,
    send,
    states,
    told,
)
from tests.gateways import reports
from tests.house import house_in
from tests.sealed import LIN, ZHOU, resident

ME = resident(LIN)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LIMIT = 5


@pytest.fixture
def post(house):
    with connected(house) as opened:
        yield opened


@pytest.fixture
def narrow(database_url, tmp_path):
    """A house that sends five messages a minute, and forty people for whom one waits."""
    settings = {"quiet_hours": "00:00-00:00", "messages_a_minute": LIMIT}
    house = house_in(tmp_path / "narrow", database_url=database_url, **settings)
    with connected(house) as opened:
        people = [Holder(f"人{n}", "414", f"P{n:07d}") for n in range(40)]
        in_bulk(opened, people)
        for holder in people:
            told(opened, holder)
        yield opened
    house.close()


def calls_by_minute(house, minutes):
    """How often the gateway was called in each minute; the postman comes by every 20 seconds."""
    counted = []
    for _ in range(minutes):
        before = len(house.gateway.calls)
        for _ in range(3):
            send(house, most=1000)
            house.clock.skip(timedelta(seconds=20))
        counted.append(len(house.gateway.calls) - before)
    return counted


# -- the minute's limit --------------------------------------------------------------------


@pytest.mark.parametrize("status", [422, 429, 500, 503])
def test_what_is_tried_counts_whatever_becomes_of_it(narrow, status):
    narrow.gateway.wrong = {"status": status}
    calls = calls_by_minute(narrow, 8)
    assert max(calls) <= LIMIT
    assert sum(calls) >= 8


def test_a_mail_server_that_refuses_recipients_for_now_is_not_flooded_either(narrow):
    with narrow.archive.writing() as books:
        books.connection.exec_driver_sql("UPDATE message_contacts SET channel = 'email'")
    narrow.mail.answers = {"RCPT": b"450 4.2.1 greylisted\r\n"}
    assert send(narrow, "email", most=1000) == ["not_sent"] * LIMIT


def test_a_gateway_that_is_busy_is_left_alone_by_all(narrow):
    narrow.gateway.wrong = {"status": 429}
    assert send(narrow) == ["not_sent"]
    narrow.gateway.wrong = {}
    narrow.clock.skip(timedelta(seconds=25))
    assert send(narrow) == []
    narrow.clock.skip(timedelta(seconds=6))
    assert send(narrow) == ["sent"] * (LIMIT - 1)  # the refused one was of this minute, too


@pytest.mark.parametrize(
    ("said", "after"),
    [
        ("600", timedelta(minutes=10)),
        ("0", timedelta(seconds=1)),
        ("999999999999", HOUR),
        ("Wed, 25 Nov 2026 02:20:00 GMT", timedelta(minutes=20)),
        ("Wed, 25 Nov 2020 02:20:00 GMT", timedelta(seconds=1)),
        ("-5", timedelta(seconds=30)),
        ("soon", timedelta(seconds=30)),
        ("Wed, 99 Nov 2026 02:20:00 GMT", timedelta(seconds=30)),
        ("3²", timedelta(seconds=30)),
    ],
)
def test_it_is_asked_again_when_it_said_and_within_the_hour(narrow, said, after):
    narrow.gateway.wrong = {"status": 503, "retry_after": said, "once": True}
    assert send(narrow) == ["not_sent"]
    if after > timedelta(seconds=1):
        narrow.clock.skip(after / 2)
        assert send(narrow, most=1) == []
    narrow.clock.skip(after)
    assert send(narrow, most=1) == ["sent"]


def test_a_pause_from_a_clock_that_ran_ahead_holds_nothing_up(narrow):
    narrow.clock.skip(DAY)
    narrow.gateway.wrong = {"status": 429, "retry_after": "3600", "once": True}
    assert send(narrow) == ["not_sent"]
    narrow.clock.skip(-DAY)
    assert send(narrow) == ["sent"] * LIMIT


def test_attempts_of_yesterday_are_forgotten(narrow):
    send(narrow)
    narrow.clock.skip(2 * DAY)
    narrow.sending_desk.forget()
    with narrow.archive.reading() as books:
        query = "SELECT count(*) FROM message_attempts"
        assert books.connection.exec_driver_sql(query).scalar_one() == 0


# -- together ------------------------------------------------------------------------------


def test_however_many_wait_for_one_address_they_are_one_message(post):
    confirmed(post, ME)
    for n in range(120):
        told(post, occasion=str(n))
    assert send(post) == ["sent"]
    ((_, text),) = post.gateway.texts
    assert "还有 119 条" in text
    assert states(post) == ["sent"] * 120


# -- what the owner chose ------------------------------------------------------------------


def test_what_waits_is_not_sent_once_its_group_was_unticked(post):
    confirmed(post, ME)
    told(post, kind="relied_on")
    told(post, kind="draft_ending", occasion="2", on="2026-11-30")
    post.sending_desk.spread()
    post.contact_desk.choose(ME, "sms", {"dates"}, "zh", switched_on=True)
    assert send(post) == ["sent"]
    ((_, text),) = post.gateway.texts
    assert "条" not in text.replace("条款", "")
    assert states(post) == ["dropped", "sent"]
    assert len(inbox(post, ME)) == 2


def test_what_may_have_left_is_not_sent_again_once_its_group_was_unticked(post):
    confirmed(post, ME)
    post.gateway.wrong = {"status": 500, "once": True}
    told(post, kind="relied_on")
    assert send(post) == ["not_sent"]
    post.contact_desk.choose(ME, "sms", {"dates"}, "zh", switched_on=True)
    told(post, kind="draft_ending", occasion="2", on="2026-11-30")
    post.clock.skip(2 * MINUTE)
    assert send(post) == ["sent"]
    assert states(post) == ["unclear", "sent"]
    assert len(post.gateway.sent) == 1


def test_a_late_word_of_a_dead_address_says_nothing_of_one_confirmed_since(post):
    confirmed(post, ME)
    for occasion in ("1", "2"):
        told(post, occasion=occasion)
        assert send(post) == ["sent"]
        post.clock.skip(MINUTE)
    first, second = post.gateway.sent
    post.report_desk.take(*reports((first, "bad_address"), now=post.clock.now()))
    assert post.contact_desk.send_again(ME, "sms") == "sent"
    assert post.contact_desk.confirm(ME, "sms", code_in(post, "sms")) == "confirmed"
    taken = post.report_desk.take(*reports((second, "bad_address"), now=post.clock.now(), id_="2"))
    assert taken.new == 1
    assert states(post) == ["failed", "failed"]
    assert not post.contact_desk.mine(ME)[0].failing
    told(post, occasion="3")
    assert send(post) == ["sent"]
    (third,) = set(post.gateway.sent) - {first, second} - set(_codes(post))
    post.report_desk.take(*reports((third, "bad_address"), now=post.clock.now(), id_="3"))
    assert post.contact_desk.mine(ME)[0].failing


def _codes(house):
    return [key for key, said in house.gateway.sent.items() if not said["link"]]


# -- clocks --------------------------------------------------------------------------------


def test_a_key_from_a_clock_that_ran_ahead_is_not_used_again(post):
    confirmed(post, ME)
    post.clock.skip(2 * DAY)
    post.gateway.wrong = {"cut": True}
    told(post)
    assert send(post) == ["not_sent"]
    post.gateway.wrong = {}
    post.gateway.sent.clear()  # as if a day had passed there
    post.clock.skip(30 * HOUR - 2 * DAY)
    assert send(post) == []
    assert states(post) == ["unclear"]
    assert post.gateway.sent == {}


def test_a_code_from_a_clock_that_ran_ahead_is_void_and_counts_no_longer(post):
    desk = post.contact_desk
    post.clock.skip(3 * DAY)
    for _ in range(5):
        assert desk.add(ME, "sms", "13800138000", "zh") == "sent"
    early = code_in(post, "sms")
    assert desk.add(ME, "sms", "13800138000", "zh") == "too_often"
    post.clock.skip(-3 * DAY)
    assert desk.mine(ME)[0].code_until is None
    assert desk.confirm(ME, "sms", early) == "over"
    assert desk.send_again(ME, "sms") == "sent"
    assert desk.confirm(ME, "sms", code_in(post, "sms")) == "confirmed"
    desk.add(resident(ZHOU), "email", MAIL, "zh")


def test_an_unconfirmed_address_from_a_clock_that_ran_ahead_is_forgotten(post):
    post.clock.skip(30 * DAY)
    post.contact_desk.add(ME, "sms", "13800138000", "zh")
    post.clock.skip(-30 * DAY)
    post.sending_desk.forget()
    assert post.contact_desk.mine(ME) == []
