"""The scanner in a real browser: typed, from a picture, every verdict, nothing kept."""

import json

import pytest
import segno

from tests.e2e.pages.scan_samples import FIELDS, VERDICTS
from tests.e2e.pages.showcase import until

pytestmark = pytest.mark.browser
LIVE = "RPD1:LIVE CODE"


def opened(page, showcase):
    page.goto(f"{showcase.origin}/scan?sample=scan")
    page.wait_for_selector("#quiet-choice:not([hidden])")
    return page


def judge(page, code):
    page.locator("#code").fill(code)
    page.locator("#code").press("Enter")  # as a hand scanner does


def word(page):
    return page.locator("#result h1").inner_text()


def test_a_typed_code_is_judged_and_its_fields_shown(page, showcase):
    judge(opened(page, showcase), LIVE)
    page.wait_for_selector("#result .verdict.valid")
    assert showcase.asked == [
        ("/v1/verify/code", json.dumps({"code": LIVE}, separators=(",", ":")))
    ]
    assert word(page) == "有效"
    text = page.locator("#result").text_content()
    assert "310199********（已隐藏）0020" in text
    assert "居住登记凭证 · 有效至 2027-11-25" in text
    assert "示范市公安局" in text
    assert page.locator("#result .mask").count() == 2
    assert page.locator("#list-age").inner_text() == "联网 · 名单 1 分钟前更新"
    assert page.title().startswith("有效 · 核验")


def test_the_same_live_code_twice_in_one_scanner_is_replayed(page, showcase):
    judge(opened(page, showcase), LIVE)
    page.wait_for_selector("#result .verdict.valid")
    page.locator("#next").click()
    page.locator("#stop").click()
    judge(page, LIVE)
    page.wait_for_selector("#result .verdict.unsure")
    assert word(page) == "码已用过"
    assert len(showcase.asked) == 1  # the second time nobody need be asked


def test_a_printed_code_may_be_scanned_again(page, showcase):
    judge(opened(page, showcase), "RP1:PRINTED")
    page.wait_for_selector("#result .verdict.valid")
    page.locator("#next").click()
    page.locator("#stop").click()
    judge(page, "RP1:PRINTED")
    page.wait_for_selector("#result .verdict.valid")
    assert len(showcase.asked) == 2


@pytest.mark.parametrize("verdict", VERDICTS)
def test_every_verdict_has_its_own_look(page, showcase, verdict):
    showcase.verdicts = [
        {
            "verdict": verdict,
            "reasons": ["UNDER_DISPUTE", "SOMETHING_NEW"],
            "checks": [
                {"name": "signature", "passed": True, "detail": ""},
                {"name": "status", "passed": False, "detail": ""},
                {"name": "something_new", "passed": None, "detail": ""},
            ],
            "fields": FIELDS,
            "list_age_s": 10,
        }
    ]
    judge(opened(page, showcase), "RP1:X")
    page.wait_for_selector("#result .verdict")
    hidden = verdict in {"tampered", "unknown_issuer", "malformed", "replayed"}
    assert ("310199" in page.locator("#result").inner_text()) != hidden
    assert page.locator("#result [data-slot=checks] li").count() == 3
    assert page.locator("#result .reasons li").count() == 1
    assert page.locator("#result [role=alert]").count() == 1


def test_what_a_code_says_is_text_and_never_markup(page, showcase):
    evil = "<img src=x onerror=alert(1)>"
    fields = FIELDS | {"name": evil, "authority": evil}
    showcase.verdicts = [{"verdict": "valid", "reasons": [], "checks": [], "fields": fields}]
    judge(opened(page, showcase), "RP1:X")
    page.wait_for_selector("#result .verdict.valid")
    assert evil in page.locator("#result").inner_text()
    assert page.locator("#result img").count() == 0


def test_a_verdict_nobody_knows_is_not_taken_for_valid(page, showcase):
    showcase.verdicts = [{"verdict": "excellent", "fields": FIELDS}]
    judge(opened(page, showcase), "RP1:X")
    page.wait_for_selector("#result .verdict.unsure")
    assert "310199" not in page.locator("#result").inner_text()


def test_the_photo_of_a_code_is_shown(page, showcase):
    png = (
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhg"
        "GAWjR9awAAAABJRU5ErkJggg=="
    )
    showcase.verdicts = [{"verdict": "valid", "checks": [], "fields": FIELDS, "photo": png}]
    judge(opened(page, showcase), "RP1:X")
    picture = page.locator("#result img.portrait")
    picture.wait_for()
    until(page, "document.querySelector('#result img').naturalWidth === 1")
    assert picture.get_attribute("src").startswith("blob:")


def test_the_data_leaves_the_screen_after_30_seconds(page, showcase):
    page.clock.install()
    judge(opened(page, showcase), LIVE)
    page.wait_for_selector("#result .verdict.valid")
    page.clock.run_for(29_000)
    assert page.locator("#result .verdict").count() == 1
    page.clock.run_for(2_000)
    until(page, "!document.getElementById('result').firstChild")
    assert page.locator("#status").inner_text() == "结果已清除。"
    assert page.locator("#code").is_visible()


def test_a_code_is_read_from_a_picture_on_the_device(page, showcase, tmp_path):
    segno.make("RP1:FROM A PICTURE", error="m").save(tmp_path / "code.png", scale=6, border=4)
    opened(page, showcase)
    fetched = []
    page.on("response", lambda a: fetched.append(a.url) if a.url.endswith(".wasm") else None)
    page.locator("#file").set_input_files(tmp_path / "code.png")
    page.get_by_role("button", name="核验文件").click()
    page.wait_for_selector("#result .verdict.valid")
    assert json.loads(showcase.asked[0][1]) == {"code": "RP1:FROM A PICTURE"}
    assert len(fetched) == 1
    assert fetched[0].startswith(showcase.origin)  # our copy, no other site's


def test_a_picture_without_a_code_is_told(page, showcase, tmp_path):
    from PIL import Image  # noqa: PLC0415 - only this test draws

    Image.new("RGB", (200, 200), "white").save(tmp_path / "blank.png")
    opened(page, showcase)
    page.locator("#file").set_input_files(tmp_path / "blank.png")
    page.get_by_role("button", name="核验文件").click()
    page.wait_for_selector("#trouble:not([hidden])")
    assert "没有找到码" in page.locator("#trouble").inner_text()
    assert showcase.asked == []


@pytest.mark.parametrize(("lang", "said"), [("zh", "正在核验"), ("en", "Checking")])
def test_that_a_file_is_being_judged_is_said_at_once_until_it_is(
    page, showcase, tmp_path, lang, said
):
    segno.make("RP1:FROM A PICTURE", error="m").save(tmp_path / "code.png", scale=6, border=4)
    held = []
    page.route("**/*.wasm", lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks what it is given
    page.goto(f"{showcase.origin}/scan?sample=scan&lang={lang}")
    page.wait_for_selector("#quiet-choice:not([hidden])")
    assert page.locator("#working").get_attribute("role") == "status"  # there before it speaks
    assert page.locator("#working").is_hidden()
    page.locator("#file").set_input_files(tmp_path / "code.png")
    page.locator("#picture button").click()
    assert said in page.locator("#working").inner_text()
    page.locator("#picture button").click()  # an impatient second time
    while not held:
        page.wait_for_timeout(20)
    held[0].continue_()
    page.wait_for_selector("#result .verdict.valid")
    assert page.locator("#working").text_content() == ""
    assert len(showcase.asked) == 1


def test_without_a_network_nothing_is_judged(page, showcase):
    opened(page, showcase)
    page.route("**/v1/verify/code", lambda route: route.abort())
    judge(page, LIVE)
    page.wait_for_selector("#trouble:not([hidden])")
    assert "没有核验" in page.locator("#trouble").inner_text()
    page.unroute("**/v1/verify/code")
    judge(page, LIVE)  # and the failed attempt does not make it a replay
    page.wait_for_selector("#result .verdict.valid")
    page.complaints.clear()  # the browser writes the aborted request into its console


def test_the_camera_opens_on_a_tap_and_not_before(page, showcase):
    opened(page, showcase)
    assert page.locator("#finder").is_hidden()
    page.locator("#start").click()
    until(page, "document.getElementById('video').videoWidth > 0")
    page.locator("#stop").click()
    assert page.evaluate("document.getElementById('video').srcObject") is None


def test_an_empty_field_is_told(page, showcase):
    judge(opened(page, showcase), "")
    page.wait_for_selector("#trouble:not([hidden])")
    assert showcase.asked == []


def test_without_script_the_forms_post_to_the_server(chromium, showcase):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{showcase.origin}/scan?sample=scan")
    assert page.locator("#typed").get_attribute("action") == "/scan"
    assert page.locator("#picture").get_attribute("enctype") == "multipart/form-data"
    assert page.locator("#camera").is_hidden()
    context.close()
