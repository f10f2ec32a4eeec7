"""The headers of every answer."""

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from certstore.web.headers import SecurityHeaders, content_security_policy, permissions_policy


async def page(_request: Request) -> Response:
    return PlainTextResponse("x")


async def kept(_request: Request) -> Response:
    return PlainTextResponse("x", headers={"Cache-Control": "public, max-age=60"})


def answer(path: str = "/", *, https: bool = False):
    app = Starlette(routes=[Route("/kept", kept), Route("/{path:path}", page)])
    with TestClient(SecurityHeaders(app, https=https)) as client:
        return client.get(path)


def test_nothing_may_be_loaded_but_our_own():
    policy = answer().headers["content-security-policy"]
    for part in (
        "default-src 'none'",
        "script-src 'self';",
        "style-src 'self'",
        "img-src 'self' blob:",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    ):
        assert part in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("path", ["/scan", "/scan/file"])
def test_the_scanner_alone_may_compile_webassembly(path):
    assert "script-src 'self' 'wasm-unsafe-eval';" in content_security_policy(path)


@pytest.mark.parametrize("path", ["/", "/scanner", "/scan/history", "/x/scan"])
def test_no_other_page_may(path):
    assert "wasm" not in content_security_policy(path)


def test_camera_and_wake_lock_only_where_they_are_used():
    assert "camera=(self)" in permissions_policy("/scan")
    assert "camera=(self)" in permissions_policy("/applications/abc/photo")
    assert "screen-wake-lock=(self)" in permissions_policy("/certificates/abc/present")
    assert "(self)" not in permissions_policy("/certificates")


def test_pages_are_not_stored_unless_they_say_so():
    assert answer().headers["cache-control"] == "no-store"
    assert answer("/kept").headers["cache-control"] == "public, max-age=60"


def test_where_one_came_from_is_not_told():
    headers = answer().headers
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-opener-policy"] == "same-origin"


def test_https_is_insisted_on_only_where_there_is_https():
    assert "strict-transport-security" not in answer().headers
    assert "strict-transport-security" in answer(https=True).headers
