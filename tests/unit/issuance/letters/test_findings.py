"""A letter found false is revoked, and every decision that leaned on it is made again."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from certstore.certificates import Status
from certstore.errors import ConflictError, MalformedError, NotFoundError
from issuance.application import State
from issuance.findings.tables import FindingBook
from issuance.letters.tables import LetterBook
from tests.residents import EVERYWHERE as GAO
from tests.residents import LI, REGISTRATION, submitted
from tests.unit.issuance.letters.walks import (
    LIN,
    UNSURE,
    certificates,
    handed_in,
    letters,
    moved_away_and_back,
    signed,
)
from tests.unit.issuance.test_issue import NO_FONT, count
from verifiers.materials.vocabulary import Material

WHY = "经查户籍登记，两人没有亲属关系。"
ELSE = "户籍登记另行证明了亲属关系。"


@pytest.fixture
def issued(house):
    """A registration that leaned on a letter, and the letter."""
    application = handed_in(house)
    (letter,) = letters(house)
    return application, letter


def outcomes(house, finding):
    case = house.finding_desk.case(GAO, finding.ref)
    return {a.application.ref: a.reopened.outcome for a in case.affected}


def told(house, kind):
    return [n for n in house.holdings_desk.notices(LIN) if n.kind == kind]


def status_records(house):
    found = (u.record for u in house.holdings_desk.usage(LIN) if u.kind == "status")
    return {(r["certificate"], r["status"], r["operator"], r["reason"]) for r in found}


# -- the finding -----------------------------------------------------------------------------


def test_the_letter_is_revoked_and_the_decision_opened_again_and_the_signer_told(house, issued):
    application, letter = issued
    before = house.status_desk.current(letter.status_entry.list_number)
    finding = house.review_desk.find_false(GAO, letter.ref, f"  {WHY}\n")
    assert (finding.reason, finding.found_by) == (WHY, "1047")
    assert letters(house)[0].status is Status.REVOKED
    assert house.status_desk.current(letter.status_entry.list_number).jwt != before.jwt
    assert outcomes(house, finding) == {application.ref: "open"}
    assert certificates(house)[0].status is Status.VALID  # until somebody decides
    (notice,) = told(house, "letter_revoked")
    assert (notice.facts["number"], notice.facts["reason"]) == (letter.number, WHY)
    assert status_records(house) == {("commitment_letter", "revoked", "1047", WHY)}
    assert count(house, "ledger_leaves") == count(house, "usage")
    assert count(house, "outbox", "subject = 'certificate.revoked'") == 1


def test_every_decision_that_leaned_on_it_is_listed_with_its_certificate(house):
    first, again = moved_away_and_back(house)
    (letter,) = letters(house)
    finding = house.review_desk.find_false(GAO, letter.ref, WHY)
    case = house.finding_desk.case(GAO, finding.ref)
    assert [a.application.ref for a in case.affected] == [first.ref, again.ref]
    assert [a.certificate.version for a in case.affected] == [1, 3]
    assert [a.waits for a in case.affected] == [False, True]  # version 1 was replaced long ago
    (listed,) = house.finding_desk.open_ones()
    assert listed.finding == finding


def test_a_decision_that_did_not_lean_on_it_is_left_alone(house, issued):
    other = submitted(house, "chen_yiming")
    finding = house.review_desk.find_false(GAO, issued[1].ref, WHY)
    assert other.ref not in outcomes(house, finding)


@pytest.mark.parametrize("reason", ["", "  ", "长" * 301, "反\u202e向"])
def test_without_a_proper_reason_nothing_is_found(house, issued, reason):
    with pytest.raises(MalformedError) as refused:
        house.review_desk.find_false(GAO, issued[1].ref, reason)
    assert refused.value.where == "reason"
    assert letters(house)[0].status is Status.VALID
    assert count(house, "letter_findings") == 0


def test_a_letter_is_found_false_once_and_the_second_officer_is_told_by_whom_and_when(
    house, issued
):
    finding = house.review_desk.find_false(GAO, issued[1].ref, WHY)
    with pytest.raises(ConflictError) as refused:
        house.review_desk.find_false(LI, issued[1].ref, "另一个理由")
    facts = refused.value.facts
    assert (facts["cause"], facts["by"], facts["at"]) == ("FOUND", "1047", finding.found_at)
    assert len(told(house, "letter_revoked")) == 1


def test_only_a_letter_can_be_found_false(house, issued):
    (voucher,) = certificates(house)
    for ref in (voucher.ref, "2" * 20):
        with pytest.raises(NotFoundError):
            house.review_desk.find_false(GAO, ref, WHY)
    assert certificates(house)[0].status is Status.VALID


def test_a_letter_is_found_by_its_number_alone_and_looking_is_recorded_once(house, issued):
    _, letter = issued
    desk = house.finding_desk
    assert desk.search(f" {letter.number.lower()} ") == letter.ref
    (voucher,) = certificates(house)
    for number in ("", " ", "CN2026", voucher.number, "%"):
        assert desk.search(number) is None
    for officer in (GAO, GAO, LI):
        assert desk.look(officer, letter.ref).letter.ref == letter.ref
    looks = [u.record["operator"] for u in house.holdings_desk.usage(LIN) if u.kind == "review"]
    assert sorted(looks) == ["1047", "1052"]


# -- the decisions made again ----------------------------------------------------------------


def test_an_officer_revokes_a_certificate_and_the_person_is_told_why(house, issued):
    application, letter = issued
    finding = house.review_desk.find_false(GAO, letter.ref, WHY)
    (voucher,) = certificates(house)
    code = house.objects.get(voucher.file("code").sha256).decode()
    done = house.finding_desk.judge(LI, finding.ref, application.ref, "revoke", WHY)
    assert (done.outcome, done.decided_by) == ("revoked", "1052")
    assert certificates(house)[0].status is Status.REVOKED
    assert house.scan_desk.judge(code).result.verdict == "revoked"
    (notice,) = told(house, "certificate_revoked")
    assert notice.facts["reason"] == WHY
    assert ("residence_voucher", "revoked", "1052", WHY) in status_records(house)
    assert house.finding_desk.open_ones() == []
    with house.archive.reading() as books:
        assert FindingBook(books.connection).get(finding.ref).closed_at is not None
    assert house.apply_desk.begin(LIN, REGISTRATION).state is State.DRAFT


def test_the_same_letter_signed_again_is_looked_at_by_an_officer(house, issued):
    application, letter = issued
    finding = house.review_desk.find_false(GAO, letter.ref, WHY)
    house.finding_desk.judge(LI, finding.ref, application.ref, "revoke", WHY)
    again = handed_in(house)
    assert (again.state, again.automatic) == (State.IN_REVIEW, False)
    assert again.commitment is not None
    _, waiting = house.review_desk.to_judge(again)
    assert [d.material for d in waiting] == [Material.KINSHIP]
    assert waiting[0].near_miss.record_id == letter.ref
    with pytest.raises(MalformedError):
        house.review_desk.approve(GAO, again.ref)
    done = house.review_desk.approve(GAO, again.ref, {"kinship": "yes"})
    assert done.state is State.ISSUED
    fresh, former = letters(house)
    assert (fresh.status, former.status) == (Status.VALID, Status.REVOKED)


def test_a_letter_about_another_relative_is_none_of_it(house, issued):
    application, letter = issued
    finding = house.review_desk.find_false(GAO, letter.ref, WHY)
    house.finding_desk.judge(LI, finding.ref, application.ref, "revoke", WHY)
    draft = signed(house)
    aunt = replace(draft.answers.relative, name="李娟", id_number="340199196808080027")
    house.apply_desk.answer(LIN, draft.ref, replace(draft.answers, relative=aunt))
    kinship = house.apply_desk.check(LIN, draft.ref).decision.materials[Material.KINSHIP]
    assert not kinship.letter_was_revoked


def test_an_officer_upholds_a_certificate_that_stands_on_other_ground(house, issued):
    application, letter = issued
    finding = house.review_desk.find_false(GAO, letter.ref, WHY)
    house.finding_desk.judge(LI, finding.ref, application.ref, "uphold", ELSE)
    assert certificates(house)[0].status is Status.VALID
    (notice,) = told(house, "certificate_upheld")
    assert notice.facts["reason"] == ELSE
    assert ("residence_voucher", "upheld", "1052", ELSE) in status_records(house)
    assert house.finding_desk.open_ones() == []


@pytest.mark.parametrize(
    ("outcome", "sentence", "where"),
    [("", WHY, "outcome"), ("forget", WHY, "outcome"), ("revoke", " ", "sentence")],
)
def test_a_decision_made_again_needs_an_outcome_and_a_reason(
    house, issued, outcome, sentence, where
):
    application, letter = issued
    finding = house.review_desk.find_false(GAO, letter.ref, WHY)
    with pytest.raises(MalformedError) as refused:
        house.finding_desk.judge(GAO, finding.ref, application.ref, outcome, sentence)
    assert refused.value.where == where
    assert outcomes(house, finding) == {application.ref: "open"}


def test_a_decision_is_made_again_once_and_the_second_officer_is_told(house, issued):
    application, letter = issued
    finding = house.review_desk.find_false(GAO, letter.ref, WHY)
    done = house.finding_desk.judge(GAO, finding.ref, application.ref, "uphold", ELSE)
    with pytest.raises(ConflictError) as refused:
        house.finding_desk.judge(LI, finding.ref, application.ref, "revoke", WHY)
    facts = refused.value.facts
    assert (facts["by"], facts["at"], facts["what"]) == ("1047", done.decided_at, "upheld")
    assert certificates(house)[0].status is Status.VALID


def test_what_a_finding_does_not_concern_is_not_decided_in_it(house, issued):
    other = submitted(house, "chen_yiming")
    finding = house.review_desk.find_false(GAO, issued[1].ref, WHY)
    for ref in (other.ref, "2" * 20):
        with pytest.raises(NotFoundError):
            house.finding_desk.judge(GAO, finding.ref, ref, "revoke", WHY)
    assert certificates(house, "chen_yiming")[0].status is Status.VALID


def test_a_certificate_that_was_replaced_is_nothing_to_decide_about(house):
    first, _ = moved_away_and_back(house)
    finding = house.review_desk.find_false(GAO, letters(house)[0].ref, WHY)
    with pytest.raises(ConflictError, match="in force"):
        house.finding_desk.judge(GAO, finding.ref, first.ref, "revoke", WHY)
    assert outcomes(house, finding)[first.ref] == "open"  # undone with the rest


# -- cases not decided yet -------------------------------------------------------------------


def test_a_case_that_leans_on_a_false_letter_cannot_be_approved(house):
    case = handed_in(house, address=UNSURE)
    desk = house.review_desk
    desk.find_false(GAO, letters(house)[0].ref, WHY)
    assert len(desk.open(GAO, case.ref).false_letters) == 1
    with pytest.raises(ConflictError) as refused:
        desk.approve(GAO, case.ref, {"dwelling": "yes"})
    assert refused.value.facts["cause"] == "letter_false"
    (listed,) = house.finding_desk.open_ones()
    assert [a.decidable for a in listed.affected] == [False]  # decided in the case itself
    desk.refuse(GAO, case.ref, "OTHER", WHY)
    assert house.finding_desk.open_ones() == []


def test_one_approved_and_held_up_waits_until_its_certificate_is_there(house):
    case = handed_in(house, address=f"望江路东段188弄6号{NO_FONT}1203室")
    with house.archive.writing() as books:  # its letter cannot be printed either: one on file
        books.connection.exec_driver_sql("DELETE FROM letter_uses")
    house.review_desk.approve(GAO, case.ref, {"dwelling": "yes"})
    assert house.application(case.ref).state is State.APPROVED
    letter = letter_on_file(house, case.ref)
    finding = house.review_desk.find_false(GAO, letter, WHY)
    with pytest.raises(ConflictError, match="no certificate"):
        house.finding_desk.judge(GAO, finding.ref, case.ref, "revoke", WHY)
    (listed,) = house.finding_desk.open_ones()
    assert listed.affected[0].waits


def letter_on_file(house, application_ref):
    """Another registration's letter, which this application is made to lean on."""
    other = handed_in_by_spouse(house)
    with house.archive.writing() as books:
        book = LetterBook(books.connection)
        letter = book.signed_for(other).letter_ref
        book.use(application_ref, letter, house.clock.now(), signed_here=False)
        statement = f"DELETE FROM letter_uses WHERE application_ref = '{other}' AND NOT signed_here"
        books.connection.exec_driver_sql(statement)
    return letter


def handed_in_by_spouse(house):
    return submitted(house, "song_yaqin").ref


# -- at once ---------------------------------------------------------------------------------


def test_of_officers_who_find_and_judge_at_once_one_counts(house, issued):
    application, letter = issued

    def find(officer):
        try:
            return house.review_desk.find_false(officer, letter.ref, WHY)
        except ConflictError:
            return None

    with ThreadPoolExecutor(4) as pool:
        found = [f for f in pool.map(find, (GAO, LI, GAO, LI)) if f]
    assert len(found) == 1

    def judge(outcome):
        try:
            return house.finding_desk.judge(GAO, found[0].ref, application.ref, outcome, WHY)
        except ConflictError:
            return None

    with ThreadPoolExecutor(4) as pool:
        judged = [j for j in pool.map(judge, ("revoke", "uphold") * 2) if j]
    assert len(judged) == 1
    expected = {"revoked": Status.REVOKED, "upheld": Status.VALID}[judged[0].outcome]
    assert certificates(house)[0].status is expected
