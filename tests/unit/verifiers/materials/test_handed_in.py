"""What is handed in: refused for its own reason, or cleaned of all but what there is to see."""

import io
import struct

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from certstore.errors import MalformedError
from certstore.web.texts import load
from tests.unit.verifiers.materials.handed_in_files import (
    A,
    D,
    N,
    S,
    annotated,
    changed,
    form,
    jpeg,
    pdf,
    png,
    saved,
    sheet,
)
from tests.unit.verifiers.materials.hostile_files import HOSTILE, heic, with_chunk, with_segment
from verifiers.materials.handed_in import Advice, Cleaned, Fault, Kind, Page, Refused
from verifiers.materials.handed_in_pdf_faults import faults_of
from verifiers.materials.handed_in_profile import Profile, read_profile
from verifiers.materials.handed_in_work import judge_file, judge_within, pack, unpack, work

PROFILE = read_profile()
GPS = b"GPSLatitude 31.2304 N"
MAKER = b"A telephone's serial number"


def judged(data: bytes):
    return judge_file(data, PROFILE)


def taken(data: bytes) -> Cleaned:
    found = judged(data)
    assert isinstance(found, Cleaned), found
    return found


def opened(data: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(data))


# -- refused -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_for_its_own_reason(name):
    make, reason = HOSTILE[name]
    assert judged(make()) == Refused((Fault(reason),))


def test_there_are_enough_of_them_and_every_reason_has_one():
    assert len(HOSTILE) >= 40
    of_the_desk = {Fault.CHANGED, Fault.COSTLY}  # tested where they come about
    assert {Fault(reason) for _, reason in HOSTILE.values()} == set(Fault) - of_the_desk


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_reason_and_every_advice_has_its_sentence(lang):
    texts = load(lang)
    assert all(f"upload.refused.{fault}" in texts for fault in Fault)
    assert all(f"upload.advice.{advice}" in texts for advice in Advice)
    assert all(f"desk.upload.advice.{advice}" in texts for advice in Advice)


def test_every_reason_is_listed_and_not_the_first_alone():
    both = changed(
        lambda d: (
            annotated(d, Subtype=N.Link, A=D(S=N.JavaScript, JS=S("x"))),
            annotated(d, Subtype=N.Screen),
            form(d, "/Tx"),
        )
    )
    assert set(judged(both).faults) == {Fault.SCRIPT, Fault.MEDIA, Fault.FORM}


def test_a_name_or_a_declared_kind_is_never_looked_at():
    assert judged(heic()) == Refused((Fault.HEIC,))
    assert taken(png()).kind is Kind.PNG
    assert taken(jpeg()).kind is Kind.JPEG


@settings(max_examples=60, deadline=None)
@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"%PDF-1.7\n"]),
)
def test_no_bytes_make_the_judging_raise(data, head):
    assert isinstance(judged(head + data), Refused)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["jpeg", "png", "pdf"]),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=12),
)
def test_no_damage_to_a_good_file_makes_the_judging_raise(kind, damage):
    data = bytearray(_GOOD[kind])
    for place, value in damage:
        data[min(int(place * len(data)), len(data) - 1)] = value
    assert isinstance(judged(bytes(data)), Refused | Cleaned)


_GOOD = {
    "jpeg": jpeg(sheet((500, 707))),
    "png": png(sheet((500, 707))),
    "pdf": saved(pdf()),
}

# -- pictures, cleaned ---------------------------------------------------------------------


def with_exif(orientation: int, picture: Image.Image | None = None) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = MAKER.decode()
    exif.get_ifd(0x8825)[0x001D] = GPS.decode()
    return jpeg(picture, exif=exif)


@pytest.mark.parametrize(
    "data",
    [
        with_exif(1),
        with_segment(jpeg(), 0xFE, GPS),
        with_segment(jpeg(), 0xE1, b"http://ns.adobe.com/xap/1.0/\x00" + GPS),
        with_segment(jpeg(), 0xED, b"Photoshop 3.0\x00" + GPS),
        with_chunk(png(), b"tEXt", b"Comment\x00" + GPS),
        with_chunk(png(), b"eXIf", b"MM\x00*" + GPS),
    ],
    ids=["exif", "comment", "xmp", "iptc", "png text", "png exif"],
)
def test_nothing_but_the_pixels_is_kept(data):
    assert GPS in data
    page = taken(data).pages[0]
    for kept in (page.picture, page.thumbnail):
        assert GPS not in kept
        assert MAKER not in kept
        with Image.open(io.BytesIO(kept)) as read:
            assert (read.format, read.mode) == ("JPEG", "RGB")
            assert not read.getexif()
            assert {"comment", "icc_profile", "dpi"} & read.info.keys() <= set()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_turned_upright_before_its_orientation_is_forgotten(orientation):
    upright = Image.new("RGB", (1000, 1400), "white")
    upright.paste(sheet((1000, 1250)), (0, 150))
    upright.paste((190, 20, 20), (0, 0, 300, 150))  # red at the upper left
    stored = {
        1: None, 2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]  # fmt: skip
    picture = upright if stored is None else upright.transpose(stored)
    page = taken(with_exif(orientation, picture)).pages[0]
    assert (page.width, page.height) == (1000, 1400)
    red, green, _ = Image.open(io.BytesIO(page.picture)).getpixel((100, 60))
    assert red > 150
    assert green < 70


def test_a_large_picture_is_scaled_down_and_a_small_one_left():
    assert (
        max(
            taken(jpeg(sheet((4200, 5940)))).pages[0].__getattribute__(n)
            for n in ("width", "height")
        )
        == 3000
    )
    page = taken(jpeg(sheet((900, 1273)))).pages[0]
    assert (page.width, page.height) == (900, 1273)
    thumbnail = Image.open(io.BytesIO(page.thumbnail))
    assert max(thumbnail.size) == 320


def test_what_telephones_append_is_left_behind():
    film = struct.pack(">I", 24) + b"ftypmp42" + b"\x00" * 12 + b"the film" * 100
    notes = b"telephone's notes SEFH" + b"\x00" * 40 + b"SEFT"
    padding = b"\x00" * 512
    for tail in (film, notes, padding):
        page = taken(jpeg() + tail).pages[0]
        assert b"the film" not in page.picture
        assert b"SEFT" not in page.picture
    second = with_segment(jpeg(), 0xE2, b"MPF\x00" + b"\x00" * 40)
    assert len(taken(second + jpeg()).pages) == 1


def test_transparency_is_laid_on_white_paper():
    drawn = sheet((1000, 1414)).convert("RGBA")
    clear = Image.new("RGBA", drawn.size, (0, 0, 0, 0))
    clear.paste(drawn.crop((0, 0, 1000, 1200)), (0, 0))
    page = taken(png(clear)).pages[0]
    assert min(Image.open(io.BytesIO(page.picture)).getpixel((500, 1380))) > 245


@pytest.mark.parametrize("mode", ["L", "P", "1"])
def test_grey_and_palette_pictures_are_taken(mode):
    assert taken(png(sheet((1000, 1414)).convert(mode))).kind is Kind.PNG


# -- documents, cleaned --------------------------------------------------------------------


def test_a_document_keeps_its_pages_and_is_drawn_for_looking_at():
    cleaned = taken(saved(pdf(3)))
    assert len(cleaned.pages) == 3
    with opened(cleaned.document) as read:
        assert len(read.pages) == 3
        assert set(read.pages[0].obj.keys()) <= {
            "/Type", "/Parent", "/MediaBox", "/CropBox", "/Rotate", "/Resources", "/Contents",
        }  # fmt: skip
    for page in cleaned.pages:
        assert max(page.width, page.height) == PROFILE.page_side
        assert Image.open(io.BytesIO(page.picture)).format == "JPEG"


def _noted(document: pikepdf.Pdf) -> None:
    with document.open_metadata() as meta:
        meta["dc:creator"] = [GPS.decode()]
    document.docinfo["/Author"] = MAKER.decode()
    image = document.pages[0].obj.Resources.XObject.P
    image.Metadata = document.make_stream(GPS)
    document.pages[0].obj.PieceInfo = D(App=D(Private=S(GPS.decode())))
    document.Root.OutputIntents = A([D(Info=S(MAKER.decode()))])
    document.pages[0].obj.Thumb = document.make_stream(b"\x00" * 9)


def test_metadata_and_private_notes_of_a_document_are_left_behind():
    data = changed(_noted)
    cleaned = taken(data).document
    with opened(cleaned) as read:
        assert "/Info" not in read.trailer
        assert set(read.Root.keys()) == {"/Type", "/Pages"}
    plain = io.BytesIO()
    with opened(cleaned) as read:
        read.save(
            plain, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.generalized
        )
    for private in (GPS, MAKER):
        assert private not in plain.getvalue()


def test_links_and_bookmarks_are_left_behind_without_a_refusal():
    def change(document: pikepdf.Pdf) -> None:
        annotated(document, Subtype=N.Link, A=D(S=N.URI, URI=S("http://example.org")))
        document.Root.OpenAction = A([document.pages[0].obj, N.Fit])
        with document.open_outline() as outline:
            outline.root.append(pikepdf.OutlineItem("Chapter", 0))

    with opened(taken(changed(change)).document) as read:
        assert set(read.Root.keys()) == {"/Type", "/Pages"}
        assert "/Annots" not in read.pages[0].obj


def _signed(document: pikepdf.Pdf) -> None:
    looks = document.make_stream(b"0.8 0.1 0.1 rg 0 0 100 100 re f")
    looks.Type, looks.Subtype, looks.BBox = N.XObject, N.Form, A([0, 0, 100, 100])
    form(document, "/Sig", AP=D(N=looks), F=4)
    field = document.pages[0].obj.Annots[0]
    field.Rect = A([300, 300, 400, 400])


def test_a_signed_document_is_taken_its_seal_stays_visible_and_the_officer_is_told():
    cleaned = taken(changed(_signed))
    assert cleaned.signed
    assert cleaned.advice == (Advice.SIGNATURE,)
    page = cleaned.pages[0]
    scale = page.height / 842
    drawn = Image.open(io.BytesIO(page.picture))
    red, green, _ = drawn.getpixel((round(350 * scale), round((842 - 350) * scale)))
    assert red > 150
    assert green < 80
    with opened(cleaned.document) as read:
        assert "/AcroForm" not in read.Root


def test_hidden_layers_become_visible_rather_than_lost():
    def change(document: pikepdf.Pdf) -> None:
        layer = document.make_indirect(D(Type=N.OCG, Name=S("hidden")))
        document.Root.OCProperties = D(OCGs=A([layer]), D=D(OFF=A([layer])))
        page = document.pages[0].obj
        page.Resources.Properties = D(L=layer)
        page.Contents = document.make_stream(b"/OC /L BDC 0.8 0.1 0.1 rg 0 0 595 842 re f EMC")

    page = taken(changed(change)).pages[0]
    red, green, _ = Image.open(io.BytesIO(page.picture)).getpixel((200, 200))
    assert (red > 150, green < 80) == (True, True)


def test_a_blank_page_in_a_document_is_advice_and_no_refusal():
    document = pdf(1)
    document.add_blank_page(page_size=(595, 842))
    cleaned = taken(saved(document))
    assert [page.advice for page in cleaned.pages] == [(), (Advice.BLANK_PAGE,)]


@settings(max_examples=12, deadline=None)
@given(st.integers(1, 4), st.booleans())
def test_a_cleaned_document_judged_again_is_taken_and_stays_as_it_is(pages, compressed):
    mode = pikepdf.ObjectStreamMode.generate if compressed else pikepdf.ObjectStreamMode.disable
    first = taken(saved(pdf(pages), object_stream_mode=mode))
    with opened(first.document) as read:
        assert faults_of(read, PROFILE) == ()
    again = taken(first.document)
    assert len(again.pages) == pages
    assert len(again.document) == pytest.approx(len(first.document), abs=64)


# -- across the process --------------------------------------------------------------------


def test_a_verdict_comes_through_the_process_as_it_went_in():
    for data in (jpeg(), saved(pdf(2)), heic(), b""):
        assert unpack(work(data), PROFILE) == judged(data)


GOOD_PAGE = Page(b"\xff\xd8\xff picture", b"\xff\xd8\xff small", 10, 20, (Advice.DARK,))


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\x00\x00\x00\x02{}",
        b"\xff\xff\xff\xff{}",
        pack(Refused((Fault.DARK,))).replace(b"PICTURE_DARK", b"PICTURE_EVIL"),
        pack(Cleaned(Kind.JPEG, (GOOD_PAGE,))) + b"more",
        pack(Cleaned(Kind.JPEG, (GOOD_PAGE,)))[:-1],
        pack(Cleaned(Kind.JPEG, ())),
        pack(Cleaned(Kind.JPEG, (GOOD_PAGE,) * 21)),
        pack(Cleaned(Kind.PDF, (GOOD_PAGE,), b"<script>")),
        pack(Cleaned(Kind.JPEG, (GOOD_PAGE,), b"%PDF-1.7")),
        pack(Cleaned(Kind.JPEG, (Page(b"<html>", b"\xff\xd8\xff", 1, 1),))),
    ],
)
def test_an_answer_that_is_not_ours_is_not_read(answer):
    with pytest.raises(MalformedError):
        unpack(answer, PROFILE)


def test_what_is_no_candidate_never_gets_as_far_as_the_process():
    def nobody(task: str, data: bytes, read: object) -> Cleaned:
        raise AssertionError(task)

    assert judge_within(nobody, heic(), PROFILE) == Refused((Fault.HEIC,))
    assert judge_within(nobody, b"\xff" * 10_000_001, PROFILE) == Refused((Fault.TOO_LARGE,))


def test_the_limits_are_all_there_and_no_others():
    text = "name = 'x'\n[file]\nmost_bytes = 1\n[sight]\nside = 1\n"
    with pytest.raises(MalformedError, match="tile"):
        Profile.parse(text)


# -- each thing a PDF must not do, by the word it is done with ---------------------------------

ACTS = {
    "JavaScript": "PDF_SCRIPT", "Launch": "PDF_LAUNCH", "GoToR": "PDF_EXTERNAL",
    "GoToE": "PDF_EXTERNAL", "SubmitForm": "PDF_SENDS", "ImportData": "PDF_SENDS",
    "ResetForm": "PDF_FORM", "Rendition": "PDF_MEDIA", "Movie": "PDF_MEDIA",
    "Sound": "PDF_MEDIA", "RichMediaExecute": "PDF_MEDIA", "GoTo3DView": "PDF_MEDIA",
}  # fmt: skip
LOOKS = {
    "FileAttachment": "PDF_FILES", "RichMedia": "PDF_MEDIA", "3D": "PDF_MEDIA",
    "U3D": "PDF_MEDIA", "PRC": "PDF_MEDIA", "Screen": "PDF_MEDIA", "Movie": "PDF_MEDIA",
    "Sound": "PDF_MEDIA", "PS": "PDF_SCRIPT",
}  # fmt: skip
HOLDS = {
    "JS": "PDF_SCRIPT", "JavaScript": "PDF_SCRIPT", "AA": "PDF_TRIGGER", "EF": "PDF_FILES",
    "EmbeddedFiles": "PDF_FILES", "XFA": "PDF_XFA", "RichMediaContent": "PDF_MEDIA",
    "OPI": "PDF_EXTERNAL",
}  # fmt: skip


@pytest.mark.parametrize(("word", "reason"), ACTS.items())
def test_no_action_that_reaches_out_is_taken(word, reason):
    data = changed(lambda d: annotated(d, Subtype=N.Link, A=D(S=N(f"/{word}"))))
    assert judged(data) == Refused((Fault(reason),))


@pytest.mark.parametrize("word", ["GoTo", "URI", "Named", "Hide", "SetOCGState", "Trans", "Thread"])
def test_actions_within_the_document_or_to_the_web_are_left_behind(word):
    action = D(S=N(f"/{word}"), URI=S("http://example.org"))
    data = changed(lambda d: annotated(d, Subtype=N.Link, A=action))
    assert b"example.org" in data
    assert b"example.org" not in taken(data).document


@pytest.mark.parametrize(("word", "reason"), LOOKS.items())
def test_no_annotation_that_is_more_than_ink_is_taken(word, reason):
    data = changed(lambda d: annotated(d, Subtype=N(f"/{word}")))
    assert judged(data) == Refused((Fault(reason),))


@pytest.mark.parametrize(("word", "reason"), HOLDS.items())
def test_no_object_that_holds_such_a_thing_is_taken(word, reason):
    def change(document: pikepdf.Pdf) -> None:
        document.Root.Private = D({f"/{word}": D(X=1)})

    assert judged(changed(change)) == Refused((Fault(reason),))


@pytest.mark.parametrize(("word", "reason"), {"Filespec": "PDF_FILES", "3D": "PDF_MEDIA"}.items())
def test_no_object_of_such_a_type_is_taken(word, reason):
    def change(document: pikepdf.Pdf) -> None:
        document.Root.Private = document.make_indirect(D(Type=N(f"/{word}")))

    assert judged(changed(change)) == Refused((Fault(reason),))


@pytest.mark.parametrize("word", ["F", "FFilter", "Ref"])
def test_no_stream_whose_content_lies_elsewhere_is_taken(word):
    def change(document: pikepdf.Pdf) -> None:
        document.pages[0].obj.Resources.XObject.P[f"/{word}"] = N.Elsewhere

    assert judged(changed(change)) == Refused((Fault.EXTERNAL,))


def test_a_font_may_have_any_name():
    def change(document: pikepdf.Pdf) -> None:
        fonts = document.pages[0].obj.Resources.Font
        for name in ("JS", "AA", "EF", "XFA"):
            fonts[f"/{name}"] = fonts.F
        document.pages[0].obj.Contents = document.make_stream(
            document.pages[0].obj.Contents.read_bytes() + b" BT /JS 12 Tf (x) Tj ET"
        )

    assert taken(changed(change)).kind is Kind.PDF
