"""Handing in: only what is asked for, in pieces, enciphered, judged, replaced, taken back."""

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from certstore.errors import (
    ConflictError,
    MalformedError,
    NotFoundError,
    TooLargeError,
    UnavailableError,
)
from certstore.objects import DigestMismatchError
from certstore.safekeeping import add_storage_key, open_safe
from issuance.application import State
from issuance.handed_in import MOST_FILES, read_kept
from issuance.procedure import Action, Role
from issuance.tables import ApplicationBook
from issuance.upload import PIECE, UPLOAD_LIFE, UploadState
from issuance.upload_tables import UploadBook
from issuance.uploads import Announced, UploadDesk
from tests.residents import EVERYWHERE as GAO
from tests.residents import LI, copied, drafted, resident, submitted, verify_face
from tests.unit.issuance.test_issue import count
from tests.unit.issuance.uploading import (
    LIN,
    PAPER,
    asked,
    begun,
    document,
    glaring,
    good,
    handed_in,
)
from tests.unit.verifiers.materials.hostile_files import heic
from verifiers.limited.asking import LimitsExceededError
from verifiers.materials.vocabulary import Outcome

CHEN = resident("chen_yiming")


def rows(house, what="*", table="uploads"):
    with house.archive.reading() as books:
        return books.connection.execute(text(f"SELECT {what} FROM {table} ORDER BY 1")).all()


# -- what may be handed in -------------------------------------------------------------------


def test_what_is_asked_for_comes_with_its_papers_and_its_reason(house):
    found = house.upload_desk.asked(LIN, asked(house).ref, "dwelling")
    assert found.papers == (PAPER,)
    assert found.decision.outcome is Outcome.MUST_UPLOAD
    assert found.decision.reasons


def test_an_identity_card_may_be_handed_in_instead_of_a_face_verification(house):
    ref = house.apply_desk.begin(LIN, drafted(house, "chen_yiming").matter).ref
    house.apply_desk.answer(LIN, ref, asked(house, "wang_yan").answers)
    assert house.upload_desk.asked(LIN, ref, "identity").papers == ("id_card_upload",)


@pytest.mark.parametrize("material", ["photo", "identity", "kinship", "guardianship", "castle"])
def test_what_is_settled_or_has_a_page_of_its_own_is_asked_of_nobody(house, material):
    with pytest.raises(NotFoundError):
        house.upload_desk.asked(LIN, asked(house).ref, material)


def test_a_source_that_is_down_asks_for_nothing(settled_folder, tmp_path):
    with copied(settled_folder, tmp_path, sources_down=("natural_resources",)) as house:
        ref = asked(house).ref
        with pytest.raises(NotFoundError):
            house.upload_desk.asked(LIN, ref, "dwelling")
        with pytest.raises(NotFoundError):
            begun(house, ref, good())


def test_nothing_is_handed_in_before_the_questions_are_answered_or_after_submission(house):
    ref = house.apply_desk.begin(CHEN, asked(house).matter).ref
    with pytest.raises(ConflictError):
        house.upload_desk.asked(CHEN, ref, "dwelling")
    done = submitted(house, "wang_yan")
    with pytest.raises(ConflictError):
        house.upload_desk.asked(resident("wang_yan"), done.ref, "dwelling")


@pytest.mark.parametrize(
    "ask",
    [
        UploadDesk.progress,
        lambda desk, me, ref: desk.append(me, ref, 0, b"x"),
        UploadDesk.complete,
        UploadDesk.accept,
        UploadDesk.drop,
        lambda desk, me, ref: desk.part(me, ref, "page-1"),
    ],
)
def test_anothers_upload_is_as_absent_as_none(house, ask):
    theirs = handed_in(house, asked(house).ref)
    with pytest.raises(NotFoundError) as of_another:
        ask(house.upload_desk, CHEN, theirs.ref)
    with pytest.raises(NotFoundError) as of_nobody:
        ask(house.upload_desk, CHEN, "2" * 20)
    assert of_another.value.detail == of_nobody.value.detail
    assert house.upload_desk.progress(LIN, theirs.ref) == theirs
    with pytest.raises(NotFoundError):
        house.upload_desk.asked(CHEN, theirs.application_ref, "dwelling")


@pytest.mark.parametrize(
    ("document_code", "announced", "error"),
    [
        ("id_card_upload", Announced(10), MalformedError),
        ("", Announced(10), MalformedError),
        (PAPER, Announced(10_000_001), TooLargeError),
        (PAPER, Announced(0), MalformedError),
        (PAPER, Announced(10, "no digest"), MalformedError),
    ],
)
def test_an_upload_that_cannot_be_taken_is_not_begun(house, document_code, announced, error):
    ref = asked(house).ref
    with pytest.raises(error):
        house.upload_desk.begin(LIN, ref, "dwelling", document_code, announced)
    assert rows(house) == []


# -- in pieces -------------------------------------------------------------------------------


def test_a_file_comes_in_pieces_and_is_whole_again(house):
    data, desk = document(), house.upload_desk
    upload = begun(house, asked(house).ref, data)
    middle = len(data) // 3
    assert desk.append(LIN, upload.ref, 0, data[:middle]).received == middle
    assert desk.progress(LIN, upload.ref).received == middle
    assert desk.append(LIN, upload.ref, middle, data[middle:]).received == len(data)
    done = desk.complete(LIN, upload.ref)
    assert (done.state, done.pages) == (UploadState.KEPT, 2)
    assert done.sha256 == hashlib.sha256(data).hexdigest()


def test_bytes_for_another_place_are_refused_with_the_right_one(house):
    upload = begun(house, asked(house).ref, good())
    house.upload_desk.append(LIN, upload.ref, 0, good()[:1000])
    for offset in (0, 999, 1001, len(good())):
        with pytest.raises(ConflictError) as refused:
            house.upload_desk.append(LIN, upload.ref, offset, b"more")
        assert refused.value.facts["expected"] == 1000
    assert house.upload_desk.progress(LIN, upload.ref).received == 1000


def test_no_more_is_taken_than_was_announced(house):
    upload = begun(house, asked(house).ref, good())
    with pytest.raises(TooLargeError):
        house.upload_desk.append(LIN, upload.ref, 0, good() + b"x")
    assert house.upload_desk.progress(LIN, upload.ref).received == 0


def test_a_file_is_judged_when_it_is_whole_and_not_before(house):
    upload = begun(house, asked(house).ref, good())
    house.upload_desk.append(LIN, upload.ref, 0, good()[:-1])
    with pytest.raises(ConflictError):
        house.upload_desk.complete(LIN, upload.ref)
    assert house.upload_desk.progress(LIN, upload.ref).state is UploadState.RECEIVING


def test_a_file_that_is_complete_says_the_same_as_often_as_it_is_asked(house):
    done = handed_in(house, asked(house).ref)
    assert house.upload_desk.complete(LIN, done.ref) == done
    with pytest.raises(ConflictError) as refused:
        house.upload_desk.append(LIN, done.ref, 0, b"x")
    assert refused.value.facts["cause"] == "COMPLETE"


def test_one_upload_is_on_its_way_for_a_material_and_the_next_takes_its_place(house):
    ref = asked(house).ref
    first = begun(house, ref, good())
    house.upload_desk.append(LIN, first.ref, 0, good()[:1000])
    second = begun(house, ref, document())
    with pytest.raises(NotFoundError):
        house.upload_desk.append(LIN, first.ref, 1000, b"x")
    assert house.upload_desk.progress(LIN, second.ref).received == 0
    assert rows(house, "start", "upload_pieces") == []


def test_other_bytes_than_announced_are_refused(house):
    ref = asked(house).ref
    upload = begun(house, ref, good(), sha256="0" * 64)
    house.upload_desk.append(LIN, upload.ref, 0, good())
    assert house.upload_desk.complete(LIN, upload.ref).reasons == ("FILE_CHANGED",)
    right = begun(house, ref, good(), sha256=hashlib.sha256(good()).hexdigest())
    house.upload_desk.append(LIN, right.ref, 0, good())
    assert house.upload_desk.complete(LIN, right.ref).state is UploadState.KEPT


def test_a_material_takes_so_many_files_and_no_more(house):
    ref = asked(house).ref
    handed_in(house, ref)
    with house.archive.writing() as books:
        copied_columns = (
            "application_ref, material, document, state, length, received, begun_at, expires_at, "
            "kind, sha256, pages, parts, reasons, advice"
        )
        for number in range(MOST_FILES - 1):
            books.connection.execute(
                text(
                    f"INSERT INTO uploads (ref, {copied_columns}) "
                    f"SELECT 'copy{number}', {copied_columns} FROM uploads LIMIT 1"
                )
            )
    with pytest.raises(ConflictError) as refused:
        begun(house, ref, good())
    assert refused.value.facts["cause"] == "TOO_MANY_FILES"


# -- judged ----------------------------------------------------------------------------------


def test_a_refused_file_is_gone_and_its_reasons_stay_until_the_next(house):
    ref = asked(house).ref
    refused = handed_in(house, ref, heic())
    assert (refused.state, refused.reasons) == (UploadState.REFUSED, ("FILE_HEIC",))
    assert rows(house, "wrapped_key, key_id") == [(None, None)]
    assert rows(house, "start", "upload_pieces") == []
    assert [u.state for u in house.upload_desk.asked(LIN, ref, "dwelling").uploads] == [
        UploadState.REFUSED
    ]
    handed_in(house, ref)
    assert [u.state for u in house.upload_desk.asked(LIN, ref, "dwelling").uploads] == [
        UploadState.KEPT
    ]


def test_what_has_advice_counts_only_when_the_person_says_all_the_same(house):
    ref = asked(house).ref
    doubtful = handed_in(house, ref, glaring())
    assert (doubtful.state, doubtful.advice) == (UploadState.DOUBTFUL, ("GLARE",))
    with pytest.raises(ConflictError) as refused:
        house.apply_desk.submit(LIN, ref)
    assert "dwelling" in refused.value.facts["missing"]
    for _ in range(2):
        assert house.upload_desk.accept(LIN, doubtful.ref).state is UploadState.KEPT
    done = house.apply_desk.submit(LIN, ref)
    assert done.state is State.IN_REVIEW
    assert read_kept(done.decision)[0].advice == ("GLARE",)


def test_a_file_that_costs_too_much_is_refused_as_such(house):
    def costly(task, data, read):
        raise LimitsExceededError("a file took more memory than it may")

    desk = replace(house.upload_desk, limited=costly)
    done = desk.take_in(LIN, asked(house).ref, "dwelling", PAPER, good())
    assert done.reasons == ("FILE_COSTLY",)


def test_nothing_is_lost_while_files_cannot_be_judged(house):
    def busy(task, data, read):
        raise UnavailableError("many files are being opened just now")

    upload = begun(house, asked(house).ref, good())
    house.upload_desk.append(LIN, upload.ref, 0, good())
    with pytest.raises(UnavailableError):
        replace(house.upload_desk, limited=busy).complete(LIN, upload.ref)
    assert house.upload_desk.complete(LIN, upload.ref).state is UploadState.KEPT


def test_an_answer_that_makes_no_sense_refuses_the_file(house):
    desk = replace(house.upload_desk, limited=lambda task, data, read: read(b"nonsense"))
    done = desk.take_in(LIN, asked(house).ref, "dwelling", PAPER, good())
    assert done.reasons == ("FILE_DAMAGED",)


# -- enciphered ------------------------------------------------------------------------------


def whole_folder(house) -> bytes:
    with house.archive.writing() as books:  # out of the write-ahead log
        books.connection.execute(text("DELETE FROM sign_ins"))
    folder = house.settings.data_dir
    return b"".join(p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file())


def telling(data: bytes) -> list[bytes]:
    """Samples of a file that stand in no other one: a white sheet is alike in all of them."""
    samples = [data[at : at + 48] for at in range(0, len(data) - 48, 997)]
    return [sample for sample in samples if len(set(sample)) > 36]


@pytest.mark.parametrize("make", [good, document])
def test_nothing_of_a_file_is_written_in_plain(house, make):
    data, ref = make(), asked(house).ref
    half = begun(house, ref, data)
    house.upload_desk.append(LIN, half.ref, 0, data[: len(data) // 2])
    assert len(telling(data)) > 20
    on_disk = whole_folder(house)
    assert not any(sample in on_disk for sample in telling(data))
    done = handed_in(house, ref, data)
    kept = house.upload_desk.part(LIN, done.ref, "page-1")
    on_disk = whole_folder(house)
    assert not any(sample in on_disk for sample in (*telling(data), *telling(kept)))


def test_every_part_has_its_place_and_fits_no_other(house):
    done = handed_in(house, asked(house).ref, document())
    shelf = house.upload_shelf
    first, second = done.has("page-1"), done.has("page-2")
    swapped = replace(
        done, parts=(replace(first, digest=second.digest), replace(second, digest=first.digest))
    )
    with pytest.raises(DigestMismatchError):
        shelf.open(swapped, "page-1")
    other = replace(done, application_ref="3" * 20)
    with pytest.raises(MalformedError):
        shelf.open(other, "page-1")
    with pytest.raises(NotFoundError):
        shelf.open(done, "page-3")


def test_changed_bytes_are_never_shown(house):
    done = handed_in(house, asked(house).ref)
    part = done.has("page-1")
    sealed = bytearray(house.objects.get(part.digest))
    sealed[100] ^= 1
    other = replace(part, digest=house.objects.put(bytes(sealed)))
    with pytest.raises(DigestMismatchError):
        house.upload_shelf.open(replace(done, parts=(other,)), "page-1")


def test_a_piece_in_another_pieces_place_is_found_out(house):
    data = document()
    assert len(data) > 4000
    upload = begun(house, asked(house).ref, data)
    desk = house.upload_desk
    desk.append(LIN, upload.ref, 0, data[:2000])
    desk.append(LIN, upload.ref, 2000, data[2000:])
    with house.archive.writing() as books:
        swap = "UPDATE upload_pieces SET start = CASE start WHEN 0 THEN 2000 ELSE 0 END + :far"
        books.connection.execute(text(swap), {"far": 10**6})
        books.connection.execute(text("UPDATE upload_pieces SET start = start - 1000000"))
    with pytest.raises(DigestMismatchError):
        desk.complete(LIN, upload.ref)


def test_a_large_file_is_kept_in_pieces_of_one_size(house):
    data = good() + b"\x00" * (3 * PIECE - len(good()))
    upload = begun(house, asked(house).ref, data)
    house.upload_desk.append(LIN, upload.ref, 0, data)
    assert [start for (start,) in rows(house, "start", "upload_pieces")] == [0, PIECE, 2 * PIECE]


# -- submitted -------------------------------------------------------------------------------


def test_what_was_handed_in_unblocks_submission_and_goes_to_an_officer(house):
    ref = asked(house).ref
    with pytest.raises(ConflictError):
        house.apply_desk.submit(LIN, ref)
    upload = handed_in(house, ref)
    done = house.apply_desk.submit(LIN, ref)
    assert (done.state, done.automatic) == (State.IN_REVIEW, False)
    (kept,) = read_kept(done.decision)
    assert (kept.ref, kept.document, kept.pages) == (upload.ref, PAPER, 1)
    assert kept.sha256 == hashlib.sha256(good()).hexdigest()
    assert [a.ref for a, _ in house.review_desk.queue()] == [ref]
    issued = house.review_desk.approve(GAO, ref, {"dwelling": "yes"})
    assert issued.state is State.ISSUED


def test_the_decision_itself_stays_what_the_rules_made_of_the_facts(house):
    ref = asked(house).ref
    before = house.apply_desk.check(LIN, ref).decision
    handed_in(house, ref)
    done = house.apply_desk.submit(LIN, ref)
    again = house.checklist_desk.judge_again(done.decision)
    assert again.as_json() == done.decision["decision"]
    assert {m: d.outcome for m, d in again.materials.items()} == {
        m: d.outcome for m, d in before.materials.items()
    }


def test_a_paper_for_what_was_settled_meanwhile_is_erased_at_submission(house):
    me = resident("chen_yiming")
    ref = house.apply_desk.begin(me, asked(house).matter).ref
    home = drafted(house, "wang_yan")  # any complete answers
    house.apply_desk.answer(me, ref, replace(home.answers, **vars_of_chen()))
    card = house.upload_desk.take_in(me, ref, "identity", "id_card_upload", good())
    verify_face(house, "chen_yiming", ref)
    done = house.apply_desk.submit(me, ref)
    assert done.state is State.ISSUED
    assert read_kept(done.decision) == ()
    with pytest.raises(NotFoundError):
        house.upload_desk.progress(me, card.ref)


def vars_of_chen():
    from tests.residents import PEOPLE, answers_of  # noqa: PLC0415

    said = answers_of(PEOPLE["chen_yiming"]["declares"])
    return {
        n: getattr(said, n) for n in ("dwelling", "occupier", "relative", "district", "address")
    }


def test_an_identity_card_handed_in_makes_an_officer_look_though_all_else_is_settled(house):
    me = resident("chen_yiming")
    ref = house.apply_desk.begin(me, asked(house).matter).ref
    house.apply_desk.answer(me, ref, replace(drafted(house, "wang_yan").answers, **vars_of_chen()))
    house.upload_desk.take_in(me, ref, "identity", "id_card_upload", good())
    done = house.apply_desk.submit(me, ref)
    assert (done.state, done.automatic) == (State.IN_REVIEW, False)


def test_what_changes_while_an_application_is_checked_stops_its_submission(house):
    application = asked(house)
    upload = handed_in(house, application.ref)
    checked = house.apply_desk.check(LIN, application.ref)
    house.upload_desk.drop(LIN, upload.ref)
    with pytest.raises(ConflictError):
        house.apply_desk._record_submission(application, checked)
    assert house.apply_desk.get(LIN, application.ref).state is State.DRAFT


def test_after_submission_nothing_is_added_changed_or_taken_back(house):
    ref = asked(house).ref
    upload = handed_in(house, ref)
    half = begun(house, ref, good())
    house.apply_desk.submit(LIN, ref)
    with pytest.raises(NotFoundError):  # on its way at submission: erased
        house.upload_desk.append(LIN, half.ref, 0, b"x")
    with pytest.raises(ConflictError):
        house.upload_desk.drop(LIN, upload.ref)
    with pytest.raises(ConflictError):
        house.upload_desk.accept(LIN, upload.ref)
    assert house.upload_desk.part(LIN, upload.ref, "page-1")


# -- taken back, erased ----------------------------------------------------------------------


def test_what_was_taken_back_is_opened_by_nobody(house):
    upload = handed_in(house, asked(house).ref)
    house.upload_desk.drop(LIN, upload.ref)
    with pytest.raises(NotFoundError):
        house.upload_desk.part(LIN, upload.ref, "page-1")
    assert rows(house, "state, wrapped_key, key_id") == [("erased", None, None)]
    with pytest.raises(NotFoundError):
        house.upload_shelf.open(replace(upload, wrapped=None), "page-1")


def test_an_interrupted_upload_waits_so_long_and_no_longer(house):
    upload = begun(house, asked(house).ref, good())
    house.clock.skip(UPLOAD_LIFE - timedelta(minutes=1))
    house.upload_desk.append(LIN, upload.ref, 0, good()[:10])
    house.clock.skip(UPLOAD_LIFE - timedelta(minutes=1))
    assert house.upload_erasure.erase_ended() == 0  # it came on meanwhile
    house.clock.skip(timedelta(minutes=2))
    assert house.upload_erasure.erase_ended() == 1
    assert house.upload_erasure.erase_ended() == 0
    with pytest.raises(NotFoundError):
        house.upload_desk.progress(LIN, upload.ref)
    assert rows(house, "start", "upload_pieces") == []


def test_what_was_refused_is_erased_after_the_retention(house):
    ref = asked(house).ref
    upload = handed_in(house, ref)
    house.apply_desk.submit(LIN, ref)
    house.review_desk.refuse(GAO, ref, "ADDRESS_MISMATCH", "")
    house.clock.skip(timedelta(days=89))
    assert house.upload_erasure.erase_ended() == 0
    house.clock.skip(timedelta(days=2))
    assert house.upload_erasure.erase_ended() == 1
    with pytest.raises(NotFoundError):
        house.upload_case_desk.part(GAO, ref, upload.ref, "page-1")


def test_what_was_withdrawn_is_erased_at_once_and_an_old_draft_with_its_end(house):
    ref = asked(house).ref
    handed_in(house, ref)
    with house.archive.writing() as books:
        book = ApplicationBook(books.connection)
        book.step(book.get(ref), Action.WITHDRAW, Role.APPLICANT, house.clock.now(), "applicant")
    assert house.upload_erasure.erase_ended() == 1
    other = asked(house, "wang_yan").ref
    handed_in(house, other, key="wang_yan")
    house.clock.skip(timedelta(days=31))
    assert house.upload_erasure.erase_ended() == 1


def test_a_draft_that_is_still_worked_on_keeps_what_was_handed_in(house):
    ref = asked(house).ref
    for _ in range(3):
        handed_in(house, ref)
        house.clock.skip(timedelta(days=20))
    assert house.upload_erasure.erase_ended() == 0
    assert len(house.apply_desk.check(LIN, ref).handed_in) == 3


def test_what_led_to_a_certificate_is_kept(house):
    ref = asked(house).ref
    handed_in(house, ref)
    house.apply_desk.submit(LIN, ref)
    house.review_desk.approve(GAO, ref, {"dwelling": "yes"})
    house.clock.skip(timedelta(days=1000))
    assert house.upload_erasure.erase_ended() == 0


def test_a_new_storage_key_takes_over_and_the_former_can_be_destroyed(house):
    upload = handed_in(house, asked(house).ref)
    before = house.upload_desk.part(LIN, upload.ref, "page-1")
    folder = house.settings.keys_folder
    secret = (folder / "passphrase").read_bytes().strip()
    made = add_storage_key(folder, secret)
    del house.safe  # a service that starts anew
    assert house.safe.newest == made.kid
    assert house.upload_erasure.wrap_anew() == 1
    assert house.upload_erasure.wrap_anew() == 0
    (folder / "storage-001.key.json").unlink()
    shelf = replace(house.upload_shelf, safe=open_safe(folder, secret, make=False))
    with house.archive.reading() as books:
        moved = UploadBook(books.connection).get(upload.ref)
    assert moved.wrapped.key_id == made.kid
    assert shelf.open(moved, "page-1") == before
    with pytest.raises(NotFoundError, match="storage key"):
        shelf.open(upload, "page-1")  # as it was wrapped before


# -- the officer -----------------------------------------------------------------------------


def test_an_officers_look_at_a_file_is_recorded_once_for_the_applicant_to_see(house):
    ref = asked(house).ref
    upload = handed_in(house, ref)
    house.apply_desk.submit(LIN, ref)
    for officer in (GAO, GAO, LI):
        for name in ("thumbnail-1", "page-1"):
            assert house.upload_case_desk.part(officer, ref, upload.ref, name).startswith(
                b"\xff\xd8"
            )
    looks = [u for u in house.holdings_desk.usage(LIN) if u.kind == "review"]
    assert sorted(u.record["operator"] for u in looks) == ["1047", "1052"]
    assert {tuple(u.record["fields"]) for u in looks} == {("handed_in.dwelling",)}
    assert count(house, "usage", "kind = 'review'") == 2


def test_nothing_is_shown_when_the_look_cannot_be_recorded(house):
    ref = asked(house).ref
    upload = handed_in(house, ref)
    house.apply_desk.submit(LIN, ref)
    with house.archive.writing() as books:
        books.connection.execute(text("DROP TABLE usage"))
    with pytest.raises(UnavailableError, match="could not be recorded"):
        house.upload_case_desk.part(GAO, ref, upload.ref, "page-1")


def test_an_officer_sees_the_files_of_the_case_and_no_others(house):
    draft = asked(house)
    upload = handed_in(house, draft.ref)
    with pytest.raises(NotFoundError):  # not submitted
        house.upload_case_desk.part(GAO, draft.ref, upload.ref, "page-1")
    house.apply_desk.submit(LIN, draft.ref)
    other = submitted(house, "shen_xiaozhou")
    with pytest.raises(NotFoundError):
        house.upload_case_desk.part(GAO, other.ref, upload.ref, "page-1")
    with pytest.raises(NotFoundError):
        house.upload_case_desk.part(GAO, draft.ref, upload.ref, "document")
