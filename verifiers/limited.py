"""Where strangers' files are worked on: a few processes with hard limits, kept warm.

Nothing that a file does to the libraries that open it is done to the service: time and memory
are limited by the kernel, and a crash ends a process that holds nothing. The same design as
verifiers/scanning/reading_room.py, for tasks whose answer is bytes.
"""

import atexit
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from threading import BoundedSemaphore, Lock
from typing import IO, Final, cast

import verifiers
from certstore.errors import MalformedError, UnavailableError
from verifiers.limited_process import ANSWER, DONE, READY, REQUEST, TOO_COSTLY
from verifiers.materials.handed_in_work import LARGEST_ANSWER, LimitsExceededError
from verifiers.scanning.limits import Limits

# A picture of 24 megapixels with transparency takes 1 s and 400 MB, a page of a document 0.2 s.
LIMITS: Final = Limits(cpu_s=20, wall_s=45, memory_mb=768)
_ROOT: Final = str(Path(verifiers.__file__).parents[1])
_BEGIN: Final = (
    "import sys; sys.path.insert(0, sys.argv[1]);from verifiers.limited_process import main; main()"
)
_START_S: Final = 60
_LONGEST_LIFE: Final = 500  # tasks; what libraries leak goes with the process
_ASKED_TO_END: Final = {-signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP}  # by an operator
_RETRY_AFTER_S: Final = 5


class LimitedProcess:
    """One process; to be asked by one thread at a time, and while `usable`."""

    def __init__(self, limits: Limits) -> None:
        """Start it, and do not wait until it is ready."""
        self._limits = limits
        self._ready = self._overran = False
        self._tasks = 0
        # The interpreter we run on and our own code, no shell, nothing from outside; a new
        # interpreter and no fork, for the service has threads.
        self._process = subprocess.Popen(  # noqa: S603 - see the comment
            [sys.executable, "-I", "-B", "-c", _BEGIN, _ROOT, limits.spell()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},  # the service's holds its secrets
            cwd="/",
        )
        self._requests = cast("IO[bytes]", self._process.stdin)
        self._answers = cast("IO[bytes]", self._process.stdout)

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def usable(self) -> bool:
        """Whether it lives and may be asked once more."""
        return self._process.poll() is None and self._tasks < _LONGEST_LIFE

    def ask(self, task: str, data: bytes) -> bytes:
        """Have a task done; raises as Limited says, and MalformedError where the task failed."""
        self._tasks += 1
        if not self._ready:
            self._ready = self._within(_START_S, lambda: self._answers.read(len(READY))) == READY
        if not self._ready:
            self.end()
            raise UnavailableError(
                "the process that opens files does not start", remedy="see docs/uploads.md"
            )
        answer = self._within(self._limits.wall_s, lambda: self._exchange(task, data))
        if answer is None:
            raise self._ended_itself()
        if answer[:1] == TOO_COSTLY:
            self.end()  # short of memory from now on
            raise LimitsExceededError("a file took more memory than it may")
        if answer[:1] != DONE:
            self.end()  # it fails, or somebody else speaks through it
            raise MalformedError("a limited process could make nothing of a file")
        return answer[ANSWER.size :]

    def end(self) -> None:
        """End it at once; nothing is left of it. May be called again."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._requests, self._answers):
            with suppress(OSError):
                pipe.close()

    def _exchange(self, task: str, data: bytes) -> bytes | None:
        self._requests.write(REQUEST.pack(task.encode("ascii"), len(data)))
        self._requests.write(data)
        self._requests.flush()
        head = self._answers.read(ANSWER.size)
        if len(head) < ANSWER.size:
            return None
        _, length = ANSWER.unpack(head)
        if length > LARGEST_ANSWER:
            return b""
        answer = self._answers.read(length)
        return head + answer if len(answer) == length else None

    def _within(self, seconds: float, act: Callable[[], bytes | None]) -> bytes | None:
        """What `act` gives, or None when the process ended, by itself or at the end of the time.

        Its end is what frees a thread that waits for its pipes.
        """
        timer = threading.Timer(seconds, self._overrun)
        timer.daemon = True
        timer.start()
        try:
            return act()
        except OSError:  # a broken pipe
            return None
        finally:
            timer.cancel()
            timer.join()

    def _overrun(self) -> None:
        self._overran = True
        self._process.kill()

    def _ended_itself(self) -> UnavailableError:
        self._process.kill()  # if it has only closed its pipes
        code = self._process.wait()
        self.end()
        if code in _ASKED_TO_END and not self._overran:
            return UnavailableError("the file could not be opened just now", remedy="try again")
        return LimitsExceededError("a file took more time or memory than it may")


class LimitedRoom:
    """A Limited with so many processes, and so many who may wait for one; for all threads."""

    def __init__(
        self,
        *,
        places: int = 1,
        waiting: int = 6,
        patience_s: float = 20.0,
        limits: Limits = LIMITS,
    ) -> None:
        """Start nothing yet: a process is started when it is first needed."""
        self._limits = limits
        self._most, self._inside = places + waiting, 0
        self._patience_s = patience_s
        self._places = BoundedSemaphore(places)
        self._lock = Lock()
        self._idle: list[LimitedProcess] = []
        self._closed = False

    def __call__(self, task: str, data: bytes) -> bytes:
        """See Limited."""
        with self._place():
            process = self._take()
            try:
                return process.ask(task, data)
            finally:
                self._give_back(process)

    def processes(self) -> tuple[int, ...]:
        """The ids of the processes that wait for a task."""
        with self._lock:
            return tuple(process.pid for process in self._idle)

    def close(self) -> None:
        """End the processes; whoever is inside finishes, and nobody comes in any more."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for process in idle:
            process.end()

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

    def _take(self) -> LimitedProcess:
        while True:
            with self._lock:
                if self._closed:
                    raise UnavailableError("files are no longer opened here")
                if not self._idle:
                    return LimitedProcess(self._limits)
                process = self._idle.pop()
            if process.usable:
                return process
            process.end()

    def _give_back(self, process: LimitedProcess) -> None:
        if process.usable:
            with self._lock:
                if not self._closed:
                    self._idle.append(process)
                    return
        process.end()


@cache
def limited_room() -> LimitedRoom:
    """The room of this process: processors and memory are the machine's, not a house's."""
    room = LimitedRoom()
    atexit.register(room.close)
    return room


def _busy() -> UnavailableError:
    return UnavailableError(
        "many files are being opened just now",
        remedy="try again in a few seconds",
        retry_after=_RETRY_AFTER_S,
    )
