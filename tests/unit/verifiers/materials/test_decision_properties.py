import json
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.verifiers.materials.made_up_facts import (
    ADDRESS,
    CHEN,
    CHILD,
    ELSEWHERE,
    NOW,
    WU,
    ZHOU,
    face,
    facts,
    record,
)
from verifiers.materials.facts import Claims, Context, Person, parse_facts
from verifiers.materials.reuse import judge
from verifiers.materials.rules import load_rules
from verifiers.materials.snapshots import judge_again, take_snapshot
from verifiers.materials.vocabulary import (
    Dwelling,
    Matter,
    Outcome,
    PhotoQuality,
    RecordStatus,
    RecordType,
    Relation,
    Source,
)

# No deadline: the machine may be busy. Fifty facts of eight records each tell enough a run.
PATIENT = settings(max_examples=50, deadline=None)
BOOK = load_rules()
RULES = st.sampled_from(BOOK.sets)
days = st.dates(date(2010, 1, 1), date(2028, 12, 31))
people = st.sampled_from([CHEN, ZHOU, WU, CHILD, replace(CHEN, name="陈一铭")])
places = st.sampled_from(
    [ADDRESS, ELSEWHERE, "海港区长乐路88弄六号1203", "示范市海港区长乐路88弄6号"]
)
claims = st.builds(
    Claims,
    address=st.none() | places,
    taken_on=st.none() | days,
    quality=st.none() | st.sampled_from(PhotoQuality),
    parents=st.lists(people, max_size=2).map(tuple),
    members=st.lists(people, max_size=2).map(tuple),
    relative=st.none() | people,
    signed=st.none() | st.booleans(),
    registered_on=st.none() | days,
    consecutive_months=st.none() | st.integers(0, 30),
    paid_through=st.none() | days.map(lambda d: d.replace(day=1)),
)
records = st.builds(
    record,
    st.sampled_from(RecordType),
    people,
    claims,
    record_id=st.sampled_from(["r1", "r2", "r3", "r4"]),
    version=st.integers(1, 2),
    issued_on=days,
    valid_from=st.none() | days,
    valid_to=st.none() | days,
    status=st.sampled_from(RecordStatus),
    under_dispute=st.booleans(),
)
faces = st.builds(
    face,
    people,
    result=st.sampled_from(["pass", "fail"]),
    fmr=st.sampled_from([None, 1e-4, 1e-3]),
    pad=st.sampled_from([True, False, None]),
    verified_at=st.integers(-60, 900).map(lambda s: NOW - timedelta(seconds=s)),
)
relatives = st.builds(
    lambda p, r: Person(p.name, p.id_type, p.id_number, r), people, st.sampled_from(Relation)
)
any_facts = st.builds(
    facts,
    matter=st.sampled_from(Matter),
    applicant=st.sampled_from([CHEN, CHILD]),
    guardian=st.none() | relatives,
    context=st.builds(Context, st.sampled_from(Dwelling), places, st.none() | relatives),
    on_file=st.lists(records, max_size=8).map(tuple),
    face_results=st.lists(faces, max_size=3).map(tuple),
    sources_down=st.frozensets(st.sampled_from(Source)),
)


@PATIENT
@given(any_facts, RULES)
def test_the_same_facts_and_rules_give_the_same_decision(given_facts, rules):
    assert judge(given_facts, rules) == judge(given_facts, rules)


@PATIENT
@given(any_facts, RULES)
def test_a_decision_is_judged_again_from_its_snapshot_with_the_same_result(given_facts, rules):
    decision = judge(given_facts, rules)
    stored = json.dumps(take_snapshot(given_facts, decision), ensure_ascii=False)
    assert judge_again(json.loads(stored), BOOK) == decision


@PATIENT
@given(any_facts)
def test_facts_are_read_back_as_they_were_written(given_facts):
    assert parse_facts(json.loads(json.dumps(given_facts.as_json()))) == given_facts


@PATIENT
@given(any_facts, RULES, st.randoms(use_true_random=False))
def test_the_order_of_records_and_results_changes_nothing(given_facts, rules, chance):
    on_file, results = list(given_facts.on_file), list(given_facts.face_results)
    chance.shuffle(on_file)
    chance.shuffle(results)
    shuffled = replace(given_facts, on_file=tuple(on_file), face_results=tuple(results))
    before = judge(given_facts, rules)
    after = judge(shuffled, rules)
    assert {m: (d.outcome, d.reasons) for m, d in before.materials.items()} == {
        m: (d.outcome, d.reasons) for m, d in after.materials.items()
    }


@PATIENT
@given(any_facts, RULES, st.frozensets(st.sampled_from(Source)))
def test_a_source_that_goes_down_never_adds_a_request(given_facts, rules, more):
    worse = replace(given_facts, sources_down=given_facts.sources_down | more)
    before, after = judge(given_facts, rules), judge(worse, rules)
    for material, decision in after.materials.items():
        was = before.materials[material].outcome
        assert decision.outcome in {was, Outcome.SOURCE_DOWN}
        if was in {Outcome.SATISFIED, Outcome.NOT_APPLICABLE, Outcome.BY_COMMITMENT}:
            assert decision.outcome is was


@PATIENT
@given(any_facts, RULES, records)
def test_a_strangers_record_of_another_place_changes_nothing(given_facts, rules, stranger):
    irrelevant = replace(
        stranger,
        record_id="stranger",
        holders=(Person("陌生人", "111", "340199197505050337"),),
        claims=replace(stranger.claims, address="示范市望江区青石镇红旗村3组12号", parents=()),
    )
    more = replace(given_facts, on_file=(*given_facts.on_file, irrelevant))
    assert judge(more, rules) == judge(given_facts, rules)


@PATIENT
@given(any_facts, RULES, records)
def test_one_more_record_never_spoils_what_was_satisfied(given_facts, rules, another):
    more = replace(given_facts, on_file=(*given_facts.on_file, replace(another, record_id="new")))
    before, after = judge(given_facts, rules), judge(more, rules)
    for material, decision in before.materials.items():
        if decision.outcome is Outcome.SATISFIED:
            settled = {Outcome.SATISFIED, Outcome.NOT_APPLICABLE}
            assert after.materials[material].outcome in settled
