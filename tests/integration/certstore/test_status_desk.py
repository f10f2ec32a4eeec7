"""Status lists: published before a place is given out, anew after a change, as JWT and CWT."""

import itertools
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from zlib import decompress

import cbor2
import jwt
import pytest
from sqlalchemy import text
from sqlalchemy.event import listen
from starlette.testclient import TestClient

from certstore.certificates import Status
from certstore.errors import NotFoundError
from certstore.service.app import create_app
from certstore.status_desk import CAPACITY, TTL_S, published_value
from certstore.status_list import StatusValue
from certstore.tables.metadata import metadata
from tests.sealed import become, voucher

PATH = "/status-lists/1"
CWT = {"Accept": "application/statuslist+cwt"}


@pytest.fixture
def client(house):
    return TestClient(create_app(house), base_url=house.settings.public_url)


def values(client, *places):
    """What the list says at these places, read with PyJWT and the specification's bit order."""
    claims = jwt.decode(client.get(PATH).text, options={"verify_signature": False})
    packed = claims["status_list"]["lst"]
    raw = decompress(jwt.utils.base64url_decode(packed))
    assert claims["status_list"]["bits"] == 2
    assert len(raw) * 4 == CAPACITY
    return [raw[place // 4] >> 2 * (place % 4) & 3 for place in places]


def test_the_first_list_is_published_before_any_place_is_given_out(house):
    with house.archive.reading() as books:
        row = books.statuses.get(1)
        assert books.register.status_indexes_taken(1) == 0
    assert row.jwt
    assert row.cwt
    assert row.published_at is not None


def test_processes_that_open_the_first_list_at_once_all_succeed(house):
    with house.archive.writing() as books:
        books.connection.execute(metadata.tables["status_lists"].delete())
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: house.status_desk.open_first(), range(4)))
    with house.archive.reading() as books:
        assert books.statuses.numbers() == [1]
        assert books.statuses.get(1).jwt


def test_places_are_unique_and_tell_nothing_by_their_neighbours(house):
    places = [voucher(house).status_entry.index for _ in range(12)]
    assert len(set(places)) == 12
    assert places != sorted(places)
    steps = [abs(b - a) for a, b in itertools.pairwise(places)]
    assert max(places) - min(places) > CAPACITY // 8
    assert min(steps) > 1 or len(set(steps)) > 6


def test_a_full_list_is_followed_by_one_that_is_published(house, monkeypatch):
    monkeypatch.setattr("certstore.status_desk.CAPACITY", 1)
    entries = [voucher(house).status_entry for _ in range(3)]
    assert [e.list_number for e in entries] == [1, 2, 3]
    with house.archive.reading() as books:
        assert books.statuses.get(2).jwt


def test_the_list_says_what_became_of_each(house, client):
    kept, superseded, lost, suspended, revoked = (voucher(house) for _ in range(5))
    disputed = voucher(house)
    for certificate, status in (
        (superseded, Status.SUPERSEDED),
        (lost, Status.LOST),
        (suspended, Status.SUSPENDED),
        (revoked, Status.REVOKED),
    ):
        become(house, certificate, status)
    table = metadata.tables["certificates"]
    with house.archive.writing() as books:
        books.connection.execute(
            table.update().where(table.c.ref == disputed.ref).values(under_dispute=True)
        )
        books.statuses.changed(1)
    shown = (kept, superseded, lost, suspended, revoked, disputed)
    assert values(client, *(c.status_entry.index for c in shown)) == [0, 1, 2, 2, 1, 3]


def test_every_status_has_a_value():
    for status in Status:
        assert published_value(status, under_dispute=False) in StatusValue
    assert published_value(Status.LOST, under_dispute=True) is StatusValue.SUSPENDED
    assert published_value(Status.REVOKED, under_dispute=True) is StatusValue.INVALID
    assert published_value(Status.CANCELLED, under_dispute=False) is StatusValue.INVALID
    assert published_value(Status.VALID, under_dispute=True) is StatusValue.UNDER_DISPUTE


def test_a_change_is_published_with_the_next_question(house, client):
    held = voucher(house)
    before = client.get(PATH)
    assert client.get(PATH).text == before.text
    become(house, held, Status.SUPERSEDED)
    after = client.get(PATH)
    assert after.headers["etag"] != before.headers["etag"]
    assert values(client, held.status_entry.index) == [1]


def test_a_list_is_signed_anew_before_it_grows_stale(house, client):
    first = client.get(PATH).text
    house.clock.skip(timedelta(seconds=TTL_S))
    second = client.get(PATH).text
    begun = [jwt.decode(t, options={"verify_signature": False})["iat"] for t in (first, second)]
    assert begun[1] - begun[0] >= TTL_S


def test_an_unchanged_list_is_not_sent_twice(client):
    first = client.get(PATH)
    again = client.get(PATH, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    other = client.get(PATH, headers={"If-None-Match": '"something else"'})
    assert other.status_code == 200


def test_the_type_of_the_answer_is_the_one_asked_for(client):
    plain, asked = client.get(PATH), client.get(PATH, headers=CWT)
    assert plain.headers["content-type"] == "application/statuslist+jwt"
    assert asked.headers["content-type"] == "application/statuslist+cwt"
    assert plain.headers["etag"] != asked.headers["etag"]
    for answer in (plain, asked):
        assert answer.headers["vary"] == "Accept"
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["cache-control"] == "public, max-age=2"


def _plan_of(connection, asking):
    """How the database answers the query that `asking` makes."""
    asked = []
    listen(connection, "before_cursor_execute", lambda *call: asked.append(call[2:4]))
    asking()
    sqlite = connection.dialect.name == "sqlite"
    if not sqlite:
        connection.execute(text("SET LOCAL enable_seqscan = off"))  # so few rows are all read
    query, values = asked[0]
    explain = "EXPLAIN QUERY PLAN" if sqlite else "EXPLAIN"
    return [str(row) for row in connection.exec_driver_sql(f"{explain} {query}", values)]


def test_a_list_is_built_from_the_rows_it_says_something_of(house):
    """The database looks at these alone: with a million valid ones beside them it is as quick."""
    revoked, disputed, _valid = (voucher(house) for _ in range(3))
    become(house, revoked, Status.REVOKED)
    table = metadata.tables["certificates"]
    with house.archive.writing() as books:
        books.connection.execute(
            table.update().where(table.c.ref == disputed.ref).values(under_dispute=True)
        )
        said = {index: disputed for index, _, disputed in books.register.not_valid(1)}
        assert said == {revoked.status_entry.index: False, disputed.status_entry.index: True}
        plan = " ".join(_plan_of(books.connection, lambda: books.register.not_valid(1)))
    assert "ix_certificates_not_plainly_valid" in plan


def test_jwt_and_cwt_say_the_same(house, client):
    become(house, voucher(house), Status.SUPERSEDED)
    header = jwt.get_unverified_header(client.get(PATH).text)
    claims = jwt.decode(client.get(PATH).text, options={"verify_signature": False})
    outer = cbor2.loads(client.get(PATH, headers=CWT).content)
    inner = cbor2.loads(outer.value[2])
    assert header["typ"] == "statuslist+jwt"
    assert inner[2] == claims["sub"] == f"{house.settings.public_url}{PATH}"
    assert (inner[6], inner[65534]) == (claims["iat"], TTL_S)
    assert decompress(inner[65533]["lst"]) == decompress(
        jwt.utils.base64url_decode(claims["status_list"]["lst"])
    )


@pytest.mark.parametrize("number", ["0", "2", "999999999"])
def test_a_list_there_is_not_is_not_found(client, number):
    answer = client.get(f"/status-lists/{number}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_desk_refuses_a_list_there_is_not(house):
    with pytest.raises(NotFoundError):
        house.status_desk.current(7)
