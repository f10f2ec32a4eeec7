"""Short messages and mini-program messages by a gateway over HTTP. Signed both ways.

The protocol is our own and small (docs/reminders.md); a provider with another one gets an adapter
of its own behind the same promises. A gateway takes a key once, so what is unclear may go again.
"""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Annotated, Final, Literal, NoReturn

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from certstore.clock import Clock
from certstore.errors import MalformedError
from certstore.events.signing import signed_headers
from certstore.messages.channels import (
    Outgoing,
    RefusedForGoodError,
    TryLaterError,
    UnclearError,
)
from certstore.strict_json import parse_json_strict
from certstore.tokens import canonical_json

TIME_OUT_S: Final = 10.0
_MAX_ANSWER: Final = 16_384
_OK: Final = range(200, 300)
_NOT_TAKEN: Final = frozenset({429, 503})
_REFUSED: Final = frozenset({400, 404, 410, 413, 422})
_IN_DOUBT: Final = (range(500, 600), (408, 409, 425))
_PAUSE: Final = timedelta(seconds=30)  # where a gateway is busy and does not say until when
_SHORTEST, _LONGEST = timedelta(seconds=1), timedelta(hours=1)
_SECONDS: Final = re.compile("[0-9]{1,100}")


class SentIn(BaseModel):
    """A gateway's answer to what it has taken."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    id: Annotated[str, Field(pattern="^[!-~]{1,100}$")]


class RefusedIn(BaseModel):
    """A gateway's answer to what it will never take."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    fault: Literal["address", "message"]


@dataclass(frozen=True, slots=True)
class _Answer:
    """A gateway's answer, whole."""

    status: int
    body: bytes
    retry_after: str


class GatewayChannel:
    """Sends by one gateway; safe to share between threads."""

    def __init__(
        self, url: str, secret: bytes, clock: Clock, time_out_s: float = TIME_OUT_S
    ) -> None:
        """Nothing is sent yet. `secret` signs what we say, as theirs signs what they report."""
        self._url = url.rstrip("/")
        self._secret = secret
        self._clock = clock
        self._time_out_s = time_out_s
        self._client = httpx.Client(timeout=time_out_s, follow_redirects=False, trust_env=False)

    def close(self) -> None:
        """Give connections back."""
        self._client.close()

    @property
    def repeatable(self) -> bool:
        """What comes under a key that it knows is answered as before, and sent once."""
        return True

    def send(self, outgoing: Outgoing, leaving: Callable[[], None]) -> str:
        """POST /messages; the gateway's own name for it, empty where that cannot be read."""
        body = canonical_json(
            {
                "to": outgoing.to,
                "language": outgoing.lang,
                "title": outgoing.subject,
                "text": outgoing.text,
                "link": outgoing.link,
            }
        )
        leaving()
        answer = self._asked(outgoing.key, body)
        if answer.status not in _OK:
            _refuse(answer, self._clock.now())
        return _name_in(answer.body)

    def _asked(self, key: str, body: bytes) -> _Answer:
        """A whole answer in time."""
        headers = {
            **signed_headers(key, self._clock.now(), body, [self._secret]),
            "content-type": "application/json",
            "idempotency-key": key,
        }
        began, received = time.monotonic(), b""
        try:
            with self._client.stream(
                "POST", f"{self._url}/messages", content=body, headers=headers
            ) as answer:
                for chunk in answer.iter_bytes():
                    received += chunk
                    late = time.monotonic() - began > self._time_out_s
                    if late or len(received) > _MAX_ANSWER:
                        raise UnclearError("the gateway's answer is too long, or too slow")
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise TryLaterError("the gateway does not answer", reached=False) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise UnclearError("the line to the gateway broke") from error
        return _Answer(answer.status_code, received, answer.headers.get("retry-after", ""))


def _name_in(answer: bytes) -> str:
    try:
        parse_json_strict(answer, max_bytes=_MAX_ANSWER, max_depth=4)
        return SentIn.model_validate_json(answer).id
    except (MalformedError, ValidationError):
        return ""  # it was taken, whatever else it says


def _refuse(answer: _Answer, now: datetime) -> NoReturn:
    status = answer.status
    if status in _REFUSED:
        try:
            parse_json_strict(answer.body, max_bytes=_MAX_ANSWER, max_depth=4)
            fault = RefusedIn.model_validate_json(answer.body).fault
        except (MalformedError, ValidationError):
            fault = "message"  # no word of the address: that one is not given up
        raise RefusedForGoodError(f"the gateway refuses with {status}", fault)
    if status in _NOT_TAKEN:
        pause = _pause(answer.retry_after.strip(), now)
        raise TryLaterError(f"the gateway answers {status}", reached=True, pause=pause)
    if any(status in codes for codes in _IN_DOUBT):
        raise UnclearError(f"the gateway answers {status}")
    raise TryLaterError(f"the gateway answers {status}", reached=False)


def _pause(said: str, now: datetime) -> timedelta:
    """How long to leave a gateway alone: as it says (RFC 9110, 10.2.3), within an hour."""
    if _SECONDS.fullmatch(said):
        wanted = timedelta(seconds=min(int(said), _LONGEST.seconds))
    else:
        try:
            until = parsedate_to_datetime(said)
        except ValueError:
            return _PAUSE
        wanted = (until if until.tzinfo else until.replace(tzinfo=UTC)) - now
    return min(max(wanted, _SHORTEST), _LONGEST)
