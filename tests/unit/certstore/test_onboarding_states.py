"""States, terms, quotas and refusals of onboarding: what is judged without any store."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import certstore
from certstore.catalogue import catalogue
from certstore.errors import CertstoreError, ConflictError, ForbiddenError
from certstore.onboarding.approval import judge_approval
from certstore.onboarding.askable import EXISTS, every_path
from certstore.onboarding.quotas import crossed, judge_quota, judge_standing, periods
from certstore.onboarding.refusals import known_cause, known_fields, known_place
from certstore.onboarding.states import STEPS, Role, State, judge_step, open_acts
from certstore.onboarding.terms import (
    Terms,
    TypedClient,
    TypedTerms,
    asks_no_more,
    read_terms,
    wrong_in_client,
)
from certstore.own_names import OWN_NAMES, check_client_name
from certstore.sharing.forms import PHOTO
from certstore.sharing.predicates import GRANTED_BY
from certstore.tables.onboarding import Change
from certstore.tables.quotas import Counted
from tests.matters import GRANTED as MATTERS_READ

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
TYPED = TypedTerms(
    client_id="school",
    matter_code="school_enrolment",
    title_zh="入学",
    title_en="Enrolment",
    basis_kind="statutory_duty",
    basis_ref="义务教育法第十二条",
    field=("residence_voucher.name", "residence_voucher.residence_district"),
    action=("pull", "search"),
    quota_day="100",
    quota_month="",
    contact="招生办 010-0000",
    justification="核对孩子是否住在学区里，只看区，不看门牌",
)
TERMS = read_terms(TYPED)


@pytest.mark.parametrize("kind", ["client", "purpose"])
@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("role", list(Role))
def test_no_act_leads_where_the_table_does_not(kind, state, role):
    acts = {step.act for step in STEPS["purpose"]}
    for act in acts:
        leads = judge_step(kind, state, act, role)
        listed = [s for s in STEPS[kind] if (s.before, s.act, s.role) == (state, act, role)]
        if listed:
            assert [s.after for s in listed] == [leads]
            assert act in open_acts(kind, state, role)
        else:
            assert isinstance(leads, CertstoreError)
            assert act not in open_acts(kind, state, role)


def test_what_is_retired_stays_so_and_only_two_open_or_suspend():
    for kind, steps in STEPS.items():
        assert not [s for s in steps if s.before == State.RETIRED], kind
        alone = [s for s in steps if s.role in {Role.DEVELOPER, Role.OPERATOR}]
        assert not [s for s in alone if s.act in {"approve", "suspend", "reinstate"}]
        assert {s.role for s in steps if s.act == "approve"} == {Role.TWO_OPERATORS}


def test_a_step_by_the_wrong_role_is_forbidden_and_one_from_elsewhere_a_conflict():
    assert isinstance(judge_step("client", State.ACTIVE, "suspend", Role.DEVELOPER), ForbiddenError)
    assert isinstance(judge_step("client", State.DRAFT, "suspend", Role.OPERATOR), ConflictError)


CHANGE = Change(
    ref="r",
    kind="purpose",
    subject="p",
    client_id="c",
    act="approve",
    terms=None,
    not_given={},
    reason="",
    asked_by="developer X D01",
    asked_number="D01",
    asked_at=NOW,
)
HALF = replace(CHANGE, first_by="operator A01", first_number="A01", first_at=NOW)
ASKED_BY_A01 = replace(HALF, act="suspend", asked_by="operator A01", asked_number="A01")


@pytest.mark.parametrize(
    ("change", "number", "step", "refused"),
    [
        (CHANGE, "A01", 1, None),
        (HALF, "A02", 2, None),
        (HALF, "A01", 2, "same_person"),
        (HALF, "a01", 2, "same_person"),  # how it is typed makes nobody somebody else
        (HALF, "A02", 1, "conflict"),  # a page that is out of date
        (CHANGE, "A02", 2, "conflict"),
        (CHANGE, "D01", 1, "applicant"),  # as a developer before, as an operator now
        (HALF, "D01", 2, "applicant"),
        (HALF, "d01", 2, "applicant"),
        (replace(HALF, act="change"), "D01", 2, "applicant"),
        (HALF, "A02", 3, "same_person"),
        (ASKED_BY_A01, "A01", 2, "same_person"),
        (ASKED_BY_A01, "A02", 2, None),
    ],
)
def test_two_different_people_approve_and_neither_applied(change, number, step, refused):
    found = judge_approval(change, number, step)
    assert (found and found.facts.get("cause", found.code)) == refused


def test_terms_are_read_as_typed_and_kept_as_they_are():
    assert isinstance(TERMS, Terms)
    assert TERMS.actions == ("search", "pull")
    assert TERMS.fields == {"residence_voucher": ("name", "residence_district")}
    assert (TERMS.quota_day, TERMS.quota_month) == (100, None)
    assert Terms.from_json(TERMS.as_json()) == TERMS


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"matter_code": ""}, {"matter_code": "missing"}),
        ({"matter_code": "School"}, {"matter_code": "malformed"}),
        ({"title_zh": "入\u202e学"}, {"title_zh": "malformed"}),
        ({"title_en": "x" * 201}, {"title_en": "malformed"}),
        ({"basis_kind": "curiosity"}, {"basis_kind": "malformed"}),
        ({"field": ()}, {"field": "missing"}),
        ({"field": ("residence_voucher.shoe_size",)}, {"field": "malformed"}),
        ({"field": ("residence_voucher.name",) * 2}, {"field": "malformed"}),
        ({"action": ("destroy",)}, {"action": "malformed"}),
        ({"quota_day": ""}, {"quota_day": "missing"}),
        ({"quota_day": "0"}, {"quota_day": "malformed"}),
        ({"quota_day": "１００"}, {"quota_day": "malformed"}),
        ({"quota_day": "10000001"}, {"quota_day": "malformed"}),
        ({"quota_month": "-1"}, {"quota_month": "malformed"}),
        ({"justification": "short"}, {"justification": "malformed"}),
        ({"client_id": "\ud800"}, {"client_id": "malformed"}),
    ],
)
def test_what_is_wrong_is_named_by_field(change, wrong):
    assert read_terms(replace(TYPED, **change)) == wrong


@pytest.mark.parametrize(
    ("change", "narrower"),
    [
        ({}, True),
        ({"fields": {"residence_voucher": ("name",)}}, True),
        ({"fields": {"residence_voucher": ("name", "id_number")}}, False),
        ({"fields": {"residence_permit": ("name",)}}, False),
        ({"actions": ("pull",)}, True),
        ({"actions": ("search", "pull", "issue")}, False),
        ({"quota_day": 99}, True),
        ({"quota_day": 101}, False),
        ({"quota_day": None}, False),
        ({"quota_month": 5}, True),
        ({"legal_basis": {"kind": "consent", "ref": "x"}}, False),
        ({"matter_code": "another"}, False),
        ({"title_zh": "别的"}, False),
        ({"contact": "另一个人"}, True),
    ],
)
def test_only_what_asks_for_no_more_needs_no_approval(change, narrower):
    assert asks_no_more(replace(TERMS, **change), TERMS) is narrower


@pytest.mark.parametrize(
    ("limit", "used", "added", "points"),
    [
        (100, 79, 1, ()),
        (100, 80, 1, (80,)),
        (100, 81, 1, ()),
        (100, 100, 1, (100,)),
        (100, 101, 1, ()),
        (100, 100, 50, (80, 100)),
        (1, 1, 1, (80, 100)),
        (3, 3, 1, (80, 100)),
        (None, 10**9, 1, ()),
    ],
)
def test_each_warning_point_is_reached_once(limit, used, added, points):
    assert crossed(limit, used, added) == points


def test_the_last_call_of_a_quota_is_answered_and_the_next_is_not():
    assert judge_quota(100, 100)
    assert not judge_quota(100, 101)
    assert judge_quota(None, 10**9)


@pytest.mark.parametrize(
    ("moment", "day", "month", "ends"),
    [
        (NOW, "2026-11-25", "2026-11", datetime(2026, 11, 25, 16, tzinfo=UTC)),
        (
            datetime(2026, 11, 30, 16, 0, tzinfo=UTC),  # midnight in China
            "2026-12-01",
            "2026-12",
            datetime(2026, 12, 1, 16, tzinfo=UTC),
        ),
        (
            datetime(2027, 1, 31, 1, 0, tzinfo=UTC),
            "2027-01-31",
            "2027-01",
            datetime(2027, 1, 31, 16, tzinfo=UTC),
        ),
    ],
)
def test_days_and_months_are_chinas(moment, day, month, ends):
    today, this_month = periods(moment)
    assert (today.name, this_month.name, today.ends_at) == (day, month, ends)
    assert this_month.ends_at > moment
    assert periods(this_month.ends_at)[1].name != month
    assert periods(this_month.ends_at - timedelta(seconds=1))[1].name == month


class Token:
    """As much of a service as is judged here."""

    version = 2


@pytest.mark.parametrize(
    ("state", "version", "cause"),
    [
        ("active", 2, None),
        ("approved", 2, None),
        ("over_quota", 2, None),  # refused by its figures, with when it begins anew
        ("suspended", 2, "purpose_inactive"),
        ("retired", 2, "purpose_inactive"),
        ("draft", 2, "purpose_inactive"),
        (None, None, "purpose_inactive"),
        ("active", 3, "purpose_changed"),
    ],
)
def test_a_token_holds_no_longer_than_what_it_was_given_for(state, version, cause):
    counted = Counted(
        day=1,
        month=1,
        state=state,
        version=version,
        quota_day=None,
        quota_month=None,
        resets_at=None,
    )
    refusal = judge_standing(counted, Token())
    assert (None if refusal is None else refusal.facts["cause"]) == cause


ID = "340199199804060284"


@pytest.mark.parametrize(
    ("where", "kept"),
    [
        ("authorization_details[0].actions", "authorization_details[0].actions"),
        ("body.subject.id_number", "body.subject.id_number"),
        (f"body.subject.{ID}", "body.subject"),
        (ID, ""),
        ("林晓禾", ""),
        ("body.linxiaohe", "body"),
        (None, ""),
        ("fields", "fields"),
    ],
)
def test_of_a_place_only_names_of_the_api_are_kept(where, kept):
    assert known_place(where) == kept


def test_of_causes_and_fields_only_our_own_words_are_kept():
    assert known_cause("jti_replayed") == "jti_replayed"
    assert [known_cause(odd) for odd in (ID, "林晓禾", None, ["x"], "X" * 50)] == [""] * 5
    named = ["id_number", "id_photo.*", "pull", ID, "林晓禾", "shoe_size"]
    assert known_fields(named) == ["id_number", "id_photo.*", "pull"]
    assert known_fields(ID) == []


def typed(**changes):
    return read_terms(replace(TYPED, **changes))


WHY = "窗口要比对到场的人是不是本人"


def test_photo_questions_and_bare_existence_are_terms_like_others():
    terms = typed(
        field=("residence_voucher.photo", "residence_voucher.age_over", "lease_filing.address"),
        existence=("enrolment",),
        photo_reason=WHY,
    )
    assert terms.fields == {
        "enrolment": (),
        "residence_voucher": ("photo", "age_over"),
        "lease_filing": ("address",),
    }
    assert "enrolment.exists" in terms.paths()
    assert Terms.from_json(terms.as_json()) == terms
    left = terms.without(dict.fromkeys(("residence_voucher.photo", "enrolment.exists"), "不需要"))
    assert left.fields == {"residence_voucher": ("age_over",), "lease_filing": ("address",)}
    none_left = terms.without({"lease_filing.address": "不需要"})
    assert "lease_filing" not in none_left.fields  # what was refused is not even known to exist


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"field": ("residence_voucher.photo",)}, {"photo_reason": "missing"}),
        (
            {"field": ("residence_voucher.photo",), "photo_reason": "要"},
            {"photo_reason": "malformed"},
        ),
        ({"field": ("enrolment.photo",)}, {"field": "malformed"}),  # it has none
        ({"field": ("enrolment.exists",)}, {"field": "malformed"}),
        ({"field": ("id_photo.address_equals",)}, {"field": "malformed"}),
        ({"field": ("id_photo.district_is",)}, {"field": "malformed"}),
        ({"field": ("lease_filing.parent_is",)}, {"field": "malformed"}),
        ({"field": ()}, {"field": "missing"}),
        ({"existence": ("nothing",)}, {"existence": "malformed"}),
        ({"existence": ("enrolment",) * 2}, {"existence": "malformed"}),
        ({"existence": ("residence_voucher",)}, {"existence": "both"}),
    ],
)
def test_what_cannot_be_applied_for_together(changes, wrong):
    assert typed(**changes) == wrong


def test_whatever_the_demonstrations_matters_read_can_be_applied_for():
    asked = {f"{kind}.{path}" for kind, paths in MATTERS_READ.items() for path in paths}
    assert asked <= every_path()
    granted = typed(field=tuple(sorted(asked))).fields
    assert {kind: set(paths) for kind, paths in granted.items()} == {
        kind: set(paths) for kind, paths in MATTERS_READ.items()
    }


def test_bare_existence_alone_is_enough_and_a_reason_without_a_photo_is_dropped():
    terms = typed(field=(), existence=("enrolment",), photo_reason=WHY)
    assert (terms.fields, terms.photo_reason) == ({"enrolment": ()}, "")


@pytest.mark.parametrize(
    ("new", "no_more"),
    [
        ({"field": (), "existence": ("residence_voucher",)}, True),  # who may read it knows of it
        ({"existence": ("enrolment",)}, False),
        ({"field": (*TYPED.field, "residence_voucher.photo"), "photo_reason": WHY}, False),
        ({"field": (*TYPED.field, "residence_voucher.age_over")}, False),
    ],
)
def test_a_photo_a_question_or_a_type_more_asks_for_more(new, no_more):
    assert asks_no_more(typed(**new), TERMS) is no_more


def test_no_path_of_ours_is_a_field_of_the_catalogue():
    named = {f.name for kind in catalogue().values() for f in kind.fields}
    assert not named & {EXISTS, PHOTO, *GRANTED_BY}


@pytest.mark.parametrize("name", sorted(OWN_NAMES))
def test_no_client_is_called_as_we_call_ourselves(name):
    wrong = wrong_in_client(TypedClient(client_id=name, agency="示范局", agency_en="Bureau"))
    assert wrong.keys() == {"client_id"}
    for written in (name, name.upper(), f" {name}"):
        with pytest.raises(ConflictError):
            check_client_name(written)


def test_every_name_that_records_call_ourselves_is_reserved():
    """What the code writes as a record's client, in every package."""
    root = Path(certstore.__file__).parent.parent
    written = set()
    for package in ("certstore", "issuance", "verifiers", "face_auth"):
        for file in (root / package).rglob("*.py"):
            text = file.read_text("utf-8")
            written |= set(re.findall('(?:client=|"client": )"([a-z]+)"', text))
    assert written >= {"holder", "scanner", "desk"}
    assert written - {"c"} <= OWN_NAMES
