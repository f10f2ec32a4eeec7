"""Every state in a real browser: axe-core, reflow, targets, and what the policy would refuse."""

from importlib.resources import files
from pathlib import Path

import pytest

from tests.e2e.pages.samples import every_sample
from tests.e2e.pages.showcase import until

pytestmark = pytest.mark.browser
AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
JUDGE = (Path(__file__).parent / "judge.js").read_text(encoding="utf-8")
EVERYTHING = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOKS = {  # how the page is asked for, and the rules that this look can break
    "light": ("theme=light", EVERYTHING),
    "dark": ("theme=dark", ["color-contrast"]),
    "elder": ("theme=light&size=elder", EVERYTHING),
    "elder-en": ("theme=light&size=elder&lang=en", None),  # the longest words in the largest type
    "en": (
        "theme=light&lang=en",
        ["document-title", "html-has-lang", "valid-lang", "aria-valid-attr"],
    ),
}
SAMPLES = every_sample()
SIDEWAYS = "() => document.documentElement.scrollWidth - innerWidth"


def look_at(page, origin, sample, look):
    """Open a sample and say everything that is wrong with it."""
    query, rules = LOOKS[look]
    width, narrow = (1280, 1024) if sample.wide else (390, 320)
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(f"{origin}{sample.path}?sample={sample.name}&{query}")
    if not sample.wide:  # as long as the page, so that sticky bars stand at its end
        height = page.evaluate("() => Math.max(844, document.documentElement.scrollHeight)")
        page.set_viewport_size({"width": width, "height": height})
    if rules:
        page.evaluate(AXE)
    page.evaluate(JUDGE)
    least = 24 if sample.wide else 60 if "elder" in look else 44
    wrong = page.evaluate("([rules, least]) => judgePage(rules, least)", [rules, least])
    sideways = page.evaluate(SIDEWAYS)
    page.set_viewport_size({"width": narrow, "height": 844})  # reflow, WCAG 1.4.10
    sideways = max(sideways, page.evaluate(SIDEWAYS))
    return wrong + ([f"scrolls sideways by {sideways} px"] if sideways > 0 else [])


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("template", sorted({s.template for s in SAMPLES}))
def test_pages_are_accessible_in_every_state(page, shared_showcase, template, look):
    shown = (s for s in SAMPLES if s.template == template)
    found = {s.name: look_at(page, shared_showcase.origin, s, look) for s in shown}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("name", ["desk-letter-rare", "check-rare"])
def test_rare_characters_wrap_as_others_do_and_nothing_leaves_its_card(
    page, shared_showcase, name, width
):
    sample = next(s for s in SAMPLES if s.name == name)
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(f"{shared_showcase.origin}{sample.path}?sample={name}")
    outside = page.evaluate("""() => [...document.querySelectorAll('.card svg, .card a')]
        .filter((one) => {
            const [own, card] = [one, one.closest('.card')].map((e) => e.getBoundingClientRect());
            return own.right > card.right || own.left < card.left;
        }).map((one) => one.outerHTML.slice(0, 80))""")
    assert outside == []
    assert page.evaluate(SIDEWAYS) <= 0
    named = page.locator(".outlined").evaluate_all("all => all.map((one) => one.ariaLabel)")
    assert "㛃䶮" in named  # read aloud as one
    assert "路１８８弄６号１２０３室" in page.inner_text("main")  # and the rest is text


@pytest.mark.parametrize(
    "name", ["home-eligible", "certificates", "present", "scan", "usage", "dwelling"]
)
def test_a_first_visit_asks_for_little(page, shared_showcase, name):
    sample = shared_showcase.samples[name]
    answers = []
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 - no builtin may listen
    page.goto(f"{shared_showcase.origin}{sample.path}?sample={name}", wait_until="networkidle")
    ours = [a for a in answers if not a.url.endswith("/sample/portrait.svg")]
    weight = sum(a.request.sizes()["responseBodySize"] for a in ours)
    assert len(ours) <= 8
    assert weight <= 60_000


def test_an_error_summary_has_the_focus(page, shared_showcase):
    sample = shared_showcase.samples["dwelling-error"]
    page.goto(f"{shared_showcase.origin}{sample.path}?sample={sample.name}")
    until(page, "document.activeElement.id === 'problem'")
    page.get_by_role("link", name="请选择您现在住的是哪种房子").click()
    assert page.evaluate("document.activeElement.id") == "dwelling"


def test_the_officer_judges_by_keys_and_sees_what_the_citizen_will_read(page, shared_showcase):
    sample = shared_showcase.samples["desk-case"]
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{shared_showcase.origin}{sample.path}?sample={sample.name}")
    page.keyboard.press("2")
    page.keyboard.press("3")
    assert page.locator("input[name=judge_1][value=no]").is_checked()
    assert page.locator("input[name=judge_2][value=yes]").is_checked()
    page.get_by_text("请申请人补一样").check()
    page.locator("#ask").select_option("photo")
    page.locator("#sentence").fill("白墙前拍 2 张都行。3")
    assert page.locator("input[name=judge_2][value=yes]").is_checked()  # figures typed are text
    reads = page.locator("#reads").inner_text()
    assert "证件照：请重拍" in reads
    assert "白墙前拍 2 张都行" in reads


def test_the_officer_sends_with_control_and_enter(page, shared_showcase):
    sample = shared_showcase.samples["desk-case"]
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{shared_showcase.origin}{sample.path}?sample={sample.name}")
    page.get_by_text("马上签发电子凭证").check()
    with page.expect_response(lambda r: r.request.method == "POST") as answered:
        page.keyboard.press("Control+Enter")
    assert "decision=approve" in answered.value.request.post_data
    page.wait_for_load_state()
    page.complaints.clear()  # the showcase answers posts with 405
