"""A visitor of the demonstration: uses the service's own pages over HTTP, as a browser would."""

import html
import re
from typing import Any, Self

import httpx

from certstore.errors import CertstoreError

_HIDDEN = re.compile(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)">')


class DemoError(CertstoreError):
    """A step of the demonstration did not go as promised; the message says which."""


class Visitor:
    """One person's browser: follows redirects, keeps cookies, sends forms with their tokens."""

    def __init__(self, base: str) -> None:
        """Visit the service at this address."""
        self.http = httpx.Client(base_url=base, follow_redirects=True, timeout=30)
        self.http.headers["Accept"] = "text/html,application/xhtml+xml"

    def __enter__(self) -> Self:
        """Open."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.http.close()

    def sign_in(self, person: str) -> None:
        """Sign in as somebody of the invented city."""
        asked = self.get("/sign-in/leave?return_to=/")
        self.form(asked, "/development-identity/authorize", {"person": person})

    def get(self, path: str) -> httpx.Response:
        """Open a page; DemoError if it is not there."""
        return _expect(self.http.get(path), path)

    def form(self, page: httpx.Response, path: str, fields: dict[str, str]) -> httpx.Response:
        """Send the form of a page with its hidden fields."""
        hidden = {name: html.unescape(value) for name, value in _HIDDEN.findall(page.text)}
        return _expect(self.http.post(path, data={**hidden, **fields}), path)

    def token(self, page: httpx.Response) -> str:
        """The form token of a page."""
        found = dict(_HIDDEN.findall(page.text)).get("csrf")
        if found is None:
            marked = re.search(r'data-csrf="([^"]+)"', page.text)
            found = marked.group(1) if marked else ""
        return found

    def api(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Ask the API."""
        headers = {"Accept": "application/json"}
        answer = (
            self.http.get(path, headers=headers)
            if body is None
            else self.http.post(path, json=body, headers=headers)
        )
        found: dict[str, Any] = _expect(answer, path).json()
        return found


def _expect(answer: httpx.Response, path: str) -> httpx.Response:
    if answer.status_code >= httpx.codes.BAD_REQUEST:
        said = re.sub(r"<[^>]+>|\s+", " ", answer.text)[:300]
        raise DemoError(f"{path} answered {answer.status_code}: {said}")
    return answer
