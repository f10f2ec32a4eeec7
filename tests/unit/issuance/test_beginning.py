"""Beginning: fresh, again with the answers kept; an address that is registered already."""

from dataclasses import replace
from datetime import timedelta

import pytest

from certstore.errors import ConflictError, MalformedError, NotFoundError
from face_auth.challenge import State as FaceState
from face_auth.sandbox import Behaviour
from issuance.application import Answers, Relative, State
from issuance.apply import MOST_FACES_A_DAY
from issuance.pages.question_pages import questions_for
from tests.guardians import DAUGHTER, verified
from tests.residents import (
    ADDRESS_CHANGE,
    PEOPLE,
    REGISTRATION,
    answers_of,
    drafted,
    resident,
    submitted,
)
from tests.residents import (
    EVERYWHERE as GAO,
)

CHEN, LIN, SHEN = (resident(k) for k in ("chen_yiming", "lin_xiaohe", "shen_xiaozhou"))
HOME = answers_of(PEOPLE["lin_xiaohe"]["declares"])


# -- fresh and again -------------------------------------------------------------------------


def test_a_fresh_beginning_ends_the_draft_and_begins_empty(house):
    old = drafted(house, "chen_yiming")
    new = house.apply_desk.begin(CHEN, REGISTRATION, fresh=True)
    assert new.ref != old.ref
    assert new.answers == Answers()
    assert house.apply_desk.get(CHEN, old.ref).state is State.WITHDRAWN
    assert house.apply_desk.begin(CHEN, REGISTRATION).ref == new.ref


def test_a_fresh_beginning_leaves_what_was_submitted_and_others_drafts(house):
    ref = submitted(house, "shen_xiaozhou").ref
    assert house.apply_desk.begin(SHEN, REGISTRATION, fresh=True).ref == ref
    childs = house.apply_desk.begin(CHEN, REGISTRATION, DAUGHTER)
    house.apply_desk.begin(CHEN, REGISTRATION, fresh=True)
    assert house.apply_desk.get(CHEN, childs.ref).state is State.DRAFT


def test_a_refused_application_is_begun_again_with_its_answers(house):
    refused = submitted(house, "shen_xiaozhou")
    with pytest.raises(ConflictError):
        house.apply_desk.begin_again(SHEN, refused.ref)
    house.review_desk.refuse(GAO, refused.ref, "ADDRESS_MISMATCH", "")
    again = house.apply_desk.begin_again(SHEN, refused.ref)
    assert (again.state, again.answers) == (State.DRAFT, refused.answers)
    assert again.number != refused.number
    assert again.commitment is None
    assert house.apply_desk.begin_again(SHEN, refused.ref).ref == again.ref
    assert house.apply_desk.get(SHEN, refused.ref).state is State.REFUSED
    with pytest.raises(NotFoundError):
        house.apply_desk.begin_again(CHEN, refused.ref)


def identity(house, application):
    return house.apply_desk.check(SHEN, application.ref).decision.materials["identity"]


def refused_after(house, minutes):
    """An application refused so many minutes after the face was verified."""
    sent = submitted(house, "shen_xiaozhou")
    house.clock.skip(timedelta(minutes=minutes))
    return house.review_desk.refuse(GAO, sent.ref, "ADDRESS_MISMATCH", "")


def test_a_face_verified_a_moment_ago_counts_for_what_is_begun_again_after_a_refusal(house):
    refused = refused_after(house, 2)
    again = house.apply_desk.begin_again(SHEN, refused.ref)
    house.apply_desk.begin_again(SHEN, refused.ref)
    assert identity(house, again).outcome == "satisfied"
    house.apply_desk.withdraw(SHEN, again.ref)
    third = house.apply_desk.begin_again(SHEN, again.ref)
    assert house.apply_desk.former(SHEN, third.ref).ref == again.ref
    assert identity(house, third).outcome == "satisfied"  # of the one before the one before
    house.clock.skip(timedelta(minutes=9))
    assert identity(house, third).outcome == "choose_one"
    assert house.checklist_desk.face_results(third) == []  # nor does it open others' records


def test_what_is_begun_fresh_takes_no_face_of_another_application(house):
    refused_after(house, 2)
    fresh = house.apply_desk.begin(SHEN, REGISTRATION)
    house.apply_desk.answer(SHEN, fresh.ref, answers_of(PEOPLE["shen_xiaozhou"]["declares"]))
    assert identity(house, fresh).outcome == "choose_one"
    assert house.apply_desk.former(SHEN, fresh.ref) is None


def test_a_face_of_a_former_one_holds_after_it_was_handed_in(house):
    refused = refused_after(house, 2)
    again = house.apply_desk.begin_again(SHEN, refused.ref)
    if house.apply_desk.check(SHEN, again.ref).asks_for_letter:
        house.apply_desk.sign(SHEN, again.ref, SHEN.holder.name)
    sent = house.apply_desk.submit(SHEN, again.ref)
    assert sent.state is State.IN_REVIEW
    house.clock.skip(timedelta(days=1))
    assert house.review_desk.approve(GAO, sent.ref, {"dwelling": "yes"}).state is State.ISSUED


def test_what_is_open_is_not_overwritten_by_beginning_again(house):
    refused = submitted(house, "shen_xiaozhou")
    house.review_desk.refuse(GAO, refused.ref, "ADDRESS_MISMATCH", "")
    open_one = house.apply_desk.begin(SHEN, REGISTRATION)
    assert house.apply_desk.begin_again(SHEN, refused.ref) == open_one
    assert house.apply_desk.get(SHEN, open_one.ref).answers == Answers()


# -- the address registered already ----------------------------------------------------------


@pytest.mark.parametrize(
    "address", ["长乐路88弄6号1203室", "长乐路 88 弄 6 号 1203 室", "长乐路88弄六号1203室"]
)
def test_a_change_to_the_address_registered_already_is_refused_at_the_question(house, address):
    submitted(house, "chen_yiming")
    ref = house.apply_desk.begin(CHEN, ADDRESS_CHANGE).ref
    said = replace(answers_of(PEOPLE["chen_yiming"]["declares"]), address=address)
    with pytest.raises(MalformedError) as refused:
        house.apply_desk.answer(CHEN, ref, said)
    assert (refused.value.where, refused.value.facts["cause"]) == ("address", "unchanged")
    assert house.apply_desk.get(CHEN, ref).answers == Answers()


def test_an_address_that_differs_is_a_change(house):
    submitted(house, "chen_yiming")
    ref = house.apply_desk.begin(CHEN, ADDRESS_CHANGE).ref
    said = replace(answers_of(PEOPLE["chen_yiming"]["declares"]), address="长乐路88弄6号1204室")
    assert house.apply_desk.answer(CHEN, ref, said).answers == said


def test_the_same_address_is_no_obstacle_to_registering(house):
    assert submitted(house, "chen_yiming").state is State.ISSUED


def test_a_voucher_issued_meanwhile_is_an_obstacle_that_is_named(house):
    draft = drafted(house, "chen_yiming")
    with house.archive.writing() as books:
        ended = "UPDATE applications SET subject_key = 'away' WHERE ref = ?"
        books.connection.exec_driver_sql(ended, (draft.ref,))
    submitted(house, "chen_yiming")
    checked = house.apply_desk.check(CHEN, draft.ref)
    assert checked.obstacle == "REGISTERED_ALREADY"
    with pytest.raises(ConflictError) as refused:
        house.apply_desk.submit(CHEN, draft.ref)
    assert refused.value.facts["missing"] == ["REGISTERED_ALREADY"]


# -- every fault at once ---------------------------------------------------------------------


def test_every_wrong_field_of_a_relative_is_named_at_once(house):
    ref = house.apply_desk.begin(LIN, REGISTRATION).ref
    said = Relative(" ", "3401991971092306", "")
    with pytest.raises(MalformedError) as refused:
        house.apply_desk.answer(LIN, ref, replace(HOME, relative=said))
    errors = refused.value.facts["errors"]
    assert list(errors) == ["relation", "relative_name", "relative_id_number"]
    assert (errors["relative_id_number"], errors["relative_id_number"].n) == ("length", 16)


def test_figures_typed_full_width_are_kept_as_documents_have_them(house):
    ref = house.apply_desk.begin(LIN, REGISTRATION).ref
    said = replace(HOME, address="望江路１８８弄６号　１２０３室Ａ座ｂ")
    assert house.apply_desk.answer(LIN, ref, said).answers.address == "望江路188弄6号 1203室A座b"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" 周  敏 ", "周 敏"),
        ("阿依古丽·买买提", "阿依古丽·买买提"),
        ("O\u2019Neil-Ray", "O\u2019Neil-Ray"),
    ],
)
def test_a_relatives_name_is_kept_as_it_is_read(house, typed, kept):
    ref = house.apply_desk.begin(LIN, REGISTRATION).ref
    said = replace(HOME.relative, name=typed)
    answered = house.apply_desk.answer(LIN, ref, replace(HOME, relative=said))
    assert answered.answers.relative.name == kept


# -- the face --------------------------------------------------------------------------------


def test_face_verifications_have_a_limit_a_day_that_is_said(house):
    ref = house.apply_desk.begin(CHEN, REGISTRATION).ref
    for _ in range(MOST_FACES_A_DAY):
        verified(house, CHEN, ref, Behaviour.FAIL_LIGHT)
    with pytest.raises(ConflictError) as refused:
        house.apply_desk.verify_face(CHEN, ref, "/")
    assert refused.value.facts["cause"] == "TOO_MANY_FACES"
    verified(house, LIN, house.apply_desk.begin(LIN, REGISTRATION).ref)


def test_the_last_verification_of_an_application_tells_why_it_failed(house):
    ref = house.apply_desk.begin(CHEN, REGISTRATION).ref
    assert house.apply_desk.last_face(CHEN, ref) is None
    verified(house, CHEN, ref, Behaviour.FAIL_LIGHT)
    standing = house.face_desk.outcome(house.apply_desk.last_face(CHEN, ref), CHEN.account)
    assert (standing.state, standing.because) == (FaceState.FAILED, "light")


# -- how many questions there are ------------------------------------------------------------

STAGES = [
    Answers(),
    Answers("rent"),
    replace(HOME, district="", address=""),
    HOME,
]
OWN = [
    Answers(),
    Answers("own"),
    Answers("own", "self"),
    Answers("own", "self", None, "海港区", "x"),
]
DORMITORY = [Answers(), Answers("dormitory", "self"), Answers("dormitory", "self", None, "海", "x")]


@pytest.mark.parametrize("stages", [STAGES, OWN, DORMITORY])
@pytest.mark.parametrize("child", [None, DAUGHTER])
def test_the_number_of_questions_never_grows_and_is_called_exact_when_it_is(stages, child):
    said = [replace(answers, child=child) for answers in stages]
    counted = [questions_for(answers) for answers in said]
    numbers = [len(names) for names, _ in counted]
    assert numbers == sorted(numbers, reverse=True)
    settled = [len(names) for names, exact in counted if exact]
    assert len(set(settled)) <= 1
    possible = (True, False) if said[-1].occupier == "relative" else (False,)
    for letter in possible:
        names, exact = questions_for(said[-1], letter=letter)
        assert exact
        assert len(names) <= numbers[-1]
        assert ("commitment" in names) is letter


def test_a_home_taken_over_from_a_record_asks_no_more_about_it():
    names, exact = questions_for(Answers("own", "self", None, "海港区", "x", confirmed=True))
    assert (names, exact) == (("dwelling", "face"), True)
