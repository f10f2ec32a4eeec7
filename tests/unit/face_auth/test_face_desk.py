"""The desk: from the beginning of a verification to what others read of it."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from certstore.certificates import Holder
from certstore.errors import MalformedError, NotFoundError, UnavailableError
from certstore.verdict import Accepted, Refused
from face_auth.acceptance import Standing
from face_auth.challenge import State
from face_auth.sandbox import Behaviour
from face_auth.tables import face_results, face_transactions
from tests.unit.face_auth.office import (
    ACCOUNT,
    APPLICATION,
    HOLDER,
    NOW,
    OTHER,
    sign,
)


def rows(office, table):
    with office.archive.reading() as books:
        return books.connection.execute(select(table)).all()


def test_a_verification_that_passes_is_accepted_and_told(office):
    begun = office.begin()
    assert office.desk.outcome(begun.txn, ACCOUNT) == Standing(State.OPEN)
    assert office.desk.accept(office.result(begun), ACCOUNT) == Accepted()
    told = office.desk.outcome(begun.txn, ACCOUNT)
    assert told == Standing(State.PASSED)
    assert told.because is None


def test_what_is_accepted_has_the_shape_that_reuse_decisions_read(office):
    office.desk.accept(office.result(office.begin()))
    (found,) = office.desk.results_for(HOLDER, APPLICATION)
    assert found.accepted
    assert found.as_facts() == {
        "subject": {"name": "陈一鸣", "id_type": "111", "id_number": "340199199803140119"},
        "result": "pass",
        "mode": "1:1",
        "comparison_source": "police_photo_base",
        "fmr": 0.0001,
        "pad": True,
        "iad": True,
        "device_risk": [],
        "channel": "web",
        "verified_at": "2026-11-22T10:00:00+08:00",
        "provider": "sandbox",
    }
    json.dumps(found.as_facts())


REFUSALS = {
    Behaviour.FAIL_LIGHT: ("too_dark", "not_passed"),
    Behaviour.FAIL_PERSON: ("not_the_person", "not_passed"),
    Behaviour.RISK: ("device_risk",),
    Behaviour.LOW_FMR: ("fmr_too_high",),
    Behaviour.NO_PAD: ("pad_not_certified",),
    Behaviour.NO_IAD: ("iad_not_certified",),
    Behaviour.ONE_TO_MANY: ("mode_not_one_to_one",),
    Behaviour.UPLOADED_PHOTO: ("source_not_accepted",),
    Behaviour.LOW_ASSURANCE: ("assurance_too_low",),
    Behaviour.OTHER_PERSON: ("subject_mismatch",),
    Behaviour.STALE: ("verified_before_begun", "too_old"),
}


BECAUSE = {
    Behaviour.FAIL_LIGHT: "light",
    Behaviour.FAIL_PERSON: "person",
    Behaviour.OTHER_PERSON: "person",
    Behaviour.RISK: "risk",
    Behaviour.STALE: "expired",
}


@pytest.mark.parametrize("behaviour", [b for b in Behaviour if b is not Behaviour.PASS])
def test_a_result_of_its_own_that_does_not_suffice_fails_the_transaction(office, behaviour):
    begun = office.begin()
    assert office.desk.accept(office.result(begun, behaviour)) == Refused(REFUSALS[behaviour])
    told = office.desk.outcome(begun.txn, ACCOUNT)
    assert told == Standing(State.FAILED, REFUSALS[behaviour])
    assert told.because == BECAUSE.get(behaviour)
    again = office.result(begun)
    assert office.desk.accept(again) == Refused(("transaction_closed",))
    assert len(rows(office, face_results)) == 1


@pytest.mark.parametrize(
    ("behaviour", "read"),
    [
        (Behaviour.FAIL_LIGHT, "fail"),
        (Behaviour.RISK, "pass"),
        (Behaviour.NO_PAD, "pass"),
        (Behaviour.LOW_ASSURANCE, "fail"),  # the facts do not show it, so they must not read pass
        (Behaviour.STALE, "fail"),
    ],
)
def test_a_refused_result_reads_pass_only_where_its_facts_show_the_fault(office, behaviour, read):
    office.desk.accept(office.result(office.begin(), behaviour))
    (found,) = office.desk.results_for(HOLDER, APPLICATION)
    assert not found.accepted
    assert found.result == read
    faulty = not found.pad or not found.iad or found.device_risk or found.fmr > 1e-4
    assert found.result == "fail" or faulty


def test_the_face_of_another_person_counts_as_none(office):
    office.desk.accept(office.result(office.begin(), Behaviour.OTHER_PERSON))
    assert office.desk.results_for(HOLDER, APPLICATION) == []


@pytest.mark.parametrize(
    "holder", [OTHER, replace(HOLDER, name="陈一明"), replace(HOLDER, id_number=OTHER.id_number)]
)
def test_a_result_serves_nobody_but_its_person(office, holder):
    office.desk.accept(office.result(office.begin()))
    assert office.desk.results_for(holder, APPLICATION) == []


def test_a_result_serves_no_other_application(office):
    office.desk.accept(office.result(office.begin()))
    assert office.desk.results_for(HOLDER, "app-another") == []


def test_the_newest_result_is_told_first(office):
    office.desk.accept(office.result(office.begin(), Behaviour.FAIL_LIGHT))
    office.clock.skip(minutes=1)
    office.desk.accept(office.result(office.begin()))
    assert [found.accepted for found in office.desk.results_for(HOLDER, APPLICATION)] == [
        True,
        False,
    ]


def test_a_result_is_taken_once(office):
    begun = office.begin()
    token = office.result(begun)
    assert office.desk.accept(token) == Accepted()
    assert office.desk.accept(token) == Refused(("transaction_closed", "replayed"))
    assert len(rows(office, face_results)) == 1


def test_a_results_id_used_for_another_transaction_is_a_replay_and_changes_nothing(office):
    first, second = office.begin(), office.begin()
    claims = office.claims(first)
    office.desk.accept(sign(claims, office.signer))
    borrowed = sign({**office.claims(second), "jti": claims["jti"]}, office.signer)
    assert office.desk.accept(borrowed) == Refused(("replayed",))
    assert office.transaction(second).state is State.OPEN
    assert office.desk.accept(office.result(second)) == Accepted()


def test_a_result_in_another_accounts_hands_is_refused_and_stays_open(office):
    begun = office.begin()
    token = office.result(begun)
    assert office.desk.accept(token, "https://id.example|li") == Refused(("account_mismatch",))
    assert office.desk.accept(token, ACCOUNT) == Accepted()


@pytest.mark.parametrize(("txn", "account"), [(None, "https://id.example|li"), ("none", ACCOUNT)])
def test_another_accounts_verification_is_like_none(office, txn, account):
    begun = office.begin()
    with pytest.raises(NotFoundError):
        office.desk.outcome(txn or begun.txn, account)


def test_a_verification_nobody_came_back_from_expires(office):
    begun, token = office.begin(), None
    office.clock.skip(seconds=1199)
    token = office.result(begun)
    assert office.desk.expire_overdue() == 0
    office.clock.skip(seconds=1)
    told = office.desk.outcome(begun.txn, ACCOUNT)
    assert told == Standing(State.EXPIRED)
    assert told.because == "expired"
    assert office.desk.accept(token) == Refused(("transaction_expired",))
    assert office.desk.expire_overdue() == 1
    assert office.desk.accept(token) == Refused(("transaction_expired",))
    assert office.transaction(begun).closed_at == office.clock.now()


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "apply",
        "",
        "/a b",
        "/é",
        "/a\r\nSet-Cookie: a=b",
        "/" + "a" * 500,
    ],
)
def test_the_way_back_leads_nowhere_else(office, path):
    with pytest.raises(MalformedError):
        office.desk.begin(HOLDER, ACCOUNT, APPLICATION, path, matter="residence_registration")
    assert rows(office, face_transactions) == []


def test_without_a_provider_nothing_is_begun(office):
    for desk in (
        replace(office.desk, provider="nobody"),
        replace(office.desk, starters={}),
        replace(office.desk, registry=replace(office.desk.registry, keys={})),
    ):
        assert desk.usable() is None
        with pytest.raises(UnavailableError, match="face verification"):
            desk.begin(HOLDER, ACCOUNT, APPLICATION, "/a", matter="residence_registration")
    assert office.desk.usable().sandbox
    assert rows(office, face_transactions) == []


class DownProvider:
    def start(self, request):
        raise UnavailableError("the provider does not answer")


def test_a_provider_that_is_down_leaves_a_transaction_that_nothing_can_pass(office):
    desk = replace(office.desk, starters={"sandbox": DownProvider()})
    with pytest.raises(UnavailableError):
        desk.begin(HOLDER, ACCOUNT, APPLICATION, "/a", matter="residence_registration")
    (row,) = rows(office, face_transactions)
    assert (row.state, row.provider_txn) == ("open", None)
    claims = {**office.claims(office.begin()), "our_txn": row.our_txn, "nonce": row.nonce}
    verdict = office.desk.accept(sign(claims, office.signer))
    assert verdict == Refused(("provider_txn_mismatch", "subject_mismatch"))


def test_a_provider_struck_from_the_registry_is_believed_no_more(office):
    begun = office.begin()
    registry = replace(office.desk.registry, providers={})
    desk = replace(office.desk, registry=registry)
    assert desk.accept(office.result(begun)) == Refused(("provider_unknown",))


def test_a_name_is_the_same_however_it_is_composed(office):
    composed, decomposed = (
        Holder("Zoé", "111", HOLDER.id_number),
        Holder("Zoe\u0301", "111", HOLDER.id_number.lower()),
    )
    office.desk.accept(office.result(office.begin(holder=composed)))
    assert len(office.desk.results_for(decomposed, APPLICATION)) == 1


def test_a_result_after_midnight_is_judged_by_its_own_days_rule(office):
    stricter = replace(
        office.desk.rules[0], version="face-2027", effective=NOW.date() + timedelta(1), max_fmr=1e-6
    )
    desk = replace(office.desk, rules=(*office.desk.rules, stricter))
    assert desk.accept(office.result(office.begin())) == Accepted()
    office.clock.skip(hours=14)  # 00:00 of the next day in China
    assert desk.accept(office.result(office.begin())) == Refused(("fmr_too_high",))
