"""Two drafts that come to name the same child at the same moment, on either database."""

from certstore.errors import ConflictError
from tests.guardians import DAUGHTER, FATHER, unknown_child
from tests.integration.test_issuing import at_once
from tests.integration.test_issuing import shared as shared
from tests.residents import REGISTRATION


def test_of_drafts_that_come_to_name_the_same_child_one_does_and_the_others_are_told(shared):
    desk = shared.apply_desk
    children = [unknown_child(f"2018010{day}") for day in range(1, 5)]
    refs = [desk.begin(FATHER, REGISTRATION, child).ref for child in children]
    assert len(set(refs)) == len(refs)
    found = at_once(lambda number: desk.name_child(FATHER, refs[number], DAUGHTER), len(refs))
    refused = [f for f in found if isinstance(f, Exception)]
    assert len(refused) == len(refs) - 1
    assert all(isinstance(error, ConflictError) for error in refused)
    named = [desk.get(FATHER, ref).answers.child for ref in refs]
    assert named.count(DAUGHTER) == 1
