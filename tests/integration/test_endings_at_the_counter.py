"""Another card, a cancellation, asked for at the counter; a loss reported stands there, too."""

import pytest
from lxml.html import fromstring

from certstore.certificates import Status
from certstore.errors import ConflictError, MalformedError
from issuance.application import Matter, State
from issuance.progress.tables import OwnCases
from tests.counter import arrived, here, sent
from tests.holders import HOLDER, MA, ME, newest
from tests.holders import folder as folder
from tests.holders import house as house
from tests.residents import Browser, assert_sound

BOTH = pytest.mark.parametrize("lang", ["zh", "en"])


def draft(house, matter):
    return house.intake_desk.begin(MA, here(house, HOLDER, MA).ref, matter).ref


def test_a_lost_permit_is_reported_and_asked_for_anew_by_who_stands_there(house):
    ref = draft(house, Matter.REISSUE)
    with pytest.raises(ConflictError):
        sent(house, ref, MA)  # nobody said why
    with pytest.raises(MalformedError):
        house.intake_desk.say_why(MA, ref, "boredom", "")
    house.intake_desk.say_why(MA, ref, "lost", "")
    case = sent(house, ref, MA)
    assert (case.state, case.taken_by) == (State.IN_REVIEW, MA.number)
    assert newest(house).status is Status.LOST


def test_a_cancellation_says_what_ends_and_takes_no_other_word(house):
    desk, ref = house.intake_desk, draft(house, Matter.CANCELLATION)
    assert desk.look(MA, ref).abouts == ("residence_permit", "residence_voucher")
    desk.say_why(MA, ref, "moved_away", "residence_voucher")
    at = desk.look(MA, ref)
    assert at.ends == ("residence_permit", "residence_voucher")
    for said in ("", "residence_voucher"):
        with pytest.raises(ConflictError) as refused:
            desk.submit(MA, ref, at.seal, said)
        assert refused.value.facts["cause"] == "MOVED"
    assert desk.submit(MA, ref, at.seal, ",".join(at.ends)).state is State.IN_REVIEW


@BOTH
def test_the_page_asks_why_and_not_where(house, lang):
    browser, ref = Browser(house, MA, lang), draft(house, Matter.CANCELLATION)
    path = f"/desk/counter/{ref}"
    shown = browser.get(path)
    assert_sound(shown, lang)
    form = fromstring(shown.text)
    assert form.xpath(f'//form[starts-with(@action, "{path}/why")]')
    assert not form.xpath(f'//form[starts-with(@action, "{path}/home")]')
    wrong = browser.post(f"{path}/why", about="residence_permit")
    assert wrong.status_code == 422
    assert_sound(wrong, lang)
    said = browser.post(f"{path}/why", about="residence_permit", ground="own_wish")
    assert said.status_code == 303
    (sends,) = fromstring(browser.get(path).text).xpath(f'//form[@action="{path}/submit"]')
    seal, ends = sends.fields["seal"], sends.fields["ends"]
    assert ends == "residence_permit"
    unsaid = browser.post(f"{path}/submit", seal=seal, ends=ends)
    assert unsaid.status_code == 422
    assert_sound(unsaid, lang)
    assert browser.post(f"{path}/submit", seal=seal).status_code == 409
    assert browser.post(f"{path}/submit", seal=seal, ends=ends, understood="1").status_code == 303
    assert_sound(browser.get(path), lang)


@BOTH
def test_a_loss_stands_among_the_persons_cases_and_opens(house, lang):
    house.loss_desk.report(ME, newest(house).ref)
    browser = Browser(house, MA, lang)
    person = arrived(browser, HOLDER)
    listed = browser.get(person)
    assert_sound(listed, lang)
    with house.archive.reading() as books:
        mine = books.people.known(ME.holder).id
        loss = OwnCases(books.connection).of(mine)[0]
    assert (loss.matter, loss.state) == (Matter.LOSS_REPORT, State.DONE)
    opened = browser.post(f"{person}/open", ref=loss.ref)
    assert opened.status_code == 303
    assert_sound(browser.get(opened.headers["location"]), lang)
