"""Applying: answers checked field by field, the letter, submitting once, whose is whose."""

import base64
import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from certstore.certificates import Status
from certstore.check_characters import mod_11_2
from certstore.clock import unix
from certstore.errors import ConflictError, MalformedError, NotFoundError
from certstore.jwk import from_jwk
from certstore.keys import Purpose
from certstore.tokens import parse_compact
from certstore.web.texts import load
from issuance.application import Answers, Relative, State
from issuance.apply import ApplyDesk
from tests.residents import (
    ADDRESS_CHANGE,
    PEOPLE,
    REGISTRATION,
    answers_of,
    copied,
    drafted,
    resident,
    submitted,
    vouchers,
)
from tests.unit.issuance.test_issue import assert_issued_once, count

LIN = resident("lin_xiaohe")
HOME = answers_of(PEOPLE["lin_xiaohe"]["declares"])
MOTHER = HOME.relative


# -- whose is whose --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "ask",
    [
        ApplyDesk.get,
        lambda desk, me, ref: desk.answer(me, ref, HOME),
        lambda desk, me, ref: desk.verify_face(me, ref, "/"),
        lambda desk, me, ref: desk.sign(me, ref, me.holder.name),
        ApplyDesk.take_back,
        ApplyDesk.submit,
    ],
)
def test_anothers_application_is_as_absent_as_none(house, ask):
    theirs = drafted(house, "lin_xiaohe")
    with pytest.raises(NotFoundError) as of_another:
        ask(house.apply_desk, resident("chen_yiming"), theirs.ref)
    with pytest.raises(NotFoundError) as of_nobody:
        ask(house.apply_desk, resident("chen_yiming"), "2" * 20)
    assert of_another.value.detail == of_nobody.value.detail
    assert house.apply_desk.get(LIN, theirs.ref) == theirs
    assert house.apply_desk.all_of(resident("chen_yiming")) == []


# -- answers ---------------------------------------------------------------------------------

WRONG = {
    "castle": ({"dwelling": "castle"}, "dwelling", "unknown"),
    "whose": ({"occupier": "neighbour"}, "whose", "unknown"),
    "district": ({"district": "别的区"}, "district", "unknown"),
    "long address": ({"address": "路" * 101}, "address", "too_long"),
    "address of signs": ({"address": "—、。"}, "address", "malformed"),
    "invisible address": ({"address": "望江路\u202e1号"}, "address", "malformed"),
    "no house number": ({"address": "望江路"}, "address", "malformed"),
    "picture in the address": ({"address": "望江路1号\U0001f600"}, "address", "malformed"),
    "no name": ({"relative": replace(MOTHER, name=" ")}, "relative_name", "missing"),
    "long name": ({"relative": replace(MOTHER, name="周" * 51)}, "relative_name", "malformed"),
    "brackets": (
        {"relative": replace(MOTHER, name="周敏（无效）")},
        "relative_name",
        "malformed",
    ),
    "figures": ({"relative": replace(MOTHER, name="周敏2")}, "relative_name", "malformed"),
    "filler": ({"relative": replace(MOTHER, name="周\u3164敏")}, "relative_name", "malformed"),
    "selector": ({"relative": replace(MOTHER, name="周敏\ufe00")}, "relative_name", "malformed"),
    "bidi": ({"relative": replace(MOTHER, name="周\u202e敏")}, "relative_name", "malformed"),
    "relation": ({"relative": replace(MOTHER, relation="")}, "relation", "missing"),
    "friend": ({"relative": replace(MOTHER, relation="friend")}, "relation", "unknown"),
    "no number": ({"relative": replace(MOTHER, id_number=" ")}, "relative_id_number", "missing"),
    "check character": (
        {"relative": replace(MOTHER, id_number="340199197109230626")},
        "relative_id_number",
        "malformed",
    ),
    "16 characters": (
        {"relative": replace(MOTHER, id_number="3401991971092306")},
        "relative_id_number",
        "length",
    ),
    "oneself": (
        {"relative": replace(MOTHER, id_number=LIN.holder.id_number)},
        "relative_id_number",
        "yourself",
    ),
}


@pytest.mark.parametrize(("changes", "where", "cause"), WRONG.values(), ids=WRONG)
def test_a_wrong_answer_is_named_by_its_question_and_keeps_the_former(house, changes, where, cause):
    ref = house.apply_desk.begin(LIN, REGISTRATION).ref
    house.apply_desk.answer(LIN, ref, HOME)
    with pytest.raises(MalformedError) as refused:
        house.apply_desk.answer(LIN, ref, replace(HOME, **changes))
    assert (refused.value.where, refused.value.facts["cause"]) == (where, cause)
    assert MOTHER.id_number not in str(refused.value)
    for lang in ("zh", "en"):
        assert load(lang)[f"error.{where}.{cause}"]
    assert house.apply_desk.get(LIN, ref).answers == HOME


def test_an_answer_is_kept_in_normal_form_without_double_spaces(house):
    ref = house.apply_desk.begin(LIN, REGISTRATION).ref
    said = replace(HOME, address="  望江路  188弄6号\u30ab\u3099座 ")
    kept = house.apply_desk.answer(LIN, ref, said).answers
    assert kept.address == "望江路 188弄6号\u30ac座"


def test_a_number_with_a_small_x_is_kept_as_a_capital(house):
    ref = house.apply_desk.begin(LIN, REGISTRATION).ref
    firsts = (f"34019919710923{n:03}" for n in range(1, 99))
    number = next(first for first in firsts if mod_11_2(first) == "X") + "x"
    said = replace(HOME, relative=Relative("周敏", number, "parent"))
    kept = house.apply_desk.answer(LIN, ref, said).answers
    assert kept.relative.id_number == number.upper()


def test_answers_are_fixed_once_submitted(house):
    ref = submitted(house, "chen_yiming").ref
    me = resident("chen_yiming")
    for change in (
        lambda: house.apply_desk.answer(me, ref, HOME),
        lambda: house.apply_desk.take_back(me, ref),
    ):
        with pytest.raises(ConflictError):
            change()


# -- the letter ------------------------------------------------------------------------------


def signed(house):
    ref = drafted(house, "lin_xiaohe").ref
    return house.apply_desk.sign(LIN, ref, " 林晓禾 ")


def test_the_letter_says_who_whose_where_and_what_follows(house):
    letter = signed(house).commitment
    for fact in ("林晓禾", "340199199804060284", "周敏", "340199197109230625", "父母", "承租"):
        assert fact in letter.text
    assert "示范市梧桐区望江路188弄6号1203室" in letter.text
    assert "2026 年 11 月 25 日" in letter.text
    assert "法律责任" in letter.text
    assert "会话级" in letter.text
    assert letter.level == "session"


def _part(token, place):
    part = token.split(".")[place]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def test_both_signatures_of_the_letter_verify(house):
    application = signed(house)
    letter = application.commitment
    house_key = house.keys.signer(Purpose.RECEIPT)
    counter = parse_compact(letter.countersignature, typ="countersignature+jwt")
    said = counter.verified(house_key.public_key, house_key.algorithm)
    session_key = from_jwk(said["jwk"])
    own = parse_compact(letter.signature, typ="commitment+jwt").verified(session_key, "ES256")
    digest = hashlib.sha256(letter.text.encode()).hexdigest()
    for claims in (own, said):
        assert claims["letter_sha256"] == digest
        assert claims["application"] == application.ref
        assert claims["iat"] == unix(letter.signed_at)
        assert claims["level"] == "session"
    assert said["account_sha256"] == hashlib.sha256(LIN.account.encode()).hexdigest()
    assert said["session_verified_at"] == unix(LIN.verified_at)


def test_the_letters_key_is_made_for_one_letter(house):
    first = signed(house).commitment
    second = house.apply_desk.sign(LIN, house.apply_desk.all_of(LIN)[0].ref, "林晓禾").commitment
    keys = {_part(c.countersignature, 1)["jwk"]["x"] for c in (first, second)}
    assert len(keys) == 2


@pytest.mark.parametrize("typed", ["周敏", "", "林晓", "林晓禾禾"])
def test_only_the_applicants_own_name_signs(house, typed):
    ref = drafted(house, "lin_xiaohe").ref
    with pytest.raises(MalformedError):
        house.apply_desk.sign(LIN, ref, typed)
    assert house.apply_desk.get(LIN, ref).commitment is None


def test_there_is_nothing_to_sign_without_a_relative(house):
    ref = drafted(house, "chen_yiming").ref
    with pytest.raises(ConflictError):
        house.apply_desk.sign(resident("chen_yiming"), ref, "陈一鸣")


def test_other_answers_drop_the_letter_and_the_same_ones_keep_it(house):
    application = signed(house)
    desk = house.apply_desk
    assert desk.answer(LIN, application.ref, HOME).commitment == application.commitment
    changed = replace(HOME, address="望江路188弄6号1204室")
    assert desk.answer(LIN, application.ref, changed).commitment is None


def test_the_letter_can_be_taken_back_and_is_then_missing(house):
    application = signed(house)
    assert house.apply_desk.take_back(LIN, application.ref).commitment is None
    with pytest.raises(ConflictError) as refused:
        house.apply_desk.submit(LIN, application.ref)
    assert refused.value.facts["missing"] == ["commitment_letter"]


def test_a_letter_is_not_kept_with_answers_changed_while_it_was_signed(house):
    ref = drafted(house, "lin_xiaohe").ref

    class Slow:
        """While the house countersigns, another window changes the answers."""

        def __getattr__(self, name):
            return getattr(house.apply_desk.countersigner, name)

        def sign(self, data):
            other = replace(HOME, relative=replace(MOTHER, relation="sibling"))
            house.apply_desk.answer(LIN, ref, other)
            return house.apply_desk.countersigner.sign(data)

    with pytest.raises(ConflictError, match="changed meanwhile"):
        replace(house.apply_desk, countersigner=Slow()).sign(LIN, ref, "林晓禾")
    assert house.apply_desk.get(LIN, ref).commitment is None


# -- submitting ------------------------------------------------------------------------------


def test_what_is_missing_is_named_and_nothing_is_submitted(house):
    desk = house.apply_desk
    ref = desk.begin(LIN, REGISTRATION).ref
    with pytest.raises(ConflictError, match="not answered"):
        desk.submit(LIN, ref)
    desk.answer(LIN, ref, HOME)
    with pytest.raises(ConflictError) as refused:
        desk.submit(LIN, ref)
    assert refused.value.facts["missing"] == ["identity", "commitment_letter"]
    assert desk.get(LIN, ref).state is State.DRAFT


@pytest.mark.parametrize(
    ("answers", "whole"),
    [
        (HOME, True),
        (replace(HOME, relative=None), False),
        (replace(HOME, dwelling=""), False),
        (replace(HOME, occupier=""), False),
        (replace(HOME, district=""), False),
        (replace(HOME, address=""), False),
        (Answers("dormitory", "self", None, "海港区", "东堤路1200号"), True),
    ],
)
def test_submitting_needs_every_answer(house, answers, whole):
    ref = house.apply_desk.begin(LIN, REGISTRATION).ref
    house.apply_desk.answer(LIN, ref, answers)
    with pytest.raises(ConflictError) as refused:
        house.apply_desk.submit(LIN, ref)
    assert ("missing" in refused.value.facts) is whole


def test_submitted_twice_it_is_one_application_and_one_certificate(house):
    first = submitted(house, "chen_yiming")
    again = house.apply_desk.submit(resident("chen_yiming"), first.ref)
    assert again == first
    assert first.state is State.ISSUED
    assert_issued_once(house, "chen_yiming")


def test_five_clicks_at_once_are_one_submission(house):
    me, ref = resident("chen_yiming"), drafted(house, "chen_yiming").ref
    with ThreadPoolExecutor(5) as pool:
        found = list(pool.map(lambda _: house.apply_desk.submit(me, ref), range(5)))
    assert {a.ref for a in found} == {ref}
    assert house.apply_desk.get(me, ref).state is State.ISSUED
    assert_issued_once(house, "chen_yiming")
    assert count(house, "outbox", "subject = 'application.submitted'") == 1
    assert count(house, "application_events", "step = 'approved'") == 1


def test_two_windows_that_begin_at_once_have_one_application(house):
    with ThreadPoolExecutor(5) as pool:
        found = list(pool.map(lambda _: house.apply_desk.begin(LIN, REGISTRATION), range(5)))
    assert len({a.ref for a in found}) == 1
    assert count(house, "applications") == 1


def test_answers_changed_while_they_were_judged_are_not_submitted(house):
    me, ref = resident("chen_yiming"), drafted(house, "chen_yiming").ref

    class Slow:
        """While this desk judges, another window changes the address."""

        def check(self, application, **how):
            checked = house.checklist_desk.check(application, **how)
            other = replace(application.answers, address="别的路1号")
            house.apply_desk.answer(me, ref, other)
            return checked

    with pytest.raises(ConflictError, match="another window"):
        replace(house.apply_desk, checklist=Slow()).submit(me, ref)
    assert house.apply_desk.get(me, ref).state is State.DRAFT
    assert vouchers(house, "chen_yiming") == []


def test_a_stale_window_does_not_approve_what_an_officer_is_looking_at(house):
    application = submitted(house, "shen_xiaozhou")
    stale = replace(application, state=State.DRAFT)
    checked = house.checklist_desk.check(application)
    automatic = replace(checked, decision=replace(checked.decision, materials={}))
    house.apply_desk._record_submission(stale, automatic)
    now = house.apply_desk.get(resident("shen_xiaozhou"), application.ref)
    assert now == application


# -- one voucher at a time -------------------------------------------------------------------


def test_there_is_no_address_to_change_without_a_voucher(house):
    with pytest.raises(ConflictError) as refused:
        house.apply_desk.begin(LIN, ADDRESS_CHANGE)
    assert refused.value.facts["cause"] == "NOT_REGISTERED"
    assert "begin with a residence registration" in refused.value.remedy


def test_a_second_registration_is_refused_while_the_first_holds(house):
    submitted(house, "chen_yiming")
    with pytest.raises(ConflictError) as refused:
        house.apply_desk.begin(resident("chen_yiming"), REGISTRATION)
    assert refused.value.facts["cause"] == "REGISTERED_ALREADY"
    assert "change of address" in refused.value.remedy


def test_after_a_voucher_expired_one_registers_anew(house):
    submitted(house, "chen_yiming")
    (first,) = vouchers(house, "chen_yiming")
    house.clock.skip(first.validity.valid_to - first.issued_on + timedelta(days=1))
    with pytest.raises(ConflictError):
        house.apply_desk.begin(resident("chen_yiming"), ADDRESS_CHANGE)
    application = submitted(house, "chen_yiming")
    assert application.state is State.ISSUED
    second = vouchers(house, "chen_yiming")[0]
    assert (second.version, second.previous_ref) == (1, None)
    assert second.number != first.number
    assert second.status_on(second.issued_on) is Status.VALID


# -- decisions, sources, people --------------------------------------------------------------


@pytest.mark.parametrize("key", ["lin_xiaohe", "chen_yiming", "shen_xiaozhou", "ayiguli"])
def test_a_stored_decision_is_judged_again_to_the_same(house, key):
    application = submitted(house, key)
    kept = house.apply_desk.get(resident(key), application.ref).decision
    again = house.checklist_desk.judge_again(kept)
    assert again.as_json() == kept["decision"]
    assert set(again.as_json()["materials"]) >= {"identity", "photo", "dwelling"}


def test_a_stored_decision_is_judged_by_its_own_rules(settled_folder, tmp_path, house):
    kept = submitted(house, "chen_yiming").decision
    with copied(settled_folder, tmp_path / "later", rules_later_from="2026-01-01") as later:
        assert later.checklist_desk.judge_again(kept).as_json() == kept["decision"]


def test_a_source_that_is_down_asks_nothing_of_the_applicant(settled_folder, tmp_path):
    with copied(settled_folder, tmp_path, sources_down=("housing",)) as house:
        drafted(house, "zheng_xue")  # her lease filing was cancelled: it cannot be known now
        (draft,) = house.apply_desk.all_of(resident("zheng_xue"))
        decision = house.checklist_desk.check(draft).decision
        assert decision.to_do == ()
        assert decision.materials["dwelling"].outcome == "unknown_source_down"
        application = house.apply_desk.submit(resident("zheng_xue"), draft.ref)
        assert application.state is State.IN_REVIEW
        assert vouchers(house, "zheng_xue") == []
        assert [a.ref for a, _ in house.review_desk.queue()] == [draft.ref]
        assert count(house, "notices", "kind = 'in_review'") == 1


def test_the_guardian_applies_for_himself(house):
    assert submitted(house, "he_zhiyuan").state is State.ISSUED


EXPECTED = {
    **dict.fromkeys(("lin_xiaohe", "zhou_min", "chen_yiming", "wang_yan"), State.ISSUED),
    **dict.fromkeys(("zhang_hong", "li_yan", "ayiguli", "song_yaqin"), State.ISSUED),
    "shen_xiaozhou": State.IN_REVIEW,
}


@pytest.mark.parametrize(("key", "state"), EXPECTED.items())
def test_the_featured_people_come_out_as_their_stories_say(house, key, state):
    assert submitted(house, key).state is state


STUCK = {
    "wu_guoqiang": "photo",
    "zheng_xue": "dwelling",
    "sun_jianhua": "dwelling",
    "liu_haiyan": "dwelling",
    "ouyang_mingyue": "dwelling",
    "feng_lei": "dwelling",
}


@pytest.mark.parametrize(("key", "material"), STUCK.items())
def test_who_must_hand_something_in_cannot_submit_without(house, key, material):
    application = drafted(house, key)
    with pytest.raises(ConflictError) as refused:
        house.apply_desk.submit(resident(key), application.ref)
    assert refused.value.facts["missing"] == [material]
    with house.archive.reading() as books:
        found = books.connection.execute(text("SELECT state FROM applications")).scalars().all()
    assert found == ["draft"]
