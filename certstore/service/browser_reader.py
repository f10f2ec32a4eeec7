"""The scanner page's own reader of codes, run in a real Chromium for a benchmark."""

import base64
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.resources import files
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Route

_ORIGIN = "https://reading.invalid"  # every request is answered here; none leaves the machine
_KINDS = {"js": "text/javascript", "wasm": "application/wasm"}
_ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
_PAGE = """<!doctype html><script type="module">
import { prepare, readPhotograph } from "/static/code_reader.js";
await prepare("/static/vendor/zxing-wasm/zxing_reader.wasm");
globalThis.readPicture = async (spelled) => {
  const bytes = Uint8Array.from(atob(spelled), (c) => c.charCodeAt(0));
  return readPhotograph(new Blob([bytes], { type: "image/jpeg" }));
};
</script>"""


@contextmanager
def browser_reader() -> Iterator[Callable[[bytes], str | None] | None]:
    """A function that reads a JPEG's code in Chromium; None where there is no Chromium."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None or find_spec("playwright") is None:
        yield None
        return
    # Here and not above: it is a development dependency.
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - see the comment

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)
        page = browser.new_page()
        page.route(f"{_ORIGIN}/**", _answer)
        page.goto(f"{_ORIGIN}/")
        page.wait_for_function("globalThis.readPicture !== undefined")

        def read(picture: bytes) -> str | None:
            spelled = base64.b64encode(picture).decode()
            found = page.evaluate("(spelled) => readPicture(spelled)", spelled)
            return found if isinstance(found, str) else None

        yield read
        browser.close()


def _answer(route: "Route") -> None:
    path = route.request.url.removeprefix(_ORIGIN)
    if path == "/":
        route.fulfill(body=_PAGE, content_type="text/html")
        return
    file = files("certstore.web") / path.removeprefix("/")
    kind = _KINDS.get(path.rpartition(".")[2])
    if kind is None or not file.is_file():
        route.fulfill(status=404)
        return
    route.fulfill(body=file.read_bytes(), content_type=kind)
