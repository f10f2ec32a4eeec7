"""The headers every answer travels with: what a page may load, who may frame it, who may keep it.

`form-action 'self'` also stops a form post that is *redirected* to another origin, so sign-in
leaves for the identity provider by GET.
"""

import re
from collections.abc import Iterable, Sequence

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Header = tuple[bytes, bytes]

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
# Show a portrait, or pages of the file that was judged, drawn by us, inside the answer.
_PICTURES_WITHIN = re.compile(r"/scan(/file|/ask/result)?")
_SCANNER = re.compile(r"/scan(/file)?")
# Whoever has a worker makes its address by a policy of its own; on the scanner no other is allowed.
_ITS_WORKER = "; trusted-types scanner-worker"
_READS_CODES = re.compile(r"/scan(/file)?|/show")
_CAMERA = re.compile(r"/scan(/file)?|/show|/applications/[a-z0-9]+/photo")
_WAKE_LOCK = re.compile(r"/certificates/[a-z0-9]+/present|/show")
# Sorts by distance in the page; where the phone is, is sent to nobody.
_POSITION = "/service-points"
# Its form answers by sending the browser to a wallet, at an address or a scheme of its own.
_LEAVES = re.compile(r"/wallets/consent/[a-z0-9]+")
# Where one of these may fit.
_SPECIAL = re.compile(r"/(?:scan|show|applications|desk|certificates|wallets|service-points)")
_NOT_STORED = (b"cache-control", b"no-store")
_ALWAYS_HTTPS = (b"strict-transport-security", b"max-age=63072000; includeSubDomains")


def content_security_policy(path: str) -> str:
    """The policy of the page at this path; only what reads codes may compile WebAssembly.

    A picture or document that was handed in may do nothing at all.
    """
    if _HANDED_IN.fullmatch(path):
        return _SHOWN
    policy = _POLICY.format(wasm=" 'wasm-unsafe-eval'" if _READS_CODES.fullmatch(path) else "")
    if _PICTURES_WITHIN.fullmatch(path):
        policy = policy.replace(" blob:;", " blob: data:;")
    if _SCANNER.fullmatch(path):
        return policy + _ITS_WORKER
    return policy.replace("form-action 'self'; ", "") if _LEAVES.fullmatch(path) else policy


def permissions_policy(path: str) -> str:
    """Camera to read codes and for photos, wake lock on presenting, position at service points."""
    policy = _NOTHING
    if _CAMERA.fullmatch(path):
        policy = policy.replace("camera=()", "camera=(self)")
    if _WAKE_LOCK.fullmatch(path):
        policy = policy.replace("screen-wake-lock=()", "screen-wake-lock=(self)")
    if path == _POSITION:
        policy = policy.replace("geolocation=()", "geolocation=(self)")
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
                message["headers"] = self._added(message.get("headers", ()), scope["path"])
            await send(message)

        await self._app(scope, receive, with_headers)

    def _added(self, headers: Iterable[Header], path: str) -> list[Header]:
        ours = _ours(path) if _SPECIAL.match(path) else _PLAIN
        kept = [header for header in headers if header[0].lower() not in _OURS]
        if all(name.lower() != b"cache-control" for name, _ in kept):
            kept.append(_NOT_STORED)
        if self._https:
            kept.append(_ALWAYS_HTTPS)
        return [*kept, *ours]


def _ours(path: str) -> Sequence[Header]:
    return (
        (b"content-security-policy", content_security_policy(path).encode()),
        (b"permissions-policy", permissions_policy(path).encode()),
        (b"referrer-policy", b"no-referrer"),
        (b"x-content-type-options", b"nosniff"),
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"cross-origin-resource-policy", b"same-origin"),
    )


_PLAIN = _ours("/")
_OURS = frozenset({name for name, _ in _PLAIN} | {_ALWAYS_HTTPS[0]})
