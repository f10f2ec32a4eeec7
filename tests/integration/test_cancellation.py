"""Cancelling a permit, or a registration with its permit: by two officers, once, for good."""

from dataclasses import replace
from datetime import timedelta

import pytest

from certstore.certificates import Status
from certstore.errors import (
    CertificateRevokedError,
    ConflictError,
    ForbiddenError,
    MalformedError,
    NotFoundError,
)
from issuance.application import Matter, State
from issuance.four_eyes.tables import ProposalBook
from issuance.matters.cards.tables import CardBook
from issuance.refusals.reasons import reasons_for
from issuance.still_guardian import still_acts
from issuance.waiting.queue import Asked
from tests.guardians import DAUGHTER, FATHER, STRANGER, registered, verified
from tests.holders import (
    HOLDER,
    MA,
    ME,
    TANG,
    asked,
    confirmed_by_two,
    drafted,
    inbox,
    newest,
    permit_holder,
)
from tests.integration.test_issuing import at_once
from tests.integration.test_issuing import shared as shared
from tests.residents import GAO, LI, Browser, resident, submitted, verify_face
from tests.unit.issuance.desk_walks import CHIEF
from tests.unit.issuance.test_issue import count

STRANGER_TO_IT = resident("lin_xiaohe")
CANCELLATION, PERMIT, VOUCHER = Matter.CANCELLATION, "residence_permit", "residence_voucher"


@pytest.fixture
def permit(shared):
    return permit_holder(shared)


def said_of(house, certificate):
    code = house.objects.get(certificate.file("code").sha256).decode()
    http = Browser(house, None).http
    json = {"accept": "application/json"}
    return http.post("/v1/verify/code", json={"code": code}, headers=json).json()["verdict"]


def stage(house, certificate):
    house.card_keeping_desk.order_missing()
    house.card_keeping_desk.stop_ended()
    with house.archive.reading() as books:
        return CardBook(books.connection).find(certificate.ref).stage


def state(house, ref):
    return house.apply_desk.get(ME, ref).state


def test_a_permit_is_cancelled_by_two_officers_and_the_registration_stays(shared, permit):
    stage(shared, permit)
    sent = asked(shared, CANCELLATION, "own_wish", PERMIT)
    assert (sent.state, sent.automatic) == (State.IN_REVIEW, False)
    received = shared.calendar.received_on(shared.clock.now()).day
    assert sent.due_on == shared.calendar.add_working_days(received, 7).day
    assert shared.review_desk.approve(MA, sent.ref).state is State.IN_REVIEW
    assert newest(shared).status is Status.VALID  # proposed only
    with shared.archive.reading() as books:
        proposal = ProposalBook(books.connection).open_one(sent.ref)
    with pytest.raises(ForbiddenError):
        shared.second_desk.confirm(MA, sent.ref, proposal.ref)
    done = shared.second_desk.confirm(TANG, sent.ref, proposal.ref)
    assert (done.state, done.certificate_ref) == (State.DONE, permit.ref)
    assert newest(shared).status is Status.CANCELLED
    assert newest(shared, VOUCHER).status is Status.VALID
    assert said_of(shared, permit) == "revoked"
    assert stage(shared, permit) == "stopped"
    assert "certificate_cancelled" in inbox(shared)
    told = count(shared, "outbox", "subject = 'certificate.cancelled'")
    assert told == 1
    (entry,) = [e for e in shared.holdings_desk.usage(ME) if e.kind == "status"]
    assert (entry.record["matter"], entry.record["certificate_ref"]) == ("cancellation", permit.ref)
    with pytest.raises(CertificateRevokedError):
        shared.loss_desk.report(ME, permit.ref)


def test_a_registration_goes_with_its_permit_and_can_be_begun_again(shared, permit):
    sent = asked(shared, CANCELLATION, "moved_away", VOUCHER)
    assert confirmed_by_two(shared, sent.ref).state is State.DONE
    assert newest(shared).status is Status.CANCELLED
    former = newest(shared, VOUCHER)
    assert former.status is Status.CANCELLED
    assert count(shared, "outbox", "subject = 'certificate.cancelled'") == 2
    with pytest.raises(ConflictError) as refused:
        shared.apply_desk.begin(ME, Matter.REISSUE)
    assert refused.value.facts["cause"] == "NOT_REGISTERED"
    with pytest.raises(ConflictError) as refused:
        shared.apply_desk.begin(ME, CANCELLATION)
    assert refused.value.facts["cause"] == "NOTHING_TO_CANCEL"
    assert submitted(shared, HOLDER).state is State.ISSUED
    again = newest(shared, VOUCHER)
    valid = [c for c in (again, former) if c.status is Status.VALID]
    assert len(valid) == 1
    assert permit.ref != again.ref


def test_a_loss_that_was_reported_ends_with_it_and_is_never_lifted(shared, permit):
    shared.loss_desk.report(ME, permit.ref)
    sent = asked(shared, CANCELLATION, "own_wish", PERMIT)
    confirmed_by_two(shared, sent.ref)
    found = shared.loss_desk.state(ME, permit.ref)
    assert (found.loss, found.standing) == (None, "ended")
    assert found.holds[-1].lifted_for == "cancelled"
    with pytest.raises(CertificateRevokedError):
        shared.loss_desk.lift(ME, permit.ref)


@pytest.mark.parametrize("about", [PERMIT, VOUCHER])
def test_what_rests_on_it_ends_with_a_notice_and_the_rest_goes_on(shared, permit, about):
    reissue = asked(shared, Matter.REISSUE, "damaged")
    moving = shared.apply_desk.begin(ME, Matter.ADDRESS_CHANGE)
    sent = asked(shared, CANCELLATION, "own_wish", about)
    assert confirmed_by_two(shared, sent.ref).state is State.DONE
    assert state(shared, reissue.ref) is State.WITHDRAWN
    ends = about == VOUCHER
    assert state(shared, moving.ref) is (State.WITHDRAWN if ends else State.DRAFT)
    assert inbox(shared).count("application_ended") == (2 if ends else 1)
    with pytest.raises(ConflictError):
        shared.review_desk.approve(MA, reissue.ref)  # the case moved


def test_while_a_later_version_is_being_issued_none_is_begun(shared, permit, monkeypatch):
    reissue = asked(shared, Matter.REISSUE, "damaged")
    with monkeypatch.context() as stands_still:
        stands_still.setattr(type(shared.issuance_desk), "attempt", lambda *_: False)
        shared.review_desk.approve(MA, reissue.ref)
    with pytest.raises(ConflictError) as refused:
        shared.apply_desk.begin(ME, CANCELLATION)
    assert refused.value.facts["cause"] == "BEING_ISSUED"
    shared.issuance_desk.finish(lambda ref, error: pytest.fail(f"{ref}: {error}"))
    assert newest(shared).previous_ref == permit.ref
    assert shared.apply_desk.begin(ME, CANCELLATION).state is State.DRAFT


def test_approved_beside_a_later_version_it_is_carried_out_after_that(shared, permit, monkeypatch):
    reissue = asked(shared, Matter.REISSUE, "damaged")
    sent = asked(shared, CANCELLATION, "own_wish", PERMIT)
    with monkeypatch.context() as stands_still:
        stands_still.setattr(type(shared.issuance_desk), "attempt", lambda *_: False)
        shared.review_desk.approve(MA, reissue.ref)
    assert confirmed_by_two(shared, sent.ref).state is State.APPROVED  # held up, and seen to be
    (line,) = shared.review_desk.waiting(Asked("held"), MA).lines
    assert line.ref == sent.ref
    assert "being issued" in line.held_up.detail
    shared.issuance_desk.issue(reissue.ref)
    shared.clock.skip(timedelta(minutes=11))
    shared.issuance_desk.finish(lambda ref, error: pytest.fail(f"{ref}: {error}"))
    assert state(shared, sent.ref) is State.DONE
    assert (newest(shared).version, newest(shared).status) == (2, Status.CANCELLED)
    assert permit.ref != newest(shared).ref


def test_after_a_crash_it_is_carried_out_once_whoever_comes(shared, permit, monkeypatch):
    sent = asked(shared, CANCELLATION, "own_wish", PERMIT)
    with monkeypatch.context() as stands_still:
        stands_still.setattr(type(shared.issuance_desk), "attempt", lambda *_: False)
        confirmed_by_two(shared, sent.ref)
    assert newest(shared).status is Status.VALID
    at_once(lambda _: shared.issuance_desk.attempt(sent.ref))
    assert state(shared, sent.ref) is State.DONE
    assert count(shared, "outbox", "subject = 'certificate.cancelled'") == 1
    assert count(shared, "application_events", "step = 'done'") == 1
    assert newest(shared).ref == permit.ref


def test_what_ended_otherwise_meanwhile_leaves_nothing_to_do_and_no_case_hanging(shared, permit):
    sent = asked(shared, CANCELLATION, "own_wish", PERMIT)
    with shared.archive.writing() as books:
        now = shared.clock.now()
        books.register.set_status(permit.ref, Status.REVOKED, now, only_from={Status.VALID})
    done = confirmed_by_two(shared, sent.ref)
    assert (done.state, done.certificate_ref) == (State.DONE, None)
    assert newest(shared).status is Status.REVOKED


def test_the_officer_reads_what_really_ends_and_chooses_of_reasons_that_fit(shared):
    key = "chen_yiming"  # registered, and without a permit
    submitted(shared, key)
    me = resident(key)
    ref = shared.apply_desk.begin(me, CANCELLATION).ref
    shared.apply_desk.say_why(me, ref, "moved_away", VOUCHER)
    verify_face(shared, key, ref)
    shared.apply_desk.submit(me, ref)
    assert shared.review_desk.open(CHIEF, ref).ends == (VOUCHER,)
    page = Browser(shared, CHIEF).get(f"/desk/cases/{ref}").text
    assert "居住登记凭证" in page
    assert "居住证、" not in page
    for code in ("ADDRESS_MISMATCH", "PHOTO_QUALITY", "HALF_YEAR_SHORT"):
        assert f'value="{code}"' not in page
    assert 'value="GROUND_UNPROVEN"' in page


def test_five_clicks_are_one_application(shared, permit):
    draft = drafted(shared, CANCELLATION, "own_wish", PERMIT)
    found = at_once(lambda _: shared.apply_desk.submit(ME, draft.ref))
    assert [getattr(f, "ref", f) for f in found] == [draft.ref] * 5
    assert count(shared, "outbox", "subject = 'application.submitted'") == 3


def test_withdrawn_before_the_decision_nothing_ends(shared, permit):
    sent = asked(shared, CANCELLATION, "moved_away", VOUCHER)
    shared.apply_desk.withdraw(ME, sent.ref)
    with pytest.raises(ConflictError):
        shared.review_desk.approve(MA, sent.ref)
    assert newest(shared).ref == permit.ref
    assert newest(shared).status is Status.VALID


def test_it_is_never_approved_together_with_others(shared, permit):
    sent = asked(shared, CANCELLATION, "own_wish", PERMIT)
    (line,) = shared.review_desk.waiting(Asked(), MA).lines
    assert line.ref == sent.ref
    assert not line.clear


def test_another_station_and_what_is_not_held_are_refused(shared, permit):
    sent = asked(shared, CANCELLATION, "own_wish", PERMIT)
    with pytest.raises(ForbiddenError):
        shared.review_desk.approve(LI, sent.ref)
    confirmed_by_two(shared, sent.ref)
    ref = shared.apply_desk.begin(ME, CANCELLATION).ref
    assert shared.apply_desk.cancellable(ME, ref) == (VOUCHER,)
    for why, about, errors in (
        ("own_wish", PERMIT, {"about": "not_held"}),
        ("own_wish", "", {"about": "missing"}),
        ("lost", "lease_filing", {"ground": "unknown", "about": "unknown"}),
    ):
        with pytest.raises(MalformedError) as refused:
            shared.apply_desk.say_why(ME, ref, why, about)
        assert refused.value.facts["errors"] == errors


def test_what_was_cancelled_meanwhile_stops_a_draft_that_wants_the_same(shared, permit):
    ref = drafted(shared, CANCELLATION, "own_wish", PERMIT).ref
    with shared.archive.writing() as books:
        now = shared.clock.now()
        books.register.set_status(permit.ref, Status.CANCELLED, now, only_from={Status.VALID})
    verify_face(shared, HOLDER, ref)
    with pytest.raises(ConflictError) as refused:
        shared.apply_desk.submit(ME, ref)
    assert refused.value.facts["missing"] == ["NOTHING_TO_CANCEL"]


def test_a_guardian_cancels_the_childs_registration_and_both_are_told(shared):
    voucher = shared.application(registered(shared).ref).certificate_ref
    draft = shared.apply_desk.begin(FATHER, CANCELLATION, DAUGHTER)
    assert shared.apply_desk.cancellable(FATHER, draft.ref) == (VOUCHER,)
    shared.apply_desk.say_why(FATHER, draft.ref, "moved_away", VOUCHER)
    verified(shared, FATHER, draft.ref)
    sent = shared.apply_desk.submit(FATHER, draft.ref)
    assert sent.state is State.IN_REVIEW
    first, second = replace(LI, supervisor=True), replace(GAO, supervisor=True)
    shared.review_desk.approve(first, sent.ref)
    with shared.archive.reading() as books:
        proposal = ProposalBook(books.connection).open_one(sent.ref)
    assert shared.second_desk.confirm(second, sent.ref, proposal.ref).state is State.DONE
    with shared.archive.reading() as books:
        assert books.register.get(voucher).status is Status.CANCELLED
    for who in (FATHER, resident("he_yutong")):
        kinds = [notice.kind for notice in shared.holdings_desk.notices(who)]
        assert kinds.count("certificate_cancelled") == 1


def asked_for_the_child(house):
    """The voucher of the child, and its cancellation as its father sent it."""
    voucher = house.application(registered(house).ref).certificate_ref
    draft = house.apply_desk.begin(FATHER, CANCELLATION, DAUGHTER)
    house.apply_desk.say_why(FATHER, draft.ref, "moved_away", VOUCHER)
    verified(house, FATHER, draft.ref)
    return voucher, house.apply_desk.submit(FATHER, draft.ref).ref


def confirmed(house, ref):
    with house.archive.reading() as books:
        proposal = ProposalBook(books.connection).open_one(ref)
    return house.second_desk.confirm(replace(GAO, supervisor=True), ref, proposal.ref)


def guardianship_ended(house):
    """Every record that names the father as a parent is revoked."""
    with house.archive.writing() as books:
        for record in books.register.held_by("111", DAUGHTER.id_number):
            if record.type_code in {"birth_certificate", "household_register"}:
                now = house.clock.now()
                books.register.set_status(
                    record.ref, Status.REVOKED, now, only_from={record.status}
                )


def status_of(house, ref):
    with house.archive.reading() as books:
        return books.register.get(ref).status


def test_whoever_merely_named_a_child_is_told_nothing_and_keeps_their_draft(shared):
    _, ref = asked_for_the_child(shared)
    strangers = [
        shared.apply_desk.begin(STRANGER, matter, DAUGHTER).ref
        for matter in (Matter.ADDRESS_CHANGE, Matter.REGISTRATION_RENEWAL, Matter.REISSUE)
    ]
    own = shared.apply_desk.begin(FATHER, Matter.ADDRESS_CHANGE, DAUGHTER).ref
    before = [notice.kind for notice in shared.holdings_desk.notices(STRANGER)]
    shared.review_desk.approve(replace(LI, supervisor=True), ref)
    assert confirmed(shared, ref).state is State.DONE
    assert [notice.kind for notice in shared.holdings_desk.notices(STRANGER)] == before
    assert {shared.application(draft).state for draft in strangers} == {State.DRAFT}
    assert shared.application(own).state is State.WITHDRAWN


def test_for_somebody_who_is_guardian_no_more_nothing_is_proposed(shared):
    voucher, ref = asked_for_the_child(shared)
    guardianship_ended(shared)
    officer = replace(LI, supervisor=True)
    with pytest.raises(ConflictError) as refused:
        shared.review_desk.approve(officer, ref)
    assert refused.value.facts["cause"] == "guardian_ended"
    assert status_of(shared, voucher) is Status.VALID
    page = Browser(shared, officer).post(f"/desk/cases/{ref}", decision="approve")
    assert (page.status_code, "监护人" in page.text) == (422, True)
    shared.review_desk.open(officer, ref, claim=True)
    codes = [*reasons_for("cancellation")][:1]
    assert shared.review_desk.refuse(officer, ref, codes, "监护关系已变") is not None


def test_for_somebody_who_is_guardian_no_more_nothing_is_confirmed(shared):
    voucher, ref = asked_for_the_child(shared)
    shared.review_desk.approve(replace(LI, supervisor=True), ref)
    guardianship_ended(shared)
    with pytest.raises(ConflictError) as refused:
        confirmed(shared, ref)
    assert refused.value.facts["cause"] == "guardian_ended"
    assert shared.application(ref).state is State.IN_REVIEW
    assert status_of(shared, voucher) is Status.VALID


def test_for_somebody_who_is_guardian_no_more_nothing_is_carried_out(shared, monkeypatch):
    voucher, ref = asked_for_the_child(shared)
    shared.review_desk.approve(replace(LI, supervisor=True), ref)
    with monkeypatch.context() as stands_still:
        stands_still.setattr(type(shared.issuance_desk), "attempt", lambda *_: False)
        confirmed(shared, ref)
    guardianship_ended(shared)
    assert shared.issuance_desk.attempt(ref) is False
    assert shared.application(ref).state is State.APPROVED
    assert status_of(shared, voucher) is Status.VALID
    (line,) = shared.review_desk.waiting(Asked("held"), replace(LI, supervisor=True)).lines
    assert "no more" in line.held_up.detail


@pytest.mark.parametrize(
    ("outcome", "acts"), [("must_upload", True), ("officer_review", True), ("satisfied", False)]
)
def test_what_only_a_paper_shows_is_for_the_officer_and_a_record_is_asked_anew(
    shared, outcome, acts
):
    draft = shared.apply_desk.begin(STRANGER, CANCELLATION, DAUGHTER)
    judged = {"decision": {"materials": {"guardianship": {"outcome": outcome}}}}
    today = shared.clock.now().date()
    with shared.archive.reading() as books:
        assert still_acts(books, replace(draft, decision=judged), today) is acts
        assert not still_acts(books, draft, today)  # nothing was ever judged


def test_of_a_child_that_is_not_in_ones_care_nothing_is_told(shared):
    registered(shared)
    draft = shared.apply_desk.begin(STRANGER, CANCELLATION, DAUGHTER)
    assert draft.answers.district == ""
    both = (PERMIT, VOUCHER)
    assert shared.apply_desk.cancellable(STRANGER, draft.ref) == both  # as of one nobody knows
    shared.apply_desk.say_why(STRANGER, draft.ref, "own_wish", PERMIT)
    verified(shared, STRANGER, draft.ref)
    with pytest.raises(ConflictError) as refused:
        shared.apply_desk.submit(STRANGER, draft.ref)
    assert refused.value.facts["missing"] == ["guardianship"]


def test_anothers_is_as_absent_as_none(shared, permit):
    sent = drafted(shared, CANCELLATION, "own_wish", PERMIT)
    for ask in (
        lambda: shared.apply_desk.say_why(STRANGER_TO_IT, sent.ref, "own_wish", VOUCHER),
        lambda: shared.apply_desk.cancellable(STRANGER_TO_IT, sent.ref),
        lambda: shared.apply_desk.submit(STRANGER_TO_IT, sent.ref),
    ):
        with pytest.raises(NotFoundError):
            ask()
    assert newest(shared).ref == permit.ref
    page = Browser(shared, STRANGER_TO_IT)
    assert page.get(f"/applications/{sent.ref}/why").status_code == 404
    assert Browser(shared, ME).http.post(f"/applications/{sent.ref}/why").status_code == 403
