"""The scanner in a real browser: typed, from a picture, every verdict, nothing kept."""

import json
from dataclasses import replace

import pytest
import segno

from tests.e2e.pages.scan_samples import FIELDS, IN_DISTRICT, NAMELESS, OF_AGE, VERDICTS
from tests.e2e.pages.showcase import until
from verifiers.scanning.kept_scanner import national_codes

pytestmark = pytest.mark.browser
LIVE = "RPD1:LIVE CODE"
LETTER = national_codes()["commitment_letter"]
WIDE = "123\u3000456\u3000789".translate(
    {0x30 + n: 0xFF10 + n for n in range(10)}
)  # by an input method


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


@pytest.mark.parametrize(
    ("fields", "sentence", "rows"),
    [
        (OF_AGE, "已满 18 周岁", ["凭证编号"]),
        (IN_DISTRICT, "住在海港区", ["凭证编号"]),
        (NAMELESS, "", ["凭证编号"]),
        (NAMELESS | {"residence_district": "$&海港区"}, "住在$&海港区", ["凭证编号"]),
        (OF_AGE | {"residence_address": "长乐路88弄"}, "已满 18 周岁", ["居住地址", "凭证编号"]),
    ],
    ids=["age", "district", "nobody", "district of a wallet", "age and address"],
)
@pytest.mark.parametrize("here", [True, False], ids=["filled in by script", "by the service"])
def test_a_showing_that_names_nobody_asks_for_no_face(page, showcase, fields, sentence, rows, here):
    if here:
        showcase.verdicts = [{"verdict": "valid", "checks": [], "fields": fields}]
        judge(opened(page, showcase), "RP1:X")
    else:
        shown = showcase.samples["scan-age"]
        view = replace(shown.view, result=replace(shown.view.result, fields=fields))
        showcase.samples["scan-of-this-test"] = replace(shown, view=view)
        page.goto(f"{showcase.origin}/scan?sample=scan-of-this-test")
    page.wait_for_selector("#result .verdict.valid")
    result = page.locator("#result")
    assert result.locator("[data-slot=person]").is_hidden()
    assert result.locator("details.same").count() == 0
    assert result.locator("[data-slot=nobody]").is_visible()
    assert result.locator("[data-slot=proven]").inner_text() == sentence
    assert result.locator("[data-slot=facts] dt").all_inner_texts() == rows


STANDS = {"name": "status", "passed": True, "detail": ""}
SIGNED_OUT = {"verdict": "revoked", "reasons": ["DEVICE_SIGNED_OUT"], "fields": FIELDS}


@pytest.mark.parametrize(
    ("answer", "said", "unsaid"),
    [
        (SIGNED_OUT | {"checks": [STANDS]}, "证照本身有效", "签发机关已注销"),
        (SIGNED_OUT | {"checks": [STANDS | {"passed": False}]}, "签发机关已注销", "本身有效"),
        ({"verdict": "malformed", "reasons": ["NUMBER_NOT_GOOD"]}, "60 秒", "取景框"),
        ({"verdict": "replayed", "reasons": ["NONCE_NOT_OURS"]}, "先扫了别人的码", "只能扫一次"),
        ({"verdict": "unknown_issuer", "reasons": ["KEY_UNKNOWN"]}, "不知道是谁签的", "签名不对"),
        (
            {"verdict": "valid", "fields": {"name": "林*禾", "valid_until": "2027-11-25"}},
            "有效至 2027-11-25",
            "是同一个人吗",
        ),
        (
            {"verdict": "valid", "fields": FIELDS | {"disclosure": "full", "ethnicity": 5}},
            "维吾尔族",
            "是同一个人吗",
        ),
        (
            {"verdict": "valid", "fields": FIELDS | {"type": "", "type_code": LETTER}},
            "亲属关系承诺书",
            LETTER,
        ),
        (
            {"verdict": "valid", "fields": FIELDS | {"disclosure": "m", "photo_digest": "00"}},
            "没有核对过",
            "身份证件",
        ),
    ],
)
def test_what_needs_words_of_its_own_gets_them(page, showcase, answer, said, unsaid):
    showcase.verdicts = [answer]
    judge(opened(page, showcase), "RP1:X")
    page.wait_for_selector("#result .verdict")
    text = page.locator("#result").inner_text()
    assert said in text
    assert unsaid not in text


@pytest.mark.parametrize(
    ("answer", "said", "unsaid"),
    [
        (
            {
                "verdict": "valid",
                "reasons": ["replay_not_checked"],
                "checks": [{"name": "showing", "passed": True, "detail": ""}],
                "fields": FIELDS,
            },
            "当场回答了这里的码",
            "不知道这个码是否用过",
        ),
        ({"verdict": "valid", "checks": [], "fields": FIELDS}, "有效", "当场回答"),
        ({"verdict": "replayed", "reasons": ["NONCE_NOT_OURS"]}, "等新码没有用", "只能扫一次"),
    ],
    ids=["answered", "a printed code instead", "not answered"],
)
def test_a_scan_both_ways_says_whether_our_code_was_answered(page, showcase, answer, said, unsaid):
    showcase.verdicts = [answer]
    opened(page, showcase).locator("#two-way summary").click()
    page.locator("#two-way-start").click()
    judge(page, "RP1:X")
    page.wait_for_selector("#result .verdict")
    text = page.locator("#result").inner_text()
    assert said in text
    assert unsaid not in text


def test_our_small_code_leads_to_its_page_here_and_a_stranger_s_leads_nowhere(page, showcase):
    path = f"/s/{'k' * 20}"
    judge(opened(page, showcase), f"{showcase.origin}{path}")
    page.wait_for_selector("#result .verdict")
    assert word(page) == "这是小码"
    assert page.locator("#result a").get_attribute("href") == path
    assert showcase.asked == []  # nobody need be asked
    page.locator("#next").click()
    page.locator("#stop").click()
    showcase.verdicts = [{"verdict": "malformed", "reasons": ["STATUS_ADDRESS"]}]
    judge(page, f"https://stranger.example{path}")
    page.wait_for_selector("#result .verdict")
    assert page.locator("#result a").count() == 0


def test_a_showing_that_names_somebody_asks_for_the_face_and_says_the_age(page, showcase):
    showcase.verdicts = [{"verdict": "valid", "checks": [], "fields": FIELDS | {"age_over": 18}}]
    judge(opened(page, showcase), "RP1:X")
    page.wait_for_selector("#result .verdict.valid")
    result = page.locator("#result")
    assert result.locator("[data-slot=nobody]").is_hidden()
    assert result.locator("[data-slot=person]").is_visible()
    assert result.locator("details.same").is_visible()
    assert result.locator("[data-field=age_over] dd").inner_text() == "已满 18 周岁"


@pytest.mark.parametrize("typed", ["123456789", "123 456 789", " 123-456-789 ", WIDE])
def test_nine_digits_are_asked_of_the_service(page, showcase, typed):
    judge(opened(page, showcase), typed)
    page.wait_for_selector("#result .verdict.valid")
    assert json.loads(showcase.asked[0][1]) == {"code": "123456789"}


def test_nine_digits_are_never_judged_without_the_service(page, showcase):
    opened(page, showcase)
    page.route("**/v1/verify/code", lambda route: route.abort())
    judge(page, "123 456 789")
    page.wait_for_selector("#trouble:not([hidden])")
    assert "要联网" in page.locator("#trouble").inner_text()
    assert not page.locator("#result").inner_html()
    page.complaints.clear()  # the browser writes the aborted request into its console


def test_the_other_ways_lead_to_pages_that_are_there(page, showcase):
    links = opened(page, showcase).locator("#ways a")
    paths = links.evaluate_all("links => links.map((link) => link.getAttribute('href'))")
    assert paths == ["/scan/ask", "/scan/wallet", "/scan/file"]
    served = {sample.path for sample in showcase.samples.values()}
    assert set(paths) <= served


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
    page.wait_for_selector("#working", state="hidden")  # after the receipt is kept, not before
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
