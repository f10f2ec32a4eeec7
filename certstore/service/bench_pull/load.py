"""The asking side of the benchmark: raw HTTP/1.1 over kept connections, at little cost.

Requests stand ready as bytes, so that the load takes next to nothing from the worker's machine.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import quantiles

from certstore.errors import UnavailableError

_OK = b"HTTP/1.1 200"
_END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Round:
    """How long a round of requests took, and each of them; seconds."""

    seconds: float
    latencies: Sequence[float]

    def percentile(self, share: int) -> float:
        """The latency that so many of 100 do not exceed."""
        return quantiles(self.latencies, n=100)[share - 1]


class _Connection(asyncio.Protocol):
    """One kept connection: sends a request, waits for its whole answer, asks for the next."""

    def __init__(self, answered: Callable[["_Connection", bytes], None]) -> None:
        self._answered = answered
        self._buffer = b""
        self.transport: asyncio.Transport | None = None
        self.began = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]  # TCP's is a Transport

    def send(self, request: bytes, began: float) -> None:
        self.began = began
        if self.transport is None:
            raise UnavailableError("a connection of the benchmark was not made")
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, body = self._buffer.partition(_END)
        if not found:
            return
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        if len(body) < int(length or 0):
            return
        answer, self._buffer = self._buffer, b""
        self._answered(self, answer)


async def ask_all(port: int, requests: Sequence[bytes], connections: int, rate: float = 0) -> Round:
    """Send every request over so many connections, each waiting for its answer before the next.

    With a rate, request n is due at n / rate seconds, and its latency counts from then on, also
    where no connection was free. UnavailableError for any answer but 200.
    """
    asking = _Asking(requests, rate)
    await asking.connect(port, connections)
    try:
        return await asking.run()
    finally:
        asking.close()


class _Asking:
    """One round: who has been asked what, and how long it took."""

    def __init__(self, requests: Sequence[bytes], rate: float) -> None:
        self._waiting, self._count, self._rate = iter(requests), len(requests), rate
        self._loop = asyncio.get_running_loop()
        self._done: asyncio.Future[None] = self._loop.create_future()
        self._latencies: list[float] = []
        self._all: list[_Connection] = []
        self._free: asyncio.Queue[_Connection] = asyncio.Queue()

    async def connect(self, port: int, connections: int) -> None:
        """Open the connections."""
        for _ in range(connections):
            _, made = await self._loop.create_connection(
                lambda: _Connection(self._answered), "127.0.0.1", port
            )
            self._all.append(made)

    async def run(self) -> Round:
        """Ask everything, and wait for the last answer."""
        began = self._loop.time()
        if self._rate:
            await self._at_rate(began)
        else:
            for connection in self._all:
                self._go_on(connection)
        await self._done
        return Round(self._loop.time() - began, self._latencies)

    def close(self) -> None:
        """Close the connections."""
        for connection in self._all:
            if connection.transport is not None:
                connection.transport.close()

    async def _at_rate(self, began: float) -> None:
        for connection in self._all:
            self._free.put_nowait(connection)
        for number, request in enumerate(self._waiting):
            due = began + number / self._rate
            await asyncio.sleep(max(0.0, due - self._loop.time()))
            (await self._free.get()).send(request, due)

    def _go_on(self, connection: _Connection) -> None:
        request = next(self._waiting, None)
        if request is not None:
            connection.send(request, self._loop.time())

    def _answered(self, connection: _Connection, answer: bytes) -> None:
        self._latencies.append(self._loop.time() - connection.began)
        if self._done.done():
            return
        if not answer.startswith(_OK):
            said = UnavailableError(f"the worker answered {answer[-600:]!r}")
            self._done.set_exception(said)
        elif len(self._latencies) == self._count:
            self._done.set_result(None)
        elif self._rate:
            self._free.put_nowait(connection)
        else:
            self._go_on(connection)
