"""Where strangers' files are opened: a few processes, kept warm, replaced when a file ends one.

Nothing a file does to the library that opens it is done to the service: time and memory are
limited by the kernel, a crash ends a process that holds nothing. What comes back is facts, and
whether they prove anything is judged here, by signatures.
"""

import atexit
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import BoundedSemaphore, Lock
from typing import Final

from certstore.errors import UnavailableError
from verifiers.scanning.frames import Kind, Opened
from verifiers.scanning.limits import Limits
from verifiers.scanning.opened import NothingShown, OpenedDocument, OpenedPicture
from verifiers.scanning.reader import Reader

PLACES: Final = 2
WAITING: Final = 6
PATIENCE_S: Final = 5.0
RETRY_AFTER_S: Final = 5


class ReadingRoom:
    """An Opener with so many places, and so many who may wait for one; for all threads."""

    def __init__(
        self,
        *,
        places: int = PLACES,
        waiting: int = WAITING,
        patience_s: float = PATIENCE_S,
        limits: Limits | None = None,
    ) -> None:
        """Start nothing yet: a reader is started when it is first needed."""
        self._limits = limits or Limits()
        self._most, self._inside = places + waiting, 0
        self._patience_s = patience_s
        self._places = BoundedSemaphore(places)
        self._lock = Lock()
        self._idle: list[Reader] = []
        self._closed = False

    def warm(self) -> None:
        """Start one reader, so that the first file need not wait for it."""
        with self._lock:
            if not self._idle and not self._closed:
                self._idle.append(Reader(self._limits))

    def open_document(self, pdf: bytes) -> OpenedDocument | NothingShown:
        """See Opener."""
        opened = self._open(Kind.DOCUMENT, pdf)
        return NothingShown("FILE_UNREADABLE") if isinstance(opened, OpenedPicture) else opened

    def open_picture(self, data: bytes) -> OpenedPicture | NothingShown:
        """See Opener."""
        opened = self._open(Kind.PICTURE, data)
        return NothingShown("FILE_UNREADABLE") if isinstance(opened, OpenedDocument) else opened

    def readers(self) -> tuple[int, ...]:
        """The process ids of the readers that wait for a file."""
        with self._lock:
            return tuple(reader.pid for reader in self._idle)

    def close(self) -> None:
        """End the readers; whoever is inside finishes, and nobody comes in any more."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for reader in idle:
            reader.end()

    def _open(self, kind: Kind, data: bytes) -> Opened:
        with self._place():
            reader = self._take()
            try:
                return reader.ask(kind, data)
            finally:
                self._give_back(reader)

    @contextmanager
    def _place(self) -> Iterator[None]:
        # A bounded number waits: every one of them holds a thread that others could use.
        with self._lock:
            if self._inside >= self._most:
                raise _busy()
            self._inside += 1
        try:
            if not self._places.acquire(timeout=self._patience_s):
                raise _busy()
            try:
                yield
            finally:
                self._places.release()
        finally:
            with self._lock:
                self._inside -= 1

    def _take(self) -> Reader:
        while True:
            with self._lock:
                if self._closed:
                    raise UnavailableError("files are no longer opened here")
                if not self._idle:
                    return Reader(self._limits)
                reader = self._idle.pop()
            if reader.usable:
                return reader
            reader.end()

    def _give_back(self, reader: Reader) -> None:
        if not reader.usable:
            reader.end()
        with self._lock:
            if not self._closed:
                # The next file finds one that has begun to start, if not one that is ready.
                self._idle.append(reader if reader.usable else Reader(self._limits))
                return
        reader.end()


@cache
def reading_room() -> ReadingRoom:
    """The room of this process: processors and memory are the machine's, not a house's."""
    room = ReadingRoom()
    atexit.register(room.close)
    return room


def _busy() -> UnavailableError:
    return UnavailableError(
        "many files are being opened just now",
        remedy="try again in a few seconds",
        retry_after=RETRY_AFTER_S,
    )
