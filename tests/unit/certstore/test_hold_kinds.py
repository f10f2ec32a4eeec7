"""The status that holds add up to: any set of them, in any order of placing and lifting."""

from itertools import chain, combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certstore.certificates import Status
from certstore.holds.kinds import CARRIED, ENDED, HoldKind, Succession, worked_out
from issuance.succession import succession

KINDS = tuple(HoldKind)
SETS = list(chain.from_iterable(combinations(KINDS, n) for n in range(len(KINDS) + 1)))


@pytest.mark.parametrize("kinds", SETS)
@pytest.mark.parametrize("status", [s for s in Status if s is not Status.EXPIRED])
def test_what_has_ended_stays_so_then_loss_then_suspension_then_valid(status, kinds):
    found = worked_out(status, kinds)
    if status in ENDED:
        assert found is status
    elif HoldKind.LOSS in kinds:
        assert found is Status.LOST
    else:
        assert found is (Status.SUSPENDED if kinds else Status.VALID)


@given(st.lists(st.tuples(st.booleans(), st.sampled_from(KINDS)), max_size=30))
def test_lifting_one_never_lifts_another(steps):
    open_kinds, status = set(), Status.VALID
    for placed, kind in steps:
        before = open_kinds - {kind}
        (open_kinds.add if placed else open_kinds.discard)(kind)
        status = worked_out(status, open_kinds)
        assert (status is Status.VALID) == (not open_kinds)
        assert not before or status is not Status.VALID
        assert (status is Status.LOST) == (HoldKind.LOSS in open_kinds)


def test_what_goes_along_to_a_new_version():
    for how, kinds in CARRIED.items():
        assert (HoldKind.AUTHORITY in kinds) == (how is not Succession.BY_ISSUER)
    assert HoldKind.LOSS not in CARRIED[Succession.NEW_CARRIER]
    assert HoldKind.OVERDUE in CARRIED[Succession.NEW_CARRIER]
    assert HoldKind.LOSS not in CARRIED[Succession.NEW_CARRIER_ENDORSED]
    assert HoldKind.OVERDUE not in CARRIED[Succession.NEW_CARRIER_ENDORSED]
    assert HoldKind.OVERDUE not in CARRIED[Succession.ENDORSED]
    assert CARRIED[Succession.SAME_CARRIER] == set(HoldKind)
    assert CARRIED.keys() == set(Succession)


@pytest.mark.parametrize(
    ("type_code", "matter", "how"),
    [
        ("residence_permit", "address_change", Succession.SAME_CARRIER),
        ("residence_permit", "endorsement", Succession.ENDORSED),
        ("residence_permit", "reissue", Succession.NEW_CARRIER),
        ("residence_permit", "anything", Succession.SAME_CARRIER),  # carries the most
        ("residence_voucher", "address_change", Succession.NEW_CARRIER),
        ("residence_voucher", "residence_registration", Succession.NEW_CARRIER),
    ],
)
def test_what_a_matter_makes_of_a_new_version(type_code, matter, how):
    assert succession(type_code, matter) is how


def test_issued_anew_past_its_day_it_is_endorsed_with_it():
    permit = "residence_permit"
    assert succession(permit, "reissue", longer=True) is Succession.NEW_CARRIER_ENDORSED
    assert succession(permit, "endorsement", longer=True) is Succession.ENDORSED
    assert succession(permit, "permit_update", longer=True) is Succession.SAME_CARRIER
