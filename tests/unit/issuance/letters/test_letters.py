"""A letter is issued when the application that signed it is submitted: once, whole, for sure."""

import io
import json
from dataclasses import replace
from datetime import timedelta

import pikepdf
import pytest
from sqlalchemy import text

from certstore.certificates import Status
from certstore.errors import ConflictError, MissingGlyphError, NotFoundError
from certstore.identifiers import CertificateIdentifier
from issuance.application import State
from issuance.commitment import digest_of, judge_signatures
from issuance.letters.desk import TRY_AGAIN_AFTER
from issuance.letters.draft import letter_of
from issuance.letters.tables import LetterBook
from tests.residents import ADDRESS_CHANGE, PEOPLE, Browser, answers_of, submitted, verify_face
from tests.residents import GAO as OFFICER
from tests.unit.issuance.letters.walks import (
    LIN,
    UNSURE,
    certificates,
    handed_in,
    letters,
    moved_away_and_back,
    signed,
)
from tests.unit.issuance.test_issue import NO_FONT, CrashError, Down, Falling, FallingArchive, count


def trouble(house, ref):
    with house.archive.reading() as books:
        return LetterBook(books.connection).signed_for(ref)


def attached(house, letter):
    document = house.objects.get(letter.file("document").sha256)
    with pikepdf.open(io.BytesIO(document)) as pdf:
        return json.loads(pdf.attachments["certificate.json"].get_file().read_bytes())


# -- when ------------------------------------------------------------------------------------


def test_the_letter_is_issued_with_the_submission_that_uses_it(house):
    draft = signed(house)
    assert letters(house) == []
    done = house.apply_desk.submit(LIN, draft.ref)
    assert done.state is State.ISSUED
    (letter,) = letters(house)
    assert (letter.number, letter.status) == ("CN20260000000001", Status.VALID)
    assert CertificateIdentifier.parse(letter.identifier, strict=True).serial == letter.number
    assert len(certificates(house)) == 1


def test_the_letter_of_a_case_an_officer_must_look_at_is_issued_at_once_too(house):
    case = handed_in(house, address=UNSURE)
    assert case.state is State.IN_REVIEW
    (letter,) = letters(house)
    assert house.review_desk.open(OFFICER, case.ref).letter_ref == letter.ref


def test_without_a_letter_none_is_issued(house):
    submitted(house, "chen_yiming")
    assert letters(house, "chen_yiming") == []
    assert count(house, "letter_uses") == 0


def test_a_letter_taken_back_before_submission_is_none(house):
    draft = signed(house)
    house.apply_desk.take_back(LIN, draft.ref)
    with pytest.raises(ConflictError):
        house.apply_desk.submit(LIN, draft.ref)
    assert count(house, "letter_uses") == 0


# -- what ------------------------------------------------------------------------------------


def test_the_document_carries_the_whole_letter_and_both_signatures(house):
    application = handed_in(house)
    (letter,) = letters(house)
    data = attached(house, letter)
    assert set(data) == {"identifier", "type", "fields", "credential"}
    kept = application.commitment
    said = data["fields"]
    assert (said["letter_text"], said["level"]) == (kept.text, "session")
    assert (said["signature"], said["countersignature"]) == (kept.signature, kept.countersignature)
    assert said["letter_sha256"] == digest_of(kept.text)
    assert (said["signer"], said["relative"], said["relation"]) == ("林晓禾", "周敏", "parent")
    judge_signatures(letter_of(said), house.trust_file())  # a stranger, with the trust list alone


def test_a_verifier_finds_the_document_and_its_code_valid_and_later_revoked(house):
    handed_in(house)
    (letter,) = letters(house)
    document = house.objects.get(letter.file("document").sha256)
    code = house.objects.get(letter.file("code").sha256).decode()
    assert house.scan_desk.judge_file(document).result.verdict == "valid"
    assert (code[:4], house.scan_desk.judge(code).result.verdict) == ("RP1:", "valid")
    house.review_desk.find_false(OFFICER, letter.ref, "查无亲属关系")
    assert house.scan_desk.judge_file(document).result.verdict == "revoked"
    assert house.scan_desk.judge(code).result.verdict == "revoked"


def test_the_letter_has_its_own_place_in_the_status_list_and_its_leaf_in_the_ledger(house):
    handed_in(house)
    (letter,), (voucher,) = letters(house), certificates(house)
    assert letter.status_entry is not None
    assert letter.status_entry != voucher.status_entry
    issued = [u for u in house.holdings_desk.usage(LIN) if u.kind == "issue"]
    (leaf,) = [u for u in issued if u.record["certificate_ref"] == letter.ref]
    assert leaf.record["document_sha256"] == letter.file("document").sha256
    assert house.ledger_desk.judge(house.ledger_desk.proof(leaf))[0].good
    events = "SELECT body FROM outbox WHERE subject = 'certificate.issued'"
    with house.archive.reading() as books:
        assert letter.ref in str(books.connection.execute(text(events)).all())


def test_the_applicant_finds_the_letter_among_their_certificates_and_downloads_it(house):
    handed_in(house)
    (letter,) = letters(house)
    me = Browser(house, LIN)
    assert "亲属关系承诺书" in me.get("/certificates").text
    assert me.get(f"/certificates/{letter.ref}/document").content.startswith(b"%PDF-1.7")


# -- reuse -----------------------------------------------------------------------------------


def test_a_later_application_about_the_same_relative_leans_on_the_letter_on_file(house):
    first, again = moved_away_and_back(house)
    (letter,) = letters(house)  # no second one was signed
    assert again.state is State.ISSUED
    kinship = again.decision["decision"]["materials"]["kinship"]
    assert kinship["satisfied_by"]["record_id"] == letter.ref
    with house.archive.reading() as books:
        uses = LetterBook(books.connection).uses_of(letter.ref)
    assert [(u.application_ref, u.signed_here) for u in uses] == [
        (first.ref, True),
        (again.ref, False),
    ]


def test_a_letter_found_false_is_leaned_on_no_more(house):
    handed_in(house)
    (letter,) = letters(house)
    house.review_desk.find_false(OFFICER, letter.ref, "查无亲属关系")
    house.apply_desk.submit(LIN, moved(house).ref)
    draft = signed(house, ADDRESS_CHANGE)
    assert draft.commitment is not None  # asked for, and signed, anew
    house.apply_desk.submit(LIN, draft.ref)
    assert [c.status for c in letters(house)] == [Status.VALID, Status.REVOKED]


def moved(house):
    desk = house.apply_desk
    ref = desk.begin(LIN, ADDRESS_CHANGE).ref
    desk.answer(LIN, ref, answers_of(PEOPLE["lin_xiaohe"]["moves_to"]))
    verify_face(house, "lin_xiaohe", ref)
    return desk.get(LIN, ref)


def test_a_letter_found_false_while_an_application_was_checked_stops_its_submission(house):
    first, _ = moved_away_and_back(house)
    (letter,) = letters(house)
    desk = house.apply_desk
    desk.submit(LIN, moved(house).ref)
    draft = signed(house, ADDRESS_CHANGE)
    checked = desk.check(LIN, draft.ref)
    house.review_desk.find_false(OFFICER, letter.ref, "查无亲属关系")
    with pytest.raises(ConflictError, match="found false meanwhile") as refused:
        desk._record_submission(draft, checked)
    assert refused.value.facts["missing"] == []
    assert desk.get(LIN, draft.ref).state is State.DRAFT
    assert first.state is State.ISSUED


# -- what can go wrong -----------------------------------------------------------------------

STEPS = [
    (step, when)
    for step in ("intent", "seal", "put_many", "completion")
    for when in ("before", "after")
]


def falling(desk, step, when):
    match step:
        case "intent":
            return replace(desk, archive=FallingArchive(desk.archive, 1, when))
        case "completion":
            return replace(desk, archive=FallingArchive(desk.archive, 2, when))
        case "seal":
            return replace(desk, sealer=Falling(desk.sealer, "seal_letter", when))
        case _:
            return replace(desk, objects=Falling(desk.objects, step, when))


@pytest.mark.parametrize(("step", "when"), STEPS)
def test_a_crash_before_or_after_any_step_leaves_one_letter(house, step, when):
    draft = signed(house)
    house.apply_desk._record_submission(draft, house.apply_desk.check(LIN, draft.ref))
    with pytest.raises(CrashError):
        falling(house.letter_desk, step, when).issue(draft.ref)
    house.letter_desk.finish()
    (letter,) = letters(house)
    assert letter.number == "CN20260000000001"
    assert count(house, "certificates", "state = 'reserved'") == 0
    issued = "kind = 'issue' AND record LIKE '%commitment_letter%'"
    assert count(house, "usage", issued) == 1
    assert {f.role for f in letter.files} == {"document", "code", "credential"}


def test_a_crash_between_submission_and_letter_is_mended_by_the_worker(house):
    draft = signed(house)
    house.apply_desk._record_submission(draft, house.apply_desk.check(LIN, draft.ref))
    assert letters(house) == []
    assert house.letter_desk.finish() == 1
    assert house.letter_desk.finish() == 0
    assert len(letters(house)) == 1


def test_a_store_that_is_down_holds_up_neither_submission_nor_voucher(house):
    down = replace(house.letter_desk, objects=Down())
    draft = signed(house)
    done = replace(house.apply_desk, letters=down).submit(LIN, draft.ref)
    assert done.state is State.ISSUED
    assert (letters(house), trouble(house, draft.ref).trouble) == ([], "")
    assert house.letter_desk.finish() == 1  # at once


def test_a_letter_no_font_draws_is_refused_before_anything_is_signed_and_tried_again(house):
    draft = signed(house, address=f"望江路188弄6号{NO_FONT}1203室")
    house.apply_desk.submit(LIN, draft.ref)
    use = trouble(house, draft.ref)
    assert (use.issued_at, "U+2CEFF" in use.trouble) == (None, True)
    with pytest.raises(MissingGlyphError) as refused:
        house.letter_desk.issue(draft.ref)
    assert refused.value.where in {"address", "letter_text"}
    assert count(house, "certificates", "type_code = 'commitment_letter'") == 0
    assert count(house, "serial_numbers", "type_code LIKE '%WT03'") == 0
    assert [u.application_ref for u in house.finding_desk.troubled()] == [draft.ref]
    with house.archive.reading() as books:
        now = house.clock.now()
        assert LetterBook(books.connection).not_issued(now - TRY_AGAIN_AFTER) == []
        later = now + timedelta(seconds=1)
        assert len(LetterBook(books.connection).not_issued(later)) == 1


def test_issuing_twice_gives_the_same_letter(house):
    ref = handed_in(house).ref
    desk = house.letter_desk
    assert desk.issue(ref).ref == desk.issue(ref).ref == letters(house)[0].ref
    assert desk.attempt(ref) is True
    assert len(letters(house)) == 1


def test_there_is_no_letter_to_issue_for_an_application_without_one(house):
    ref = submitted(house, "chen_yiming").ref
    assert house.letter_desk.attempt(ref) is False
    with pytest.raises(NotFoundError):
        house.letter_desk.issue(ref)
