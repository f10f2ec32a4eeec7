"""Brings a webhook to its endpoint, and reads of the answer no more than its status.

Whoever answers may be hostile: the name is resolved here, every address it has is looked at, and
one of those is connected to, with no second look at the name in between. No proxy, no redirect,
no connection that is kept; ten seconds for everything, also for an endpoint that drips.
"""

import re
import socket
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Final

from certstore.errors import MalformedError
from certstore.events.destination import (
    Bounds,
    Destination,
    judge_address,
    parse_destination,
)
from certstore.events.outcomes import Outcome, judge_answer

TIME_OUT_S: Final = 10.0
_MAX_HEAD: Final = 16_384  # bytes of an answer's head, interim answers and all
_MAX_REST: Final = 16_384  # bytes of a body that are taken and thrown away, so that it can be sent
_PATIENCE_S: Final = 0.2  # for that body
_MOST_ADDRESSES: Final = 2  # that are tried; all are looked at
_STATUS = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})(?: [^\r\n]*)?")
_INTERIM = range(100, 200)
_SWITCHED = 101

Resolver = Callable[[str, int], Sequence[str]]


def system_resolver(host: str, port: int) -> Sequence[str]:
    """The addresses of a host, as the system knows them; OSError where there are none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


@dataclass(frozen=True, slots=True)
class Courier:
    """Sends webhooks; safe to share between threads."""

    bounds: Bounds
    resolve: Resolver = system_resolver
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    time_out_s: float = TIME_OUT_S

    def send(self, url: str, headers: Mapping[str, str], body: bytes) -> Outcome:
        """POST a body once; what went wrong is an outcome and no error.

        The ten seconds begin when the name is resolved: a resolver's own patience is its own.
        """
        try:
            place = parse_destination(url, self.bounds)
        except MalformedError:
            return Outcome("not_public")  # taken when more was allowed
        try:
            addresses = self._addresses(place)
        except (OSError, UnicodeError, ValueError):
            return Outcome("no_address")
        if not addresses:
            return Outcome("not_public")
        deadline = time.monotonic() + self.time_out_s
        return self._posted(place, addresses, _request(place, headers, body), deadline)

    def _addresses(self, place: Destination) -> Sequence[str]:
        """Where to connect to; none as soon as one address of the host is not public."""
        named = [place.host] if place.literal else self.resolve(place.host, place.port)
        allowed = (judge_address(ip_address(each), self.bounds) is None for each in named)
        return named[:_MOST_ADDRESSES] if named and all(allowed) else []

    def _posted(
        self, place: Destination, addresses: Sequence[str], request: bytes, deadline: float
    ) -> Outcome:
        opened = _connected(addresses, place.port, deadline)
        if opened is None:
            return Outcome("no_answer")
        with opened:
            try:
                connection = self._secured(opened, place, deadline)
            except (ssl.SSLError, OSError):
                return Outcome("not_secure")
            with connection:
                return _exchanged(connection, request, deadline)

    def _secured(self, opened: socket.socket, place: Destination, deadline: float) -> socket.socket:
        """The connection, with the certificate checked for the name and not for the address."""
        if not place.secure:
            return opened
        opened.settimeout(_left(deadline))
        return self.tls.wrap_socket(opened, server_hostname=place.host)


def _connected(addresses: Sequence[str], port: int, deadline: float) -> socket.socket | None:
    for number, address in enumerate(addresses, start=1):
        share = _left(deadline) / (len(addresses) - number + 1)  # the next one has its chance, too
        with suppress(OSError):
            return socket.create_connection((address, port), timeout=max(share, 0.001))
    return None


def _request(place: Destination, headers: Mapping[str, str], body: bytes) -> bytes:
    lines = [
        f"POST {place.target} HTTP/1.1",
        f"Host: {place.authority}",
        *(f"{name}: {value}" for name, value in headers.items()),
        f"Content-Length: {len(body)}",
        "Connection: close",
    ]
    return "\r\n".join(lines).encode("ascii") + b"\r\n\r\n" + body


def _exchanged(connection: socket.socket, request: bytes, deadline: float) -> Outcome:
    try:
        connection.settimeout(_left(deadline))
        connection.sendall(request)
        status = _status(connection, deadline)
    except OSError:
        return Outcome("no_answer")
    except ValueError:
        return Outcome("no_http")
    _take_rest(connection, deadline)
    return judge_answer(status)


def _status(connection: socket.socket, deadline: float) -> int:
    """The status of the final answer, once its head is whole; ValueError for what is no HTTP."""
    head, read = b"", 0
    while True:
        while b"\r\n\r\n" not in head:
            connection.settimeout(_left(deadline))
            piece = connection.recv(4096)
            read += len(piece)
            if not piece or read > _MAX_HEAD:
                raise ValueError("the answer's head does not end")
            head += piece
        answer, _, head = head.partition(b"\r\n\r\n")
        found = _STATUS.fullmatch(answer.partition(b"\r\n")[0])
        if found is None or int(found[1]) == _SWITCHED:
            raise ValueError("this is no answer of HTTP/1.1")
        if int(found[1]) not in _INTERIM:
            return int(found[1])


def _take_rest(connection: socket.socket, deadline: float) -> None:
    """Let an honest endpoint finish its sentence; nothing of it is kept."""
    taken, patience = 0, min(deadline, time.monotonic() + _PATIENCE_S)
    with suppress(OSError):
        while taken < _MAX_REST:
            connection.settimeout(_left(patience))
            piece = connection.recv(4096)
            if not piece:
                return
            taken += len(piece)


def _left(deadline: float) -> float:
    """The seconds left; TimeoutError when there are none, as zero would mean: do not wait."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("the time is over")
    return left
