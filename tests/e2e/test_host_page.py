"""A small app's page opens ours in a real browser: in, at the right page, and back again."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from certstore.service.serving import free_port, serving
from tests.entering import AppServer
from tests.residents import copied, resident
from tests.residents import settled_folder as settled_folder

pytestmark = pytest.mark.browser
LIN = resident("lin_xiaohe").holder
_PAGE = """<!doctype html><meta charset="utf-8"><title>示范市民 App</title>
<meta name="referrer" content="{referrer}"><link rel="icon" href="data:,">
<form method="post" action="{enter}"><input type="hidden" name="ticket" value="{ticket}">
<button>我的办件</button></form>"""


@contextmanager
def host_pages(app, ours):
    """The app's own server: each page it gives out carries a ticket of its own."""

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self):
            assertion = app.assertion(LIN, ours.clock.now(), to="/applications")
            url = f"{ours.settings.public_url}/v1/hand-overs"
            given = httpx.post(url, json={"assertion": assertion}).raise_for_status().json()
            referrer = "no-referrer" if self.path == "/shy" else "origin"
            body = _PAGE.format(referrer=referrer, **given).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def host(settled_folder, tmp_path):
    """Where the app's page is, while our service runs beside it."""
    port = free_port()
    ours_at = f"http://127.0.0.1:{port}"
    app, file = AppServer(audience=ours_at), tmp_path / "hosts.toml"
    file.write_text(app.listed(), "utf-8")
    with (
        copied(settled_folder, tmp_path, public_url=ours_at, entry_hosts_file=file) as house,
        host_pages(app, house) as origin,
    ):
        file.write_text(app.listed(origins=(origin,), back=None), "utf-8")
        house.__dict__.pop("entry_hosts", None)  # read at the start; its port is known now
        with serving(house, "127.0.0.1", port):
            yield origin


def test_the_apps_page_leads_in_and_back_sends_nothing_twice(page, host):
    sent = []
    page.on("request", lambda asked: sent.append((asked.method, asked.url)))
    page.goto(host)
    page.get_by_role("button", name="我的办件").click()
    page.wait_for_url("**/applications")
    assert page.title().startswith("我的办件")
    posted = [url for method, url in sent if method == "POST"]
    page.locator("a[href='/certificates']").first.click()
    page.wait_for_url("**/certificates")
    page.go_back()
    page.wait_for_url("**/applications")
    page.go_back()
    assert page.title() == "示范市民 App"  # out of our pages, as the app's own back leads
    assert [url for method, url in sent if method == "POST"] == posted
    assert len(posted) == 1


def test_a_page_without_a_referrer_is_asked_about(page, host):
    page.goto(f"{host}/shy")
    page.get_by_role("button", name="我的办件").click()
    page.wait_for_url("**/enter")
    assert "无法确认这一页是" in page.inner_text("main")
    page.get_by_role("button", name="是我，继续").click()
    page.wait_for_url("**/applications")
