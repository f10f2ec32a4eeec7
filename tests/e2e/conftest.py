"""A browser for every test that looks at pages."""

import shutil

import pytest
from playwright.sync_api import sync_playwright

ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
]


@pytest.fixture(scope="module")
def chromium():
    """The system's Chromium, for one file of tests.

    Not longer: Playwright keeps an event loop running in this thread, beside which no other
    test could run one.
    """
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("chromium is missing: apt install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium):
    """A telephone's page; whatever the console or the policy complains about fails the test."""
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, reduced_motion="reduce", locale="zh-CN"
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on(
        "console", lambda m: complaints.append(m.text) if m.type in {"error", "warning"} else None
    )
    page.on("pageerror", lambda e: complaints.append(str(e)))
    page.complaints = complaints
    yield page
    context.close()
    assert complaints == []
