"""Many hands at once on one application: one certificate, on either database."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from certstore.errors import ConflictError
from issuance.application import State
from tests.house import house_in
from tests.residents import (
    GAO,
    LI,
    REGISTRATION,
    approved,
    drafted,
    resident,
    settle,
    submitted,
)
from tests.unit.issuance.test_issue import assert_issued_once, count

HANDS = 5
CHEN = resident("chen_yiming")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)])
def shared(request, tmp_path):
    """A house on either database."""
    if request.param == "sqlite":
        house = request.getfixturevalue("house")
        yield house
        return
    house = house_in(tmp_path, database_url=request.getfixturevalue("migrated_postgres_url"))
    settle(house)
    yield house
    house.close()


def at_once(do, hands=HANDS):
    """Do it with all hands at the same moment; what each got, or the exception."""
    gate = Barrier(hands)

    def one(number):
        gate.wait(timeout=30)
        try:
            return do(number)
        except Exception as error:  # noqa: BLE001 - the test looks at it
            return error

    with ThreadPoolExecutor(hands) as pool:
        return list(pool.map(one, range(hands)))


def test_five_hands_that_issue_make_one_certificate(shared):
    ref = approved(shared, "chen_yiming").ref
    found = at_once(lambda _: shared.issuance_desk.issue(ref))
    issued = assert_issued_once(shared, "chen_yiming")
    assert [getattr(f, "ref", f) for f in found] == [issued.ref] * HANDS
    assert count(shared, "certificates", "identifier IS NOT NULL") == 1
    assert issued.number.endswith("0000000001")


def test_five_clicks_on_submit_are_one_submission(shared):
    ref = drafted(shared, "chen_yiming").ref
    found = at_once(lambda _: shared.apply_desk.submit(CHEN, ref))
    assert [getattr(f, "ref", f) for f in found] == [ref] * HANDS
    assert_issued_once(shared, "chen_yiming")
    assert count(shared, "application_events", "step = 'approved'") == 1
    assert count(shared, "outbox", "subject = 'application.submitted'") == 1


def test_five_windows_that_begin_have_one_application(shared):
    with shared.archive.writing() as books:
        books.people.known(CHEN.holder)  # met before: no hand waits for another to write this row
    found = at_once(lambda _: shared.apply_desk.begin(CHEN, REGISTRATION))
    assert len({getattr(f, "ref", f) for f in found}) == 1
    assert count(shared, "applications") == 1
    assert count(shared, "application_events", "step = 'begun'") == 1


def test_different_people_get_different_numbers(shared):
    keys = ("chen_yiming", "wang_yan", "zhang_hong", "li_yan", "ayiguli")
    refs = [approved(shared, key).ref for key in keys]
    found = at_once(lambda number: shared.issuance_desk.issue(refs[number]))
    assert len({f.number for f in found}) == HANDS
    assert len({f.status_entry for f in found}) == HANDS
    assert count(shared, "ledger_leaves") == HANDS


def test_of_officers_who_decide_at_once_one_counts(shared):
    ref = submitted(shared, "shen_xiaozhou").ref

    def decide(number):
        if number % 2:
            return shared.review_desk.approve(GAO, ref, {"dwelling": "yes"})
        return shared.review_desk.refuse(LI, ref, "ADDRESS_MISMATCH", "")

    found = at_once(decide)
    won = [f for f in found if not isinstance(f, Exception)]
    assert len(won) == 1
    assert all(isinstance(f, ConflictError) for f in found if isinstance(f, Exception))
    assert won[0].state in {State.ISSUED, State.REFUSED}
    now = shared.apply_desk.get(resident("shen_xiaozhou"), ref)
    assert (now.state, now.reviewed_by) == (won[0].state, won[0].reviewed_by)


def test_five_windows_of_one_officer_are_one_look(shared):
    ref = submitted(shared, "shen_xiaozhou").ref
    found = at_once(lambda _: shared.review_desk.open(GAO, ref))
    assert not [f for f in found if isinstance(f, Exception)]
    assert count(shared, "usage", "kind = 'review'") == 1
