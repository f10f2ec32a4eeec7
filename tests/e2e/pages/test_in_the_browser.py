"""Single pages in a real browser: rare characters, weight, focus, keys."""

import pytest

from tests.e2e.pages.looking import SAMPLES, SIDEWAYS
from tests.e2e.pages.showcase import until

pytestmark = pytest.mark.browser


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


REQUESTS, BYTES = 8, 60_000


def first_visit(page, showcase, name):
    """How many files a page loads at first, and how many bytes they are."""
    sample = showcase.samples[name]
    answers = []
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 - no builtin may listen
    page.goto(f"{showcase.origin}{sample.path}?sample={name}", wait_until="networkidle")
    ours = [a for a in answers if not a.url.endswith("/sample/portrait.svg")]
    return len(ours), sum(a.request.sizes()["responseBodySize"] for a in ours)


@pytest.mark.parametrize(
    "name", ["home-eligible", "certificates", "present", "usage", "dwelling", "scan"]
)
def test_a_first_visit_asks_for_little(page, shared_showcase, name):
    requests, weight = first_visit(page, shared_showcase, name)
    assert requests <= REQUESTS
    assert weight <= BYTES


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
    page.get_by_text("请申请人补材料").check()
    page.locator("input[name=ask][value=photo]").check()
    page.locator("#sentence").fill("白墙前拍 2 张都行。3")
    assert page.locator("input[name=judge_2][value=yes]").is_checked()  # figures typed are text
    reads = page.locator("#reads").inner_text()
    assert "请您补这些" in reads
    assert "证件照" in reads
    assert "居住证明" not in reads
    assert "白墙前拍 2 张都行" in reads


def test_the_officer_sends_with_control_and_enter(page, shared_showcase):
    sample = shared_showcase.samples["desk-case"]
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{shared_showcase.origin}{sample.path}?sample={sample.name}")
    page.get_by_text("马上签发电子凭证").check()
    complained = page.expect_console_message(lambda said: "405" in said.text)
    with complained, page.expect_response(lambda r: r.request.method == "POST") as answered:
        page.keyboard.press("Control+Enter")
    assert "decision=approve" in answered.value.request.post_data
    page.complaints.clear()  # the showcase answers posts with 405
