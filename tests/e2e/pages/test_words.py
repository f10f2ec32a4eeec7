"""Large type in English on a narrow telephone: no word is broken in its middle."""

import pytest

from tests.e2e.pages.samples import every_sample

pytestmark = pytest.mark.browser
TEMPLATES = (
    *("certstore/home.html", "certstore/sign_in.html", "certstore/sign_out.html"),
    *("certstore/signed_out.html", "certstore/settings.html", "certstore/certificates.html"),
    *("certstore/problem.html", "certstore/development_request.html"),
    *("certstore/certificate.html", "certstore/reminders.html"),
)
# Every word of Latin letters whose characters stand on more than one line. What is hidden from
# the eye, and long codes that may break anywhere, are left out.
BROKEN = """() => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode;
    if (text.parentElement.closest('.vh, .mono, script, noscript, template, svg')) continue;
    for (const word of text.data.matchAll(/[A-Za-z]{2,}/g)) {
      const range = document.createRange();
      range.setStart(text, word.index);
      range.setEnd(text, word.index + word[0].length);
      const tops = new Set([...range.getClientRects()].filter((r) => r.width).map((r) => r.top));
      if (tops.size > 1) found.push(word[0]);
    }
  }
  return found;
}"""


@pytest.mark.parametrize("width", [320, 360])
@pytest.mark.parametrize("query", ["lang=en&size=elder", "lang=en"])
def test_no_word_is_broken(page, shared_showcase, query, width):
    page.set_viewport_size({"width": width, "height": 844})
    found = {}
    for sample in every_sample():
        if sample.template in TEMPLATES:
            page.goto(f"{shared_showcase.origin}{sample.path}?sample={sample.name}&{query}")
            found[sample.name] = page.evaluate(BROKEN)
    assert len(found) > len(TEMPLATES)
    assert {name: words for name, words in found.items() if words} == {}
