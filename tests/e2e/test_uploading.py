"""Handing in a paper in a real browser: told before it is sent, resumed when the network breaks."""

import json
import struct
from base64 import b64encode
from contextlib import contextmanager
from datetime import timedelta

import pytest

from certstore.callers import caller_as_json
from certstore.chance import token
from certstore.clock import SystemClock
from certstore.service.serving import free_port, serving
from certstore.tables.sessions import SessionRow
from issuance.application import State
from issuance.handed_in import read_kept
from tests.e2e.cutting_proxy import CuttingProxy
from tests.e2e.pages.showcase import until
from tests.house import house_in
from tests.residents import EVERYWHERE as GAO
from tests.residents import resident, settle
from tests.unit.issuance.uploading import asked, document, good
from tests.unit.verifiers.materials.hostile_files import heic
from tests.unit.verifiers.materials.paper_pictures import WAYS, opened, photograph
from verifiers.materials.handed_in_legibility import judge_legibility
from verifiers.materials.handed_in_picture import look
from verifiers.materials.handed_in_profile import read_profile

pytestmark = pytest.mark.browser
SIGHT = read_profile().sight
SOUGHT = (
    *("lying well", "scanned", "on a light desk", "blurred 2 px", "blurred 4 px", "shaken 24 px"),
    *("glare, small", "dim", "cut on the left", "too near", "coarse", "another side, blank"),
)


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The service behind a network that can break; what the browser opens is the network."""
    inner = free_port()
    proxy = CuttingProxy(inner)
    url = f"http://127.0.0.1:{proxy.port}"
    house = house_in(tmp_path_factory.mktemp("uploading"), clock=SystemClock(), public_url=url)
    settle(house)
    with serving(house, "127.0.0.1", inner):
        yield house, proxy, url
        proxy.close()
    house.close()


def signed_in(chromium, served, who, **options):
    house, _, url = served
    secret, now = token(), house.clock.now()
    row = SessionRow(caller_as_json(who), token(), now, now + timedelta(days=1))
    with house.archive.writing() as books:
        books.sessions.open(secret, row)
    size = {"viewport": {"width": 360, "height": 760}, "locale": "zh-CN"}
    context = chromium.new_context(reduced_motion="reduce", **{**size, **options})
    context.add_cookies([{"name": "session", "value": secret, "url": url}])
    return context


@pytest.fixture
def person(chromium, served, request):
    """Somebody at the page where a paper is asked for; (page, reference, key)."""
    key = request.param
    ref = asked(served[0], key).ref
    context = signed_in(chromium, served, resident(key))
    page = context.new_page()
    page.goto(f"{served[2]}/applications/{ref}/materials/dwelling")
    yield page, ref, key
    context.close()


def chosen(data, name="paper.jpg", kind="image/jpeg"):
    return {"name": name, "mimeType": kind, "buffer": data}


def large(size=2_400_000):
    """A good picture with as much behind its end as telephones append."""
    film = struct.pack(">I", 24) + b"ftypmp42" + b"\x00" * 12
    return good() + film + bytes(range(256)) * ((size - len(good())) // 256)


@contextmanager
def handing_in(page, pages):
    """Wait until what the block does has led to the page that says how many pages are here."""
    with page.expect_navigation():
        yield
    assert f"共 {pages} 页" in page.inner_text("h1")


def offsets(page):
    """The offsets at which this page sends from now on."""
    seen = []
    page.on(
        "request",
        lambda r: seen.append(int(r.headers["upload-offset"])) if r.method == "PATCH" else None,
    )
    return seen


@pytest.mark.parametrize("person", ["lin_xiaohe"], indirect=True)
def test_an_upload_goes_on_by_itself_after_every_break(served, person):
    house, proxy, _ = served
    page, ref, key = person
    data = large()
    sent = offsets(page)
    proxy.sent, proxy.cut_after = 0, [500_000, 1_300_000, 1_900_000]
    with handing_in(page, 1):
        page.set_input_files("#camera", chosen(data))
    assert proxy.cuts == 3
    assert proxy.sent < 1.6 * len(data)  # what arrived was not sent again
    assert sent == sorted(sent)
    assert len(set(sent)) >= len(data) // (256 * 1024)
    (upload,) = house.upload_desk.asked(resident(key), ref, "dwelling").uploads
    assert upload.length == len(data)
    page.get_by_role("link", name="好了，回去提交").click()
    page.wait_for_url("**/check")
    assert "您交的 1 页已收到" in page.inner_text("main")
    page.locator("form button.wide").click()
    page.wait_for_url("**/submitted*")
    done = house.apply_desk.get(resident(key), ref)
    assert (done.state, read_kept(done.decision)[0].ref) == (State.IN_REVIEW, upload.ref)


@pytest.mark.parametrize("person", ["zhou_min"], indirect=True)
def test_a_page_that_was_closed_goes_on_with_the_same_file(served, person):
    _, proxy, _ = served
    page, _, _ = person
    data = large()
    proxy.sent, proxy.cut_after = 0, [1_200_000]
    proxy_down_at_the_cut(proxy)
    page.set_input_files("#file", chosen(data))
    until(page, "document.getElementById('status').textContent.startsWith('网断了')")
    proxy.down = False
    page.goto(page.url)
    assert "接着传" in page.inner_text("#interrupted")
    assert page.evaluate("sessionStorage.length") == 1
    kept = json.loads(page.evaluate("Object.values(sessionStorage)[0]"))
    assert set(kept) == {"url", "size", "digest", "paper"}  # no name, no content
    sent = offsets(page)
    with handing_in(page, 1):
        page.set_input_files("#file", chosen(data, "another-name.jpg"))
    assert sent[0] >= 256 * 1024
    assert page.evaluate("sessionStorage.length") == 0


def proxy_down_at_the_cut(proxy):
    once = proxy.break_off

    def broken():
        proxy.down = True
        once()
        proxy.break_off = once

    proxy.break_off = broken


@pytest.mark.parametrize("person", ["wang_yan"], indirect=True)
def test_what_could_be_better_is_told_before_anything_is_sent(served, person):
    house, proxy, _ = served
    page, ref, key = person
    until(page, "'ready' in document.getElementById('upload').dataset")
    proxy.sent = 0
    page.set_input_files("#file", chosen(photograph("property certificate", "glare, small")))
    until(page, "!document.getElementById('choices').hidden")
    assert "反光" in page.inner_text("#hints")
    assert page.evaluate("document.activeElement.id") == "again"
    page.click("#again")
    page.set_input_files("#file", chosen(photograph("property certificate", "blurred 12 px")))
    until(page, "!document.getElementById('choices').hidden")
    assert "太糊了" in page.inner_text("#hints")
    assert page.locator("#anyway").is_hidden()  # no use to anybody
    page.click("#again")
    page.set_input_files("#file", chosen(heic(), "paper.jpg"))
    until(page, "!document.getElementById('choices').hidden")
    assert "HEIC" in page.inner_text("#hints")
    assert proxy.sent < 20_000  # not one of them left the telephone
    page.click("#again")
    page.set_input_files("#file", chosen(photograph("property certificate", "glare, small")))
    until(page, "!document.getElementById('choices').hidden")
    with handing_in(page, 1):  # told once, and not asked again
        page.click("#anyway")
    (upload,) = house.upload_desk.asked(resident(key), ref, "dwelling").uploads
    assert upload.advice == ("GLARE",)
    assert "一般有 2 页" in page.inner_text("main")  # and what is missing, too
    with page.expect_navigation():
        page.get_by_role("button", name="删掉").click()
    assert house.upload_desk.asked(resident(key), ref, "dwelling").uploads == ()


@pytest.mark.parametrize("person", ["zhang_hong"], indirect=True)
def test_the_telephone_measures_what_the_server_measures(person):
    page, _, _ = person
    until(page, "'ready' in document.getElementById('upload').dataset")
    ask = """async (data) => {
        const script = document.querySelector('script[src*="/upload"]').src;
        const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
        return (await import(script)).look(new Blob([bytes], { type: 'image/jpeg' }));
    }"""
    assert set(SOUGHT) <= set(WAYS)
    for way in SOUGHT:
        data = photograph("lease", way)
        there = page.evaluate(ask, b64encode(data).decode())
        picture = opened(data)
        here = look(picture, max(picture.size), SIGHT)
        advice, faults = judge_legibility(here, SIGHT)
        assert (there["advice"], there["useless"]) == (list(advice), list(faults)), way
        found = there["found"]
        assert found["paper"] == pytest.approx(here.paper, abs=3), way
        assert found["glare"] == pytest.approx(here.glare, abs=0.01), way
        assert found["sides"] == pytest.approx(list(here.sides), abs=0.06), way
        assert found["sharpness"] == pytest.approx(here.sharpness, rel=0.35, abs=0.03), way


def test_everything_works_without_script_and_the_officer_sees_it(chromium, served):
    house, _, url = served
    who = resident("li_yan")
    ref = asked(house, "li_yan").ref
    context = signed_in(chromium, served, who, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{url}/applications/{ref}/materials/dwelling")
    page.click("#plain button")
    assert "有 1 处要改" in page.title()
    assert page.locator("#file-error").is_visible()
    page.set_input_files("#file", chosen(heic(), "IMG_1.HEIC", "image/heic"))
    page.click("#plain button")
    assert "HEIC" in page.inner_text("[role=alert]")
    page.set_input_files("#file", chosen(photograph("property certificate", "glare, small")))
    page.click("#plain button")
    page.get_by_role("button", name="仍要提交").click()
    page.set_input_files("#file", chosen(document(), "paper.pdf", "application/pdf"))
    page.click("#plain button")
    assert "共 3 页" in page.inner_text("h1")
    widths = page.locator(".sheets img").evaluate_all("all => all.map((i) => i.naturalWidth)")
    assert len(widths) == 3
    page.get_by_role("link", name="好了，回去提交").click()
    page.locator("form button.wide").click()
    context.close()
    context = signed_in(chromium, served, GAO, viewport={"width": 1280, "height": 900})
    desk = context.new_page()
    complaints = []
    desk.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    desk.goto(f"{url}/desk/cases/{ref}", wait_until="networkidle")
    assert desk.locator(".sheets img").count() == 3
    assert "青石路12号3楼302室" in desk.inner_text("main")
    with desk.expect_popup() as popup:
        desk.locator(".sheets a").first.click()
    assert popup.value.url.endswith("/page-1")
    answer = context.request.get(popup.value.url)
    headers = answer.headers
    assert headers["content-type"] == "image/jpeg"
    assert headers["cache-control"] == "no-store"
    assert "sandbox" in headers["content-security-policy"]
    with desk.expect_download() as saved:
        desk.get_by_role("link", name="保存 PDF").click()
    assert saved.value.suggested_filename == "document.pdf"
    desk.check('input[name=judge_1][value="yes"]')
    desk.check('input[name=decision][value="approve"]')
    with desk.expect_navigation():
        desk.locator("section.decide button.wide").click()
    context.close()
    assert complaints == []
    assert house.apply_desk.get(who, ref).state is State.ISSUED
    fields = [u.record["fields"] for u in house.holdings_desk.usage(who) if u.kind == "review"]
    assert fields.count(["handed_in.dwelling"]) == 2  # two files, each looked at
