"""Gateways over HTTP: late, twice, broken; and what they report, which counts once."""

import json

import pytest

from certstore.clock import MovedClock
from certstore.errors import MalformedError, NotFoundError, UnauthenticatedError
from certstore.messages.channels import (
    Outgoing,
    RefusedForGoodError,
    TryLaterError,
    UnclearError,
)
from certstore.service.gateway_channel import GatewayChannel
from tests import gateways
from tests.contacts import confirmed, connected, inbox, send, states, told
from tests.gateways import SECRET, Gateway, reports
from tests.house import TODAY
from tests.residents import Browser
from tests.sealed import LIN, resident

ME = resident(LIN)
MESSAGE = Outgoing(
    key="k7m2x9qd4wzr5t8vbn3c", to="+8613800138000", lang="zh", subject="s", text="办好了", link="l"
)


@pytest.fixture
def gateway():
    return Gateway(MovedClock(TODAY))


@pytest.fixture
def channel(gateway):
    with gateways.serving(gateway) as url:
        opened = GatewayChannel(url, SECRET, gateway.clock, 0.5)
        yield opened
        opened.close()


def sent(channel):
    return channel.send(MESSAGE, lambda: None)


def test_a_message_is_signed_and_named_and_carries_what_it_must(gateway, channel):
    assert sent(channel) == "gw-0"
    assert gateway.sent == {
        MESSAGE.key: {
            "to": "+8613800138000",
            "language": "zh",
            "title": "s",
            "text": "办好了",
            "link": "l",
        }
    }


def test_handed_over_twice_under_one_key_it_is_sent_once(gateway, channel):
    assert sent(channel) == sent(channel) == "gw-0"
    assert len(gateway.sent) == 1
    assert len(gateway.calls) == 2


@pytest.mark.parametrize(
    ("wrong", "error", "said"),
    [
        ({"status": 422, "body": b'{"fault":"address"}'}, RefusedForGoodError, "address"),
        ({"status": 422, "body": b'{"fault":"message"}'}, RefusedForGoodError, "message"),
        ({"status": 400, "body": b"<html>"}, RefusedForGoodError, "message"),
        ({"status": 429}, TryLaterError, True),
        ({"status": 503}, TryLaterError, True),
        ({"status": 401}, TryLaterError, False),
        ({"status": 302}, TryLaterError, False),
        ({"status": 500}, UnclearError, None),
        ({"status": 504}, UnclearError, None),
        ({"status": 409}, UnclearError, None),
        ({"cut": True}, UnclearError, None),
        ({"late": 0.9}, UnclearError, None),
    ],
)
def test_what_a_gateway_answers_is_read_as_agreed(gateway, channel, wrong, error, said):
    gateway.wrong = wrong
    with pytest.raises(error) as raised:
        sent(channel)
    assert (getattr(raised.value, "fault", None) or getattr(raised.value, "reached", None)) == said


def test_what_was_taken_is_taken_whatever_else_the_answer_says(gateway, channel):
    gateway.wrong = {"status": 200, "body": b"not what was agreed"}
    assert sent(channel) == ""
    gateway.wrong = {"status": 200, "body": b"x" * 20_000}
    with pytest.raises(UnclearError):
        sent(channel)


def test_a_gateway_that_nobody_reaches_was_surely_told_nothing():
    channel = GatewayChannel("http://127.0.0.1:9", SECRET, MovedClock(TODAY), 0.5)
    with pytest.raises(TryLaterError) as raised:
        sent(channel)
    assert raised.value.reached is False


# -- reports -------------------------------------------------------------------------------


@pytest.fixture
def post(house):
    with connected(house) as opened:
        yield opened


@pytest.fixture
def key(post):
    """What one message was sent under."""
    confirmed(post, ME)
    told(post)
    assert send(post) == ["sent"]
    (found,) = post.gateway.sent
    return found


def report(house, *said, **more):
    return house.report_desk.take(*reports(*said, now=house.clock.now(), **more))


def test_a_report_counts_once_however_often_it_comes(post, key):
    assert report(post, (key, "delivered")).new == 1
    assert report(post, (key, "delivered")).new == 0
    assert report(post, (key, "delivered"), (key, "delivered"), id_="again").new == 0
    assert states(post) == ["delivered"]


def test_a_late_report_moves_nothing_back(post, key):
    report(post, (key, "delivered"))
    assert report(post, (key, "failed")).new == 0
    assert report(post, (key, "bad_address")).new == 0
    assert states(post) == ["delivered"]
    assert not post.contact_desk.mine(ME)[0].failing


def test_a_report_may_come_before_our_own_note_of_having_sent(post):
    """The gateway reports while it still answers: what we note afterwards moves nothing back."""
    confirmed(post, ME)
    told(post)
    post.sending_desk.spread()
    real = post.message_channels["sms"]

    class Quick:
        repeatable = True

        def send(self, outgoing, leaving):
            name = real.send(outgoing, leaving)
            assert report(post, (outgoing.key, "delivered")).new == 1
            return name

    post.message_channels["sms"] = Quick()
    assert send(post) == ["sent"]
    assert states(post) == ["delivered"]


def test_an_address_reported_dead_is_sent_nothing_more(post, key):
    assert report(post, (key, "bad_address")).new == 1
    assert report(post, (key, "bad_address")).new == 0
    assert states(post) == ["failed"]
    assert inbox(post, ME) == ["contact_failing", "certificate_ready"]
    told(post, occasion="2")
    assert send(post) == []


def test_a_message_nobody_knows_is_named_and_the_others_count(post, key):
    taken = report(post, ("z" * 20, "delivered"), (key, "delivered"))
    assert (taken.new, taken.unknown) == (1, ("z" * 20,))


def test_a_report_is_taken_from_nobody_else(post, key):
    now = post.clock.now()
    for headers, body in (
        reports((key, "delivered"), now=now, secret=b"x" * 32),
        (reports((key, "delivered"), now=now)[0], reports((key, "failed"), now=now)[1]),
        ({}, b"{}"),
    ):
        with pytest.raises(UnauthenticatedError):
            post.report_desk.take(headers, body)
    assert states(post) == ["sent"]


def test_a_report_of_another_gateways_message_is_none(post, key):
    """Each gateway speaks of its own messages."""
    post.__dict__["message_secrets"] = {"mini_program": SECRET}
    post.__dict__.pop("report_desk", None)
    taken = report(post, (key, "failed"))
    assert (taken.new, taken.unknown) == (0, (key,))


@pytest.mark.parametrize(
    "said",
    [
        {}, {"reports": []}, {"reports": [{"message": "a", "state": "delivered"}]},
        {"reports": [{"message": "z" * 20, "state": "read"}]}, {"reports": "x"},
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(post, said):
    headers, body = reports(now=post.clock.now())
    body = json.dumps(said).encode()
    headers = gateways.signed_headers("r", post.clock.now(), body, [SECRET])
    with pytest.raises(MalformedError):
        post.report_desk.take(dict(headers), body)


def test_the_door_is_closed_where_no_secret_was_agreed(house):
    with pytest.raises(NotFoundError):
        report(house, ("z" * 20, "delivered"))


def test_over_http(post, key):
    http = Browser(post, None).http
    headers, body = reports((key, "delivered"), now=post.clock.now())
    for new in (1, 0):
        answer = http.post("/v1/messages/reports", content=body, headers=headers)
        assert (answer.status_code, answer.json()) == (200, {"new": new, "unknown": []})
    assert http.post("/v1/messages/reports", content=body).status_code == 401
    assert http.post("/v1/messages/reports", content=b"x" * 70_000).status_code == 413
