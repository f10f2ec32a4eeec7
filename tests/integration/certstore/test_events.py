"""Who is told of what, on both databases: feeds, their order, their cursors, and over HTTP."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from starlette.testclient import TestClient

from certstore.chance import reference
from certstore.errors import ConflictError, MalformedError, PurposeError, UnavailableError
from certstore.events.spreading import KEPT_FOR, SETTLED_AFTER, TOLD_FOR
from certstore.service.app import create_app
from certstore.service.messenger import Messenger
from tests.sealed import MATTER, VOUCHER, assertion, school_key, token_form, voucher
from tests.subscribers import HOUSING, SCHOOL, given, happen, revoke, subscriber

SOON = SETTLED_AFTER + timedelta(seconds=1)


def told(house, service, after=None):
    house.clock.skip(SOON)
    house.spreading_desk.spread()
    return house.feed_desk.read(service, after, 100)


def changes(page):
    return [(event["subject"], event["data"]["change"]) for event in page["events"]]


def test_whoever_was_given_something_is_told_and_nobody_else(house):
    school, housing = subscriber(house), subscriber(house, HOUSING)
    held, other = given(house), voucher(house)
    revoke(house, held)
    revoke(house, other)  # of which nobody was given anything
    assert changes(told(house, school)) == [(held.ref, "revoked")]
    assert told(house, housing)["events"] == []


def test_two_clients_are_told_the_same_and_the_holder_is_not_in_it(house):
    school, housing = subscriber(house), subscriber(house, HOUSING)
    held = given(house, HOUSING, given(house))
    revoke(house, held)
    (first,), (second,) = (told(house, each)["events"] for each in (school, housing))
    assert first == second
    assert first["source"] == house.settings.public_url
    assert set(first["data"]) == {"change", "certificate"}
    assert "林晓禾" not in json.dumps(first, ensure_ascii=False)


def test_what_was_given_long_ago_is_told_no_more(house):
    school = subscriber(house)
    held = given(house)
    house.clock.skip(TOLD_FOR)
    revoke(house, held)
    assert told(house, school)["events"] == []


def test_an_event_about_a_client_goes_to_that_client(house):
    school, housing = subscriber(house), subscriber(house, HOUSING)
    happen(house, "purpose.quota_warning", client=SCHOOL, purpose="p-1", percent=80)
    happen(house, "application.submitted", client=SCHOOL, application=reference())  # no kind of it
    assert changes(told(house, school)) == [("p-1", "quota_warning")]
    assert told(house, housing)["events"] == []


def test_an_event_that_is_meant_for_one_client_is_told_to_no_other(house):
    """A correction is told to each client of the wrong value, by an event of its own."""
    school, housing = subscriber(house), subscriber(house, HOUSING)
    held = given(house, HOUSING, given(house))
    for client in (SCHOOL, HOUSING):
        happen(house, "certificate.corrected", certificate=held.ref, client=client)
    for each in (school, housing):
        (event,) = told(house, each)["events"]
        assert event["data"] == {"change": "corrected", "certificate": held.ref}


def test_an_event_waits_until_pulls_that_were_under_way_are_on_record(house):
    school = subscriber(house)
    held = given(house)
    revoke(house, held)
    assert house.spreading_desk.spread() == 0
    assert changes(told(house, school)) == [(held.ref, "revoked")]


def test_pages_are_in_order_and_every_event_comes_once_when_several_spread_at_once(house):
    school = subscriber(house)
    names = [f"p-{n:03}" for n in range(230)]
    for name in names:
        happen(house, "purpose.state_changed", client=SCHOOL, purpose=name)
    house.clock.skip(SOON)
    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(house.spreading_desk.spread) for _ in range(12)]
        counted = [job.result() for job in jobs]
    assert sum(counted) == 230
    seen, cursor, more = [], None, True
    while more:
        page = house.feed_desk.read(school, cursor, 50)
        seen += [event["subject"] for event in page["events"]]
        cursor, more = int(page["next"]), page["more"]
    assert seen == names
    assert house.feed_desk.read(school, cursor, 50)["events"] == []


def test_a_crash_while_spreading_leaves_everything_as_it_was(house, monkeypatch):
    school = subscriber(house)
    revoke(house, given(house))
    house.clock.skip(SOON)
    with house.archive.writing() as books:
        books.connection.execute(text("ALTER TABLE told_events RENAME TO elsewhere"))
    with pytest.raises((UnavailableError, ProgrammingError)):
        house.spreading_desk.spread()
    with house.archive.writing() as books:
        books.connection.execute(text("ALTER TABLE elsewhere RENAME TO told_events"))
    assert len(told(house, school)["events"]) == 1
    assert house.spreading_desk.spread() == 0


def test_a_feed_is_kept_for_thirty_days_and_says_what_is_gone(house):
    school = subscriber(house)
    for name in ("old-1", "old-2"):
        happen(house, "purpose.state_changed", client=SCHOOL, purpose=name)
    first = told(house, school)
    house.clock.skip(KEPT_FOR - timedelta(minutes=1))
    house.spreading_desk.forget()
    assert house.feed_desk.read(school, 0, 9) == first | {"more": False}
    happen(house, "purpose.state_changed", client=SCHOOL, purpose="new")
    told(house, school)
    house.clock.skip(timedelta(minutes=2))
    house.spreading_desk.forget()
    assert changes(house.feed_desk.read(school, None, 9)) == [("new", "state_changed")]
    assert changes(house.feed_desk.read(school, int(first["next"]), 9)) == [
        ("new", "state_changed")
    ]
    with pytest.raises(ConflictError) as refused:
        house.feed_desk.read(school, 1, 9)
    assert refused.value.facts == {"cause": "cursor_too_old", "expected": "2"}
    with pytest.raises(MalformedError) as refused:
        house.feed_desk.read(school, 99, 9)
    assert refused.value.facts["cause"] == "cursor_unknown"


def test_without_the_action_nothing_is_told_or_kept(house):
    pulls_only = subscriber(house, actions=("search", "pull"))
    desk = house.subscription_desk
    ref = reference()
    for call in (
        lambda: house.feed_desk.read(pulls_only, None, 9),
        lambda: house.feed_desk.health(pulls_only),
        lambda: desk.subscribe(pulls_only, "https://hooks.agency.example/", [], ""),
        lambda: desk.listed(pulls_only),
        lambda: desk.one(pulls_only, ref),
        lambda: desk.remove(pulls_only, ref),
        lambda: desk.test(pulls_only, ref),
        lambda: desk.rotate_secret(pulls_only, ref),
        lambda: desk.resume(pulls_only, ref),
        lambda: desk.deliver_again(pulls_only, ref, house.clock.now()),
        lambda: desk.redeliver(pulls_only, ref),
        lambda: desk.deliveries(pulls_only, None, None, "", 9),
    ):
        with pytest.raises(PurposeError) as refused:
            call()
        assert refused.value.facts["cause"] == "action_not_granted"


def test_the_worker_tells(house):
    school = subscriber(house)
    revoke(house, given(house))
    house.clock.skip(SOON)
    Messenger(house).once()
    assert len(house.feed_desk.read(school, None, 9)["events"]) == 1


# -- over HTTP -------------------------------------------------------------------------------


@pytest.fixture
def client(house):
    key = school_key()
    subscriber(house, key=key)
    opened = TestClient(
        create_app(house), base_url=house.settings.public_url, raise_server_exceptions=False
    )
    form = token_form(assertion(house, key), purpose_id=f"{SCHOOL}-2026", matter_code=MATTER)
    token = opened.post("/oauth2/token", data=form).json()["access_token"]
    opened.headers["Authorization"] = f"Bearer {token}"
    return opened


def refused(answer, status, slug):
    assert answer.status_code == status, answer.text
    assert answer.json()["type"] == f"urn:certstore:problem:{slug}"
    return answer.json()


HOOK = {"url": "https://hooks.agency.example/certs", "types": [], "description": "学校报名"}


def test_the_life_of_a_webhook_and_of_the_feed_over_http(client, house):
    assert client.get("/v1/events").json() == {
        "events": [],
        "next": "0",
        "more": False,
        "kept_days": 30,
    }
    made = client.post("/v1/subscriptions", json=HOOK)
    assert made.status_code == 201, made.text
    said = made.json()
    ref, secret = said["ref"], said.pop("secret")
    assert secret.startswith("whsec_")
    assert made.headers["location"] == f"/v1/subscriptions/{ref}"
    assert made.headers["cache-control"] == "no-store"
    assert client.get(f"/v1/subscriptions/{ref}").json() == said  # and no secret in it
    assert client.get("/v1/subscriptions").json() == {"subscriptions": [said]}
    with house.archive.reading() as books:
        row = books.connection.execute(text("SELECT * FROM event_subscriptions")).one()
    assert secret.encode() not in b"".join(bytes(x) for x in row if isinstance(x, bytes))
    turned = client.post(f"/v1/subscriptions/{ref}:rotate-secret").json()
    assert turned["secret"] != secret
    assert turned["former_secret_until"] is not None
    again = refused(client.post(f"/v1/subscriptions/{ref}:rotate-secret"), 409, "conflict")
    assert again["cause"] == "former_secret_signs"
    assert turned["former_secret_until"] in again["detail"]
    queued = client.post(f"/v1/subscriptions/{ref}:test")
    assert (queued.status_code, queued.json()["state"]) == (202, "waiting")
    listed = client.get("/v1/deliveries", params={"state": "waiting"}).json()
    assert [each["ref"] for each in listed["deliveries"]] == [queued.json()["ref"]]
    assert client.get("/v1/deliveries", params={"after": listed["next"]}).json()["deliveries"] == []
    health = client.get("/v1/events/health").json()
    assert health["feed"]["last"] == "0"
    assert health["subscriptions"][0]["health"]["waiting"] == 1
    assert client.post(f"/v1/subscriptions/{ref}:resume").status_code == 200
    again = client.post(
        f"/v1/subscriptions/{ref}:redeliver", json={"since": "2026-11-01T00:00:00Z"}
    )
    assert (again.status_code, again.json()) == (202, {"queued": 0})
    assert client.delete(f"/v1/subscriptions/{ref}").status_code == 204
    refused(client.get(f"/v1/subscriptions/{ref}"), 404, "not-found")
    assert client.get("/v1/deliveries").json()["deliveries"] == []


# In one test each, as what takes its time is the house.
NOT_AS_DESCRIBED = (
    {"url": "http://hooks.agency.example/"},
    {"url": "https://169.254.169.254/"},
    {"url": "https://a:b@hooks.agency.example/"},
    {"url": ""},
    {"url": "https://hooks.agency.example/" + "x" * 600},
    {"url": 7},
    {"types": ["certstore.certificate.eaten.v1"]},
    {"types": ["*"]},
    {"types": "certstore.certificate.revoked.v1"},
    {"types": ["certstore.certificate.revoked.v1"] * 51},
    {"description": "x" * 201},
    {"description": "a\u202eb"},
    {"description": "\x00"},
    {"more": 1},
)
NO_CURSOR = (
    *("after=-1", "after=x", "after=", "after=1e3", "after=\uff11", "after=" + "9" * 16),
    *("limit=0", "limit=501", "wait=26", "wait=-1"),
)


def test_what_is_not_as_described_is_refused_and_changes_nothing(client):
    for change in NOT_AS_DESCRIBED:
        answer = client.post("/v1/subscriptions", content=json.dumps({**HOOK, **change}))
        refused(answer, answer.status_code, "invalid-request")
        assert answer.status_code in {400, 422}, change
    assert client.get("/v1/subscriptions").json() == {"subscriptions": []}
    for query in NO_CURSOR:
        refused(client.get(f"/v1/events?{query}"), 422, "invalid-request")


def test_a_cursor_nobody_gave_and_a_delivery_of_nobody(client):
    assert refused(client.get("/v1/events?after=5"), 400, "invalid-request")["cause"] == (
        "cursor_unknown"
    )
    refused(client.get("/v1/deliveries", params={"after": "b" * 20}), 404, "not-found")
    refused(client.post("/v1/deliveries/" + "b" * 20 + ":redeliver"), 404, "not-found")
    refused(client.get("/v1/deliveries?state=lost"), 422, "invalid-request")


def test_ten_webhooks_are_enough_also_when_they_are_made_at_once(client):
    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(lambda _: client.post("/v1/subscriptions", json=HOOK), range(13)))
    assert sorted(answer.status_code for answer in made) == [201] * 10 + [409] * 3
    last = next(answer for answer in made if answer.status_code == 409)
    assert refused(last, 409, "conflict")["limit"] == 10


def test_anothers_webhook_is_as_absent_as_none(client, house):
    housing = subscriber(house, HOUSING)
    ref = house.subscription_desk.subscribe(housing, HOOK["url"], [], "")["ref"]
    delivery = house.subscription_desk.test(housing, ref)["ref"]
    for answer in (
        client.get(f"/v1/subscriptions/{ref}"),
        client.delete(f"/v1/subscriptions/{ref}"),
        client.post(f"/v1/subscriptions/{ref}:test"),
        client.post(f"/v1/subscriptions/{ref}:rotate-secret"),
        client.post(f"/v1/subscriptions/{ref}:resume"),
        client.post(f"/v1/subscriptions/{ref}:redeliver", json={"since": "2026-11-01T00:00:00Z"}),
        client.post(f"/v1/deliveries/{delivery}:redeliver"),
    ):
        refused(answer, 404, "not-found")
    assert client.get("/v1/deliveries").json()["deliveries"] == []
    assert client.get("/v1/subscriptions").json() == {"subscriptions": []}


def test_without_a_token_there_is_nothing(client):
    del client.headers["Authorization"]
    refused(client.get("/v1/events"), 401, "unauthenticated")
    refused(client.post("/v1/subscriptions", json=HOOK), 401, "unauthenticated")


def test_an_empty_page_is_held_back_until_something_happens(client, house):
    revoke(house, given(house))
    house.clock.skip(SOON)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(client.get, "/v1/events?wait=20")
        assert house.spreading_desk.spread() == 1
        assert len(waiting.result().json()["events"]) == 1


def test_what_is_offered_is_public_and_true(client):
    del client.headers["Authorization"]
    answer = client.get("/.well-known/certstore-configuration")
    assert answer.headers["cache-control"] == "public, max-age=300"
    said = answer.json()
    paths = client.get("/openapi.json").json()["paths"]
    for address in said["endpoints"].values():
        assert address.removeprefix(said["issuer"]) in paths
    assert said["endpoints"]["events"].endswith("/v1/events")
    assert "certstore.certificate.revoked.v1" in {one["type"] for one in said["events"]["types"]}
    assert VOUCHER in {one["code"] for one in said["certificate_types"]}
    assert said["limits"]["events_kept_days"] == 30
