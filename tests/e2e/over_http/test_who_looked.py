"""Who looked: what somebody reads when another's case relied on their record, or a pull failed."""

import contextlib
import json

import pytest
from lxml.html import fromstring

from certstore.callers import Service
from certstore.errors import CertstoreError
from certstore.ledger import record_access
from certstore.ledger_proof import judge_proof, read_proof
from certstore.sharing.grants import Operator, PullRequest
from certstore.signed_note import open_checkpoint
from certstore.web.texts import load
from issuance.notices import tell_relied_on
from issuance.relied_on import reliance
from tests.guardians import FATHER, registered
from tests.residents import EVERYWHERE as GAO
from tests.residents import Browser, assert_sound, resident, submitted, vouchers
from tests.sealed import enrol, school_key

BOTH = pytest.mark.parametrize("lang", ["zh", "en"])
SHEN, ZHOU, LIN = resident("shen_xiaozhou"), resident("zhou_min"), resident("lin_xiaohe")
SCHOOL = Service(
    client_id="school-service",
    agency="示范市教育局",
    agency_en="Education Bureau",
    agency_uscc="11310000MB0T00058A",
    purpose_id="enrolment-2026",
    matter_code="school_enrolment",
    title_zh="义务教育入学报名",
    title_en="School enrolment",
    fields={"residence_voucher": ("name",)},
    legal_basis={"kind": "statutory_duty", "ref": "义务教育法第十二条"},
    actions=("search", "pull"),
)


def relied_on(house):
    """Shen's case, in review, relied on Zhou's lease filing: recorded and told. Its reference."""
    application = submitted(house, "shen_xiaozhou")
    now = house.clock.now()
    with house.archive.writing() as books:
        person = books.people.known(ZHOU.holder)
        access = reliance(application, person, "lease_filing", ("address", "name"), now)
        record_access(books, house.settings.ledger_origin, access)
        tell_relied_on(books, person, application, now)
        tell_relied_on(books, person, application, now)  # a second record of theirs
    return application


def says(lang, key, **values):
    return load(lang)[key].other.format(**values)


def only_entry(house, who):
    (entry,) = house.holdings_desk.usage(who)
    return entry


@BOTH
def test_whose_record_was_relied_on_reads_what_when_and_for_which_matter(house, lang):
    relied_on(house)
    page = Browser(house, ZHOU, lang).get("/usage")
    assert_sound(page, lang)
    lease = says(lang, "type.lease_filing")
    assert says(lang, "usage.relied_on", type=lease) in page.text
    matter = says(lang, "matter.residence_registration.name")
    assert says(lang, "usage.for_matter", matter=matter) in page.text
    assert says(lang, "usage.told_when_closed") in page.text
    assert says(lang, "usage.ground.other") in page.text
    assert {"zh": "坐落", "en": "Location"}[lang] in page.text


@BOTH
def test_whose_records_were_only_looked_up_reads_that(house, lang):
    application = submitted(house, "shen_xiaozhou")
    now = house.clock.now()
    with house.archive.writing() as books:
        person = books.people.known(ZHOU.holder)
        access = reliance(application, person, "", (), now)
        record_access(books, house.settings.ledger_origin, access)
    page = Browser(house, ZHOU, lang).get("/usage")
    assert_sound(page, lang)
    assert says(lang, "usage.looked_up") in page.text
    assert says(lang, "usage.only_looked_up") in page.text


@BOTH
def test_whose_case_it_is_is_not_told_before_it_is_closed(house, lang):
    application = relied_on(house)
    me = Browser(house, ZHOU, lang)
    entry = only_entry(house, ZHOU)
    house.ledger_desk.checkpoint()
    paths = ("/usage", f"/usage/{entry.ref}", f"/usage/{entry.ref}/proof.json", "/notices")
    for path in (*paths, "/v1/me/usage"):
        said = me.get(path).text
        for secret in (SHEN.holder.name, SHEN.holder.id_number, application.number):
            assert secret not in said, path
        assert application.ref not in said, path
    officer = Browser(house, GAO)
    officer.get(f"/desk/cases/{application.ref}")
    officer.post(f"/desk/cases/{application.ref}", decision="approve", judge_1="yes")
    for path in ("/usage", f"/usage/{entry.ref}"):
        page = me.get(path)
        assert_sound(page, lang)
        assert SHEN.holder.name in page.text
        assert application.number in page.text
    assert SHEN.holder.name not in me.get(f"/usage/{entry.ref}/proof.json").text


@BOTH
def test_that_a_guardian_acted_is_read_by_name_on_the_childs_list_and_the_guardians(house, lang):
    registered(house)
    for who in (resident("he_yutong"), FATHER):
        page = Browser(house, who, lang).get("/usage")
        assert_sound(page, lang)
        assert says(lang, "usage.guardian_acted", name=FATHER.holder.name) in page.text
        chips = fromstring(page.text).xpath("//summary//span[contains(@class, 'chip')]")
        read = {chip.text_content().strip() for chip in chips}
        assert says(lang, "usage.by_guardian") in read
        assert says(lang, "usage.ground.own") not in read


def test_a_relative_reads_which_guardian_acted_once_the_case_is_closed(house):
    application = registered(house)
    now = house.clock.now()
    with house.archive.writing() as books:
        person = books.people.known(ZHOU.holder)
        record_access(
            books,
            house.settings.ledger_origin,
            reliance(application, person, "lease_filing", ("name",), now),
        )
    entry = only_entry(house, ZHOU)
    assert "operator" not in entry.record  # a proof of this access names nobody
    assert FATHER.holder.name in Browser(house, ZHOU).get("/usage").text


@BOTH
def test_a_refused_case_is_closed_too(house, lang):
    application = relied_on(house)
    officer = Browser(house, GAO)
    officer.get(f"/desk/cases/{application.ref}")
    reason = {"decision": "refuse", "reason": "OTHER", "sentence": "请到窗口"}
    officer.post(f"/desk/cases/{application.ref}", **reason)
    assert SHEN.holder.name in Browser(house, ZHOU, lang).get("/usage").text


@BOTH
def test_the_inbox_tells_it_once_and_leads_to_the_list(house, lang):
    relied_on(house)
    page = Browser(house, ZHOU, lang).get("/notices")
    assert_sound(page, lang)
    matter = says(lang, "matter.residence_registration.name")
    assert page.text.count(says(lang, "notices.kind.relied_on", matter=matter)) == 1
    assert 'href="/usage"' in page.text
    with house.archive.reading() as books:
        person = books.people.find("111", ZHOU.holder.id_number)
        assert len(books.inbox.of(person.id)) == 1


def test_nobody_else_sees_the_reliance(house):
    relied_on(house)
    assert {entry.kind for entry in house.holdings_desk.usage(SHEN)} & {"relative"} == set()


@BOTH
def test_the_proof_page_says_what_was_relied_on_and_its_file_holds_off_line(house, lang):
    relied_on(house)
    entry, me = only_entry(house, ZHOU), Browser(house, ZHOU, lang)
    house.ledger_desk.checkpoint()
    page = me.get(f"/usage/{entry.ref}")
    assert_sound(page, lang)
    lease = says(lang, "type.lease_filing")
    assert says(lang, "usage.relied_on", type=lease) in page.text
    assert says(lang, "proof.heading.good") in page.text
    assert says(lang, "proof.step_record") in page.text
    said = me.get(f"/usage/{entry.ref}/proof.json").json()
    proof = read_proof(json.dumps(said).encode())
    judged = judge_proof(proof, open_checkpoint(said["checkpoint"], said["vkey"]))
    assert [check.passed for check in judged.checks] == [True] * 4
    assert said["subject"]["id_number"] == ZHOU.holder.id_number


@BOTH
def test_a_record_that_was_changed_is_shown_as_not_matching(house, lang):
    relied_on(house)
    entry = only_entry(house, ZHOU)
    house.ledger_desk.checkpoint()
    with house.archive.writing() as books:
        table = books.usage
        record = {**entry.record, "certificate": "property_certificate"}
        table._connection.exec_driver_sql(
            "UPDATE usage SET record = ? WHERE ref = ?", (json.dumps(record), entry.ref)
        )
    page = Browser(house, ZHOU, lang).get(f"/usage/{entry.ref}")
    assert says(lang, "proof.heading.bad") in page.text


@BOTH
@pytest.mark.parametrize(
    ("changes", "slug"),
    [
        ({"fields": ("name", "id_number")}, "field-not-granted"),
        ({"subject_number": ZHOU.holder.id_number}, "subject-mismatch"),
        ({"purpose_id": "another"}, "insufficient-purpose"),
    ],
)
def test_a_pull_that_was_refused_is_in_the_list_with_its_reason(house, lang, changes, slug):
    submitted(house, "lin_xiaohe")
    (held,) = vouchers(house, "lin_xiaohe")
    asked = {
        "ref": held.ref,
        "purpose_id": "enrolment-2026",
        "matter_code": "school_enrolment",
        "case_no": "RX-2026-00017",
        "fields": ("name",),
        "subject_type": "111",
        "subject_number": LIN.holder.id_number,
        "operator": Operator("3021"),
    }
    enrol(house, school_key())
    with contextlib.suppress(CertstoreError):
        house.sharing_desk.pull(SCHOOL, PullRequest(**asked | changes))
        pytest.fail("nothing was refused")
    me = Browser(house, LIN, lang)
    page = me.get("/usage")
    assert_sound(page, lang)
    agency = {"zh": SCHOOL.agency, "en": SCHOOL.agency_en}[lang]
    assert agency in page.text
    assert says(lang, f"usage.refused.{slug}") in page.text
    assert says(lang, "usage.refused_mark") in page.text
    entry = next(e for e in house.holdings_desk.usage(LIN) if e.kind == "pull")
    house.ledger_desk.checkpoint()
    proof = me.get(f"/usage/{entry.ref}")
    assert says(lang, f"usage.refused.{slug}") in proof.text
