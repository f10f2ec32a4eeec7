"""Loss and its lifting: at once, twice as once, and seen wherever a certificate is verified."""

from datetime import timedelta

import jwt
import pytest
from lxml.html import fromstring

from certstore.certificates import Status
from certstore.errors import CertificateRevokedError, ConflictError, ForbiddenError, NotFoundError
from certstore.holds.keeping import place_hold
from certstore.holds.kinds import BY_RULE, HoldKind, Role, Succession
from certstore.status_list import StatusValue
from face_auth.sandbox import Behaviour
from issuance.application import Matter, State
from tests.guardians import FATHER, STRANGER, registered, unknown_child
from tests.integration.certstore.test_status_desk import values
from tests.permits import permit, replaced
from tests.residents import _CSRF, LI, Browser, assert_sound, copied, resident, submitted, vouchers
from tests.sealed import (
    ENROLMENT,
    GRANTED,
    assertion,
    enrol,
    handed_in,
    pull_body,
    school_key,
    token_form,
)

CHEN = resident("chen_yiming")
SHEN = resident("shen_xiaozhou")
NUMBER = SHEN.holder.id_number


@pytest.fixture(scope="module")
def house(settled_folder, tmp_path_factory):
    with copied(settled_folder, tmp_path_factory.mktemp("loss")) as opened:
        yield opened


@pytest.fixture(scope="module")
def voucher(house):
    """A real one: sealed, with its document and its printed code."""
    submitted(house, "chen_yiming")
    (found,) = vouchers(house, "chen_yiming")
    return found


@pytest.fixture
def held(house):
    """A permit of somebody, new for each test."""
    return permit(house, SHEN.holder)


def status(house, ref):
    with house.archive.reading() as books:
        return books.register.get(ref).status


def inbox(house, who):
    return [n.kind for n in house.holdings_desk.notices(who)]


def suspend(house, ref, kind):
    with house.archive.writing() as books:
        place_hold(books, ref, kind, BY_RULE, "tested", house.clock.now())


def acts(house, who):
    """What stands in somebody's list of accesses, latest first."""
    found = house.holdings_desk.usage(who)
    return [(e.kind, e.record.get("purpose"), e.record.get("operator")) for e in found]


# -- everywhere --------------------------------------------------------------------------------


class Everywhere:
    """Each place where a certificate is verified, and what it says there."""

    def __init__(self, house, certificate):
        self.house, self.held = house, certificate
        self.browser = Browser(house, CHEN)
        key = school_key()
        enrol(house, key)
        form = token_form(assertion(house, key))
        http = self.browser.http
        answer = http.post("/oauth2/token", data=form, headers={"accept": "application/json"})
        self.token = answer.json()["access_token"]
        # What was shown, printed and put down before the loss.
        self.shown = house.presentation_desk.present(CHEN, certificate.ref)
        again = house.presentation_desk.present(CHEN, certificate.ref)
        self.shown_again = again
        self.document = house.objects.get(certificate.file("document").sha256)
        self.printed = house.objects.get(certificate.file("code").sha256).decode()

    def says(self):
        ref, http = self.held.ref, self.browser.http
        json = {"accept": "application/json"}
        code = {"code": self.printed}
        judged = http.post("/v1/verify/document", files={"file": self.document}, headers=json)
        return {
            "register": status(self.house, ref).value,
            "list": StatusValue(values(http, self.held.status_entry.index)[0]).name,
            "printed code": http.post("/v1/verify/code", json=code).json()["verdict"],
            "document": judged.json()["verdict"],
            "URL code": http.get(f"/v1/verify/status/{ref}", headers=json).json()["status"],
            "pull": self.pulled(),
            "presenting": self.can(self.house.presentation_desk.present, CHEN, ref),
            "wallet": self.can(self.house.wallet_offer_desk.make, CHEN, ref),
        }

    def pulled(self):
        body = dict(pull_body(GRANTED, purpose_id=ENROLMENT))
        body["subject"] = {"id_number": CHEN.holder.id_number}
        headers = {"Authorization": f"Bearer {self.token}", "accept": "application/json"}
        path = f"/v1/certificates/{self.held.ref}:pull"
        return self.browser.http.post(path, json=body, headers=headers).json()["status"]

    @staticmethod
    def can(do, *arguments):
        try:
            do(*arguments)
        except ConflictError:
            return False
        return True


def test_a_loss_is_seen_wherever_it_is_verified_and_gone_once_it_is_lifted(house, voucher):
    everywhere = Everywhere(house, voucher)
    before = everywhere.says()
    house.loss_desk.report(CHEN, voucher.ref)
    assert everywhere.says() == {
        "register": "suspended_loss",
        "list": "SUSPENDED",
        "printed code": "lost",
        "document": "lost",
        "URL code": "lost",
        "pull": "suspended_loss",
        "presenting": False,
        "wallet": False,
    }
    # A code that was on show when it was reported says so at the scan.
    scanned = house.scan_desk.judge(everywhere.shown.code_text)
    assert scanned.result.verdict.value == "lost"
    # A copy in a wallet asks for the very place of the list that was seen above.
    credential = house.objects.get(voucher.file("credential").sha256).decode()
    issued = jwt.decode(credential.split("~")[0], options={"verify_signature": False})
    assert issued["status"]["status_list"]["idx"] == voucher.status_entry.index
    page = everywhere.browser.get(f"/s/{voucher.ref}")
    assert "已挂失" in page.text
    shown = everywhere.browser.get(f"/certificates/{voucher.ref}/present")
    assert_sound(shown, "zh")
    assert "RPD1:" not in shown.text
    house.loss_desk.lift(CHEN, voucher.ref)
    assert everywhere.says() == before
    assert before["presenting"] is before["wallet"] is True
    scanned = house.scan_desk.judge(everywhere.shown_again.code_text)
    assert scanned.result.verdict.value == "valid"


def test_the_list_says_it_in_the_answer_to_the_next_question(house, held):
    http = Browser(house, SHEN).http
    assert values(http, held.status_entry.index) == [0]
    house.loss_desk.report(SHEN, held.ref)
    claims = jwt.decode(http.get("/status-lists/1").text, options={"verify_signature": False})
    assert claims["ttl"] <= 300
    assert values(http, held.status_entry.index) == [2]


# -- the desk ----------------------------------------------------------------------------------


def test_reported_twice_it_is_reported_once_and_lifted_twice_once(house, held):
    first = house.loss_desk.report(SHEN, held.ref)
    again = house.loss_desk.report(SHEN, held.ref)
    assert (first.changed, again.changed) == (True, False)
    assert again.loss == first.loss
    assert [h.placed_by.role for h in again.holds] == [Role.HOLDER]
    lifted, twice = (house.loss_desk.lift(SHEN, held.ref) for _ in range(2))
    assert (lifted.changed, twice.changed) == (True, False)
    assert acts(house, SHEN)[:2] == [
        ("own_act", "loss_lifted", None),
        ("own_act", "loss_reported", None),
    ]
    assert inbox(house, SHEN)[:2] == ["loss_lifted", "loss_reported"]


def test_lifting_a_loss_leaves_an_overdue_endorsement_and_the_authoritys_word(house, held):
    suspend(house, held.ref, HoldKind.OVERDUE)
    house.loss_desk.report(SHEN, held.ref)
    found = house.loss_desk.lift(SHEN, held.ref)
    assert found.status is Status.SUSPENDED
    assert [h.kind for h in found.others] == [HoldKind.OVERDUE]
    assert inbox(house, SHEN)[0] == "partly_restored"


def test_after_it_is_issued_anew_the_old_one_is_never_lifted(house, held):
    house.loss_desk.report(SHEN, held.ref)
    made = replaced(house, held, Succession.NEW_CARRIER)
    assert made.status is Status.VALID
    for do in (house.loss_desk.lift, house.loss_desk.report):
        with pytest.raises(CertificateRevokedError):
            do(SHEN, held.ref)
    assert status(house, held.ref) is Status.SUPERSEDED
    assert house.loss_desk.state(SHEN, held.ref).standing == "ended"


def test_an_address_changed_while_it_is_lost_leaves_the_card_lost(house, held):
    reported = house.loss_desk.report(SHEN, held.ref).loss
    made = replaced(house, held, Succession.SAME_CARRIER)
    found = house.loss_desk.state(SHEN, made.ref)
    assert (found.standing, found.loss.placed_at) == ("lost", reported.placed_at)
    assert house.loss_desk.lift(SHEN, made.ref).status is Status.VALID


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_the_page_says_of_a_lost_voucher_can_be_done(settled_folder, tmp_path, lang):
    with copied(settled_folder, tmp_path) as house:
        submitted(house, "lin_xiaohe")
        lin = resident("lin_xiaohe")
        (lost,) = vouchers(house, "lin_xiaohe")
        house.loss_desk.report(lin, lost.ref)
        page = Browser(house, lin, lang).get(f"/certificates/{lost.ref}/loss")
        assert_sound(page, lang)
        main = fromstring(page.text).xpath("//main")[0]
        assert not main.xpath(".//a[@href='/windows']")  # no counter issues one anew
        for matter in (Matter.ADDRESS_CHANGE, Matter.CANCELLATION):
            assert main.xpath(f".//a[@href='/apply/{matter.path}']")
            assert house.apply_desk.begin(lin, matter).state is State.DRAFT
        submitted(house, "lin_xiaohe", Matter.ADDRESS_CHANGE, "moves_to")
        newest = vouchers(house, "lin_xiaohe")
        assert {(c.ref == lost.ref, c.status) for c in newest} == {
            (True, Status.SUPERSEDED),
            (False, Status.VALID),
        }
        with pytest.raises(CertificateRevokedError):
            house.loss_desk.lift(lin, lost.ref)


def test_another_persons_is_absent_and_so_is_what_cannot_be_lost(house, held):
    with house.archive.writing() as books:
        lease = next(iter(books.register.held_by("111", CHEN.holder.id_number)))
    others = handed_in(house, SHEN.holder)
    for ref in (held.ref, lease.ref, "2" * 20):
        for do in (house.loss_desk.report, house.loss_desk.lift, house.loss_desk.state):
            with pytest.raises(NotFoundError):
                do(STRANGER if ref != lease.ref else SHEN, ref)
    with pytest.raises(NotFoundError):
        house.loss_desk.report(SHEN, others.ref)
    assert status(house, held.ref) is Status.VALID


def test_a_guardian_reports_for_the_child_who_reads_who_it_was(house):
    application = registered(house)
    ref = house.application(application.ref).certificate_ref
    found = house.loss_desk.report(FATHER, ref)
    assert (found.ward, found.loss.placed_by.role) == ("何雨桐", Role.GUARDIAN)
    assert [s.certificate.ref for s in house.loss_desk.mine(FATHER) if s.ward] == [ref]
    daughter = resident("he_yutong")
    assert acts(house, daughter)[0] == ("own_act", "loss_reported", FATHER.holder.name)
    assert inbox(house, FATHER)[0] == inbox(house, daughter)[0] == "loss_reported"
    for lang in ("zh", "en"):
        assert_sound(Browser(house, daughter, lang).get("/usage"), lang)
        assert_sound(Browser(house, FATHER, lang).get("/notices"), lang)
    with pytest.raises(NotFoundError):
        house.loss_desk.lift(STRANGER, ref)
    assert house.loss_desk.lift(FATHER, ref).changed


def test_an_officer_does_it_for_who_is_present_and_that_stands_on_record(house, held):
    desk = house.loss_desk
    found = desk.find_for(LI, SHEN.holder.id_number.lower())
    assert held.ref in {s.certificate.ref for s in found}
    for do in (desk.report_for, desk.lift_for):
        with pytest.raises(ConflictError):
            do(LI, held.ref, NUMBER, identity_checked=False)
    assert desk.report_for(LI, held.ref, NUMBER, identity_checked=True).changed
    assert not desk.report_for(LI, held.ref, NUMBER, identity_checked=True).changed
    assert desk.state(SHEN, held.ref).loss.placed_by.number == LI.number
    assert desk.lift_for(LI, held.ref, NUMBER, identity_checked=True).changed
    kinds = [(kind, operator) for kind, _, operator in acts(house, SHEN)]
    assert kinds[:2] == [("status", LI.number)] * 2
    assert ("review", LI.number) in kinds


def test_an_officer_does_nothing_by_somebody_elses_number(house, held):
    desk, other = house.loss_desk, CHEN.holder.id_number
    desk.report(SHEN, held.ref)
    for do in (desk.report_for, desk.lift_for):
        with pytest.raises(ConflictError) as refused:
            do(LI, held.ref, other, identity_checked=True)
        assert refused.value.facts["cause"] == "not_theirs"
    looks = len(acts(house, CHEN))
    for lang in ("zh", "en"):
        sure = {"person_number": other, "identity_checked": "yes"}
        page = Browser(house, LI, lang).post(f"/desk/loss/{held.ref}/lift", **sure)
        assert page.status_code == 422
        assert_sound(page, lang)
    malformed = {"person_number": "1", "identity_checked": "yes"}
    assert Browser(house, LI).post(f"/desk/loss/{held.ref}/lift", **malformed).status_code == 422
    assert status(house, held.ref) is Status.LOST
    assert len(acts(house, CHEN)) > looks  # whose number was typed reads that it was


def test_a_guardian_at_the_counter_shows_their_own_card_for_the_child(house):
    ref = next((s.certificate.ref for s in house.loss_desk.mine(FATHER) if s.ward), None)
    ref = ref or house.application(registered(house).ref).certificate_ref
    desk, number = house.loss_desk, FATHER.holder.id_number
    found = {s.certificate.ref: s.ward for s in desk.find_for(LI, number)}
    assert found[ref] == "何雨桐"
    assert desk.report_for(LI, ref, number, identity_checked=True).changed
    with pytest.raises(ConflictError):
        desk.lift_for(LI, ref, STRANGER.holder.id_number, identity_checked=True)
    assert desk.lift_for(LI, ref, number, identity_checked=True).changed
    for lang in ("zh", "en"):
        page = Browser(house, LI, lang).post("/desk/loss", person_number=number)
        assert_sound(page, lang)
        assert "何雨桐" in page.text


def test_a_number_with_nothing_that_can_be_lost_is_looked_up_on_record_too(house):
    nobody, known = unknown_child("19850321").holder, resident("song_yaqin").holder
    for holder in (nobody, known):
        before = looks_at(house, holder)
        assert house.loss_desk.find_for(LI, holder.id_number) == []
        assert looks_at(house, holder) == before + 1
    assert_sound(Browser(house, resident("song_yaqin")).get("/usage"), "zh")


def looks_at(house, holder):
    with house.archive.reading() as books:
        person = books.people.find("111", holder.id_number)
        entries = books.usage.of(person.id, house.clock.now() - timedelta(days=1)) if person else ()
        return sum(e.record["operator"] == LI.number for e in entries if e.kind == "review")


# -- a face before lifting ---------------------------------------------------------------------


def passed(house, me, ref, behaviour=Behaviour.PASS):
    challenge = house.loss_desk.begin_face(me, ref, f"/certificates/{ref}/loss")
    ending = house.sandbox_provider.end(challenge.url.rpartition("/")[2], behaviour)
    house.face_desk.accept(ending.token, me.account)


@pytest.fixture
def strict(settled_folder, tmp_path):
    with copied(settled_folder, tmp_path, lifting_loss_needs_face=True) as opened:
        yield opened


def test_where_it_is_asked_for_a_fresh_face_comes_before_lifting(strict):
    held = permit(strict, SHEN.holder)
    desk, ref = strict.loss_desk, held.ref
    with pytest.raises(ConflictError):
        desk.begin_face(SHEN, ref, "/loss")  # nothing is lost
    desk.report(SHEN, ref)
    assert desk.state(SHEN, ref).face_needed
    with pytest.raises(ForbiddenError) as refused:
        desk.lift(SHEN, ref)
    assert refused.value.facts["cause"] == "face_needed"
    browser = Browser(strict, SHEN)
    left = browser.post(f"/certificates/{ref}/loss/lift")
    assert left.headers["location"] == f"/certificates/{ref}/loss"
    assert "/loss/face" in browser.get(f"/certificates/{ref}/loss").text
    passed(strict, SHEN, ref, Behaviour.FAIL_PERSON)
    with pytest.raises(ForbiddenError):
        desk.lift(SHEN, ref)
    passed(strict, SHEN, ref)
    assert not desk.state(SHEN, ref).face_needed
    assert desk.lift(SHEN, ref).changed
    desk.report(SHEN, ref)  # the next loss wants a face of its own
    with pytest.raises(ForbiddenError):
        desk.lift(SHEN, ref)
    assert desk.lift_for(LI, ref, NUMBER, identity_checked=True).changed


# -- pages and HTTP ----------------------------------------------------------------------------

BOTH = pytest.mark.parametrize("lang", ["zh", "en"])


@BOTH
def test_the_way_through_the_pages(house, held, lang):
    browser, at = Browser(house, SHEN, lang), f"/certificates/{held.ref}/loss"
    for path in ("/certificates", "/loss", at):
        assert_sound(browser.get(path), lang)
    assert f'href="{at}"' in browser.get("/loss").text
    done = browser.post(at)
    assert (done.status_code, done.headers["location"]) == (303, f"{at}?done=reported")
    again = browser.post(at)
    assert again.headers["location"] == f"{at}?done=already"
    for path in (f"{at}?done=reported", f"{at}?done=already", "/loss", "/notices", "/usage"):
        assert_sound(browser.get(path), lang)
    cards = fromstring(browser.get("/certificates").text)
    assert cards.xpath(f'//article//a[@href="{at}"]')  # the remedy in place of presenting
    assert not cards.xpath(f'//a[@href="/certificates/{held.ref}/present"]')
    lifted = browser.post(f"{at}/lift")
    assert lifted.headers["location"] == f"{at}?done=lifted"
    assert browser.post(f"{at}/lift").headers["location"] == f"{at}?done=not_lost"
    for word in ("lifted", "not_lost", "already", "reported", "<b>"):
        shown = browser.get(f"{at}?done={word}")
        assert_sound(shown, lang)
        assert "<b>" not in shown.text.split("<main", 1)[1].split("</h1>")[0]
    replaced(house, held, Succession.NEW_CARRIER)
    assert browser.post(at).headers["location"] == at
    assert_sound(browser.get(at), lang)
    assert "<form" not in browser.get(at).text.split("<main", 1)[1]


def test_a_form_of_another_site_and_another_persons_page_do_nothing(house, held):
    at = f"/certificates/{held.ref}/loss"
    assert Browser(house, CHEN).get(at).status_code == 404
    assert Browser(house, CHEN).post(at).status_code == 404
    mine = Browser(house, SHEN)
    assert mine.http.post(at, data={"csrf": "x"}).status_code == 403
    foreign = mine.http.post(at, data={"csrf": _CSRF}, headers={"origin": "https://else.example"})
    assert foreign.status_code == 403
    assert Browser(house, LI).get(at).status_code == 403
    assert Browser(house, SHEN).get("/desk/loss").status_code == 403
    assert status(house, held.ref) is Status.VALID


@BOTH
def test_the_counters_page(house, held, lang):
    officer, number = Browser(house, LI, lang), SHEN.holder.id_number
    assert_sound(officer.get("/desk/loss"), lang)
    for typed, code in (("", 422), ("3401991998", 422), (number, 200)):
        shown = officer.post("/desk/loss", person_number=typed)
        assert shown.status_code == code
        assert_sound(shown, lang)
    at = f"/desk/loss/{held.ref}"
    assert officer.post(f"{at}/report", person_number=number).status_code == 422
    sure = {"person_number": number, "identity_checked": "yes"}
    assert_sound(officer.post(f"{at}/report", **sure), lang)
    assert status(house, held.ref) is Status.LOST
    officer.post(f"{at}/report", **sure)
    assert officer.post(f"{at}/lift", **sure).status_code == 200
    assert status(house, held.ref) is Status.VALID
    assert officer.post(f"{at}/revoke", **sure).status_code == 303
    replaced(house, held, Succession.NEW_CARRIER)
    assert officer.post(f"{at}/report", **sure).status_code == 422


def test_an_app_does_the_same(house, held):
    http = Browser(house, SHEN).http
    headers = {"accept": "application/json", "x-csrf-token": _CSRF}
    at = f"/v1/me/certificates/{held.ref}"
    assert http.post(f"{at}:report-lost", headers={"accept": "application/json"}).status_code == 403
    first, again = (http.post(f"{at}:report-lost", headers=headers).json() for _ in range(2))
    assert (first["status"], first["lost"], first["changed"]) == ("suspended_loss", True, True)
    assert (again["changed"], again["reported_at"]) == (False, first["reported_at"])
    (hold,) = http.get(f"{at}/holds", headers=headers).json()["holds"]
    assert (hold["kind"], hold["placed_by"], hold["lifted_at"]) == ("loss", "holder", None)
    assert http.post(f"{at}:verify-face", headers=headers).status_code == 409
    lifted = http.post(f"{at}:lift-loss", headers=headers).json()
    assert (lifted["status"], lifted["lost"], lifted["changed"]) == ("valid", False, True)
    replaced(house, held, Succession.NEW_CARRIER)
    answer = http.post(f"{at}:lift-loss", headers=headers)
    assert (answer.status_code, answer.json()["certificate_status"]) == (409, "superseded")
    assert (
        http.post(f"/v1/me/certificates/{'2' * 20}:report-lost", headers=headers).status_code == 404
    )
