from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.unit.verifiers.materials.made_up_facts import (
    ADDRESS,
    CHEN,
    CHILD,
    NOW,
    WU,
    ZHOU,
    face,
    facts,
    insurance,
    own_home,
    photo,
    record,
    voucher,
)
from verifiers.materials.facts import Claims, Context, EarlierVerification, Person
from verifiers.materials.reuse import judge
from verifiers.materials.rules import load_rules
from verifiers.materials.vocabulary import (
    Dwelling,
    Material,
    Matter,
    Outcome,
    PhotoQuality,
    Reason,
    RecordType,
    Relation,
)

BOOK = load_rules()
OF_2021 = BOOK.by_version("2021-1")
LATER = BOOK.by_version("later-1")
MOTHER = replace(ZHOU, relation=Relation.PARENT)


def _one(material, rules=OF_2021, **changes):
    return judge(facts(**changes), rules).materials[material]


def test_what_decided_is_named_by_record_and_version():
    found = _one(Material.DWELLING)
    assert found.reference() == {"record_id": "property_certificate-1", "version": 1}


def test_the_face_result_that_decided_is_named_without_its_subject():
    assert _one(Material.IDENTITY).reference() == {
        "face_result": "sandbox",
        "verified_at": "2026-11-22T09:55:00+08:00",
    }


def test_of_several_that_serve_the_one_issued_last_decides():
    older, newer = own_home(record_id="a"), own_home(record_id="b", issued_on=date(2026, 1, 1))
    for on_file in ((older, newer), (newer, older)):
        assert _one(Material.DWELLING, on_file=on_file).satisfied_by == newer


def test_the_near_miss_is_kept_to_be_shown_beside_what_was_declared():
    doubtful = own_home(address="示范市海港区长乐路88弄6号")
    found = _one(Material.DWELLING, on_file=(doubtful,))
    assert (found.outcome, found.near_miss) == (Outcome.OFFICER_REVIEW, doubtful)


@pytest.mark.parametrize(
    "missing", ["mode", "comparison_source", "fmr", "pad", "iad", "device_risk"]
)
def test_a_face_result_that_does_not_say_something_never_passes(missing):
    found = _one(Material.IDENTITY, face_results=(face(**{missing: None}),))
    assert found.reasons == (Reason.FACE_LOW_ASSURANCE,)


def test_a_face_result_from_the_future_does_not_pass():
    found = _one(Material.IDENTITY, face_results=(face(verified_at=NOW + timedelta(seconds=1)),))
    assert found.outcome is Outcome.CHOOSE_ONE
    assert Reason.NOT_YET_VALID in found.reasons


def test_a_negative_match_rate_does_not_pass():
    found = _one(Material.IDENTITY, face_results=(face(fmr=-1.0),))
    assert found.outcome is Outcome.CHOOSE_ONE


def test_an_earlier_verification_does_not_do_by_the_rules_of_2021():
    earlier = (EarlierVerification(CHEN, NOW - timedelta(days=3)),)
    found = _one(Material.IDENTITY, face_results=(), earlier_verifications=earlier)
    assert found.outcome is Outcome.CHOOSE_ONE


@pytest.mark.parametrize(
    ("subject", "days", "outcome"),
    [
        (CHEN, 30, Outcome.SATISFIED),
        (CHEN, 31, Outcome.CHOOSE_ONE),
        (CHEN, -1, Outcome.CHOOSE_ONE),
        (WU, 3, Outcome.CHOOSE_ONE),
    ],
)
def test_an_earlier_verification_does_where_a_rule_allows_it_for_so_long(subject, days, outcome):
    lenient = replace(OF_2021.face, earlier_verification_max_age=timedelta(days=30))
    earlier = (EarlierVerification(subject, NOW - timedelta(days=days)),)
    found = _one(
        Material.IDENTITY,
        replace(OF_2021, face=lenient),
        face_results=(),
        earlier_verifications=earlier,
        on_file=(),
    )
    assert found.outcome is outcome


def test_an_earlier_verification_never_implies_a_photo():
    lenient = replace(OF_2021.face, earlier_verification_max_age=timedelta(days=30))
    rules = replace(OF_2021, face=lenient)
    earlier = (EarlierVerification(CHEN, NOW),)
    found = _one(Material.PHOTO, rules, earlier_verifications=earlier, on_file=())
    assert found.outcome is Outcome.MUST_UPLOAD


@pytest.mark.parametrize(
    ("claims", "outcome", "reasons"),
    [
        ({"taken_on": None}, Outcome.MUST_UPLOAD, (Reason.PHOTO_TOO_OLD,)),
        ({"taken_on": date(2026, 11, 23)}, Outcome.MUST_UPLOAD, (Reason.NOT_YET_VALID,)),
        ({"quality": None}, Outcome.OFFICER_REVIEW, (Reason.PHOTO_QUALITY,)),
        ({"quality": PhotoQuality.RETAKE}, Outcome.MUST_UPLOAD, (Reason.PHOTO_QUALITY,)),
    ],
)
def test_a_photo_that_does_not_say_enough_is_no_silent_evidence(claims, outcome, reasons):
    found = _one(Material.PHOTO, on_file=(photo(**claims),))
    assert (found.outcome, found.reasons) == (outcome, reasons)


def test_a_person_whose_number_tells_no_age_has_the_shortest_photo_limit():
    foreigner = Person("ANNA LI", "414", "E12345678")
    old = photo(foreigner, taken_on=date(2024, 11, 21))
    found = _one(Material.PHOTO, applicant=foreigner, on_file=(old,))
    assert (found.outcome, found.limit) == (Outcome.MUST_UPLOAD, 2)


def test_a_record_without_an_address_is_left_to_a_person():
    silent = record(RecordType.PROPERTY, claims=Claims())
    assert _one(Material.DWELLING, on_file=(silent,)).outcome is Outcome.OFFICER_REVIEW


def test_a_later_rule_takes_a_contract_for_a_rented_home_and_2021_does_not():
    contract = record(RecordType.LEASE_CONTRACT, claims=Claims(address=ADDRESS))
    rented = {"context": Context(Dwelling.RENT, ADDRESS), "on_file": (contract,)}
    assert _one(Material.DWELLING, LATER, **rented).outcome is Outcome.SATISFIED
    assert _one(Material.DWELLING, OF_2021, **rented).outcome is Outcome.MUST_UPLOAD


@pytest.mark.parametrize(
    ("rules", "months", "paid", "outcome"),
    [
        (LATER, 6, date(2026, 11, 1), Outcome.SATISFIED),
        (LATER, 5, date(2026, 11, 1), Outcome.BLOCKED),
        (LATER, 6, date(2026, 10, 1), Outcome.BLOCKED),
        (OF_2021, 60, date(2026, 11, 1), Outcome.BLOCKED),
    ],
)
def test_insurance_stands_in_for_half_a_year_by_later_rules_if_paid_this_month(
    rules, months, paid, outcome
):
    on_file = (voucher(date(2026, 11, 1)), insurance(months, paid))
    found = _one(Material.HALF_YEAR, rules, matter=Matter.PERMIT, on_file=on_file)
    assert found.outcome is outcome


def test_insurance_without_a_registration_never_counts_as_half_a_year():
    found = _one(Material.HALF_YEAR, LATER, matter=Matter.PERMIT, on_file=(insurance(60),))
    assert found.outcome is Outcome.BLOCKED


def test_last_months_insurance_is_employment_and_that_before_is_not():
    for paid, outcome in (
        (date(2026, 10, 1), Outcome.SATISFIED),
        (date(2026, 9, 1), Outcome.MUST_UPLOAD),
    ):
        found = _one(Material.BASIS, matter=Matter.PERMIT, on_file=(insurance(8, paid),))
        assert found.outcome is outcome


def test_too_short_a_registration_says_on_which_day_it_is_long_enough():
    found = _one(Material.HALF_YEAR, matter=Matter.PERMIT, on_file=(voucher(date(2026, 8, 31)),))
    assert (found.outcome, found.eligible_on) == (Outcome.BLOCKED, date(2027, 2, 28))


def test_an_adult_acted_for_needs_a_document_that_no_birth_certificate_replaces():
    proof = record(RecordType.BIRTH, CHEN, Claims(parents=(ZHOU,)))
    found = _one(
        Material.GUARDIANSHIP, guardian=MOTHER, on_file=(proof,), face_results=(face(ZHOU),)
    )
    assert (found.outcome, found.reasons) == (Outcome.MUST_UPLOAD, (Reason.GUARDIANSHIP_UNPROVEN,))


def test_a_household_register_proves_parents_only_if_it_says_so():
    for relation, outcome in ((Relation.PARENT, Outcome.SATISFIED), (None, Outcome.MUST_UPLOAD)):
        member = replace(CHEN, relation=relation)
        register = record(RecordType.HOUSEHOLD, CHILD, Claims(members=(member,)))
        found = _one(Material.GUARDIANSHIP, applicant=CHILD, guardian=CHEN, on_file=(register,))
        assert found.outcome is outcome


def test_a_household_register_that_names_both_proves_kinship():
    register = record(RecordType.HOUSEHOLD, CHEN, holders=(CHEN, ZHOU))
    home = Context(Dwelling.OWN, ADDRESS, MOTHER)
    found = _one(Material.KINSHIP, context=home, on_file=(register,))
    assert found.outcome is Outcome.SATISFIED


def _with_letter(**changes):
    letter = record(RecordType.LETTER, CHEN, Claims(relative=MOTHER, signed=True))
    made = {"context": Context(Dwelling.OWN, ADDRESS, MOTHER)}
    made["on_file"] = (own_home(ZHOU), photo(), letter)
    return judge(facts(**(made | changes)), OF_2021)


def test_a_signed_letter_makes_it_automatic_and_an_unsigned_one_is_awaited():
    signed = _with_letter()
    assert (signed.automatic, signed.awaits_letter) == (True, False)
    unsigned = _with_letter(on_file=(own_home(ZHOU), photo()))
    assert (unsigned.automatic, unsigned.awaits_letter, unsigned.to_do) == (False, True, ())


def test_a_letter_about_another_relative_does_not_serve():
    wu = replace(WU, relation=Relation.SPOUSE)
    assert _with_letter(context=Context(Dwelling.OWN, ADDRESS, wu)).awaits_letter


def test_a_guardian_may_sign_only_once_the_guardianship_is_proven():
    home = Context(Dwelling.OWN, ADDRESS, replace(CHEN, relation=Relation.PARENT))
    acted = {"applicant": CHILD, "guardian": CHEN, "context": home}
    unproven = judge(facts(**acted, on_file=()), OF_2021)
    assert not unproven.may_sign_letter
    proof = record(RecordType.BIRTH, CHILD, Claims(parents=(CHEN,)))
    assert judge(facts(**acted, on_file=(proof,)), OF_2021).may_sign_letter


def test_what_holds_a_submission_up_is_listed():
    decision = judge(facts(on_file=(), face_results=()), OF_2021)
    assert decision.to_do == (Material.IDENTITY, Material.PHOTO, Material.DWELLING)


def test_a_decision_is_stored_without_names_numbers_or_addresses():
    stored = str(_with_letter().as_json())
    assert not any(text in stored for text in (CHEN.name, CHEN.id_number, ZHOU.name, "长乐路"))
