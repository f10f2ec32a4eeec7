"""When an access cannot be recorded nothing is released: real faults of real databases."""

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from certstore.service.app import create_app
from tests.sealed import (
    ENROLMENT,
    LIN,
    VOUCHER,
    assertion,
    enrol,
    pull_body,
    school_key,
    token_form,
    voucher,
)

TABLES = ("ledger_leaves", "ledger_nodes", "usage")


@pytest.fixture
def client(house):
    """The school service, with a token."""
    key = school_key()
    enrol(house, key)
    opened = TestClient(
        create_app(house), base_url=house.settings.public_url, raise_server_exceptions=False
    )
    form = token_form(assertion(house, key))
    token = opened.post("/oauth2/token", data=form).json()["access_token"]
    opened.headers["Authorization"] = f"Bearer {token}"
    return opened


def spoil(house, table):
    """A trigger that refuses every new row, as a full disk or a broken extension would."""
    if house.database.is_sqlite:
        body = "BEGIN SELECT RAISE(ABORT, 'refused'); END"
    else:
        body = "FOR EACH ROW EXECUTE FUNCTION refuse()"
        refuse = "$$ BEGIN RAISE EXCEPTION 'refused'; END $$ LANGUAGE plpgsql"
        run(house, f"CREATE FUNCTION refuse() RETURNS trigger AS {refuse}")
    run(house, f"CREATE TRIGGER spoiled BEFORE INSERT ON {table} {body}")


def run(house, statement):
    with house.archive.writing() as books:
        books.connection.execute(text(statement))


def mend(house, table):
    on = "" if house.database.is_sqlite else f" ON {table}"
    run(house, f"DROP TRIGGER spoiled{on}")


def counts(house):
    with house.archive.reading() as books:
        return books.ledger.count(), books.usage.count()


def unavailable(answer):
    assert answer.status_code == 503, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    said = answer.json()
    assert said["type"] == "urn:certstore:problem:ledger-unavailable"
    assert said["detail"]
    assert said["remedy"]
    for secret in (LIN.name, LIN.id_number, "海港区", "refused", "trigger", "INSERT"):
        assert secret not in answer.text


@pytest.mark.parametrize("table", TABLES)
def test_a_pull_that_cannot_be_recorded_releases_nothing(client, house, table):
    held = voucher(house)
    spoil(house, table)
    unavailable(client.post(f"/v1/certificates/{held.ref}:pull", json=pull_body()))
    assert counts(house) == (0, 0)
    mend(house, table)
    assert client.post(f"/v1/certificates/{held.ref}:pull", json=pull_body()).status_code == 200
    assert counts(house) == (1, 1)


def test_a_refusal_that_cannot_be_recorded_is_unavailable_too(client, house):
    held = voucher(house)
    spoil(house, "usage")
    body = pull_body(("name", "id_number"))
    unavailable(client.post(f"/v1/certificates/{held.ref}:pull", json=body))
    assert counts(house) == (0, 0)


def test_a_search_that_cannot_be_recorded_finds_nothing(client, house):
    held = voucher(house)
    spoil(house, "ledger_leaves")
    body = {
        "purpose_id": ENROLMENT,
        "case_no": "RX-1",
        "subject": {"id_number": LIN.id_number},
        "cert_types": [VOUCHER],
        "operator": "3021",
    }
    answer = client.post("/v1/evidence:search", json=body)
    unavailable(answer)
    assert held.ref not in answer.text
    assert counts(house) == (0, 0)


def test_a_tree_with_a_lost_node_takes_no_leaf(client, house):
    held = voucher(house)
    for _ in range(3):
        assert client.post(f"/v1/certificates/{held.ref}:pull", json=pull_body()).status_code == 200
    run(house, 'DELETE FROM ledger_nodes WHERE level = 0 AND "index" = 2')
    unavailable(client.post(f"/v1/certificates/{held.ref}:pull", json=pull_body()))
    assert counts(house) == (3, 3)


def test_a_proof_from_a_tree_with_a_lost_node_is_unavailable(client, house):
    held = voucher(house)
    for _ in range(2):
        client.post(f"/v1/certificates/{held.ref}:pull", json=pull_body())
    house.ledger_desk.checkpoint()
    run(house, 'DELETE FROM ledger_nodes WHERE level = 0 AND "index" = 1')
    unavailable(client.get("/v1/ledger/proof/inclusion", params={"leaf_index": 0}))
