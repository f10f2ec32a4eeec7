"""Figures of real people: no count under 5 is shown, nor told by subtraction."""

import pytest

from issuance.pages.stats_views import stats_view
from issuance.reuse_figures import Figure, ReuseFigures, per_cent
from issuance.small_cells import without_small_cells
from verifiers.materials.vocabulary import Material, Matter


def figure(due, without, material=Material.DWELLING, **reasons):
    return Figure(Matter.REGISTRATION, material, due, without, {}, reasons)


@pytest.mark.parametrize(
    ("due", "without", "is_shown"),
    [
        (0, 0, True),
        (4, 4, False),
        (5, 5, True),
        (5, 0, True),
        (9, 5, False),  # four who had to hand in
        (9, 4, False),
        (10, 5, True),
        (100, 99, False),
    ],
)
def test_a_row_is_shown_if_neither_part_is_small(due, without, is_shown):
    assert bool(without_small_cells(ReuseFigures((figure(due, without),), 9)).figures) is is_shown


def test_a_hidden_row_is_not_in_the_totals():
    found = ReuseFigures((figure(100, 99, Material.PHOTO), figure(50, 40)), 100)
    shown = without_small_cells(found)
    assert (shown.due, shown.without_upload) == (50, 40)


@pytest.mark.parametrize(
    ("asked", "given", "shown"),
    [
        (12, {"A": 7, "B": 5}, {"A": 7, "B": 5}),
        (15, {"A": 10, "B": 3, "C": 2}, {"A": 10}),
        (15, {"A": 8, "B": 5, "C": 2}, {"A": 8}),  # 15 - 8 - 5 would tell the 2
        (8, {"A": 5, "B": 3}, {}),
        (6, {"A": 6}, {"A": 6}),
    ],
)
def test_a_small_reason_is_hidden_also_from_subtraction(asked, given, shown):
    found = without_small_cells(ReuseFigures((figure(50 + asked, 50, **given),), 99))
    assert found.figures[0].reasons == shown
    assert found.figures[0].outcomes == {}


@pytest.mark.parametrize("demonstration", [True, False])
def test_only_a_demonstration_shows_small_counts(demonstration):
    found = ReuseFigures((figure(42, 39, NO_RECORD=2, TOO_OLD=1),), 3)
    view = stats_view("郑运维 A01", found, of="applications", days=90, demonstration=demonstration)
    assert bool(view.matters) is demonstration
    assert (view.hides_small, view.few) == (not demonstration, not demonstration)
    assert ("city" in view.choices) is demonstration


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (39, 42, "92.9"),
        (2, 3, "66.7"),
        (1999, 2000, "99.9"),  # rounded it would be all
        (2000, 2000, "100.0"),
        (0, 7, "0.0"),
        (0, 0, "100.0"),
    ],
)
def test_a_share_is_rounded_to_one_decimal_and_all_is_said_of_all_alone(part, whole, said):
    assert per_cent(part, whole) == said
