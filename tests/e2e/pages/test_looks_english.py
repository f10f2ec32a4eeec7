"""In English, and for elders: the words, reflow, targets, what the policy would refuse."""

import pytest

from tests.e2e.pages.looking import AXE, ENGLISH, JUDGE, TEMPLATES, wrong_with

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def reader(chromium):
    """A page without styles and scripts, that documents are put into to be read."""
    context = chromium.new_context()
    page = context.new_page()
    page.evaluate(AXE)
    page.evaluate(JUDGE)
    yield page
    context.close()


@pytest.mark.parametrize("template", TEMPLATES)
def test_pages_are_accessible_in_every_state(page, reader, shared_showcase, template):
    assert wrong_with(page, shared_showcase, template, ENGLISH, reader) == {}
