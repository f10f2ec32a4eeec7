"""Other authorities issue and change certificates over HTTP, on both databases."""

import json
from contextlib import nullcontext
from datetime import timedelta

import pytest

from certstore.certificates import Status
from certstore.errors import UnavailableError
from certstore.service.app import create_app
from certstore.service.demo_issuers import EMPLOYER, POLICE
from certstore.tables.metadata import metadata
from tests.house import house_in
from tests.integration.certstore.conftest import BOTH
from tests.issuers import DORMITORY, enrolled, item, lodging, open_client, record_check, signed_in
from tests.sealed import LIN, ZHOU, become, resident, voucher
from tests.servers import postgres

WHY = {"operator": "P-301", "words": "经核实，记录有误"}


@pytest.fixture(scope="module", params=BOTH)
def house(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("issuers")
    embedded = nullcontext(f"sqlite:///{folder / 'books.db'}")
    with postgres() if request.param == "postgresql" else embedded as url:
        built = enrolled(house_in(folder / "house", database_url=url))
        yield built
        built.close()


@pytest.fixture(scope="module")
def app(house):
    return create_app(house)


@pytest.fixture
def police(house, app):
    return signed_in(house, POLICE, app)


@pytest.fixture
def employer(house, app):
    return signed_in(house, EMPLOYER, app)


def issued(client, order):
    answer = client.post("/v1/certificates", json=order)
    assert answer.status_code == 201, answer.text
    return answer.json()


def change(client, ref, action, issuer=POLICE, **said):
    body = {"purpose_id": issuer.purpose_id, **WHY, **said}
    return client.post(f"/v1/certificates/{ref}:{action}", json=body)


def refused(answer, status, slug):
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    said = answer.json()
    assert said["type"] == f"urn:certstore:problem:{slug}"
    assert LIN.name not in answer.text
    assert LIN.id_number not in answer.text
    return said


def on_record(house, ref, holder=LIN):
    with house.archive.reading() as books:
        person = books.people.find(holder.id_type, holder.id_number)
        found = books.usage.of(person.id, house.clock.now() - timedelta(days=1))
    return [dict(e.record) for e in found if e.record.get("certificate_ref") == ref]


def told(house, kind):
    with house.archive.reading() as books:
        person = books.people.find(LIN.id_type, LIN.id_number)
        return [n for n in books.inbox.of(person.id, 200) if n.kind == kind]


def events(house, subject, ref):
    with house.archive.reading() as books:
        table = metadata.tables["outbox"]
        rows = books.connection.execute(table.select().where(table.c.subject == subject))
        return [row for row in rows if row.body["certificate"] == ref]


def test_a_certificate_is_sealed_for_its_holder_recorded_told_and_found_good(house, police):
    made = issued(police, record_check("A-1"))
    assert (made["status"], made["version"], made["valid_to"]) == ("valid", 1, "2027-02-22")
    assert LIN.name not in json.dumps(made, ensure_ascii=False)
    document = police.get(made["document"]["href"])
    assert document.headers["content-type"] == "application/pdf"
    result = house.scan_desk.judge_file(document.content).result
    assert result.verdict == "valid", result
    assert result.fields["result"] == "未发现犯罪记录"
    assert result.fields["sex"] == "女"
    kinds = [(r["kind"], r["client"], r.get("case_no")) for r in on_record(house, made["ref"])]
    assert ("issue", POLICE.client_id, "A-1") in kinds
    assert any(n.facts["certificate_ref"] == made["ref"] for n in told(house, "given"))
    assert events(house, "certificate.issued", made["ref"])
    assert made["ref"] in {c.ref for c in house.holdings_desk.of(resident())}


def test_an_authority_with_keys_of_its_own_is_who_signed_and_the_code_shown_is_its_own(
    house, employer
):
    made = issued(employer, lodging("A-2"))
    assert ".91310000MADM00078M." in made["identifier"]
    result = house.scan_desk.judge_file(employer.get(made["document"]["href"]).content).result
    assert result.verdict == "valid", result
    signer = next(c for c in result.checks if c.name == "signer")
    assert signer.detail == EMPLOYER.name.name_zh
    shown = house.presentation_desk.present(resident(), made["ref"])
    assert house.scan_desk.judge(shown.code_text).result.verdict == "valid"
    with house.archive.reading() as books:
        entry = books.register.get(made["ref"]).status_entry
        assert books.statuses.get(entry.list_number).issuer == EMPLOYER.name.uscc
    change(employer, made["ref"], "suspend", EMPLOYER, reason="lost")
    assert house.scan_desk.judge(shown.code_text).result.verdict == "lost"


def test_a_record_leads_to_one_certificate_however_often_it_is_sent(house, police):
    first = issued(police, record_check("A-3"))
    again = police.post("/v1/certificates", json=record_check("A-3"))
    assert (again.status_code, again.json()["ref"]) == (200, first["ref"])
    other = record_check("A-3", fields=record_check()["fields"] | {"purpose": "移民"})
    said = refused(police.post("/v1/certificates", json=other), 409, "conflict")
    assert said["cause"] == "record_no_used"


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"fields": {"purpose": "入职"}}, "searched_from"),
        ({"fields": {**record_check()["fields"], "height": "180"}}, "height"),
        ({"fields": {**record_check()["fields"], "result": "无"}}, "result"),
        ({"fields": {**record_check()["fields"], "sex": "男"}}, "sex"),
        ({"fields": {**record_check()["fields"], "searched_to": "2026-11-26"}}, "searched_to"),
        ({"fields": {**record_check()["fields"], "searched_from": "2026-1-1"}}, "searched_from"),
        ({"fields": {**record_check()["fields"], "purpose": "入\u202e职"}}, "purpose"),
        ({"fields": {**record_check()["fields"], "purpose": "入\ud800职"}}, "purpose"),
        ({"fields": {**record_check()["fields"], "purpose": "\U0001f600"}}, "purpose"),
        ({"holder": {"name": LIN.name, "id_number": "340199199804060285"}}, None),
        ({"validity": {"valid_from": "2026-11-25", "valid_to": "2027-12-31"}}, "validity.valid_to"),
        (
            {"validity": {"valid_from": "2026-12-25", "valid_to": "2027-01-31"}},
            "validity.valid_from",
        ),
        ({"validity": {"valid_from": "2026-11-25", "valid_to": "2026-11-24"}}, "validity.valid_to"),
    ],
)
def test_a_draft_that_is_not_sound_is_not_reserved(house, police, changes, where):
    with house.archive.reading() as books:
        before = books.register.version(), books.usage.count()
    body = json.dumps(record_check("A-4", **changes))  # escapes what UTF-8 cannot hold
    as_json = {"Content-Type": "application/json"}
    answer = police.post("/v1/certificates", content=body, headers=as_json)
    said = refused(answer, answer.status_code, "invalid-request")
    assert answer.status_code in {400, 422}
    assert where is None or said["where"].endswith(where)
    with house.archive.reading() as books:
        assert (books.register.version(), books.usage.count()) == before


def test_who_may_not_issue_is_refused_and_the_person_sees_who_tried(house, app, employer):
    voucher(house)
    with house.archive.writing() as books:
        books.people.known(LIN)
    answer = employer.post(
        "/v1/certificates",
        json=record_check("A-5", purpose_id=EMPLOYER.purpose_id),
    )
    assert refused(answer, 403, "field-not-granted")["paths"] == ["no_criminal_record"]
    other = employer.post("/v1/certificates", json=lodging("A-5", purpose_id="another"))
    refused(other, 403, "insufficient-purpose")
    reading = signed_in(house, POLICE, app, actions=["pull"])
    said = refused(
        reading.post("/v1/certificates", json=record_check("A-5")), 403, "insufficient-purpose"
    )
    assert said["cause"] == "action_not_granted"
    with house.archive.reading() as books:
        person = books.people.find(LIN.id_type, LIN.id_number)
        found = books.usage.of(person.id, house.clock.now() - timedelta(days=1))
    tried = [e.record for e in found if e.record.get("case_no") == "A-5"]
    assert [(r["kind"], r["refused"], r["fields"]) for r in tried].count(
        ("issue", "insufficient-purpose", [])
    ) == 2
    assert len(tried) == 3
    nobody = open_client(house, app).post("/v1/certificates", json=record_check("A-5"))
    refused(nobody, 401, "unauthenticated")


def test_an_enrolment_that_ended_or_never_covered_the_type_issues_nothing(house, police):
    made = issued(police, record_check("A-6"))
    with house.archive.writing() as books:
        kept = books.issuers.find(POLICE.name.uscc)
    house.issuer_desk.end(POLICE.name.uscc)
    try:
        answer = police.post("/v1/certificates", json=record_check("A-7"))
        assert refused(answer, 403, "forbidden")["cause"] == "issuer_not_enrolled"
        refused(change(police, made["ref"], "revoke", reason="issued_in_error"), 403, "forbidden")
        refused(police.get(f"/v1/certificates/{made['ref']}"), 403, "forbidden")
    finally:
        with house.archive.writing() as books:
            books.issuers.enrol(kept)


def test_only_its_issuer_changes_or_sees_a_certificate(house, police, employer):
    made = issued(employer, lodging("A-8"))
    refused(change(police, made["ref"], "revoke", reason="issued_in_error"), 404, "not-found")
    refused(police.get(f"/v1/certificates/{made['ref']}"), 404, "not-found")
    refused(police.get(f"/v1/certificates/{made['ref']}/document"), 404, "not-found")
    kinds = [(r["kind"], r.get("refused")) for r in on_record(house, made["ref"])]
    assert kinds.count(("status", "not-found")) == 1
    assert kinds.count(("look", "not-found")) == 1
    assert kinds.count(("pull", "not-found")) == 1
    ours = voucher(house)  # the house's own, of the same authority, and of a type not granted
    refused(change(police, ours.ref, "revoke", reason="issued_in_error"), 404, "not-found")
    with house.archive.reading() as books:
        assert books.register.get(ours.ref).status is Status.VALID


def test_the_life_of_a_certificate(house, police):
    ref = issued(police, record_check("A-9"))["ref"]
    refused(change(police, ref, "restore", reason="found"), 409, "conflict")
    steps = [
        ("suspend", "under_investigation", "suspended"),
        ("restore", "investigation_closed", "valid"),
        ("suspend", "lost", "suspended_loss"),
        ("revoke", "issued_in_error", "revoked"),
    ]
    with house.archive.reading() as books:
        number = books.register.get(ref).status_entry.list_number
        changes = books.statuses.get(number).changes
    for action, reason, status in steps:
        answer = change(police, ref, action, reason=reason)
        assert (answer.status_code, answer.json()["status"]) == (200, status), answer.text
    said = refused(change(police, ref, "suspend", reason="lost"), 409, "certificate-revoked")
    assert said["status"] == 409
    assert said["certificate_status"] == "revoked"
    with house.archive.reading() as books:
        assert books.statuses.get(number).changes == changes + 4
    done = [(r["action"], r["reason"]) for r in on_record(house, ref) if r["kind"] == "status"]
    assert len(done) == 6  # two refused ones, too
    assert told(house, "withdrawn")[0].facts["reason"] == WHY["words"]
    assert len([n for n in told(house, "suspended") if n.facts["certificate_ref"] == ref]) == 2
    for subject, times in (("suspended", 2), ("restored", 1), ("revoked", 1)):
        assert len(events(house, f"certificate.{subject}", ref)) == times


def test_a_new_version_takes_the_place_of_the_former_one(house, police):
    first = issued(police, record_check("A-10"))
    new = {"reason": "correction", "record_no": "A-10b", "fields": record_check()["fields"]}
    answer = change(police, first["ref"], "supersede", **new)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["version"], made["number"], made["previous"]) == (2, first["number"], first["ref"])
    again = change(police, first["ref"], "supersede", **new)
    assert (again.status_code, again.json()["ref"]) == (200, made["ref"])
    assert police.get(f"/v1/certificates/{first['ref']}").json()["status"] == "superseded"
    refused(
        change(police, first["ref"], "supersede", **new | {"record_no": "A-10c"}),
        409,
        "certificate-revoked",
    )
    assert told(house, "replaced")[0].facts["reason"] == WHY["words"]
    assert [r["action"] for r in on_record(house, first["ref"]) if r.get("action")][:1]


def test_a_batch_is_done_item_by_item_and_none_is_issued_twice(house, police):
    earlier = issued(police, record_check("B-0"))
    items = [item(record_check(f"B-{n}")) for n in range(3)]
    items += [
        item(record_check("B-1")),  # the same again
        item(record_check("B-1", fields=record_check()["fields"] | {"purpose": "移民"})),
        item(record_check("B-3", fields={"purpose": "入职"})),
    ]
    body = {"purpose_id": POLICE.purpose_id, "operator": "P-301", "items": items}
    taken = police.post("/v1/certificates:batch", json=body)
    assert taken.status_code == 202, taken.text
    waiting = police.get(taken.json()["href"]).json()
    assert (waiting["waiting"], waiting["done"]) == (6, False)
    assert house.for_others_desk.finish() == 2
    assert house.for_others_desk.finish() == 0
    found = police.get(taken.json()["href"]).json()
    assert (found["issued"], found["refused"], found["done"]) == (4, 2, True)
    refs = [i["certificate"] for i in found["items"]]
    assert refs[0] == earlier["ref"]
    assert refs[1] == refs[3]
    assert [i["problem"]["where"] for i in found["items"][4:]] == ["record_no", "searched_from"]
    part = police.get(taken.json()["href"], params={"start": 4, "count": 1}).json()
    assert [i["position"] for i in part["items"]] == [4]
    with house.archive.reading() as books:
        table = metadata.tables["issue_orders"]
        kept = books.connection.execute(table.select().where(table.c.state != "waiting")).all()
    assert all(row.said is None for row in kept)  # nothing of anybody is left in the queue


def test_a_batch_is_its_clients_own_and_of_types_it_may_issue(house, police, employer):
    body = {"purpose_id": EMPLOYER.purpose_id, "operator": "Y01", "items": [item(lodging("B-9"))]}
    taken = employer.post("/v1/certificates:batch", json=body).json()
    refused(police.get(taken["href"]), 404, "not-found")
    body["items"].append(item(record_check("B-10")))
    refused(employer.post("/v1/certificates:batch", json=body), 403, "field-not-granted")
    many = body | {"items": [item(lodging(f"C-{n}")) for n in range(1001)]}
    refused(employer.post("/v1/certificates:batch", json=many), 422, "invalid-request")
    house.for_others_desk.finish()


def test_what_a_crash_left_is_finished_once_by_the_worker(house, police, monkeypatch):
    def down(*_):
        raise UnavailableError("the store is down")

    with monkeypatch.context() as patched:
        patched.setattr(type(house.objects), "put_many", down)
        refused(police.post("/v1/certificates", json=record_check("D-1")), 503, "unavailable")
    assert house.for_others_desk.finish() == 0  # somebody may still be at it
    house.clock.skip(timedelta(minutes=3))
    assert house.for_others_desk.finish() == 1
    again = police.post("/v1/certificates", json=record_check("D-1"))
    assert (again.status_code, again.json()["status"]) == (200, "valid")


def test_asking_again_for_what_a_crash_left_finishes_it(house, police, monkeypatch):
    def down(*_):
        raise UnavailableError("the store is down")

    with monkeypatch.context() as patched:
        patched.setattr(type(house.objects), "put_many", down)
        refused(police.post("/v1/certificates", json=record_check("D-2")), 503, "unavailable")
    again = police.post("/v1/certificates", json=record_check("D-2"))
    assert (again.status_code, again.json()["status"]) == (200, "valid")
    house.clock.skip(timedelta(minutes=3))
    assert house.for_others_desk.finish() == 0


def test_a_new_version_whose_former_one_ended_meanwhile_is_not_issued(house, police, monkeypatch):
    first = issued(police, record_check("D-3"))
    new = {"reason": "correction", "record_no": "D-3b", "fields": record_check()["fields"]}

    def down(*_):
        raise UnavailableError("the store is down")

    with monkeypatch.context() as patched:
        patched.setattr(type(house.objects), "put_many", down)
        refused(change(police, first["ref"], "supersede", **new), 503, "unavailable")
    with house.archive.reading() as books:
        become(house, books.register.get(first["ref"]), Status.REVOKED)
    house.clock.skip(timedelta(minutes=3))
    assert house.for_others_desk.finish() == 0
    house.clock.skip(timedelta(minutes=3))
    assert house.for_others_desk.finish() == 0
    anew = signed_in(house, POLICE, police.app)
    refused(change(anew, first["ref"], "supersede", **new), 409, "conflict")


def test_a_key_gives_the_first_answer_again_and_holds_for_nothing_else(house, police):
    order, key = record_check("E-1"), {"Idempotency-Key": "k-1"}
    first = police.post("/v1/certificates", json=order, headers=key)
    again = police.post("/v1/certificates", json=order, headers=key)
    assert (
        (again.status_code, again.content)
        == (201, first.content)
        == (
            first.status_code,
            again.content,
        )
    )
    ref = first.json()["ref"]
    other = police.post("/v1/certificates", json=record_check("E-2"), headers=key)
    refused(other, 422, "idempotency-mismatch")
    body = {"purpose_id": POLICE.purpose_id, **WHY, "reason": "lost"}
    path = f"/v1/certificates/{ref}:suspend"
    for _ in range(2):  # without the key, the second one would be a conflict
        assert police.post(path, json=body, headers={"Idempotency-Key": "k-2"}).status_code == 200
    house.clock.skip(timedelta(hours=25))
    house.idempotency_desk.forget()


@pytest.mark.parametrize("key", ["", " ", "x" * 81, "a b", "\u00e9"])
def test_a_key_of_another_form_is_refused(house, police, key):
    headers = {"Idempotency-Key": key.encode("latin-1")}
    answer = police.post("/v1/certificates", json=record_check("E-3"), headers=headers)
    refused(answer, 422, "invalid-request")


def test_a_refusal_leaves_its_key_free_and_a_request_in_flight_is_waited_for(house, police):
    key = {"Idempotency-Key": "k-3"}
    bad = record_check("E-4", fields={})
    refused(police.post("/v1/certificates", json=bad, headers=key), 400, "invalid-request")
    assert police.post("/v1/certificates", json=record_check("E-4"), headers=key).status_code == 201
    with house.archive.writing() as books:
        table = metadata.tables["idempotency_keys"]
        books.connection.execute(
            table.update().where(table.c.key == "k-3").values(status=None, body=None)
        )
    answer = police.post("/v1/certificates", json=record_check("E-4"), headers=key)
    refused(answer, 409, "idempotency-conflict")
    assert answer.headers["retry-after"] == "1"
    house.clock.skip(timedelta(minutes=3))
    assert (
        signed_in(house, POLICE, police.app)
        .post("/v1/certificates", json=record_check("E-4"), headers=key)
        .status_code
        == 200
    )
    with house.archive.reading() as books:
        rows = books.connection.execute(metadata.tables["idempotency_keys"].select()).all()
    assert all(LIN.name.encode() not in (row.body or b"") for row in rows)


def test_a_dormitory_certificate_sealed_here_serves_a_registration(house, employer):
    made = issued(employer, lodging("F-1", holder={"name": ZHOU.name, "id_number": ZHOU.id_number}))
    with house.archive.reading() as books:
        certificate = books.register.get(made["ref"])
    assert certificate.fields["address"] == DORMITORY
    assert certificate.sealed


def test_a_loss_and_an_investigation_are_lifted_each_by_itself(house, police):
    ref = issued(police, record_check("A-20"))["ref"]
    steps = [
        ("suspend", "under_investigation", 200, "suspended"),
        ("suspend", "holder_request", 409, None),  # it is suspended by its issuer's word
        ("suspend", "lost", 200, "suspended_loss"),
        ("suspend", "lost", 409, None),
        ("restore", "investigation_closed", 200, "suspended_loss"),
        ("restore", "investigation_closed", 409, None),
        ("suspend", "under_investigation", 200, "suspended_loss"),
        ("restore", "found", 200, "suspended"),
        ("restore", "found", 409, None),
        ("restore", "holder_request", 200, "valid"),
        ("suspend", "lost", 200, "suspended_loss"),
        ("restore", "holder_request", 200, "valid"),
    ]
    for action, reason, code, status in steps:
        answer = change(police, ref, action, reason=reason)
        assert answer.status_code == code, (action, reason, answer.text)
        if status is None:
            assert answer.json()["cause"] == "other_reason"
        else:
            assert answer.json()["status"] == status
    partly = [n for n in told(house, "partly_restored") if n.facts["certificate_ref"] == ref]
    assert len(partly) == 2
