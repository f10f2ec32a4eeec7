"""One reader process, seen from the service: asked for one file, ended when it takes too long."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Final, cast

import verifiers
from certstore.errors import MalformedError, UnavailableError
from verifiers.scanning.frames import (
    ANSWER,
    LARGEST_ANSWER,
    READY,
    REQUEST,
    Kind,
    Opened,
    read_answer,
)
from verifiers.scanning.limits import Limits
from verifiers.scanning.opened import FILE_TOO_COSTLY, NothingShown

_ROOT: Final = str(Path(verifiers.__file__).parents[1])
_BEGIN: Final = (
    "import sys; sys.path.insert(0, sys.argv[1]);"
    "from verifiers.scanning.reading_process import main; main()"
)
_START_S: Final = 60
_LONGEST_LIFE: Final = 1000  # files; what libraries leak goes with the process
_ASKED_TO_END: Final = {-signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP}  # by an operator


class Reader:
    """A process that opens files; to be asked by one thread at a time, and while `usable`."""

    def __init__(self, limits: Limits) -> None:
        """Start it, and do not wait until it is ready."""
        self._limits = limits
        self._ready = self._overran = False
        self._files = 0
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
        return self._process.poll() is None and self._files < _LONGEST_LIFE

    def ask(self, kind: Kind, data: bytes) -> Opened:
        """Have it open one file; what is too costly ends the process, and is an answer.

        UnavailableError if it does not start, or was ended by somebody else meanwhile.
        """
        self._files += 1
        if not self._ready:
            self._ready = self._within(_START_S, lambda: self._answers.read(len(READY))) == READY
        if not self._ready:
            self.end()
            raise UnavailableError(
                "the process that opens files does not start", remedy="see docs/verifying.md"
            )
        answer = self._within(self._limits.wall_s, lambda: self._exchange(kind, data))
        if answer is None:
            return self._ended_itself()
        try:
            opened = read_answer(answer)
        except MalformedError:  # somebody else speaks through it
            self.end()
            return NothingShown("FILE_UNREADABLE")
        if opened == NothingShown(FILE_TOO_COSTLY):
            self.end()  # short of memory from now on
        return opened

    def end(self) -> None:
        """End it at once; nothing is left of it. May be called again."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._requests, self._answers):
            with suppress(OSError):
                pipe.close()

    def _exchange(self, kind: Kind, data: bytes) -> bytes | None:
        self._requests.write(REQUEST.pack(kind.value, len(data)))
        self._requests.write(data)
        self._requests.flush()
        head = self._answers.read(ANSWER.size)
        if len(head) < ANSWER.size:
            return None
        (length,) = ANSWER.unpack(head)
        if length > LARGEST_ANSWER:
            return b""
        answer = self._answers.read(length)
        return answer if len(answer) == length else None

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

    def _ended_itself(self) -> Opened:
        self._process.kill()  # if it has only closed its pipes
        code = self._process.wait()
        self.end()
        if code in _ASKED_TO_END and not self._overran:
            raise UnavailableError("the file could not be opened just now", remedy="try again")
        return NothingShown(FILE_TOO_COSTLY)
