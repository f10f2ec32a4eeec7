"""Cases in officers' hands: one at a time, released, lapsed, taken over, on whose list."""

from datetime import timedelta

import pytest

from certstore.errors import ConflictError, ForbiddenError, MalformedError
from issuance.application import State
from issuance.tables import applications
from issuance.waiting.queue import Asked
from tests.residents import GAO, LI, submitted
from tests.unit.issuance.desk_walks import CHIEF, HAIGANG, YES, steps
from tests.unit.issuance.test_issue import count
from tests.unit.issuance.test_waiting import copies

REASON = "同事请假，今天到期"


@pytest.fixture
def case(house):
    return submitted(house, "shen_xiaozhou").ref


def holder(house, ref):
    claim = house.review_desk.open(CHIEF, ref).claim
    return claim.officer if claim else None


def test_who_opens_a_case_to_decide_it_has_it_in_hand_and_nobody_else_decides(house, case):
    desk = house.review_desk
    assert desk.open(LI, case).claim is None  # only looking
    assert desk.open(GAO, case, claim=True).claim.officer == "1047"
    assert desk.open(LI, case, claim=True).claim.officer == "1047"
    for decide in (
        lambda: desk.approve(LI, case, YES),
        lambda: desk.refuse(LI, case, ["ADDRESS_MISMATCH"], ""),
    ):
        with pytest.raises(ConflictError, match="officer 1047 holds this case since") as told:
            decide()
        facts = told.value.facts
        assert (facts["cause"], facts["by"], facts["name"]) == ("HELD", "1047", "高民警")
    assert desk.approve(GAO, case, YES).state is State.ISSUED
    assert count(house, "case_claims") == 0
    assert [s for s in steps(house, case) if s[1] == "claimed"] == [("1047", "claimed")]


def test_a_claim_is_released_by_hand_and_lapses_when_nobody_acts(house, case):
    desk, life = house.review_desk, house.claim_desk.life
    desk.open(GAO, case, claim=True)
    assert not house.claim_desk.release(LI, case)
    assert house.claim_desk.release(GAO, case)
    assert not house.claim_desk.release(GAO, case)
    assert desk.open(LI, case, claim=True).claim.officer == "1052"
    house.clock.skip(life - timedelta(minutes=1))
    assert desk.open(LI, case, claim=True).claim.officer == "1052"  # acting renews it
    house.clock.skip(life - timedelta(minutes=1))
    assert holder(house, case) == "1052"
    house.clock.skip(timedelta(minutes=2))
    assert holder(house, case) is None
    assert desk.open(GAO, case, claim=True).claim.officer == "1047"
    with pytest.raises(ConflictError):
        desk.approve(LI, case, YES)
    house.clock.skip(life)
    assert desk.approve(LI, case, YES).reviewed_by == "1052"  # nobody holds it: nothing is lost


def test_a_supervisor_takes_a_case_over_with_a_reason(house, case):
    claims, desk = house.claim_desk, house.review_desk
    desk.open(GAO, case, claim=True)
    with pytest.raises(ForbiddenError):
        claims.take_over(LI, case, REASON)
    for nothing in ("", "  ", "长" * 301, "反\u202e向"):
        with pytest.raises(MalformedError):
            claims.take_over(CHIEF, case, nothing)
    assert holder(house, case) == "1047"
    assert claims.take_over(CHIEF, case, REASON).officer == "1100"
    assert claims.take_over(CHIEF, case, REASON).officer == "1100"
    assert [s for s in steps(house, case) if s[1] == "taken_over"] == [("1100", "taken_over")]
    with pytest.raises(ConflictError):
        desk.approve(GAO, case, YES)
    desk.approve(CHIEF, case, YES)
    with pytest.raises(ConflictError) as told:
        claims.take_over(CHIEF, case, REASON)
    assert told.value.facts["cause"] == "DECIDED"


def test_a_case_is_its_stations_and_the_supervisors(house, case):
    desk = house.review_desk
    assert [line.station for line in desk.waiting(Asked(), GAO).lines] == ["wutong"]
    assert desk.waiting(Asked(), HAIGANG).found == 0
    assert desk.waiting(Asked(), HAIGANG).counts["all"] == 0
    number = house.application(case).number
    assert desk.waiting(Asked.read("all", number, 1), HAIGANG).found == 0
    assert desk.waiting(Asked.read("all", number, 1), GAO).found == 1
    assert desk.waiting(Asked(station="wutong"), CHIEF).found == 1
    assert desk.waiting(Asked(station="haigang"), CHIEF).found == 0
    for act in (
        lambda: desk.open(HAIGANG, case, claim=True),
        lambda: desk.photo(HAIGANG, case, "x" * 20),
        lambda: desk.approve(HAIGANG, case, YES),
        lambda: desk.refuse(HAIGANG, case, "NO_RECORD", ""),
    ):
        with pytest.raises(ForbiddenError):
            act()
    assert count(house, "usage", "kind = 'review'") == 0
    with house.archive.writing() as books:  # of no station: nobody's, and so everybody's
        books.connection.execute(applications.update().values(station=""))
    assert desk.waiting(Asked(), HAIGANG).found == 1
    assert desk.open(HAIGANG, case).application.ref == case


def test_the_list_is_narrowed_by_matter_hand_week_and_source(house, case):
    desk = house.review_desk
    mine, lis = copies(house, case, 2)
    other = {"matter": "address_change", "number": "SF-2611-700000"}
    copies(house, case, 1, **other, waits_for_source=True)
    desk.open(GAO, mine, claim=True)
    desk.open(LI, lis, claim=True)

    def found(**asked):
        return [line.ref for line in desk.waiting(Asked.read(**asked), GAO).lines]

    base = {"which": "all", "number": "", "page": 1}
    assert found(**base, in_hand="me") == [mine]
    free = found(**base, in_hand="nobody")
    assert case in free
    assert {mine, lis}.isdisjoint(free)
    assert len(free) == 4 - 2
    assert len(found(**base, matter="address_change")) == 1
    assert len(found(**base, matter="nonsense")) == 4  # what is not understood narrows nothing
    assert len(found(**base | {"which": "source"})) == 1
    counts = desk.waiting(Asked(matter="address_change"), GAO).counts
    assert (counts["all"], counts["source"]) == (1, 1)
    lines = {line.ref: line.claim for line in desk.waiting(Asked(), GAO).lines}
    assert (lines[mine].name, lines[lis].officer, lines[case]) == ("高民警", "1052", None)


def test_claims_that_are_over_are_forgotten_and_others_stay(house, case):
    (other,) = copies(house, case, 1)
    house.review_desk.open(GAO, case, claim=True)
    house.clock.skip(house.claim_desk.life)
    house.review_desk.open(LI, other, claim=True)
    assert house.claim_desk.forget() == 1
    assert count(house, "case_claims") == 1
    with house.archive.writing() as books:
        books.connection.execute(applications.update().values(state="withdrawn"))
    assert house.claim_desk.forget() == 1
