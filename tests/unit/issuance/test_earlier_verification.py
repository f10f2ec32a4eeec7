"""An earlier verification by the platform that people sign in with, in an application."""

from dataclasses import replace
from datetime import timedelta

import pytest

from certstore.earlier_verification import EarlierVerification
from issuance.application import State
from tests.residents import PEOPLE, REGISTRATION, answers_of, copied, resident
from verifiers.materials.vocabulary import Material, Outcome

ME = resident("chen_yiming")


def begun(house, days_ago):
    """An application of somebody whose platform verified them so many days ago; no face result."""
    told = EarlierVerification(
        "cn_ctid", "high", house.clock.now() - timedelta(days=days_ago), ("electronic_record",)
    )
    with house.archive.writing() as books:
        books.earlier.replace(ME.account, ME.holder, [told])
    ref = house.apply_desk.begin(ME, REGISTRATION).ref
    return house.apply_desk.answer(ME, ref, answers_of(PEOPLE["chen_yiming"]["declares"])).ref


@pytest.mark.parametrize(
    ("first_day", "days_ago", "does"),
    [("2026-11-01", 30, True), ("2026-11-01", 181, False), ("2027-01-01", 30, False)],
)
def test_it_does_in_place_of_a_face_result_from_its_day_on(
    settled_folder, tmp_path, first_day, days_ago, does
):
    with copied(settled_folder, tmp_path, face_earlier_from=first_day) as house:
        ref = begun(house, days_ago)
        decision = house.apply_desk.check(ME, ref).decision
        assert (decision.materials[Material.IDENTITY].outcome is Outcome.SATISFIED) is does
        assert decision.rule_version == ("2021-1+earlier-1" if first_day < "2026-12" else "2021-1")


def test_what_was_decided_on_it_is_judged_again_the_same_without_the_setting(
    settled_folder, tmp_path
):
    with copied(settled_folder, tmp_path, face_earlier_from="2026-11-01") as house:
        ref = begun(house, 30)
        done = house.apply_desk.submit(ME, ref)
        assert (done.state, done.automatic) == (State.ISSUED, True)
        desk = replace(house.checklist_desk, rules=replace(house.rules, amended_from=None))
        assert desk.judge_again(done.decision).as_json() == done.decision["decision"]
