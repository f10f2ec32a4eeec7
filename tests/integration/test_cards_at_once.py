"""Cards in many hands at the same moment, on either database: each thing happens once."""

from datetime import timedelta

import pytest

from certstore.certificates import Status
from certstore.errors import ConflictError
from issuance.matters.cards.centre.handover import HandOver
from issuance.matters.cards.desk import Wanted
from issuance.matters.cards.making.desk import Said
from issuance.matters.cards.making.tables import MakingBook
from tests.cards import MAKER, WINDOW, becomes, permit
from tests.house import house_in
from tests.integration.test_issuing import at_once
from tests.sealed import LIN, ZHOU, resident
from tests.unit.issuance.matters.test_card_lives import (
    at_centre,
    kinds,
    order_of,
    rounds,
    steps_of,
)

HANDS = 5
BY_CARD = HandOver(who="holder", check="id_card", seen=True)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)])
def house(request, tmp_path):
    """A house on either database."""
    more = {}
    if request.param == "postgresql":
        more["database_url"] = request.getfixturevalue("migrated_postgres_url")
    built = house_in(tmp_path, **more)
    yield built
    built.close()


def failures(found):
    return [f for f in found if isinstance(f, Exception)]


def test_workers_at_once_order_once_and_make_one_file_without_a_gap(house):
    given = [permit(house, holder) for holder in (LIN, ZHOU)]
    keeping = house.card_keeping_desk
    assert not failures(at_once(lambda _: keeping.order_missing(), HANDS))
    assert [steps_of(house, g) for g in given] == [["order"], ["order"]]
    house.clock.skip(timedelta(minutes=16))
    found = at_once(lambda _: house.card_file_desk.make_file(), HANDS)
    assert all(isinstance(f, ConflictError) for f in failures(found))
    assert [f for f in found if isinstance(f, int)] == [1]
    with house.archive.reading() as books:
        assert len(MakingBook(books.connection).lines(1)) == 2
    permit(house)
    rounds(house)
    house.clock.skip(timedelta(minutes=16))
    assert house.card_file_desk.make_file() == 2


def test_a_crash_while_a_file_is_made_leaves_nothing_and_the_next_has_its_number(
    house, monkeypatch
):
    given = permit(house)
    rounds(house)
    house.clock.skip(timedelta(minutes=16))
    monkeypatch.setattr(type(house.objects), "put", _fails)
    with pytest.raises(OSError, match="no room"):
        house.card_file_desk.make_file()
    monkeypatch.undo()
    assert order_of(house, given).stage == "ordered"
    assert house.card_file_desk.make_file() == 1


def _fails(*_, **__):
    raise OSError("no room")


def test_a_maker_that_says_the_same_five_times_is_heard_once(house):
    given = permit(house)
    rounds(house)
    house.clock.skip(timedelta(minutes=16))
    rounds(house)
    no = order_of(house, given).card_no
    desk = house.making_desk
    taken = at_once(lambda _: desk.acknowledge(MAKER, 1, [Said(no, "taken")]), HANDS)
    assert not failures(taken)
    told = at_once(lambda _: desk.report(MAKER, 7, [Said(no, "made")]), HANDS)
    assert not failures(told)
    assert all(t == told[0] for t in told)
    assert steps_of(house, given) == ["order", "put_in_file", "take", "make"]


def test_a_card_is_handed_over_once_however_many_windows_do_it(house):
    given = at_centre(house)
    ref = order_of(house, given).ref
    found = at_once(lambda _: house.centre_desk.hand_over(WINDOW, ref, BY_CARD), HANDS)
    assert len(failures(found)) == HANDS - 1
    assert all(isinstance(f, ConflictError) for f in failures(found))
    assert steps_of(house, given).count("collect") == 1
    assert kinds(house).count("card_arrived") == 1


def test_of_two_choices_at_once_one_stands_and_the_other_is_told(house):
    given = permit(house)
    rounds(house)
    ref, points = order_of(house, given).ref, ("HG01", "WJ01", "YS01", "WT02", "WJ02")

    def choose(number):
        return house.card_desk.choose(resident(), ref, Wanted("pickup", points[number], seen=0))

    found = at_once(choose, HANDS)
    assert {f.facts["cause"] for f in failures(found)} <= {"CHOSEN", "STAGE"}
    assert len(failures(found)) == HANDS - 1
    assert order_of(house, given).choice == 1


def test_a_loss_and_a_handover_at_once_leave_one_clear_end(house):
    given = at_centre(house)
    ref = order_of(house, given).ref

    def act(number):
        if number:
            return house.centre_desk.hand_over(WINDOW, ref, BY_CARD)
        becomes(house, given, Status.LOST)
        return house.card_keeping_desk.stop_ended()

    found = at_once(act, 2)
    rounds(house)
    end = order_of(house, given).stage
    assert end == ("stopped" if failures(found) else "collected")
