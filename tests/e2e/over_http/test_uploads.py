"""The page where a paper is handed in, over HTTP: what it says, who may open it, plain forms."""

import tempfile

import pytest
from lxml.html import fromstring
from sqlalchemy import text

from certstore.web.texts import load
from issuance.application import State
from issuance.upload import UploadState
from tests.residents import _CSRF, Browser, assert_sound, resident, submitted
from tests.residents import EVERYWHERE as GAO
from tests.unit.issuance.uploading import (
    LIN,
    PAPER,
    asked,
    document,
    glaring,
    good,
    handed_in,
)
from tests.unit.verifiers.materials.hostile_files import HOSTILE, heic

BOTH = pytest.mark.parametrize("lang", ["zh", "en"])
NOBODY = "2" * 20


def page_of(ref, material="dwelling"):
    return f"/applications/{ref}/materials/{material}"


def send(browser, path, data, *, document_code=PAPER, csrf=None, name="paper.jpg"):
    fields = {"csrf": _CSRF if csrf is None else csrf, "document": document_code}
    files = [("file", ("", b"")), ("file", (name, data))]  # the camera's was left empty
    return browser.http.post(f"{path}?lang={browser.lang}", data=fields, files=files)


@BOTH
def test_the_page_says_what_is_asked_why_and_what_counts(house, lang):
    browser, texts = Browser(house, LIN, lang), load(lang)
    answer = browser.get(page_of(asked(house).ref))
    assert answer.status_code == 200
    assert_sound(answer, lang)
    for key in ("reason.NO_RECORD", "upload.why.dwelling", f"upload.take.{PAPER}"):
        assert texts[key].other in answer.text
    assert texts[f"upload.paper.{PAPER}"].other in answer.text
    cameras = fromstring(answer.text).xpath("//input[@type='file']")
    assert [c.get("accept") for c in cameras] == [
        "image/jpeg", "image/jpeg,image/png,application/pdf",
    ]  # fmt: skip
    assert cameras[0].get("capture") == "environment"


@BOTH
def test_a_plain_form_hands_in_and_shows_what_is_here(house, lang):
    browser, path = Browser(house, LIN, lang), page_of(asked(house).ref)
    assert send(browser, path, document()).status_code == 303
    shown = browser.get(path)
    assert_sound(shown, lang)
    pictures = fromstring(shown.text).xpath("//a/img/@src")
    assert len(pictures) == 2
    for address in (*pictures, *fromstring(shown.text).xpath("//a[img]/@href")):
        answer = browser.http.get(address)
        assert answer.headers["content-type"] == "image/jpeg"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["content-security-policy"].startswith("default-src 'none'; sandbox;")
        assert answer.headers["x-content-type-options"] == "nosniff"


@BOTH
def test_the_check_page_leads_here_and_back(house, lang):
    browser, ref = Browser(house, LIN, lang), asked(house).ref
    before = browser.get(f"/applications/{ref}/check")
    assert page_of(ref) in before.text
    handed_in(house, ref)
    after = browser.get(f"/applications/{ref}/check")
    assert_sound(after, lang)
    assert load(lang)["check.nothing_left_officer"].other in after.text
    assert fromstring(after.text).xpath(f"//form[@action='/applications/{ref}/check']//button")


@pytest.mark.parametrize("name", ["a HEIC called .jpg", "a filled form", "half a JPEG"])
@BOTH
def test_a_refused_file_is_told_with_what_to_do(house, lang, name):
    make, reason = HOSTILE[name]
    browser, path = Browser(house, LIN, lang), page_of(asked(house).ref)
    assert send(browser, path, make()).status_code == 303
    alert = fromstring(browser.get(path).text).xpath("//*[@role='alert']")[0]
    assert load(lang)[f"upload.refused.{reason}"].other in alert.text_content()


@BOTH
def test_advice_waits_for_an_answer(house, lang):
    browser, ref = Browser(house, LIN, lang), asked(house).ref
    assert send(browser, page_of(ref), glaring()).status_code == 303
    shown = browser.get(page_of(ref))
    assert load(lang)["upload.advice.GLARE"].other in shown.text
    (keep,) = fromstring(shown.text).xpath("//form[contains(@action, '/keep')]/@action")
    assert browser.post(keep).status_code == 303
    (upload,) = house.upload_desk.asked(LIN, ref, "dwelling").uploads
    assert upload.state is UploadState.KEPT
    (drop,) = fromstring(browser.get(page_of(ref)).text).xpath(
        "//form[contains(@action, '/drop')]/@action"
    )
    assert browser.post(drop).status_code == 303
    assert house.upload_desk.asked(LIN, ref, "dwelling").uploads == ()


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"data": b""}, ["file"]),
        ({"data": b"", "document_code": ""}, ["document", "file"]),
        ({"data": b"x", "document_code": "id_card_upload"}, ["document"]),
        ({"data": b"x" * 10_000_001}, ["file"]),
    ],
)
@BOTH
def test_what_is_wrong_with_a_form_is_said_at_its_place(house, lang, fields, wrong):
    browser, path = Browser(house, LIN, lang), page_of(asked(house).ref)
    data = fields.pop("data")
    answer = send(browser, path, data, **fields)
    fields["data"] = data
    assert answer.status_code == 422
    assert_sound(answer, lang)
    links = fromstring(answer.text).xpath("//*[@id='problem']//a/@href")
    assert links == [f"#{name}" for name in wrong]


def test_a_form_that_is_none_is_refused(house):
    browser, path = Browser(house, LIN), page_of(asked(house).ref)
    odd = {"content-type": "multipart/form-data"}  # names no boundary
    assert browser.http.post(path, content=b"xx", headers=odd).status_code == 400
    cut = {"content-type": "multipart/form-data; boundary=b"}
    assert browser.http.post(path, content=b"--b\r\nnonsense", headers=cut).status_code in {
        400,
        403,
    }
    assert send(browser, path, good(), csrf="another").status_code == 403
    assert send(browser, path, good(), csrf="").status_code == 403
    many = [("file", (f"{n}.jpg", b"x")) for n in range(20)]
    assert browser.http.post(path, files=many).status_code == 400
    assert house.upload_desk.asked(LIN, path.split("/")[2], "dwelling").uploads == ()


def test_a_file_of_a_form_never_lies_on_the_disk(house, monkeypatch):
    rolled = []

    def rollover(spooled):
        rolled.append(spooled)

    monkeypatch.setattr(tempfile.SpooledTemporaryFile, "rollover", rollover)
    browser, path = Browser(house, LIN), page_of(asked(house).ref)
    send(browser, path, good() + b"\x00" * (3 << 20))
    assert rolled == []


def test_a_page_that_nothing_is_asked_on_leads_on_or_is_not_there(house):
    browser = Browser(house, LIN)
    fresh = house.apply_desk.begin(LIN, asked(house, "wang_yan").matter).ref
    answer = browser.get(page_of(fresh))
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        f"/applications/{fresh}/dwelling",
    )
    done = submitted(house, "chen_yiming")
    other = Browser(house, resident("chen_yiming")).get(page_of(done.ref))
    assert (other.status_code, other.headers["location"]) == (303, f"/applications/{done.ref}")
    ref = asked(house).ref
    for material in ("photo", "kinship", "nothing"):
        assert browser.get(page_of(ref, material)).status_code == 404


def test_others_find_neither_page_nor_picture(house):
    ref = asked(house).ref
    upload = handed_in(house, ref)
    picture = f"{page_of(ref)}/{upload.ref}/page-1"
    assert Browser(house, LIN).get(picture).status_code == 200
    chen, gao, nobody = (Browser(house, who) for who in (resident("chen_yiming"), GAO, None))
    for path in (page_of(ref), picture):
        assert chen.get(path).status_code == 404
        assert gao.get(path).status_code == 403
        assert nobody.get(path).status_code == 303
    for act in ("keep", "drop"):
        assert chen.post(f"{page_of(ref)}/{upload.ref}/{act}").status_code == 404
    assert send(chen, page_of(ref), good()).status_code == 404
    desk = f"/desk/uploads/{ref}/{upload.ref}/page-1"
    assert Browser(house, LIN).get(desk).status_code == 403
    assert gao.get(desk).status_code == 409  # not submitted
    for name in ("page-0", "page-2", "document"):
        assert Browser(house, LIN).get(f"{page_of(ref)}/{upload.ref}/{name}").status_code == 404
    for name in ("page", "page-1.jpg", "page-100", "wrapped_key"):
        found = Browser(house, LIN).get(f"{page_of(ref)}/{upload.ref}/{name}")
        assert found.status_code in {404, 422}, name


@BOTH
def test_the_officer_must_judge_what_was_handed_in(house, lang):
    ref = asked(house).ref
    upload = handed_in(house, ref, document())
    house.apply_desk.submit(LIN, ref)
    gao = Browser(house, GAO, lang)
    shown = gao.get(f"/desk/cases/{ref}")
    assert_sound(shown, lang)
    assert load(lang)[f"upload.paper.{PAPER}"].other in shown.text
    assert f"/desk/uploads/{ref}/{upload.ref}/page-2" in shown.text
    (of,) = fromstring(shown.text).find_class("whose")
    assert LIN.holder.name in of.text_content()
    assert LIN.holder.id_number in of.text_content()
    assert shown.text.count(LIN.holder.id_number) == 1
    assert gao.post(f"/desk/cases/{ref}", decision="approve").status_code == 422
    wrong = gao.post(f"/desk/cases/{ref}", decision="approve", judge_1="no")
    assert wrong.status_code == 422
    assert load(lang)["desk.judge.upload.no"].other in fromstring(wrong.text).xpath(
        "string(//*[@id='problem'])"
    )
    assert house.apply_desk.get(LIN, ref).state is State.IN_REVIEW
    assert gao.post(f"/desk/cases/{ref}", decision="approve", judge_1="yes").status_code == 303
    assert LIN.holder.id_number not in gao.get(f"/desk/cases/{ref}").text  # nothing to judge
    (looked,) = [e for e in house.holdings_desk.usage(LIN) if e.record.get("client") == "desk"][-1:]
    assert {"name", "id_number"} <= set(looked.record["fields"])
    assert house.apply_desk.get(LIN, ref).state is State.ISSUED
    saved = gao.get(f"/desk/uploads/{ref}/{upload.ref}/document")
    assert saved.headers["content-type"] == "application/pdf"
    assert saved.headers["content-disposition"] == 'attachment; filename="document.pdf"'
    usage = Browser(house, LIN, lang).get("/usage")
    assert {"zh": "您交的居住证明", "en": "Your proof of dwelling"}[lang] in usage.text


def test_no_name_of_a_persons_file_is_kept_or_shown(house):
    browser, ref = Browser(house, LIN), asked(house).ref
    name = "林晓禾 护照 secret name.jpg"
    send(browser, page_of(ref), good(), name=name)
    send(browser, page_of(ref), heic(), name=name)
    assert "secret name" not in browser.get(page_of(ref)).text
    with house.archive.reading() as books:
        kept = str(books.connection.execute(text("SELECT * FROM uploads")).all())
    assert "secret name" not in kept
