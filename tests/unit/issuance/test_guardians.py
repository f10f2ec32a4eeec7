"""Acting for a child: the guardian acts, the child is named, and strangers learn nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from certstore.certificates import Status
from certstore.errors import ConflictError, MalformedError, NotFoundError
from certstore.pages.usage_pages import entry_view
from issuance.answers import GUARDIAN_RELATIONS
from issuance.application import Child, Relative, State
from issuance.looking_up import relative_of
from issuance.submission import still_to_do
from tests.guardians import (
    DAUGHTER,
    FATHER,
    MOTHER,
    STRANGER,
    answered,
    home_of,
    number,
    registered,
    unknown_child,
    verified,
)
from tests.residents import ADDRESS_CHANGE, PEOPLE, REGISTRATION, resident, vouchers
from tests.residents import EVERYWHERE as GAO
from tests.unit.issuance.test_issue import count
from tests.unit.issuance.uploading import good
from verifiers.materials.vocabulary import Material

CHILD = resident("he_yutong")
ZHOU = PEOPLE["zhou_min"]


# -- from beginning to certificate -----------------------------------------------------------


def test_a_father_registers_his_daughter_and_the_certificate_names_her(house):
    application = registered(house)
    assert application.state is State.ISSUED
    assert application.automatic
    assert (application.applicant, application.guardian) == (CHILD.holder, FATHER.holder)
    (voucher,) = vouchers(house, "he_yutong")
    assert voucher.holders == (CHILD.holder,)
    assert voucher.fields["name"] == "何雨桐"
    photos = [c for c in house.holdings_desk.of(CHILD) if c.type_code == "id_photo"]
    assert voucher.file("photo").sha256 == photos[0].file("photo").sha256
    assert vouchers(house, "he_zhiyuan") == []


def test_every_material_of_the_child_is_satisfied_as_the_decision_cases_have_it(house):
    kept = registered(house).decision
    outcomes = {m: d["outcome"] for m, d in kept["decision"]["materials"].items()}
    assert outcomes == dict.fromkeys(
        ("identity", "photo", "dwelling", "kinship", "guardianship"), "satisfied"
    )
    assert kept["facts"]["guardian"]["name"] == "何志远"
    assert kept["facts"]["applicant"]["name"] == "何雨桐"
    assert house.checklist_desk.judge_again(kept).as_json() == kept["decision"]


def test_the_face_is_the_guardians_and_never_the_childs(house):
    ref = answered(house).ref
    verified(house, FATHER, ref)
    assert house.face_desk.results_for(CHILD.holder, ref) == []
    assert [r.subject for r in house.face_desk.results_for(FATHER.holder, ref)] == [FATHER.holder]


def test_the_guardian_is_told_and_finds_the_application_and_the_child_does_not(house):
    ref = registered(house).ref
    assert [a.ref for a in house.apply_desk.all_of(FATHER)] == [ref]
    assert house.apply_desk.all_of(CHILD) == []
    kinds = [n.kind for n in house.holdings_desk.notices(FATHER)]
    assert kinds == ["certificate_ready"]
    for other in (CHILD, MOTHER, STRANGER):
        with pytest.raises(NotFoundError):
            house.apply_desk.get(other, ref)


def test_the_record_says_that_a_guardian_acted(house):
    application = registered(house)
    entries = house.holdings_desk.usage(CHILD)
    assert {e.kind for e in entries} == {"issue", "relative"}
    issue = next(e for e in entries if e.kind == "issue")
    assert issue.record["actor"] == "guardian"
    assert issue.record["case_no"] == application.number
    for who in (CHILD, FATHER):  # and both read it by name, the look before the proof as well
        acted = house.holdings_desk.usage(who)
        named = {entry_view(e, "zh").guardian for e in acted}
        assert named == {FATHER.holder.name}
        assert {e.record["operator"] for e in acted} == {FATHER.holder.name}
    opened = house.apply_desk.get(FATHER, application.ref)
    assert opened.person_id != opened.actor_id


def test_an_officers_look_at_the_case_stands_in_the_childs_list_and_the_guardian_sees_it(house):
    ref = registered(house).ref
    house.review_desk.open(GAO, ref)
    for who in (CHILD, FATHER):
        assert "review" in {e.kind for e in house.holdings_desk.usage(who)}


# -- the child's certificate in the guardian's hands -----------------------------------------


def test_the_guardian_sees_and_shows_the_childs_voucher_and_that_is_recorded_with_the_child(house):
    registered(house)
    (voucher,) = house.holdings_desk.of_wards(FATHER)
    assert voucher.holders == (CHILD.holder,)
    assert house.holdings_desk.one(FATHER, voucher.ref) == voucher
    for _ in range(3):  # the code is renewed; that is one look
        assert house.presentation_desk.present(FATHER, voucher.ref).code_text.startswith("RPD1:")
    looks = [e for e in house.holdings_desk.usage(CHILD) if e.kind == "guardian"]
    assert [e.record["operator"] for e in looks] == ["何志远"]
    assert house.holdings_desk.one_usage(FATHER, looks[0].ref).ref == looks[0].ref
    assert house.holdings_desk.wards_names(FATHER) == {looks[0].person_id: "何雨桐"}


def test_a_copy_the_guardian_takes_is_recorded_with_the_child_and_ones_own_is_nobodys_look(house):
    registered(house)
    (voucher,) = house.holdings_desk.of_wards(FATHER)
    house.holdings_desk.copy(CHILD, voucher.ref)
    assert "guardian" not in {e.kind for e in house.holdings_desk.usage(CHILD)}
    house.presentation_desk.present(FATHER, voucher.ref)
    for _ in range(2):
        certificate, document = house.holdings_desk.copy(FATHER, voucher.ref)
        assert certificate == voucher
        assert document.startswith(b"%PDF-")
    done = [e for e in house.holdings_desk.usage(CHILD) if e.kind == "guardian"]
    assert [e.record["purpose"] for e in done] == ["download", "present"]
    assert {entry_view(done[0], lang).kind for lang in ("zh", "en")} == {"guardian_copy"}
    for _ in range(2):
        house.holdings_desk.photo(FATHER, voucher.ref)
    looks = [e for e in house.holdings_desk.usage(CHILD) if e.kind == "guardian"]
    assert [entry_view(e, "zh").kind for e in looks] == [
        *("guardian_look", "guardian_copy", "guardian"),
    ]


def test_the_childs_own_presenting_is_no_guardians_look(house):
    registered(house)
    (voucher,) = vouchers(house, "he_yutong")
    house.presentation_desk.present(CHILD, voucher.ref)
    assert "guardian" not in {e.kind for e in house.holdings_desk.usage(CHILD)}


def test_nobody_else_sees_it_and_the_guardian_sees_the_voucher_alone(house):
    registered(house)
    (voucher,) = vouchers(house, "he_yutong")
    for other in (STRANGER, resident("zhou_min")):
        with pytest.raises(NotFoundError):
            house.holdings_desk.one(other, voucher.ref)
        with pytest.raises(NotFoundError):
            house.presentation_desk.present(other, voucher.ref)
    births = [c for c in house.holdings_desk.of(CHILD) if c.type_code == "birth_certificate"]
    with pytest.raises(NotFoundError):
        house.holdings_desk.one(FATHER, births[0].ref)


def _gone(house, ref):
    assert house.holdings_desk.of_wards(FATHER) == []
    assert house.holdings_desk.wards_names(FATHER) == {}
    with pytest.raises(NotFoundError):
        house.holdings_desk.one(FATHER, ref)
    with pytest.raises(NotFoundError):
        house.presentation_desk.present(FATHER, ref)
    assert {e.kind for e in house.holdings_desk.usage(FATHER)} <= {"relative"}


def test_when_the_birth_certificate_is_cancelled_the_guardian_sees_it_no_more(house):
    registered(house)
    (voucher,) = vouchers(house, "he_yutong")
    birth = next(c for c in house.holdings_desk.of(CHILD) if c.type_code == "birth_certificate")
    with house.archive.writing() as books:
        at, before = house.clock.now(), {Status.VALID}
        books.register.set_status(birth.ref, Status.CANCELLED, at, only_from=before)
    _gone(house, voucher.ref)


def test_from_the_sixteenth_birthday_on_the_guardian_sees_it_no_more(house):
    registered(house)
    (voucher,) = vouchers(house, "he_yutong")
    sixteen = house.clock.now().replace(year=2035, month=3, day=20)
    house.clock.skip(sixteen - house.clock.now())
    assert house.holdings_desk.one(FATHER, voucher.ref)
    house.clock.skip(timedelta(days=1))
    _gone(house, voucher.ref)


def test_a_guardian_an_officer_has_approved_sees_it_and_the_record_names_the_officer(house):
    ref = answered(house, STRANGER).ref
    verified(house, STRANGER, ref)
    desk, me = house.apply_desk, STRANGER
    for material in ("guardianship", "dwelling"):
        paper = house.upload_desk.asked(me, ref, material).papers[0]
        house.upload_desk.take_in(me, ref, material, paper, good())
    desk.submit(me, ref)
    assert desk.get(me, ref).person_id == desk.get(me, ref).actor_id
    assert house.holdings_desk.of_wards(me) == []
    house.review_desk.approve(GAO, ref, {"guardianship": "yes", "dwelling": "yes"})
    (voucher,) = house.holdings_desk.of_wards(me)
    assert voucher.holders == (CHILD.holder,)
    with house.archive.reading() as books:
        found = books.connection.execute(text("SELECT approved_by, proof_ref FROM guardianships"))
        assert found.all() == [("1047", "")]


# -- who may be applied for ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("born", "taken"), [("20101125", False), ("20101126", True), ("19980406", False)]
)
def test_a_child_is_under_sixteen_on_the_day(house, born, taken):
    child = unknown_child(born)
    if taken:
        assert house.apply_desk.begin(FATHER, REGISTRATION, child).answers.child == child
        return
    with pytest.raises(MalformedError) as refused:
        house.apply_desk.begin(FATHER, REGISTRATION, child)
    assert refused.value.facts["errors"] == {"child_id_number": "grown_up"}
    assert count(house, "applications") == 0


def test_who_turns_sixteen_before_submitting_is_no_child_any_more(house):
    ref = answered(house).ref
    years = timedelta(days=365 * 9)
    house.clock.skip(years)
    verified(house, FATHER, ref)
    with pytest.raises(ConflictError) as refused:
        house.apply_desk.submit(FATHER, ref)
    assert refused.value.facts["missing"] == ["GROWN_UP"]


def test_everything_wrong_with_how_a_child_is_named_is_said_at_once(house):
    said = Child(" ", "3401992019032102", "uncle", consented=False)
    with pytest.raises(MalformedError) as refused:
        house.apply_desk.begin(FATHER, REGISTRATION, said)
    errors = refused.value.facts["errors"]
    assert errors == {
        "child_name": "missing",
        "child_id_number": "length",
        "guardian_relation": "unknown",
        "consented": "missing",
    }
    assert errors["child_id_number"].n == 16


def test_a_birth_date_to_come_is_no_childs(house):
    with pytest.raises(MalformedError) as refused:
        house.apply_desk.begin(FATHER, REGISTRATION, unknown_child("20261126"))
    assert refused.value.facts["errors"] == {"child_id_number": "malformed"}


def test_a_child_alone_is_shown_the_way_to_its_guardian(house):
    me = CHILD
    ref = house.apply_desk.begin(me, REGISTRATION).ref
    application = house.apply_desk.answer(me, ref, replace(home_of(me), relative=_father()))
    assert house.apply_desk.is_child_alone(application)
    assert not house.apply_desk.is_child_alone(answered(house))
    with pytest.raises(ConflictError) as refused:
        house.apply_desk.submit(me, ref)
    assert "guardianship" in refused.value.facts["missing"]


def _father(relation="parent"):
    return Relative("何志远", FATHER.holder.id_number, relation)


# -- strangers learn nothing -----------------------------------------------------------------


def _told(house, child, *, face):
    """Everything a stranger is told who names a child and lives in their own home."""
    said = PEOPLE["chen_yiming"]["declares"]
    home = {"district": said["district"], "address": said["address"]}
    ref = answered(house, STRANGER, child, **home).ref
    if face:
        verified(house, STRANGER, ref)
    checked = house.apply_desk.check(STRANGER, ref)
    application = house.apply_desk.get(STRANGER, ref)
    materials = checked.decision.as_json()["materials"]
    if face:
        del materials["identity"]["satisfied_by"]["verified_at"]
    told = (materials, checked.not_looked_up, checked.too_many, checked.obstacle)
    return (*told, still_to_do(application, checked))


@pytest.mark.parametrize("face", [False, True])
def test_a_stranger_learns_nothing_about_a_child_they_name(house, face):
    registered(house)  # there is even a voucher of hers
    known = _told(house, DAUGHTER, face=face)
    assert known == _told(house, unknown_child(), face=face)
    assert known == _told(house, replace(DAUGHTER, name="何雨"), face=face)
    materials, not_looked_up, *_ = known
    looked = Material.GUARDIANSHIP not in not_looked_up
    assert looked is face
    if face:
        assert materials["guardianship"]["reasons"] == ["GUARDIANSHIP_UNPROVEN"]
        assert not_looked_up == {Material.PHOTO, Material.KINSHIP}


def test_who_bears_the_fathers_name_learns_nothing_either(house, monkeypatch):
    namesake = replace(STRANGER, holder=replace(STRANGER.holder, name="何志远"))
    monkeypatch.setattr("tests.unit.issuance.test_guardians.STRANGER", namesake)
    assert _told(house, DAUGHTER, face=True) == _told(house, unknown_child(), face=True)


def test_before_the_guardians_face_was_accepted_no_record_of_the_child_is_looked_at(house):
    ref = answered(house).ref
    checked = house.apply_desk.check(FATHER, ref)
    assert checked.not_looked_up == {Material.GUARDIANSHIP, Material.PHOTO, Material.KINSHIP}
    assert all(DAUGHTER.id_number not in str(r.as_json()) for r in checked.facts.on_file)
    assert house.holdings_desk.usage(CHILD) == []
    verified(house, FATHER, ref)
    assert house.apply_desk.check(FATHER, ref).not_looked_up == frozenset()
    assert [e.kind for e in house.holdings_desk.usage(CHILD)] == ["relative"]


def test_a_strangers_look_stands_in_the_childs_list_and_makes_nothing_known(house):
    before = count(house, "people")
    ref = answered(house, STRANGER, unknown_child()).ref
    verified(house, STRANGER, ref)
    house.apply_desk.check(STRANGER, ref)
    assert count(house, "people") == before + 1  # the stranger
    _told(house, DAUGHTER, face=True)
    assert [e.kind for e in house.holdings_desk.usage(CHILD)] == ["relative"]
    assert house.holdings_desk.of_wards(STRANGER) == []


def test_a_stranger_who_named_her_first_is_not_in_the_fathers_way(house):
    answered(house, STRANGER)
    assert registered(house).state is State.ISSUED


def test_what_is_registered_already_is_told_to_the_proven_guardian_alone(house):
    registered(house)
    ref = answered(house, MOTHER).ref
    assert house.apply_desk.check(MOTHER, ref).obstacle == ""
    verified(house, MOTHER, ref)
    assert house.apply_desk.check(MOTHER, ref).obstacle == "REGISTERED_ALREADY"
    assert [c.holders for c in house.holdings_desk.of_wards(MOTHER)] == [(CHILD.holder,)]
    stranger = answered(house, STRANGER, replace(DAUGHTER, relation="grandparent")).ref
    verified(house, STRANGER, stranger)
    assert house.apply_desk.check(STRANGER, stranger).obstacle == ""


def test_the_childs_address_is_changed_once_it_is_registered(house):
    registered(house)
    ref = answered(house, matter=ADDRESS_CHANGE, address="林语路33弄12号602室").ref
    verified(house, FATHER, ref)
    assert house.apply_desk.check(FATHER, ref).obstacle == ""
    again = house.apply_desk.begin(FATHER, ADDRESS_CHANGE, DAUGHTER)
    with pytest.raises(MalformedError) as refused:
        house.apply_desk.answer(FATHER, again.ref, home_of(FATHER))
    assert refused.value.facts["cause"] == "unchanged"


# -- the letter, and naming otherwise --------------------------------------------------------


def _at_grandmothers(house, guardian=FATHER):
    grandmother = Relative(ZHOU["name"], ZHOU["id_number"], "grandparent")
    return answered(house, guardian, relative=grandmother, dwelling="rent")


def test_a_guardian_signs_for_the_child_once_the_guardianship_is_proven(house):
    ref = _at_grandmothers(house).ref
    with pytest.raises(ConflictError):
        house.apply_desk.sign(FATHER, ref, "何志远")
    verified(house, FATHER, ref)
    for typed in ("何雨桐", "周敏"):
        with pytest.raises(MalformedError):
            house.apply_desk.sign(FATHER, ref, typed)
    letter = house.apply_desk.sign(FATHER, ref, "何志远").commitment.text
    assert "何志远（公民身份号码 340199198610110314）是何雨桐" in letter
    assert "监护人" in letter
    assert "是何雨桐的祖父母" in letter
    assert "承诺人：何志远" in letter
    with house.archive.reading() as books:
        assert relative_of(house.application(ref)).id_number == ZHOU["id_number"]
        assert books.usage.count() == 1  # the child's; the grandmother is looked up at the check


def test_an_unproven_guardian_cannot_sign(house):
    ref = _at_grandmothers(house, STRANGER).ref
    verified(house, STRANGER, ref)
    with pytest.raises(ConflictError):
        house.apply_desk.sign(STRANGER, ref, "陈一鸣")
    assert house.apply_desk.get(STRANGER, ref).commitment is None


def test_a_father_has_a_draft_for_himself_and_one_for_each_child(house):
    own = house.apply_desk.begin(FATHER, REGISTRATION)
    first = house.apply_desk.begin(FATHER, REGISTRATION, DAUGHTER)
    second = house.apply_desk.begin(FATHER, REGISTRATION, unknown_child())
    assert len({own.ref, first.ref, second.ref}) == 3
    assert house.apply_desk.begin(FATHER, REGISTRATION, DAUGHTER).ref == first.ref


def test_a_child_named_otherwise_is_another_application(house):
    ref = answered(house).ref
    other = unknown_child()
    assert house.apply_desk.name_child(FATHER, ref, other).applicant == other.holder
    begun = house.apply_desk.begin(FATHER, REGISTRATION, DAUGHTER).ref
    assert begun != ref
    with pytest.raises(ConflictError) as refused:
        house.apply_desk.name_child(FATHER, ref, DAUGHTER)
    assert refused.value.where == begun
    own = house.apply_desk.begin(FATHER, REGISTRATION).ref
    with pytest.raises(ConflictError):
        house.apply_desk.name_child(FATHER, own, DAUGHTER)


@pytest.mark.parametrize("relation", GUARDIAN_RELATIONS)
def test_the_guardians_home_follows_what_they_are_to_the_child(house, relation):
    ref = answered(house).ref
    named = house.apply_desk.name_child(FATHER, ref, replace(DAUGHTER, relation=relation))
    if relation == "other":  # no near relative, whose home could serve
        assert (named.answers.relative, named.answers.occupier) == (None, "")
    else:
        assert named.answers.relative.relation == relation


def test_the_number_of_the_child_may_not_be_the_relatives(house):
    ref = answered(house).ref
    said = replace(home_of(FATHER), relative=replace(_father(), id_number=DAUGHTER.id_number))
    with pytest.raises(MalformedError) as refused:
        house.apply_desk.answer(FATHER, ref, said)
    assert refused.value.facts["cause"] == "yourself"
    assert number("20190321") != DAUGHTER.id_number
