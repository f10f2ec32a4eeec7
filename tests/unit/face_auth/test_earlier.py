"""Earlier verifications of the platform: under which rule they do, and what they never show."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from certstore.certificates import Holder
from certstore.earlier_verification import EarlierVerification
from certstore.errors import ForbiddenError, MalformedError
from certstore.verdict import Accepted, Refused
from face_auth.earlier import judge_earlier
from face_auth.result import TRUST_FRAMEWORK
from face_auth.rules import read_rules, rule_on
from tests.unit.face_auth.office import ACCOUNT, APPLICATION, HOLDER, NOW, OTHER
from tests.unit.face_auth.test_judgement import GOOD
from verifiers.materials.facts import parse_facts
from verifiers.materials.reuse import judge
from verifiers.materials.rules import load_rules
from verifiers.materials.vocabulary import Material, Outcome

TODAY = date(2026, 11, 22)
ALLOWED = rule_on(read_rules(earlier_from=TODAY), TODAY)
TOLD = EarlierVerification("cn_ctid", "high", NOW - timedelta(days=30), ("electronic_record",))


def test_by_itself_no_rule_takes_one():
    rule = rule_on(read_rules(), TODAY)
    assert rule.earlier is None
    assert judge_earlier(TOLD, now=NOW, rule=rule) == Refused(("earlier_not_allowed",))


def test_a_dated_rule_takes_one_from_its_day_on():
    rules = read_rules(earlier_from=TODAY)
    assert rule_on(rules, TODAY - timedelta(1)).version == "face-2021"
    assert rule_on(rules, TODAY).version == "face-earlier"
    assert judge_earlier(TOLD, now=NOW, rule=rule_on(rules, TODAY)) == Accepted()
    base, optional = rule_on(rules, TODAY - timedelta(1)), rule_on(rules, TODAY)
    assert replace(optional, version=base.version, effective=base.effective, earlier=None) == base


def test_the_optional_rule_may_begin_with_the_first():
    rules = read_rules(earlier_from=date(2021, 1, 1))
    assert [rule.version for rule in rules] == ["face-earlier"]


def test_before_the_first_rule_there_is_none_to_take_over():
    with pytest.raises(Exception, match="no face rule"):
        read_rules(earlier_from=date(2020, 12, 31))


@pytest.mark.parametrize(
    ("change", "reasons"),
    [
        ({}, ()),
        ({"trust_framework": "eidas"}, ("framework_not_accepted",)),
        ({"assurance_level": "low"}, ("assurance_too_low",)),
        ({"assurance_level": ""}, ("assurance_too_low",)),
        ({"evidence": ("vouch",)}, ("evidence_not_accepted",)),
        ({"evidence": ()}, ("evidence_not_accepted",)),
        ({"evidence": ("vouch", "document")}, ()),
        ({"verified_at": NOW - timedelta(days=180)}, ()),
        ({"verified_at": NOW - timedelta(days=180, seconds=1)}, ("too_old",)),
        ({"verified_at": NOW}, ()),
        ({"verified_at": NOW + timedelta(seconds=1)}, ("verified_in_future",)),
        (
            {"trust_framework": "x_y", "assurance_level": "", "evidence": ()},
            ("framework_not_accepted", "assurance_too_low", "evidence_not_accepted"),
        ),
    ],
)
def test_it_is_judged_by_framework_level_evidence_and_age(change, reasons):
    verdict = judge_earlier(replace(TOLD, **change), now=NOW, rule=ALLOWED)
    assert verdict == (Refused(reasons) if reasons else Accepted())


# -- the desk ------------------------------------------------------------------------------


def told(office, *earlier, account=ACCOUNT, holder=HOLDER):
    with office.archive.writing() as books:
        books.earlier.replace(account, holder, earlier)


def allowing(office):
    return replace(office.desk, rules=read_rules(earlier_from=TODAY))


def test_it_is_a_result_of_another_kind_bound_to_account_and_person(office):
    told(office, TOLD)
    desk = allowing(office)
    (found,) = desk.earlier_for(HOLDER, ACCOUNT)
    assert found.kind == "platform"
    assert (found.trust_framework, found.evidence) == ("cn_ctid", ("electronic_record",))
    assert desk.earlier_for(OTHER, ACCOUNT) == []
    assert desk.earlier_for(replace(HOLDER, name="陈一明"), ACCOUNT) == []
    assert desk.earlier_for(HOLDER, "https://id.example#somebody") == []
    assert office.desk.earlier_for(HOLDER, ACCOUNT) == []
    assert desk.results_for(HOLDER, APPLICATION) == []


def test_the_newest_is_told_first_and_what_the_rule_refuses_is_not_told(office):
    newer = replace(TOLD, verified_at=NOW - timedelta(days=1))
    told(office, TOLD, newer, replace(TOLD, trust_framework="eidas"))
    found = allowing(office).earlier_for(HOLDER, ACCOUNT)
    assert [one.verified_at for one in found] == [newer.verified_at, TOLD.verified_at]


def test_what_the_last_sign_in_said_replaces_what_was_said_before(office):
    told(office, TOLD, TOLD)
    told(office)
    assert allowing(office).earlier_for(HOLDER, ACCOUNT) == []


def test_of_the_person_nothing_is_kept_with_it(office, tmp_path):
    told(office, TOLD)
    office.close()
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("face.db*"))
    assert b"cn_ctid" in kept
    for secret in (HOLDER.name, HOLDER.id_number, ACCOUNT):
        assert secret.encode() not in kept


def facts(office, *, earlier):
    return parse_facts(
        {
            "matter": "residence_registration",
            "as_of": "2026-11-22T10:00:00+08:00",
            "applicant": {
                "name": HOLDER.name,
                "id_type": "111",
                "id_number": HOLDER.id_number,
            },
            "guardian": None,
            "context": {
                "dwelling": "own",
                "occupier": "self",
                "relative": None,
                "address": "示范市梧桐区云杉路1号101室",
            },
            "on_file": [],
            "face_results": [],
            "sources_down": [],
            "earlier_verifications": [found.as_facts() for found in earlier],
        }
    )


def test_it_satisfies_identity_where_both_rules_allow_and_never_the_photo(office):
    """The reuse rules have a gate of their own; a photo is missing with it as without it."""
    told(office, TOLD)
    earlier = allowing(office).earlier_for(HOLDER, ACCOUNT)
    rules = load_rules().in_force(TODAY)
    allowed = load_rules(earlier_from=TODAY).in_force(TODAY)
    decided = {
        (gate, bool(found)): judge(facts(office, earlier=found), chosen).materials
        for gate, chosen in (("shut", rules), ("open", allowed))
        for found in ([], earlier)
    }
    for (gate, found), materials in decided.items():
        identity, photo = materials[Material.IDENTITY], materials[Material.PHOTO]
        satisfied = gate == "open" and found
        assert (identity.outcome is Outcome.SATISFIED) is satisfied
        assert photo == decided["shut", False][Material.PHOTO]
        assert photo.outcome is not Outcome.SATISFIED


# -- the export shape ----------------------------------------------------------------------


def test_a_result_is_exported_as_verified_claims():
    """OpenID Identity Assurance Schema Definition 1.0: required members, and nothing of a face."""
    said = GOOD.as_verified_claims(HOLDER)
    assert said.keys() == {"verification", "claims"}
    verification = said["verification"]
    assert verification["trust_framework"] == TRUST_FRAMEWORK
    assert verification["assurance_level"] == "high"
    assert verification["time"] == "2026-11-22T02:00:20Z"
    (evidence,) = verification["evidence"]
    assert evidence["type"] == "electronic_record"
    assert evidence["record"]["source"] == {"name": "police_photo_base"}
    assert evidence["check_details"][0]["check_method"] == "bvr"
    assert evidence["check_details"][0]["txn"] == GOOD.our_txn
    assert said["claims"]["id_number"] == HOLDER.id_number


def test_without_the_person_the_binding_alone_is_exported():
    said = GOOD.as_verified_claims()
    assert said["claims"] == {"subject_binding": GOOD.subject_binding}
    for secret in (HOLDER.name, HOLDER.id_number, GOOD.nonce):
        assert secret not in repr(said)


# -- children ------------------------------------------------------------------------------


def born(day: date) -> Holder:
    number = f"340199{day:%Y%m%d}011"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(w * int(d) for w, d in zip(weights, number, strict=True))
    return Holder("陈小鸣", "111", number + "10X98765432"[total % 11])


@pytest.mark.parametrize("day", [date(2026, 11, 1), date(2015, 1, 1), date(2012, 11, 23)])
def test_no_verification_is_begun_of_a_child_under_fourteen(office, day):
    with pytest.raises(ForbiddenError) as refusal:
        office.begin(born(day))
    assert refusal.value.facts["cause"] == "under-age"
    assert "guardian" in refusal.value.remedy
    assert born(day).id_number not in str(refusal.value)


@pytest.mark.parametrize("day", [date(2012, 11, 22), date(2012, 1, 1), date(1950, 1, 1)])
def test_from_the_fourteenth_birthday_on_it_is_begun(office, day):
    assert office.begin(born(day)).txn


def test_the_birthday_is_the_one_in_china(office):
    office.clock.skip(hours=14)  # midnight in China, still the day before in UTC
    assert office.begin(born(date(2012, 11, 23))).txn


def test_a_number_that_is_none_begins_nothing(office):
    with pytest.raises(MalformedError):
        office.begin(replace(HOLDER, id_number="340199199803140110"))


def test_papers_without_a_birth_date_in_their_number_are_not_judged_by_it(office):
    assert office.begin(Holder("Zoé", "414", "P12345678")).txn
