"""The event queue against a real NATS server with JetStream."""

from datetime import timedelta

import pytest

from certstore import chance
from certstore.errors import MalformedError, TooLargeError, UnavailableError
from certstore.storage.queue_nats import Event, NatsQueue, Published
from tests.servers import free_ports, nats

pytestmark = pytest.mark.servers
SHORT = timedelta(milliseconds=300)


@pytest.fixture(scope="module")
def server():
    with nats() as running:
        yield running


@pytest.fixture
def place(server):
    """A stream of the test's own."""
    name = chance.reference(8)
    return {"url": server.url, "stream": name, "subjects": f"{name}.>"}


@pytest.fixture
def queue(place):
    opened = NatsQueue(**place)
    yield opened
    opened.close()


def events(place, count, begin=0):
    subject = f"{place['stream']}.issued"
    return [Event(f"event-{n}", subject, b"body %d" % n) for n in range(begin, begin + count)]


def take_all(queue, durable, count):
    """Take until there are `count`, acknowledging each batch."""
    taken = []
    while len(taken) < count:
        batch = queue.take(durable, count=100, wait=timedelta(seconds=5))
        assert batch, "the events did not come"
        queue.acknowledge(batch)
        taken += batch
    return taken


def test_what_is_published_is_taken_once_in_order_with_its_id(queue, place):
    sent = events(place, 600)
    assert queue.publish(sent) == Published(600, 0)
    taken = take_all(queue, "worker", 600)
    assert sorted(one.event.id for one in taken) == sorted(one.id for one in sent)
    assert {one.event for one in taken} == set(sent)
    assert {one.attempt for one in taken} == {1}
    assert queue.take("worker", wait=SHORT) == []


def test_publishing_again_after_a_doubt_makes_no_second_event(queue, place):
    queue.publish(events(place, 5))
    assert queue.publish(events(place, 8)) == Published(8, 5)
    assert len(take_all(queue, "worker", 8)) == 8
    assert queue.take("worker", wait=SHORT) == []


def test_an_event_is_remembered_across_connections(place):
    for expected in (0, 3):
        queue = NatsQueue(**place)
        assert queue.publish(events(place, 3)).duplicates == expected
        queue.close()


def test_workers_of_one_name_share_and_workers_of_another_see_all(queue, place):
    other = NatsQueue(**place)
    queue.publish(events(place, 20))
    first = queue.take("worker", count=8)
    second = other.take("worker", count=12)
    assert len({one.event.id for one in first + second}) == 20
    assert len(take_all(other, "archive", 20)) == 20
    other.close()


def test_what_is_given_back_comes_again_and_says_so(queue, place):
    queue.publish(events(place, 1))
    queue.give_back(queue.take("worker"), after=timedelta())
    (again,) = queue.take("worker", wait=timedelta(seconds=5))
    assert (again.attempt, again.event) == (2, events(place, 1)[0])
    queue.acknowledge([again])
    assert queue.take("worker", wait=SHORT) == []


def test_a_new_process_goes_on_where_the_last_one_stopped(place):
    queue = NatsQueue(**place)
    queue.publish(events(place, 4))
    queue.acknowledge(queue.take("worker", count=3))
    queue.close()
    again = NatsQueue(**place)
    (left,) = again.take("worker", wait=timedelta(seconds=5))
    assert left.event.id == "event-3"
    again.close()


@pytest.mark.parametrize(
    ("number", "subject"),
    [
        ("", "certstore.issued"),
        ("two\r\nlines", "certstore.issued"),
        ("x" * 129, "certstore.issued"),
        ("x", ""),
        ("x", "certstore.>"),
        ("x", "certstore issued"),
        ("x", "certstore..issued"),
    ],
)
def test_an_event_that_would_be_read_as_something_else_is_refused(queue, number, subject):
    with pytest.raises(MalformedError):
        queue.publish([Event(number, subject, b"")])


def test_an_event_too_large_is_refused_and_the_batch_with_it(queue, place):
    large = Event("large", f"{place['stream']}.issued", bytes(512 * 1024 + 1))
    with pytest.raises(TooLargeError):
        queue.publish([*events(place, 1), large])
    assert queue.take("worker", wait=SHORT) == []


def test_a_queue_nobody_serves_is_unavailable():
    (port,) = free_ports(1)
    queue = NatsQueue(f"nats://127.0.0.1:{port}", timeout=timedelta(seconds=1))
    for ask in (queue.check, lambda: queue.publish([]), lambda: queue.take("worker")):
        with pytest.raises(UnavailableError) as told:
            ask()
        assert told.value.remedy
    queue.close()
    queue.close()  # closing twice is harmless


def test_when_the_server_comes_back_the_queue_goes_on_with_nothing_lost_or_doubled():
    with nats() as server:
        place = {"url": server.url, "stream": "again", "subjects": "again.>"}
        queue = NatsQueue(**place, timeout=timedelta(seconds=1))
        queue.check()
        queue.publish(events(place, 3))
        (first,) = queue.take("worker", count=1)
        server.stop()
        for ask in (
            lambda: queue.publish(events(place, 5)),
            lambda: queue.take("worker"),
            lambda: queue.acknowledge([first]),
            queue.check,
        ):
            with pytest.raises(UnavailableError):
                ask()
        server.start()
        assert queue.publish(events(place, 5)) == Published(5, 3)
        seen = take_all(queue, "worker", 4)
        assert {one.event.id for one in seen} == {f"event-{n}" for n in range(1, 5)}
        queue.close()


def test_a_server_that_asks_for_a_password_refuses_a_wrong_one():
    with nats(user="relay", password="the right one") as server:
        right = server.url.replace("nats://", "nats://relay:the%20right%20one@")
        wrong = server.url.replace("nats://", "nats://relay:guess@")
        queue = NatsQueue(wrong, timeout=timedelta(seconds=1))
        with pytest.raises(UnavailableError, match="refuses our user") as told:
            queue.check()
        assert "guess" not in f"{told.value.detail} {told.value.where} {told.value.remedy}"
        queue.close()
        queue = NatsQueue(right)
        queue.check()
        queue.close()
