"""Looks at samples in a real browser, and says everything that is wrong with them.

Each look has a test file of its own, so that several workers look at the same time.
"""

from importlib.resources import files
from pathlib import Path

from tests.e2e.pages.samples import every_sample

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


TEMPLATES = sorted({sample.template for sample in SAMPLES})


def wrong_with(page, showcase, template, look):
    """What is wrong with the samples of a template in a look, by name; empty if nothing is."""
    shown = (sample for sample in SAMPLES if sample.template == template)
    found = {sample.name: look_at(page, showcase.origin, sample, look) for sample in shown}
    return {name: wrong for name, wrong in found.items() if wrong}
