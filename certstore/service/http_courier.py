"""A courier's system asked over HTTP: bookings, calling off, tracking. Signed both ways.

The protocol is our own and small (docs/cards.md); a courier with another one gets an adapter of
its own behind the same promises.
"""

import time
from collections.abc import Sequence
from typing import Final, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from certstore.chance import reference
from certstore.clock import Clock
from certstore.errors import MalformedError, UnavailableError
from certstore.events.signing import signed_headers
from certstore.strict_json import parse_json_strict
from certstore.tokens import canonical_json
from issuance.matters.cards.shipping.courier import Parcel
from issuance.matters.cards.shipping.tables import TrackingEvent
from issuance.matters.cards.shipping.words import BookedIn, TrackedIn

TIME_OUT_S: Final = 5.0
_MAX_ANSWER: Final = 262_144
_OK: Final = range(200, 300)
_GONE: Final = 409
_UNKNOWN: Final = 404
A = TypeVar("A", bound=BaseModel)


class HttpCourier:
    """Asks one courier; safe to share between threads."""

    def __init__(self, url: str, name: str, secret: bytes, clock: Clock) -> None:
        """Nothing is asked yet. `secret` signs what we ask, as theirs signs what they tell us."""
        self._url = url.rstrip("/")
        self._name = name
        self._secret = secret
        self._clock = clock
        self._client = httpx.Client(timeout=TIME_OUT_S, follow_redirects=False)

    @property
    def name(self) -> str:
        """Who carries, as holders read it."""
        return self._name

    def close(self) -> None:
        """Give connections back."""
        self._client.close()

    def book(self, parcel: Parcel) -> str:
        """POST /shipments; the courier knows a parcel by our reference and books it once."""
        body = canonical_json(
            {
                "shipment": parcel.ref,
                "pick_up": {"name": parcel.pick_up_at, "address": parcel.pick_up_address},
                "to": {
                    "name": parcel.recipient,
                    "phone": parcel.phone,
                    "address": parcel.address,
                },
                "window": {
                    "day": parcel.day.isoformat(),
                    "from": parcel.from_time,
                    "to": parcel.to_time,
                },
            }
        )
        status, answer = self._ask("POST", "/shipments", body)
        if status not in _OK:
            raise self._unavailable(f"a booking was answered with {status}")
        return self._read(BookedIn, answer).tracking_no

    def cancel(self, ref: str) -> bool:
        """DELETE /shipments/{ref}; 409 where the parcel has left, 404 where it was never booked."""
        status, _ = self._ask("DELETE", f"/shipments/{ref}", b"")
        if status in _OK or status == _UNKNOWN:
            return True
        if status == _GONE:
            return False
        raise self._unavailable(f"calling off was answered with {status}")

    def track(self, ref: str) -> Sequence[TrackingEvent]:
        """GET /shipments/{ref}/events."""
        status, answer = self._ask("GET", f"/shipments/{ref}/events", b"")
        if status not in _OK:
            raise self._unavailable(f"a question was answered with {status}")
        return [each.word() for each in self._read(TrackedIn, answer).events]

    def _ask(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        """Status and body of a whole answer in time; UnavailableError without one."""
        signed = {**signed_headers(reference(), self._clock.now(), body, [self._secret])}
        if body:
            signed["content-type"] = "application/json"
        began, received = time.monotonic(), b""
        try:
            with self._client.stream(
                method, f"{self._url}{path}", content=body, headers=signed
            ) as answer:
                for chunk in answer.iter_bytes():
                    received += chunk
                    late = time.monotonic() - began > TIME_OUT_S
                    if late or len(received) > _MAX_ANSWER:
                        raise self._unavailable("the courier's answer is too long, or too slow")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise self._unavailable("the courier does not answer") from error
        return answer.status_code, received

    def _read(self, kind: type[A], answer: bytes) -> A:
        try:
            parse_json_strict(answer, max_bytes=_MAX_ANSWER, max_depth=8)
            return kind.model_validate_json(answer)
        except (MalformedError, ValidationError) as error:
            raise self._unavailable("the courier's answer cannot be read") from error

    def _unavailable(self, detail: str) -> UnavailableError:
        return UnavailableError(detail, where="courier", remedy="the worker asks again by itself")
