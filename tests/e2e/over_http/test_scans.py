"""Scanning on line over HTTP: genuine, used, cut short, changed, foreign, too large."""

import base64
import io
import json
from dataclasses import replace

import pytest
from lxml.html import fromstring, tostring
from PIL import Image

from certstore.clock import unix
from certstore.codes.claims import Disclosure
from certstore.codes.profiles import seal_for_holder, show_code
from certstore.errors import UnavailableError
from certstore.keys import KeySigner, Purpose, generate
from certstore.presentation import minimal_claims
from tests.residents import ADDRESS_CHANGE, Browser, assert_sound, resident, submitted, vouchers
from tests.unit.verifiers.limited.rooms import room_of, within
from tests.unit.verifiers.scanning.hostile_files import HOSTILE, large_picture
from verifiers.scanning.reading_room import ASSIGNMENT, ReadingRoom
from verifiers.scanning.scan import judge_code
from verifiers.scanning.status import HeldLists
from verifiers.scanning.verify import as_json

PICTURE = large_picture()
WHO, ME = "chen_yiming", resident("chen_yiming")
PERSONAL = ("陈一鸣", "340199199803140119", "长乐路")


@pytest.fixture
def voucher(house):
    submitted(house, WHO)
    return vouchers(house, WHO)[0]


@pytest.fixture
def scanner(house):
    return Browser(house, None)


def kept(house, voucher, role):
    return house.objects.get(voucher.file(role).sha256)


def judged(scanner, code, verifier=""):
    answer = scanner.http.post("/v1/verify/code", json={"code": code, "verifier": verifier})
    assert answer.status_code == 200, answer.text
    return answer.json()


def sent(scanner, data, name="x.pdf"):
    return scanner.http.post("/v1/verify/document", files={"file": (name, data)})


def scans(house):
    return [u for u in house.holdings_desk.usage(ME) if u.kind == "scan"]


def test_a_printed_code_is_valid_as_often_as_it_is_scanned(house, voucher, scanner):
    code = kept(house, voucher, "code").decode()
    for _ in range(2):
        found = judged(scanner, code, "望江酒店")
        assert found["verdict"] == "valid"
        assert found["fields"]["name"] == "陈一鸣"
        assert found["photo"] is None  # who holds a print has the portrait on it
    assert [u.record["claimed_by"] for u in scans(house)] == ["望江酒店"] * 2


def test_what_a_document_showed_is_on_record_field_by_field(house, voucher, scanner):
    found = sent(scanner, kept(house, voucher, "document")).json()
    assert found["verdict"] == "valid"
    shown = set(found["fields"]) - {"type"}  # the catalogue's word for type_code
    assert {"id_number", "residence_address", "birth_date"} <= shown
    (scan,) = scans(house)
    assert set(scan.record["fields"]) == {*shown, "status"}
    assert scan.record["other_fields"] == ["photo"]


def test_what_a_code_showed_is_on_record_field_by_field(house, voucher, scanner):
    printed = judged(scanner, kept(house, voucher, "code").decode())
    made = judged(scanner, house.presentation_desk.present(ME, voucher.ref).code_text)
    presented, scanned = (set(u.record["fields"]) for u in scans(house))
    for found, fields in ((printed, scanned), (made, presented)):
        shown = set(found["fields"]) - {"type", "disclosure"}
        if "*" in found["fields"].get("id_number", ""):
            shown = shown - {"id_number"} | {"id_number_masked"}
        assert fields - {"photo"} == {*shown, "status"}
    assert ("photo" in presented) == bool(made["photo"])
    assert "photo" not in scanned or "photo" in printed["fields"]


@pytest.mark.parametrize("name", ["\u202e局安公", "a\x00", "\u200b", "x\u2028y", "\ud800", " "])
def test_a_verifier_calls_itself_nothing_that_cannot_be_read(house, voucher, scanner, name):
    code = house.presentation_desk.present(ME, voucher.ref).code_text
    body = json.dumps({"code": code, "verifier": name})
    as_json = {"Content-Type": "application/json"}
    assert scanner.http.post("/v1/verify/code", content=body, headers=as_json).status_code == 422
    assert scans(house) == []
    assert judged(scanner, code, "望江酒店")["verdict"] == "valid"  # it was not used up


def test_a_presentation_is_valid_once_and_then_replayed_without_photo(house, voucher, scanner):
    code = house.presentation_desk.present(ME, voucher.ref).code_text
    first, second = judged(scanner, code, "望江酒店"), judged(scanner, code, "望江酒店")
    assert (first["verdict"], second["verdict"]) == ("valid", "replayed")
    assert first["photo"]
    assert second["photo"] is None
    assert len(scans(house)) == 2  # both told whose it is


def test_a_stranger_who_holds_a_print_gets_what_is_printed_in_the_code_and_nothing_else(
    house, voucher, scanner
):
    code = kept(house, voucher, "code").decode()
    fetched = []

    class Watched:
        def get(self, digest):
            fetched.append(digest)
            return b"a full-size portrait"

    object.__setattr__(house.scan_desk, "objects", Watched())
    on_line = judged(scanner, code)
    off_line = as_json(
        judge_code(code, trust=house.trust, statuses=HeldLists([]), now=house.clock.now())
    )
    assert on_line["photo"] is None
    assert on_line["fields"] == {**off_line["fields"], "type": "residence_voucher"}
    sent(scanner, kept(house, voucher, "document"))
    assert fetched == []


def off_line(house, voucher, **data):
    """Codes shown with a phone's own key, by when they are shown; `data` is said otherwise."""
    holder, now = KeySigner(Purpose.PRESENTATION, generate("ES256")), house.clock.now()
    claims = minimal_claims(voucher, now, unix(now) + 3600, b"8 bytes!")
    said = replace(claims.data, **data)
    claims = replace(claims, holder_key=holder.public_key, data=said)
    inner = seal_for_holder(claims, house.keys.signer(Purpose.CODE))
    return lambda later=0: show_code(inner, holder, issued_at=unix(now) + later)


def test_an_off_line_code_gets_its_photo_for_the_first_scan_of_each_showing(
    house, voucher, scanner
):
    shown = off_line(house, voucher)
    for later in range(2):  # each showing has a wrapper of its own, and counts once
        found = judged(scanner, shown(later))
        assert found["verdict"] == "valid"
        assert base64.b64decode(found["photo"]) == kept(house, voucher, "photo")
        again = judged(scanner, shown(later))
        assert (again["verdict"], again["photo"]) == ("replayed", None)
    assert ["photo" in scan.record["fields"] for scan in scans(house)] == [False, True] * 2


@pytest.mark.parametrize(
    "data",
    [
        {"photo_digest": bytes(16)},  # a message made before the photo was another
        {"photo_digest": None},
        {"disclosure": Disclosure.RESIDENCE_IN_DISTRICT, "name": None, "id_number": None},
    ],
    ids=["another photo", "no photo", "nobody named"],
)
def test_an_off_line_code_that_names_no_photo_of_ours_gets_none(house, voucher, scanner, data):
    found = judged(scanner, off_line(house, voucher, **data)())
    assert (found["verdict"], found["photo"]) == ("valid", None)
    assert "photo" not in scans(house)[0].record["fields"]


def test_used_dead_and_made_up_numbers_get_one_answer_of_their_own(house, voucher, scanner):
    made = house.presentation_desk.present(ME, voucher.ref)
    number = house.presentation_desk.number(ME, voucher.ref, made.cti)
    assert judged(scanner, number)["verdict"] == "valid"
    answers = [judged(scanner, typed) for typed in (number, "000 000 000", "123-456-789")]
    for found in answers:
        assert {**found, "checked_at": ""} == {**answers[0], "checked_at": ""}
        assert (found["verdict"], found["reasons"]) == ("malformed", ["NUMBER_NOT_GOOD"])
    said = result_shown(house, number)
    assert "60 秒" in said
    assert "取景框" not in said
    assert judged(scanner, "12345678")["reasons"] == ["NOT_OUR_CODE"]


def test_our_own_small_code_is_called_ours_and_leads_to_its_page_alone(house, voucher, scanner):
    address = f"{house.settings.public_url}/s/{voucher.ref}"
    assert judged(scanner, address)["reasons"] == ["STATUS_ADDRESS"]
    assert f'href="/s/{voucher.ref}"' in result_shown(house, address)
    strangers = (
        f"https://stranger.example/s/{voucher.ref}",
        f"{address}?x=1",
        f"{address}/..",
        f"{house.settings.public_url}@stranger.example/s/{voucher.ref}",
        f"{house.settings.public_url}/sign-out",
    )
    for other in strangers:
        assert judged(scanner, other)["reasons"] == ["NOT_OUR_CODE"], other
        assert "<a " not in result_shown(house, other)


def result_shown(house, code):
    """What the page shows of a verdict without script, less what stands ready for a script."""
    answer = Browser(house, None).post("/scan", code=code)
    assert_sound(answer, "zh")
    found = fromstring(answer.text).get_element_by_id("result")
    return tostring(found, encoding="unicode")


def test_without_script_the_page_leaves_the_result_by_itself(house, voucher, scanner):
    code = kept(house, voucher, "code").decode()
    leaves = '<noscript><meta http-equiv="refresh" content="30; url={}"></noscript>'
    assert leaves.format("/scan") in scanner.post("/scan", code=code).text
    assert "http-equiv" not in scanner.get("/scan").text
    document = {"file": ("x", kept(house, voucher, "document"))}
    assert leaves.format("/scan/file") in scanner.http.post("/scan/file", files=document).text


def test_the_page_says_of_a_document_what_it_says_of_a_code(house, voucher, scanner):
    page = scanner.http.post("/scan/file", files={"file": ("x", kept(house, voucher, "document"))})
    said = fromstring(page.text).get_element_by_id("result").text_content()
    assert f"有效至 {voucher.fields['valid_until']}" in said
    rows = fromstring(page.text).xpath("//*[@data-field]/@data-field")
    assert {"ethnicity", "registered_on"} <= set(rows)


def test_a_file_that_is_a_text_is_not_called_a_picture(house, voucher, scanner):
    page = scanner.http.post("/scan/file", files={"file": ("x", b"the text of another code")})
    assert page.status_code == 422
    assert "不是图片" in page.text
    code = scanner.http.post("/scan/file", files={"file": ("x", kept(house, voucher, "code"))})
    assert "照片和截图没有签名" not in code.text


@pytest.mark.parametrize("code", ["hello", "https://example.org/", "RP1:", "RP9:ABC", "王", " "])
def test_another_text_is_not_our_code(scanner, code):
    found = judged(scanner, code)
    assert (found["verdict"], found["fields"], found["photo"]) == ("malformed", {}, None)


def test_a_code_cut_short_or_too_long_says_nothing_about_anybody(house, voucher, scanner):
    code = kept(house, voucher, "code").decode()
    for text in (code[:-1], code[: len(code) // 2], code + "A" * 4000):
        found = judged(scanner, text)
        assert found["verdict"] in {"malformed", "tampered"}
        assert (found["fields"], found["photo"]) == ({}, None)
    assert scans(house) == []
    answer = scanner.http.post("/v1/verify/code", json={"code": "A" * 9000})
    assert answer.status_code == 422
    assert "A" * 100 not in answer.text


def test_a_code_with_a_changed_character_is_not_genuine(house, voucher, scanner):
    code = kept(house, voucher, "code").decode()
    changed = code[:-20] + ("A" if code[-20] != "A" else "B") + code[-19:]
    found = judged(scanner, changed)
    assert found["verdict"] in {"tampered", "malformed"}
    assert (found["fields"], found["photo"]) == ({}, None)


def test_after_a_move_code_and_document_say_superseded_without_photo(house, scanner):
    submitted(house, "lin_xiaohe")
    (old,) = vouchers(house, "lin_xiaohe")
    submitted(house, "lin_xiaohe", ADDRESS_CHANGE, "moves_to")
    found = judged(scanner, kept(house, old, "code").decode())
    assert (found["verdict"], found["photo"]) == ("superseded", None)
    found = sent(scanner, kept(house, old, "document")).json()
    assert (found["verdict"], found["photo"]) == ("superseded", None)


def test_an_issued_document_is_valid_and_the_holder_sees_the_scan(house, voucher, scanner):
    found = sent(scanner, kept(house, voucher, "document")).json()
    assert found["verdict"] == "valid", found
    assert found["fields"]["name"] == "陈一鸣"
    assert found["photo"] is None  # it is in the document
    assert len(scans(house)) == 1
    assert scans(house)[0].record["certificate_ref"] == voucher.ref


@pytest.mark.parametrize("place", [0.25, 0.5, 0.75])
def test_a_document_with_a_changed_byte_is_not_genuine(house, voucher, scanner, place):
    document = bytearray(kept(house, voucher, "document"))
    document[int(len(document) * place)] ^= 1
    found = sent(scanner, bytes(document)).json()
    assert found["verdict"] == "tampered", found["reasons"]
    assert (found["fields"], found["photo"]) == ({}, None)
    assert scans(house) == []


FOREIGN = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>"
    b"endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


@pytest.mark.parametrize("data", [FOREIGN, b"", b"%PDF-", b"GIF89a", b"\0" * 5000])
def test_a_foreign_file_is_judged_and_never_valid(scanner, data):
    answer = sent(scanner, data)
    assert answer.status_code == 200
    found = answer.json()
    assert found["verdict"] in {"malformed", "tampered", "unknown_issuer"}
    assert (found["fields"], found["photo"]) == ({}, None)


def test_an_upload_that_is_too_large_is_refused_as_such(scanner):
    answer = sent(scanner, b"\0" * (8 * 1024 * 1024 + 1))
    assert (answer.status_code, answer.json()["status"]) == (413, 413)
    page = scanner.http.post("/scan/file", files={"file": ("x", b"\0" * (8 * 1024 * 1024 + 1))})
    assert page.status_code == 413
    assert_sound(page, "zh")


def test_a_verdict_is_told_though_the_photo_cannot_be_fetched(house, voucher, scanner):
    code = house.presentation_desk.present(ME, voucher.ref).code_text

    class Down:
        def __getattr__(self, name):
            raise UnavailableError("the object store does not answer")

    object.__setattr__(house.scan_desk, "objects", Down())
    found = judged(scanner, code)
    assert (found["verdict"], found["photo"]) == ("valid", None)


def test_a_code_pasted_with_white_space_around_it_is_judged_on_the_page(house, voucher):
    code = kept(house, voucher, "code").decode()
    for around in ("  {}", "{}  ", "\r\n\t{}\r\n", "\u3000{}\u00a0"):
        page = Browser(house, None).post("/scan", code=around.format(code))
        assert page.status_code == 200
        assert "陈一鸣" in page.text
    assert Browser(house, None).post("/scan", code=" \r\n\u3000").status_code == 422


def test_machines_are_held_to_the_code_itself(house, voucher, scanner):
    code = kept(house, voucher, "code").decode()
    for around in (" {}", "{} ", "{}\n"):
        assert judged(scanner, around.format(code))["verdict"] == "malformed"


def test_a_busy_service_says_when_to_come_again(house, scanner):
    class Busy:
        def open_picture(self, _data):
            raise UnavailableError("many files are being opened", retry_after=5)

    object.__setattr__(house.scan_desk, "opener", Busy())
    answer = sent(scanner, PICTURE)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert answer.json()["type"] == "urn:certstore:problem:unavailable"
    page = Browser(house, None).http.post("/scan/file", files={"file": ("x", PICTURE)})
    assert (page.status_code, page.headers["retry-after"]) == (503, "5")
    assert_sound(page, "zh")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_file_that_takes_too_much_to_open_is_an_answer_in_words(house, scanner, lang):
    room = room_of(within(ASSIGNMENT, memory_mb=8), replaces=True)
    object.__setattr__(house.scan_desk, "opener", ReadingRoom(room))
    found = sent(scanner, PICTURE).json()
    assert (found["verdict"], found["reasons"]) == ("malformed", ["FILE_TOO_COSTLY"])
    page = Browser(house, None, lang).http.post(
        f"/scan/file?lang={lang}", files={"file": ("x", PICTURE)}
    )
    assert page.status_code == 200
    assert_sound(page, lang)
    assert {"zh": "工夫", "en": "far more to open"}[lang] in page.text
    room.close()


def test_every_hostile_file_is_an_answer(scanner):
    for name, data in HOSTILE.items():
        answer = sent(scanner, data)
        assert answer.status_code == 200, name
        found = answer.json()
        assert (found["verdict"], found["fields"], found["photo"]) == ("malformed", {}, None), name


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_scanner_page_without_script(house, voucher, lang):
    browser = Browser(house, None, lang)
    for code, status in (("", 422), ("hello", 200), (kept(house, voucher, "code").decode(), 200)):
        page = browser.post("/scan", code=code)
        assert page.status_code == status
        assert_sound(page, lang)
    blank = io.BytesIO()
    Image.new("L", (40, 40), 255).save(blank, "PNG")
    files = (
        (b"", 422),
        (b"\x89PNG\r\n\x1a\n broken", 422),
        (b"the text of another code", 422),
        (blank.getvalue(), 422),
        (FOREIGN, 200),
        (kept(house, voucher, "document"), 200),
    )
    for data, status in files:
        page = browser.http.post(f"/scan/file?lang={lang}", files={"file": ("x", data)})
        assert page.status_code == status, data[:20]
        assert_sound(page, lang)
    assert browser.http.post(f"/scan/file?lang={lang}").status_code == 422


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_small_codes_page_tells_the_status_and_nobodys_data(house, voucher, lang):
    page = Browser(house, None, lang).get(f"/s/{voucher.ref}")
    assert page.status_code == 200
    assert_sound(page, lang)
    assert Browser(house, None).http.head(f"/s/{voucher.ref}").status_code == 200
    for datum in (*PERSONAL, voucher.number, voucher.identifier):
        assert datum not in page.text
    with house.archive.reading() as books:
        records = books.register.held_by("111", ME.holder.id_number)
    handed_in = next(c.ref for c in records if not c.sealed)
    assert Browser(house, None, lang).get(f"/s/{handed_in}").status_code == 404
    assert scans(house) == []


def test_the_small_codes_answer_for_machines_is_the_status_and_the_type(house, voucher, scanner):
    said = scanner.http.get(f"/v1/verify/status/{voucher.ref}")
    assert said.status_code == 200
    assert {**said.json(), "checked_at": ""} == {
        "status": "valid",
        "type": "residence_voucher",
        "checked_at": "",
    }
    with house.archive.reading() as books:
        records = books.register.held_by("111", ME.holder.id_number)
    handed_in = next(c.ref for c in records if not c.sealed)
    for ref in (handed_in, "k7m2x9qd4wzr5t8vbn3c", voucher.number):
        answer = scanner.http.get(f"/v1/verify/status/{ref}")
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
    assert scans(house) == []
