"""Looks at samples in a real browser, and says everything that is wrong with them.

A page is fetched once and then dressed anew in its place, as readers in the dark and of large
type get it. Where the service sends such a reader anything else than other attributes of `html`
and the link to the other size, that page is fetched too, and judged by every rule.
"""

import re
from dataclasses import dataclass
from importlib.resources import files
from itertools import groupby
from pathlib import Path

from certstore.web.dress import Dress
from tests.e2e.pages.people import Sample
from tests.e2e.pages.samples import every_sample
from tests.e2e.pages.showcase import render

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
JUDGE = (Path(__file__).parent / "judge.js").read_text(encoding="utf-8")
EVERYTHING = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast", "link-in-text-block"]
SIZES = [*COLOURS, "target-size", "scrollable-region-focusable"]
# Of a page whose words are others: what axe-core finds in the document alone, without its styles.
WORDS = ["document-title", "html-has-lang", "valid-lang", "aria-valid-attr"]
SAMPLES = every_sample()
TEMPLATES = sorted({sample.template for sample in SAMPLES})
SIDEWAYS = "() => document.documentElement.scrollWidth - innerWidth"


@dataclass(frozen=True)
class Look:
    """How a page is asked for, and the rules that dressing a page so can break."""

    name: str
    query: str
    rules: tuple[str, ...]

    def sent(self, sample: Sample) -> str:
        """What the service sends to who asks so."""
        return render(sample, Dress.parse(dict(word.split("=") for word in self.query.split("&"))))

    def least(self, sample: Sample) -> int:
        """How large a target must be, in CSS pixels."""
        return 24 if sample.wide else 60 if "elder" in self.name else 44


# Each word is said: what is not said is as the cookie remembers it from the page before.
CHINESE = (
    Look("light", "lang=zh&size=standard&theme=light", (*EVERYTHING,)),
    Look("dark", "lang=zh&size=standard&theme=dark", (*COLOURS,)),
    Look("elder", "lang=zh&size=elder&theme=light", (*SIZES,)),
)
ENGLISH = (
    Look("en", "lang=en&size=standard&theme=light", ()),
    Look("elder-en", "lang=en&size=elder&theme=light", ()),  # the longest words, the largest type
)
_TAG = re.compile(r"<html ([^>]*)>")
_SIZE = re.compile(r'<a href="(\?size=[a-z]+[^"]*)">([^<]*)</a>')  # the link to the other size


def _undressed(html: str) -> str:
    return _SIZE.sub("<a>", _TAG.sub("<html>", html, count=1))


def _dress(html: str) -> list[object]:
    attributes = dict(re.findall(r'([a-z-]+)="([^"]*)"', _TAG.search(html)[1]))
    return [attributes, _SIZE.findall(html)]


def look_at(page, origin, sample, looks, reader=None):
    """Open a sample in several looks and say everything that is wrong with it, by look."""
    sent = [(look, look.sent(sample)) for look in looks]
    found = {}
    for _, alike in groupby(sent, key=lambda one: _undressed(one[1])):
        found |= _looked(page, origin, sample, list(alike))
        if reader:
            found[f"words of {len(found)}"] = _misread(reader, page.content())
    return {f"{sample.name} {name}": wrong for name, wrong in found.items() if wrong}


def _looked(page, origin, sample, alike):
    """What is wrong in looks that differ by their dress: fetched as the first of them."""
    width, narrow = (1280, 1024) if sample.wide else (390, 320)
    page.set_viewport_size({"width": width, "height": 844})
    answer = page.goto(f"{origin}{sample.path}?sample={sample.name}&{alike[0][0].query}")
    assert answer.text() == alike[0][1], "the page came in another look"
    page.evaluate(JUDGE)
    if alike[0][0].rules:
        page.evaluate(AXE)
    found = {}
    for place, (look, html) in enumerate(alike):
        page.evaluate("dress => dressAs(...dress)", _dress(html))
        if not sample.wide:  # as long as the page, so that sticky bars stand at its end
            height = page.evaluate("() => Math.max(844, document.documentElement.scrollHeight)")
            page.set_viewport_size({"width": width, "height": height})
        rules = EVERYTHING if look.rules and place == 0 else look.rules
        judged = [list(rules), look.least(sample)]
        found[look.name] = page.evaluate("judged => judgePage(...judged)", judged)
    page.set_viewport_size({"width": narrow, "height": 844})  # reflow, WCAG 1.4.10
    for look, html in alike:
        page.evaluate("dress => dressAs(...dress)", _dress(html))
        found[look.name] += page.evaluate("sideways()")
    return found


def _misread(reader, document):
    """What WORDS find in a document as its scripts left it; `reader` keeps axe-core warm."""
    reader.set_content(document, wait_until="domcontentloaded")
    return reader.evaluate("rules => judgePage(rules, 0)", WORDS)


def wrong_with(page, showcase, template, looks, reader=None):
    """What is wrong with the samples of a template, by sample and look; empty if nothing is."""
    found = {}
    for sample in SAMPLES:
        if sample.template == template:
            found |= look_at(page, showcase.origin, sample, looks, reader)
    return found
