"""The headers every answer travels with: what a page may load, who may frame it, who may keep it.

`form-action 'self'` also stops a form post that is *redirected* to another origin, so sign-in
leaves for the identity provider by GET.
"""

import re

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_POLICY = (
    "default-src 'none'; script-src 'self'{wasm}; style-src 'self'; img-src 'self' blob:; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
_NOTHING = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), screen-wake-lock=()"
# What strangers handed in, written anew by us: shown, and nothing in it may do anything.
_SHOWN = "default-src 'none'; sandbox; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_HANDED_IN = re.compile(
    r"(?:/applications/[a-z0-9]+/materials/[a-z_]+|/desk/uploads/[a-z0-9]+)/[a-z0-9]+"
    r"/(?:page|thumbnail|document)(?:-[0-9]+)?"
)
_SCANNER = re.compile(r"/scan(/file)?")
_CAMERA = re.compile(r"/scan(/file)?|/applications/[a-z0-9]+/photo")
_WAKE_LOCK = re.compile(r"/certificates/[a-z0-9]+/present")


def content_security_policy(path: str) -> str:
    """The policy of the page at this path; only the scanner may compile WebAssembly.

    A picture or document that was handed in may do nothing at all.
    """
    if _HANDED_IN.fullmatch(path):
        return _SHOWN
    return _POLICY.format(wasm=" 'wasm-unsafe-eval'" if _SCANNER.fullmatch(path) else "")


def permissions_policy(path: str) -> str:
    """Camera on the scanner and the photo page, wake lock on presenting, nothing else."""
    policy = _NOTHING
    if _CAMERA.fullmatch(path):
        policy = policy.replace("camera=()", "camera=(self)")
    if _WAKE_LOCK.fullmatch(path):
        policy = policy.replace("screen-wake-lock=()", "screen-wake-lock=(self)")
    return policy


class SecurityHeaders:
    """ASGI middleware that adds the headers; nothing is stored unless the answer says so."""

    def __init__(self, app: ASGIApp, *, https: bool = False) -> None:
        """Wrap an application; `https` adds Strict-Transport-Security."""
        self._app = app
        self._https = https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and add headers to the start of its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add(MutableHeaders(scope=message), scope["path"])
            await send(message)

        await self._app(scope, receive, with_headers)

    def _add(self, headers: MutableHeaders, path: str) -> None:
        headers["Content-Security-Policy"] = content_security_policy(path)
        headers["Permissions-Policy"] = permissions_policy(path)
        headers["Referrer-Policy"] = "no-referrer"
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        if "cache-control" not in headers:
            headers["Cache-Control"] = "no-store"
        if self._https:
            headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
