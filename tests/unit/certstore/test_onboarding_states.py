"""States, terms, quotas and refusals of onboarding: what is judged without any store."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from certstore.errors import CertstoreError, ConflictError, ForbiddenError
from certstore.onboarding.approval import judge_approval
from certstore.onboarding.quotas import crossed, judge_quota, judge_standing, periods
from certstore.onboarding.refusals import known_cause, known_fields, known_place
from certstore.onboarding.states import STEPS, Role, State, judge_step, open_acts
from certstore.onboarding.terms import Terms, TypedTerms, asks_no_more, read_terms
from certstore.tables.onboarding import Change
from certstore.tables.quotas import Counted

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
    asked_at=NOW,
)
HALF = replace(CHANGE, first_by="operator A01", first_at=NOW)


@pytest.mark.parametrize(
    ("change", "who", "step", "refused"),
    [
        (CHANGE, "operator A01", 1, None),
        (HALF, "operator A02", 2, None),
        (HALF, "operator A01", 2, ForbiddenError),  # the same person twice
        (HALF, "operator A02", 1, ConflictError),  # a page that is out of date
        (CHANGE, "operator A02", 2, ConflictError),
        (CHANGE, "developer X D01", 1, ForbiddenError),  # the applicant
        (HALF, "developer X D01", 2, ForbiddenError),
        (HALF, "operator A02", 3, ForbiddenError),
        (replace(HALF, act="suspend", asked_by="operator A01"), "operator A01", 2, ForbiddenError),
        (replace(HALF, act="suspend", asked_by="operator A01"), "operator A02", 2, None),
    ],
)
def test_two_different_people_approve_and_neither_applied(change, who, step, refused):
    found = judge_approval(change, who, step)
    assert found is None if refused is None else isinstance(found, refused)


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
