"""What becomes of a material: AND inside, OR between, the nearest miss, and who is asked what."""

import pytest

from tests.unit.verifiers.matters.cases import (
    CHILD,
    FATHER,
    evidence,
    facts,
    material,
    matter,
    record,
)
from verifiers.materials.strict_reading import Members
from verifiers.materials.vocabulary import Outcome, Reason, RecordType, Source
from verifiers.matters.case_facts import CaseFacts
from verifiers.matters.judging import MaterialAnswer, judge_matter
from verifiers.matters.sentences import material_json, matter_json

PROPERTY, LEASE = "property_certificate", "lease_filing"
OWN_OR_BOTH = material([evidence(PROPERTY)], [evidence(LEASE), evidence("enrolment")], code="home")


def one(matter_material, *on_file, **case):
    """The answer for the only material of a matter."""
    (answer,) = judge_matter(matter(matter_material), facts(*on_file, **case)).materials
    return answer


def test_one_group_that_is_whole_satisfies():
    held = record(PROPERTY)
    answer = one(OWN_OR_BOTH, held)
    assert (answer.outcome, answer.satisfied_by) == (Outcome.SATISFIED, (held,))
    lease, enrolment = record(LEASE), record("enrolment")
    assert one(OWN_OR_BOTH, lease, enrolment).satisfied_by == (lease, enrolment)


def test_of_two_whole_groups_the_one_ranked_first_decides():
    every = (record("enrolment"), record(LEASE), record(PROPERTY))
    (decided,) = one(OWN_OR_BOTH, *every).satisfied_by
    assert decided.type is RecordType.PROPERTY


def test_half_a_group_is_not_enough_and_only_what_is_missing_is_asked_for():
    answer = one(OWN_OR_BOTH, record(LEASE))
    assert answer.outcome is Outcome.MUST_UPLOAD
    assert answer.reasons == (Reason.NO_RECORD,)
    assert answer.alternatives == (("property_certificate_upload",), ("enrolment_upload",))
    bare = one(OWN_OR_BOTH)
    assert bare.alternatives == (
        ("property_certificate_upload",),
        ("lease_filing_upload", "enrolment_upload"),
    )


def test_the_nearest_miss_says_why():
    over = record(LEASE, valid_to="2026-11-24")
    answer = one(material([evidence(PROPERTY)], [evidence(LEASE)]), over)
    assert answer.reasons == (Reason.CERT_EXPIRED,)
    assert answer.near_miss == over
    assert answer.alternatives[0] == ("lease_filing_upload",)


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("revoked", Reason.CERT_REVOKED),
        ("suspended_loss", Reason.CERT_SUSPENDED_LOSS),
        ("expired", Reason.CERT_EXPIRED),
    ],
)
def test_every_record_must_be_in_force_though_no_condition_says_so(status, reason):
    answer = one(material([evidence(PROPERTY)]), record(PROPERTY, status=status))
    assert (answer.outcome, answer.reasons) == (Outcome.MUST_UPLOAD, (reason,))


@pytest.mark.parametrize(
    "changes",
    [{"under_dispute": True}, {"valid_from": "2026-11-26"}, {"valid_to": "2026-11-24"}],
)
def test_a_record_disputed_or_outside_its_days_does_not_serve(changes):
    assert one(material([evidence(PROPERTY)]), record(PROPERTY, **changes)).satisfied_by == ()


@pytest.mark.parametrize("ends", ["2026-11-25", None])
def test_the_last_day_counts(ends):
    held = record(PROPERTY, valid_to=ends, valid_from="2020-01-01")
    assert one(material([evidence(PROPERTY)]), held).outcome is Outcome.SATISFIED


def test_what_the_purpose_does_not_cover_is_not_looked_at_and_that_is_said():
    only_lease = frozenset({RecordType.LEASE_FILING})
    answer = one(OWN_OR_BOTH, record(PROPERTY), allowed=only_lease)
    assert answer.satisfied_by == ()
    assert Reason.PURPOSE_NOT_ALLOWED in answer.reasons
    within = one(material([evidence(LEASE)]), record(LEASE), allowed=only_lease)
    assert (within.outcome, within.reasons) == (Outcome.SATISFIED, ())


def test_a_source_that_is_down_never_turns_into_a_request():
    down = frozenset({Source.HOUSING})
    answer = one(material([evidence(PROPERTY)], [evidence(LEASE)]), sources_down=down)
    assert (answer.outcome, answer.alternatives) == (Outcome.SOURCE_DOWN, ())
    assert answer.sources_down == (Source.HOUSING,)
    assert answer.reasons[-1] is Reason.SOURCE_UNAVAILABLE
    proven = one(
        material([evidence(PROPERTY)], [evidence(LEASE)]), record(PROPERTY), sources_down=down
    )
    assert proven.outcome is Outcome.SATISFIED


def test_a_source_that_could_give_only_half_of_what_is_missing_is_no_excuse():
    down = frozenset({Source.HOUSING})
    answer = one(material([evidence(LEASE), evidence("enrolment")]), sources_down=down)
    assert answer.outcome is Outcome.MUST_UPLOAD


def test_what_the_purpose_does_not_cover_cannot_be_waited_for():
    down = frozenset({Source.HOUSING})
    answer = one(material([evidence(LEASE)]), sources_down=down, allowed=frozenset())
    assert answer.outcome is Outcome.MUST_UPLOAD


def test_what_only_a_person_can_tell_is_for_an_officer_and_nothing_is_asked():
    said = {"is": "district", "parameter": "district"}
    answer = one(
        material([evidence(PROPERTY, said)]),
        record(PROPERTY, claims={"address": "长乐路88弄6号1203室"}),
        parameters={"district": "海港区"},
    )
    assert (answer.outcome, answer.alternatives) == (Outcome.OFFICER_REVIEW, ())
    expired_too = one(
        material([evidence(PROPERTY, said)]),
        record(PROPERTY, claims={}, status="revoked"),
        parameters={"district": "海港区"},
    )
    assert expired_too.outcome is Outcome.MUST_UPLOAD


AGE = {"is": "age", "of": "subject", "at_least": 18}


@pytest.mark.parametrize("otherwise", ["must_upload", "blocked", "officer_review"])
def test_no_paper_makes_anybody_older(otherwise):
    answer = one(material([evidence("person", AGE)], otherwise=otherwise))
    wanted = Outcome.BLOCKED if otherwise == "must_upload" else Outcome(otherwise)
    assert (answer.outcome, answer.alternatives) == (wanted, ())
    assert answer.reasons == (Reason.NOT_YET_ELIGIBLE,)


def test_a_group_that_needs_another_age_is_no_alternative():
    both = [evidence(PROPERTY), evidence("person", AGE)]
    answer = one(material(both, [evidence(LEASE)]))
    assert answer.alternatives == (("lease_filing_upload",),)


def test_what_a_matter_asks_for_itself_is_asked_as_it_says():
    ask = [["face_verification"], ["id_card_upload"]]
    answer = one(material([evidence(PROPERTY)], otherwise="choose_one", ask=ask))
    assert answer.outcome is Outcome.CHOOSE_ONE
    assert answer.alternatives == (("face_verification",), ("id_card_upload",))


@pytest.mark.parametrize(("told", "applies"), [("海港区", True), ("梧桐区", False), (None, False)])
def test_a_material_that_does_not_concern_the_case_is_not_applicable(told, applies):
    only = material([evidence(PROPERTY)], only_if={"parameter": "district", "one_of": ["海港区"]})
    answer = one(only, parameters={"district": told} if told else {})
    assert (answer.outcome is Outcome.NOT_APPLICABLE) is not applies


def test_what_is_satisfied_or_not_applicable_must_not_be_requested():
    both = (
        material([evidence(PROPERTY)], code="home"),
        material([evidence(LEASE)], code="lease"),
        material([evidence(LEASE)], code="other", only_if={"parameter": "home", "one_of": ["x"]}),
    )
    answer = judge_matter(matter(*both), facts(record(PROPERTY)))
    assert answer.must_not_request == ("home", "other")


def test_the_newest_of_several_that_serve_decides_whatever_their_order():
    older, newer = (
        record(PROPERTY, record_id="a"),
        record(PROPERTY, record_id="b", issued_on="2024-01-01"),
    )
    for order in ((older, newer), (newer, older)):
        assert one(material([evidence(PROPERTY)]), *order).satisfied_by == (newer,)


def test_half_a_year_that_is_not_full_says_when_it_will_be():
    half = {"is": "held_since", "since": "valid_from", "months": 6}
    held = record(PROPERTY, valid_from="2026-08-31")
    answer = one(material([evidence(PROPERTY, half)], otherwise="blocked"), held)
    said = matter_json(judge_matter(matter(material([evidence(PROPERTY, half)])), facts(held)))
    assert f"{answer.eligible_on}" == "2027-02-28"
    (told,) = said["materials"]["proof"]["reasons"]
    assert told["code"] == "NOT_YET_ELIGIBLE"
    assert "2027 年 2 月 28 日" in told["text_zh"]
    assert "28 February 2027" in told["text_en"]


@pytest.mark.parametrize(
    "on_file",
    [
        (),
        (record(PROPERTY),),
        (record(LEASE, status="suspended_loss"),),
        (record(PROPERTY, holders=(FATHER,)), record("enrolment")),
    ],
)
def test_the_same_facts_give_the_same_answer_after_they_were_kept(on_file):
    case = facts(
        *on_file, parameters={"begins": "2026-12-01"}, sources_down=frozenset({Source.POLICE})
    )
    again = CaseFacts.read(Members(case.as_json(), "facts"))
    assert again == case
    told = matter(OWN_OR_BOTH, material([evidence("birth_certificate")]))
    assert matter_json(judge_matter(told, again)) == matter_json(judge_matter(told, case))


def test_no_sentence_names_anybody():
    said = str(matter_json(judge_matter(matter(OWN_OR_BOTH), facts(record(PROPERTY)))))
    for person in (CHILD, FATHER):
        assert person.name not in said
        assert person.id_number not in said


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_a_sentence_in_both_languages(reason):

    whole = matter(OWN_OR_BOTH).materials[0]
    answer = MaterialAnswer(
        material=whole,
        outcome=Outcome.MUST_UPLOAD,
        reasons=(reason,),
        sources_down=(Source.HOUSING,),
        near_miss=record(PROPERTY),
    )
    (told,) = material_json(answer)["reasons"]
    assert told["text_zh"]
    assert "{" not in told["text_zh"] + told["text_en"]
