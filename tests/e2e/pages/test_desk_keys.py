"""The officers' desk by keyboard, and what is shown of a sentence while it is written."""

import pytest

from certstore.web.texts import load
from tests.e2e.pages.showcase import until

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(page, shared_showcase):
    """Opens a sample on an officer's screen."""

    def opened(name):
        sample = shared_showcase.samples[name]
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(f"{shared_showcase.origin}{sample.path}?sample={name}")
        until(page, "document.getElementById('keys-on').checked")
        return page

    return opened


def focused(page):
    return page.evaluate("document.activeElement.id || document.activeElement.getAttribute('href')")


def test_arrows_move_from_case_to_case_and_a_slash_goes_to_the_search(desk):
    page = desk("desk-page")
    page.keyboard.press("ArrowDown")
    assert focused(page) == "/desk/cases/" + f"{0:020d}"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    assert focused(page) == "/desk/cases/" + f"{1:020d}"
    page.keyboard.press("/")
    assert focused(page) == "number"
    page.keyboard.type("n?/12")  # in a field, keys are text
    assert page.locator("#number").input_value() == "n?/12"


def test_after_a_decision_n_opens_the_most_urgent_case(desk):
    page = desk("desk")
    page.route("**/desk/cases/*", lambda route: route.fulfill(body="the case"))
    with page.expect_navigation():
        page.keyboard.press("n")
    assert page.url.endswith("/desk/cases/" + "0" * 20)


def test_single_keys_can_be_turned_off_and_stay_off(desk):
    page = desk("desk-page")
    page.keyboard.press("?")
    assert page.locator("#keys").evaluate("list => list.open")
    page.locator("#keys-on").uncheck()
    page.keyboard.press("/")
    assert focused(page) != "number"
    sample_again = page.url
    page.goto(sample_again)
    until(page, "!document.getElementById('keys-on').checked")
    page.keyboard.press("/")
    assert focused(page) != "number"
    page.evaluate("localStorage.clear()")


def test_a_and_r_choose_the_decision_and_reasons_stand_with_a_refusal_alone(desk):
    page = desk("desk-case")
    reasons = page.locator("fieldset.reasons:not(.asks)")
    assert not reasons.is_visible()
    page.keyboard.press("r")
    assert page.locator("input[name=decision]:checked").get_attribute("value") == "refuse"
    assert reasons.is_visible()
    page.keyboard.press("a")
    assert page.locator("input[name=decision]:checked").get_attribute("value") == "approve"
    assert not reasons.is_visible()


def test_x_chooses_a_case_to_be_approved_with_others(desk):
    page = desk("desk-page")
    clear = page.locator("tr:has(input[name=case]) a.open").first
    clear.focus()
    page.keyboard.press("x")
    assert page.locator("input[name=case]:checked").count() == 1
    page.keyboard.press("x")
    assert page.locator("input[name=case]:checked").count() == 0
    page.locator("tr:not(:has(input[name=case])) a.open").first.focus()
    page.keyboard.press("x")
    assert page.locator("input[name=case]:checked").count() == 0


def test_ctrl_enter_confirms_as_the_second_officer(desk):
    page = desk("desk-case-second")
    page.route("**/second*", lambda route: route.fulfill(body="done"))
    with page.expect_request("**/second*") as sent:
        page.keyboard.press("Control+Enter")
    assert "answer=confirm" in sent.value.post_data


def test_no_single_key_decides(desk):
    page = desk("desk-case")
    posts = []
    page.on("request", lambda r: posts.append(r) if r.method == "POST" else None)
    for key in "123456789nNyY/? ":
        page.keyboard.press(key)
    assert page.locator("input[name=decision]:checked").count() == 0
    assert posts == []


def test_the_preview_shows_the_sentence_as_the_applicant_reads_it(desk):
    page = desk("desk-case")
    page.get_by_text("必须选理由").click()
    page.get_by_label("登记住址与备案不是同一处").check()
    page.locator("#sentence").fill("  请带 租赁合同\n\n 到窗口。 ")
    shown = page.locator("#reads [data-reads='refuse']")
    assert shown.is_visible()
    assert [line for line in shown.inner_text().split("\n") if line] == [
        "没有通过",
        "登记住址与备案不是同一处。" + load("zh")["cure.REFUSED_ADDRESS_MISMATCH"].other,
        "请带 租赁合同 到窗口。",
        load("zh")["progress.then.refused"].other,
    ]
    page.get_by_label("其他，写在下面").check()
    assert shown.locator("p:visible").count() == 4
    page.get_by_label("证件照不合格").check()  # every reason is shown, each with its cure
    assert shown.locator("p:visible").count() == 5
    page.get_by_label("登记住址与备案不是同一处").uncheck()
    page.get_by_label("证件照不合格").uncheck()
    assert shown.locator("p:visible").count() == 3
    page.get_by_text("马上签发电子凭证").click()
    assert page.locator("#reads").inner_text() == "审核通过，电子凭证已可用"


@pytest.mark.parametrize("width", [1280, 1024, 768])
@pytest.mark.parametrize("name", ["desk", "desk-case", "desk-letter", "desk-finding"])
def test_the_desk_needs_no_scrolling_sideways(page, shared_showcase, name, width):
    sample = shared_showcase.samples[name]
    page.set_viewport_size({"width": width, "height": 900})
    for lang in ("zh", "en"):
        page.goto(f"{shared_showcase.origin}{sample.path}?sample={name}&lang={lang}")
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, lang


@pytest.mark.parametrize("width", [1280, 768])
def test_both_addresses_stand_side_by_side_and_whole(page, shared_showcase, width):
    sample = shared_showcase.samples["desk-case"]
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{shared_showcase.origin}{sample.path}?sample=desk-case")
    left, right = (page.locator(".compare .address").nth(n).bounding_box() for n in (0, 1))
    assert abs(left["y"] - right["y"]) < 2
    assert left["x"] + left["width"] <= right["x"]
    for n in (0, 1):
        cut = (
            page.locator(".compare .address").nth(n).evaluate("e => e.scrollWidth > e.clientWidth")
        )
        assert not cut


def test_differences_are_marked_without_colour_too(page, shared_showcase):
    sample = shared_showcase.samples["desk-case"]
    page.goto(f"{shared_showcase.origin}{sample.path}?sample=desk-case")
    look = "e => [getComputedStyle(e).borderBottomStyle, getComputedStyle(e).fontWeight]"
    style, weight = page.locator(".compare mark").first.evaluate(look)
    assert style == "double"
    assert int(weight) >= 600
