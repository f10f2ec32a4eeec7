"""A relative is looked up after the face and the letter, on the record, and seldom; not before."""

from dataclasses import replace
from datetime import timedelta

import pytest

from certstore.errors import ConflictError
from issuance.application import Relative, State
from issuance.looking_up import MOST_LOOKS_A_DAY, MOST_PEOPLE_A_DAY
from issuance.submission import is_automatic, still_to_do
from tests.guardians import number
from tests.residents import (
    PEOPLE,
    REGISTRATION,
    answers_of,
    drafted,
    resident,
    submitted,
    verify_face,
)
from tests.unit.issuance.test_issue import count
from verifiers.materials.vocabulary import Material, Outcome

LIN, ZHOU = resident("lin_xiaohe"), resident("zhou_min")
HOME = answers_of(PEOPLE["lin_xiaohe"]["declares"])
NOBODY = Relative("周敏", number("19710923"), "parent")
OTHERS = ("chen_yiming", "wang_yan", "zhang_hong", "li_yan", "he_zhiyuan")


def _relative(key, relation="parent"):
    return Relative(PEOPLE[key]["name"], PEOPLE[key]["id_number"], relation)


def _signed(house, relative, **changes):
    """A draft in this relative's home, the face verified and the letter signed."""
    desk = house.apply_desk
    ref = desk.begin(LIN, REGISTRATION).ref
    desk.answer(LIN, ref, replace(HOME, relative=relative, **changes))
    if not house.face_desk.results_for(LIN.holder, ref):
        verify_face(house, "lin_xiaohe", ref)
    return desk.sign(LIN, ref, "林晓禾")


def _looks(house, who=ZHOU):
    return [e.kind for e in house.holdings_desk.usage(who)]


# -- in this order ---------------------------------------------------------------------------


def _told(house, relative):
    """What somebody is told before the face, and before the letter, who names this relative."""
    desk, told = house.apply_desk, []
    ref = desk.begin(LIN, REGISTRATION, fresh=True).ref
    desk.answer(LIN, ref, replace(HOME, relative=relative))
    for verify in (False, True):
        if verify:
            verify_face(house, "lin_xiaohe", ref)
        checked = desk.check(LIN, ref)
        assert checked.not_looked_up == {Material.DWELLING}
        numbers = {h.id_number for r in checked.facts.on_file for h in r.holders}
        assert relative.id_number not in numbers
        assert not is_automatic(desk.get(LIN, ref), checked)
        materials = checked.decision.as_json()["materials"]
        del materials["identity"]
        told.append((materials, still_to_do(desk.get(LIN, ref), checked)))
    return told


@pytest.mark.parametrize("relative", [HOME.relative, replace(HOME.relative, name="周明")])
def test_before_face_and_letter_nothing_tells_whether_a_relative_has_a_record(house, relative):
    told = _told(house, relative)
    assert told == _told(house, NOBODY)
    assert [to_do for _, to_do in told] == [
        ("identity", "commitment_letter"),
        ("commitment_letter",),
    ]
    assert _looks(house) == []
    assert house.holdings_desk.notices(ZHOU) == []


def test_a_letter_without_the_face_looks_nobody_up(house):
    ref = _signed(house, HOME.relative).ref
    with house.archive.writing() as books:
        books.connection.exec_driver_sql("DELETE FROM face_results")
    assert house.apply_desk.check(LIN, ref).not_looked_up == {Material.DWELLING}
    assert _looks(house) == []


def test_after_both_the_relatives_record_decides_and_the_relative_is_told_once(house):
    ref = _signed(house, HOME.relative).ref
    for _ in range(3):
        checked = house.apply_desk.check(LIN, ref)
    assert checked.not_looked_up == frozenset()
    assert checked.decision.materials[Material.DWELLING].outcome is Outcome.SATISFIED
    assert _looks(house) == ["relative"]
    assert [n.kind for n in house.holdings_desk.notices(ZHOU)] == ["relied_on"]
    assert house.apply_desk.submit(LIN, ref).state is State.ISSUED
    assert _looks(house) == ["relative", "relative"]  # looked at, and then relied on
    assert [n.kind for n in house.holdings_desk.notices(ZHOU)] == ["relied_on"]


def test_a_look_that_finds_nothing_is_an_access_too(house):
    ref = _signed(house, _relative("wang_yan"), address="望江路188弄6号1204室").ref
    checked = house.apply_desk.check(LIN, ref)
    assert "dwelling" in still_to_do(house.apply_desk.get(LIN, ref), checked)
    assert _looks(house, resident("wang_yan")) == ["relative"]


def test_looking_up_a_number_nobody_has_makes_nobody_known(house):
    ref = _signed(house, NOBODY).ref
    people = count(house, "people")
    house.apply_desk.check(LIN, ref)
    assert count(house, "people") == people
    assert count(house, "usage") == 0


def test_ones_own_home_looks_nobody_else_up(house):
    submitted(house, "chen_yiming")
    assert count(house, "usage", "kind = 'relative'") == 0


def test_a_face_too_old_by_now_hides_nothing_that_was_looked_up(house):
    ref = _signed(house, HOME.relative).ref
    house.apply_desk.check(LIN, ref)
    house.clock.skip(timedelta(minutes=11))
    checked = house.apply_desk.check(LIN, ref)
    assert checked.not_looked_up == frozenset()
    assert still_to_do(house.apply_desk.get(LIN, ref), checked) == ("identity",)


def test_another_home_of_the_same_relative_is_another_look(house):
    ref = _signed(house, HOME.relative).ref
    house.apply_desk.check(LIN, ref)
    house.apply_desk.answer(LIN, ref, replace(HOME, address="望江路188弄6号1204室"))
    assert house.apply_desk.check(LIN, ref).not_looked_up == {Material.DWELLING}
    _signed(house, HOME.relative, address="望江路188弄6号1204室")
    house.apply_desk.check(LIN, ref)
    assert _looks(house) == ["relative", "relative"]


# -- seldom ----------------------------------------------------------------------------------


def test_few_different_relatives_are_looked_up_for_one_person_in_a_day(house):
    desk = house.apply_desk
    for key in OTHERS[:MOST_PEOPLE_A_DAY]:
        ref = _signed(house, _relative(key)).ref
        assert desk.check(LIN, ref).too_many == frozenset()
    assert _signed(house, _relative(OTHERS[MOST_PEOPLE_A_DAY])).ref == ref
    checked = desk.check(LIN, ref)
    assert checked.too_many == {Material.DWELLING}
    assert "dwelling" in still_to_do(desk.get(LIN, ref), checked)
    with pytest.raises(ConflictError):
        desk.submit(LIN, ref)
    assert _looks(house, resident(OTHERS[MOST_PEOPLE_A_DAY])) == []
    _signed(house, _relative(OTHERS[0]))  # looked up before: no other person
    assert desk.check(LIN, ref).too_many == frozenset()
    _signed(house, _relative(OTHERS[MOST_PEOPLE_A_DAY]))
    house.clock.skip(timedelta(days=1, minutes=1))
    verify_face(house, "lin_xiaohe", ref)
    assert desk.check(LIN, ref).too_many == frozenset()


def test_a_fresh_draft_does_not_begin_the_count_anew(house):
    for key in OTHERS[:MOST_PEOPLE_A_DAY]:
        house.apply_desk.check(LIN, _signed(house, _relative(key)).ref)
    house.apply_desk.begin(LIN, REGISTRATION, fresh=True)
    ref = _signed(house, _relative(OTHERS[MOST_PEOPLE_A_DAY])).ref
    assert house.apply_desk.check(LIN, ref).too_many == {Material.DWELLING}


def test_few_homes_of_one_relative_are_looked_up_in_a_day(house):
    for room in range(MOST_LOOKS_A_DAY):
        ref = _signed(house, HOME.relative, address=f"望江路188弄6号{room + 101}室").ref
        assert house.apply_desk.check(LIN, ref).too_many == frozenset()
    _signed(house, HOME.relative)
    assert house.apply_desk.check(LIN, ref).too_many == {Material.DWELLING}
    assert len(_looks(house)) == MOST_LOOKS_A_DAY


def test_others_looks_do_not_count(house):
    for key in OTHERS[:MOST_PEOPLE_A_DAY]:
        house.apply_desk.check(LIN, _signed(house, _relative(key)).ref)
    assert submitted(house, "song_yaqin").state is State.ISSUED


# -- the letter ------------------------------------------------------------------------------


def test_a_letter_is_refused_where_none_is_called_for(house):
    draft = drafted(house, "lin_xiaohe", occupier="self", relative=None)
    with pytest.raises(ConflictError, match="no commitment letter is called for"):
        house.apply_desk.sign(LIN, draft.ref, "林晓禾")
    named = replace(HOME, dwelling="dormitory", occupier="self")
    house.apply_desk.answer(LIN, draft.ref, named)
    with pytest.raises(ConflictError):
        house.apply_desk.sign(LIN, draft.ref, "林晓禾")
    assert house.apply_desk.get(LIN, draft.ref).commitment is None
