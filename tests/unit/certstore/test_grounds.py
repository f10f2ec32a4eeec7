"""On what ground a pull stands, by values alone: each rule, and what refuses it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from certstore.callers import Service
from certstore.certificates import Certificate, Holder, Status, Validity
from certstore.errors import ConsentRequiredError
from certstore.sharing.grants import Actor, LegalBasis, Operator, PullRequest
from certstore.sharing.grounds import GroundFacts, covering, judge_ground
from certstore.tables.consents import Consent

NOW = datetime(2026, 11, 25, 2, tzinfo=UTC)
LIN = Holder("林晓禾", "111", "340199199804060284")
ZHOU = Holder("周敏", "111", "340199197109230625")
CONSENT = "c" * 20
SERVICE = Service(
    client_id="fund",
    agency="示范市公积金中心",
    agency_en="Fund",
    agency_uscc="11310000MB0T00058A",
    purpose_id="rent",
    matter_code="rent",
    title_zh="租房提取",
    title_en="Rent",
    fields={"lease_filing": ("address", "number", "photo")},
    legal_basis={"kind": "consent", "ref": "条例第一条"},
    actions=("pull",),
)
LEASE = Certificate(
    ref="l" * 20,
    type_code="lease_filing",
    version=1,
    number="BA1",
    identifier=None,
    holders=(LIN,),
    issuer_uscc="11310000MB0T00023P",
    issued_on=date(2026, 1, 1),
    validity=Validity(date(2026, 1, 1), None),
    status=Status.VALID,
    status_changed_at=NOW,
)
GIVEN = Consent(
    ref=CONSENT,
    request_ref="r" * 20,
    client_id="fund",
    purpose_id="rent",
    holder=LIN,
    scope="data",
    fields={"lease_filing": ["address"]},
    times=1,
    used=0,
    keep_days=30,
    given_at=NOW,
    ends_at=NOW + timedelta(days=1),
    withdrawn_at=None,
    receipt="",
)
PHOTO = replace(GIVEN, ref="d" * 20, scope="photo", fields={"lease_filing": ["photo"]})
BASIS = LegalBasis(kind="consent", consent=CONSENT)
REQUEST = PullRequest(
    ref=LEASE.ref,
    purpose_id="rent",
    matter_code="rent",
    case_no="1",
    fields=("address",),
    subject_type="111",
    subject_number=LIN.id_number,
    operator=Operator("1"),
    legal_basis=BASIS,
)


def judged(*consents, request=REQUEST, service=SERVICE, now=NOW, **facts):
    return judge_ground(service, request, LEASE, GroundFacts(consents, **facts), now)


def on(kind, ref="条例第一条"):
    return replace(SERVICE, legal_basis={"kind": kind, "ref": ref})


def asking(*fields, **changes):
    return replace(REQUEST, fields=fields or REQUEST.fields, **changes)


def test_a_consent_in_force_that_covers_the_field_does():
    assert judged(GIVEN) is None


@pytest.mark.parametrize(
    ("consent", "cause"),
    [
        (replace(GIVEN, client_id="another"), "unknown"),
        (replace(GIVEN, holder=ZHOU), "unknown"),
        (replace(GIVEN, purpose_id="another"), "other_purpose"),
        (replace(GIVEN, fields={"lease_filing": ["number"]}), "not_covered"),
        (replace(GIVEN, fields={"id_photo": ["address"]}), "not_covered"),
        (replace(GIVEN, used=1), "used_up"),
        (replace(GIVEN, ends_at=NOW), "ended"),
    ],
)
def test_one_that_does_not_fit_is_no_consent(consent, cause):
    refusal = judged(consent)
    assert (refusal.code, refusal.facts["cause"]) == ("consent-required", cause)


def test_no_consent_at_all_is_as_anothers():
    assert judged().facts["cause"] == "unknown"


def test_one_taken_back_is_named_as_that():
    refusal = judged(replace(GIVEN, withdrawn_at=NOW))
    assert (refusal.code, refusal.facts["paths"]) == ("consent-withdrawn", ["address"])


def test_taken_back_says_so_even_when_it_has_ended_too():
    old = replace(GIVEN, withdrawn_at=NOW, ends_at=NOW, used=1)
    assert judged(old).code == "consent-withdrawn"


def test_one_field_too_many_refuses_by_name():
    refusal = judged(GIVEN, request=asking("address", "number"))
    assert refusal.facts["paths"] == ["number"]


def test_a_photo_needs_a_consent_of_its_own():
    both = asking("address", "photo")
    assert judged(GIVEN, request=both).facts["paths"] == ["photo"]
    assert judged(GIVEN, PHOTO, request=both) is None
    back = replace(PHOTO, withdrawn_at=NOW)
    assert judged(GIVEN, back, request=both).code == "consent-withdrawn"
    assert judged(GIVEN, back) is None  # the rest goes on


def test_a_pull_uses_only_what_it_relies_on():
    assert covering(REQUEST, LEASE, [GIVEN, PHOTO], NOW) == [GIVEN]
    assert covering(asking("address", "photo"), LEASE, [GIVEN, PHOTO], NOW) == [GIVEN, PHOTO]


@pytest.mark.parametrize("named", [{}, {"consent": CONSENT, "entrustment": "e" * 20}])
def test_exactly_one_consent_is_named(named):
    request = asking(legal_basis=LegalBasis(kind="consent", **named))
    assert judged(GIVEN, request=request).facts["cause"] == "not_named"


def test_without_a_legal_basis_there_is_no_consent():
    assert judged(GIVEN, request=asking(legal_basis=None)).facts["cause"] == "not_named"


def test_what_was_handed_over_is_judged_elsewhere():
    request = asking(legal_basis=LegalBasis(kind="consent", use_code="AB-12345678"))
    why = ConsentRequiredError("no")
    assert judged(request=request, handed_over=why) is why
    assert judged(request=request) is None


@pytest.mark.parametrize("kind", ["statutory_duty", "vital", "court_order", "anything", None])
def test_consent_is_no_ground_for_a_purpose_on_another(kind):
    refusal = judged(GIVEN, service=on(kind))
    assert (refusal.code, refusal.facts["cause"]) == (
        "insufficient-purpose",
        "legal_basis_mismatch",
    )


def test_a_consent_named_beside_a_duty_is_refused():
    basis = LegalBasis(kind="statutory_duty", consent=CONSENT)
    refusal = judged(GIVEN, request=asking(legal_basis=basis), service=on("statutory_duty"))
    assert refusal.facts["cause"] == "legal_basis_mismatch"


@pytest.mark.parametrize(
    ("basis", "good"),
    [
        (None, True),
        (LegalBasis(kind="statutory_duty"), True),
        (LegalBasis(kind="statutory_duty", ref="条例第一条"), True),
        (LegalBasis(kind="statutory_duty", ref="条例第二条"), False),
        (LegalBasis(kind="vital", ref="条例第一条"), False),
    ],
)
def test_a_duty_is_the_one_that_was_approved(basis, good):
    refusal = judged(request=asking(legal_basis=basis), service=on("statutory_duty"))
    assert (refusal is None) == good


@pytest.mark.parametrize("kind", ["vital", "court_order"])
def test_an_order_or_a_reason_is_named_each_time(kind):
    for basis in (None, LegalBasis(kind=kind)):
        refusal = judged(request=asking(legal_basis=basis), service=on(kind))
        assert refusal.facts["cause"] == "legal_basis_ref_missing"
    named = asking(legal_basis=LegalBasis(kind=kind, ref="(2026) 01 号"))
    assert judged(request=named, service=on(kind)) is None


@pytest.mark.parametrize(
    ("actor", "proven", "good"),
    [
        (Actor(kind="official"), False, True),
        (Actor(kind="self"), False, True),
        (Actor(kind="self", id_number=LIN.id_number.lower()), False, True),
        (Actor(kind="self", id_number=ZHOU.id_number), True, False),
        (Actor(kind="guardian", id_number=ZHOU.id_number), True, True),
        (Actor(kind="guardian", id_number=ZHOU.id_number), False, False),
        (Actor(kind="agent", id_number=ZHOU.id_number, evidence="委托书"), False, False),
    ],
)
def test_who_acts_is_proven_on_record(actor, proven, good):
    request = asking(legal_basis=None, actor=actor)
    refusal = judged(request=request, service=on("statutory_duty"), represents=proven)
    assert (refusal is None) == good
    assert good or refusal.code == "representation-unproven"
