"""By day, in the dark, for elders: axe-core, reflow, targets, what the policy would refuse."""

import pytest

from tests.e2e.pages.looking import CHINESE, TEMPLATES, wrong_with

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("template", TEMPLATES)
def test_pages_are_accessible_in_every_state(page, shared_showcase, template):
    assert wrong_with(page, shared_showcase, template, CHINESE) == {}
