"""Taking applications in at a counter: whose card, on whose word, for how long; never a second."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from certstore.callers import Resident, caller_as_json
from certstore.certificates import Status
from certstore.errors import (
    ConflictError,
    ForbiddenError,
    MalformedError,
    NotFoundError,
)
from issuance.application import Child, Matter, State
from issuance.commitment import AT_COUNTER, digest_of, judge_signatures
from issuance.counter.visit import counter_of
from issuance.four_eyes.proposing import FourEyes
from issuance.handed_in import read_kept
from issuance.history.tables import History
from tests.counter import ELSEWHERE, arrival, begun, here, sent
from tests.guardians import DAUGHTER, home_of
from tests.residents import (
    ADDRESS_CHANGE,
    GAO,
    LI,
    PEOPLE,
    REGISTRATION,
    answers_of,
    copied,
    resident,
    submitted,
    verify_face,
    vouchers,
)
from tests.unit.issuance.desk_walks import CHIEF, HAIGANG, YES
from tests.unit.issuance.test_issue import count
from tests.unit.issuance.test_upkeep import hidden
from tests.unit.issuance.uploading import NOWHERE, PAPER, good
from verifiers.materials.vocabulary import Material, Outcome

CHEN, LIN = resident("chen_yiming"), resident("lin_xiaohe")
HOUR = timedelta(minutes=60)


def cause(error):
    return error.value.facts.get("cause")


def errors(error):
    return {name: str(code) for name, code in error.value.facts["errors"].items()}


def records(house, who, kind="review"):
    return [e.record for e in house.holdings_desk.usage(who) if e.kind == kind]


# -- whose card ----------------------------------------------------------------------------


def test_who_is_there_is_kept_with_officer_counter_document_and_hour_and_no_copy(house):
    before = house.clock.now()
    visit = here(house, "chen_yiming")
    assert (visit.officer, visit.station) == ("1047", "wutong")
    assert before <= visit.at <= house.clock.now()
    assert visit.document == "resident_identity_card"
    assert visit.person == CHEN.holder
    (look,) = records(house, CHEN)
    assert (look["operator"], look["purpose"]) == ("1047", "counter_visit")
    assert count(house, "uploads") == 0
    assert count(house, "applications") == 0


def test_the_second_click_is_the_same_visit_and_a_look_later_is_another(house):
    first = here(house, "chen_yiming")
    assert here(house, "chen_yiming") == first
    assert len(records(house, CHEN)) == 1
    assert here(house, "chen_yiming", LI).ref != first.ref
    house.clock.skip(timedelta(minutes=3))
    assert here(house, "chen_yiming").ref != first.ref
    assert len(records(house, CHEN)) == 3


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"compared": False}, {"identity_checked": "missing"}),
        ({"id_number": "340199199803140110"}, {"person_number": "malformed"}),
        ({"id_number": "34019919980314011"}, {"person_number": "length"}),
        ({"id_number": "  "}, {"person_number": "missing"}),
        ({"name": ""}, {"person_name": "missing"}),
        ({"name": "陈\u200b一鸣"}, {"person_name": "malformed"}),
        ({"document": "passport"}, {"identity_document": "missing"}),
        (
            {"name": "", "id_number": "1", "document": "", "compared": False},
            {
                "person_name": "missing",
                "person_number": "length",
                "identity_document": "missing",
                "identity_checked": "missing",
            },
        ),
    ],
)
def test_nobody_is_there_until_everything_was_said_and_compared(house, changes, wrong):
    with pytest.raises(MalformedError) as error:
        house.presence_desk.arrive(GAO, arrival("chen_yiming", **changes))
    assert errors(error) == wrong
    assert count(house, "counter_visits") == 0
    assert records(house, CHEN) == []


def test_a_child_alone_is_sent_for_its_guardian(house):
    with pytest.raises(MalformedError) as error:
        here(house, "he_yutong")
    assert errors(error) == {"person_number": "child"}


def test_another_name_than_on_record_is_looked_at_once_more_and_the_look_is_told(house):
    with pytest.raises(MalformedError) as error:
        house.presence_desk.arrive(GAO, arrival("chen_yiming", name="陈一名"))
    assert errors(error) == {"person_name": "mismatch"}
    assert count(house, "counter_visits") == 0
    assert len(records(house, CHEN)) == 1  # whoever has the number reads that somebody looked
    visit = house.presence_desk.arrive(GAO, arrival("chen_yiming", name="陈一名", as_on_card=True))
    assert visit.person == CHEN.holder  # gone on with, and nobody is renamed by it
    spaced = house.presence_desk.arrive(LI, arrival("chen_yiming", name=" 陈 一 鸣 "))
    assert spaced.person == CHEN.holder  # as records spell it


def test_no_officer_renames_anybody_whose_case_is_under_way(house):
    case = submitted(house, "shen_xiaozhou")
    named = arrival("shen_xiaozhou", name="王老五", as_on_card=True)
    house.presence_desk.arrive(ELSEWHERE, named)
    assert house.application(case.ref).applicant == resident("shen_xiaozhou").holder
    done = house.review_desk.approve(GAO, case.ref, YES)
    with house.archive.reading() as books:
        issued = books.register.get(done.certificate_ref)
    assert issued.fields["name"] == "沈小舟"


def test_who_signed_in_before_keeps_the_name_of_their_identity_provider(house):
    me = resident("shen_xiaozhou", name="沈晓舟")
    house.apply_desk.begin(me, REGISTRATION)
    with pytest.raises(MalformedError) as error:
        house.presence_desk.arrive(GAO, arrival("shen_xiaozhou", name="王老五"))
    assert errors(error) == {"person_name": "mismatch"}
    house.presence_desk.arrive(GAO, arrival("shen_xiaozhou", name="沈小舟", as_on_card=True))
    with house.archive.reading() as books:
        assert books.people.find("111", me.holder.id_number).holder.name == "沈晓舟"


def test_who_is_no_guardian_any_more_prints_nothing_of_the_child(house):
    visit = here(house, "he_zhiyuan")
    draft = house.intake_desk.begin(GAO, visit.ref, REGISTRATION, DAUGHTER)
    house.intake_desk.answer(GAO, draft.ref, home_of(visit.resident))
    done = sent(house, draft.ref)
    assert house.intake_desk.document(GAO, done.ref).startswith(b"%PDF")
    with house.archive.writing() as books:
        for proof in books.register.held_by("111", DAUGHTER.id_number):
            if proof.type_code in {"birth_certificate", "household_register"}:
                books.register.set_status(
                    proof.ref, Status.REVOKED, house.clock.now(), only_from={Status.VALID}
                )
    assert house.intake_desk.look(GAO, done.ref).certificate is None
    with pytest.raises(NotFoundError):
        house.intake_desk.document(GAO, done.ref)


@pytest.mark.parametrize("name", ["刘海燕", "刘海艳"])
def test_where_records_spell_a_name_in_two_ways_the_officer_looks_whichever_is_typed(house, name):
    with pytest.raises(MalformedError) as error:
        house.presence_desk.arrive(GAO, arrival("liu_haiyan", name=name))
    assert errors(error) == {"person_name": "mismatch"}
    assert count(house, "counter_visits") == 0
    visit = house.presence_desk.arrive(GAO, arrival("liu_haiyan", name=name, as_on_card=True))
    assert visit.person.name == name


def test_a_person_of_whom_nothing_is_known_is_taken_in_all_the_same(house):
    said = arrival("chen_yiming", name="武新来", id_number="340199199001010010")
    number = "34019919900101001"
    for last in "0123456789X":
        try:
            visit = house.presence_desk.arrive(GAO, replace(said, id_number=number + last))
            break
        except MalformedError:
            continue
    draft = house.intake_desk.begin(GAO, visit.ref, REGISTRATION)
    assert draft.actor == visit.person


# -- on whose word, for how long -----------------------------------------------------------


def test_the_look_at_the_card_stands_for_the_face_at_the_counter_alone(house):
    ref = begun(house, "chen_yiming").ref
    decided = house.intake_desk.look(GAO, ref).checked.decision
    assert decided.materials[Material.IDENTITY].outcome is Outcome.SATISFIED
    on_line = house.apply_desk.check(CHEN, ref).decision
    assert on_line.materials[Material.IDENTITY].outcome is Outcome.CHOOSE_ONE
    with pytest.raises(ConflictError) as error:
        house.apply_desk.submit(CHEN, ref)
    assert error.value.facts["missing"] == ["identity"]
    another = house.apply_desk.begin(CHEN, Matter.RESIDENCE_REGISTRATION)
    assert another.ref == ref


def test_no_session_can_say_that_somebody_is_present(house):
    present = here(house, "chen_yiming").resident
    assert present.present
    with pytest.raises(MalformedError):
        caller_as_json(present)
    assert not Resident(CHEN.holder, CHEN.account, CHEN.verified_at).present


def test_after_its_hour_the_card_is_compared_again(house):
    ref = begun(house, "chen_yiming").ref
    house.clock.skip(HOUR - timedelta(minutes=1))
    house.intake_desk.look(GAO, ref)
    house.clock.skip(timedelta(minutes=1))
    for act in (
        lambda: house.intake_desk.look(GAO, ref),
        lambda: house.intake_desk.submit(GAO, ref, ""),
        lambda: house.intake_desk.scan(GAO, ref, ("dwelling", PAPER), good(), seen=True),
        lambda: house.intake_desk.withdraw(GAO, ref, ""),
    ):
        with pytest.raises(ConflictError) as error:
            act()
        assert cause(error) == "CHECK_AGAIN"
    visit = here(house, "chen_yiming")
    house.intake_desk.open(GAO, visit.ref, ref)
    assert sent(house, ref).state is State.ISSUED


def test_a_case_is_open_to_the_officer_who_compared_the_card_and_to_nobody_else(house):
    ref = begun(house, "chen_yiming").ref
    desk = house.intake_desk
    for officer in (LI, ELSEWHERE, CHIEF):
        for act in (
            lambda o: desk.look(o, ref),
            lambda o: desk.answer(o, ref, answers_of(PEOPLE["chen_yiming"]["declares"])),
            lambda o: desk.submit(o, ref, ""),
            lambda o: desk.document(o, ref),
        ):
            with pytest.raises(ForbiddenError) as error:
                act(officer)
            assert cause(error) == "NOT_PRESENT"
    visit = here(house, "chen_yiming")
    with pytest.raises(NotFoundError):  # another officer's visit is as absent as none
        desk.cases(LI, visit.ref)
    moved = replace(GAO, station="海港派出所")
    with pytest.raises(NotFoundError):
        desk.cases(moved, visit.ref)


def test_with_somebody_present_only_their_own_cases_are_opened(house):
    ref = submitted(house, "shen_xiaozhou").ref
    visit = here(house, "chen_yiming")
    for act in (house.intake_desk.open, house.intake_desk.begin_again):
        with pytest.raises(NotFoundError):
            act(GAO, visit.ref, ref)
    with pytest.raises(NotFoundError):
        house.intake_desk.open(GAO, visit.ref, "2" * 20)
    assert count(house, "counter_checks") == 0


# -- taken in ------------------------------------------------------------------------------


def test_what_the_rules_allow_is_issued_at_once_and_says_who_took_it_in(house):
    done = sent(house, begun(house, "chen_yiming").ref)
    assert (done.state, done.automatic) == (State.ISSUED, True)
    assert (done.taken_by, done.taken_at) == ("1047", "wutong")
    with house.archive.reading() as books:
        steps = [(who, s) for _, who, s, _ in History(books.connection).of(done.ref)]
    assert ("1047", "approved") in steps
    assert sent(house, done.ref) == done  # sent twice it is the one it is
    assert len(vouchers(house, "chen_yiming")) == 1


def test_the_person_finds_it_on_line_as_their_own(house):
    done = sent(house, begun(house, "chen_yiming").ref)
    (own,) = house.apply_desk.all_of(CHEN)
    assert own == done
    assert house.holdings_desk.one(CHEN, done.certificate_ref).sealed


def test_a_draft_begun_on_line_is_gone_on_with_and_never_a_second(house):
    draft = house.apply_desk.begin(CHEN, REGISTRATION)
    house.apply_desk.answer(CHEN, draft.ref, answers_of(PEOPLE["chen_yiming"]["declares"]))
    visit = here(house, "chen_yiming")
    _, listed = house.intake_desk.cases(GAO, visit.ref)
    assert [a.ref for a in listed] == [draft.ref]
    assert house.intake_desk.begin(GAO, visit.ref, REGISTRATION).ref == draft.ref
    assert count(house, "applications") == 1
    assert sent(house, draft.ref).state is State.ISSUED


def test_what_was_sent_on_line_is_shown_where_it_stands_and_not_begun_again(house):
    case = submitted(house, "shen_xiaozhou")
    visit = here(house, "shen_xiaozhou")
    again = house.intake_desk.begin(GAO, visit.ref, REGISTRATION)
    assert (again.ref, again.state) == (case.ref, State.IN_REVIEW)
    at = house.intake_desk.look(GAO, case.ref)
    assert at.checked is None
    assert sent(house, case.ref).taken_by == ""


def test_a_matter_that_does_not_fit_is_told_and_one_nobody_applies_for_is_none(house):
    visit = here(house, "chen_yiming")
    with pytest.raises(ConflictError) as error:
        house.intake_desk.begin(GAO, visit.ref, ADDRESS_CHANGE)
    assert cause(error) == "NOT_REGISTERED"
    with pytest.raises(MalformedError):
        house.intake_desk.begin(GAO, visit.ref, Matter.PERMIT_UPDATE)


def test_a_form_of_before_the_answers_were_changed_sends_nothing(house):
    ref = begun(house, "chen_yiming").ref
    seal = house.intake_desk.look(GAO, ref).seal
    other = replace(answers_of(PEOPLE["chen_yiming"]["declares"]), address="别的路1号2室")
    house.apply_desk.answer(CHEN, ref, other)
    for act in (house.intake_desk.submit, house.intake_desk.withdraw):
        with pytest.raises(ConflictError) as error:
            act(GAO, ref, seal)
        assert cause(error) == "MOVED"
    assert house.application(ref).state is State.DRAFT


def test_a_case_that_moved_on_is_not_withdrawn_by_a_form_of_before(house):
    draft = begun(house, "shen_xiaozhou")
    seal = house.intake_desk.look(GAO, draft.ref).seal
    case = sent(house, draft.ref)
    assert case.state is State.IN_REVIEW
    with pytest.raises(ConflictError):
        house.intake_desk.withdraw(GAO, case.ref, seal)
    now = house.intake_desk.look(GAO, case.ref).seal
    for _ in range(2):
        assert house.intake_desk.withdraw(GAO, case.ref, now).state is State.WITHDRAWN
    with house.archive.reading() as books:
        last = History(books.connection).of(case.ref)[-1]
    assert last[1:3] == ("1047", "withdrawn")


# -- a guardian, a letter ------------------------------------------------------------------


def test_a_guardian_who_is_present_applies_for_the_child(house):
    visit = here(house, "he_zhiyuan")
    draft = house.intake_desk.begin(GAO, visit.ref, REGISTRATION, DAUGHTER)
    house.intake_desk.answer(GAO, draft.ref, home_of(visit.resident))
    done = sent(house, draft.ref)
    assert (done.state, done.applicant.name) == (State.ISSUED, DAUGHTER.name)
    child = resident("he_yutong")
    looks = [r for r in records(house, child, "relative") if r["fields"] == []]
    assert looks  # its records were looked up on the guardian's card, and it reads so


def test_a_stranger_with_a_card_of_their_own_learns_nothing_of_a_child(house):
    visit = here(house, "chen_yiming")
    draft = house.intake_desk.begin(GAO, visit.ref, REGISTRATION, DAUGHTER)
    house.intake_desk.answer(GAO, draft.ref, home_of(visit.resident))
    decided = house.intake_desk.look(GAO, draft.ref).checked
    assert not decided.guardian_is_proven
    with pytest.raises(ConflictError) as error:
        sent(house, draft.ref)
    assert "guardianship" in error.value.facts["missing"]


def test_a_letter_signed_at_the_counter_says_so_and_is_sound(house):
    ref = begun(house, "lin_xiaohe").ref
    desk = house.intake_desk
    shown = desk.letter(desk.look(GAO, ref).application)
    assert "窗口级" in shown
    assert "本人到场" in shown
    read = digest_of(shown)
    with pytest.raises(MalformedError):
        desk.sign(GAO, ref, "周敏", read)
    with pytest.raises(ConflictError) as error:
        desk.sign(GAO, ref, "林晓禾", "0" * 64)
    assert cause(error) == "MOVED"
    signed = desk.sign(GAO, ref, "林晓禾", read)
    assert (signed.commitment.level, signed.commitment.text) == (AT_COUNTER, shown)
    judge_signatures(signed.commitment, house.trust_file())
    assert desk.take_letter_back(GAO, ref).commitment is None
    desk.sign(GAO, ref, "林晓禾", read)
    done = sent(house, ref)
    assert done.state is State.ISSUED
    letters = [c for c in house.holdings_desk.of(LIN) if c.type_code == "commitment_letter"]
    assert [c.fields["level"] for c in letters] == [AT_COUNTER]


# -- scans ---------------------------------------------------------------------------------


def scanned(house, *, seen):
    ref = begun(house, "lin_xiaohe").ref
    said = replace(
        answers_of(PEOPLE["lin_xiaohe"]["declares"]),
        relative=None,
        **{k: v for k, v in NOWHERE.items() if k != "relative"},
    )
    house.intake_desk.answer(GAO, ref, said)
    upload = house.intake_desk.scan(GAO, ref, ("dwelling", PAPER), good(), seen=seen)
    return ref, upload


@pytest.mark.parametrize(("seen", "by"), [(True, "1047"), (False, "")])
def test_a_scan_is_judged_as_any_upload_and_says_whether_its_original_was_seen(house, seen, by):
    ref, upload = scanned(house, seen=seen)
    assert upload.seen_by == by
    case = sent(house, ref)
    assert (case.state, case.automatic) == (State.IN_REVIEW, False)
    (kept,) = read_kept(case.decision)
    assert kept.seen_by == by
    assert ("seen_by" in kept.as_json()) is seen
    assert kept == read_kept(house.application(ref).decision)[0]


def test_what_somebody_uploads_on_line_never_says_that_its_original_was_seen(house):
    ref, _ = scanned(house, seen=False)
    verify_face(house, "lin_xiaohe", ref)
    upload = house.upload_desk.take_in(LIN, ref, "dwelling", PAPER, good())
    assert upload.seen_by == ""


def test_a_scan_of_another_case_is_none_of_this_one(house):
    ref, upload = scanned(house, seen=True)
    other = begun(house, "chen_yiming").ref
    for act in (
        lambda: house.intake_desk.part(GAO, other, upload.ref, "page-1"),
        lambda: house.intake_desk.keep_scan(GAO, other, upload.ref),
        lambda: house.intake_desk.drop_scan(GAO, other, upload.ref),
    ):
        with pytest.raises(NotFoundError):
            act()
    for _ in range(2):
        shown = house.intake_desk.part(GAO, ref, upload.ref, "page-1")
        assert shown.startswith(b"\xff\xd8\xff")
    seen = [r for r in records(house, LIN) if r["fields"] == ["handed_in.dwelling"]]
    assert [r["operator"] for r in seen] == ["1047"]
    house.intake_desk.drop_scan(GAO, ref, upload.ref)


# -- after it was sent ---------------------------------------------------------------------


def refused(house, ref, officer=GAO):
    house.review_desk.open(officer, ref, claim=True)
    return house.review_desk.refuse(officer, ref, "ADDRESS_MISMATCH", "门牌对不上")


def test_what_was_asked_for_is_supplied_at_the_counter(house):
    ref, _ = scanned(house, seen=False)
    sent(house, ref)
    station = replace(HAIGANG, supervisor=True)
    house.review_desk.open(station, ref, claim=True)
    house.supplement_desk.ask(station, ref, ["dwelling"], "第二页没拍到")
    house.clock.skip(timedelta(minutes=5))
    with pytest.raises(ConflictError) as error:
        house.intake_desk.supply(GAO, ref)
    assert error.value.facts["missing"] == ["dwelling"]
    house.intake_desk.scan(GAO, ref, ("dwelling", PAPER), good(), seen=True)
    for _ in range(2):
        assert house.intake_desk.supply(GAO, ref).state is State.IN_REVIEW
    with house.archive.reading() as books:
        last = History(books.connection).of(ref)[-1]
    assert last[1:3] == ("1047", "in_review")
    decided = house.application(ref).decision["decision"]["materials"]
    assert decided["identity"]["outcome"] == "satisfied"  # as it was when it was sent


def test_reasons_are_told_at_the_counter_that_took_it_or_by_a_supervisor(house):
    ref = begun(house, "shen_xiaozhou").ref
    refused(house, sent(house, ref).ref, LI)
    assert house.intake_desk.look(GAO, ref).tells_reasons
    house.intake_desk.look(GAO, ref)
    told = [
        r for r in records(house, resident("shen_xiaozhou")) if "refusal_reasons" in r["fields"]
    ]
    assert [r["operator"] for r in told] == ["1047"]  # once a visit
    for officer, tells in (
        (LI, True),
        (ELSEWHERE, False),
        (replace(ELSEWHERE, supervisor=True), True),
    ):
        house.clock.skip(timedelta(minutes=3))
        visit = here(house, "shen_xiaozhou", officer)
        house.intake_desk.open(officer, visit.ref, ref)
        assert house.intake_desk.look(officer, ref).tells_reasons is tells


def test_reasons_of_what_was_sent_on_line_are_told_at_no_counter(house):
    ref = submitted(house, "shen_xiaozhou").ref
    refused(house, ref)
    visit = here(house, "shen_xiaozhou")
    house.intake_desk.open(GAO, visit.ref, ref)
    assert not house.intake_desk.look(GAO, ref).tells_reasons
    again = house.intake_desk.begin_again(GAO, visit.ref, ref)
    assert (again.state, again.answers.address != "") == (State.DRAFT, True)


def test_a_certificate_is_printed_on_record_and_only_while_it_holds(house):
    ref = begun(house, "chen_yiming").ref
    with pytest.raises(NotFoundError):
        house.intake_desk.document(GAO, ref)
    done = sent(house, ref)
    for times in (1, 2):
        assert house.intake_desk.document(GAO, ref).startswith(b"%PDF-")
        printed = [r for r in records(house, CHEN) if r["fields"] == ["document"]]
        assert len(printed) == times
    with house.archive.writing() as books:
        books.connection.execute(
            text("UPDATE certificates SET status = 'revoked' WHERE ref = :ref"),
            {"ref": done.certificate_ref},
        )
    with pytest.raises(NotFoundError):
        house.intake_desk.document(GAO, ref)


# -- four eyes -----------------------------------------------------------------------------


def test_who_took_it_in_does_not_approve_it_alone(house):
    ref = sent(house, begun(house, "shen_xiaozhou").ref).ref
    house.review_desk.open(GAO, ref, claim=True)
    assert house.review_desk.approve(GAO, ref, YES).state is State.IN_REVIEW
    case = house.review_desk.open(LI, ref)
    assert (case.proposal.rule, case.application.taken_by) == ("own_intake", "1047")
    house.review_desk.open(LI, ref, claim=True)
    assert house.second_desk.confirm(LI, ref, case.proposal.ref).state is State.ISSUED


def test_who_filled_it_in_and_scanned_does_not_approve_it_alone_though_it_was_sent_on_line(house):
    ref, _ = scanned(house, seen=True)
    verify_face(house, "lin_xiaohe", ref)
    assert house.apply_desk.submit(LIN, ref).taken_by == ""
    assert decided_alone_by(house, GAO, ref) == "own_intake"


@pytest.mark.parametrize("seen", [True, False])
def test_who_scanned_what_was_asked_for_does_not_approve_it_alone(house, seen):
    ref, _ = scanned(house, seen=False)
    drop_visits(house)
    verify_face(house, "lin_xiaohe", ref)
    house.apply_desk.submit(LIN, ref)
    house.review_desk.open(CHIEF, ref, claim=True)
    house.supplement_desk.ask(CHIEF, ref, ["dwelling"], "第二页没拍到")
    house.clock.skip(timedelta(minutes=5))
    house.intake_desk.open(GAO, here(house, "lin_xiaohe").ref, ref)
    house.intake_desk.scan(GAO, ref, ("dwelling", PAPER), good(), seen=seen)
    assert house.intake_desk.supply(GAO, ref).taken_by == ""
    assert decided_alone_by(house, GAO, ref) == "own_intake"


def test_who_saw_an_original_of_it_with_another_case_does_not_approve_it_alone(house):
    ref, _ = scanned(house, seen=True)
    verify_face(house, "lin_xiaohe", ref)
    house.apply_desk.submit(LIN, ref)
    drop_visits(house)
    assert decided_alone_by(house, GAO, ref) == "own_intake"


def test_an_officer_who_had_no_hand_in_it_decides_it_alone(house):
    ref, _ = scanned(house, seen=True)
    verify_face(house, "lin_xiaohe", ref)
    house.apply_desk.submit(LIN, ref)
    assert decided_alone_by(house, replace(LI, supervisor=True), ref) is None


def drop_visits(house):
    """As if the files had come with another case of a joint submission."""
    with house.archive.writing() as books:
        books.connection.execute(text("DELETE FROM counter_checks"))


def decided_alone_by(house, officer, ref):
    """The rule that keeps this officer from approving it alone; None if nothing does."""
    officer = replace(officer, supervisor=True)
    house.review_desk.open(officer, ref, claim=True)
    state = house.review_desk.approve(officer, ref, YES).state
    proposal = house.review_desk.open(officer, ref).proposal
    assert (state is State.IN_REVIEW) is (proposal is not None)
    return proposal and proposal.rule


def test_however_the_number_is_written_it_is_the_same_officer(house):
    upper, lower = replace(GAO, number="A7"), replace(GAO, number="a7")
    ref = begun(house, "shen_xiaozhou", officer=upper).ref
    sent(house, ref, upper)
    house.review_desk.open(lower, ref, claim=True)
    assert house.review_desk.approve(lower, ref, YES).state is State.IN_REVIEW


def test_another_officer_decides_it_alone(house):
    first = sent(house, begun(house, "shen_xiaozhou").ref).ref
    house.review_desk.open(LI, first, claim=True)
    assert house.review_desk.approve(LI, first, YES).state is State.ISSUED


def test_a_house_that_wants_no_second_officer_says_so_in_its_rules(house):
    ref = sent(house, begun(house, "shen_xiaozhou").ref).ref
    desk = replace(house.review_desk, four_eyes=FourEyes(()))
    desk.open(GAO, ref, claim=True)
    assert desk.approve(GAO, ref, YES).state is State.ISSUED


def test_an_officer_of_a_station_the_file_does_not_know_sits_at_a_counter_of_its_name(house):
    guest = replace(GAO, station="临时服务点")
    assert counter_of(guest) == "临时服务点"
    done = sent(house, begun(house, "chen_yiming", officer=guest).ref, guest)
    assert done.taken_at == "临时服务点"


def test_a_child_is_named_soundly_or_nothing_is_begun(house):
    visit = here(house, "he_zhiyuan")
    wrong = Child("", "123", "uncle", consented=False)
    with pytest.raises(MalformedError) as error:
        house.intake_desk.begin(GAO, visit.ref, REGISTRATION, wrong)
    assert set(errors(error)) == {
        "child_name", "child_id_number", "guardian_relation", "consented",
    }  # fmt: skip
    assert count(house, "applications") == 0


def test_what_waited_for_a_source_is_issued_when_it_is_back_on_the_same_look(
    settled_folder, tmp_path
):
    with copied(settled_folder, tmp_path, sources_down=("natural_resources",)) as house:
        with hidden(house):
            case = sent(house, begun(house, "chen_yiming").ref)
        assert (case.state, case.taken_by) == (State.IN_REVIEW, "1047")
        house.clock.skip(timedelta(days=2))
        back = replace(house.checklist_desk, sources_down=())
        assert replace(house.upkeep_desk, checklist=back).judge_waiting() == 1
        assert house.application(case.ref).state is State.ISSUED
