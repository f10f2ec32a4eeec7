"""Keys of requests on both databases: nothing is committed by who lost the key meanwhile."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text

from certstore.errors import ForbiddenError, IdempotencyConflictError
from certstore.idempotency.desk import IN_FLIGHT_FOR, Answer, KeyedRequest
from certstore.service.app import create_app
from certstore.service.demo_issuers import POLICE
from certstore.service.wiring import House
from certstore.tables.idempotency import Claim, under
from tests.consents import enrol_fund, machine, request_body
from tests.good_answers import ASKER, PURPOSE, asker
from tests.house import house_in
from tests.issuers import enrolled, record_check, signed_in
from tests.residents import _app_of
from tests.sealed import pull_body, voucher

REQUEST = KeyedRequest("a-client", "k-1", "d" * 64)
LONG = IN_FLIGHT_FOR + timedelta(seconds=1)


def do(house: House, name: str) -> Answer:
    """Something that must happen once: an event is queued."""
    with house.archive.writing() as books:
        books.outbox.add("done", {"by": name}, house.clock.now())
    return Answer(201, name.encode())


def done(house: House) -> list[str]:
    with house.archive.reading() as books:
        query = text("SELECT body FROM outbox WHERE subject = 'done' ORDER BY id")
        return [str(row.body) for row in books.connection.execute(query)]


def elsewhere(act, *args, **named):
    """In another thread, as another process would."""
    with ThreadPoolExecutor(1) as other:
        return other.submit(act, *args, **named).result(60)


def test_of_two_that_both_believe_to_be_at_work_one_commits(house):
    desk = house.idempotency_desk

    def slow():
        house.clock.skip(LONG)  # taken for lost, and begun anew
        assert elsewhere(desk.answer, REQUEST, lambda: do(house, "second")).body == b"second"
        return do(house, "first")

    with pytest.raises(IdempotencyConflictError) as refused:
        desk.answer(REQUEST, slow)
    assert refused.value.facts["retry_after"] == 1
    assert len(done(house)) == 1
    assert "second" in done(house)[0]
    assert desk.answer(REQUEST, lambda: do(house, "third")).body == b"second"


def test_one_that_takes_its_time_is_not_begun_anew_once_it_has_committed(house):
    desk = house.idempotency_desk

    def slow():
        do(house, "first")
        house.clock.skip(LONG)
        with pytest.raises(IdempotencyConflictError) as refused:
            elsewhere(desk.answer, REQUEST, lambda: do(house, "second"))
        assert "retry_after" not in refused.value.facts
        return do(house, "first, too")

    assert desk.answer(REQUEST, slow).body == b"first, too"
    assert desk.answer(REQUEST, lambda: do(house, "third")).body == b"first, too"
    assert len(done(house)) == 2


@pytest.mark.parametrize("repeatable", [False, True])
def test_what_was_cut_short_after_a_commit_is_repeated_only_if_it_can_be(house, repeatable):
    desk = house.idempotency_desk
    claim = Claim(REQUEST.caller, REQUEST.key, "f" * 20)
    with house.archive.writing() as books:
        books.idempotency.begin(claim, REQUEST.digest, house.clock.now())
    with under(claim):  # and then the power is gone
        do(house, "first")
    house.clock.skip(LONG)
    if repeatable:
        answer = desk.answer(REQUEST, lambda: do(house, "second"), repeatable=True)
        assert answer.body == b"second"
    else:
        with pytest.raises(IdempotencyConflictError, match="cut short"):
            desk.answer(REQUEST, lambda: do(house, "second"))
        house.clock.skip(timedelta(days=1))
        assert desk.answer(REQUEST, lambda: do(house, "second")).body == b"second"


def test_what_is_refused_on_record_leaves_its_key_free(house):
    desk = house.idempotency_desk

    def refused():
        do(house, "the record of the refusal")
        raise ForbiddenError("not for you")

    for _ in range(2):
        with pytest.raises(ForbiddenError):
            desk.answer(REQUEST, refused)
    assert desk.answer(REQUEST, lambda: do(house, "then")).status == 201
    do(house, "under no claim")


# -- requests for consent, and jobs ----------------------------------------------------------


def test_a_holder_is_asked_once_for_a_request_that_is_sent_twice(house):
    enrol_fund(house)
    fund, key = machine(house, create_app(house)), {"Idempotency-Key": "asked"}
    first, again = (
        fund.post("/v1/consent-requests", json=request_body(), headers=key) for _ in range(2)
    )
    assert (first.status_code, first.content) == (201, again.content)
    anew = fund.post("/v1/consent-requests", json=request_body())
    assert anew.json()["ref"] != first.json()["ref"]
    other = fund.post("/v1/consent-requests", json=request_body(case_no="B-2"), headers=key)
    assert (other.status_code, other.json()["type"].rpartition(":")[2]) == (
        422,
        "idempotency-mismatch",
    )


def test_a_job_that_is_sent_twice_is_taken_once(house):
    client, key = asker(house, create_app(house)), {"Idempotency-Key": "job"}
    said = {name: pull_body()[name] for name in ("matter_code", "operator", "fields")}
    item = {"ref": voucher(house).ref, "case_no": "RX-1", "subject": pull_body()["subject"]}
    body = {**said, "purpose_id": PURPOSE, "items": [item]}
    first, again = (client.post("/v1/pull-jobs", json=body, headers=key) for _ in range(2))
    assert (first.status_code, first.content) == (202, again.content)
    assert first.headers["Location"] == again.headers["Location"]
    assert client.get(again.headers["Location"]).status_code == 200
    with house.archive.reading() as books:
        assert books.pull_jobs.open_jobs(ASKER) == 1


# -- who is given a kept answer ------------------------------------------------------------


@pytest.fixture(scope="module")
def police(tmp_path_factory):
    """An authority's house, and its answer that is kept under a key."""
    house = enrolled(house_in(tmp_path_factory.mktemp("kept") / "house"))
    client = signed_in(house, POLICE, _app_of(house))
    assert ask(client).status_code == 201
    yield house
    house.close()


def ask(client):
    return client.post(
        "/v1/certificates", json=record_check("K-1"), headers={"Idempotency-Key": "kept"}
    )


def test_a_token_got_anew_is_given_the_kept_answer(police):
    assert ask(signed_in(police, POLICE, _app_of(police))).status_code == 201


@pytest.mark.parametrize(
    ("change", "back", "status"),
    [
        ("UPDATE clients SET state = 'suspended'", "UPDATE clients SET state = 'active'", 401),
        ("UPDATE purposes SET state = 'suspended'", "UPDATE purposes SET state = 'active'", 403),
        (
            "UPDATE purposes SET version = version + 1",
            "UPDATE purposes SET version = version - 1",
            403,
        ),
    ],
)
def test_who_may_not_ask_any_more_is_given_no_kept_answer(police, change, back, status):
    client = signed_in(police, POLICE, _app_of(police))
    for statement, expected in ((change, status), (back, 201)):
        with police.archive.writing() as books:
            books.connection.execute(text(statement))
        assert ask(client).status_code == expected


def test_a_narrower_token_is_given_no_answer_that_a_wider_one_got(police):
    narrow = signed_in(police, POLICE, _app_of(police), fields=["result"])
    answer = ask(narrow)
    assert (answer.status_code, answer.json()["type"]) == (
        422,
        "urn:certstore:problem:idempotency-mismatch",
    )
