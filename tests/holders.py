"""Somebody with a permit, and what they ask of it: another card, or its end."""

from datetime import timedelta

import pytest

from certstore.callers import Officer
from certstore.certificates import Certificate
from certstore.service.wiring import House
from issuance.application import Application, Matter, State
from issuance.four_eyes.tables import ProposalBook
from tests.residents import EVERYWHERE, copied, resident, submitted, verify_face

HOLDER = "chen_yiming"
ME = resident(HOLDER)
MA = Officer("马民警", "2011", "海港派出所")  # where the holder lives
TANG = Officer("唐民警", "2015", "海港派出所")
HALF_A_YEAR = timedelta(days=184)


def permit_holder(house: House) -> Certificate:
    """The permit of somebody who was registered for half a year before."""
    assert submitted(house, HOLDER).state is State.ISSUED
    house.clock.skip(HALF_A_YEAR)
    ref = house.apply_desk.begin(ME, Matter.RESIDENCE_PERMIT).ref
    verify_face(house, HOLDER, ref)
    house.apply_desk.submit(ME, ref)
    done = house.review_desk.approve(EVERYWHERE, ref)
    assert done.state is State.ISSUED
    return newest(house)


def held(house: House, type_code: str = "residence_permit") -> list[Certificate]:
    """Every version of theirs, the newest first."""
    holder = ME.holder
    with house.archive.reading() as books:
        found = books.register.held_by(holder.id_type, holder.id_number)
    sealed = [c for c in found if c.sealed and c.type_code == type_code]
    return sorted(sealed, key=lambda c: c.version, reverse=True)


def newest(house: House, type_code: str = "residence_permit") -> Certificate:
    """The newest version."""
    return held(house, type_code)[0]


def asked(house: House, matter: Matter, why: str, about: str = "") -> Application:
    """A re-issue or a cancellation, sent."""
    ref = drafted(house, matter, why, about).ref
    return house.apply_desk.submit(ME, ref)


def drafted(house: House, matter: Matter, why: str, about: str = "") -> Application:
    """The same, filled in and not sent."""
    ref = house.apply_desk.begin(ME, matter).ref
    house.apply_desk.say_why(ME, ref, why, about)
    verify_face(house, HOLDER, ref)
    return house.apply_desk.get(ME, ref)


def confirmed_by_two(house: House, ref: str) -> Application:
    """Approved by one officer, confirmed by another."""
    assert house.review_desk.approve(MA, ref).state is State.IN_REVIEW
    with house.archive.reading() as books:
        proposal = ProposalBook(books.connection).open_one(ref)
    assert proposal is not None
    return house.second_desk.confirm(TANG, ref, proposal.ref)


def inbox(house: House) -> list[str]:
    """The kinds of their notices, latest first."""
    return [notice.kind for notice in house.holdings_desk.notices(ME)]


# -- a house with the holder in it, closed once and copied for each test -----------------------


@pytest.fixture(scope="module")
def folder(settled_folder, tmp_path_factory):
    """A house with the holder's permit, closed, to be copied."""
    place = tmp_path_factory.mktemp("holders")
    with copied(settled_folder, place) as house:
        permit_holder(house)
        now = house.clock.now()
    return place / "house", now


@pytest.fixture
def house(folder, tmp_path):
    kept, now = folder
    with copied(kept, tmp_path) as opened:
        opened.clock.skip(now - opened.clock.now())
        yield opened
