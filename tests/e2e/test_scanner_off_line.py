"""The scanner in a real browser with the network off, and with the service gone."""

import shutil
import time
from contextlib import ExitStack
from datetime import timedelta
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image

from certstore.clock import SystemClock, local_date, unix
from certstore.codes import base45
from certstore.codes.claims import Disclosure
from certstore.codes.profiles import Profile, seal_code, seal_for_holder, show_code
from certstore.keys import KeySigner, Purpose, generate
from certstore.presentation import minimal_claims
from certstore.presenting.choices import Choice, code_data
from certstore.service.serving import free_port, serving
from tests.e2e.conftest import ARGUMENTS
from tests.e2e.pages.showcase import until
from tests.house import house_in
from tests.sealed import LIN, resident, voucher

pytestmark = pytest.mark.browser


class Stand:
    """A running service, a certificate in it, and codes of it."""

    def __init__(self, folder):
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.house = house_in(folder, city=False, clock=SystemClock(), public_url=self.url)
        self.port = port
        self.voucher = voucher(self.house)

    def claims(self, lifetime, **more):
        now = self.house.clock.now()
        claims = minimal_claims(self.voucher, now, unix(now) + lifetime, b"8 bytes!")
        return type(claims)(**{n: getattr(claims, n) for n in claims.__slots__} | more)

    @property
    def printed(self):
        return seal_code(self.claims(86400), Profile.PRINTED, self.house.keys.signer(Purpose.CODE))

    def sealed(self, data):
        """A code that says just this."""
        signer = self.house.keys.signer(Purpose.CODE)
        return seal_code(self.claims(86400, data=data), Profile.PRINTED, signer)

    @property
    def on_line(self):
        return self.house.presentation_desk.present(resident(LIN), self.voucher.ref).code_text

    def off_line(self, nonce=None):
        holder = KeySigner(Purpose.PRESENTATION, generate("ES256"))
        inner = seal_for_holder(
            self.claims(3600, holder_key=holder.public_key), self.house.keys.signer(Purpose.CODE)
        )
        return show_code(inner, holder, issued_at=unix(self.house.clock.now()), nonce=nonce)


@pytest.fixture(scope="module")
def stand(tmp_path_factory):
    """The service, running until a test stops it."""
    found = Stand(tmp_path_factory.mktemp("scanner"))
    with ExitStack() as running:
        running.enter_context(serving(found.house, "127.0.0.1", found.port))
        found.stop = running.close
        yield found
    found.house.close()


@pytest.fixture(scope="module")
def visited(stand, chromium, tmp_path_factory):
    """A browser that has opened the scanner once, was ended, and is started anew."""
    profile = tmp_path_factory.mktemp("profile")

    def started():
        return chromium.browser_type.launch_persistent_context(
            profile,
            executable_path=shutil.which("chromium") or shutil.which("chromium-browser"),
            args=ARGUMENTS,
            viewport={"width": 390, "height": 844},
            locale="zh-CN",
        )

    context = started()
    page = context.new_page()
    page.goto(f"{stand.url}/scan")
    page.wait_for_selector("#held:not([hidden])")
    context.close()
    context = started()
    yield context
    context.close()


@pytest.fixture
def page(visited):
    """A page with the network off; whatever goes wrong in it fails the test."""
    visited.set_offline(True)
    page = visited.new_page()
    complaints = []
    page.on("pageerror", lambda e: complaints.append(str(e)))
    yield page
    page.close()
    visited.set_offline(False)
    assert complaints == []


def judged(page, code):
    page.locator("#code").fill(code)
    page.locator("#code").press("Enter")
    page.wait_for_selector("#result .verdict h1")
    word = page.locator("#result h1").inner_text()
    page.locator("#next").click()
    if page.locator("#stop").is_visible():
        page.locator("#stop").click()
    return word


def test_after_one_visit_it_opens_and_judges_with_the_network_off(stand, visited):
    on_line, printed = stand.on_line, stand.printed
    visited.set_offline(True)
    page = visited.new_page()
    complaints = []
    page.on("pageerror", lambda e: complaints.append(str(e)))
    began = time.monotonic()
    page.goto(f"{stand.url}/scan")
    page.locator("#code").fill(printed)
    page.locator("#code").press("Enter")
    page.wait_for_selector("#result .verdict.valid")
    print(f"cold start, network off, to the first verdict: {time.monotonic() - began:.2f} s")
    assert page.locator("#list-age").inner_text().startswith("没联网")
    page.locator("#next").click()
    changed = printed[:40] + ("A" if printed[40] != "A" else "B") + printed[41:]
    assert judged(page, changed) in {"不可信", "认不出"}
    assert judged(page, on_line) == "有效"
    assert judged(page, on_line) == "码已用过"
    page.goto(f"{stand.url}/scan?lang=en")
    assert page.locator("h1").first.inner_text().startswith("Scan")
    assert judged(page, on_line) == "Already used"  # also after it was opened again
    page.goto(f"{stand.url}/scan/history")
    until(page, "document.querySelectorAll('#entries li').length >= 4")
    assert LIN.name not in page.content()
    page.locator("#empty").click()
    until(page, "document.querySelectorAll('#entries li').length === 0")
    page.close()
    visited.set_offline(False)
    assert complaints == []


def test_without_a_network_a_number_is_not_judged_and_a_nameless_code_asks_for_no_face(stand, page):
    page.goto(f"{stand.url}/scan?lang=zh")
    until(page, "document.getElementById('list-age').textContent.startsWith('没联网')")
    page.locator("#code").fill("123 456-789")
    page.locator("#code").press("Enter")
    page.wait_for_selector("#trouble:not([hidden])")
    assert "要联网" in page.locator("#trouble").inner_text()
    assert not page.locator("#result").inner_html()
    data = code_data(
        stand.voucher, Choice(Disclosure.AGE_OVER, 18), local_date(SystemClock().now())
    )
    page.locator("#code").fill(stand.sealed(data))
    page.locator("#code").press("Enter")
    page.wait_for_selector("#result .verdict.valid")
    assert page.locator("[data-slot=proven]").inner_text() == "已满 18 周岁"
    assert page.locator("#result [data-slot=person]").is_hidden()
    assert page.locator("#result details.same").count() == 0


def test_without_a_network_what_needs_one_leads_back_to_the_scanner(stand, page):
    for path in ("/scan/file", "/scan/ask", "/scan/wallet"):
        page.goto(f"{stand.url}/scan")
        page.locator(f"#ways a[href='{path}']").click()
        page.wait_for_url(f"{stand.url}/scan#ways")
        assert "要联网" in page.locator("#ways h2").inner_text()


def test_a_hand_scanner_is_heard_anywhere_on_the_page_even_with_caps_inverted(stand, page):
    page.goto(f"{stand.url}/scan?lang=zh")
    until(page, "document.getElementById('list-age').textContent.startsWith('没联网')")
    # Caps Lock; then an input method, that tells the place of a key alone.
    plain = [{"key": sign} for sign in stand.printed.swapcase()]
    for typed in (plain, [pressed(sign) for sign in stand.printed]):
        page.evaluate(
            "(keys) => { for (const key of keys) document.body.dispatchEvent("
            "new KeyboardEvent('keydown', { bubbles: true, ...key })); }",
            [*typed, {"key": "Enter"}],
        )
        page.wait_for_selector("#result .verdict.valid")
        page.locator("#next").click()
        page.wait_for_selector("#typed", state="visible")


def pressed(sign):
    """A key as the page is told of it while an input method takes letters and figures."""
    if not sign.isalnum():
        return {"key": sign}
    return {"key": "Process", "code": f"Digit{sign}" if sign.isdigit() else f"Key{sign}"}


def test_an_answer_to_another_verifier_s_nonce_is_refused_and_ours_is_taken(stand, page):
    page.goto(f"{stand.url}/scan?lang=zh")
    until(page, "document.getElementById('list-age').textContent.startsWith('没联网')")
    page.locator("#two-way summary").click()
    page.locator("#two-way-start").click()
    asked = shown_nonce(page)
    assert judged(page, stand.off_line(bytes(16))) == "没有回答这里的码"
    page.locator("#two-way-start").click()
    assert shown_nonce(page) != asked
    assert judged(page, stand.off_line(shown_nonce(page))) == "有效"
    assert judged(page, stand.off_line()) == "有效"  # asked for once, and for one answer


def shown_nonce(page):
    """The nonce on the screen, read as a holder's telephone reads it."""
    page.wait_for_selector("#nonce-code svg")
    found = zxingcpp.read_barcodes(Image.open(BytesIO(page.locator("#nonce-code").screenshot())))
    (text,) = [code.text for code in found]
    assert text.startswith("RPN1:")
    return base45.decode(text.removeprefix("RPN1:"))


def test_scans_off_line_are_told_of_once_it_is_on_line_again(stand, visited, page):
    page.goto(f"{stand.url}/scan?lang=zh")
    until(page, "document.getElementById('list-age').textContent.startsWith('没联网')")
    assert judged(page, stand.on_line) == "有效"
    before = len(scans(stand))
    with page.expect_response("**/v1/verify/log"):
        visited.set_offline(False)
    until_told = stand.house.holdings_desk.usage(resident(LIN))
    assert [u for u in until_told if "scanned_at" in u.record]
    assert len(scans(stand)) > before


def scans(stand):
    return [u for u in stand.house.holdings_desk.usage(resident(LIN)) if u.kind == "scan"]


def test_it_judges_with_the_service_gone_and_says_what_it_cannot_know(stand, visited):
    on_line = stand.on_line
    stand.stop()
    page = visited.new_page()
    page.goto(f"{stand.url}/scan?lang=zh")  # the browser believes to be on line
    page.locator("#code").fill(on_line)
    page.locator("#code").press("Enter")
    page.wait_for_selector("#result .verdict.valid")
    assert "不知道这个码是否用过" in page.locator("#result .reasons").inner_text()
    page.close()


def test_lists_past_their_time_make_nothing_valid(stand, page):
    page.clock.install()  # for the whole context: this test is the last
    page.clock.set_fixed_time(stand.house.clock.now() + timedelta(seconds=400))
    page.goto(f"{stand.url}/scan?lang=zh")
    until(page, "document.getElementById('list-age').textContent.includes('要联网')")
    assert judged(page, stand.printed) == "不能判断"
