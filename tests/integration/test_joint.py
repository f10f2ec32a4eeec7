"""Several matters in one go, from the one click to the last certificate, on either database."""

from datetime import timedelta
from html import unescape

import pytest

from certstore.errors import ConflictError
from certstore.web.texts import load
from issuance.application import State
from issuance.history.tables import History
from issuance.joint.choosing import PERMIT, REGISTRATION
from issuance.joint.predecessors import Standing
from tests.guardians import DAUGHTER, FATHER
from tests.integration.test_issuing import at_once
from tests.integration.test_issuing import shared as shared
from tests.joint import SON, begun, family, member, states, told, verify, with_history
from tests.leases import OWNER, TENANT, lease_of, signed, title, with_housing
from tests.leases import begun as lease_begun
from tests.residents import EVERYWHERE, Browser, assert_sound, resident, vouchers
from tests.sealed import resident as resident_of

CHEN, SHEN, LIN = (resident(key) for key in ("chen_yiming", "shen_xiaozhou", "lin_xiaohe"))
REGISTERED, PERMITTED = ("residence_registration", ""), ("residence_permit", "")
HANDS = 4


def steps(house, ref):
    with house.archive.reading() as books:
        return [(who, step) for _, who, step, _ in History(books.connection).of(ref)]


# -- one after the other -----------------------------------------------------------------------


def test_a_permit_follows_the_registration_it_was_submitted_with(shared):
    with_history(shared)
    ref = begun(shared)
    permit = member(shared, "chen_yiming", ref, PERMIT)
    assert permit.answers == member(shared, "chen_yiming", ref).answers  # asked once
    shared.joint_desk.submit(CHEN, ref)
    assert states(shared, "chen_yiming", ref) == {REGISTERED: "issued", PERMITTED: "routed"}
    permit = shared.application(permit.ref)
    received = shared.calendar.received_on(shared.clock.now()).day
    assert permit.due_on == shared.calendar.add_working_days(received, 8).day
    taken = [step for step in steps(shared, permit.ref) if step[1] in {"waiting", "routed"}]
    assert taken == [("applicant", "waiting"), ("worker", "routed")]
    kept = permit.decision
    assert shared.checklist_desk.judge_again(kept).as_json() == kept["decision"]
    assert "promised" not in str(kept)  # it was begun on the real voucher
    assert shared.review_desk.approve(EVERYWHERE, permit.ref).state is State.ISSUED


def test_no_clock_runs_while_it_waits_and_the_face_of_the_day_it_was_handed_in_counts(shared):
    with_history(shared, "shen_xiaozhou")
    ref = begun(shared, "shen_xiaozhou")
    before = shared.clock.now()
    shared.joint_desk.submit(SHEN, ref)
    first, permit = (member(shared, "shen_xiaozhou", ref, m) for m in (REGISTRATION, PERMIT))
    assert (first.state, permit.state) == (State.IN_REVIEW, State.WAITING)
    assert (permit.due_on, permit.clocks, permit.submitted_at) == (None, None, None)
    assert before <= permit.handed_in_at <= shared.clock.now()
    assert shared.start_desk.work() == 0
    shared.clock.skip(timedelta(hours=3))  # the face is older than ten minutes by now
    shared.review_desk.approve(EVERYWHERE, first.ref, {"dwelling": "yes"})
    assert shared.start_desk.work() == 1
    assert shared.start_desk.work() == 0
    begun_at = shared.application(permit.ref)
    assert begun_at.state is State.ROUTED
    assert begun_at.submitted_at >= permit.handed_in_at + timedelta(hours=3)
    assert begun_at.due_on is not None
    identity = begun_at.decision["decision"]["materials"]["identity"]
    assert identity["outcome"] == "satisfied"
    assert (
        shared.checklist_desk.judge_again(begun_at.decision).as_json()
        == (begun_at.decision["decision"])
    )


def test_a_refused_registration_ends_the_permit_and_one_notice_says_so(shared):
    with_history(shared, "shen_xiaozhou")
    ref = begun(shared, "shen_xiaozhou")
    shared.joint_desk.submit(SHEN, ref)
    first, permit = (member(shared, "shen_xiaozhou", ref, m) for m in (REGISTRATION, PERMIT))
    before = len(told(shared, SHEN))
    shared.review_desk.refuse(EVERYWHERE, first.ref, "ADDRESS_MISMATCH", "")
    ended = shared.application(permit.ref)
    assert (ended.state, ended.reason) == (State.WITHDRAWN, "PREDECESSOR_ENDED")
    assert sorted(told(shared, SHEN)[:-before]) == ["refused", "rest_of_joint"]
    notice = next(n for n in shared.holdings_desk.notices(SHEN) if n.kind == "rest_of_joint")
    assert notice.facts["ended"] == [{"matter": "residence_permit", "child": ""}]
    assert notice.facts["going_on"] == []
    shared.start_desk.work()
    assert len(told(shared, SHEN)) == before + 2
    again = shared.joint_desk.begin_again(SHEN, ref)
    assert again != ref
    kept = [member(shared, "shen_xiaozhou", again, m) for m in (REGISTRATION, PERMIT)]
    assert [a.answers.address for a in kept] == [first.answers.address] * 2
    assert kept[1].after.ref == kept[0].ref


def test_a_registration_waits_for_the_lease_and_finds_its_notice(shared):
    house = with_housing(shared)
    title(house, OWNER)
    lease = lease_begun(house)
    (awaited,) = house.joint_desk.choices(LIN).leases
    assert awaited.ref == lease
    assert house.joint_desk.choices(CHEN).leases == []
    ref = house.joint_desk.begin(LIN, (REGISTRATION,), lease)
    first = member(house, "lin_xiaohe", ref)
    assert first.answers.address == "青桐路66号3幢501室"  # the lease says it: not asked
    verify(house, LIN, first.ref)
    house.joint_desk.submit(LIN, ref)
    waiting = house.application(first.ref)
    assert waiting.state is State.WAITING
    signed(house, lease, OWNER, TENANT)
    assert lease_of(house, lease).state.value == "filed"
    assert house.start_desk.work() == 1
    done = house.application(first.ref)
    assert (done.state, done.automatic) == (State.ISSUED, True)
    (voucher,) = vouchers(house, "lin_xiaohe")
    assert voucher.fields["residence_address"].endswith("青桐路66号3幢501室")
    dwelling = done.decision["decision"]["materials"]["dwelling"]
    assert dwelling["satisfied_by"]["record_id"] == lease_of(house, lease).certificate_ref


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_who_waits_for_a_lease_is_told_what_is_left_to_do_about_it(shared, lang):
    house, words = with_housing(shared), load(lang)
    title(house, OWNER)
    lease = lease_begun(house)
    ref = house.joint_desk.begin(LIN, (REGISTRATION,), lease)
    first = member(house, "lin_xiaohe", ref)
    verify(house, LIN, first.ref)
    house.joint_desk.submit(LIN, ref)
    me = Browser(house, LIN, lang)

    def told_left(left):
        said = words[f"progress.waits_left.{left}"].other
        for page in (f"/applications/{first.ref}", f"/together/{ref}"):
            shown = me.get(page)
            assert_sound(shown, lang)
            assert max(said.split("{matter}"), key=len).strip() in unescape(shown.text)
            assert f'href="/leases/{lease}"' in shown.text

    told_left("sign")
    assert house.progress_desk.one(LIN, first.ref).next.yours
    signed(house, lease, TENANT)
    told_left("signatures")
    assert not house.progress_desk.one(LIN, first.ref).next.yours
    house.lease_desk.stop(resident_of(OWNER), lease)  # the worker has not come by yet
    told_left("ended")
    assert house.application(first.ref).state is State.WAITING


def test_a_declined_lease_ends_what_waits_for_it_with_one_notice(shared):
    house = with_housing(shared)
    title(house, OWNER)
    lease = lease_begun(house)
    ref = house.joint_desk.begin(LIN, (REGISTRATION,), lease)
    first = member(house, "lin_xiaohe", ref)
    verify(house, LIN, first.ref)
    house.joint_desk.submit(LIN, ref)
    with house.archive.reading() as books:
        standing = house.predecessors.standing(books, house.application(first.ref))
    assert standing is Standing.UNDER_WAY
    house.lease_desk.stop(LIN, lease)
    assert house.start_desk.work() == 1
    assert house.start_desk.work() == 0
    assert house.application(first.ref).reason == "PREDECESSOR_ENDED"
    assert told(house, LIN).count("predecessor_ended") == 1
    begun_again = house.apply_desk.begin_again(LIN, first.ref)
    assert begun_again.answers.address == first.answers.address


@pytest.mark.parametrize("filed", [True, False])
def test_a_lease_a_registration_and_a_permit_follow_each_other_to_either_end(shared, filed):
    house = with_housing(shared)
    with_history(house, "lin_xiaohe")
    title(house, OWNER)
    lease = lease_begun(house, first="2027-11-25", last="2028-11-24")
    ref = house.joint_desk.begin(LIN, (REGISTRATION, PERMIT), lease)
    verify(house, LIN, member(house, "lin_xiaohe", ref).ref)
    assert [m.missing for m in house.joint_desk.get(LIN, ref).drafts] == [(), ()]
    joint = house.joint_desk.submit(LIN, ref)
    assert {m.application.state for m in joint.members} == {State.WAITING}
    if not filed:
        house.lease_desk.stop(LIN, lease)
        assert house.start_desk.work() == 1
        assert set(states(house, "lin_xiaohe", ref).values()) == {"withdrawn"}
        assert told(house, LIN).count("predecessor_ended") == 1
        assert "rest_of_joint" not in told(house, LIN)
        return
    signed(house, lease, OWNER, TENANT)
    house.start_desk.work()
    house.start_desk.work()
    assert states(house, "lin_xiaohe", ref) == {REGISTERED: "issued", PERMITTED: "routed"}
    permit = member(house, "lin_xiaohe", ref, PERMIT)
    assert permit.answers.address == "青桐路66号3幢501室"


# -- alike -------------------------------------------------------------------------------------


def test_a_family_moves_in_with_one_home_one_face_and_one_click(shared):
    ref = family(shared)
    children = [member(shared, "he_zhiyuan", ref, child=c.id_number) for c in (DAUGHTER, SON)]
    for child in children:
        relative = child.answers.relative
        assert (relative.id_number, relative.relation) == (FATHER.holder.id_number, "parent")
    joint = shared.joint_desk.get(FATHER, ref)
    assert joint.ready, [m.missing for m in joint.members]
    shared.joint_desk.submit(FATHER, ref)
    assert set(states(shared, "he_zhiyuan", ref).values()) == {"issued"}
    assert len(states(shared, "he_zhiyuan", ref)) == 3
    faces = [s for a in joint.members for s in steps(shared, a.application.ref)]
    assert [step for _, step in faces].count("face_begun") == 1
    for each in (DAUGHTER, SON):
        with shared.archive.reading() as books:
            held = books.register.held_by("111", each.id_number)
        assert [c.status.value for c in held if c.sealed] == ["valid"]


def test_another_home_of_one_child_stays_as_it_was_answered(shared):
    ref = family(shared)
    child = member(shared, "he_zhiyuan", ref, child=SON.id_number)
    elsewhere = child.answers.__class__(
        "rent", "self", None, "海港区", "东堤路1200号5幢603室", child.answers.child
    )
    shared.apply_desk.answer(FATHER, child.ref, elsewhere)
    own = member(shared, "he_zhiyuan", ref)
    moved = own.answers.__class__("own", "self", None, "云杉区", "林语路33弄12号602室")
    shared.apply_desk.answer(FATHER, own.ref, moved)
    found = {
        c.id_number: member(shared, "he_zhiyuan", ref, child=c.id_number) for c in (DAUGHTER, SON)
    }
    assert found[SON.id_number].answers == elsewhere
    assert found[DAUGHTER.id_number].answers.address == "林语路33弄12号602室"


# -- two hands at once -------------------------------------------------------------------------


def test_hands_that_begin_at_once_begin_one_joint_submission(shared):
    with_history(shared)
    found = at_once(lambda _: shared.joint_desk.begin(CHEN, (REGISTRATION, PERMIT)), HANDS)
    assert len(set(found)) == 1, found
    assert len(shared.joint_desk.get(CHEN, found[0]).members) == 2


def test_hands_that_submit_at_once_submit_once(shared):
    with_history(shared)
    ref = begun(shared)
    found = at_once(lambda _: shared.joint_desk.submit(CHEN, ref), HANDS)
    for each in found:
        assert not isinstance(each, Exception) or isinstance(each, ConflictError), each
    shared.start_desk.work()
    shared.issuance_desk.finish(lambda *_: None)
    shared.start_desk.work()
    assert states(shared, "chen_yiming", ref) == {REGISTERED: "issued", PERMITTED: "routed"}
    permit = member(shared, "chen_yiming", ref, PERMIT)
    assert steps(shared, permit.ref).count(("worker", "routed")) <= 1
    today = shared.clock.now().date()
    held = [c for c in vouchers(shared, "chen_yiming") if c.status_on(today).value == "valid"]
    assert len(held) == 1


def test_of_a_start_and_a_withdrawal_at_once_one_wins_and_the_other_leaves_it(shared):
    with_history(shared, "shen_xiaozhou")
    ref = begun(shared, "shen_xiaozhou")
    shared.joint_desk.submit(SHEN, ref)
    first, permit = (member(shared, "shen_xiaozhou", ref, m) for m in (REGISTRATION, PERMIT))
    shared.review_desk.approve(EVERYWHERE, first.ref, {"dwelling": "yes"})
    waiting = shared.application(permit.ref)
    acts = (
        lambda: shared.start_desk.go_on(waiting),
        lambda: shared.apply_desk.withdraw(SHEN, permit.ref),
    )
    found = at_once(lambda number: acts[number % 2](), 2)
    assert not [f for f in found if isinstance(f, Exception)]
    taken = [step for _, step in steps(shared, permit.ref)]
    assert shared.application(permit.ref).state is State.WITHDRAWN
    assert taken.count("withdrawn") == 1
    assert taken.count("routed") <= 1


@pytest.mark.parametrize("machines", [1, 3])
def test_what_a_crash_left_is_begun_once_however_many_machines_look(shared, machines):
    with_history(shared, "shen_xiaozhou")
    ref = begun(shared, "shen_xiaozhou")
    shared.joint_desk.submit(SHEN, ref)
    first, permit = (member(shared, "shen_xiaozhou", ref, m) for m in (REGISTRATION, PERMIT))
    shared.review_desk.approve(EVERYWHERE, first.ref, {"dwelling": "yes"})
    at_once(lambda _: shared.start_desk.work(), machines)
    taken = [step for _, step in steps(shared, permit.ref)]
    assert taken.count("routed") == 1
    assert told(shared, SHEN).count("in_review") == 3  # once for each that an officer has had
