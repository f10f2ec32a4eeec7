"""Asking a face provider over HTTPS: one question, one bounded answer, never a second try.

The connection's certificate is checked against the system's store, whatever the environment
says; proxies and redirects are not followed. A question is not repeated here: providers
charge for some of them, and a start that was received twice makes two verifications.
"""

import contextlib
import hashlib
import logging
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address
from typing import Final, NoReturn
from urllib.parse import SplitResult, urlsplit

import httpx

from certstore.errors import MalformedError, UnavailableError
from certstore.strict_json import parse_json_strict

MAX_ANSWER: Final = 262_144  # bytes; a text answer has a few kB, one with pictures is not wanted
_DEPTH = 12


class _WithoutQuery(logging.Filter):
    """Cuts addresses in httpx's log at the question mark: WeChat's carry an access token there."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through, its addresses cut."""
        if isinstance(record.args, tuple):
            record.args = tuple(
                str(arg).partition("?")[0] if isinstance(arg, httpx.URL) else arg
                for arg in record.args
            )
        return True


logging.getLogger("httpx").addFilter(_WithoutQuery())


@dataclass(frozen=True, slots=True)
class Answer:
    """A provider's answer: its JSON members, its bytes as they came, and their SHA-256."""

    members: Mapping[str, object]
    raw: bytes

    @property
    def raw_sha256(self) -> str:
        """SHA-256 of the answer, in hex: all that is kept of it beside the facts."""
        return hashlib.sha256(self.raw).hexdigest()


def unreadable(provider: str, cause: str, detail: str) -> UnavailableError:
    """The error of an answer that is none; nothing was changed, and asking later is safe."""
    return UnavailableError(
        detail,
        where=provider,
        remedy="try again shortly, or use another way than the face",
        cause=cause,
    )


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks one provider; `patience`, in seconds, bounds connecting, sending and the answer each."""

    provider: str
    endpoint: str
    patience: float = 6.0

    def __post_init__(self) -> None:
        """Refuse an endpoint that is reached without TLS, other than this machine itself."""
        parts = urlsplit(self.endpoint)
        secure = parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts))
        if not secure or parts.query or parts.fragment or parts.username:
            raise MalformedError(
                "a face provider's endpoint is no plain https address",
                where=self.provider,
                remedy="write it as https://host or https://host/path",
            )

    @property
    def host(self) -> str:
        """The endpoint's host, with its port where one is written."""
        return urlsplit(self.endpoint).netloc

    def post(
        self,
        path: str,
        body: bytes,
        *,
        headers: Mapping[str, str],
        query: str = "",
    ) -> Answer:
        """Post a body; UnavailableError with `facts["cause"]` for all but one JSON object.

        Causes: unreachable, timeout, redirect, status, too-large, and those of parse_json_strict.
        """
        url = f"{self.endpoint.rstrip('/')}{path}" + (f"?{query}" if query else "")
        try:
            raw = self._sent(url, body, headers)
        except httpx.TimeoutException:
            self._late()
        except httpx.HTTPError as error:
            # `from None`: the address may hold an access token.
            raise unreadable(
                self.provider,
                "unreachable",
                f"a face provider does not answer ({type(error).__name__})",
            ) from None
        return Answer(self._members(raw), raw)

    def _sent(self, url: str, body: bytes, headers: Mapping[str, str]) -> bytes:
        deadline = time.monotonic() + self.patience
        with (
            httpx.Client(
                verify=_system_store(),
                timeout=self.patience,
                follow_redirects=False,
                trust_env=False,
            ) as client,
            client.stream("POST", url, content=body, headers=dict(headers)) as answer,
        ):
            self._check_status(answer)
            return self._bounded(answer, deadline)

    def _check_status(self, answer: httpx.Response) -> None:
        if answer.is_redirect:
            raise unreadable(self.provider, "redirect", "a face provider leads somewhere else")
        if answer.status_code != httpx.codes.OK:
            raise unreadable(
                self.provider,
                "status",
                f"a face provider answers with HTTP status {answer.status_code}",
            )

    def _bounded(self, answer: httpx.Response, deadline: float) -> bytes:
        taken = bytearray()
        for piece in answer.iter_bytes():
            taken += piece
            if len(taken) > MAX_ANSWER:
                raise unreadable(
                    self.provider,
                    "too-large",
                    f"a face provider's answer has more than {MAX_ANSWER} bytes",
                )
            if time.monotonic() > deadline:  # one that drips keeps each single read alive
                self._late()
        return bytes(taken)

    def _late(self) -> NoReturn:
        raise unreadable(
            self.provider,
            "timeout",
            f"a face provider did not answer within {self.patience:g} s",
        ) from None

    def _members(self, raw: bytes) -> Mapping[str, object]:
        try:
            found = parse_json_strict(raw, max_bytes=MAX_ANSWER, max_depth=_DEPTH)
        except MalformedError as error:
            raise unreadable(
                self.provider,
                str(error.facts["cause"]),
                "a face provider's answer is no plain JSON",
            ) from None
        if not isinstance(found, dict):
            raise unreadable(self.provider, "json", "a face provider's answer is no JSON object")
        return found


@cache
def _system_store() -> ssl.SSLContext:
    """TLS 1.2 or later, host name checked, certificates of the system's store and no others."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _is_loopback(parts: SplitResult) -> bool:
    with contextlib.suppress(ValueError):
        return ip_address(parts.hostname or "").is_loopback
    return False
