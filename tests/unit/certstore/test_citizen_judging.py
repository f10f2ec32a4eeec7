"""Judging on the citizen's side: moves and clocks of disputes, codes, terms, questions, masks."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certstore.certificates import Certificate, Holder, Status, Validity
from certstore.disputes.transitions import (
    ALL_DAYS,
    CLOCKS,
    OPEN,
    TRANSITIONS,
    WHOLE,
    Move,
    State,
    answer_due,
    disputable,
    due_in,
    judge_filing,
    judge_move,
)
from certstore.entrustment.judging import judge_covered
from certstore.entrustment.judging import state_of as entrusted
from certstore.entrustment.terms import Wanted, days_of, faults_of_code, faults_of_person
from certstore.entrustment.use_code import ALPHABET, digest_of, make_code, parse_code
from certstore.errors import CertstoreError, MalformedError
from certstore.questions.judging import agency_client, judge_question, state_of
from certstore.tables.entrustments import Entrustment
from certstore.tables.questions import Question
from certstore.tables.usage import UsageEntry
from certstore.working_days import WorkCalendar

ACTS = ("accept", "pass_on", "correct", "reject", "close", "withdraw")
PARTIES = ("holder", "authority", "house")
CALENDAR = WorkCalendar.load()
NOW = datetime(2026, 11, 25, 2, tzinfo=UTC)
TODAY = date(2026, 11, 25)
LIN = Holder("林晓禾", "111", "340199199804060284")
RECORD = Certificate(
    ref="r" * 20,
    type_code="lease_filing",
    version=1,
    number="BA1",
    identifier=None,
    holders=(LIN,),
    issuer_uscc="11310000MB0T00023P",
    issued_on=TODAY,
    validity=Validity(TODAY, None),
    status=Status.VALID,
    status_changed_at=NOW,
    fields={"address": "长乐路", "tenants": [{"name": "周敏"}]},
)


# -- disputes ------------------------------------------------------------------------------


@given(st.sampled_from(State), st.sampled_from(ACTS), st.sampled_from(PARTIES))
def test_only_what_the_table_says_moves_a_dispute_and_only_by_whose_it_is(state, act, party):
    move = TRANSITIONS[state].get(act)
    found = judge_move(state, act, party)
    if move is not None and move.by == party:
        assert found is move
    else:
        assert isinstance(found, CertstoreError)


@given(st.lists(st.tuples(st.sampled_from(ACTS), st.sampled_from(PARTIES)), max_size=40))
def test_whatever_is_tried_a_dispute_only_goes_forward_and_a_closed_one_stays(tried):
    order, state = list(State), State.FILED
    for act, party in tried:
        found = judge_move(state, act, party)
        if isinstance(found, Move):
            assert order.index(found.to) > order.index(state)
            state = found.to


def test_every_state_leads_to_the_end_and_each_open_one_can_be_withdrawn_and_has_a_clock():
    for state in State:
        seen = state
        while TRANSITIONS[seen]:
            seen = next(iter(TRANSITIONS[seen].values())).to
        assert seen is State.CLOSED
    assert {s for s in State if "withdraw" in TRANSITIONS[s]} == OPEN == set(CLOCKS)
    assert ALL_DAYS == 10


def test_clocks_stand_still_over_the_national_holiday():
    eve = date(2026, 9, 30)
    worked = [d for n in range(1, 30) if CALENDAR.is_workday(d := eve + timedelta(days=n))]
    assert min(worked) > date(2026, 10, 6)
    assert due_in(State.FILED, eve, CALENDAR) == worked[1]
    assert due_in(State.ACCEPTED, eve, CALENDAR) == worked[0]
    assert answer_due(eve, CALENDAR) == worked[9]
    assert due_in(State.CLOSED, eve, CALENDAR) is None


def test_only_ones_own_plain_fields_and_the_whole_can_be_disputed():
    assert dict(disputable(RECORD, LIN)) == {
        "name": LIN.name,
        "id_number": LIN.id_number,
        "address": "长乐路",
        WHOLE: "",
    }


@pytest.mark.parametrize(
    ("field", "right", "where"),
    [
        ("tenants", "周敏", "field"),
        ("nothing", "x", "field"),
        ("address", "长乐路", "right"),
        ("address", " 长乐路 ", "right"),
    ],
)
def test_what_cannot_be_disputed(field, right, where):
    assert judge_filing(RECORD, LIN, field, right).where == where


def test_a_record_that_ended_is_not_disputed_and_one_in_force_is():
    assert judge_filing(RECORD, LIN, "address", "别处") is None
    for status in (Status.SUPERSEDED, Status.REVOKED, Status.CANCELLED):
        assert judge_filing(replace(RECORD, status=status), LIN, "address", "别处") is not None


# -- codes ---------------------------------------------------------------------------------


def test_a_code_is_read_however_it_is_typed():
    for _ in range(200):
        code = make_code()
        plain = code.replace("-", "")
        assert len(plain) == 12
        assert set(plain) <= set(ALPHABET)
        assert parse_code(code) == parse_code(plain.lower()) == parse_code(f" {code} ") == plain


def test_one_wrong_character_is_always_found():
    plain = parse_code(make_code())
    for place in range(12):
        for other in set(ALPHABET) - {plain[place]}:
            with pytest.raises(MalformedError):
                parse_code(plain[:place] + other + plain[place + 1 :])


@pytest.mark.parametrize(
    "odd", ["", "-", "\uff17KQM3WXD92HB", "A" * 12 + "B", "\u017f" * 12, "\x00" * 12]
)
def test_what_is_no_code_is_refused(odd):
    with pytest.raises(MalformedError):
        parse_code(odd)


def test_the_same_characters_are_kept_otherwise_for_each_certificate():
    assert digest_of("a" * 20, "7KQM3WXD92HB") != digest_of("b" * 20, "7KQM3WXD92HB")


@pytest.mark.parametrize(
    ("matter", "fields", "hours", "wrong"),
    [
        ("办事", ("address",), 24, set()),
        ("", ("address",), 24, {"for_matter"}),
        ("办\u202e事", ("address",), 24, {"for_matter"}),
        ("办" * 61, ("address",), 24, {"for_matter"}),
        ("办事", (), 24, {"give"}),
        ("办事", ("address", "tenants"), 24, {"give"}),
        ("办事", ("address",), 169, {"hours"}),
        ("办事", ("address",), 0, {"hours"}),
    ],
)
def test_what_a_code_can_be_made_for(matter, fields, hours, wrong):
    assert set(faults_of_code(matter, fields, hours, RECORD)) == wrong


# -- entrustments --------------------------------------------------------------------------


MADE = Entrustment(
    ref="e" * 20,
    person_id=1,
    certificate_ref=RECORD.ref,
    matter="办事",
    from_day=TODAY,
    to_day=TODAY + timedelta(days=1),
    agent=Holder("周敏", "111", "340199197109230625"),
    made_at=NOW,
    accepted_at=NOW,
)


@pytest.mark.parametrize(
    ("days", "changes", "state"),
    [
        (-1, {}, "coming"),
        (0, {}, "standing"),
        (1, {}, "standing"),
        (2, {}, "over"),
        (0, {"accepted_at": None}, "waiting"),
        (2, {"accepted_at": None}, "over"),
        (0, {"ended_at": NOW, "ended_by": "holder"}, "taken_back"),
        (0, {"ended_at": NOW, "ended_by": "agent", "accepted_at": None}, "declined"),
        (0, {"ended_at": NOW, "ended_by": "agent"}, "taken_back"),
    ],
)
def test_when_an_entrustment_stands(days, changes, state):
    assert entrusted(replace(MADE, **changes), TODAY + timedelta(days=days)) == state


AGENCYS = replace(MADE, agent=None, purpose_id="p", fields=("name", "birth_date"))


@pytest.mark.parametrize(
    ("asked", "beyond"),
    [
        (["name"], None),
        (["name", "address", "photo"], ["address", "photo"]),
        (["?age_over", "?holder_is"], None),  # what is entrusted answers them
        (["?address_equals"], ["?address_equals"]),
        (["birth_date", "?no_such"], ["?no_such"]),
    ],
)
def test_an_entrustment_covers_what_was_entrusted_and_no_more(asked, beyond):
    found = judge_covered(AGENCYS, asked)
    assert (found and found.facts["paths"]) == beyond
    assert found is None or (found.code, found.facts["cause"]) == (
        "field-not-granted",
        "not_entrusted",
    )
    for of_nobody in ((), None):  # from before, and not known any more: nothing
        assert judge_covered(replace(AGENCYS, fields=of_nobody), asked).facts["paths"] == asked


@pytest.mark.parametrize(
    ("first", "last", "wrong"),
    [
        ("2026-11-25", "2026-11-25", {}),
        ("2026-11-24", "2026-11-25", {"from_day": "past"}),
        ("2026-11-26", "2026-11-25", {"to_day": "before"}),
        ("2026-11-25", "2027-11-27", {"to_day": "long"}),
        ("", "2026-W48-3", {"from_day": "malformed", "to_day": "malformed"}),
        ("2026-02-30", "20261125", {"from_day": "malformed", "to_day": "malformed"}),
    ],
)
def test_which_days_can_be_entrusted(first, last, wrong):
    wanted = Wanted(certificate_ref=RECORD.ref, from_day=first, to_day=last)
    assert days_of(wanted, TODAY)[0] == wrong


def test_whom_one_can_entrust():
    good = Wanted(
        certificate_ref=RECORD.ref,
        agent_name="周敏",
        agent_number="340199197109230625",
        matter="办事",
    )
    assert faults_of_person(good, LIN) == {}
    assert faults_of_person(replace(good, agent_number=LIN.id_number), LIN) == {
        "agent_number": "self"
    }
    bad = replace(good, agent_name="", agent_number="340199197109230626", matter="\u200b")
    assert set(faults_of_person(bad, LIN)) == {"agent_name", "agent_number", "for_matter"}


# -- questions -----------------------------------------------------------------------------


def entry(kind="pull", client="school"):
    return UsageEntry("u" * 20, 1, kind, NOW, {"client": client}, b"", 0)


QUESTION = Question(
    ref="q" * 20,
    usage_ref="u" * 20,
    person_id=1,
    client="school",
    agency="教育局",
    agency_en="Education",
    note="",
    asked_at=NOW,
    due=TODAY,
    access={},
)


@pytest.mark.parametrize(
    "client", ["", "holder", "scanner", "issuance", "ledger", "source", "desk", "dormitory"]
)
def test_who_is_no_agency_is_not_asked(client):
    assert agency_client(entry(client=client)) is None
    assert judge_question(entry(client=client), None) is not None


def test_one_open_question_an_access():
    assert judge_question(entry(), None) is None
    assert judge_question(entry(), QUESTION) is not None
    assert judge_question(entry(), replace(QUESTION, answered_at=NOW)) is None
    assert agency_client(entry(kind="relative")) is None


def test_the_day_it_is_due_is_in_time():
    assert state_of(QUESTION, TODAY) == "asked"
    assert state_of(QUESTION, TODAY + timedelta(days=1)) == "overdue"
    answered = replace(QUESTION, answered_at=NOW)
    assert state_of(answered, TODAY + timedelta(days=9)) == "answered"
