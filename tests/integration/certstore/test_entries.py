"""Tickets on both databases: one browser of many is let in; what is over is forgotten."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from certstore.callers import Resident
from certstore.errors import CertstoreError, ConflictError, ForbiddenError
from certstore.hand_over.desk import HandOverDesk
from certstore.hand_over.hosts import parse_hosts
from certstore.service.worker import Worker
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


def kept(house):
    with house.archive.reading() as books:
        return books.connection.execute(select(entries)).all()


def test_a_ticket_that_nobody_redeems_is_forgotten_by_the_worker(house, desk):
    desk.ticket(APP.assertion(LIN, house.clock.now()))
    unsaid = desk.ticket(APP.assertion(LIN, house.clock.now()))
    desk.arrive(unsaid, None, "unsaid")  # and nobody says yes
    house.clock.skip(timedelta(minutes=16))
    Worker(house).forget()
    assert kept(house) == []


def test_whom_a_ticket_named_is_forgotten_when_a_strangers_page_used_it_up(house, desk):
    ticket = desk.ticket(APP.assertion(LIN, house.clock.now()))
    with pytest.raises(ForbiddenError):
        desk.arrive(ticket, "https://evil.example", "from_elsewhere")
    (row,) = kept(house)
    assert row.caller is None
    assert won(attempts(lambda: desk.arrive(ticket, None, "from_host"))) == []


# -- names ---------------------------------------------------------------------------------

OTHER_NAME = replace(LIN, name="王五")


def entered(house, desk, holder):
    arrived = desk.arrive(desk.ticket(APP.assertion(holder, house.clock.now())), None, "from_host")
    return desk.enter(arrived, "")[0]


def name_of(house):
    with house.archive.reading() as books:
        found = books.people.find(LIN.id_type, LIN.id_number)
    return found.holder.name if found else None


def by_the_provider(house, holder):
    """The identity provider signs somebody in, under this name."""
    with house.archive.writing() as books:
        house.sign_in_desk.open(books, Resident(holder, "op#1", house.clock.now()), "")


def test_an_app_renames_nobody_who_is_on_record(house, desk):
    with house.archive.writing() as books:
        books.people.known(LIN)
    entered(house, desk, LIN)
    with pytest.raises(ConflictError) as refused:
        entered(house, desk, OTHER_NAME)
    assert refused.value.facts["cause"] == "name"
    assert LIN.name not in f"{refused.value.detail} {refused.value.remedy}"
    assert name_of(house) == LIN.name


def test_who_is_known_by_a_number_alone_may_be_handed_over(house, desk):
    with house.archive.writing() as books:
        books.people.numbered(LIN.id_type, LIN.id_number)
    assert house.sign_in_desk.session(entered(house, desk, LIN)).caller.holder == LIN


def test_an_entry_under_a_name_that_was_changed_meanwhile_lets_nobody_in(house, desk):
    with house.archive.writing() as books:
        books.people.known(LIN)
    entry = desk.arrive(desk.ticket(APP.assertion(LIN, house.clock.now())), None, "from_host")
    by_the_provider(house, OTHER_NAME)
    with pytest.raises(ConflictError):
        desk.enter(entry, "")
    assert name_of(house) == OTHER_NAME.name


def test_an_apps_session_ends_when_the_provider_knows_another_name(house, desk):
    """What is done in it would rename them back."""
    with house.archive.writing() as books:
        books.people.known(LIN)
    secret = entered(house, desk, LIN)
    assert house.sign_in_desk.session(secret) is not None
    by_the_provider(house, OTHER_NAME)
    assert house.sign_in_desk.session(secret) is None


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
