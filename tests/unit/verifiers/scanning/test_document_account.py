"""What a file is called beside its verdict, where the attacks do not come by."""

import io
import json
from datetime import timedelta

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from certstore.errors import MalformedError
from certstore.keys import Purpose
from certstore.trust import KeyState
from tests.conformance.document.attacks.data import other_store
from tests.conformance.document.attacks.incremental import PAGE, grown, size_of, stream, with_member
from tests.unit.certstore.codes.sealed_house import HOUR, NOW, house, strangers
from tests.unit.verifiers.limited.rooms import room_of, within
from tests.unit.verifiers.scanning.hostile_files import HOSTILE
from tests.unit.verifiers.scanning.signed_document import attachment, document, genuine
from tests.unit.verifiers.scanning.test_document import judge
from verifiers.scanning import examiner_frames as frames
from verifiers.scanning.account import (
    LONGEST_DETAIL,
    MOST_CHANGES,
    Account,
    Change,
    ChangeKind,
    Finding,
    Obstacle,
    PagePair,
    as_json,
)
from verifiers.scanning.drawn_pages import draw_both
from verifiers.scanning.opened import FILE_TOO_COSTLY, NothingShown
from verifiers.scanning.opening import OpenedHere
from verifiers.scanning.read_file import ShownCode, ShownDocument, read_file
from verifiers.scanning.reading_room import ASSIGNMENT, ReadingRoom
from verifiers.scanning.revision_comparison import compare_revisions
from verifiers.scanning.revisions import Compared, Drawn, Marks

OTHERS = [house().key(p) for p in (Purpose.CODE, Purpose.CREDENTIAL, Purpose.STATUS)]


def told(pdf: bytes, **facts) -> Account:
    return judge(pdf, **facts).document


def trust_with(**changes):
    return house().trust([house().key(Purpose.DOCUMENT, **changes), *OTHERS])


# -- what is signed whole ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"state": KeyState.REVOKED},
        {"valid_from": NOW + HOUR},
        {"valid_to": NOW - HOUR},
    ],
)
def test_a_key_that_does_not_count_is_no_forgery(changes):
    account = told(genuine(), trust=trust_with(**changes))
    assert (account.finding, account.obstacle) == (
        Finding.NOT_VERIFIABLE,
        Obstacle.KEY_NOT_GOOD,
    )
    assert told(genuine() + b"\n", trust=trust_with(**changes)).finding is Finding.CHANGED


def test_a_key_the_pinned_root_does_not_vouch_for_is_somebody_elses():
    assert told(genuine(), root_certificate=strangers().root).finding is Finding.SIGNED_BY_OTHER


def test_a_document_that_says_two_things_under_our_signature_is_not_called_genuine():
    for pdf in (
        document(house(), attachment=attachment(house(), credential="x")),
        document(house(), serial="SF1"),
        document(house(), code_text=strangers().printed()),
        document(house(), code_text="https://certs.example/" + "x" * 300),
    ):
        account = told(pdf)
        assert (account.finding, account.obstacle) == (Finding.NOT_VERIFIABLE, Obstacle.DISAGREES)


@pytest.mark.parametrize("days", [0, 3000])
def test_a_genuine_document_stays_genuine_whatever_its_status_and_time(days):
    account = told(genuine(), now=NOW + timedelta(days=days))
    assert account.finding is Finding.GENUINE
    assert as_json(account)["signed_bytes"] == len(genuine())


class Unable(OpenedHere):
    """Everything takes too much."""

    def open_document(self, _pdf):
        return NothingShown(FILE_TOO_COSTLY)

    look = open_document

    def compare(self, _pdf, _signed):
        return NothingShown(FILE_TOO_COSTLY)

    draw = compare


def test_a_file_that_takes_too_much_is_not_called_anything_worse():
    assert told(genuine(), opener=Unable()).obstacle is Obstacle.TOO_COSTLY
    assert told(b"%PDF-1.7\n%%EOF", opener=Unable()).obstacle is Obstacle.TOO_COSTLY


def test_what_could_not_be_compared_is_changed_all_the_same():
    account = told(genuine() + b"\n", opener=Unable())
    assert (account.finding, account.looks_same) == (Finding.CHANGED, None)
    assert account.changes == (Change(ChangeKind.NOT_COMPARED),)
    assert account.signed_bytes == len(genuine())


# -- the process that compares ----------------------------------------------------------------


def costly() -> bytes:
    """Ours, with a page behind it that takes for ever to draw."""
    pdf = genuine()
    free, forms = size_of(pdf), 12
    objects = {
        PAGE: with_member(
            pdf, PAGE, b"/Contents %d 0 R/Resources<</XObject<</F %d 0 R>>>>" % (free, free + 1)
        )
    }
    objects[free] = stream(b"/F Do\n" * 10)
    head = b"/Type/XObject/Subtype/Form/BBox[0 0 500 500]"
    for number in range(1, forms):
        below = b"/Resources<</XObject<</F %d 0 R>>>>" % (free + number + 1)
        objects[free + number] = stream(b"/F Do\n" * 10, head + below)
    objects[free + forms] = stream(b"0 0 9 9 re f\n" * 10, head)
    return grown(pdf, objects)


def test_a_page_that_takes_for_ever_is_compared_and_not_drawn():
    room = room_of(within(ASSIGNMENT, cpu_s=1), replaces=True)
    account = told(costly(), opener=ReadingRoom(room))
    room.close()
    assert account.finding is Finding.CHANGED
    assert ChangeKind.PAGE_CONTENT in {change.kind for change in account.changes}
    assert (account.looks_same, account.pages) == (None, ())


def test_a_structure_without_end_is_told_as_a_change_of_its_part():
    pdf = genuine()
    deep = with_member(pdf, PAGE, b"/PieceInfo" + b"[" * 200 + b"]" * 200)
    found = compare_revisions(grown(pdf, {PAGE: deep}), len(pdf))
    assert Change(ChangeKind.PAGE_OTHER) in found.changes
    many = b"<</Type/Pages/Kids[%s]/Count 300>>" % (b"3 0 R " * 300)
    found = compare_revisions(grown(pdf, {2: many}), len(pdf))
    assert Change(ChangeKind.PAGE_OTHER) in found.changes


def test_both_pages_are_drawn_and_what_differs_is_framed():
    pdf = genuine()
    turned = grown(pdf, {PAGE: with_member(pdf, PAGE, b"/Rotate 180")})
    drawn = draw_both(turned, len(pdf))
    (pair,) = drawn.pages
    assert pair.signed.startswith(b"\xff\xd8\xff")
    assert pair.now.startswith(b"\xff\xd8\xff")
    assert pair.signed != pair.now
    assert not drawn.looks_same
    assert draw_both(pdf + b"\n", len(pdf)) == Drawn(looks_same=True, changes=(), pages=())


def test_a_change_is_told_by_words_without_anything_invisible():
    pdf = genuine()
    free = size_of(pdf)
    note = b"<</Type/Annot/Subtype/FreeText/Rect[0 0 9 9]/Contents<FEFF202E0041000A0042200B>>>"
    page = with_member(pdf, PAGE, b"/Annots[4 0 R %d 0 R]" % free)
    found = compare_revisions(grown(pdf, {PAGE: page, free: note}), len(pdf))
    assert Change(ChangeKind.ANNOTATION_ADDED, "FreeText: A B") in found.changes


# -- what it may answer -----------------------------------------------------------------------

JPEG = b"\xff\xd8\xff" + bytes(60)
COMPARED = Compared((Change(ChangeKind.PAGE_ADDED, "2"), Change(ChangeKind.LAYERS)))
DRAWN = Drawn(looks_same=False, changes=COMPARED.changes, pages=(PagePair(1, None, JPEG),))
MARKS = Marks(
    ours=True,
    authorities=("11310000MB0T00015W",),
    pictures_only=False,
    encrypted=True,
    signers=(("某某文印社", "ab" * 32),),
)


def test_answers_are_read_as_they_were_spelled():
    assert frames.read_compared(frames.spell_compared(COMPARED)) == COMPARED
    assert frames.read_drawn(frames.spell_drawn(DRAWN)) == DRAWN
    assert frames.read_marks(frames.spell_marks(MARKS)) == MARKS
    assert frames.read_question(frames.spell_question(b"%PDF", 3)) == (b"%PDF", 3)


def test_a_picture_larger_than_may_be_sent_is_left_out():
    large = Drawn(looks_same=False, changes=(), pages=(PagePair(1, JPEG + bytes(400 << 10), JPEG),))
    assert frames.read_drawn(frames.spell_drawn(large)).pages == (PagePair(1, None, JPEG),)


WRONG = [
    (frames.read_compared, {}),
    (frames.read_compared, {"changes": [], "more": 1}),
    (frames.read_compared, {"changes": [["unknown", ""]]}),
    (frames.read_compared, {"changes": [["layers", "x" * (LONGEST_DETAIL + 1)]]}),
    (frames.read_compared, {"changes": [["layers", "a\u202eb"]]}),
    (frames.read_compared, {"changes": [["layers", " "]]}),
    (frames.read_compared, {"changes": [["layers"]]}),
    (frames.read_compared, {"changes": [["layers", ""]] * (MOST_CHANGES + 1)}),
    (frames.read_drawn, {"same": 1, "changes": [], "pages": []}),
    (frames.read_drawn, {"same": True, "changes": [], "pages": [[1, None, "AAAA"]]}),
    (frames.read_drawn, {"same": True, "changes": [], "pages": [[1, None, 5]]}),
    (frames.read_drawn, {"same": True, "changes": [], "pages": [[0, None, None]]}),
    (frames.read_drawn, {"same": True, "changes": [], "pages": [[1, None, "%%"]]}),
    (frames.read_drawn, {"same": True, "changes": [], "pages": [[1, None, None]] * 4}),
    (frames.read_marks, {"ours": True}),
    (frames.read_marks, {**json.loads(frames.spell_marks(MARKS)), "signers": [["a"]]}),
    (frames.read_marks, {**json.loads(frames.spell_marks(MARKS)), "authorities": ["\n"]}),
    (frames.read_marks, {**json.loads(frames.spell_marks(MARKS)), "signers": [["a", "b"]] * 9}),
]


@pytest.mark.parametrize(("read", "said"), WRONG)
def test_every_other_answer_is_refused(read, said):
    with pytest.raises(MalformedError):
        read(json.dumps(said).encode())


# -- what is a document -----------------------------------------------------------------------


def test_a_document_with_something_in_front_is_a_document_and_a_code_stays_a_code():
    assert read_file(b"\r\n" + genuine(), OpenedHere()) == ShownDocument(b"\r\n" + genuine())
    code = b"RP1:%PDF-%%EOF"
    assert read_file(code, OpenedHere()) == ShownCode(code.decode())
    late = bytes(2000) + genuine()
    assert not isinstance(read_file(late, OpenedHere()), ShownDocument)


def test_a_stranger_behind_junk_is_unreadable_as_before():
    result = judge(b"\n" + HOSTILE["a root that is a number"])
    assert result.reasons == ("DOCUMENT_UNREADABLE",)
    assert result.document.finding in {Finding.NOT_OURS, Finding.NOT_VERIFIABLE}


# -- what is named as a later level ------------------------------------------------------------


def overlaid(pdf: bytes) -> bytes:
    """A line over the first page, by a tool that writes the catalogue anew, ours copied."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    writer.update_root()
    line = writer.add_object(generic.StreamObject(stream_data=b"0 0 m 100 100 l S"))
    writer.add_stream_to_page(0, line)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_only_a_time_stamp_or_validation_data_is_named_as_a_later_level():
    assert b"/DSS" in overlaid(genuine())[len(genuine()) :]
    for pdf in (overlaid(genuine()), overlaid(other_store(genuine()))):
        assert judge(pdf).reasons == ("CHANGED_AFTER_SIGNING",)
    assert judge(other_store(genuine())).reasons == ("CHANGED_AFTER_SIGNING", "LATER_LEVEL")
