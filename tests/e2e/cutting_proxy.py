"""A network between browser and service that is slow, breaks off, and comes back."""

import selectors
import socket
import struct
import threading
from contextlib import suppress
from dataclasses import dataclass, field

_CHUNK = 16_384


@dataclass
class CuttingProxy:
    """Carries bytes from a port of its own to another; every connection breaks when it is told.

    `cut_after` lists totals of bytes from the browser at which the network breaks; while `down`
    it takes nobody. `sent` counts what the browser sent, whatever became of it.
    """

    target: int
    cut_after: list[int] = field(default_factory=list)
    sent: int = 0
    cuts: int = 0
    down: bool = False

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._ends: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._open = True
        threading.Thread(target=self._accept, daemon=True, name="proxy").start()

    def break_off(self) -> None:
        """Tear every connection down, as a network does that is lost."""
        with self._lock:
            ends, self._ends = self._ends, set()
            self.cuts += 1
        for end in ends:
            with suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Stop listening and break off."""
        self._open = False
        self._listener.close()
        self.break_off()

    def _accept(self) -> None:
        while self._open:
            try:
                browser, _ = self._listener.accept()
            except OSError:
                return
            if self.down:
                browser.close()
                continue
            service = socket.create_connection(("127.0.0.1", self.target))
            with self._lock:
                self._ends |= {browser, service}
            threading.Thread(target=self._carry, args=(browser, service), daemon=True).start()

    def _carry(self, browser: socket.socket, service: socket.socket) -> None:
        other = {browser: service, service: browser}
        with selectors.DefaultSelector() as chosen, suppress(OSError, ValueError, KeyError):
            for end in other:
                chosen.register(end, selectors.EVENT_READ)
            while True:
                for key, _ in chosen.select():
                    end = key.fileobj
                    data = end.recv(_CHUNK)
                    if not data:
                        raise OSError
                    if end is browser:
                        self._count(len(data))
                    other[end].sendall(data)
        for end in other:
            end.close()

    def _count(self, count: int) -> None:
        self.sent += count
        if self.cut_after and self.sent >= self.cut_after[0]:
            self.cut_after.pop(0)
            self.break_off()
