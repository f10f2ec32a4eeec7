"""How many codes the scanner page judges in a second, in a real Chromium, off line.

Beside bare WebCrypto verifications of the same signatures in the same page, the limit there. By
the clock, not by CPU time: the browser verifies in threads of its own.
"""

import base64
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric import ec

from certstore.clock import unix
from certstore.status_list import PublishedList
from certstore.trust import TrustedKey

if TYPE_CHECKING:
    from datetime import datetime

    from playwright.sync_api import Route

_ORIGIN = "https://scanning.invalid"  # every request is answered here; none leaves the machine
_ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
_MEASURE = """async ({ held, codes, now, seconds }) => {
  const load = (name) => import(`/${name}.js`);
  const [{ judgeCode }, { openCode }, keys] = await Promise.all(
    ['judge', 'profiles', 'public_keys'].map(load));
  const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const key = { ...held.key, x: bytes(held.key.x), y: bytes(held.key.y) };
  const trust = { expiresAt: now + 86400, keys: new Map([[key.kid, key]]) };
  const list = { ...held.list, packed: bytes(held.list.packed) };
  const facts = { trust, lists: new Map([[`${list.uscc}/${list.number}`, list]]), now };
  const verifier = await keys.importP256(key.x, key.y);
  const signed = codes.map((code) => openCode(code).issued);
  const turn = async (work, items) => {
    const began = performance.now();
    for (const item of items) if (!(await work(item))) throw new Error('a code is not good');
    return (performance.now() - began) / 1000 / items.length;
  };
  const scan = async (code) => (await judgeCode(code, facts)).verdict === 'valid';
  const bare = ({ message, signature }) => keys.isSignedBy(verifier, message, signature);
  await turn(scan, codes);
  await turn(bare, signed);
  const [ours, limit] = [[], []];
  const ends = performance.now() + seconds * 1000;
  while (performance.now() < ends || ours.length < 3) {
    ours.push(await turn(scan, codes));
    limit.push(await turn(bare, signed));
  }
  const median = (turns) => turns.sort((a, b) => a - b)[Math.floor(turns.length / 2)];
  return [1 / median(ours), 1 / median(limit)];
}"""


@dataclass(frozen=True, slots=True)
class BrowserScan:
    """What was measured in the browser; rates are per second by the clock."""

    scans_per_second: float
    bare_verifies_per_second: float
    ratio_to_bare_verify: float


def browser_scan(
    key: TrustedKey,
    held: PublishedList,
    codes: Sequence[str],
    now: "datetime",
    *,
    seconds: float = 3.0,
) -> BrowserScan | None:
    """Judge these codes in Chromium for so long; None where there is no Chromium."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        return None
    try:
        # Here and not above: it is a development dependency.
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 - see the comment
    except ModuleNotFoundError:
        return None
    asked = {
        "held": {"key": _key(key), "list": _list(held)},
        "codes": list(codes),
        "now": unix(now),
        "seconds": seconds,
    }
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)
        page = browser.new_page()
        page.route(f"{_ORIGIN}/**", _answer)
        page.goto(f"{_ORIGIN}/")
        ours, bare = page.evaluate(_MEASURE, asked)
        browser.close()
    return BrowserScan(round(ours), round(bare), round(ours / bare, 3))


def _key(key: TrustedKey) -> dict[str, object]:
    if not isinstance(key.public_key, ec.EllipticCurvePublicKey):
        raise TypeError("codes are signed on P-256")
    point = key.public_key.public_numbers()
    x, y = (base64.b64encode(n.to_bytes(32, "big")).decode() for n in (point.x, point.y))
    return key.to_json() | {"x": x, "y": y}


def _list(held: PublishedList) -> dict[str, object]:
    return {
        "number": held.number,
        "uscc": held.authority_uscc,
        "issuedAt": unix(held.issued_at),
        "until": unix(held.issued_at + held.ttl),
        "packed": base64.b64encode(held.statuses.packed).decode(),
    }


def _answer(route: "Route") -> None:
    name = route.request.url.removeprefix(f"{_ORIGIN}/")
    file = files("certstore.web") / "static" / "scanner" / name
    if not name:
        route.fulfill(body="<!doctype html>", content_type="text/html")
    elif name.endswith(".js") and file.is_file():
        route.fulfill(body=file.read_bytes(), content_type="text/javascript")
    else:
        route.fulfill(status=404)
