"""Opening a file, here and without protection, ends in facts or in a reason, never in a trace."""

import io

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from certstore.errors import CertstoreError
from tests.unit.certstore.codes.sealed_house import house
from tests.unit.verifiers.scanning.hostile_files import HOSTILE, many_scans
from tests.unit.verifiers.scanning.signed_document import genuine
from tests.unit.verifiers.scanning.test_verify import picture
from verifiers.scanning import opening, symbols
from verifiers.scanning.frames import read_answer, spell_answer
from verifiers.scanning.opened import (
    FILE_TOO_COSTLY,
    NothingShown,
    OpenedDocument,
    OpenedPicture,
    PrintedPages,
)
from verifiers.scanning.opening import OpenedHere
from verifiers.scanning.read_file import ShownCode, read_file

HERE = OpenedHere()
CODE = house().printed()
TOO_SLOW_HERE = {"forms within forms", "finder patterns"}  # see test_reading_room
NOTHING = OpenedDocument(None, None)


class NeverAsked:
    """An opener that must not be bothered."""

    def open_document(self, _pdf):
        raise AssertionError

    open_picture = open_document


@pytest.mark.parametrize("name", sorted(HOSTILE.keys() - TOO_SLOW_HERE))
def test_a_hostile_file_is_opened_without_an_exception(name):
    data = HOSTILE[name]
    opened = HERE.open_document(data) if data.startswith(b"%PDF") else HERE.open_picture(data)
    assert opened in (NOTHING, OpenedDocument(None, PrintedPages("", ())), OpenedPicture(())) or (
        isinstance(opened, NothingShown)
    )


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.integers(0, len(genuine()) - 1), st.binary(min_size=1, max_size=9))))
def test_a_broken_document_is_opened_without_an_exception(changes):
    pdf = bytearray(genuine())
    for place, data in changes:
        pdf[place : place + len(data)] = data
    assert isinstance(HERE.open_document(bytes(pdf)), OpenedDocument)


@settings(deadline=None, max_examples=100)
@given(st.sampled_from(["PNG", "JPEG"]), st.data())
def test_a_broken_picture_is_opened_without_an_exception(kind, data):
    whole = bytearray(picture("1234", kind=kind, scale=1))
    for place in data.draw(st.lists(st.integers(2, len(whole) - 1), max_size=10)):
        whole[place] = data.draw(st.integers(0, 255))
    assert isinstance(HERE.open_picture(bytes(whole)), OpenedPicture | NothingShown)


def attached(*names: str, content: bytes = b"{}") -> bytes:
    pdf, out = pikepdf.new(), io.BytesIO()
    pdf.add_blank_page()
    for name in names:
        pdf.attachments[name] = pikepdf.AttachedFileSpec(pdf, content, filename=name)
    pdf.save(out)
    return out.getvalue()


def test_one_attachment_of_one_name_is_taken():
    assert HERE.open_document(attached("certificate.json")).attachment == b"{}"
    for names in ((), ("other.json",), ("certificate.json", "other.json")):
        assert HERE.open_document(attached(*names)).attachment is None
    large = attached("certificate.json", content=b"0" * ((256 << 10) + 1))
    assert HERE.open_document(large).attachment is None


@pytest.mark.parametrize("pages", [0, 4])
def test_a_document_of_no_page_or_too_many_shows_nothing(pages):
    pdf, out = pikepdf.new(), io.BytesIO()
    for _ in range(pages):
        pdf.add_blank_page()
    pdf.save(out)
    assert HERE.open_document(out.getvalue()).pages is None


def test_a_page_too_large_to_draw_is_not_drawn():
    pdf, out = pikepdf.new(), io.BytesIO()
    pdf.add_blank_page(page_size=(14000, 14000))
    pdf.save(out)
    assert HERE.open_document(out.getvalue()).pages is None


def test_memory_that_runs_out_is_the_files_fault(monkeypatch):
    def short(*_):
        raise MemoryError

    monkeypatch.setattr(opening, "find_codes", short)
    assert HERE.open_picture(picture("1234")) == NothingShown(FILE_TOO_COSTLY)
    monkeypatch.setattr(opening, "read_pages", short)
    assert HERE.open_document(genuine()) == NothingShown(FILE_TOO_COSTLY)
    monkeypatch.setattr(pikepdf, "open", short)
    assert HERE.open_document(genuine()) == NothingShown(FILE_TOO_COSTLY)


def test_a_jpeg_of_more_than_32_scans_is_not_opened_at_all():
    assert read_file(many_scans(33), NeverAsked()) == NothingShown("PICTURE_TOO_LARGE")
    assert read_file(many_scans(32), HERE) == NothingShown("NO_CODE_FOUND")


def test_a_large_picture_is_made_smaller_and_looked_at_whole_if_nothing_is_found(monkeypatch):
    seen = []

    def looked_at(grey, **_):
        seen.append((grey.mode, grey.size))
        return []

    monkeypatch.setattr(symbols.zxingcpp, "read_barcodes", looked_at)
    for kind in ("PNG", "JPEG"):
        out = io.BytesIO()
        Image.new("RGB", (5000, 2500), "white").save(out, kind)
        HERE.open_picture(out.getvalue())
    assert seen == [("L", (2400, 1200)), ("L", (5000, 2500))] * 2


def test_a_jpeg_is_decoded_grey_and_small_from_the_start(monkeypatch):
    seen = []

    def looked_at(given):
        seen.append((given.mode, given.size))
        return ()

    monkeypatch.setattr(opening, "find_codes", looked_at)
    out = io.BytesIO()
    Image.new("RGB", (6000, 6000), "white").save(out, "JPEG")
    HERE.open_picture(out.getvalue())
    assert seen == [("L", (3000, 3000))]


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_code_in_a_large_photograph_is_still_read(kind):
    code = Image.open(io.BytesIO(picture(CODE, scale=12))).convert("RGB")
    whole = Image.new("RGB", (4800, 3600), (90, 110, 80))
    whole.paste(code, (1500, 900))
    out = io.BytesIO()
    whole.save(out, kind)
    assert read_file(out.getvalue(), HERE) == ShownCode(CODE)


@given(
    st.builds(
        OpenedDocument,
        st.none() | st.binary(max_size=99),
        st.none() | st.builds(PrintedPages, st.text(), st.lists(st.just(CODE)).map(tuple)),
    )
    | st.builds(OpenedPicture, st.lists(st.text(st.characters(codec="ascii"))).map(tuple))
    | st.builds(NothingShown, st.text(st.characters(codec="ascii"), max_size=32))
)
def test_answers_of_a_process_are_read_back(opened):
    match opened:  # what is cut, and why: an answer has a bounded length
        case OpenedPicture(codes):
            assert read_answer(spell_answer(opened)) == OpenedPicture(codes[:16])
        case OpenedDocument(attachment, PrintedPages(text, codes)):
            pages = PrintedPages(text.encode("utf-8", "replace").decode(), codes[:16])
            assert read_answer(spell_answer(opened)) == OpenedDocument(attachment, pages)
        case _:
            assert read_answer(spell_answer(opened)) == opened


@pytest.mark.parametrize(
    "said",
    [
        b'{"nothing":"%s"}' % (b"A" * 33),
        b'{"nothing":"A","codes":[]}',
        b'{"codes":[%s]}' % b",".join([b'"A"'] * 17),
        b'{"codes":["%s"]}' % (b"A" * 4301),
        b'{"codes":[null]}',
        b'{"attachment":"?","text":null,"codes":[]}',
        b'{"attachment":5,"text":null,"codes":[]}',
        b'{"attachment":null,"text":5,"codes":[]}',
        b'{"attachment":null,"text":"%s","codes":[]}' % (b"A" * 262145),
        b'{"attachment":null,"text":"","codes":[5]}',
        b'{"attachment":null,"text":"","codes":[],"more":1}',
        b'{"codes":[],"codes":[]}',
        b"[]",
    ],
)
def test_another_answer_is_refused(said):
    with pytest.raises(CertstoreError):
        read_answer(said)
