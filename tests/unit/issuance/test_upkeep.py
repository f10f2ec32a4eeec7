"""What nobody touches ends as promised; what waited for a source goes on by itself."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import text

from certstore.errors import ConflictError
from certstore.service.worker import Worker
from issuance.application import DRAFT_LIFE, DRAFT_WARNING, State
from issuance.history.tables import STILL_DOWN
from issuance.procedure import Action, Role
from issuance.tables import ApplicationBook
from issuance.upkeep import LONGEST_WAIT
from tests.residents import (
    EVERYWHERE as GAO,
)
from tests.residents import (
    REGISTRATION,
    copied,
    drafted,
    resident,
    submitted,
    vouchers,
)
from tests.unit.issuance.test_issue import count

CHEN = resident("chen_yiming")
HOUR = timedelta(hours=1)


def _kinds(house, who=CHEN):
    return [n.kind for n in house.holdings_desk.notices(who)]


def _state(house, ref, who=CHEN):
    return house.apply_desk.get(who, ref).state


# -- drafts ----------------------------------------------------------------------------------


def test_a_draft_is_kept_as_long_as_promised_and_then_ended(house):
    draft = drafted(house, "chen_yiming")
    assert draft.kept_until.isoformat() == "2026-12-25"
    house.clock.skip(DRAFT_LIFE - HOUR)
    assert house.upkeep_desk.look_after_drafts() == 0
    assert _state(house, draft.ref) is State.DRAFT
    house.clock.skip(HOUR)
    assert house.upkeep_desk.look_after_drafts() == 1
    ended = house.apply_desk.get(CHEN, draft.ref)
    assert (ended.state, ended.answers) == (State.WITHDRAWN, draft.answers)
    assert _kinds(house)[0] == "draft_ended"
    assert house.upkeep_desk.look_after_drafts() == 0
    with house.archive.reading() as books:
        last = ApplicationBook(books.connection).events(draft.ref)[-1]
    assert last[1:] == ("worker", "withdrawn")


def test_days_before_a_draft_ends_its_owner_is_told_once(house):
    drafted(house, "chen_yiming")
    house.clock.skip(DRAFT_LIFE - DRAFT_WARNING - HOUR)
    house.upkeep_desk.look_after_drafts()
    assert _kinds(house) == []
    house.clock.skip(HOUR)
    for _ in range(3):
        house.upkeep_desk.look_after_drafts()
    assert _kinds(house) == ["draft_ending"]
    (notice,) = house.holdings_desk.notices(CHEN)
    assert notice.facts["on"] == "2026-12-25"


def test_a_draft_somebody_comes_back_to_lives_on_and_is_warned_of_anew(house):
    draft = drafted(house, "chen_yiming")
    house.clock.skip(DRAFT_LIFE - DRAFT_WARNING)
    house.upkeep_desk.look_after_drafts()
    changed = replace(draft.answers, address="长乐路88弄6号1204室")
    again = house.apply_desk.answer(CHEN, draft.ref, changed)
    assert again.kept_until.isoformat() == "2027-01-19"
    house.clock.skip(DRAFT_WARNING + HOUR)
    assert house.upkeep_desk.look_after_drafts() == 0
    house.clock.skip(DRAFT_LIFE - 2 * DRAFT_WARNING)
    house.upkeep_desk.look_after_drafts()
    assert _kinds(house) == ["draft_ending", "draft_ending"]


def test_a_draft_touched_while_the_worker_looked_is_not_ended(house):
    draft = drafted(house, "chen_yiming")
    house.clock.skip(DRAFT_LIFE)
    stale = house.apply_desk.get(CHEN, draft.ref)
    house.apply_desk.answer(CHEN, draft.ref, replace(draft.answers, address="长乐路88号"))
    assert house.upkeep_desk._look_after(stale, house.clock.now()) is False
    assert _state(house, draft.ref) is State.DRAFT


def test_what_was_submitted_never_ends_so(house):
    ref = submitted(house, "shen_xiaozhou").ref
    house.clock.skip(2 * DRAFT_LIFE)
    assert house.upkeep_desk.look_after_drafts() == 0
    assert _state(house, ref, resident("shen_xiaozhou")) is State.IN_REVIEW


def test_what_ended_can_be_begun_again_with_its_answers(house):
    draft = drafted(house, "chen_yiming")
    house.clock.skip(DRAFT_LIFE)
    Worker(house).once()
    again = house.apply_desk.begin_again(CHEN, draft.ref)
    assert again.ref != draft.ref
    assert (again.state, again.answers) == (State.DRAFT, draft.answers)


# -- sources ---------------------------------------------------------------------------------


@contextmanager
def hidden(house, kind="property_certificate"):
    """As long as this lasts, the source has not handed these records in."""
    change = "UPDATE certificates SET state = :state WHERE type_code = :kind AND state = :before"
    with house.archive.writing() as books:
        values = {"state": "away", "before": "handed_in", "kind": kind}
        books.connection.execute(text(change), values)
    yield
    with house.archive.writing() as books:
        values = {"state": "handed_in", "before": "away", "kind": kind}
        books.connection.execute(text(change), values)


@pytest.fixture
def waiting(settled_folder, tmp_path):
    """A house whose land registry is down, and what waits for it."""
    with copied(settled_folder, tmp_path, sources_down=("natural_resources",)) as house:
        with hidden(house):
            application = submitted(house, "chen_yiming")
        assert application.state is State.IN_REVIEW
        yield house, application.ref


def back(house):
    """The worker's desk, the source answering again."""
    return replace(house.upkeep_desk, checklist=replace(house.checklist_desk, sources_down=()))


def test_what_waited_for_a_source_is_approved_and_issued_when_it_answers(waiting):
    house, ref = waiting
    house.clock.skip(timedelta(hours=5))  # the face is long too old: it was good that day
    assert back(house).judge_waiting() == 1
    done = house.apply_desk.get(CHEN, ref)
    assert (done.state, done.automatic) == (State.ISSUED, True)
    assert len(vouchers(house, "chen_yiming")) == 1
    assert _kinds(house)[:2] == ["certificate_ready", "source_back"]
    assert house.checklist_desk.judge_again(done.decision).as_json() == done.decision["decision"]
    assert back(house).judge_waiting() == 0


def test_the_worker_does_it_by_itself(waiting):
    house, ref = waiting
    house.clock.skip(HOUR)
    house.upkeep_desk = back(house)
    Worker(house).once()
    assert _state(house, ref) is State.ISSUED


def test_what_the_source_does_not_show_goes_to_the_officer_and_the_applicant_is_told(waiting):
    house, ref = waiting
    house.clock.skip(HOUR)
    with hidden(house):
        assert back(house).judge_waiting() == 1
        assert back(house).judge_waiting() == 0
    application = house.apply_desk.get(CHEN, ref)
    assert application.state is State.IN_REVIEW
    outcome = application.decision["decision"]["materials"]["dwelling"]["outcome"]
    assert outcome == "must_upload"
    assert _kinds(house)[0] == "source_back"


def test_while_the_source_is_down_each_try_puts_the_next_one_off_up_to_an_hour(waiting):
    house, ref = waiting
    tried = []
    with hidden(house):
        for _ in range(300):
            before = count(house, "application_events", f"step = '{STILL_DOWN}'")
            house.upkeep_desk.judge_waiting()
            if count(house, "application_events", f"step = '{STILL_DOWN}'") > before:
                tried.append(house.clock.now())
            house.clock.skip(timedelta(minutes=1))
    minutes = [round((b - a) / timedelta(minutes=1)) for a, b in pairwise(tried)]
    assert minutes == sorted(minutes)
    assert minutes[0] == 2
    assert minutes[-1] == LONGEST_WAIT / timedelta(minutes=1)
    assert len(tried) < 12
    assert _state(house, ref) is State.IN_REVIEW


def test_what_fails_while_it_is_judged_again_keeps_nothing_else_waiting(waiting, monkeypatch):
    house, ref = waiting
    house.clock.skip(HOUR)
    desk = back(house)

    class Broken:
        def check(self, *_args, **_kwargs):
            raise ConflictError("out of order")

    assert replace(desk, checklist=Broken()).judge_waiting() == 0
    assert _state(house, ref) is State.IN_REVIEW
    house.clock.skip(HOUR)
    assert desk.judge_waiting() == 1


def test_an_officers_decision_while_the_worker_judges_stands(waiting):
    house, ref = waiting
    house.clock.skip(HOUR)
    desk = back(house)
    application = house.apply_desk.get(CHEN, ref)
    checked = desk.checklist.check(application, whole=True, as_of=application.submitted_at)
    house.review_desk.refuse(GAO, ref, "NO_RECORD", "")
    assert desk._go_on(application, checked, house.clock.now())
    assert _state(house, ref) is State.REFUSED


# -- nothing is approved unjudged ------------------------------------------------------------


def test_an_officer_cannot_approve_what_nobody_could_judge(waiting):
    house, ref = waiting
    with pytest.raises(ConflictError, match="every material was judged"):
        house.review_desk.approve(GAO, ref)
    assert _state(house, ref) is State.IN_REVIEW
    assert vouchers(house, "chen_yiming") == []


@pytest.mark.parametrize("decision", [None, {}, {"decision": {"materials": {}}}])
def test_nothing_is_approved_with_nothing_judged(house, decision):
    ref = house.apply_desk.begin(CHEN, REGISTRATION).ref
    now = house.clock.now()
    with house.archive.writing() as books:
        book = ApplicationBook(books.connection)
        draft = book.get(ref)
        with pytest.raises(ConflictError, match="judged"):
            book.step(draft, Action.APPROVE, Role.RULES, now, "somebody", decision=decision)
    assert _state(house, ref) is State.DRAFT
