"""Tickets on both databases: one browser of many is let in; what is over is forgotten."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from certstore.errors import CertstoreError, ConflictError
from certstore.hand_over.desk import HandOverDesk
from certstore.hand_over.hosts import parse_hosts
from certstore.tables.entries import entries
from tests.entering import AppServer
from tests.sealed import LIN

APP = AppServer()
HANDS = 16


@pytest.fixture
def desk(house):
    return HandOverDesk(
        archive=house.archive,
        hosts=parse_hosts(APP.listed()),
        clock=house.clock,
        audience=house.settings.public_url,
        sign_ins=house.sign_in_desk,
    )


def attempts(act):
    """What became of many hands that did the same at once."""

    def one(_):
        try:
            return act()
        except CertstoreError as refused:
            return refused

    with ThreadPoolExecutor(HANDS) as pool:
        return list(pool.map(one, range(HANDS)))


def won(results):
    return [one for one in results if not isinstance(one, CertstoreError)]


def test_of_many_at_once_one_gets_a_ticket_one_arrives_and_one_enters(house, desk):
    assertion = APP.assertion(LIN, house.clock.now())
    (ticket,) = won(attempts(lambda: desk.ticket(assertion)))
    (entry,) = won(attempts(lambda: desk.arrive(ticket, None, "from_host")))
    assert not desk.waiting(entry, "").asks
    ((secret, to),) = won(attempts(lambda: desk.enter(entry, "")))
    assert to == "/applications"
    session = house.sign_in_desk.session(secret)
    assert (session.caller.holder, session.host) == (LIN, "city-app")


def test_a_used_assertion_stays_used_and_is_forgotten_with_its_person(house, desk):
    assertion = APP.assertion(LIN, house.clock.now())
    desk.enter(desk.arrive(desk.ticket(assertion), None, "from_host"), "")
    with pytest.raises(ConflictError):
        desk.ticket(assertion)
    with house.archive.reading() as books:
        (row,) = books.connection.execute(select(entries)).all()
    assert row.caller is None
    house.clock.skip(timedelta(minutes=16))
    desk.ticket(APP.assertion(LIN, house.clock.now()))
    with house.archive.reading() as books:
        assert len(books.connection.execute(select(entries)).all()) == 1


def test_a_host_that_was_taken_off_the_list_lets_nobody_in_any_more(house, desk):
    entry = desk.arrive(desk.ticket(APP.assertion(LIN, house.clock.now())), None, "from_host")
    without = HandOverDesk(
        archive=house.archive,
        hosts={},
        clock=house.clock,
        audience=desk.audience,
        sign_ins=house.sign_in_desk,
    )
    assert without.waiting(entry, "") is None
    with pytest.raises(CertstoreError):
        without.enter(entry, "")
