"""The pages of a re-issue and of a cancellation: asked, checked, decided, told; and of a loss."""

import pytest
from lxml.html import fromstring

from certstore.certificates import Status
from issuance.application import Matter, State
from issuance.four_eyes.tables import ProposalBook
from tests.holders import HOLDER, MA, ME, TANG, newest
from tests.holders import folder as folder
from tests.holders import house as house
from tests.residents import Browser, assert_sound, verify_face

BOTH = pytest.mark.parametrize("lang", ["zh", "en"])


def begun(browser, matter):
    """The way from the certificates to the question; the application's reference."""
    shown = browser.get("/certificates")
    assert f'href="/apply/{matter}"' in shown.text
    assert_sound(browser.get(f"/apply/{matter}"), browser.lang)
    at = browser.post(f"/apply/{matter}").headers["location"]
    assert at.endswith("/why")
    assert_sound(browser.get(at), browser.lang)
    assert browser.get(at.replace("/why", "/dwelling")).headers["location"] == at
    assert browser.get(at.replace("/why", "/address")).headers["location"] == at
    return at.split("/")[2]


def main_text(answer):
    return " ".join(fromstring(answer.text).xpath("//main")[0].text_content().split())


@BOTH
def test_another_card_from_the_certificates_to_the_new_permit(house, lang):
    browser = Browser(house, ME, lang)
    ref = begun(browser, "reissue")
    at = f"/applications/{ref}"
    wrong = browser.post(f"{at}/why")
    assert (wrong.status_code, wrong.text.count('id="ground-error"')) == (422, 1)
    assert browser.post(f"{at}/why", ground="boredom").status_code == 422
    assert browser.post(f"{at}/why", ground="damaged").headers["location"] == f"{at}/face"
    assert_sound(browser.get(f"{at}/face"), lang)
    verify_face(house, HOLDER, ref)
    check = browser.get(f"{at}/check")
    assert_sound(check, lang)
    assert f'href="{at}/photo"' in check.text  # a new photo may be handed in
    assert 'name="understood"' not in check.text
    assert browser.post(f"{at}/check").headers["location"] == f"{at}/submitted"
    for path in (f"{at}/submitted", at, "/applications", "/"):
        assert_sound(browser.get(path), lang)
    desk = Browser(house, MA, lang)
    case = desk.get(f"/desk/cases/{ref}")
    assert_sound(case, lang)
    assert ("坏了" if lang == "zh" else "It is damaged") in main_text(case)
    assert desk.post(f"/desk/cases/{ref}", decision="approve").status_code == 303
    assert house.application(ref).state is State.ISSUED
    assert_sound(browser.get(at), lang)
    assert browser.get(f"{at}/submitted").headers["location"] == at


@BOTH
def test_a_cancellation_says_what_ends_before_it_is_sent(house, lang):
    browser = Browser(house, ME, lang)
    ref = begun(browser, "cancellation")
    at = f"/applications/{ref}"
    wrong = browser.post(f"{at}/why", ground="moved_away")
    assert (wrong.status_code, wrong.text.count('id="about-error"')) == (422, 1)
    said = {"ground": "moved_away", "about": "residence_voucher"}
    assert browser.post(f"{at}/why", **said).headers["location"] == f"{at}/face"
    verify_face(house, HOLDER, ref)
    check = browser.get(f"{at}/check")
    assert_sound(check, lang)
    ends = fromstring(check.text).xpath('//section[@aria-labelledby="ends"]//li')
    assert len(ends) == 4  # both certificates, for good, until when it can be withdrawn
    unsure = browser.post(f"{at}/check")
    assert (unsure.status_code, unsure.text.count('id="understood-error"')) == (422, 1)
    seen = {"understood": "1", "ends": "residence_permit"}  # of another window, before
    other = browser.post(f"{at}/check", **seen)
    assert (other.status_code, other.text.count('id="understood-error"')) == (422, 1)
    assert house.application(ref).state is State.DRAFT
    (shown,) = fromstring(check.text).xpath('//input[@name="ends"]/@value')
    assert (
        browser.post(f"{at}/check", understood="1", ends=shown).headers["location"]
        == f"{at}/submitted"
    )
    again = browser.post(f"{at}/check")  # the second click, of a page without the tick
    assert again.headers["location"] == f"{at}/submitted?again=1"
    for path in (f"{at}/submitted", at, "/applications", "/"):
        assert_sound(browser.get(path), lang)
    decided_by_two(house, ref, lang)
    done = browser.get(at)
    assert_sound(done, lang)
    assert ("已注销" if lang == "zh" else "Cancelled") in main_text(done)
    for path in ("/applications", "/notices", "/usage", "/certificates", "/"):
        assert_sound(browser.get(path), lang)
    assert newest(house).status is Status.CANCELLED
    none = browser.post("/apply/cancellation")
    assert none.status_code == 409
    assert_sound(none, lang)


def decided_by_two(house, ref, lang):
    desk, second = Browser(house, MA, lang), Browser(house, TANG, lang)
    case = desk.get(f"/desk/cases/{ref}")
    assert_sound(case, lang)
    assert ("离开本市" if lang == "zh" else "moved away") in main_text(case)
    sent = desk.post(f"/desk/cases/{ref}", decision="approve")
    assert_sound(desk.get(sent.headers["location"]), lang)
    with house.archive.reading() as books:
        proposal = ProposalBook(books.connection).open_one(ref)
    assert_sound(second.get(f"/desk/cases/{ref}"), lang)
    answer = second.post(f"/desk/cases/{ref}/second", proposal=proposal.ref, answer="confirm")
    assert_sound(second.get(answer.headers["location"]), lang)
    assert house.application(ref).state is State.DONE
    late = desk.post(f"/desk/cases/{ref}", decision="refuse")
    assert late.status_code == 409
    assert_sound(late, lang)


@BOTH
def test_a_refusal_says_why_and_it_can_be_begun_again(house, lang):
    browser, desk = Browser(house, ME, lang), Browser(house, MA, lang)
    ref = begun(browser, "cancellation")
    browser.post(f"/applications/{ref}/why", ground="household_here", about="residence_permit")
    verify_face(house, HOLDER, ref)
    browser.post(f"/applications/{ref}/check", understood="1", ends="residence_permit")
    desk.get(f"/desk/cases/{ref}")
    desk.post(f"/desk/cases/{ref}", decision="refuse", reason="GROUND_UNPROVEN")
    told = browser.get(f"/applications/{ref}")
    assert_sound(told, lang)
    assert ("没有查实" if lang == "zh" else "not found to be so") in main_text(told)
    again = browser.post(f"/applications/{ref}/again").headers["location"]
    assert again.endswith("/why")
    assert 'value="household_here" checked' in browser.get(again).text.replace(' id="ground"', "")


@BOTH
def test_a_loss_stands_among_the_applications_and_on_the_officers_record(house, lang):
    browser, held = Browser(house, ME, lang), newest(house)
    browser.post(f"/certificates/{held.ref}/loss")
    browser.post(f"/certificates/{held.ref}/loss/lift")
    lifted, reported = house.apply_desk.all_of(ME)[:2]
    assert (reported.matter, lifted.matter) == (Matter.LOSS_REPORT, Matter.LOSS_LIFT)
    for application in (reported, lifted):
        assert application.state is State.DONE
        shown = browser.get(f"/applications/{application.ref}")
        assert_sound(shown, lang)
        assert f'href="/certificates/{held.ref}/loss"' in shown.text
        desk = Browser(house, MA, lang)
        found = desk.post("/desk/search", number=application.number)
        assert f"/desk/cases/{application.ref}" in found.text
        assert_sound(desk.get(f"/desk/cases/{application.ref}"), lang)
        late = desk.post(f"/desk/cases/{application.ref}", decision="approve")
        assert late.status_code == 409
    assert_sound(browser.get("/applications"), lang)
    assert browser.post("/apply/loss-report").status_code == 404  # it has a page of its own
