"""The browser's figure of `certstore bench scan`."""

import pytest

from certstore.clock import SystemClock
from certstore.service.bench_scan import _stand
from certstore.service.bench_scan_browser import browser_scan

pytestmark = pytest.mark.browser


def test_the_scanner_page_judges_the_codes_of_the_benchmark():
    stand = _stand(SystemClock().now())
    key = next(iter(stand.trust.keys.values()))
    found = browser_scan(key, stand.held, stand.codes[:4], stand.now, seconds=0)
    if found is None:
        pytest.skip("chromium is missing: apt install chromium")
    assert found.scans_per_second > 0
    assert found.bare_verifies_per_second > 0
