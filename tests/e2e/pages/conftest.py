"""The sample pages, served for the tests of this folder."""

import pytest

from tests.e2e.pages.showcase import Showcase, serving


@pytest.fixture
def showcase():
    """The sample pages, served; `.origin` is where."""
    pages = Showcase()
    with serving(pages) as origin:
        pages.origin = origin
        yield pages


@pytest.fixture(scope="module")
def shared_showcase():
    """The same for tests that only look."""
    pages = Showcase()
    with serving(pages) as origin:
        pages.origin = origin
        yield pages
