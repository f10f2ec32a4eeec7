"""Presenting in a real browser: the code renews itself, dies in time, hides when nobody looks."""

import numpy as np
import pytest
import zxingcpp
from PIL import Image

from tests.e2e.pages.people import REF
from tests.e2e.pages.showcase import until

pytestmark = pytest.mark.browser
PATH = f"/certificates/{REF}/present"
NO_CODE = "() => !document.querySelector('#code svg')"
HIDE = """(hidden) => {
  Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
  document.dispatchEvent(new Event('visibilitychange')); }"""


def opened(page, showcase, query=""):
    page.clock.install()
    page.goto(f"{showcase.origin}{PATH}?sample=present{query}")
    return page


def read_back(page, tmp_path):
    """What an independent reader reads from the screen."""
    page.locator("#code").screenshot(path=tmp_path / "code.png")
    picture = np.asarray(Image.open(tmp_path / "code.png").convert("L"))
    return [found.text for found in zxingcpp.read_barcodes(picture)]


def test_the_code_of_the_page_can_be_scanned(page, showcase, tmp_path):
    opened(page, showcase)
    assert read_back(page, tmp_path) == ["RPD1:" + "7WC0" * 70]


def test_the_code_is_renewed_after_50_seconds_and_can_be_scanned_again(page, showcase, tmp_path):
    opened(page, showcase)
    page.clock.run_for(49_000)
    assert showcase.asked == []
    with page.expect_response("**/present/code"):
        page.clock.run_for(2_000)
    until(page, "document.getElementById('spoken').textContent.includes('二维码已更新')")
    assert showcase.asked == [(f"{PATH}/code", "sample-csrf-token level=photo")]
    assert read_back(page, tmp_path) == ["RPD1:" + "7WC0" * 70]


def test_a_dead_code_is_taken_away_when_it_cannot_be_renewed(page, showcase):
    showcase.refuse_codes = True
    opened(page, showcase)
    page.clock.run_for(52_000)
    page.wait_for_selector("#trouble:not([hidden])")
    assert page.locator("#code svg").count() == 1  # until it dies
    page.clock.run_for(10_000)
    until(page, NO_CODE)
    showcase.refuse_codes = False
    page.clock.run_for(5_000)
    page.wait_for_selector("#code svg")
    assert page.locator("#trouble").is_hidden()
    page.complaints.clear()  # the browser writes every 503 into its console


def test_the_code_leaves_the_page_while_nobody_looks(page, showcase):
    opened(page, showcase)
    page.evaluate(HIDE, arg=True)
    until(page, NO_CODE)
    page.clock.run_for(3_000)
    assert page.locator("#code svg").count() == 0
    page.evaluate(HIDE, arg=False)
    page.wait_for_selector("#code svg")


def test_the_seconds_run_down_and_ten_are_announced(page, showcase):
    opened(page, showcase)
    page.clock.run_for(40_000)
    assert page.locator("#seconds").inner_text() in {"9", "10", "11"}
    page.clock.run_for(1_000)
    assert "10 秒" in page.locator("#spoken").inner_text()


def test_a_scan_of_the_last_code_is_told(page, showcase):
    showcase.used_at = "10:42"
    opened(page, showcase)
    page.clock.run_for(51_000)
    page.wait_for_selector("#used:not([hidden])")
    assert page.locator("#used-at").inner_text() == "10:42"


def test_the_full_name_is_shown_for_five_seconds(page, showcase):
    page.clock.install()
    page.goto(f"{showcase.origin}{PATH}?sample=present-levels")
    assert "晓" not in page.content()
    page.get_by_role("button", name="显示全名 5 秒").click()
    until(page, "document.getElementById('name').textContent === '林晓禾'")
    page.clock.run_for(6_000)
    assert "晓" not in page.locator("#name").inner_text()


def test_asked_for_twice_the_full_name_is_hidden_again_all_the_same(page, showcase):
    page.clock.install(time=0)
    page.clock.pause_at(1)  # only the test moves it: a slow machine hides nothing
    page.goto(f"{showcase.origin}{PATH}?sample=present-levels")
    button = page.get_by_role("button", name="显示全名 5 秒")
    for _ in range(2):
        page.evaluate("before = document.getElementById('name').firstChild")
        button.click()
        until(page, "document.getElementById('name').firstChild !== before")  # answered anew
        assert page.locator("#name").inner_text() == "林晓禾"
        page.clock.run_for(2_000)
    page.clock.run_for(4_000)
    assert "晓" not in page.locator("#name").inner_text()
    button.click()
    until(page, "document.getElementById('name').textContent === '林晓禾'")
    page.evaluate(HIDE, arg=True)
    assert "晓" not in page.locator("#name").inner_text()


def test_without_script_there_is_a_code_and_the_page_renews_itself(chromium, showcase):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{showcase.origin}{PATH}?sample=present")
    assert page.locator("#code svg path").count() == 2
    assert page.locator("meta[http-equiv=refresh]").get_attribute("content") == "50"
    context.close()


def test_presenting_is_light_whatever_the_theme(page, showcase):
    opened(page, showcase, "&theme=dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_what_the_asked_holder_showed_leaves_the_screen_after_30_seconds(page, showcase):
    page.clock.install()
    page.goto(f"{showcase.origin}/scan/ask?sample=asked-result")
    page.clock.run_for(29_000)
    assert page.locator("#outcome .verdict").count() == 1
    page.clock.run_for(2_000)
    until(page, "!document.querySelector('#outcome .verdict')")
    assert page.locator("#outcome").inner_text() == "结果已清除。"
