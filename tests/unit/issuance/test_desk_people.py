"""Whose a paper must be: those alone whom its material concerns, in full, while it is judged."""

from datetime import UTC, datetime

import pytest

from certstore.certificates import Holder
from issuance.application import WITH_OFFICERS, Answers, Application, Child, Matter, Relative, State
from issuance.pages.desk_people import whose
from verifiers.materials.vocabulary import Material

NOW = datetime(2026, 11, 26, tzinfo=UTC)
LIN = Holder("林晓禾", "111", "310199199003070020")
CHILD = Child("何雨桐", "310199201803070011", "parent")
ZHOU = Relative("周敏", "310199197109230625", "parent")
DONE = set(State) - WITH_OFFICERS


def case(answers: Answers, state: State = State.IN_REVIEW) -> Application:
    return Application(
        ref="r",
        number="SF-1",
        matter=Matter.RESIDENCE_REGISTRATION,
        applicant=answers.child.holder if answers.child else LIN,
        person_id=1,
        actor=LIN,
        actor_id=1,
        account="a",
        state=state,
        begun_at=NOW,
        touched_at=NOW,
        answers=answers,
    )


def people(answers: Answers, material: Material) -> list[tuple[str, str, str]]:
    return [(w.role, w.name, w.id_number) for w in whose(case(answers), material)]


ME = ("applicant", LIN.name, LIN.id_number)
MY_CHILD = ("child", CHILD.name, CHILD.id_number)
GUARDIAN = ("guardian", LIN.name, LIN.id_number)
RELATIVE = ("relative", ZHOU.name, ZHOU.id_number)
AT_HOME = Answers(occupier="self", relative=ZHOU)  # answered before, and changed since
AT_ZHOUS = Answers(occupier="relative", relative=ZHOU)
OF_CHILD = Answers(occupier="relative", relative=ZHOU, child=CHILD)


@pytest.mark.parametrize(
    ("answers", "material", "shown"),
    [
        (AT_HOME, Material.DWELLING, [ME]),
        (AT_HOME, Material.PHOTO, [ME]),
        (AT_ZHOUS, Material.DWELLING, [ME, RELATIVE]),
        (AT_ZHOUS, Material.KINSHIP, [ME, RELATIVE]),
        (AT_ZHOUS, Material.PHOTO, [ME]),
        (AT_ZHOUS, Material.IDENTITY, [ME]),
        (OF_CHILD, Material.DWELLING, [MY_CHILD, RELATIVE]),
        (OF_CHILD, Material.PHOTO, [MY_CHILD]),
        (OF_CHILD, Material.GUARDIANSHIP, [MY_CHILD, GUARDIAN]),
        (OF_CHILD, Material.IDENTITY, [GUARDIAN]),
    ],
)
def test_a_paper_must_be_of_those_whom_its_material_concerns(answers, material, shown):
    assert people(answers, material) == shown


@pytest.mark.parametrize("state", sorted(DONE))
def test_nobody_is_shown_in_full_once_there_is_nothing_to_judge(state):
    assert whose(case(AT_ZHOUS, state), Material.DWELLING) == ()
