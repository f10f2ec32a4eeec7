"""The applicant's own photo: shown, confirmed, kept enciphered, judged by a person, printed."""

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest

from certstore.errors import ConflictError, NotFoundError
from certstore.pictures import SAME_PICTURE
from certstore.service.bench_faces import drawn_sitters
from certstore.service.bench_photo_kinds import saved
from certstore.service.bench_spoilers import before_colour, blurred
from certstore.web.texts import load
from issuance.application import DRAFT_LIFE, Child, State
from issuance.handed_in import read_kept
from issuance.photo_capture import (
    BEFORE,
    DOCUMENTS,
    FLAGS,
    PHOTO,
    forget_erased,
    level_of,
    photo_handed_in,
    reasons_of,
    steps_of,
)
from issuance.tables import ApplicationBook
from tests.house import TODAY
from tests.residents import EVERYWHERE as GAO
from tests.residents import Browser, assert_sound, drafted, resident
from verifiers.materials.handed_in import Fault as FileFault
from verifiers.materials.handed_in import Refused
from verifiers.materials.photo_findings import PhotoReason
from verifiers.materials.portrait_crop import Fault
from verifiers.materials.vocabulary import Material

CHEN, LIN = resident("chen_yiming"), resident("lin_xiaohe")
SITTER, OTHER = drawn_sitters(3)[1:]
SOUND = saved(SITTER.picture, quality=90)
BLUE = saved(before_colour(OTHER, 40), quality=92)
SOFT = saved(blurred(SITTER, 5))


def offered(house, snapshot=SOUND, key="chen_yiming"):
    """A draft with a photo shown on its page, and that page."""
    draft = drafted(house, key)
    made = house.photo_desk.offer(resident(key), draft.ref, snapshot, DOCUMENTS[0])
    assert made.may_be_kept
    return draft, house.photo_desk.look(resident(key), draft.ref)


def handed_in(house, snapshot=SOUND, key="chen_yiming"):
    """A draft with its own photo handed in."""
    draft, found = offered(house, snapshot, key)
    house.photo_desk.confirm(resident(key), draft.ref, found.offered.ref)
    return draft


def rows(house, table):
    with house.archive.reading() as books:
        return books.connection.exec_driver_sql(f"SELECT * FROM {table}").all()


# -- shown and confirmed ---------------------------------------------------------------------


def test_a_photo_is_shown_first_and_counts_only_when_it_is_confirmed(house):
    draft, found = offered(house)
    assert found.kept is None
    assert found.offered.document == "photo_capture"
    assert not house.checklist_desk.check(house.apply_desk.get(CHEN, draft.ref)).handed_in
    house.photo_desk.confirm(CHEN, draft.ref, found.offered.ref)
    house.photo_desk.confirm(CHEN, draft.ref, found.offered.ref)  # said twice, it stays
    after = house.photo_desk.look(CHEN, draft.ref)
    assert (after.offered, after.kept.ref) == (None, found.offered.ref)
    (given,) = house.checklist_desk.check(house.apply_desk.get(CHEN, draft.ref)).handed_in
    assert (given.material, given.document) == (Material.PHOTO, "photo_capture")


def test_the_hash_of_the_original_and_what_was_done_are_kept(house):
    _, found = offered(house, BLUE)
    assert found.offered.sha256 == hashlib.sha256(BLUE).hexdigest()
    assert "whitened" in steps_of(found.offered)
    assert found.offered.advice[-2:] == ("PROCESSED", "WHITENED")
    assert found.offered.has(BEFORE)
    assert not {"PROCESSED", "WHITENED"} & set(reasons_of(found.offered))
    assert level_of(found.offered) == house.photo_desk.level


def test_nothing_of_a_photo_lies_about_in_plain(house):
    draft, found = offered(house)
    picture = house.photo_desk.picture(CHEN, draft.ref, found.offered.ref, PHOTO)
    assert picture.startswith(b"\xff\xd8\xff")
    part = found.offered.has(PHOTO)
    assert house.objects.get(part.digest) != picture
    assert not house.objects.has(hashlib.sha256(picture).hexdigest())


def test_a_new_photo_takes_the_place_of_the_one_before_whose_key_is_gone(house):
    draft = handed_in(house)
    first = house.photo_desk.look(CHEN, draft.ref).kept
    house.photo_desk.offer(CHEN, draft.ref, BLUE)
    both = house.photo_desk.look(CHEN, draft.ref)
    assert both.kept.ref == first.ref  # until the new one is confirmed
    house.photo_desk.offer(CHEN, draft.ref, SOUND)
    newest = house.photo_desk.look(CHEN, draft.ref).offered
    assert newest.ref != both.offered.ref
    house.photo_desk.confirm(CHEN, draft.ref, newest.ref)
    for gone in (first.ref, both.offered.ref):
        with pytest.raises(NotFoundError):
            house.photo_desk.picture(CHEN, draft.ref, gone, PHOTO)


def test_what_cannot_be_used_is_told_and_not_kept(house):
    draft = drafted(house, "chen_yiming")
    made = house.photo_desk.offer(CHEN, draft.ref, SOFT)
    assert not made.may_be_kept
    assert "BLURRED" in made.told
    refused = house.photo_desk.offer(CHEN, draft.ref, b"%PDF-1.7 not a photo")
    assert refused == Refused((FileFault.UNKNOWN,))
    assert house.photo_desk.look(CHEN, draft.ref).offered is None
    assert rows(house, "uploads") == []


def test_a_photo_taken_back_is_erased_and_its_fingerprint_with_it(house):
    draft = handed_in(house)
    assert len(rows(house, "photo_checks")) == 1
    house.photo_desk.take_back(CHEN, draft.ref)
    found = house.photo_desk.look(CHEN, draft.ref)
    assert (found.offered, found.kept) == (None, None)
    assert rows(house, "photo_checks") == []


def test_no_more_photos_are_tried_than_anybody_needs(house, monkeypatch):
    draft, _ = offered(house)
    monkeypatch.setattr("issuance.photo_capture.MOST_BEGUN", 1)
    with pytest.raises(ConflictError, match="too many"):
        house.photo_desk.offer(CHEN, draft.ref, SOUND)


# -- whose it is -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "ask",
    [
        lambda desk, ref, upload: desk.look(LIN, ref),
        lambda desk, ref, upload: desk.offer(LIN, ref, SOUND),
        lambda desk, ref, upload: desk.confirm(LIN, ref, upload),
        lambda desk, ref, upload: desk.take_back(LIN, ref),
        lambda desk, ref, upload: desk.picture(LIN, ref, upload, PHOTO),
    ],
)
def test_anothers_photo_page_is_as_absent_as_none(house, ask):
    draft, found = offered(house)
    with pytest.raises(NotFoundError):
        ask(house.photo_desk, draft.ref, found.offered.ref)


def test_a_photo_of_another_application_is_not_confirmed_here(house):
    _, found = offered(house)
    mine = drafted(house, "lin_xiaohe")
    with pytest.raises(NotFoundError):
        house.photo_desk.confirm(LIN, mine.ref, found.offered.ref)


def test_after_submission_nothing_about_the_photo_changes(house):
    draft = handed_in(house)
    upload = house.photo_desk.look(CHEN, draft.ref).kept.ref
    house.apply_desk.submit(CHEN, draft.ref)
    for ask in (
        lambda: house.photo_desk.look(CHEN, draft.ref),
        lambda: house.photo_desk.offer(CHEN, draft.ref, SOUND),
        lambda: house.photo_desk.confirm(CHEN, draft.ref, upload),
        lambda: house.photo_desk.take_back(CHEN, draft.ref),
        lambda: house.photo_desk.picture(CHEN, draft.ref, upload, PHOTO),
    ):
        with pytest.raises(ConflictError):
            ask()


def test_the_photo_on_file_is_shown_to_its_owner_and_never_to_who_names_a_child(house):
    house.picture_desk.catch_up()
    draft = drafted(house, "chen_yiming")
    found = house.photo_desk.look(CHEN, draft.ref)
    assert found.on_file.holders[0].id_number == CHEN.holder.id_number
    assert found.check.quality == "pass"
    child = Child(LIN.holder.name, LIN.holder.id_number, "parent")
    with house.archive.writing() as books:
        book = ApplicationBook(books.connection)
        book.save_answers(draft.ref, replace(book.get(draft.ref).answers, child=child), TODAY)
        named = book.get(draft.ref)
    assert named.guardian is not None
    assert house.photo_desk.look(CHEN, draft.ref).on_file is None


# -- an officer, and the certificate -------------------------------------------------------------


def test_a_new_photo_goes_to_an_officer_though_the_one_on_file_would_do(house):
    draft = handed_in(house)
    application = house.apply_desk.submit(CHEN, draft.ref)
    assert application.state is State.IN_REVIEW
    assert [f.document for f in read_kept(application.decision)] == ["photo_capture"]


def test_the_photo_an_officer_approved_is_the_one_that_is_printed(house):
    draft = handed_in(house)
    upload = house.photo_desk.look(CHEN, draft.ref).kept
    photo = house.photo_desk.picture(CHEN, draft.ref, upload.ref, PHOTO)
    house.apply_desk.submit(CHEN, draft.ref)
    waiting = house.application(draft.ref)
    assert photo_handed_in(waiting).ref == upload.ref
    with house.archive.reading() as books:
        assert house.photo_desk.for_certificate(books, waiting) is None  # nobody approved it yet
    done = house.review_desk.approve(GAO, draft.ref, {"photo": "yes"})
    assert done.state is State.ISSUED
    certificate = house.holdings_desk.one(CHEN, done.certificate_ref)
    assert certificate.file("photo").sha256 == hashlib.sha256(photo).hexdigest()
    assert house.objects.get(certificate.file("photo").sha256) == photo


def test_a_certificate_without_a_photo_handed_in_shows_the_one_on_file(house):
    draft = drafted(house, "chen_yiming")
    assert house.given_photo(None, draft) is None
    done = house.apply_desk.submit(CHEN, draft.ref)
    on_file = house.holdings_desk.of(CHEN)
    photos = {c.file("photo").sha256 for c in on_file if c.type_code == "id_photo"}
    assert done.automatic
    issued = house.holdings_desk.one(CHEN, done.certificate_ref)
    assert issued.file("photo").sha256 in photos


def test_the_same_picture_as_somebody_else_s_is_told_the_officer_and_not_the_applicant(house):
    house.picture_desk.catch_up()
    with house.archive.reading() as books:
        holder = LIN.holder
        held = books.register.held_by(holder.id_type, holder.id_number)
        theirs = next(c for c in held if c.type_code == "id_photo")
    lins = house.objects.get(theirs.file("photo").sha256)
    draft, found = offered(house, lins)
    assert SAME_PICTURE in found.offered.advice
    assert SAME_PICTURE not in reasons_of(found.offered)
    assert SAME_PICTURE not in Browser(house, CHEN).get(f"/applications/{draft.ref}/photo").text
    house.photo_desk.confirm(CHEN, draft.ref, found.offered.ref)
    with house.archive.reading() as books:
        assert books.pictures.of_application(draft.ref).same_as == theirs.ref
        assert books.register.get(theirs.ref).fields["quality"] == "pass"


def test_the_fingerprint_of_an_erased_photo_is_forgotten(house):
    draft = handed_in(house)
    assert forget_erased(house.archive) == 0
    house.clock.skip(DRAFT_LIFE + timedelta(days=1))
    assert house.upload_erasure.erase_ended() == 1
    assert forget_erased(house.archive) == 1
    assert rows(house, "photo_checks") == []
    assert draft.state is State.DRAFT


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_officer_sees_the_photo_how_it_was_before_and_what_was_done(house, lang):
    draft = handed_in(house, BLUE)
    house.apply_desk.submit(CHEN, draft.ref)
    upload = photo_handed_in(house.application(draft.ref)).ref
    desk = Browser(house, GAO, lang)
    case = desk.get(f"/desk/cases/{draft.ref}")
    assert_sound(case, lang)
    texts = load(lang)
    for code in ("PROCESSED", "WHITENED"):
        assert texts[f"desk.upload.advice.{code}"].other in case.text
    for page in ("page-1", "page-2", "thumbnail-1"):
        seen = desk.get(f"/desk/uploads/{draft.ref}/{upload}/{page}")
        assert (seen.status_code, seen.headers["content-type"]) == (200, "image/jpeg")


def test_whatever_may_stand_against_a_photo_has_words_for_both_sides():
    never_kept = {
        r for r in PhotoReason if r.startswith(("FILE_", "NOT_", "WRONG_", "MORE_", "TR"))
    }
    never_kept |= {PhotoReason.UNREADABLE, PhotoReason.TOO_MANY_PIXELS, PhotoReason.EXIF_PRESENT}
    never_kept |= {Fault.SEVERAL_FACES, Fault.NO_ROOM}
    codes = {*PhotoReason, *Fault}
    for texts in (load("zh"), load("en")):
        assert {f"photo.because.{code}" for code in codes} <= texts.keys()
        told = {f"desk.upload.advice.{code}" for code in {*codes, *FLAGS} - never_kept}
        assert told <= texts.keys()


# -- the page --------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_says_in_words_what_is_wrong_shows_and_takes_back(house, lang):
    draft = drafted(house, "chen_yiming")
    at = f"/applications/{draft.ref}/photo"
    browser = Browser(house, CHEN, lang)
    assert_sound(browser.get(at), lang)
    wrong = browser.http.post(at, data={"csrf": "token-of-this-session"}, files={"file": SOFT})
    assert wrong.status_code == 422
    assert_sound(wrong, lang)
    nothing = browser.post(at)
    assert nothing.status_code == 422
    assert_sound(nothing, lang)
    good = browser.http.post(at, data={"csrf": "token-of-this-session"}, files={"file": BLUE})
    assert (good.status_code, good.headers["location"]) == (303, at)
    shown = browser.get(at)
    assert_sound(shown, lang)
    upload = house.photo_desk.look(CHEN, draft.ref).offered.ref
    for name in ("photo", "before"):
        picture = browser.http.get(f"{at}/{upload}/{name}")
        assert picture.headers["content-type"] == "image/jpeg"
        assert picture.headers["cache-control"] == "no-store"
    assert browser.post(f"{at}/{upload}/keep").headers["location"] == at
    kept = browser.get(at)
    assert_sound(kept, lang)
    assert browser.post(f"{at}/drop").status_code == 303
    assert house.photo_desk.look(CHEN, draft.ref).kept is None


@pytest.mark.parametrize("charset", ["undefined", "idna", "nothing", "utf-16"])
def test_a_form_in_an_odd_charset_is_answered(house, charset):
    draft = drafted(house, "chen_yiming")
    kind = f"multipart/form-data; boundary=x; charset={charset}"
    body = b'--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n\xff\xfe\r\n--x--\r\n'
    answer = Browser(house, CHEN).http.post(
        f"/applications/{draft.ref}/photo", content=body, headers={"content-type": kind}
    )
    assert answer.status_code in {400, 403}


def test_a_form_without_the_session_s_token_keeps_no_photo(house):
    draft = drafted(house, "chen_yiming")
    at = f"/applications/{draft.ref}/photo"
    answer = Browser(house, CHEN).http.post(at, data={"csrf": "other"}, files={"file": SOUND})
    assert answer.status_code == 403
    torn = Browser(house, CHEN).http.post(
        at, content=b"--x", headers={"content-type": "multipart/form-data; boundary=y"}
    )
    assert torn.status_code == 400
    assert house.photo_desk.look(CHEN, draft.ref).offered is None
