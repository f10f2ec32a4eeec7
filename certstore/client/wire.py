"""HTTP to one service: bounded in time and size, tried again only where that is safe.

Tried again: what never arrived; 429 and 503, which promise that nothing was changed; and where a
request may be repeated (it carries an Idempotency-Key, or changes nothing) also an answer that
was torn, 502 and 504.
"""

import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from typing import Final, Self
from urllib.parse import urlsplit

import httpx

from certstore.chance import random_below
from certstore.client.problems import ClientError, ProblemError, UnreachableError, problem
from certstore.client.reading import read_object
from certstore.clock import Clock

_NEVER_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_NOTHING_CHANGED: Final = frozenset({429, 503})
_AT_THE_DOOR: Final = frozenset({502, 504})  # a proxy speaks; what stands behind it may have acted
_OK: Final = range(200, 300)
_LONGEST_WAIT_NAMED: Final = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How often a call is tried, and how long it may take; seconds.

    `answer_s` is for one whole answer. A Retry-After beyond `longest_pause_s` is not waited for.
    """

    connect_s: float = 5
    answer_s: float = 30
    tries: int = 4
    first_pause_s: float = 0.5
    longest_pause_s: float = 15
    largest_answer: int = 8 * 1024 * 1024  # bytes

    def pause(self, tries: int, asked_for: int | None) -> float | None:
        """How long to wait after so many tries; None to give up. Some of it is left to chance."""
        if tries >= self.tries or (asked_for or 0) > self.longest_pause_s:
            return None
        longest = min(self.longest_pause_s, self.first_pause_s * 2.0 ** (tries - 1))
        by_chance = longest * (500 + random_below(501)) / 1000
        return max(by_chance, asked_for or 0)


@dataclass(frozen=True, slots=True)
class Sent:
    """One request as it is sent; `url` is the whole address."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer; `skew` is their clock minus ours, where they told the time."""

    status: int
    headers: httpx.Headers
    body: bytes
    skew: timedelta | None

    @property
    def good(self) -> bool:
        """Whether it is an answer and no refusal."""
        return self.status in _OK

    @property
    def retry_after(self) -> int | None:
        """Seconds to wait, where the service names them."""
        said = self.headers.get("retry-after", "")
        known = said.isascii() and said.isdecimal() and len(said) < len(str(_LONGEST_WAIT_NAMED))
        return int(said) if known else None

    def problem(self) -> ProblemError:
        """The refusal it is."""
        try:
            said = read_object(self.body)
        except ClientError:
            said = {}  # some proxy's page
        return problem(self.status, said, retry_after=self.retry_after, skew=self.skew)


class Wire:
    """Asks one service over HTTP, by https or on this machine; follows no redirects."""

    def __init__(
        self,
        patience: Patience,
        clock: Clock,
        *,
        tls: ssl.SSLContext | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Nothing is asked yet; `tls` replaces the system's roots, and may hold a certificate."""
        limits = httpx.Timeout(patience.answer_s, connect=patience.connect_s)
        self._http = httpx.Client(timeout=limits, verify=True if tls is None else tls)
        self._patience, self._clock, self._sleep = patience, clock, sleep

    def close(self) -> None:
        """Give connections back."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ask(self, compose: Callable[[], Sent], *, repeatable: bool) -> Answer:
        """Ask until it is answered or patience ends; `compose` makes each try's request anew.

        The last answer is given, also a refusal. UnreachableError without any.
        """
        tries = 0
        while True:
            tries += 1
            sent = compose()
            try:
                answer = self._once(sent)
            except (httpx.HTTPError, httpx.InvalidURL, _CutError) as error:
                again = repeatable or isinstance(error, _NEVER_SENT)
                pause = self._patience.pause(tries, None) if again else None
                if pause is None:
                    raise _unreachable(sent.url, tries, error) from error
            else:
                again = answer.status in _NOTHING_CHANGED or (
                    repeatable and answer.status in _AT_THE_DOOR
                )
                pause = self._patience.pause(tries, answer.retry_after) if again else None
                if pause is None:
                    return answer
            self._sleep(pause)

    def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> Answer:
        """Fetch what is public; the refusal is raised."""
        answer = self.ask(lambda: Sent("GET", url, headers or {}), repeatable=True)
        if not answer.good:
            raise answer.problem()
        return answer

    def _once(self, sent: Sent) -> Answer:
        until = time.monotonic() + self._patience.answer_s
        received = bytearray()
        with self._http.stream(
            sent.method, sent.url, headers=dict(sent.headers), content=sent.body
        ) as answer:
            for chunk in answer.iter_bytes():
                received += chunk
                if len(received) > self._patience.largest_answer:
                    raise _CutError(f"longer than {self._patience.largest_answer} bytes")
                if time.monotonic() > until:
                    raise _CutError(f"not whole after {self._patience.answer_s} s")
        return Answer(
            answer.status_code,
            answer.headers,
            bytes(received),
            self._skew(answer.headers.get("date")),
        )

    def _skew(self, date: str | None) -> timedelta | None:
        try:
            theirs = parsedate_to_datetime(date or "")
        except ValueError:
            return None
        theirs = theirs if theirs.tzinfo else theirs.replace(tzinfo=UTC)
        ours: datetime = self._clock.now()
        return theirs - ours


class _CutError(Exception):
    """We stopped reading."""


def checked_address(base_url: str) -> str:
    """A service's address without a slash at its end; ClientError unless https or loopback."""
    base = base_url.rstrip("/")
    parts = urlsplit(base)
    host = parts.hostname or ""
    loopback = host == "localhost" or _is_loopback(host)
    safe = parts.scheme == "https" or (parts.scheme == "http" and loopback)
    if not host or not safe or "@" in parts.netloc or parts.query or parts.fragment:
        raise ClientError(
            "a service is asked by https, or on this machine",
            where=base_url,
            remedy="use its address as its operator told you: it begins with https://",
        )
    return base


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _unreachable(url: str, tries: int, error: Exception) -> UnreachableError:
    why = str(error) if isinstance(error, _CutError) else type(error).__name__
    return UnreachableError(
        f"no whole answer in {tries} {'try' if tries == 1 else 'tries'}: {why}",
        where=url,
        remedy="check the address and the network; ask again later",
    )
