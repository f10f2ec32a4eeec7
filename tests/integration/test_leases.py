"""Leases from the first word to the filed notice, and what it then serves."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from certstore.callers import Clerk
from certstore.certificates import Holder, Status
from certstore.codes.claims import CodeClaims
from certstore.codes.profiles import open_code
from certstore.errors import (
    ConflictError,
    ForbiddenError,
    MalformedError,
    NotFoundError,
    RateLimitedError,
    UnavailableError,
)
from issuance.application import Answers, Matter
from issuance.commitment import digest_of
from issuance.matters.lease.desk import MOST_OPEN
from issuance.matters.lease.signing import judge_signed
from issuance.matters.lease.states import State
from tests.house import house_in
from tests.leases import (
    FRIEND,
    HOME,
    OWNER,
    SPOUSE,
    TENANT,
    begun,
    codes,
    filed,
    lease_of,
    signed,
    title,
    typed,
    verified,
    with_housing,
)
from tests.sealed import handed_in, resident

CLERK = Clerk("许经办", "F07", "11310000MB0T00023P")
POLICE = Clerk("秦经办", "J03", "11310000MB0T00015W")


@pytest.fixture
def house(tmp_path):
    """A house whose housing authority issues, with a title of the owner's on file."""
    opened = with_housing(house_in(tmp_path / "house"))
    title(opened, OWNER)
    yield opened
    opened.close()


def notice_of(house, lease):
    with house.archive.reading() as books:
        return books.register.get(lease.certificate_ref)


def inbox(house, who):
    with house.archive.reading() as books:
        person = books.people.find(who.id_type, who.id_number)
        return [notice.kind for notice in books.inbox.of(person.id)] if person else []


def uses(house, who):
    found = house.holdings_desk.usage(resident(who))
    return [(e.kind, e.record.get("purpose")) for e in found]


def count(house, table, where="1=1"):
    with house.archive.reading() as books:
        query = f"SELECT count(*) FROM {table} WHERE {where}"
        return books.connection.exec_driver_sql(query).scalar_one()


# -- the whole way ---------------------------------------------------------------------------


def test_two_parties_sign_and_the_notice_is_issued_at_once_to_both(house):
    lease = filed(house)
    assert (lease.state, lease.due_on, lease.decided_by) == (
        State.FILED,
        date(2026, 11, 26),
        "rules",
    )
    notice = notice_of(house, lease)
    assert notice.sealed
    assert notice.issuer_uscc == "11310000MB0T00023P"
    assert [h.name for h in notice.holders] == [TENANT.name, OWNER.name]
    assert notice.fields["roles"] == "lessee,lessor"
    assert TENANT.id_number not in str(notice.fields)
    assert {file.role for file in notice.files} == {"document", "code", "credential"}
    for who in (OWNER, TENANT):
        held = house.holdings_desk.of(resident(who))
        assert held[0].holders[0] == who or held[1].holders[0] == who
        assert ("issue", "lease_filing") in uses(house, who)
    assert "given" in inbox(house, OWNER)
    assert "given" in inbox(house, TENANT)
    for row in lease.parties:
        judge_signed(lease.ref, row.place, lease.summary, row.signed, house.trust)
    with pytest.raises(MalformedError):
        judge_signed(lease.ref, 0, lease.summary + "。", lease.parties[0].signed, house.trust)
    with pytest.raises(MalformedError):
        judge_signed(lease.ref, 1, lease.summary, lease.parties[0].signed, house.trust)


def registers(house, who, **said):
    """What residence registration asks for the dwelling, for somebody who rents there."""
    me = resident(who)
    ref = house.apply_desk.begin(me, Matter.RESIDENCE_REGISTRATION).ref
    home = Answers("rent", "self", None, "梧桐区", "青桐路66号3幢501室")
    house.apply_desk.answer(me, ref, replace(home, **said))
    return house.apply_desk.check(me, ref).decision.materials["dwelling"]


def test_right_after_filing_residence_registration_asks_nothing_for_the_dwelling(house):
    assert registers(house, TENANT).outcome == "must_upload"
    lease = filed(house)
    decided = registers(house, TENANT)
    assert decided.outcome == "satisfied"
    assert decided.satisfied_by.record_id == lease.certificate_ref


def test_a_landlord_shows_no_home_of_theirs_by_what_they_rent_out(house):
    filed(house)
    assert registers(house, OWNER).outcome == "must_upload"


def test_a_lease_that_begins_later_is_filed_now_and_serves_from_its_first_day(house):
    lease = filed(house, first="2026-12-01", last="2027-11-30")
    assert lease.state is State.FILED
    assert registers(house, TENANT).reasons[0] == "NOT_YET_VALID"
    house.clock.skip(timedelta(days=6))
    assert registers(house, TENANT).outcome == "satisfied"


# -- who may know what -----------------------------------------------------------------------


def test_a_number_that_is_no_account_looks_like_one_that_is(house):
    with house.archive.writing() as books:
        books.people.named(TENANT)
    known = house.lease_desk.begin(resident(OWNER), typed(), "k" * 20)
    strange = house.lease_desk.begin(resident(OWNER), typed(("tenant", FRIEND)), "m" * 20)
    seen = [house.lease_desk.open(resident(OWNER), one.ref).lease for one in (known, strange)]
    assert [(s.state, [r.joined_at is None for r in s.parties]) for s in seen] == [
        (State.OPEN, [False, True])
    ] * 2
    assert inbox(house, TENANT) == ["lease_asked"]
    assert count(house, "people", f"id_number = '{FRIEND.id_number}'") == 0


def test_a_lease_is_there_for_its_parties_alone(house):
    ref = begun(house)
    same_name = Holder(TENANT.name, "111", FRIEND.id_number)
    same_number = Holder("林小禾", "111", TENANT.id_number)
    for who in (FRIEND, same_name, same_number):
        for do in (
            lambda w: house.lease_desk.open(resident(w), ref),
            lambda w: house.lease_desk.stop(resident(w), ref),
            lambda w: house.lease_desk.agree_to_end(resident(w), ref),
            lambda w: house.lease_desk.change(resident(w), ref, 1, typed()),
            lambda w: house.lease_signing_desk.verify_face(resident(w), ref, "/leases"),
            lambda w: house.lease_signing_desk.sign(resident(w), ref, "0" * 64, w.name),
        ):
            with pytest.raises(NotFoundError):
                do(who)
        assert house.lease_desk.mine(resident(who)) == []


def test_that_a_party_read_the_others_name_is_on_record_with_them_once_a_revision(house):
    ref = begun(house)
    for _ in range(3):
        house.lease_desk.open(resident(TENANT), ref)
    assert uses(house, OWNER).count(("look", "lease_filing")) == 1
    look = next(e for e in house.holdings_desk.usage(resident(OWNER)) if e.kind == "look")
    assert look.record["fields"] == ["name", "id_number_masked"]
    assert TENANT.name in look.record["agency_zh"]
    assert ("look", "lease_filing") not in uses(house, TENANT)  # it was the owner who typed it
    house.lease_desk.change(resident(OWNER), ref, 1, typed(rent="1"))
    house.lease_desk.open(resident(TENANT), ref)
    assert uses(house, OWNER).count(("look", "lease_filing")) == 2


# -- signing and changing --------------------------------------------------------------------


def test_nobody_signs_without_showing_who_they_are_or_under_another_name(house):
    ref = begun(house)
    digest = digest_of(lease_of(house, ref).summary)
    desk = house.lease_signing_desk
    with pytest.raises(ConflictError) as caught:
        desk.sign(resident(OWNER), ref, digest, OWNER.name)
    assert caught.value.facts["cause"] == "identity"
    verified(house, OWNER, ref)
    with pytest.raises(MalformedError):
        desk.sign(resident(OWNER), ref, digest, TENANT.name)
    with pytest.raises(ConflictError) as caught:  # the other's verification is not one's own
        desk.sign(resident(TENANT), ref, digest, TENANT.name)
    assert caught.value.facts["cause"] == "identity"
    house.clock.skip(timedelta(minutes=11))
    with pytest.raises(ConflictError):
        desk.sign(resident(OWNER), ref, digest, OWNER.name)


def test_a_change_by_anyone_makes_signatures_void_and_tells_them(house):
    ref = begun(house)
    signed(house, ref, TENANT)
    old = digest_of(lease_of(house, ref).summary)
    changed = house.lease_desk.change(resident(TENANT), ref, 1, typed(rent="4400"))
    assert changed.revision == 2
    assert [row.signed for row in lease_of(house, ref).parties] == [None, None]
    assert "lease_changed" in inbox(house, OWNER)
    with pytest.raises(ConflictError) as caught:
        house.lease_signing_desk.sign(resident(TENANT), ref, old, TENANT.name)
    assert caught.value.facts["cause"] == "changed"
    assert signed(house, ref, OWNER, TENANT).state is State.FILED


def test_only_who_began_it_changes_who_its_parties_are(house):
    ref = begun(house)
    house.lease_desk.change(resident(TENANT), ref, 1, typed(("tenant", FRIEND), rent="4400"))
    assert [p.name for p in lease_of(house, ref).people] == [OWNER.name, TENANT.name]
    house.lease_desk.change(resident(OWNER), ref, 2, typed(("tenant", FRIEND)))
    assert [p.name for p in lease_of(house, ref).people] == [OWNER.name, FRIEND.name]
    with pytest.raises(NotFoundError):
        house.lease_desk.open(resident(TENANT), ref)


def test_a_form_that_was_open_in_two_windows_changes_nothing_the_second_time(house):
    ref = begun(house)
    house.lease_desk.change(resident(OWNER), ref, 1, typed(rent="4400"))
    with pytest.raises(ConflictError) as caught:
        house.lease_desk.change(resident(OWNER), ref, 1, typed(rent="4300"))
    assert caught.value.facts["cause"] == "changed"
    assert lease_of(house, ref).contract.rent == 440000


def test_the_same_form_sent_twice_begins_one_lease_and_too_many_are_refused(house):
    desk, me = house.lease_desk, resident(OWNER)
    refs = {desk.begin(me, typed(), "k" * 20).ref for _ in range(3)}
    assert len(refs) == 1
    for n in range(MOST_OPEN - 1):
        desk.begin(me, typed(), f"{n:020d}")
    with pytest.raises(RateLimitedError):
        desk.begin(me, typed(), "z" * 20)


# -- refused, waiting, looked at ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "reasons"),
    [
        ({"last": "2050-01-01", "area": "9"}, ["TERM_TOO_LONG", "AREA_TOO_SMALL"]),
        ({"first": "2028-01-01", "last": "2028-12-31"}, ["BEGINS_TOO_LATE"]),
        ({"part": "room", "room": "主卧", "occupants": "3"}, ["TOO_MANY_IN_ROOM"]),
    ],
)
def test_what_needs_no_source_is_named_before_anybody_shows_a_face_or_signs(
    house, changes, reasons
):
    ref, desk = begun(house, **changes), house.lease_signing_desk
    lease = lease_of(house, ref)
    assert [each.code for each in desk.unfit(lease)] == reasons
    for who in (OWNER, TENANT):
        for do in (
            lambda me: desk.verify_face(me, ref, "/leases"),
            lambda me: desk.sign(me, ref, digest_of(lease.summary), me.holder.name),
        ):
            with pytest.raises(ConflictError) as caught:
                do(resident(who))
            assert (caught.value.facts["cause"], caught.value.facts["reasons"]) == (
                "unfit",
                reasons,
            )
    changed = house.lease_desk.change(resident(TENANT), ref, lease.revision, typed())
    assert desk.unfit(changed) == ()
    assert signed(house, ref, OWNER, TENANT).state is State.FILED


def test_what_the_rules_say_when_all_have_signed_decides(house):
    ref = begun(house, last="2026-11-27")
    signed(house, ref, OWNER)
    house.clock.skip(timedelta(days=1))
    signed(house, ref, TENANT)
    assert lease_of(house, ref).state is State.FILED
    late = begun(house, ("tenant", FRIEND), last="2026-11-27", address="青桐路66号3幢502室")
    signed(house, late, OWNER)
    house.clock.skip(timedelta(days=7))
    with pytest.raises(ConflictError):
        signed(house, late, FRIEND)
    assert lease_of(house, late).state is State.OPEN


def test_a_refusal_names_every_reason_and_what_was_right_can_be_signed_anew(house):
    ref = begun(house, address="青桐路66号3幢502室")
    lease = signed(house, ref, OWNER, TENANT)
    assert (lease.state, codes(lease)) == (State.REFUSED, ["NO_TITLE"])
    assert "lease_refused" in inbox(house, OWNER)
    assert lease.certificate_ref is None
    house.lease_desk.change(resident(OWNER), ref, lease.revision, typed())
    assert signed(house, ref, OWNER, TENANT).state is State.FILED


def test_a_home_is_not_let_twice_beyond_its_rooms(house):
    room = {"part": "room", "area": "12", "occupants": "1"}
    assert filed(house, room="次卧", **room).state is State.FILED
    assert filed(house, ("tenant", FRIEND), room="主卧", **room).state is State.FILED
    again = filed(house, ("tenant", FRIEND), room="次卧室", **room)
    assert (again.state, codes(again)) == (State.REFUSED, ["LET_ALREADY"])
    whole = filed(house, ("tenant", FRIEND))
    assert (whole.state, codes(whole)) == (State.REFUSED, ["LET_ALREADY"])


def test_a_filing_that_was_handed_in_counts_as_well(house):
    other = handed_in(house, FRIEND)
    with house.archive.writing() as books:
        books.connection.exec_driver_sql(
            f'UPDATE certificates SET fields = \'{{"address": "{HOME}"}}\''
            f" WHERE ref = '{other.ref}'"
        )
    lease = filed(house)
    assert (lease.state, codes(lease)) == (State.REVIEW, ["LET_PERHAPS"])


def test_while_a_source_is_down_a_lease_waits_and_is_taken_up_by_itself(tmp_path):
    house = with_housing(house_in(tmp_path / "house", sources_down=("natural_resources",)))
    lease = filed(house)
    assert (lease.state, codes(lease)) == (State.CHECKING, ["TITLE_NOT_ASKED"])
    house.lease_upkeep_desk.work()
    assert lease_of(house, lease.ref).tries == 1  # not before its time
    house.clock.skip(timedelta(minutes=2))
    house.lease_upkeep_desk.work()
    assert lease_of(house, lease.ref).tries == 2
    title(house, OWNER)
    house.clock.skip(timedelta(hours=2))
    house.lease_upkeep_desk.work()
    assert lease_of(house, lease.ref).state is State.FILED
    house.close()


def test_without_the_housing_authoritys_seal_it_waits(tmp_path):
    house = house_in(tmp_path / "house")
    title(house, OWNER)
    lease = filed(house)
    assert (lease.state, codes(lease)) == (State.CHECKING, ["OFFICE_NOT_READY"])
    with_housing(house)
    house.clock.skip(timedelta(minutes=2))
    house.lease_upkeep_desk.work()
    assert lease_of(house, lease.ref).state is State.FILED
    house.close()


def test_an_officer_of_the_housing_authority_decides_what_the_rules_leave_open(house):
    one, two = (
        filed(house, first="2026-10-01"),
        filed(house, ("tenant", FRIEND), first="2026-10-01"),
    )
    assert (one.state, two.state) == (State.REVIEW, State.REVIEW)
    desk = house.lease_review_desk
    with pytest.raises(ForbiddenError):
        desk.queue(POLICE)
    with pytest.raises(ForbiddenError):
        desk.approve(POLICE, one.ref)
    assert [lease.ref for lease in desk.queue(CLERK)] == [one.ref, two.ref]
    for _ in range(2):
        desk.open(CLERK, one.ref)
    assert uses(house, TENANT).count(("review", "lease_filing")) == 1
    assert desk.approve(CLERK, one.ref).state is State.FILED
    assert lease_of(house, one.ref).decided_by == "F07"
    with pytest.raises(ConflictError) as caught:
        desk.refuse(CLERK, one.ref, "OTHER", "不行")
    assert caught.value.facts["cause"] == "decided"
    with pytest.raises(ConflictError) as caught:  # the same home: let meanwhile
        desk.approve(CLERK, two.ref)
    assert caught.value.facts["cause"] == "unfit"
    with pytest.raises(MalformedError):
        desk.refuse(CLERK, two.ref, "OTHER", " ")
    with pytest.raises(MalformedError):
        desk.refuse(CLERK, two.ref, "TERM_OVER", "x")
    refused = desk.refuse(CLERK, two.ref, "LET_ALREADY", "已租给别人")
    assert (refused.state, codes(refused), refused.words) == (
        State.REFUSED,
        ["LET_ALREADY"],
        "已租给别人",
    )


# -- stopped, lapsed, ended --------------------------------------------------------------------


def test_who_began_it_withdraws_and_who_was_asked_declines(house):
    one, two = begun(house), begun(house)
    house.lease_desk.open(resident(TENANT), one)
    assert house.lease_desk.stop(resident(OWNER), one).state is State.WITHDRAWN
    assert house.lease_desk.stop(resident(OWNER), one).state is State.WITHDRAWN  # a second click
    assert house.lease_desk.stop(resident(TENANT), two).state is State.DECLINED
    assert "lease_stopped" in inbox(house, OWNER)
    assert "lease_stopped" in inbox(house, TENANT)
    with pytest.raises(ConflictError):
        house.lease_desk.change(resident(OWNER), one, 1, typed(rent="1"))


def test_what_nobody_signs_lapses_after_days_of_standstill_and_is_emptied_later(house):
    ref = begun(house)
    house.clock.skip(timedelta(days=14))
    house.lease_upkeep_desk.work()
    assert lease_of(house, ref).state is State.OPEN
    house.clock.skip(timedelta(days=40))
    for _ in range(2):  # a job that ran twice
        house.lease_upkeep_desk.work()
    assert lease_of(house, ref).state is State.LAPSED
    house.clock.skip(timedelta(days=91))
    house.lease_upkeep_desk.work()
    emptied = lease_of(house, ref)
    assert (emptied.parties, emptied.summary, emptied.contract.address) == ((), "", "")
    assert house.lease_desk.mine(resident(OWNER)) == []


def test_both_parties_end_a_filing_and_its_notice_with_it(house):
    lease = filed(house)
    desk = house.lease_desk
    assert desk.agree_to_end(resident(OWNER), lease.ref).state is State.FILED
    assert (
        desk.agree_to_end(resident(OWNER), lease.ref).state is State.FILED
    )  # alone, however often
    assert "lease_end_asked" in inbox(house, TENANT)
    notice = notice_of(house, lease)
    before = house.status_desk.current(notice.status_entry.list_number)
    assert desk.agree_to_end(resident(TENANT), lease.ref).state is State.CANCELLED
    assert notice_of(house, lease).status is Status.CANCELLED
    assert house.status_desk.current(notice.status_entry.list_number).jwt != before.jwt
    assert ("status", "lease_filing") in uses(house, OWNER)
    assert count(house, "outbox", "subject = 'certificate.cancelled'") == 1
    assert registers(house, TENANT).outcome == "must_upload"
    assert filed(house, ("tenant", FRIEND)).state is State.FILED  # the home is free again


def test_a_term_that_is_over_ends_the_filing(house):
    lease = filed(house)
    house.clock.skip(timedelta(days=364))
    house.lease_upkeep_desk.work()
    assert lease_of(house, lease.ref).state is State.FILED
    house.clock.skip(timedelta(days=1))
    house.lease_upkeep_desk.work()
    assert lease_of(house, lease.ref).state is State.ENDED
    with pytest.raises(ConflictError):
        house.lease_desk.agree_to_end(resident(OWNER), lease.ref)


# -- several owners ----------------------------------------------------------------------------


def test_every_owner_signs(tmp_path):
    house = with_housing(house_in(tmp_path / "house"))
    title(house, OWNER, SPOUSE)
    alone = filed(house)
    assert (alone.state, codes(alone)) == (State.REFUSED, ["CO_OWNER_MISSING"])
    asked = (("tenant", TENANT), ("landlord", SPOUSE))
    house.lease_desk.change(resident(OWNER), alone.ref, alone.revision, typed(*asked))
    lease = signed(house, alone.ref, OWNER, SPOUSE)
    assert lease.state is State.OPEN
    lease = signed(house, alone.ref, TENANT)
    assert lease.state is State.FILED
    assert len(notice_of(house, lease).holders) == 3
    house.close()


# -- cut short ---------------------------------------------------------------------------------


def test_a_notice_whose_sealing_fails_is_finished_by_the_worker_once(house, monkeypatch):
    real = type(house.objects).put_many

    def down(*_):
        raise UnavailableError("the store is down")

    monkeypatch.setattr(type(house.objects), "put_many", down)
    lease = filed(house)
    assert lease.state is State.APPROVED
    monkeypatch.setattr(type(house.objects), "put_many", real)
    house.clock.skip(timedelta(minutes=3))
    for _ in range(2):
        house.lease_upkeep_desk.work()
    assert lease_of(house, lease.ref).state is State.FILED
    assert count(house, "certificates", "type_code = 'lease_filing'") == 1


def test_a_name_no_font_has_goes_to_an_officer_and_nothing_is_signed(house):
    odd = Holder("林\U000e01f0禾".replace("\U000e01f0", "\U00030000"), "111", TENANT.id_number)
    lease = filed(house, ("tenant", odd))
    assert (lease.state, codes(lease)) == (State.REVIEW, ["CANNOT_BE_PRINTED"])
    assert count(house, "certificates", "type_code = 'lease_filing'") == 0


# -- several holders -----------------------------------------------------------------------------


def test_each_holder_shows_the_notice_as_their_own(house):
    lease = filed(house)
    for who, other in ((OWNER, TENANT), (TENANT, OWNER)):
        made = house.presentation_desk.present(resident(who), lease.certificate_ref)
        number = house.presentation_desk.number(resident(who), lease.certificate_ref, made.cti)
        for code in (made.code_text, house.presentation_desk.code_of_number(number)):
            shown = str(CodeClaims.decode(open_code(code).issued.payload).data)
            assert who.name in shown
            assert other.name not in shown
        assert house.presentation_desk.redeem(made.cti, "望江酒店")
        assert ("scan", "verify") in uses(house, who)
    assert uses(house, OWNER).count(("scan", "verify")) == 1


def test_a_code_of_a_notice_that_begins_later_says_so(house):
    lease = filed(house, first="2026-12-01", last="2027-11-30")
    made = house.presentation_desk.present(resident(TENANT), lease.certificate_ref)
    assert house.scan_desk.judge(made.code_text).result.verdict.value == "not_yet_valid"
