"""The main job's pages over HTTP: who may open what, and what people read when something is off."""

import hashlib
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import timedelta

import pytest
from lxml.html import fromstring
from sqlalchemy import text

from certstore.tables.certificate_rows import certificates
from certstore.web.texts import load
from issuance.application import State
from tests.residents import (
    ADDRESS_CHANGE,
    LI,
    PEOPLE,
    REGISTRATION,
    Browser,
    answers_of,
    assert_sound,
    copied,
    drafted,
    resident,
    submitted,
    vouchers,
)
from tests.residents import (
    EVERYWHERE as GAO,
)
from tests.unit.issuance.test_issue import NO_FONT, Down, assert_issued_once, count

NOBODY = "2" * 20
LIN, CHEN, SHEN = resident("lin_xiaohe"), resident("chen_yiming"), resident("shen_xiaozhou")
RESIDENTS_PAGES = (
    *("/apply/residence-registration", "/apply/address-change", "/applications"),
    *("/apply/residence-registration/child", "/applications/{}/child"),
    *("/certificates", "/usage", "/notices", "/applications/{}", "/applications/{}/dwelling"),
    *("/applications/{}/relative", "/applications/{}/address", "/applications/{}/face"),
    *("/applications/{}/commitment", "/applications/{}/check", "/applications/{}/submitted"),
    *("/certificates/{}/photo", "/certificates/{}/download", "/certificates/{}/present"),
    "/certificates/{}/document",
    *("/usage/{}", "/usage/{}/proof.json"),
)
RESIDENTS_FORMS = (
    *("/apply/residence-registration", "/applications/{}/dwelling", "/applications/{}/relative"),
    *("/applications/{}/address", "/applications/{}/face", "/applications/{}/commitment"),
    *("/applications/{}/commitment/withdraw", "/applications/{}/check"),
    *("/apply/residence-registration/child", "/applications/{}/child", "/applications/{}/again"),
    *("/certificates/{}/download", "/certificates/{}/present/code"),
)
OFFICERS_PAGES = ("/desk", "/desk/cases/{}", "/desk/photos/{}/{}")
BOTH = pytest.mark.parametrize("lang", ["zh", "en"])


def problem(answer, status, lang):
    """A whole page with this status."""
    assert answer.status_code == status, (answer.request.url, answer.status_code)
    assert_sound(answer, lang)


# -- who may open what -----------------------------------------------------------------------


@BOTH
def test_the_open_pages_are_open(house, lang):
    browser = Browser(house, None, lang)
    for path in ("/", "/sign-in", "/settings", "/scan"):
        answer = browser.get(path)
        assert answer.status_code == 200
        assert_sound(answer, lang)
    problem(browser.get("/no-such-page"), 404, lang)
    problem(browser.get(f"/s/{NOBODY}"), 404, lang)


@BOTH
def test_whoever_is_signed_out_is_led_to_sign_in_and_back(house, lang):
    browser = Browser(house, None, lang)
    for path in (*RESIDENTS_PAGES, *OFFICERS_PAGES):
        asked = path.replace("{}", NOBODY)
        answer = browser.get(asked)
        assert answer.status_code == 303, path
        assert answer.headers["location"].startswith("/sign-in?")
        led = browser.get(answer.headers["location"])
        assert_sound(led, lang)
        assert asked.replace("/", "%2F") in led.text
    for path in (*RESIDENTS_FORMS, "/desk/cases/{}"):
        problem(browser.post(path.replace("{}", NOBODY)), 401, lang)


@BOTH
def test_an_expired_session_leads_to_sign_in_and_loses_nothing(house, lang):
    ref = drafted(house, "lin_xiaohe").ref
    browser = Browser(house, LIN, lang)
    with house.archive.writing() as books:
        books.connection.execute(text("UPDATE sessions SET expires_at = '2020-01-01 00:00:00'"))
    assert browser.get(f"/applications/{ref}/check").status_code == 303
    problem(browser.post(f"/applications/{ref}/check"), 401, lang)
    assert house.apply_desk.get(LIN, ref).answers.address


@BOTH
def test_an_officer_is_no_resident_and_a_resident_no_officer(house, lang):
    officer, me = Browser(house, GAO, lang), Browser(house, LIN, lang)
    for path in RESIDENTS_PAGES:
        problem(officer.get(path.replace("{}", NOBODY)), 403, lang)
    for path in RESIDENTS_FORMS:
        if not path.endswith("/code"):
            problem(officer.post(path.replace("{}", NOBODY)), 403, lang)
    for path in OFFICERS_PAGES:
        problem(me.get(path.replace("{}", NOBODY)), 403, lang)
    problem(me.post(f"/desk/cases/{NOBODY}", decision="approve"), 403, lang)


@BOTH
@pytest.mark.parametrize("ref", [NOBODY, "x", "王", "a" * 200, "..", "%00", "'--"])
def test_a_reference_of_nothing_is_not_found(house, lang, ref):
    me, officer = Browser(house, LIN, lang), Browser(house, GAO, lang)
    for path in RESIDENTS_PAGES:
        if "{}" in path and ref != "..":
            problem(me.get(path.replace("{}", ref)), 404, lang)
    for path in RESIDENTS_FORMS[1:-1]:
        if "{}" in path and ref != "..":
            fields = {"dwelling": "rent", "whose": "self", "signature": "x", "agreed": "1"}
            problem(me.post(path.replace("{}", ref), **fields), 404, lang)
    for path in OFFICERS_PAGES[1:]:
        if ref != "..":
            problem(officer.get(path.replace("{}", ref)), 404, lang)
    problem(me.get("/apply/no-such-matter"), 404, lang)
    problem(me.post("/apply/no-such-matter"), 404, lang)


@BOTH
def test_anothers_pages_look_like_nothings(house, lang):
    submitted(house, "chen_yiming")
    (voucher,) = vouchers(house, "chen_yiming")
    theirs = house.apply_desk.all_of(CHEN)[0].ref
    look = house.holdings_desk.usage(CHEN)[0].ref
    me = Browser(house, LIN, lang)
    for path in RESIDENTS_PAGES:
        if "{}" in path:
            of = look if "usage" in path else voucher.ref if "certificates" in path else theirs
            problem(me.get(path.replace("{}", of)), 404, lang)


@BOTH
def test_a_form_without_the_sessions_token_or_from_elsewhere_is_refused(house, lang):
    ref = drafted(house, "chen_yiming").ref
    browser = Browser(house, CHEN, lang)
    path = f"/applications/{ref}/check"
    problem(browser.http.post(f"{path}?lang={lang}", data={"csrf": "wrong"}), 403, lang)
    elsewhere = {"origin": "https://evil.example"}
    answer = browser.http.post(f"{path}?lang={lang}", data={"csrf": "x"}, headers=elsewhere)
    problem(answer, 403, lang)
    assert house.apply_desk.get(CHEN, ref).state is State.DRAFT


# -- the walk --------------------------------------------------------------------------------


@BOTH
def test_every_page_of_the_walk_is_whole(house, lang):
    """With commitment: the pages of a draft, of what was submitted, of what was issued."""
    me = Browser(house, LIN, lang)
    begun = me.post("/apply/residence-registration")
    at = begun.headers["location"].rpartition("/")[0]
    home = PEOPLE["lin_xiaohe"]["declares"]
    relative = {
        "whose": "relative",
        "relation": "parent",
        "relative_name": "周敏",
        "relative_id_number": home["relative"]["id_number"],
    }
    steps = (
        ("dwelling", {"dwelling": "rent"}, "relative"),
        ("relative", relative, "address"),
        ("address", {"district": home["district"], "address": home["address"]}, "face"),
    )
    for question, fields, following in steps:
        assert_sound(me.get(f"{at}/{question}"), lang)
        missing = me.post(f"{at}/{question}")
        problem(missing, 422, lang)
        assert me.post(f"{at}/{question}", **fields).headers["location"] == f"{at}/{following}"
        assert_sound(me.get(f"{at}/{question}"), lang)
    start = me.get("/apply/residence-registration")  # with the draft to go on with
    assert_sound(start, lang)
    assert {"zh": "12 月 25 日", "en": "25 December"}[lang] in start.text
    assert_sound(me.get(f"{at}/face"), lang)
    left = me.post(f"{at}/face").headers["location"]
    assert_sound(me.get(left), lang)
    back = me.post(left, outcome="pass")
    assert back.headers["location"] == f"{at}/face"
    assert f"{at}/commitment" in me.get(f"{at}/face").text
    for wrong in ({}, {"signature": "周敏", "agreed": "1"}, {"signature": "林晓禾"}):
        problem(me.post(f"{at}/commitment", **wrong), 422, lang)
    assert me.post(f"{at}/check").headers["location"] == f"{at}/commitment"
    done = me.post(f"{at}/commitment", signature="林晓禾", agreed="1")
    assert done.headers["location"] == f"{at}/check"
    for page in ("commitment", "check"):
        assert_sound(me.get(f"{at}/{page}"), lang)
    assert me.post(f"{at}/check").headers["location"] == f"{at}/submitted"
    for page in (f"{at}/submitted", at, "/applications", "/certificates", "/usage", "/notices"):
        answer = me.get(page)
        assert (answer.status_code, page) == (200, page)
        assert_sound(answer, lang)
    assert me.get(f"{at}/check").headers["location"] == f"{at}/submitted"
    (voucher,) = vouchers(house, "lin_xiaohe")
    home_page = me.get("/")
    assert f"/certificates/{voucher.ref}/present" in home_page.text
    assert_sound(me.get(f"/certificates/{voucher.ref}/present"), lang)
    assert me.get(f"/certificates/{voucher.ref}/photo").content.startswith(b"\xff\xd8")
    file = me.get(f"/certificates/{voucher.ref}/document")
    assert file.content.startswith(b"%PDF-")
    assert "340199" not in file.headers["content-disposition"]
    look = house.holdings_desk.usage(LIN)[0].ref
    house.ledger_desk.checkpoint()
    assert_sound(me.get(f"/usage/{look}"), lang)
    assert set(me.get(f"/usage/{look}/proof.json").json()) >= {"leaf_hash", "root", "record"}


@BOTH
def test_the_back_button_after_submitting_meets_a_conflict_page(house, lang):
    ref = submitted(house, "chen_yiming").ref
    me = Browser(house, CHEN, lang)
    for question in ("dwelling", "relative", "address", "face", "commitment"):
        problem(me.get(f"/applications/{ref}/{question}"), 409, lang)
        fields = {"dwelling": "rent", "whose": "self", "district": "海港区", "address": "路1号"}
        problem(me.post(f"/applications/{ref}/{question}", **fields), 409, lang)
    problem(me.post(f"/applications/{ref}/commitment/withdraw"), 409, lang)


@BOTH
def test_submitted_twice_the_page_says_that_nothing_was_done_twice(house, lang):
    ref = drafted(house, "chen_yiming").ref
    me = Browser(house, CHEN, lang)
    first, second = (me.post(f"/applications/{ref}/check") for _ in range(2))
    assert first.headers["location"] == f"/applications/{ref}/submitted"
    assert second.headers["location"] == f"/applications/{ref}/submitted?again=1"
    says = {"zh": "之前已经提交", "en": "submitted before"}[lang]
    assert says not in me.get(first.headers["location"]).text
    answer = me.get(second.headers["location"])
    assert_sound(answer, lang)
    assert says in answer.text
    assert_issued_once(house, "chen_yiming")


@BOTH
@pytest.mark.parametrize(
    ("question", "fields", "code"),
    [
        ("dwelling", {"dwelling": "castle"}, "error.dwelling.unknown"),
        ("relative", {"whose": "neighbour"}, "error.whose.unknown"),
        ("relative", {"whose": "relative"}, "error.relative_name.missing"),
        ("address", {"district": "x", "address": "路1号"}, "error.district.unknown"),
        ("address", {"district": "海港区", "address": "路" * 101}, "error.address.too_long"),
        ("address", {"district": "海港区", "address": "。"}, "error.address.malformed"),
    ],
)
def test_a_wrong_answer_comes_back_with_its_sentence_and_the_values(
    house, lang, question, fields, code
):
    ref = drafted(house, "chen_yiming").ref
    me = Browser(house, CHEN, lang)
    answer = me.post(f"/applications/{ref}/{question}", **fields)
    problem(answer, 422, lang)
    assert load(lang)[code].one in re.sub(r"<[^>]+>", "", answer.text)
    if "address" in fields:
        assert fields["address"] in answer.text


# -- a matter that cannot be begun -----------------------------------------------------------


@BOTH
def test_an_address_change_without_a_voucher_says_so_and_leads_to_registering(house, lang):
    answer = Browser(house, LIN, lang).post("/apply/address-change")
    problem(answer, 409, lang)
    assert {"zh": "您还没有居住登记", "en": "not registered yet"}[lang] in answer.text
    assert 'href="/apply/residence-registration"' in answer.text
    assert count(house, "applications") == 0


@BOTH
def test_a_second_registration_says_so_and_leads_to_the_address_change(house, lang):
    submitted(house, "chen_yiming")
    answer = Browser(house, CHEN, lang).post("/apply/residence-registration")
    problem(answer, 409, lang)
    assert {"zh": "您已经登记过了", "en": "registered already"}[lang] in answer.text
    assert 'href="/apply/address-change"' in answer.text


@BOTH
def test_after_a_move_home_shows_the_new_voucher_and_the_old_can_not_be_shown(house, lang):
    submitted(house, "lin_xiaohe")
    submitted(house, "lin_xiaohe", ADDRESS_CHANGE, "moves_to")
    new, old = vouchers(house, "lin_xiaohe")
    me = Browser(house, LIN, lang)
    shown = me.get("/").text
    assert f"/certificates/{new.ref}/present" in shown
    assert old.ref not in shown
    past = me.get(f"/certificates/{old.ref}/present")
    assert_sound(past, lang)
    assert "<svg" not in past.text.partition("codebox")[2].partition("</")[0]
    headers = {"x-csrf-token": "token-of-this-session", "accept": "application/json"}
    answer = me.http.post(f"/certificates/{old.ref}/present/code", headers=headers)
    assert answer.status_code == 409
    for page in ("/certificates", "/applications", f"/s/{old.ref}", f"/s/{new.ref}"):
        assert_sound(me.get(page), lang)


@BOTH
def test_the_letter_that_is_shown_is_the_one_that_is_signed_word_for_word(house, lang):
    ref = drafted(house, "lin_xiaohe").ref
    me, at = Browser(house, LIN, lang), f"/applications/{ref}/commitment"

    def shown():
        page = fromstring(me.get(at).text)
        return "\n".join(p.text_content() for p in page.find_class("paper")[0]), page

    text, page = shown()
    (digest,) = page.xpath("//input[@name='letter_sha256']/@value")
    assert hashlib.sha256(text.encode()).hexdigest() == digest
    signing = {"signature": "林晓禾", "agreed": "1"}
    other = me.post(at, letter_sha256="0" * 64, **signing)
    problem(other, 422, lang)
    assert load(lang)["error.agreed.changed"].other in other.text
    assert house.apply_desk.get(LIN, ref).commitment is None
    assert me.post(at, letter_sha256=digest, **signing).status_code == 303
    assert house.apply_desk.get(LIN, ref).commitment.text == text
    assert shown()[0] == text  # and is read again so after it was signed


# -- when something is in the way ------------------------------------------------------------


@BOTH
def test_who_goes_to_an_officer_is_told_so_before_submitting(house, lang):
    for key, me, code in (
        ("shen_xiaozhou", SHEN, "check.nothing_left_officer"),
        ("chen_yiming", CHEN, "check.nothing_left"),
    ):
        ref = drafted(house, key).ref
        page = Browser(house, me, lang).get(f"/applications/{ref}/check")
        assert_sound(page, lang)
        heading = fromstring(page.text).findtext(".//h1").strip()
        assert heading == load(lang)[code].other


@BOTH
def test_where_a_photo_is_asked_for_the_page_leads_to_where_it_is_taken(house, lang):
    ref = drafted(house, "wu_guoqiang").ref
    me = Browser(house, resident("wu_guoqiang"), lang)
    check = fromstring(me.get(f"/applications/{ref}/check").text)
    links = {href for href in check.xpath("//main//a/@href") if href.endswith("/photo")}
    assert links == {f"/applications/{ref}/photo"}
    for href in links:
        taken = me.get(href)
        assert taken.status_code == 200
        assert_sound(taken, lang)


@BOTH
def test_a_photo_an_officer_must_look_at_can_be_replaced_and_a_good_one_need_not(house, lang):
    ref = drafted(house, "chen_yiming").ref
    me, at = Browser(house, CHEN, lang), f"/applications/{ref}"
    assert f'href="{at}/photo"' not in me.get(f"{at}/check").text
    with house.archive.writing() as books:
        (photo,) = (
            c
            for c in books.register.held_by(CHEN.holder.id_type, CHEN.holder.id_number)
            if c.type_code == "id_photo"
        )
        doubtful = {**photo.fields, "quality": "manual_review"}
        books.connection.execute(
            certificates.update().where(certificates.c.ref == photo.ref).values(fields=doubtful)
        )
    page = me.get(f"{at}/check")
    assert_sound(page, lang)
    assert f'href="{at}/photo"' in page.text
    assert load(lang)["reason.PHOTO_QUALITY"].other in page.text
    assert "（）" not in page.text


@BOTH
def test_a_result_that_is_not_there_yet_is_waited_for_and_seen_when_it_comes(house, lang):
    me = Browser(house, CHEN, lang)
    ref = house.apply_desk.begin(CHEN, REGISTRATION).ref
    house.apply_desk.answer(CHEN, ref, answers_of(PEOPLE["chen_yiming"]["declares"]))
    at = f"/applications/{ref}/face"

    def waiting():
        return "reload-after" in me.get(f"{at}?waiting=1").text

    assert not waiting()  # nothing was begun
    left = me.post(at).headers["location"]
    assert_sound(me.get(f"{at}?waiting=1"), lang)
    assert waiting()
    assert "reload-after" not in me.get(at).text  # one who only came back by hand may begin anew
    me.post(left, outcome="pass")
    assert not waiting()
    assert load(lang)["face.passed"].other in me.get(at).text


@BOTH
def test_a_name_no_font_draws_is_approved_and_worked_on(house, lang, monkeypatch):
    name = f"陈{NO_FONT}"
    with house.archive.writing() as books:
        change = "UPDATE certificate_holders SET name = :name WHERE id_number = :number"
        values = {"name": name, "number": CHEN.holder.id_number}
        books.connection.execute(text(change), values)
    monkeypatch.setitem(PEOPLE, "chen_yiming", {**PEOPLE["chen_yiming"], "name": name})
    ref = drafted(house, "chen_yiming").ref
    me = Browser(house, resident("chen_yiming", name), lang)
    answer = me.post(f"/applications/{ref}/check")
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        f"/applications/{ref}/submitted",
    )
    page = me.get(f"/applications/{ref}/submitted")
    assert page.status_code == 200
    assert_sound(page, lang)
    assert {"zh": "正在签发", "en": "is being issued"}[lang] in page.text
    for path in ("/", "/applications", f"/applications/{ref}"):
        assert_sound(me.get(path), lang)
    assert house.apply_desk.get(resident("chen_yiming", name), ref).state is State.APPROVED
    assert vouchers(house, "chen_yiming") == []
    desk = Browser(house, GAO, lang)
    assert f"/desk/cases/{ref}" in desk.get("/desk").text
    assert_sound(desk.get(f"/desk/cases/{ref}"), lang)
    house.clock.skip(timedelta(days=10))
    late = {"zh": "还没办完", "en": "should be done by now"}[lang]
    assert (
        late in Browser(house, resident("chen_yiming", name), lang).get(f"/applications/{ref}").text
    )


@BOTH
def test_with_the_store_down_submitting_records_and_the_worker_finishes(house, lang):
    ref = drafted(house, "chen_yiming").ref
    me = Browser(house, CHEN, lang)
    whole = house.apply_desk
    down = replace(house.issuance_desk, objects=Down())
    house.apply_desk = replace(whole, issuance=down)
    assert me.post(f"/applications/{ref}/check").status_code == 303
    page = me.get(f"/applications/{ref}/submitted")
    assert_sound(page, lang)
    assert {"zh": "正在签发", "en": "is being issued"}[lang] in page.text
    house.issuance_desk.finish(lambda ref, error: None)
    assert "/download" in me.get(f"/applications/{ref}/submitted").text
    assert_issued_once(house, "chen_yiming")


@BOTH
def test_a_source_that_is_down_is_our_problem(settled_folder, tmp_path, lang):
    with copied(settled_folder, tmp_path, sources_down=("housing",)) as house:
        ref = drafted(house, "zheng_xue").ref
        me = Browser(house, resident("zheng_xue"), lang)
        assert_sound(me.get(f"/applications/{ref}/dwelling"), lang)
        page = me.get(f"/applications/{ref}/check")
        assert_sound(page, lang)
        assert {"zh": "我们在查", "en": "We are checking"}[lang] in page.text
        assert {"zh": "请您拍一张", "en": "Please add"}[lang] not in page.text
        sent = me.post(f"/applications/{ref}/check")
        assert sent.headers["location"] == f"/applications/{ref}/submitted"
        result = me.get(f"/applications/{ref}/submitted").text
        assert {"zh": "我们继续查", "en": "We keep checking"}[lang] in result
        assert_sound(me.get(f"/applications/{ref}"), lang)
        assert_sound(Browser(house, GAO, lang).get(f"/desk/cases/{ref}"), lang)


@BOTH
def test_a_child_meets_a_clear_stop_with_a_way_out(house, lang):
    child = resident("he_yutong")
    ref = house.apply_desk.begin(child, REGISTRATION).ref
    house.apply_desk.answer(child, ref, answers_of(PEOPLE["he_yutong"]["declares"]))
    me = Browser(house, child, lang)
    for way in (me.get, me.post):  # no face of a child is looked at
        assert way(f"/applications/{ref}/face").headers["location"] == f"/applications/{ref}/check"
    page = me.get(f"/applications/{ref}/check")
    assert page.status_code == 200
    assert_sound(page, lang)
    assert {"zh": "办不了", "en": "Cannot go on"}[lang] in page.text
    assert {"zh": "监护人", "en": "guardian"}[lang] in page.text
    assert 'href="/windows"' in page.text
    assert f"/applications/{ref}/face" not in page.text.partition("</header>")[2]
    assert_sound(me.get("/windows"), lang)
    assert f'action="/applications/{ref}/check"' not in page.text
    assert me.post(f"/applications/{ref}/check").headers["location"] == f"/applications/{ref}/check"
    assert house.apply_desk.get(child, ref).state is State.DRAFT


# -- the officer's desk ----------------------------------------------------------------------


@BOTH
def test_the_desk_takes_a_decision_only_with_what_belongs_to_it(house, lang):
    ref = submitted(house, "shen_xiaozhou").ref
    officer = Browser(house, GAO, lang)
    assert_sound(officer.get("/desk"), lang)
    assert_sound(officer.get(f"/desk/cases/{ref}"), lang)
    wrong = (
        {},
        {"decision": "perhaps"},
        {"decision": "approve"},
        {"decision": "approve", "judge_1": "no"},
        {"decision": "refuse"},
        {"decision": "refuse", "reason": "BECAUSE"},
        {"decision": "refuse", "reason": "OTHER"},
        {"decision": "refuse", "reason": "OTHER", "sentence": "长" * 301},
    )
    for fields in wrong:
        problem(officer.post(f"/desk/cases/{ref}", **fields), 422, lang)
    assert house.apply_desk.get(SHEN, ref).state is State.IN_REVIEW
    done = officer.post(f"/desk/cases/{ref}", decision="approve", judge_1="yes")
    assert done.headers["location"] == f"/desk?decided={ref}"
    assert_sound(officer.get(f"/desk?decided={ref}"), lang)
    again = officer.post(f"/desk/cases/{ref}", decision="approve", judge_1="yes")
    assert again.headers["location"] == f"/desk?decided={ref}"
    other = Browser(house, LI, lang)
    problem(other.post(f"/desk/cases/{ref}", decision="refuse", reason="NO_RECORD"), 409, lang)
    assert_sound(other.get(f"/desk/cases/{ref}"), lang)
    assert_issued_once(house, "shen_xiaozhou")


@BOTH
def test_the_resident_reads_why_it_was_refused_and_who_looked(house, lang):
    ref = submitted(house, "shen_xiaozhou").ref
    officer, me = Browser(house, GAO, lang), Browser(house, SHEN, lang)
    officer.get(f"/desk/cases/{ref}")
    fields = {"decision": "refuse", "reason": "OTHER", "sentence": "请带租赁合同到窗口"}
    assert officer.post(f"/desk/cases/{ref}", **fields).status_code == 303
    page = me.get(f"/applications/{ref}")
    assert_sound(page, lang)
    assert "请带租赁合同到窗口" in page.text
    assert me.get(f"/applications/{ref}/submitted").headers["location"] == f"/applications/{ref}"
    assert "1047" in me.get("/usage").text
    assert_sound(me.get("/notices"), lang)
    assert_sound(me.get("/applications"), lang)


@BOTH
def test_a_draft_is_no_case(house, lang):
    ref = drafted(house, "shen_xiaozhou").ref
    officer = Browser(house, GAO, lang)
    problem(officer.get(f"/desk/cases/{ref}"), 409, lang)
    problem(officer.post(f"/desk/cases/{ref}", decision="approve", judge_1="yes"), 409, lang)
    assert ref not in officer.get("/desk").text


def test_a_photo_is_shown_to_officers_of_its_case_only(house):
    ref = submitted(house, "shen_xiaozhou").ref
    opened = house.review_desk.open(GAO, ref)
    (photo,) = [r.ref for r in opened.records if r.type_code == "id_photo"]
    officer = Browser(house, GAO)
    assert officer.get(f"/desk/photos/{ref}/{photo}").content.startswith(b"\xff\xd8")
    others = vouchers_photo(house, "chen_yiming")
    assert officer.get(f"/desk/photos/{ref}/{others}").status_code == 404


def vouchers_photo(house, key):
    return next(c.ref for c in house.holdings_desk.of(resident(key)) if c.type_code == "id_photo")


# -- rare names ------------------------------------------------------------------------------

NAMES = {
    "wang_yan": ("王䶮", True),
    "zhang_hong": ("张𬭎", True),
    "li_yan": ("李㛃", True),
    "ayiguli": ("阿依古丽·买买提", False),
}


@pytest.mark.tools
@pytest.mark.parametrize(("key", "name", "drawn"), [(k, *v) for k, v in NAMES.items()])
def test_a_rare_name_goes_through_whole(house, tmp_path, key, name, drawn):
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is missing: apt install poppler-utils")
    assert PEOPLE[key]["name"] == name
    ref = submitted(house, key).ref
    me = Browser(house, resident(key))
    (voucher,) = vouchers(house, key)
    assert voucher.fields["name"] == name
    pdf = tmp_path / "voucher.pdf"
    pdf.write_bytes(me.get(f"/certificates/{voucher.ref}/document").content)
    ran = subprocess.run(["pdftotext", str(pdf), "-"], capture_output=True, check=True)
    assert name in ran.stdout.decode().replace(" ", "")
    pages = [me.get(p) for p in ("/", "/settings", f"/certificates/{voucher.ref}/present")]
    for page in (*pages, me.get(f"/applications/{ref}/submitted")):
        assert_sound(page, "zh")
    scanned = Browser(house, None).http.post(
        "/v1/verify/code",
        json={"code": house.objects.get(voucher.file("code").sha256).decode()},
    )
    assert (scanned.json()["verdict"], scanned.json()["fields"]["name"]) == ("valid", name)
    typed = Browser(house, None).post(
        "/scan", code=house.objects.get(voucher.file("code").sha256).decode()
    )
    assert_sound(typed, "zh")
    assert ('class="glyphs"' in typed.text) is drawn
    if drawn:
        assert f'{name[0]}<span class="outlined" role="img" aria-label="{name[1:]}"' in typed.text
