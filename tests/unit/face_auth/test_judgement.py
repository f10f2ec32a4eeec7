"""The judging of one result, without a desk: each fact that matters, at its edge."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certstore.verdict import Accepted, Refused
from face_auth.challenge import Occasion, State, open_transaction
from face_auth.judgement import judge_result
from face_auth.providers import Certified, read_registry
from face_auth.result import FaceResult
from face_auth.rules import read_rules, rule_on
from tests.unit.face_auth.office import ACCOUNT, APPLICATION, HOLDER, NOW

RULE = rule_on(read_rules(), date(2026, 11, 22))
SANDBOX = read_registry(demonstration=True).providers["sandbox"]
OCCASION = Occasion(
    holder=HOLDER,
    account=ACCOUNT,
    application_ref=APPLICATION,
    matter="residence_registration",
    return_to="/applications/a/face",
)
TRANSACTION = replace(
    open_transaction(
        OCCASION,
        "sandbox",
        NOW,
        lifetime=RULE.transaction_lifetime,
        consent_notice=RULE.consent_notice,
    ),
    provider_txn="SANDBOX-1",
)
GOOD = FaceResult(
    provider="sandbox",
    provider_txn="SANDBOX-1",
    our_txn=TRANSACTION.our_txn,
    nonce=TRANSACTION.nonce,
    jti="SANDBOX-2",
    subject_binding=TRANSACTION.subject_binding,
    result="pass",
    failure="none",
    mode="1:1",
    comparison_source="police_photo_base",
    score=96.5,
    threshold=80.0,
    fmr=0.0001,
    pad=True,
    iad=True,
    device_risk=(),
    channel="web",
    assurance_level="high",
    verified_at=NOW + timedelta(seconds=20),
    received_at=NOW + timedelta(seconds=25),
    raw_sha256="0" * 64,
    policy_version="face-2021",
)
LATER = NOW + timedelta(seconds=25)


def judged(result=GOOD, transaction=TRANSACTION, provider=SANDBOX, now=LATER, rule=RULE):
    verdict = judge_result(result, transaction, provider, now=now, rule=rule)
    return verdict.reasons if isinstance(verdict, Refused) else ()


def test_a_good_result_is_accepted():
    assert judge_result(GOOD, TRANSACTION, SANDBOX, now=LATER, rule=RULE) == Accepted()


@pytest.mark.parametrize(
    ("change", "reasons"),
    [
        ({"our_txn": "another-one"}, ("transaction_mismatch",)),
        ({"provider": "other"}, ("provider_mismatch",)),
        ({"provider_txn": "SANDBOX-9"}, ("provider_txn_mismatch",)),
        ({"nonce": "n" * 43}, ("nonce_mismatch",)),
        ({"subject_binding": "0" * 64}, ("subject_mismatch",)),
        ({"result": "fail", "failure": "other"}, ("not_passed",)),
        ({"result": "fail", "failure": "too_dark"}, ("too_dark", "not_passed")),
        ({"result": "fail", "failure": "not_the_person"}, ("not_the_person", "not_passed")),
        ({"score": 79.99}, ("score_below_threshold",)),
        ({"score": 80.0}, ()),
        ({"score": None, "threshold": None}, ()),  # a provider that decides by itself
        ({"mode": "1:n"}, ("mode_not_one_to_one",)),
        ({"comparison_source": "uploaded_photo"}, ("source_not_accepted",)),
        ({"comparison_source": "population_base"}, ()),
        ({"fmr": 0.00011}, ("fmr_too_high",)),
        ({"fmr": 0.00001}, ()),
        ({"pad": False}, ("pad_not_certified",)),
        ({"iad": False}, ("iad_not_certified",)),
        ({"device_risk": ("virtual_camera",)}, ("device_risk",)),
        ({"device_risk": ("never_heard_of",)}, ("device_risk",)),
        ({"device_risk": ("old_system",)}, ()),
        ({"device_risk": ("old_system", "root")}, ("device_risk",)),
        ({"assurance_level": "low"}, ("assurance_too_low",)),
        ({"assurance_level": "substantial"}, ()),
    ],
)
def test_a_result_is_judged_by_what_it_says(change, reasons):
    assert judged(replace(GOOD, **change)) == reasons


@pytest.mark.parametrize(
    ("change", "reasons"),
    [
        ({"active_to": date(2026, 11, 22)}, ()),
        ({"active_to": date(2026, 11, 21)}, ("provider_inactive",)),
        ({"active_from": date(2026, 11, 23)}, ("provider_inactive",)),
        ({"pad": None}, ("pad_not_certified",)),
        ({"pad": Certified("c", date(2026, 11, 22))}, ()),
        ({"pad": Certified("c", date(2026, 11, 21))}, ("pad_not_certified",)),
        ({"iad": None}, ("iad_not_certified",)),
        ({"iad": Certified("c", date(2026, 11, 21))}, ("iad_not_certified",)),
        ({"fmr": 0.001}, ("fmr_too_high",)),
        ({"comparison_source": "uploaded_photo"}, ("source_not_accepted",)),
        ({"assurance_level": "low"}, ("assurance_too_low",)),
        ({"id": "other"}, ("provider_mismatch",)),
    ],
)
def test_a_result_is_believed_no_further_than_our_registry(change, reasons):
    assert judged(provider=replace(SANDBOX, **change)) == reasons


@pytest.mark.parametrize(
    ("seconds", "reasons"),
    [(600, ()), (601, ("too_old",)), (-30, ()), (-31, ("verified_in_future",))],
)
def test_a_result_is_fresh_for_ten_minutes_to_the_second(seconds, reasons):
    assert judged(now=GOOD.verified_at + timedelta(seconds=seconds)) == reasons


@pytest.mark.parametrize(("seconds", "reasons"), [(0, ()), (-1, ("verified_before_begun",))])
def test_a_result_from_before_the_transaction_is_another_occasions(seconds, reasons):
    begun = replace(TRANSACTION, begun_at=GOOD.verified_at.replace(microsecond=900_000))
    result = replace(GOOD, verified_at=GOOD.verified_at + timedelta(seconds=seconds))
    assert judged(result, begun) == reasons


@pytest.mark.parametrize(
    ("state", "now", "reasons"),
    [
        (State.PASSED, LATER, ("transaction_closed",)),
        (State.FAILED, LATER, ("transaction_closed",)),
        (State.EXPIRED, LATER, ("transaction_expired",)),
        (State.OPEN, TRANSACTION.expires_at, ("transaction_expired",)),
        (State.OPEN, TRANSACTION.expires_at - timedelta(seconds=1), ()),
    ],
)
def test_a_result_is_taken_only_while_its_transaction_is_open(state, now, reasons):
    result = replace(GOOD, verified_at=now - timedelta(seconds=1))
    if state is State.OPEN:
        result = replace(result, verified_at=now)
    assert judged(result, replace(TRANSACTION, state=state), now=now) == reasons


def test_a_verification_whose_start_was_never_answered_has_no_result():
    unanswered = replace(TRANSACTION, provider_txn=None)
    assert judged(transaction=unanswered) == ("provider_txn_mismatch",)


RESULTS = st.builds(
    replace,
    st.just(GOOD),
    result=st.sampled_from(["pass", "fail"]),
    failure=st.sampled_from(["none", "too_dark", "other"]),
    nonce=st.sampled_from([GOOD.nonce, "n" * 43]),
    provider_txn=st.sampled_from([GOOD.provider_txn, "SANDBOX-9"]),
    subject_binding=st.sampled_from([GOOD.subject_binding, "0" * 64]),
    mode=st.sampled_from(["1:1", "1:n"]),
    comparison_source=st.sampled_from(["police_photo_base", "population_base", "uploaded_photo"]),
    score=st.floats(0, 1000),
    threshold=st.floats(0, 1000),
    fmr=st.floats(1e-12, 1),
    pad=st.booleans(),
    iad=st.booleans(),
    device_risk=st.lists(st.sampled_from(["root", "old_system", "hook"]), unique=True).map(tuple),
    assurance_level=st.sampled_from(["low", "substantial", "high"]),
    verified_at=st.integers(-700, 700).map(lambda s: NOW + timedelta(seconds=s)),
)


@given(RESULTS)
def test_nothing_that_falls_short_in_any_way_is_accepted(result):
    sufficient = (
        result.result == "pass"
        and result.nonce == TRANSACTION.nonce
        and result.provider_txn == TRANSACTION.provider_txn
        and result.subject_binding == TRANSACTION.subject_binding
        and result.mode == "1:1"
        and result.comparison_source != "uploaded_photo"
        and result.score >= result.threshold
        and result.fmr <= 1e-4
        and result.pad
        and result.iad
        and not {"root", "hook"} & set(result.device_risk)
        and result.assurance_level != "low"
        and NOW <= result.verified_at <= LATER + timedelta(seconds=30)
    )
    assert (judged(result) == ()) is sufficient


@given(RESULTS, RESULTS)
def test_every_reason_is_listed_once_and_no_reason_hides_another(first, second):
    """Faults of different kinds add up: judging a mixture loses none of either's reasons."""
    mixed = replace(first, nonce=second.nonce, pad=second.pad, verified_at=second.verified_at)
    own = {"nonce_mismatch", "pad_not_certified", "verified_before_begun", "verified_in_future"}
    own |= {"too_old"}
    expected = (set(judged(first)) - own) | (set(judged(second)) & own)
    assert set(judged(mixed)) == expected
    assert len(judged(mixed)) == len(expected)


@given(RESULTS)
def test_a_provider_can_be_lowered_and_never_raised(result):
    day = date(2026, 11, 22)
    believed = SANDBOX.lowered(result, day)
    order = ("low", "substantial", "high")
    assert believed.fmr >= max(result.fmr, SANDBOX.fmr)
    assert believed.pad <= result.pad
    assert believed.iad <= result.iad
    assert order.index(believed.assurance_level) <= order.index(result.assurance_level)
    assert SANDBOX.lowered(believed, day) == believed


def test_judging_depends_on_nothing_but_what_is_handed_in():
    long_ago = datetime(2021, 6, 1, tzinfo=UTC)
    shift = long_ago - NOW
    transaction = replace(TRANSACTION, begun_at=long_ago, expires_at=TRANSACTION.expires_at + shift)
    result = replace(GOOD, verified_at=GOOD.verified_at + shift)
    assert judged(result, transaction, now=LATER + shift) == ()
