"""A loss and its lifting are applications like any other, done as they are asked for."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from certstore.certificates import Status
from certstore.errors import CertificateRevokedError
from issuance.application import Matter, State
from issuance.history.tables import History
from tests.guardians import FATHER, registered
from tests.integration.test_issuing import at_once
from tests.integration.test_issuing import shared as shared
from tests.permits import permit
from tests.residents import LI, Browser, resident
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
    assert desk.report_for(LI, held.ref, identity_checked=True).changed
    assert not desk.report_for(LI, held.ref, identity_checked=True).changed
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
