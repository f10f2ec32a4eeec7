"""Late cards go to the supervisor's list: each stage has its term, each day is raised once."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from certstore.errors import ForbiddenError
from issuance.matters.cards.making.desk import Said
from tests.cards import MAKER, WINDOW
from tests.house import house_in
from tests.residents import EVERYWHERE, Browser, assert_sound
from tests.sealed import ZHOU, resident
from tests.unit.issuance.matters.test_card_lives import (
    at_centre,
    in_making,
    order_of,
    rounds,
    steps_of,
)

DAY = timedelta(days=1)
CHIEF = EVERYWHERE if EVERYWHERE.supervisor else replace(EVERYWHERE, supervisor=True)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)])
def house(request, tmp_path):
    url = ""
    if request.param == "postgresql":
        url = request.getfixturevalue("migrated_postgres_url")
    built = house_in(tmp_path / "house", **({"database_url": url} if url else {}))
    yield built
    built.close()


def raised(house):
    return [late.order.ref for late in house.late_card_desk.raised(CHIEF)]


def test_a_card_that_is_not_made_in_time_is_raised_once_for_its_day(house):
    given = in_making(house)  # due on Friday 4 December
    order, desk = order_of(house, given), house.late_card_desk
    house.clock.skip(9 * DAY)  # that Friday
    assert [desk.raise_late(), desk.raise_late()] == [0, 0]
    house.clock.skip(2 * DAY)  # Sunday: no working day has passed
    assert desk.raise_late() == 0
    house.clock.skip(30 * DAY)  # and nobody looked for a month
    assert [desk.raise_late() for _ in range(3)] == [1, 0, 0]
    assert raised(house) == [order.ref]
    assert desk.raised(CHIEF)[0].held_by == "card_maker"
    assert steps_of(house, given).count("raised") == 1


def test_what_went_on_leaves_the_list_and_may_be_raised_for_its_next_term(house):
    given = in_making(house)
    order, desk = order_of(house, given), house.late_card_desk
    house.clock.skip(20 * DAY)
    assert desk.raise_late() == 1
    house.making_desk.report(MAKER, 1, [Said(order.card_no, "made")])
    assert raised(house) == []
    made = order_of(house, given)
    # Reported on Tuesday 15 December: two working days on the road within the city.
    assert (made.clock, made.due_on) == ("transport", date(2026, 12, 17))
    house.clock.skip(6 * DAY)
    assert [desk.raise_late(), desk.raise_late()] == [1, 0]
    assert desk.raised(CHIEF)[0].held_by == "card_maker"
    assert steps_of(house, given).count("raised") == 2
    house.arriving_desk.arrive(WINDOW, order.card_no)
    assert raised(house) == []
    house.clock.skip(7 * DAY)  # nobody told the holder
    assert desk.raise_late() == 1
    rounds(house)
    assert raised(house) == []


def test_what_waits_for_its_holder_or_was_stopped_is_never_late(house):
    at_centre(house)
    stopped = in_making(house, ZHOU)
    house.loss_desk.report(resident(ZHOU), stopped.ref)
    rounds(house)
    assert order_of(house, stopped).stage == "stopped"
    house.clock.skip(90 * DAY)
    assert house.late_card_desk.raise_late() == 0


def test_one_made_and_then_found_spoiled_by_the_maker_is_promised_anew(house):
    given = in_making(house)
    order = order_of(house, given)
    house.making_desk.report(MAKER, 1, [Said(order.card_no, "made")])
    house.clock.skip(DAY)
    house.making_desk.report(MAKER, 2, [Said(order.card_no, "spoiled", "刮花")])
    rounds(house)
    again = order_of(house, given)
    assert (again.attempt, again.clock, again.due_on) == (2, "making", date(2026, 12, 7))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_supervisor_reads_the_list_and_no_other_officer_does(tmp_path, lang):
    house = house_in(tmp_path / "house")
    given = in_making(house)
    house.clock.skip(20 * DAY)
    house.late_card_desk.raise_late()
    shown = Browser(house, CHIEF, lang).get("/desk/cards/late")
    assert_sound(shown, lang)
    assert order_of(house, given).card_no in shown.text
    assert "林晓禾" not in shown.text
    assert "/desk/cards/late" in Browser(house, CHIEF, lang).get("/desk").text
    clerk = replace(WINDOW, supervisor=False)
    assert Browser(house, clerk, lang).get("/desk/cards/late").status_code == 403
    assert "/desk/cards/late" not in Browser(house, clerk, lang).get("/desk").text
    with pytest.raises(ForbiddenError):
        house.late_card_desk.raised(clerk)
    house.close()
