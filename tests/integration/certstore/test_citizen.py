"""The citizen's side on both databases: questions, disputes, entrustments, use codes, the copy."""

import io
import json
import threading
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from certstore.callers import Clerk, Resident, Service
from certstore.certificates import Holder
from certstore.consent.bodies import ConsentRequestIn
from certstore.disputes.desk import Filing
from certstore.entrustment.code_desk import CodeWanted, MadeCode
from certstore.entrustment.judging import MOST_MISSES
from certstore.entrustment.terms import Wanted
from certstore.errors import (
    CertstoreError,
    ConflictError,
    ConsentRequiredError,
    ConsentWithdrawnError,
    FieldNotGrantedError,
    MalformedError,
    NotFoundError,
    RateLimitedError,
    RepresentationError,
    UnauthenticatedError,
)
from certstore.sharing.grants import Actor, LegalBasis, Operator, PullRequest
from tests.consents import enrol_fund, pull_request, request_body, service
from tests.residents import Browser
from tests.sealed import (
    ENROLMENT,
    GRANTED,
    LIN,
    MATTER,
    SCHOOL,
    VOUCHER,
    ZHOU,
    enrol,
    handed_in,
    resident,
    school_key,
    voucher,
)

SERVICE = Service(
    client_id=SCHOOL,
    agency="示范市教育局",
    agency_en="Education Bureau",
    agency_uscc="11310000MB0T00058A",
    purpose_id=ENROLMENT,
    matter_code=MATTER,
    title_zh="义务教育入学报名",
    title_en="School enrolment",
    fields={VOUCHER: GRANTED, "lease_filing": ("address",)},
    legal_basis={"kind": "statutory_duty", "ref": "义务教育法第十二条"},
    actions=("search", "pull"),
)
ON_THE_HOLDERS_WORD = replace(SERVICE, legal_basis={"kind": "consent", "ref": "个人信息保护法"})
KEY = school_key()
HOUSING = Clerk("许经办", "F07", "11310000MB0T00023P")
SCHOOLS = Clerk("何经办", "R05", "11310000MB0T00058A")
EVER = datetime(2000, 1, 1, tzinfo=UTC)


def request(ref, fields=GRANTED, **changes):
    said = {
        "ref": ref,
        "purpose_id": ENROLMENT,
        "matter_code": MATTER,
        "case_no": "RX-2026-00017",
        "fields": list(fields),
        "subject_type": LIN.id_type,
        "subject_number": LIN.id_number,
        "operator": Operator("3021"),
    }
    return PullRequest(**(said | changes))


def consent(**by):
    return LegalBasis(kind="consent", **by)


def pull(house, ref, fields=GRANTED, **changes):
    """A pull by the school; on the holder's word where that is named."""
    enrol(house, KEY)
    named = changes.get("legal_basis")
    service = SERVICE if named is None else ON_THE_HOLDERS_WORD
    return house.sharing_desk.pull(service, request(ref, fields, **changes))


def usage(house, holder=LIN):
    with house.archive.reading() as books:
        person = books.people.find(holder.id_type, holder.id_number)
        return books.usage.of(person.id, EVER) if person else []


def notices(house, holder=LIN):
    return [notice.kind for notice in house.holdings_desk.notices(resident(holder))]


def told(house, subject):
    with house.archive.writing() as books:
        found = books.outbox.claim(house.clock.now(), timedelta(seconds=1))
    return [dict(event.body) for event in found if event.subject == subject]


def test_a_question_waits_for_its_answer_which_appears_at_the_access(house):
    enrol(house, KEY)
    pull(house, voucher(house).ref)
    (entry,) = usage(house)
    desk, me = house.question_desk, resident()
    asked = desk.ask(me, entry, "我没报过名")
    assert asked.due.isoformat() == "2026-12-02"  # five working days after Wednesday
    with pytest.raises(ConflictError):
        desk.ask(me, entry, "")
    assert told(house, "access.questioned") == [{"question": asked.ref, "client": SCHOOL}]
    assert [q.ref for q in desk.for_service(SERVICE)] == [asked.ref]
    assert desk.for_service(replace(SERVICE, client_id="another")) == []
    assert desk.for_clerk(HOUSING) == []
    with pytest.raises(NotFoundError):
        desk.answer_as_clerk(HOUSING, asked.ref, "不是我们")
    with pytest.raises(NotFoundError):
        desk.answer_as_service(replace(SERVICE, client_id="another"), asked.ref, "不是我们")
    assert desk.overdue() == []
    house.clock.skip(timedelta(days=8))
    assert [q.ref for q in desk.overdue()] == [asked.ref]
    desk.answer_as_clerk(SCHOOLS, asked.ref, "是您家孩子的报名")
    with pytest.raises(ConflictError):
        desk.answer_as_service(SERVICE, asked.ref, "再说一次")
    assert desk.about(me, entry.ref).answer == "是您家孩子的报名"
    assert notices(house) == ["question_answered"]
    desk.ask(me, entry, "还是不明白")  # answered: another may be asked


def test_only_an_agencys_access_can_be_asked_about(house):
    held = voucher(house)
    house.dispute_desk.file(resident(), Filing(held.ref, "name", "林小禾"))
    (entry,) = usage(house)
    with pytest.raises(ConflictError):
        house.question_desk.ask(resident(), entry, "")


def test_a_disputed_record_says_so_everywhere_until_it_is_corrected(house):
    held, desk, answers = handed_in(house), house.dispute_desk, house.answer_desk
    enrol(house, KEY)
    assert not pull(house, held.ref, ["address"])["under_dispute"]
    right = "示范市海港区长乐路88弄6号503室"
    filed = desk.file(resident(), Filing(held.ref, "address", right, "门牌看错了"))
    assert pull(house, held.ref, ["address"])["under_dispute"]
    with pytest.raises(ConflictError):
        desk.file(resident(), Filing(held.ref, "address", "示范市"))
    with pytest.raises(NotFoundError):
        answers.accept(SCHOOLS, filed.ref)
    with pytest.raises(ConflictError):
        answers.correct(HOUSING, filed.ref, right)  # not before it was passed on
    answers.look(HOUSING, filed.ref)
    assert [e.kind for e in usage(house)].count("review") == 1
    answers.accept(HOUSING, filed.ref)
    answers.pass_on(HOUSING, filed.ref)
    with pytest.raises(ConflictError):
        answers.correct(HOUSING, filed.ref)  # nothing is corrected yet
    done = answers.correct(HOUSING, filed.ref, right)
    assert (done.state, done.outcome, done.told) == ("closed", "corrected", 1)
    assert told(house, "certificate.corrected") == [{"certificate": held.ref, "client": SCHOOL}]
    newer = pull(house, done.corrected_ref, ["address"])
    assert (newer["fields"]["address"], newer["under_dispute"]) == (right, False)
    with pytest.raises(CertstoreError, match="superseded"):
        pull(house, held.ref, ["address"])
    assert notices(house) == ["correction_made", "correction_step", "correction_step"]
    assert [s.state for s in desk.follow(resident(), filed.ref).steps] == [
        *("filed", "accepted", "with_issuer", "corrected", "closed"),
    ]
    with pytest.raises(NotFoundError):
        desk.follow(resident(ZHOU), filed.ref)


def test_two_disputes_hold_a_record_until_both_are_over(house):
    held, desk, answers = voucher(house), house.dispute_desk, house.answer_desk
    police = Clerk("秦经办", "J03", "11310000MB0T00015W")
    first = desk.file(resident(), Filing(held.ref, "name", "林小禾"))
    second = desk.file(resident(), Filing(held.ref, "whole", "不是我的"))
    house.status_desk.open_first()

    def disputed():
        with house.archive.reading() as books:
            return books.register.get(held.ref).under_dispute

    assert disputed()
    desk.withdraw(resident(), first.ref)
    assert disputed()
    desk.file(resident(), Filing(held.ref, "name", "林小禾"))  # may be asked for again
    answers.accept(police, second.ref)
    answers.pass_on(police, second.ref)
    closed = answers.reject(police, second.ref, "是您本人登记的")
    assert closed.outcome == "rejected"
    assert disputed()
    desk.withdraw(resident(), desk.mine(resident())[0].ref)
    assert not disputed()
    with pytest.raises(ConflictError):
        desk.withdraw(resident(), first.ref)


def test_a_new_version_handed_in_stays_marked_and_is_the_correction(house):
    held, desk, answers = handed_in(house), house.dispute_desk, house.answer_desk
    filed = desk.file(resident(), Filing(held.ref, "address", "示范市海港区长乐路88弄6号503室"))
    newer = replace(held, ref="n" * 20, version=2, fields={"address": "长乐路503室"})
    with house.archive.writing() as books:
        house.collection_desk._keep(books, type("Taken", (), {"certificate": newer, "check": None}))
    with house.archive.reading() as books:
        assert books.register.get(newer.ref).under_dispute
    answers.accept(HOUSING, filed.ref)
    answers.pass_on(HOUSING, filed.ref)
    with pytest.raises(ConflictError):
        answers.correct(HOUSING, filed.ref, "别的")
    assert answers.correct(HOUSING, filed.ref).corrected_ref == newer.ref
    with house.archive.reading() as books:
        assert not books.register.get(newer.ref).under_dispute


def test_what_its_source_marked_itself_stays_marked(house):
    held = handed_in(house)
    with house.archive.writing() as books:
        books.register.set_under_dispute(held.ref, house.clock.now(), disputed=True)
    filed = house.dispute_desk.file(resident(), Filing(held.ref, "address", "别处"))
    house.dispute_desk.withdraw(resident(), filed.ref)
    with house.archive.reading() as books:
        assert books.register.get(held.ref).under_dispute


def code_for(house, ref, fields=("name", "residence_district"), hours=24):
    made = house.use_code_desk.make(resident(), ref, CodeWanted("孩子报名", fields, hours))
    assert isinstance(made, MadeCode), made
    return made


def test_a_code_opens_what_was_chosen_once(house):
    ref = voucher(house).ref
    made = code_for(house, ref)
    by = {"legal_basis": consent(use_code=made.characters)}
    with pytest.raises(FieldNotGrantedError):
        pull(house, ref, GRANTED, **by)  # more than the holder chose
    answer = pull(house, ref, ["name"], legal_basis=consent(use_code=made.characters.lower()))
    assert answer["fields"] == {"name": LIN.name}
    with pytest.raises(ConsentRequiredError):
        pull(house, ref, ["name"], **by)
    assert notices(house) == ["use_code_used"]
    given = next(e for e in usage(house) if e.certificate_ref)
    assert (given.record["ground"], given.record["holders_word"]) == ("consent", "use_code")
    with pytest.raises(ConflictError):
        house.use_code_desk.end(resident(), made.code.ref)


def test_a_code_is_for_one_certificate_and_can_be_ended_and_dies(house):
    ref, other = voucher(house).ref, voucher(house).ref
    made = code_for(house, ref)
    with pytest.raises(ConsentRequiredError):
        pull(house, other, ["name"], legal_basis=consent(use_code=made.characters))
    with pytest.raises(ConflictError):
        house.use_code_desk.end(resident(ZHOU), made.code.ref)
    house.use_code_desk.end(resident(), made.code.ref)
    with pytest.raises(ConsentRequiredError):
        pull(house, ref, ["name"], legal_basis=consent(use_code=made.characters))
    late = code_for(house, ref, hours=1)
    house.clock.skip(timedelta(hours=1, seconds=1))
    with pytest.raises(ConsentRequiredError):
        pull(house, ref, ["name"], legal_basis=consent(use_code=late.characters))
    with pytest.raises(NotFoundError):
        house.use_code_desk.make(resident(ZHOU), ref, CodeWanted("办事", ("name",)))


def test_a_client_that_guesses_is_shut_out_even_with_the_right_code(house):
    ref = voucher(house).ref
    right = code_for(house, ref)
    for _ in range(MOST_MISSES):
        wrong = code_for(house, voucher(house).ref).characters  # a code, and none of this one
        with pytest.raises(ConsentRequiredError):
            pull(house, ref, ["name"], legal_basis=consent(use_code=wrong))
    by = {"legal_basis": consent(use_code=right.characters)}
    with pytest.raises(RateLimitedError):
        pull(house, ref, ["name"], **by)
    house.clock.skip(timedelta(hours=1, minutes=1))
    assert pull(house, ref, ["name"], **by)["fields"] == {"name": LIN.name}


def test_what_is_mistyped_is_no_guess(house):
    ref = voucher(house).ref
    for _ in range(MOST_MISSES + 1):
        with pytest.raises(MalformedError):
            pull(house, ref, ["name"], legal_basis=consent(use_code="AAAA-AAAA-AAAB"))


def test_nobody_speaks_for_a_co_holder(house):
    enrol(house, KEY)
    ref = voucher(house).ref
    code, made = code_for(house, ref), entrust(house, ref, to="agency", purpose_id=ENROLMENT)
    with house.archive.writing() as books:
        books.connection.execute(
            text(
                "INSERT INTO certificate_holders (certificate_id, position, name, id_type,"
                " id_number) SELECT id, 1, :name, '111', :number FROM certificates WHERE ref = :ref"
            ),
            {"name": ZHOU.name, "number": ZHOU.id_number, "ref": ref},
        )
        books.people.known(ZHOU)
    hers = {"subject_number": ZHOU.id_number}
    for by in (consent(use_code=code.characters), consent(entrustment=made.ref)):
        with pytest.raises(ConsentRequiredError):
            pull(house, ref, ["name"], legal_basis=by, **hers)
    assert pull(house, ref, ["name"], legal_basis=consent(use_code=code.characters))["fields"]


def test_of_a_hundred_at_once_one_wins(house):
    ref = voucher(house).ref
    by = consent(use_code=code_for(house, ref).characters)
    outcomes, start = [], threading.Barrier(8)

    def try_it(times):
        start.wait()
        for _ in range(times):
            try:
                pull(house, ref, ["name"], legal_basis=by)
                outcomes.append("given")
            except ConsentRequiredError:
                outcomes.append("refused")

    shares = (13, 13, 13, 13, 12, 12, 12, 12)
    threads = [threading.Thread(target=try_it, args=(n,)) for n in shares]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (outcomes.count("given"), len(outcomes)) == (1, 100)


def entrust(house, ref, **changes):
    wanted = Wanted(
        **{
            "certificate_ref": ref,
            "to": "person",
            "agent_name": ZHOU.name,
            "agent_number": ZHOU.id_number,
            "matter": "租房提取",
            "from_day": "2026-11-25",
            "to_day": "2026-11-30",
            **changes,
        }
    )
    return house.entrustment_desk.entrust(resident(), wanted)


def test_a_person_entrusted_must_accept_and_can_then_act_until_it_is_taken_back(house):
    ref = voucher(house).ref
    made = entrust(house, ref)
    agent = {"actor": Actor(kind="agent", id_number=ZHOU.id_number)}
    with pytest.raises(RepresentationError):
        pull(house, ref, ["name"], **agent)
    renamed = Resident(Holder("周民", "111", ZHOU.id_number), "p", house.clock.now())
    assert house.entrustment_desk.received(renamed) == []
    house.entrustment_desk.accept(resident(ZHOU), made.ref)
    assert pull(house, ref, ["name"], **agent)["fields"] == {"name": LIN.name}
    code = house.use_code_desk.make_as_agent(resident(ZHOU), made.ref, CodeWanted("", ("name",)))
    assert code.code.matter == "租房提取"
    house.entrustment_desk.take_back(resident(), made.ref)
    with pytest.raises(RepresentationError):
        pull(house, ref, ["name"], **agent)
    with pytest.raises(ConsentWithdrawnError):  # its codes die with it
        pull(house, ref, ["name"], legal_basis=consent(use_code=code.characters))
    with pytest.raises(RepresentationError):
        pull(house, ref, ["name"], actor=Actor(kind="agent"))
    assert "entrustment_answered" in notices(house)
    assert told_of_entrustments(house) == []  # no service is concerned


def test_an_agency_entrusted_uses_it_for_its_purpose_between_the_two_days(house):
    enrol(house, KEY)
    ref, other = voucher(house).ref, voucher(house).ref
    made = entrust(house, ref, to="agency", purpose_id=ENROLMENT)
    by = {"legal_basis": consent(entrustment=made.ref)}
    assert pull(house, ref, ["name"], **by)["fields"]
    with pytest.raises(ConsentRequiredError):
        pull(house, other, ["name"], **by)
    with pytest.raises(ConsentRequiredError):
        pull(house, ref, ["name"], legal_basis=consent(entrustment="z" * 20))
    house.clock.skip(timedelta(days=6))
    with pytest.raises(ConsentRequiredError):
        pull(house, ref, ["name"], **by)
    with pytest.raises(NotFoundError):
        house.entrustment_desk.take_back(resident(ZHOU), made.ref)
    house.entrustment_desk.take_back(resident(), made.ref)
    with pytest.raises(ConsentWithdrawnError):
        pull(house, ref, ["name"], **by)
    about = {"client": SCHOOL, "purpose": ENROLMENT, "entrustment": made.ref}
    assert told_of_entrustments(house) == [("given", about), ("withdrawn", about)]


def told_of_entrustments(house):
    with house.archive.writing() as books:
        claimed = books.outbox.claim(house.clock.now(), timedelta(0), 100)
    found = [(event.subject.partition("."), event.body) for event in claimed]
    return [(what, body) for (matter, _, what), body in found if matter == "entrustment"]


def signed_in_now(house, holder=LIN):
    return Resident(holder, "provider#1", house.clock.now())


def test_the_copy_holds_every_kind_and_nobody_elses_number(house):
    enrol(house, KEY)
    shared = handed_in(house)
    with house.archive.writing() as books:
        told_of = {
            "address": "长乐路",
            "tenants": [{"name": ZHOU.name, "id_number": ZHOU.id_number}],
        }
        books.register.hand_in(
            replace(shared, ref="m" * 20, version=2, fields=told_of, holders=(LIN, ZHOU))
        )
    ref = voucher(house).ref
    pull(house, ref)
    house.question_desk.ask(resident(), usage(house)[0], "谁")
    house.dispute_desk.file(resident(), Filing(ref, "name", "林小禾"))
    entrust(house, ref)
    code_for(house, ref)
    with house.own_data_desk.export(signed_in_now(house)) as file:
        bundle = zipfile.ZipFile(io.BytesIO(file.read()))
    names = set(bundle.namelist())
    held = {n: json.loads(bundle.read(n)) for n in names if n.endswith(".json")}
    for kind in ("person", "certificates", "accesses", "questions", "disputes"):
        assert held[f"{kind}.json"], kind
    assert held["entrustments.json"]
    assert held["use_codes.json"]
    assert "applications.json" in held
    assert "notices.json" in held
    accesses = held["accesses.json"]
    assert accesses[0]["purpose"] == "export"  # this very copy, on record before it was made
    assert {f"proofs/{entry['ref']}.json" for entry in accesses} <= names
    assert {"README.zh.txt", "README.en.txt", "ledger-key.txt"} <= names
    everything = b"".join(bundle.read(name) for name in names)
    assert ZHOU.id_number.encode() not in everything
    assert LIN.id_number.encode() in everything


def test_the_copy_needs_a_fresh_sign_in_and_is_made_five_times_a_day(house):
    stale = replace(signed_in_now(house), verified_at=house.clock.now() - timedelta(minutes=11))
    with pytest.raises(UnauthenticatedError):
        house.own_data_desk.export(stale)
    for _ in range(5):
        house.own_data_desk.export(signed_in_now(house)).close()
    with pytest.raises(RateLimitedError):
        house.own_data_desk.export(signed_in_now(house))


YOUNGEST = Holder("林小禾", "111", "340199201904060281")


def test_a_guardians_copy_holds_what_the_pages_show_them_of_a_child(house):
    """And stands on the child's own list; a source's record of the child is not in it."""
    enrol(house, KEY)
    issued, sources = voucher(house, YOUNGEST), handed_in(house, YOUNGEST)
    pull(house, issued.ref, subject_number=YOUNGEST.id_number)
    with house.archive.writing() as books:
        guardian, child = books.people.known(LIN), books.people.known(YOUNGEST)
        books.guardianships.prove(guardian.id, child.id, house.clock.now(), officer="1047")
    with house.own_data_desk.export(signed_in_now(house)) as file:
        bundle = zipfile.ZipFile(io.BytesIO(file.read()))
    (held,) = json.loads(bundle.read("children.json"))
    assert (held["name"], [c["ref"] for c in held["certificates"]]) == (YOUNGEST.name, [issued.ref])
    assert sources.ref not in bundle.read("children.json").decode()
    assert held["consents"] == []
    assert [entry["kind"] for entry in held["accesses"]] == ["own_act", "pull"]
    assert f"proofs/{held['accesses'][1]['ref']}.json" in bundle.namelist()
    assert YOUNGEST.id_number in bundle.read("children.json").decode()
    (looked, _) = usage(house, YOUNGEST)
    assert (looked.record["actor"], looked.record["operator"]) == ("guardian", LIN.name)
    with house.own_data_desk.export(signed_in_now(house, ZHOU)) as file:
        bundle = zipfile.ZipFile(io.BytesIO(file.read()))
    assert json.loads(bundle.read("children.json")) == []
    for _ in range(4):
        house.own_data_desk.export(signed_in_now(house)).close()
    house.own_data_desk.export(signed_in_now(house, YOUNGEST)).close()  # the guardian's are theirs


CHILD = Holder("林小满", "111", "110101201601010019")


@pytest.fixture
def mother(house):
    """Zhou, proven to an officer to be the guardian of a child with a voucher."""
    with house.archive.writing() as books:
        guardian, child = books.people.known(ZHOU), books.people.known(CHILD)
        books.guardianships.prove(guardian.id, child.id, house.clock.now(), officer="1047")
    return resident(ZHOU)


def test_a_guardian_disputes_for_a_child_and_both_follow_it(house, mother):
    held, desk = voucher(house, CHILD), house.dispute_desk
    filed = desk.file(mother, Filing(held.ref, "name", "林晓满"))
    assert desk.record(mother, held.ref)[0].under_dispute
    for who in (mother, resident(CHILD)):
        assert desk.follow(who, filed.ref).dispute.ref == filed.ref
        assert [d.ref for d in desk.mine(who)] == [filed.ref]
    assert (desk.follow(mother, filed.ref).ward, desk.follow(resident(CHILD), filed.ref).ward) == (
        CHILD.name,
        None,
    )
    (entry,) = usage(house, CHILD)
    assert (entry.record["actor"], entry.record["operator"]) == ("guardian", ZHOU.name)
    police = Clerk("秦经办", "J03", "11310000MB0T00015W")
    house.answer_desk.accept(police, filed.ref)
    assert notices(house, CHILD) == notices(house, ZHOU) == ["correction_step"]
    assert desk.withdraw(mother, filed.ref).outcome == "withdrawn"
    assert not desk.record(mother, held.ref)[0].under_dispute
    assert usage(house, ZHOU) == []  # nobody looked at anything of the guardian's


def test_nobody_disputes_for_a_child_that_is_not_in_their_care_nor_what_proves_it_is(house, mother):
    held, proof = voucher(house, CHILD), handed_in(house, CHILD, "birth_certificate")
    desk = house.dispute_desk
    filed = desk.file(mother, Filing(held.ref, "whole", "不是我家孩子的"))
    for act in (
        lambda: desk.file(resident(), Filing(held.ref, "name", "林")),
        lambda: desk.follow(resident(), filed.ref),
        lambda: desk.withdraw(resident(), filed.ref),
        lambda: desk.clients_told(resident(), held.ref),
        lambda: desk.file(mother, Filing(proof.ref, "whole", "不对")),
    ):
        with pytest.raises(NotFoundError):
            act()
    house.clock.skip(timedelta(days=366 * 6))  # from 16 on, for themselves
    for act in (lambda: desk.follow(mother, filed.ref), lambda: desk.withdraw(mother, filed.ref)):
        with pytest.raises(NotFoundError):
            act()
    assert desk.mine(mother) == []
    assert desk.follow(resident(CHILD), filed.ref)


def test_a_guardian_asks_about_an_access_to_a_childs_data(house, mother):
    enrol(house, KEY)
    pull(house, voucher(house, CHILD).ref, subject_number=CHILD.id_number)
    (entry,) = house.holdings_desk.usage(mother)
    asked = house.question_desk.ask(mother, house.holdings_desk.one_usage(mother, entry.ref), "谁")
    assert house.question_desk.about(mother, entry.ref).ref == asked.ref


def test_a_guardians_pages_name_the_child(house, mother):
    held, browser = voucher(house, CHILD), Browser(house, mother)
    assert CHILD.name in browser.get("/corrections/new").text
    place = f"/corrections/new?record={held.ref}"
    assert CHILD.name in browser.get(place).text
    csrf = {"csrf": "token-of-this-session"}
    said = browser.http.post(place, data={**csrf, "wrong_field": "name", "right": "林晓满"})
    assert said.status_code == 303, said.text
    assert CHILD.name in browser.get(said.headers["location"]).text
    assert CHILD.name in browser.get("/corrections/new").text
    stranger = Browser(house, resident())
    assert stranger.get(place).status_code == 404
    assert stranger.get(said.headers["location"]).status_code == 404
    assert "监护人" in Browser(house, resident(CHILD)).get("/usage").text


def test_the_list_counts_what_was_refused_by_itself_and_says_what_waits(house):
    enrol(house, KEY)
    ref = voucher(house).ref
    enrol_fund(house)
    lease = handed_in(house)
    with pytest.raises(ConsentRequiredError):
        house.sharing_desk.pull(service(), pull_request(lease.ref, "z" * 20))
    pull(house, ref)
    ask = ConsentRequestIn(**request_body()).asking()
    house.consent_request_desk.ask(service(), ask)
    page = Browser(house, resident()).get("/usage").text
    assert "ground=consent" not in page  # nothing was given on a consent
    assert "ground=refused" in page
    assert "1 件等您回答" in page
    refused = Browser(house, resident()).get("/usage?ground=refused").text
    assert "公积金" in refused
    assert "教育局" not in refused
