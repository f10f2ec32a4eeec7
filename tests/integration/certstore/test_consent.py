"""Consent on both databases: asked, given once, used as often as agreed, taken back at once."""

import base64
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import jwt
import pytest
import rfc8785

from certstore.consent.bodies import ConsentRequestIn
from certstore.errors import (
    CertstoreError,
    ConflictError,
    ConsentRequiredError,
    ConsentWithdrawnError,
    FieldNotGrantedError,
    MalformedError,
)
from certstore.keys import Purpose
from certstore.service.worker import Worker
from tests.consents import (
    BACK,
    BANK,
    FUND,
    LEASE,
    LOAN,
    enrol_fund,
    pull_request,
    request_body,
    service,
    told,
)
from tests.sealed import LIN, ZHOU, handed_in, resident


@pytest.fixture
def lease(house):
    """A lease filing of Lin's, in a house that knows the fund."""
    enrol_fund(house)
    return handed_in(house)


def ask(house, caller=None, **changes):
    body = ConsentRequestIn(**request_body(**changes))
    return house.consent_request_desk.ask(caller or service(), body.asking())


def given(house, *ticks, **changes):
    """The reference of a request that Lin agreed to."""
    ref = ask(house, **changes)["ref"]
    house.consent_desk.give(resident(), ref, ticks, "zh")
    return ref


def pull(house, lease, consent, *fields, caller=None):
    return house.sharing_desk.pull(caller or service(), pull_request(lease.ref, consent, *fields))


def recorded(house, holder=LIN):
    with house.archive.reading() as books:
        person = books.people.find(holder.id_type, holder.id_number)
        since = datetime.min.replace(tzinfo=UTC)
        return [dict(e.record) for e in books.usage.of(person.id, since)] if person else []


def standing(house, ref, caller=None):
    return house.consent_request_desk.standing(caller or service(), ref)


def test_taking_it_back_refuses_the_very_next_pull(house, lease):
    ref = given(house, times=3)
    said = pull(house, lease, ref)
    assert said["fields"] == {"address": "示范市海港区长乐路88弄6号502室"}
    assert said["freshness"]["delete_by"] == "2026-12-25"  # the 30 days that were agreed
    house.consent_desk.withdraw(resident(), ref)
    with pytest.raises(ConsentWithdrawnError) as refused:
        pull(house, lease, ref)
    assert refused.value.facts["paths"] == ["address"]
    refusal, release = recorded(house)
    assert (refusal["refused"], refusal["fields"]) == ("consent-withdrawn", [])
    assert (release["ground"], release["fields"]) == ("consent", ["address"])
    (consent,) = standing(house, ref)["consents"]
    assert release["consents"] == [consent["ref"]]
    assert (consent["status"], consent["used"]) == ("withdrawn", 1)
    house.consent_desk.withdraw(resident(), ref)  # again: nothing more happens
    body = {"consent_request": ref, "client": FUND}
    assert told(house) == [("consent.given", body), ("consent.withdrawn", body)]


def test_one_use_is_one_use_even_for_two_at_once(house, lease):
    ref = given(house)
    start = threading.Barrier(4)

    def try_it(_):
        start.wait()
        try:
            return pull(house, lease, ref)["fields"]
        except ConsentRequiredError as error:
            return error.facts["cause"]

    with ThreadPoolExecutor(4) as room:
        outcomes = list(room.map(try_it, range(4)))
    assert sum(isinstance(outcome, dict) for outcome in outcomes) == 1
    assert outcomes.count("used_up") == 3
    assert len(recorded(house)) == 4
    assert standing(house, ref)["consents"][0]["used"] == 1


def test_one_answer_counts_even_of_two_at_once(house, lease):
    ref = ask(house)["ref"]
    desk, start = house.consent_desk, threading.Barrier(2)

    def answer(yes):
        start.wait()
        try:
            asked = desk.give(resident(), ref, (), "zh") if yes else desk.refuse(resident(), ref)
        except ConflictError:
            return None
        return asked.request.state

    with ThreadPoolExecutor(2) as room:
        states = [state for state in room.map(answer, (True, False)) if state]
    assert len(states) == 1
    assert standing(house, ref)["status"] == states[0]
    assert len(told(house)) == 1


@pytest.mark.parametrize(
    ("caller", "changes", "cause"),
    [
        (service(BANK, "rent-2026"), {}, "unknown"),
        (service(purpose_id=LOAN), {"purpose_id": LOAN}, "other_purpose"),
    ],
)
def test_neither_another_client_nor_another_purpose_has_it(house, lease, caller, changes, cause):
    ref = given(house)
    request = replace(pull_request(lease.ref, ref), **changes)
    with pytest.raises(ConsentRequiredError) as refused:
        house.sharing_desk.pull(caller, request)
    assert refused.value.facts["cause"] == cause
    assert standing(house, ref)["consents"][0]["used"] == 0


def test_what_was_not_agreed_to_is_not_given(house, lease):
    ref = given(house)  # neither number nor photo was ticked
    for fields in (("number",), ("address", "number")):
        with pytest.raises(ConsentRequiredError) as refused:
            pull(house, lease, ref, *fields)
        assert refused.value.facts["paths"] == ["number"]
    with pytest.raises(ConsentRequiredError):
        pull(house, lease, None)
    theirs = handed_in(house, ZHOU)
    with pytest.raises(CertstoreError) as refused:
        house.sharing_desk.pull(service(), pull_request(theirs.ref, ref, holder=ZHOU))
    assert refused.value.facts["cause"] == "unknown"
    house.clock.skip(timedelta(days=1))
    with pytest.raises(ConsentRequiredError) as refused:
        pull(house, lease, ref)
    assert refused.value.facts["cause"] == "ended"


def test_photo_and_data_are_two_consents_with_two_receipts(house, lease):
    handed_in(house, type_code="id_photo")
    ref = given(house, "id_photo:photo", f"{LEASE}:number", times=2, language="en")
    data, photo = standing(house, ref)["consents"]
    assert data["fields"] == {LEASE: ["?valid_on", "address", "number"]}
    assert photo["fields"] == {"id_photo": ["photo"]}
    assert data["receipt"] != photo["receipt"]
    house.consent_desk.withdraw(resident(), photo["ref"])
    assert [c["status"] for c in standing(house, ref)["consents"]] == ["in_force", "withdrawn"]
    pull(house, lease, data["ref"])
    pull(house, lease, ref, "address", "number")


def test_a_stranger_verifies_the_receipt_and_learns_of_nobody(house, lease):
    ref = given(house, "id_photo:photo")
    signer = house.consent_desk.receipt_signer
    key = house.trust.find(signer.kid, Purpose.RECEIPT).public_key  # as a stranger finds it
    for consent in standing(house, ref)["consents"]:
        checked = jwt.api_jws.decode_complete(consent["receipt"], key, ["ES256"])
        assert checked["header"]["typ"] == "consent-receipt+jwt"
        receipt = json.loads(checked["payload"])
        assert checked["payload"] == rfc8785.dumps(receipt)
        assert receipt["header"]["record_id"] == consent["ref"]
        (purpose,) = receipt["processing"]["purposes"]
        assert purpose["separate_consent"] == (consent["scope"] == "photo")
        assert purpose["retention_period"] == "P30D"
        (party,) = receipt["party_identification"]
        assert party["party_id"] == FUND
        assert LIN.id_number not in str(receipt)
        assert LIN.name not in str(receipt)
        forged = checked["payload"].replace(b'"times":1', b'"times":9')
        head, _, signature = consent["receipt"].split(".")
        body = base64.urlsafe_b64encode(forged).rstrip(b"=").decode()
        with pytest.raises(jwt.InvalidSignatureError):
            jwt.api_jws.decode_complete(f"{head}.{body}.{signature}", key, ["ES256"])


def test_what_nobody_answers_ends_and_is_told_once(house, lease):
    ref = ask(house)["ref"]
    house.clock.skip(timedelta(seconds=900))
    assert standing(house, ref)["status"] == "expired"  # before anybody wrote it down
    with pytest.raises(ConflictError):
        house.consent_desk.give(resident(), ref, (), "zh")
    worker = Worker(house)
    worker.end_consent_requests()
    worker.end_consent_requests()
    assert told(house) == [("consent.expired", {"consent_request": ref, "client": FUND})]


def test_asking_is_bounded_and_reaches_the_inbox(house, lease):
    refs = [ask(house)["ref"] for _ in range(5)]
    with pytest.raises(ConflictError):
        ask(house)
    ask(house, service(BANK), purpose_id="mortgage-2026")  # another client's do not count
    house.consent_desk.refuse(resident(), refs[0])
    ask(house)
    inbox = house.holdings_desk.notices(resident())
    assert {n.kind for n in inbox} == {"consent_asked"}
    assert inbox[0].facts["agency_zh"] == "示范市公积金中心"


def test_whether_somebody_is_known_here_is_not_told_by_asking_them(house, lease):
    """The same answer, limit, page of progress and end, whoever it is."""
    stranger = {"id_number": ZHOU.id_number}
    known, unknown = ask(house), ask(house, subject=stranger)
    alike = ("status", "case_no", "decided_at", "consents")
    assert known.keys() == unknown.keys()
    assert [known[each] for each in alike] == [unknown[each] for each in alike]
    shown = [standing(house, said["ref"]) for said in (known, unknown)]
    assert [s[each] for s in shown[:1] for each in alike] == [shown[1][each] for each in alike]
    for _ in range(4):
        ask(house, subject=stranger)
    with pytest.raises(ConflictError):
        ask(house, subject=stranger)
    house.clock.skip(timedelta(seconds=900))
    house.consent_request_desk.end_overdue()
    assert {standing(house, one["ref"])["status"] for one in (known, unknown)} == {"expired"}


def test_who_was_asked_before_they_were_known_finds_it_when_they_come(house, lease):
    ref = ask(house, subject={"id_number": ZHOU.id_number})["ref"]
    zhou = resident(ZHOU)
    assert [asked.request.ref for asked in house.consent_desk.of(zhou)] == [ref]
    assert set(house.consent_desk.case(zhou, ref).on_file.values()) == {None}
    house.consent_desk.refuse(zhou, ref)
    with house.archive.reading() as books:  # and the first who names them does
        assert books.people.find(ZHOU.id_type, ZHOU.id_number).holder == ZHOU
    assert standing(house, ref)["status"] == "refused"


def test_a_number_that_is_nobodys_is_no_question_to_anybody(house, lease):
    wrong = LIN.id_number[:-1] + ("5" if LIN.id_number[-1] != "5" else "6")
    with pytest.raises(MalformedError) as refused:
        ask(house, subject={"id_number": wrong})
    assert (refused.value.where, wrong in str(refused.value)) == ("subject.id_number", False)


def test_nothing_is_kept_of_a_refused_request(house, lease):
    with pytest.raises(FieldNotGrantedError):
        ask(house, wanted=[{"cert_type": LEASE, "fields": ["id_number"]}])
    with pytest.raises(CertstoreError):
        ask(house, return_uri=BACK)
    house.consent_request_desk.allow_return(FUND, BACK)
    ref = ask(house, return_uri=BACK, state="s1")["ref"]
    assert [a.request.ref for a in house.consent_desk.of(resident())] == [ref]
    assert house.consent_desk.of(resident(ZHOU)) == []


def test_of_several_consents_all_are_counted_or_none(house, lease):
    """A pull that is refused for one of them has not used the other up."""
    ref = given(house, "id_photo:photo", times=1)
    with house.archive.writing() as books:
        first, second = books.consents.given([ref])
        assert books.consents.use([first.ref])
    with house.archive.writing() as books:
        assert not books.consents.use([first.ref, second.ref])
        assert [c.used for c in books.consents.given([ref])] == [1, 0]
        assert books.consents.use([second.ref])
        assert [c.used for c in books.consents.given([ref])] == [1, 1]
