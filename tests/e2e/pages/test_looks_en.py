"""In English: axe-core, reflow, targets, and what the policy would refuse, in every state."""

import pytest

from tests.e2e.pages.looking import TEMPLATES, wrong_with

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("template", TEMPLATES)
def test_pages_are_accessible_in_every_state(page, shared_showcase, template):
    assert wrong_with(page, shared_showcase, template, "en") == {}
