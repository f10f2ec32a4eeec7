"""A loss and its lifting are applications like any other, done as they are asked for."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from certstore.certificates import Status
from certstore.errors import CertificateRevokedError, ConflictError
from issuance.application import Matter, State
from issuance.history.tables import History
from tests.guardians import DAUGHTER as CHILD
from tests.guardians import FATHER, registered
from tests.integration.test_issuing import at_once
from tests.integration.test_issuing import shared as shared
from tests.permits import permit
from tests.residents import LI, Browser, assert_sound, resident
from tests.unit.issuance.test_issue import count

SHEN, DAUGHTER = resident("shen_xiaozhou"), resident("he_yutong")


@pytest.fixture
def held(shared):
    return permit(shared, SHEN.holder)


def losses(house, me):
    found = house.apply_desk.all_of(me)
    return [a for a in found if a.matter in {Matter.LOSS_REPORT, Matter.LOSS_LIFT}]


def steps(house, application):
    with house.archive.reading() as books:
        return [(who, step, why) for _, who, step, why in History(books.connection).of(application)]


def test_each_is_one_application_with_number_actor_time_and_why(shared, held):
    for act in (shared.loss_desk.report, shared.loss_desk.lift):
        act(SHEN, held.ref)
        act(SHEN, held.ref)  # the second time is the first
    lifted, reported = losses(shared, SHEN)
    assert (reported.matter, lifted.matter) == (Matter.LOSS_REPORT, Matter.LOSS_LIFT)
    for application, why in ((reported, "reported"), (lifted, "found")):
        assert application.state is State.DONE
        assert application.actor.id_number == SHEN.holder.id_number
        assert application.certificate_ref == held.ref
        assert application.submitted_at == application.decided_at == application.begun_at
        assert (application.due_on, application.clocks) == (None, None)
        assert steps(shared, application.ref) == [
            ("applicant", "begun", ""),
            ("applicant", "done", why),
        ]
    assert reported.number != lifted.number
    assert count(shared, "applications", "state = 'draft'") == 0


def test_at_any_hour_and_on_any_day(shared, held):
    shared.clock.skip(timedelta(days=3, hours=14))  # a Saturday, in the night
    assert shared.loss_desk.report(SHEN, held.ref).status is Status.LOST
    (application,) = losses(shared, SHEN)
    assert application.decided_at.date() == shared.clock.now().date()


def test_nothing_that_is_open_keeps_it_waiting_and_it_keeps_nothing(shared, held):
    shared.apply_desk.begin(SHEN, Matter.RESIDENCE_REGISTRATION)
    others = [permit(shared, SHEN.holder) for _ in range(3)]
    refs = [held.ref, *(other.ref for other in others)]
    found = at_once(lambda n: shared.loss_desk.report(SHEN, refs[n]), len(refs))
    assert not [f for f in found if isinstance(f, Exception)], found
    assert {a.certificate_ref for a in losses(shared, SHEN)} == set(refs)


def toggled(house, me, ref, times, **at_counter):
    for _ in range(times):
        if at_counter:
            number = me.holder.id_number
            house.loss_desk.report_for(LI, ref, number, identity_checked=True)
            house.loss_desk.lift_for(LI, ref, number, identity_checked=True)
        else:
            house.loss_desk.report(me, ref)
            house.loss_desk.lift(me, ref)


def test_however_often_it_is_reported_and_lifted_every_case_stays_in_the_list(shared, held):
    open_one = shared.apply_desk.begin(SHEN, Matter.RESIDENCE_REGISTRATION)
    toggled(shared, SHEN, held.ref, 30, at_counter=True)
    found = shared.apply_desk.all_of(SHEN)
    assert open_one.ref in {a.ref for a in found}
    assert len(losses(shared, SHEN)) == 50
    assert found == sorted(found, key=lambda a: a.begun_at, reverse=True)
    browser = Browser(shared, SHEN)
    assert open_one.number in browser.get("/applications").text
    listed = browser.get("/v1/me/applications").json()["applications"]
    assert open_one.ref in {each["ref"] for each in listed}


def test_what_is_open_stays_in_the_list_however_much_has_ended_since(shared):
    open_one = shared.apply_desk.begin(SHEN, Matter.RESIDENCE_REGISTRATION)
    for _ in range(51):
        ended = shared.apply_desk.begin(SHEN, Matter.RESIDENCE_REGISTRATION, CHILD)
        shared.apply_desk.withdraw(SHEN, ended.ref)
    found = [a.ref for a in shared.apply_desk.all_of(SHEN)]
    assert (len(found), found[0], found[-1]) == (50, ended.ref, open_one.ref)


def test_beyond_ten_in_a_day_it_is_lifted_at_a_counter_and_can_always_be_reported(shared, held):
    toggled(shared, SHEN, held.ref, 10)
    assert shared.loss_desk.report(SHEN, held.ref).changed
    with pytest.raises(ConflictError) as refused:
        shared.loss_desk.lift(SHEN, held.ref)
    assert refused.value.facts["cause"] == "TOO_MANY_LIFTS"
    for lang in ("zh", "en"):
        browser, at = Browser(shared, SHEN, lang), f"/certificates/{held.ref}/loss"
        assert browser.post(f"{at}/lift").headers["location"] == f"{at}?done=too_often"
        assert_sound(browser.get(f"{at}?done=too_often"), lang)
    number = SHEN.holder.id_number
    assert shared.loss_desk.lift_for(LI, held.ref, number, identity_checked=True).changed
    assert shared.loss_desk.report(SHEN, held.ref).changed
    shared.clock.skip(timedelta(days=1))
    assert shared.loss_desk.lift(SHEN, held.ref).changed
    assert not shared.loss_desk.lift(SHEN, held.ref).changed


def test_five_clicks_are_one_report(shared, held):
    found = at_once(lambda _: shared.loss_desk.report(SHEN, held.ref))
    assert sum(f.changed for f in found) == 1
    assert len(losses(shared, SHEN)) == 1


def test_what_is_refused_is_no_application(shared, held):
    with shared.archive.writing() as books:
        now = shared.clock.now()
        books.register.set_status(held.ref, Status.CANCELLED, now, only_from={Status.VALID})
    with pytest.raises(CertificateRevokedError):
        shared.loss_desk.report(SHEN, held.ref)
    assert losses(shared, SHEN) == []


def test_at_the_counter_it_is_the_holders_own_who_never_needed_a_phone(shared, held):
    desk = shared.loss_desk
    assert desk.report_for(LI, held.ref, SHEN.holder.id_number, identity_checked=True).changed
    assert not desk.report_for(LI, held.ref, SHEN.holder.id_number, identity_checked=True).changed
    (application,) = losses(shared, SHEN)  # there when they sign in for the first time
    assert (application.reviewed_by, application.account) == (LI.number, "")
    assert steps(shared, application.ref)[-1] == (LI.number, "done", "reported")
    for lang in ("zh", "en"):
        browser = Browser(shared, SHEN, lang)
        assert application.number in browser.get("/applications").text
        assert browser.get(f"/applications/{application.ref}").status_code == 200


def test_a_guardians_report_is_theirs_and_makes_nobody_known(shared):
    voucher = shared.application(registered(shared).ref).certificate_ref
    with shared.archive.reading() as books:
        before = books.connection.execute(text("SELECT count(*) FROM people")).scalar_one()
    shared.loss_desk.report(FATHER, voucher)
    with shared.archive.reading() as books:
        assert books.connection.execute(text("SELECT count(*) FROM people")).scalar_one() == before
    (application,) = losses(shared, FATHER)
    assert (application.applicant.id_number, application.guardian) == (
        DAUGHTER.holder.id_number,
        FATHER.holder,
    )
    assert losses(shared, DAUGHTER) == []
    for lang in ("zh", "en"):
        assert "何雨桐" in Browser(shared, FATHER, lang).get("/applications").text
    shared.loss_desk.lift(FATHER, voucher)
    assert len(losses(shared, FATHER)) == 2
