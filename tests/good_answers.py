"""Calls of a service and of a person that go well, to be held to the API's description."""

from collections.abc import Mapping
from datetime import timedelta

from httpx2 import Response
from starlette.testclient import TestClient

from certstore.service.wiring import House
from tests import consents, leases, matters
from tests.issuers import open_client
from tests.permits import permit
from tests.sealed import (
    LIN,
    assertion,
    handed_in,
    pull_body,
    resident,
    school_key,
    token_form,
    voucher,
)
from tests.subscribers import ACTIONS, GRANTED, VOUCHER, given, happen, revoke, subscriber

Answers = Mapping[tuple[str, str, int], Response]
ASKER = "asking-service"
PURPOSE = f"{ASKER}-2026"


def asker(house: House, app: object) -> TestClient:
    """A service whose token has every action that a pulling service may have."""
    key, actions = school_key(), (*ACTIONS, "verify", "matters")
    voucher_fields = (*GRANTED, *matters.GRANTED[VOUCHER])
    fields = {**matters.GRANTED, VOUCHER: tuple(dict.fromkeys(voucher_fields))}
    subscriber(house, ASKER, key=key, actions=actions, fields=fields)
    client = open_client(house, app)
    signed = assertion(house, key, iss=ASKER, sub=ASKER)
    form = token_form(signed, purpose_id=PURPOSE, actions=list(actions))
    answer = client.post("/oauth2/token", data=form)
    assert answer.status_code == 200, answer.text
    client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
    return client


def of_a_pulling_service(house: House, client: TestClient) -> Answers:
    """Yes or no, many at once, what was asked under a case number."""
    held = voucher(house)
    body = {**pull_body(), "purpose_id": PURPOSE}
    asked = {name: value for name, value in body.items() if name != "fields"}
    predicates = {"valid_on": "2026-11-25", "holder_is": LIN.name}
    one = {"ref": held.ref, "case_no": body["case_no"], "subject": body["subject"]}
    many = {n: body[n] for n in ("purpose_id", "matter_code", "operator", "fields")}
    verified = client.post(
        f"/v1/certificates/{held.ref}:verify", json={**asked, "predicates": predicates}
    )
    other = {**one, "fields": ["id_number"]}
    job = client.post("/v1/pull-jobs", json={**many, "items": [one, other]})
    house.job_desk.work()
    return {
        ("/v1/certificates/{ref}:verify", "POST", 200): verified,
        ("/v1/pull-jobs", "POST", 202): job,
        ("/v1/pull-jobs/{ref}", "GET", 200): client.get(job.headers["Location"]),
        ("/v1/usage", "GET", 200): client.get("/v1/usage", params={"case_no": body["case_no"]}),
    }


def of_a_subscriber(house: House, client: TestClient) -> Answers:
    """The feed, a webhook and its deliveries."""
    url = "https://hooks.agency.example/certs"
    made = client.post("/v1/subscriptions", json={"url": url, "description": "school"})
    ref = made.json()["ref"]
    revoke(house, given(house, ASKER))
    happen(house, "purpose.quota_warning", client=ASKER, purpose=PURPOSE, percent=80, period="day")
    house.clock.skip(timedelta(seconds=3))
    house.spreading_desk.spread()
    where, since = f"/v1/subscriptions/{ref}", {"since": "2026-11-25T00:00:00+08:00"}
    pinged = client.post(f"{where}:test")
    delivery = pinged.json()["ref"]
    return {
        ("/v1/subscriptions", "POST", 201): made,
        ("/v1/events", "GET", 200): client.get("/v1/events"),
        ("/v1/events/health", "GET", 200): client.get("/v1/events/health"),
        ("/v1/subscriptions", "GET", 200): client.get("/v1/subscriptions"),
        ("/v1/subscriptions/{ref}", "GET", 200): client.get(where),
        ("/v1/subscriptions/{ref}:test", "POST", 202): pinged,
        ("/v1/subscriptions/{ref}:rotate-secret", "POST", 200): client.post(
            f"{where}:rotate-secret"
        ),
        ("/v1/subscriptions/{ref}:resume", "POST", 200): client.post(f"{where}:resume"),
        ("/v1/subscriptions/{ref}:redeliver", "POST", 202): client.post(
            f"{where}:redeliver", json=since
        ),
        ("/v1/deliveries", "GET", 200): client.get("/v1/deliveries"),
        ("/v1/deliveries/{ref}:redeliver", "POST", 202): client.post(
            f"/v1/deliveries/{delivery}:redeliver"
        ),
        ("/v1/subscriptions/{ref}", "DELETE", 204): client.delete(where),
    }


def of_a_matters_agency(house: House, client: TestClient) -> Answers:
    """A matter registered as data, read, and decided by."""
    matter = matters.demonstrations()
    code = matter["code"]
    return {
        ("/v1/matters/{code}", "PUT", 201): client.put(f"/v1/matters/{code}", json=matter),
        ("/v1/matters/{code}", "PUT", 200): client.put(f"/v1/matters/{code}", json=matter),
        ("/v1/catalog/matters", "GET", 200): client.get("/v1/catalog/matters"),
        ("/v1/catalog/matters/{code}", "GET", 200): client.get(f"/v1/catalog/matters/{code}"),
        ("/v1/reuse-decisions", "POST", 200): client.post(
            "/v1/reuse-decisions",
            json=matters.wanted_body(purpose_id=PURPOSE),
        ),
        ("/.well-known/certstore-configuration", "GET", 200): client.get(
            "/.well-known/certstore-configuration"
        ),
    }


def of_consent(house: House, app: object, person: TestClient) -> Answers:
    """Asked for, given, taken back."""
    consents.enrol_fund(house)
    fund = consents.machine(house, app)
    handed_in(house)
    made = fund.post("/v1/consent-requests", json=consents.request_body())
    where = f"/v1/consent-requests/{made.json()['ref']}"
    desk = house.consent_desk
    given_now = desk.give(resident(), made.json()["ref"], (), "zh")
    return {
        ("/v1/consent-requests", "POST", 201): made,
        ("/v1/consent-requests/{ref}", "GET", 200): fund.get(where),
        ("/v1/consent-requests/{ref}/qr", "GET", 200): fund.get(f"{where}/qr"),
        ("/v1/me/consents", "GET", 200): person.get("/v1/me/consents"),
        ("/v1/me/consents/{ref}:withdraw", "POST", 200): person.post(
            f"/v1/me/consents/{given_now.consents[0].ref}:withdraw"
        ),
    }


def of_holds(house: House, person: TestClient) -> Answers:
    """A permit reported lost and lifted; how its endorsement stands."""
    at, one = f"/v1/me/certificates/{permit(house).ref}", "/v1/me/certificates/{ref}"
    return {
        (f"{one}:report-lost", "POST", 200): person.post(f"{at}:report-lost"),
        (f"{one}/holds", "GET", 200): person.get(f"{at}/holds"),
        (f"{one}:verify-face", "POST", 409): person.post(f"{at}:verify-face"),
        (f"{one}:lift-loss", "POST", 200): person.post(f"{at}:lift-loss"),
        (f"{one}/endorsement", "GET", 200): person.get(f"{at}/endorsement"),
    }


def of_a_person(house: House, person: TestClient) -> Answers:
    """Questions, disputes, entrustments, use codes."""
    held = voucher(house)
    dispute = person.post(
        "/v1/disputes",
        json={"certificate": held.ref, "field": "name", "right": "林小禾", "words": "写错了"},
    )
    where = f"/v1/disputes/{dispute.json()['ref']}"
    days = {"from_day": "2026-11-25", "to_day": "2026-12-25"}
    agent = {"name": "周敏", "id_number": "340199197109230625"}
    usage = person.get("/v1/me/usage")
    looked = next(u["ref"] for u in usage.json() if u.get("agency_uscc"))
    code = {"certificate": held.ref, "matter": "办理入学", "fields": ["name"], "hours": 24}
    return {
        ("/v1/me/usage", "GET", 200): usage,
        ("/v1/me/usage/{ref}:question", "POST", 201): person.post(
            f"/v1/me/usage/{looked}:question", json={"note": "为什么查我的凭证？"}
        ),
        ("/v1/me/questions", "GET", 200): person.get("/v1/me/questions"),
        ("/v1/disputes", "POST", 201): dispute,
        ("/v1/disputes", "GET", 200): person.get("/v1/disputes"),
        ("/v1/disputes/{ref}", "GET", 200): person.get(where),
        ("/v1/disputes/{ref}:withdraw", "POST", 200): person.post(f"{where}:withdraw"),
        ("/v1/me/entrustments", "POST", 201): person.post(
            "/v1/me/entrustments",
            json={"certificate": held.ref, "person": agent, "matter": "办理入学", **days},
        ),
        ("/v1/me/entrustments", "GET", 200): person.get("/v1/me/entrustments"),
        ("/v1/me/use-codes", "POST", 201): person.post("/v1/me/use-codes", json=code),
        ("/v1/me/use-codes", "GET", 200): person.get("/v1/me/use-codes"),
    }


def of_a_lease(house: House, person: TestClient) -> Answers:
    """A lease from the first word to its end, as its tenant calls; the landlord is elsewhere."""
    leases.with_housing(house)
    leases.title(house, leases.OWNER)
    asked = [{"role": "landlord", "name": leases.OWNER.name, "id_number": leases.OWNER.id_number}]
    body = {
        "role": "tenant",
        "district": "梧桐区",
        "address": "青桐路66号3幢501室",
        "area": "78.5",
        "rent": "4500",
        "deposit": "0",
        "first": "2026-11-25",
        "last": "2027-11-24",
        "occupants": 2,
        "others": asked,
    }
    made = person.post("/v1/me/leases", json={**body, "key": "k7m2x9qd4wzr5t8vbn3c"})
    ref = made.json()["ref"]
    where = f"/v1/me/leases/{ref}"
    changed = person.post(f"{where}:change", json={**body, "revision": 1, "rent": "4400"})
    leases.signed(house, ref, leases.OWNER)
    begun = person.post(f"{where}:verify-face")
    leases.verified(house, LIN, ref)
    said = {"summary_sha256": changed.json()["summary_sha256"], "name": LIN.name}
    signed = person.post(f"{where}:sign", json=said)
    other = person.post("/v1/me/leases", json={**body, "key": "m7m2x9qd4wzr5t8vbn3c"})
    return {
        ("/v1/me/leases", "POST", 201): made,
        ("/v1/me/leases/{ref}:change", "POST", 200): changed,
        ("/v1/me/leases/{ref}:verify-face", "POST", 201): begun,
        ("/v1/me/leases/{ref}:sign", "POST", 200): signed,
        ("/v1/me/leases", "GET", 200): person.get("/v1/me/leases"),
        ("/v1/me/leases/{ref}", "GET", 200): person.get(where),
        ("/v1/me/leases/{ref}:end", "POST", 200): person.post(f"{where}:end"),
        ("/v1/me/leases/{ref}:stop", "POST", 200): person.post(
            f"/v1/me/leases/{other.json()['ref']}:stop"
        ),
    }
