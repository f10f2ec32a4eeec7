"""Events relayed from the outbox to NATS JetStream, and work taken from it by workers.

An event may be published any number of times: its id goes along as `Nats-Msg-Id` and the
stream drops what it has within the window. A worker may still see one twice (it died after
doing the work and before saying so): what it does must bear that. Durable as the server is:
run it with `sync_interval: always` (infra/nats.conf), or a power cut may take what was
acknowledged in the last two minutes.
"""

import asyncio
import re
import threading
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import unquote, urlsplit

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.errors import TimeoutError as NatsTimeoutError
from nats.js.api import ConsumerConfig, StorageType, StreamConfig
from nats.js.errors import NotFoundError as NoStreamError

from certstore.errors import MalformedError, TooLargeError, UnavailableError

if TYPE_CHECKING:
    from nats.js import JetStreamContext

_LARGEST_BODY = 512 * 1024  # bytes; the server's own limit is 1 MiB with headers
_AT_ONCE = 256  # publications on their way at a time
_TIMEOUT = timedelta(seconds=5)
_WINDOW = timedelta(hours=1)  # in which a published id is remembered
_ID = re.compile(r"[!-~]{1,128}")
_SUBJECT = re.compile(r"[A-Za-z0-9_-]{1,64}(?:\.[A-Za-z0-9_-]{1,64}){0,15}")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: its outbox id, its subject (`certstore.issued`), its body."""

    id: str
    subject: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Published:
    """How many of a batch are in the stream now, and how many of them had been there before."""

    stored: int
    duplicates: int


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event handed to a worker, to be acknowledged or given back."""

    event: Event
    attempt: int  # 1 the first time
    _message: Msg = field(repr=False)


class NatsQueue:
    """A stream of events on a NATS server; blocking calls, safe for threads.

    Every call raises UnavailableError if the server is down, and connects anew next time.
    """

    def __init__(
        self,
        url: str,
        *,
        stream: str = "CERTSTORE",
        subjects: str = "certstore.>",
        window: timedelta = _WINDOW,
        timeout: timedelta = _TIMEOUT,
    ) -> None:
        """Remember where (`nats://user:password@host:port`); connect at the first call."""
        self._url = url
        self._stream = StreamConfig(
            name=stream,
            subjects=[subjects],
            storage=StorageType.FILE,
            duplicate_window=window.total_seconds(),
        )
        self._timeout = timeout.total_seconds()
        self._client: Client | None = None
        self._takers: dict[str, JetStreamContext.PullSubscription] = {}
        self._connecting = asyncio.Lock()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="nats", daemon=True)
        self._thread.start()

    def publish(self, events: Sequence[Event]) -> Published:
        """Put the events into the stream; they are in it when this returns.

        If it raises UnavailableError some may be in: publish all of them again.
        """
        for event in events:
            _admit(event)
        return self._wait(self._publish(events))

    def take(
        self, durable: str, *, count: int = 100, wait: timedelta = timedelta(seconds=1)
    ) -> list[Delivery]:
        """Up to `count` events for this durable consumer, none if none come within `wait`.

        All workers with the same name share the events. What is neither acknowledged nor given
        back within 30 seconds is delivered again.
        """
        return self._wait(self._take(durable, count, wait.total_seconds()), wait)

    def acknowledge(self, deliveries: Sequence[Delivery]) -> None:
        """Say that these are done; the server has noted it when this returns."""
        self._wait(
            _together(one._message.ack_sync(self._timeout) for one in deliveries)  # noqa: SLF001 - ours
        )

    def give_back(self, deliveries: Sequence[Delivery], *, after: timedelta) -> None:
        """Have these delivered again, not before `after` has passed."""
        delay = after.total_seconds()
        self._wait(_together(one._message.nak(delay) for one in deliveries))  # noqa: SLF001 - ours

    def check(self) -> None:
        """Raise UnavailableError unless the server answers and has the stream."""
        self._wait(self._ask_stream())

    def close(self) -> None:
        """Let go of the connection and the thread; the queue cannot be used afterwards."""
        if self._loop.is_closed():
            return
        asyncio.run_coroutine_threadsafe(self._disconnect(), self._loop).result(self._timeout)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(self._timeout)
        self._loop.close()

    # --- inside the thread ----------------------------------------------------------------

    async def _publish(self, events: Sequence[Event]) -> Published:
        stream = (await self._connected()).jetstream(timeout=self._timeout)
        duplicates = 0
        for first in range(0, len(events), _AT_ONCE):
            notes = await asyncio.gather(
                *(
                    stream.publish(
                        one.subject,
                        one.body,
                        stream=self._stream.name,
                        headers={"Nats-Msg-Id": one.id},
                    )
                    for one in events[first : first + _AT_ONCE]
                )
            )
            duplicates += sum(bool(note.duplicate) for note in notes)
        return Published(len(events), duplicates)

    async def _take(self, durable: str, count: int, wait: float) -> list[Delivery]:
        client = await self._connected()
        taker = self._takers.get(durable)
        if taker is None:
            taker = await client.jetstream(timeout=self._timeout).pull_subscribe(
                self._stream.subjects[0] if self._stream.subjects else "",
                durable=durable,
                stream=self._stream.name,
                config=ConsumerConfig(ack_wait=30.0, max_ack_pending=10 * _AT_ONCE),
            )
            self._takers[durable] = taker
        try:
            messages = await taker.fetch(count, timeout=wait)
        except NatsTimeoutError:
            if not client.is_connected:
                raise
            return []
        return [_delivery(message) for message in messages]

    async def _ask_stream(self) -> None:
        client = await self._connected()
        await client.jetstream(timeout=self._timeout).stream_info(str(self._stream.name))

    async def _connected(self) -> Client:
        """The connection, made anew if it was lost, with the stream behind it."""
        async with self._connecting:
            if self._client is None or not self._client.is_connected:
                await self._disconnect()
                client = await _connect(self._url, self._timeout)
                self._client = client
                manager = client.jsm(timeout=self._timeout)
                try:
                    await manager.stream_info(str(self._stream.name))
                except NoStreamError:
                    await manager.add_stream(self._stream)
            return self._client

    async def _disconnect(self) -> None:
        self._takers.clear()
        if self._client is not None:
            client, self._client = self._client, None
            await client.close()

    def _wait(self, work: Coroutine[Any, Any, _T], longer: timedelta = timedelta()) -> _T:
        """Run it in the thread; say what goes wrong in the house's words."""
        job = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return job.result(6 * self._timeout + longer.total_seconds())
        except (NatsError, OSError, TimeoutError) as error:
            job.cancel()
            if "authorization violation" in str(error).lower():
                raise UnavailableError(
                    "the NATS server refuses our user and password",
                    remedy="look at CERTSTORE_NATS_URL and the server's users",
                ) from error
            raise UnavailableError(
                "the NATS server does not answer as it should",
                where=str(self._stream.name),
                remedy="see whether it is up with JetStream on; events wait in the outbox",
            ) from error


def _admit(event: Event) -> None:
    """Refuse what would be read as something else on the wire, or is too large for it."""
    if not _ID.fullmatch(event.id) or not _SUBJECT.fullmatch(event.subject):
        raise MalformedError(
            "an event's id is 1 to 128 visible characters, its subject words joined by points"
        )
    if len(event.body) > _LARGEST_BODY:
        raise TooLargeError(
            f"an event has at most {_LARGEST_BODY} bytes, this one has {len(event.body)}",
            where=event.id,
            limit=_LARGEST_BODY,
        )


def _delivery(message: Msg) -> Delivery:
    headers = message.headers or {}
    event = Event(headers.get("Nats-Msg-Id", ""), message.subject, message.data)
    return Delivery(event, message.metadata.num_delivered or 1, message)


async def _together(jobs: Any) -> None:  # noqa: ANN401 - any iterable of awaitables
    await asyncio.gather(*jobs)


async def _connect(url: str, timeout: float) -> Client:  # noqa: ASYNC109 - handed on to the client
    """A connection; user and password are decoded from the URL, which the client does not do."""
    parts = urlsplit(url)
    client = Client()
    try:
        await client.connect(
            f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}",
            user=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            allow_reconnect=False,  # the next call connects; nothing waits in a buffer
            max_reconnect_attempts=1,
            reconnect_time_wait=0,
            connect_timeout=max(1, int(timeout)),
            error_cb=_told_by_the_call,
        )
    except BaseException:
        await client.close()
        raise
    return client


async def _told_by_the_call(_: Exception) -> None:
    """Errors reach the caller of the call they spoil; the client need not print them too."""
