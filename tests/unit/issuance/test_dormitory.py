"""Dormitory certificates: who may issue them, for whom, until when; what they are good for."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from certstore.callers import Clerk
from certstore.certificates import Certificate, Status
from certstore.errors import ConflictError, ForbiddenError, NotFoundError
from issuance.application import Answers
from issuance.dormitory import Lodger, WrongFields
from issuance.pages.dormitory_views import AtTheDesk, Typed, dormitory_view
from tests.residents import PEOPLE, REGISTRATION, drafted, resident
from verifiers.materials.vocabulary import Material, Outcome

EMPLOYER = "91310000MADM00078M"
QIAN = Clerk("钱经办", "Y01", EMPLOYER)
OTHER = Clerk("赵经办", "Z01", "11310000MB0T00031J")
WU = PEOPLE["wu_guoqiang"]
LODGER = Lodger(
    name=WU["name"],
    id_number=WU["id_number"],
    district="海港区",
    address="滨海路 18 号 3 号楼 402 室",
    valid_from="2026-11-01",
    valid_to="2027-10-31",
)


@pytest.fixture
def enrolled(house):
    for clerk in (QIAN, OTHER):
        house.organisation_desk.enrol(
            clerk.organisation_uscc,
            ("远帆物流", "Yuanfan Logistics"),
            "employer",
            date(2027, 12, 31),
        )
    return house


def _issued(house, lodger=LODGER, clerk=QIAN):
    found = house.dormitory_desk.issue(clerk, lodger)
    assert isinstance(found, Certificate)
    return found


def _dwelling(house):
    me = resident("wu_guoqiang")
    draft = house.apply_desk.begin(me, REGISTRATION)
    home = Answers(
        dwelling="dormitory", occupier="self", district="海港区", address="滨海路18号3号楼402室"
    )
    draft = house.apply_desk.answer(me, draft.ref, home)
    return house.checklist_desk.check(draft).decision.materials[Material.DWELLING]


def test_a_certificate_whose_end_was_not_given_shows_none_and_does_not_expire(enrolled):
    given = _issued(enrolled)
    endless = replace(given, validity=replace(given.validity, valid_to=None))
    at = AtTheDesk(
        clerk=QIAN,
        organisation=enrolled.dormitory_desk.organisations.of(QIAN),
        hands_in=True,
        districts=(),
        today=date(2030, 1, 1),
        lang="zh",
    )
    rows = dormitory_view(at, [endless, given], Typed()).issued
    assert [(row.valid_to, row.status) for row in rows] == [
        (None, "valid"),
        (date(2027, 10, 31), "expired"),
    ]


def test_whoever_has_one_hands_in_no_proof_of_dwelling(enrolled):
    assert _dwelling(enrolled).outcome is Outcome.MUST_UPLOAD
    certificate = _issued(enrolled)
    assert _dwelling(enrolled).satisfied_by.record_id == certificate.ref


def test_one_that_was_ended_serves_no_more_and_ending_it_twice_changes_nothing(enrolled):
    certificate = _issued(enrolled)
    enrolled.dormitory_desk.end(QIAN, certificate.ref)
    enrolled.dormitory_desk.end(QIAN, certificate.ref)
    assert _dwelling(enrolled).outcome is Outcome.MUST_UPLOAD
    (row,) = enrolled.dormitory_desk.issued(QIAN)
    assert row.status is Status.CANCELLED


def test_the_person_is_told_and_sees_it_in_the_usage_list(enrolled):
    certificate = _issued(enrolled)
    enrolled.dormitory_desk.end(QIAN, certificate.ref)
    me = resident("wu_guoqiang")
    kinds = [notice.kind for notice in enrolled.holdings_desk.notices(me)]
    assert kinds == ["dormitory_ended", "dormitory_issued"]
    accesses = enrolled.holdings_desk.usage(me)
    assert [a.kind for a in accesses] == ["status", "issue"]
    assert {a.record["agency_zh"] for a in accesses} == {"远帆物流"}


def test_an_organisation_sees_and_ends_its_own_alone(enrolled):
    certificate = _issued(enrolled)
    assert enrolled.dormitory_desk.issued(OTHER) == []
    with pytest.raises(NotFoundError):
        enrolled.dormitory_desk.end(OTHER, certificate.ref)
    assert enrolled.dormitory_desk.issued(QIAN)[0].status is Status.VALID


def test_no_certificate_of_another_kind_is_ended_here(enrolled):
    holder = resident("wu_guoqiang").holder
    with enrolled.archive.reading() as books:
        others = books.register.held_by(holder.id_type, holder.id_number)
    assert others
    with pytest.raises(NotFoundError):
        enrolled.dormitory_desk.end(QIAN, others[0].ref)


def test_who_is_not_enrolled_or_no_longer_issues_nothing(house):
    with pytest.raises(ForbiddenError):
        house.dormitory_desk.issue(QIAN, LODGER)
    house.organisation_desk.enrol(EMPLOYER, ("远帆物流", "Yuanfan"), "employer", date(2026, 11, 26))
    assert isinstance(house.dormitory_desk.issue(QIAN, LODGER), Certificate)
    house.clock.skip(timedelta(days=2))
    with pytest.raises(ForbiddenError):
        house.dormitory_desk.issued(QIAN)
    house.organisation_desk.enrol(EMPLOYER, ("远帆物流", "Yuanfan"), "employer", date(2027, 1, 1))
    house.organisation_desk.end(EMPLOYER)
    house.clock.skip(timedelta(days=1))
    with pytest.raises(ForbiddenError):
        house.dormitory_desk.issued(QIAN)


def test_nobody_has_two_of_one_organisation_at_a_time(enrolled):
    first = _issued(enrolled)
    with pytest.raises(ConflictError):
        enrolled.dormitory_desk.issue(QIAN, LODGER)
    enrolled.dormitory_desk.end(QIAN, first.ref)
    assert _issued(enrolled).ref != first.ref


WRONG = {
    "no name": ({"name": " "}, "lodger_name", "missing"),
    "name with a sign that turns the line": ({"name": "吴\u202e国强"}, "lodger_name", "malformed"),
    "long name": ({"name": "吴" * 51}, "lodger_name", "malformed"),
    "no number": ({"id_number": ""}, "lodger_id_number", "missing"),
    "wrong check character": (
        {"id_number": WU["id_number"][:-1] + "?"},
        "lodger_id_number",
        "malformed",
    ),
    "another city's district": ({"district": "黄浦区"}, "district", "unknown"),
    "no address": ({"address": ""}, "address", "missing"),
    "no house number": ({"address": "滨海路"}, "address", "malformed"),
    "long address": ({"address": "滨" * 101}, "address", "too_long"),
    "no first day": ({"valid_from": ""}, "valid_from", "missing"),
    "a day there is not": ({"valid_from": "2026-02-30"}, "valid_from", "malformed"),
    "first day long ago": (
        {"valid_from": "2025-01-01", "valid_to": "2025-12-31"},
        "valid_to",
        "past",
    ),
    "last day before the first": ({"valid_to": "2026-10-31"}, "valid_to", "past"),
    "too long": ({"valid_to": "2027-11-30"}, "valid_to", "too_far"),
}


@pytest.mark.parametrize("how", WRONG)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_kept(enrolled, how):
    change, where, cause = WRONG[how]
    found = enrolled.dormitory_desk.issue(QIAN, replace(LODGER, **change))
    assert found == WrongFields({where: cause})
    assert enrolled.dormitory_desk.issued(QIAN) == []


def test_everything_that_is_wrong_is_said_at_once(enrolled):
    found = enrolled.dormitory_desk.issue(QIAN, Lodger())
    assert set(found.errors) == {
        "lodger_name",
        "lodger_id_number",
        "district",
        "address",
        "valid_from",
        "valid_to",
    }


def test_a_false_name_on_a_certificate_sticks_to_nobody(enrolled):
    """The clerk names the number first; who it belongs to applies under their own name."""
    house, me = enrolled, resident("chen_yiming")
    number = me.holder.id_number
    house.dormitory_desk.issue(QIAN, replace(LODGER, name="张某某", id_number=number))
    draft = drafted(house, "chen_yiming")
    assert (draft.applicant, draft.actor) == (me.holder, me.holder)
    photo = house.apply_desk.check(me, draft.ref).decision.materials[Material.PHOTO]
    assert photo.outcome is Outcome.SATISFIED
    with house.archive.reading() as books:
        assert books.people.find("111", number).holder == me.holder
