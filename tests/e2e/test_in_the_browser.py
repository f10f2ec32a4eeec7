"""The applicant's, the officer's and the scanner's pages of the main job, in a real browser."""

import threading
from importlib.resources import files

import pytest
import zxingcpp
from PIL import Image

from certstore.clock import SystemClock
from certstore.service.serving import free_port, serving
from tests.e2e.pages.showcase import until
from tests.house import house_in

pytestmark = pytest.mark.browser
AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
VERDICT = "() => /^(有效|码已用过|不可信|已换新|认不出)/.test(document.title)"


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    """The real service with the invented city, at the machine's own time."""
    folder = tmp_path_factory.mktemp("browser")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    house = house_in(folder, city=True, clock=SystemClock(), public_url=url)
    with serving(house, "127.0.0.1", port):
        yield url
    house.close()
    assert not any(t.name == "web" for t in threading.enumerate())


def look(page, *, wide=False):
    """Nothing that axe-core minds, nothing that scrolls sideways.

    The window is made as long as the page, so that sticky bars stand at its end and cover
    nothing that a finger could scroll to.
    """
    size = page.viewport_size
    length = page.evaluate("() => Math.max(innerHeight, document.documentElement.scrollHeight)")
    page.set_viewport_size({"width": size["width"], "height": length})
    page.evaluate(AXE)
    found = page.evaluate(
        "(rules) => axe.run(document, { runOnly: rules })"
        ".then((r) => r.violations.map((v) => v.id))",
        RULES,
    )
    assert found == [], page.url
    if not wide:
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, page.url
    page.set_viewport_size(size)


def press(page, what):
    """Press what leads to another page, and wait until that page is there."""
    with page.expect_navigation():
        page.click(what)


def sign_in(page, base, who):
    page.goto(f"{base}/sign-in")
    look(page)
    press(page, "main a.button")
    look(page)
    page.check(f'input[value="{who}"]')
    press(page, "main button")


def go_on(page):
    press(page, "main button.wide, main a.button.wide")
    look(page)


def answer(page, dwelling, whose, district, address):
    """From the start page to the face page, by clicking and typing alone."""
    look(page)
    go_on(page)
    page.check(f'input[value="{dwelling}"]')
    go_on(page)
    answer_whose_and_where(page, whose, district, address)


def answer_whose_and_where(page, whose, district, address):
    page.check(f'input[value="{whose}"]')
    go_on(page)
    page.select_option("select[name=district]", district)
    page.fill("input[name=address], textarea[name=address]", address)
    go_on(page)


def pass_face(page):
    go_on(page)
    assert "/sandbox/face/" in page.url
    press(page, "button[value=pass]")
    look(page)
    go_on(page)


def read_screen(page, folder):
    page.locator("#code").screenshot(path=folder / "code.png")
    found = zxingcpp.read_barcodes(Image.open(folder / "code.png"))
    return folder / "code.png", [code.text for code in found]


def scan(page, base, picture):
    page.goto(f"{base}/scan")
    look(page)
    page.set_input_files("input[type=file]", picture)
    page.click('form[action="/scan/file"] button')  # judged on this page: no other follows
    until(page, VERDICT)
    look(page)
    return page.title().split(" ")[0]


def test_a_resident_registers_presents_and_is_scanned(page, chromium, base, tmp_path):
    sign_in(page, base, "chen_yiming")
    look(page)
    press(page, "main a.button")
    answer(page, "own", "self", "海港区", "长乐路88弄6号1203室")
    pass_face(page)
    assert "什么都不用交" in page.inner_text("h1").replace("\n", "")
    go_on(page)
    assert "办好了" in page.inner_text("h1")
    press(page, 'a[href$="/present"]')
    look(page)
    picture, read = read_screen(page, tmp_path)
    assert len(read) == 1
    assert read[0].startswith("RPD1:")
    context = chromium.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    scanner = context.new_page()
    assert scan(scanner, base, picture) == "有效"
    assert "陈一鸣" in scanner.inner_text("main")
    assert scan(scanner, base, picture) == "码已用过"
    context.close()
    for path in ("/", "/certificates", "/usage", "/notices", "/applications", "/settings"):
        page.goto(f"{base}{path}")
        look(page)
    page.goto(f"{base}/usage")
    assert "扫码核验" in page.inner_text("main")


def test_an_address_in_doubt_goes_to_the_officer(page, chromium, base):
    sign_in(page, base, "shen_xiaozhou")
    press(page, "main a.button")
    look(page)
    go_on(page)
    page.check('input[value="rent"]')
    go_on(page)
    draft = page.url.removeprefix(base)
    page.goto(base)  # the draft, at its first open question, is what home offers to go on with
    look(page)
    press(page, f'main a[href="{draft}"]')
    answer_whose_and_where(page, "self", "梧桐区", "听雨路77号3号楼1202室")
    pass_face(page)
    go_on(page)
    assert "工作人员" in page.inner_text("h1")
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN")
    officer = context.new_page()
    sign_in(officer, base, "officer_1047")
    look(officer, wide=True)
    press(officer, 'a[href^="/desk/cases/"]')
    look(officer, wide=True)
    assert officer.locator("mark").count() > 0
    officer.check('input[name=judge_1][value="yes"]')
    officer.check('input[name=decision][value="approve"]')
    press(officer, "section.decide button[type=submit], section.decide button.wide")
    look(officer, wide=True)
    context.close()
    page.goto(f"{base}/certificates")
    assert "居住登记凭证" in page.inner_text("main")
    page.goto(f"{base}/usage")
    assert page.locator("main").inner_text().count("示范市公安局") >= 1


def test_the_pages_work_without_script(chromium, base):
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, locale="zh-CN", java_script_enabled=False
    )
    page = context.new_page()
    page.goto(f"{base}/sign-in/leave?return_to=/apply/residence-registration")
    page.check('input[value="wang_yan"]')
    press(page, "main button")
    press(page, "main button.wide, main a.button.wide")
    page.check('input[value="here"]')
    press(page, "main button.wide")
    press(page, "main button.wide")
    press(page, "button[value=pass]")
    press(page, "main a.button.wide")
    press(page, "main button.wide")
    assert "办好了" in page.inner_text("h1")
    press(page, 'a[href$="/present"]')
    assert page.locator("#code svg").count() == 1
    page.goto(base)  # a greeting in full: the rare character is drawn, and read aloud as text
    assert page.locator("h1 svg.glyphs").get_attribute("aria-label") == "䶮"
    assert "王" in page.inner_text("h1")
    page.goto(f"{base}/scan")
    page.fill("input[name=code]", "RP1:NOT A CODE")
    press(page, 'form[action="/scan"] button')
    assert "认不出" in page.title()
    context.close()
