"""A registration that is lost or suspended runs out on its day; nothing approved rests on it."""

from datetime import timedelta

import pytest

from certstore.certificates import Status
from certstore.errors import ConflictError
from issuance.application import Matter, State
from issuance.conduct import APPLICANT
from issuance.procedure import Action
from tests.permits import permit
from tests.residents import EVERYWHERE as GAO
from tests.residents import Browser, resident, submitted, verify_face, vouchers
from tests.sealed import become

WHO = "chen_yiming"
ME = resident(WHO)
DAY = timedelta(days=1)


@pytest.fixture
def registered(house):
    """A registration, and the clock on its last day."""
    assert submitted(house, WHO).state is State.ISSUED
    (voucher,) = vouchers(house, WHO)
    house.clock.skip(voucher.validity.valid_to - house.clock.now().date())
    return voucher


def in_review(house, matter):
    """An application that an officer decides."""
    desk, now = house.apply_desk, house.clock.now()
    begun = desk.begin(ME, matter)
    verify_face(house, WHO, begun.ref)
    judged = desk.check(ME, begun.ref).as_json()
    with house.archive.writing() as books:
        return house.conduct.act(
            books, begun, Action.SUBMIT, APPLICANT, now, submitted_at=now, decision=judged
        )


@pytest.mark.parametrize("status", [Status.LOST, Status.SUSPENDED])
@pytest.mark.parametrize(
    "matter", [Matter.REGISTRATION_RENEWAL, Matter.ADDRESS_CHANGE, Matter.RESIDENCE_PERMIT]
)
def test_after_its_day_nothing_can_be_begun_on_it(house, registered, status, matter):
    become(house, registered, status)
    house.clock.skip(DAY)
    with pytest.raises(ConflictError) as refusal:
        house.apply_desk.begin(ME, matter)
    assert refusal.value.facts["cause"] == "NOT_REGISTERED"


@pytest.mark.parametrize("status", [Status.LOST, Status.SUSPENDED])
def test_after_its_day_its_holder_registers_anew(house, registered, status):
    become(house, registered, status)
    house.clock.skip(DAY)
    done = submitted(house, WHO)
    assert done.state is State.ISSUED
    newest = next(c for c in vouchers(house, WHO) if c.ref == done.certificate_ref)
    assert newest.status is Status.VALID
    assert newest.number != registered.number  # a registration of its own
    with pytest.raises(ConflictError):  # nothing is cancelled but the new one
        house.apply_desk.begin(ME, Matter.RESIDENCE_REGISTRATION)


def test_on_its_last_day_a_lost_one_is_renewed(house, registered):
    house.loss_desk.report(ME, registered.ref)
    sent = house.apply_desk.begin(ME, Matter.REGISTRATION_RENEWAL)
    verify_face(house, WHO, sent.ref)
    assert house.apply_desk.submit(ME, sent.ref).state is State.ISSUED


def test_there_is_nothing_left_to_cancel_of_it(house, registered):
    house.loss_desk.report(ME, registered.ref)
    house.clock.skip(DAY)
    with pytest.raises(ConflictError) as refusal:
        house.apply_desk.begin(ME, Matter.CANCELLATION)
    assert refusal.value.facts["cause"] == "NOTHING_TO_CANCEL"


def test_a_draft_of_its_renewal_is_told_so_when_it_is_checked(house, registered):
    house.loss_desk.report(ME, registered.ref)
    draft = house.apply_desk.begin(ME, Matter.REGISTRATION_RENEWAL)
    verify_face(house, WHO, draft.ref)
    house.clock.skip(DAY)
    assert house.apply_desk.check(ME, draft.ref).obstacle == "NOT_REGISTERED"
    with pytest.raises(ConflictError, match="NOT_REGISTERED"):
        house.apply_desk.submit(ME, draft.ref)


@pytest.mark.parametrize("lost", [False, True])
def test_a_renewal_sent_in_time_is_renewed_however_late_it_is_decided(house, registered, lost):
    if lost:
        house.loss_desk.report(ME, registered.ref)
    sent = in_review(house, Matter.REGISTRATION_RENEWAL)
    house.clock.skip(12 * DAY)
    assert house.review_desk.approve(GAO, sent.ref).state is State.ISSUED
    newest = max(vouchers(house, WHO), key=lambda c: c.version)
    assert newest.validity.valid_from == registered.validity.valid_from
    assert newest.validity.valid_to > registered.validity.valid_to + 12 * DAY


@pytest.mark.parametrize("days", [1, 400])
@pytest.mark.parametrize("matter", [Matter.REGISTRATION_RENEWAL, Matter.RESIDENCE_PERMIT])
def test_what_could_not_be_issued_is_not_approved(house, registered, matter, days):
    sent = in_review(house, matter)
    if matter is Matter.REGISTRATION_RENEWAL and days == 1:
        return  # sent in time: renewed, as above
    house.clock.skip(days * DAY)
    with pytest.raises(ConflictError) as refusal:
        house.review_desk.approve(GAO, sent.ref)
    assert refusal.value.facts["cause"] == "registration_ended"
    assert house.application(sent.ref).state is not State.APPROVED
    for lang, said in (("zh", "到期"), ("en", "run out")):
        page = Browser(house, GAO, lang).post(f"/desk/cases/{sent.ref}", decision="approve")
        assert (page.status_code, said in page.text) == (422, True)


def test_a_first_permit_is_not_approved_beside_one_that_was_issued_meanwhile(house, registered):
    sent = in_review(house, Matter.RESIDENCE_PERMIT)
    permit(house, ME.holder)
    with pytest.raises(ConflictError) as refusal:
        house.review_desk.approve(GAO, sent.ref)
    assert refusal.value.facts["cause"] == "overtaken"


@pytest.mark.parametrize(("lang", "said"), [("zh", "已到期"), ("en", "ended on")])
def test_the_page_of_the_loss_says_that_it_ended_and_leads_to_a_new_one(
    house, registered, lang, said
):
    house.loss_desk.report(ME, registered.ref)
    page = Browser(house, ME, lang).get(f"/certificates/{registered.ref}/loss").text
    assert "/apply/address-change" in page
    house.clock.skip(DAY)
    page = Browser(house, ME, lang).get(f"/certificates/{registered.ref}/loss").text
    assert said in page
    assert 'href="/apply/residence-registration"' in page
    assert "/apply/address-change" not in page
    assert f"/certificates/{registered.ref}/loss" not in Browser(house, ME, lang).get("/").text
