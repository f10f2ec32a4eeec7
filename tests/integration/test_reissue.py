"""A permit issued anew: another card, the same days, and the former one dead for good."""

import hashlib
from datetime import timedelta

import pytest

from certstore.certificates import Status
from certstore.errors import CertificateRevokedError, ConflictError, MalformedError
from certstore.holds.keeping import place_hold
from certstore.holds.kinds import BY_RULE, HoldKind
from issuance.application import Matter, State
from issuance.matters.cards.tables import CardBook
from issuance.photo_capture import DOCUMENTS, PHOTO
from tests.holders import HOLDER, MA, ME, TANG, asked, drafted, held, inbox, newest, permit_holder
from tests.integration.test_issuing import at_once
from tests.integration.test_issuing import shared as shared
from tests.residents import Browser, verify_face
from tests.unit.issuance.test_photo_capture import SOUND

REISSUE = Matter.REISSUE


@pytest.fixture
def permit(shared):
    return permit_holder(shared)


def said_of(house, certificate):
    """What the scanner says of a printed code."""
    code = house.objects.get(certificate.file("code").sha256).decode()
    http = Browser(house, None).http
    json = {"accept": "application/json"}
    return http.post("/v1/verify/code", json={"code": code}, headers=json).json()["verdict"]


def status(house, ref):
    with house.archive.reading() as books:
        return books.register.get(ref).status


def order_of(house, certificate):
    house.card_keeping_desk.order_missing()
    house.card_keeping_desk.stop_ended()
    with house.archive.reading() as books:
        return CardBook(books.connection).find(certificate.ref)


def test_lost_then_issued_anew_kills_the_old_one_for_good_and_orders_a_card(shared, permit):
    order_of(shared, permit)
    shared.loss_desk.report(ME, permit.ref)
    sent = asked(shared, REISSUE, "lost")
    assert (sent.state, sent.automatic) == (State.IN_REVIEW, False)
    received = shared.calendar.received_on(shared.clock.now()).day
    assert sent.due_on == shared.calendar.add_working_days(received, 7).day
    assert newest(shared).ref == permit.ref  # nothing before an officer decides
    done = shared.review_desk.approve(MA, sent.ref)
    assert done.state is State.ISSUED
    new = newest(shared)
    assert (new.version, new.status) == (2, Status.VALID)
    assert new.validity == permit.validity
    assert new.number == permit.number
    assert status(shared, permit.ref) is Status.SUPERSEDED
    for act in (shared.loss_desk.lift, shared.loss_desk.report):
        with pytest.raises(CertificateRevokedError):
            act(ME, permit.ref)
    assert shared.loss_desk.state(ME, new.ref).loss is None  # never carried
    assert (said_of(shared, permit), said_of(shared, new)) == ("superseded", "valid")
    assert order_of(shared, new).stage == "ordered"
    assert order_of(shared, permit).stage == "stopped"


def test_applying_because_it_was_lost_reports_the_loss_by_that(shared, permit):
    draft = drafted(shared, REISSUE, "lost")
    assert status(shared, permit.ref) is Status.VALID  # nothing before it is sent
    shared.apply_desk.submit(ME, draft.ref)
    assert status(shared, permit.ref) is Status.LOST
    assert "loss_reported" in inbox(shared)
    matters = [a.matter for a in shared.apply_desk.all_of(ME)]
    assert matters.count(Matter.LOSS_REPORT) == 1
    shared.apply_desk.submit(ME, draft.ref)  # the second click
    assert [a.matter for a in shared.apply_desk.all_of(ME)] == matters


@pytest.mark.parametrize("why", ["damaged", "data_changed"])
def test_for_another_reason_the_old_one_works_until_the_new_is_there(shared, permit, why):
    sent = asked(shared, REISSUE, why)
    assert status(shared, permit.ref) is Status.VALID
    shared.review_desk.approve(MA, sent.ref)
    assert status(shared, permit.ref) is Status.SUPERSEDED
    assert newest(shared).status is Status.VALID


def test_a_lift_in_between_counts_until_another_is_issued_and_never_after(shared, permit):
    sent = asked(shared, REISSUE, "lost")
    assert shared.loss_desk.lift(ME, permit.ref).status is Status.VALID
    shared.review_desk.approve(MA, sent.ref)
    with pytest.raises(CertificateRevokedError):
        shared.loss_desk.lift(ME, permit.ref)
    assert (status(shared, permit.ref), newest(shared).status) == (
        Status.SUPERSEDED,
        Status.VALID,
    )


def test_a_lift_at_the_moment_of_the_issue_brings_nothing_back(shared, permit):
    sent = asked(shared, REISSUE, "lost")

    def hand(number):
        if number % 2:
            return shared.loss_desk.lift(ME, permit.ref)
        return shared.review_desk.approve(MA, sent.ref)

    found = at_once(hand, 4)
    known = (CertificateRevokedError, ConflictError)
    assert all(isinstance(f, known) for f in found if isinstance(f, Exception)), found
    shared.issuance_desk.finish(lambda ref, error: pytest.fail(f"{ref}: {error}"))
    assert status(shared, permit.ref) is Status.SUPERSEDED
    assert [c.status for c in held(shared)] == [Status.VALID, Status.SUPERSEDED]


def test_an_officer_who_acts_on_a_case_that_moved_is_told(shared, permit):
    sent = asked(shared, REISSUE, "damaged")
    shared.apply_desk.withdraw(ME, sent.ref)
    with pytest.raises(ConflictError) as told:
        shared.review_desk.approve(MA, sent.ref)
    assert told.value.facts["cause"] in {"DECIDED", "MOVED"}
    assert newest(shared).ref == permit.ref
    again = shared.apply_desk.begin_again(ME, sent.ref)
    assert again.answers.why == "damaged"


def test_a_lost_one_past_its_day_is_issued_anew_and_endorsed_with_it(shared, permit):
    renew(shared)
    shared.clock.skip(permit.validity.valid_to - shared.clock.now().date() + timedelta(days=3))
    assert shared.endorsement_desk.suspend_overdue() == 1
    shared.loss_desk.report(ME, permit.ref)
    sent = asked(shared, REISSUE, "lost")
    done = shared.review_desk.approve(MA, sent.ref)
    assert done.state is State.ISSUED
    new = newest(shared)
    assert (new.version, new.status) == (2, Status.VALID)
    assert new.validity.valid_from == sent.submitted_at.date()  # no grace: the years count anew
    assert shared.endorsement_desk.suspend_overdue() == 0


def test_one_that_runs_keeps_its_days_and_an_endorsement_that_ran_out_meanwhile_is_made_up(
    shared, permit
):
    renew(shared)
    shared.clock.skip(permit.validity.valid_to - shared.clock.now().date())
    sent = asked(shared, REISSUE, "damaged")  # on its last day, in time
    shared.clock.skip(timedelta(days=2))
    shared.endorsement_desk.suspend_overdue()
    shared.review_desk.approve(MA, sent.ref)
    new = newest(shared)
    ends = permit.validity.valid_to
    assert new.status is Status.VALID
    assert new.validity.valid_from == permit.validity.valid_from
    assert new.validity.valid_to == ends.replace(year=ends.year + 1)


def renew(house):
    voucher = newest(house, "residence_voucher")
    house.clock.skip(voucher.validity.valid_to - house.clock.now().date() - timedelta(days=10))
    ref = house.apply_desk.begin(ME, Matter.REGISTRATION_RENEWAL).ref
    verify_face(house, HOLDER, ref)
    assert house.apply_desk.submit(ME, ref).state is State.ISSUED


def test_what_the_authority_suspended_is_not_issued_anew_by_asking(shared, permit):
    with shared.archive.writing() as books:
        now = shared.clock.now()
        place_hold(books, permit.ref, HoldKind.AUTHORITY, BY_RULE, "tested", now)
    with pytest.raises(ConflictError) as refused:
        shared.apply_desk.begin(ME, REISSUE)
    assert refused.value.facts["cause"] == "PERMIT_HELD"


def test_without_a_permit_there_is_none_to_issue_anew(shared):
    with pytest.raises(ConflictError) as refused:
        shared.apply_desk.begin(ME, REISSUE)
    assert refused.value.facts["cause"] == "NOT_REGISTERED"


def test_what_is_no_reason_of_the_list_is_named(shared, permit):
    ref = shared.apply_desk.begin(ME, REISSUE).ref
    for why, fault in (("", "missing"), ("boredom", "unknown"), ("own_wish", "unknown")):
        with pytest.raises(MalformedError) as refused:
            shared.apply_desk.say_why(ME, ref, why)
        assert refused.value.facts["errors"] == {"ground": fault}
    with pytest.raises(ConflictError):
        shared.apply_desk.submit(ME, ref)  # not answered


def test_five_clicks_are_one_application_and_five_officers_one_card(shared, permit):
    draft = drafted(shared, REISSUE, "lost")
    found = at_once(lambda _: shared.apply_desk.submit(ME, draft.ref))
    assert [getattr(f, "ref", f) for f in found] == [draft.ref] * 5
    losses = [a for a in shared.apply_desk.all_of(ME) if a.matter is Matter.LOSS_REPORT]
    assert len(losses) == 1
    found = at_once(lambda n: shared.review_desk.approve((MA, TANG)[n % 2], draft.ref))
    assert sum(not isinstance(f, Exception) for f in found) == 1
    assert [c.version for c in held(shared)] == [2, 1]
    assert held(shared)[1].ref == permit.ref


def test_a_damaged_one_with_a_new_photo_prints_the_one_an_officer_accepted(shared, permit):
    draft = drafted(shared, REISSUE, "damaged")
    assert shared.photo_desk.offer(ME, draft.ref, SOUND, DOCUMENTS[0]).may_be_kept
    offered = shared.photo_desk.look(ME, draft.ref).offered
    shared.photo_desk.confirm(ME, draft.ref, offered.ref)
    upload = shared.photo_desk.look(ME, draft.ref).kept
    picture = shared.photo_desk.picture(ME, draft.ref, upload.ref, PHOTO)
    sent = shared.apply_desk.submit(ME, draft.ref)
    with pytest.raises(MalformedError):
        shared.review_desk.approve(MA, sent.ref)  # nobody has looked at it
    done = shared.review_desk.approve(MA, sent.ref, {"photo": "yes"})
    assert done.state is State.ISSUED
    printed = newest(shared).file("photo").sha256
    assert printed == hashlib.sha256(picture).hexdigest()
    assert printed != permit.file("photo").sha256
