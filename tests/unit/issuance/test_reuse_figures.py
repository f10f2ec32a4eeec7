"""The figures on reuse: what counts, what does not, and that they come back as they were kept."""

import pytest

from issuance.reuse_figures import Decided, count_reuse, decided, decided_of_kept
from tests.residents import REGISTRATION as APPLIED_FOR
from tests.residents import resident, submitted
from verifiers.materials.vocabulary import Material, Matter, Outcome

REGISTRATION, PERMIT = Matter.REGISTRATION, Matter.PERMIT


def _one(outcome, *reasons, material=Material.DWELLING, matter=REGISTRATION):
    return Decided(matter, material, outcome, reasons)


@pytest.mark.parametrize(
    ("outcome", "due", "without_upload"),
    [
        (Outcome.SATISFIED, 1, 1),
        (Outcome.BY_COMMITMENT, 1, 1),
        (Outcome.OFFICER_REVIEW, 1, 1),
        (Outcome.SOURCE_DOWN, 1, 1),
        (Outcome.CHOOSE_ONE, 1, 0),
        (Outcome.MUST_UPLOAD, 1, 0),
        (Outcome.BLOCKED, 1, 0),
        (Outcome.NOT_APPLICABLE, 0, 0),
    ],
)
def test_what_counts_as_needing_no_upload(outcome, due, without_upload):
    (figure,) = count_reuse([[_one(outcome)]]).figures
    assert (figure.due, figure.without_upload) == (due, without_upload)


def test_every_outcome_has_its_place():
    for outcome in Outcome:
        count_reuse([[_one(outcome)]])


def test_the_first_reason_of_what_had_to_be_handed_in_is_counted_and_no_other():
    found = count_reuse(
        [
            [_one(Outcome.MUST_UPLOAD, "CERT_EXPIRED", "ADDRESS_MISMATCH")],
            [_one(Outcome.MUST_UPLOAD, "CERT_EXPIRED")],
            [_one(Outcome.MUST_UPLOAD)],
            [_one(Outcome.OFFICER_REVIEW, "ADDRESS_UNSURE")],
        ]
    )
    (figure,) = found.figures
    assert figure.reasons == {"CERT_EXPIRED": 2, "NO_RECORD": 1}
    assert found.share == pytest.approx(1 / 4)


def test_matters_and_materials_are_kept_apart_and_in_order():
    found = count_reuse(
        [
            [_one(Outcome.SATISFIED, matter=PERMIT), _one(Outcome.SATISFIED)],
            [_one(Outcome.MUST_UPLOAD, material=Material.PHOTO)],
        ]
    )
    keys = [(f.matter, f.material, f.share) for f in found.figures]
    assert keys == [
        (REGISTRATION, Material.PHOTO, 0.0),
        (REGISTRATION, Material.DWELLING, 1.0),
        (PERMIT, Material.DWELLING, 1.0),
    ]
    assert [f.matter for f in found.of(PERMIT)] == [PERMIT]


def test_no_application_is_no_division_by_nothing():
    assert count_reuse([]).share == 1.0


def test_the_decisions_of_real_applications_are_counted(house):
    submitted(house, "chen_yiming")
    submitted(house, "lin_xiaohe")
    house.apply_desk.begin(resident("wang_yan"), APPLIED_FOR)  # a draft counts not
    found = house.statistics_desk.reuse()
    assert found.applications == 2
    kinship = next(f for f in found.figures if f.material is Material.KINSHIP)
    assert (kinship.due, kinship.without_upload) == (1, 1)
    assert found.share == 1.0


def test_a_kept_decision_counts_as_the_decision_did(house):
    application = submitted(house, "lin_xiaohe")
    kept = application.decision["decision"]
    again = house.checklist_desk.judge_again(application.decision)
    assert list(decided_of_kept(kept)) == list(decided(again))
