"""Static files under names that change with their content, so that they may be kept for ever.

Style sheets and modules refer to one another by plain relative names; here those names are
replaced by the hashed ones. Compressed forms are made on first use and kept in memory.
"""

import gzip
import hashlib
import posixpath
import re
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path

import brotli  # type: ignore[import-untyped]  # no types published
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from certstore.errors import MalformedError, NotFoundError

PREFIX = "/static/"
_MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
}
_REFERENCE = re.compile(
    r"""(?P<before>url\(\s*|\bfrom\s*|\bimport\s*\(?\s*)(?P<quote>["'])(?P<name>\.{0,2}[a-z0-9_./-]+\.(?:css|js|svg))(?P=quote)"""
)
_SERVED = re.compile(PREFIX + r"[a-zA-Z0-9_./-]+")
_FOR_EVER = "public, max-age=31536000, immutable"
_LARGE = (
    100_000  # bytes above which the slowest compression would delay the first answer by seconds
)


@dataclass(slots=True)
class StaticFile:
    """One file as it is served; `body` has its references replaced already."""

    url: str
    media_type: str
    body: bytes
    etag: str
    _encoded: dict[str, bytes] = field(default_factory=dict)

    def encoded(self, encoding: str) -> bytes:
        """The body as `br`, `gzip` or `identity`; the same bytes every time."""
        if encoding not in self._encoded:
            self._encoded[encoding] = _compress(self.body, encoding)
        return self._encoded[encoding]


def _compress(body: bytes, encoding: str) -> bytes:
    match encoding:
        case "br":
            return bytes(brotli.compress(body, quality=9 if len(body) > _LARGE else 11))
        case "gzip":
            return gzip.compress(body, 9, mtime=0)
        case _:
            return body


class StaticFiles:
    """The files below one folder, read once; raises MalformedError if a reference leads nowhere."""

    def __init__(self, folder: Path | None = None) -> None:
        """Read the folder; by default the project's own beside this module."""
        self._folder = folder or Path(str(files("certstore.web") / "static"))
        self._by_name: dict[str, StaticFile] = {}
        for path in sorted(self._folder.rglob("*")):
            if path.suffix in _MEDIA_TYPES:
                self._add(path.relative_to(self._folder).as_posix(), ())
        self._by_url = {file.url: file for file in self._by_name.values()}

    def asset(self, name: str) -> str:
        """The URL of a file by its plain name; raises NotFoundError."""
        try:
            return self._by_name[name].url
        except KeyError:
            raise NotFoundError("there is no such static file", where=name) from None

    def text(self, name: str) -> str:
        """A file's text as it is served; raises NotFoundError."""
        return self._by_url[self.asset(name)].body.decode("utf-8")

    def find(self, url: str) -> StaticFile | None:
        """The file served under this URL path."""
        return self._by_url.get(url)

    def needed_by(self, *texts: str) -> list[str]:
        """The URL paths of every file that these pages load, and that those load in turn."""
        found: dict[str, None] = {}
        waiting = list(texts)
        while waiting:
            for url in _SERVED.findall(waiting.pop()):
                file = self._by_url.get(url)
                if file is None or url in found:
                    continue
                found[url] = None
                if file.media_type.startswith("text/"):
                    waiting.append(file.body.decode("utf-8"))
        return sorted(found)

    def _add(self, name: str, seen: tuple[str, ...]) -> StaticFile:
        if name in self._by_name:
            return self._by_name[name]
        path = self._folder / name
        if name in seen or not path.is_file():
            raise MalformedError(
                "a static file refers to one that is not there, or to itself", where=name
            )
        body = path.read_bytes()
        if path.suffix in {".css", ".js"}:
            body = self._with_hashed_references(body.decode("utf-8"), name, (*seen, name)).encode()
        digest = hashlib.sha256(body).hexdigest()
        stem, suffix = posixpath.splitext(name)
        file = StaticFile(
            url=f"{PREFIX}{stem}.{digest[:8]}{suffix}",
            media_type=_MEDIA_TYPES[suffix],
            body=body,
            etag=f'"{digest[:32]}"',
        )
        self._by_name[name] = file
        return file

    def _with_hashed_references(self, text: str, name: str, seen: tuple[str, ...]) -> str:
        here = posixpath.dirname(name)

        def hashed(match: re.Match[str]) -> str:
            target = posixpath.normpath(posixpath.join(here, match["name"]))
            return f"{match['before']}{match['quote']}{self._add(target, seen).url}{match['quote']}"

        return _REFERENCE.sub(hashed, text)


@cache
def static_files() -> StaticFiles:
    """The project's own files, read once in a process: they never change while it runs."""
    return StaticFiles()


def _best_encoding(accepted: str) -> str:
    offered = {part.partition(";")[0].strip() for part in accepted.split(",")}
    return next((name for name in ("br", "gzip") if name in offered), "identity")


def static_routes(static: StaticFiles) -> list[Route]:
    """The route that serves the files: immutable, compressed, with a strong ETag per encoding."""

    async def serve(request: Request) -> Response:
        file = static.find(request.url.path)
        if file is None:
            return Response(status_code=404)
        encoding = _best_encoding(request.headers.get("accept-encoding", ""))
        etag = file.etag if encoding == "identity" else f'{file.etag[:-1]}-{encoding}"'
        headers = {"ETag": etag, "Cache-Control": _FOR_EVER, "Vary": "Accept-Encoding"}
        if request.headers.get("if-none-match") == etag:
            return Response(status_code=304, headers=headers)
        if encoding != "identity":
            headers["Content-Encoding"] = encoding
        return Response(file.encoded(encoding), media_type=file.media_type, headers=headers)

    return [Route(PREFIX + "{name:path}", serve, methods=["GET", "HEAD"])]
