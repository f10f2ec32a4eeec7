"""One limited process, seen from the service: asked one task at a time, ended when it overruns."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, TypeVar, cast

import verifiers
from certstore.errors import MalformedError, UnavailableError
from verifiers.limited.asking import LimitsExceededError
from verifiers.limited.child import ANSWER, DONE, FAILED, READY, REQUEST, TOO_COSTLY
from verifiers.limited.limits import Limits

_ROOT: Final = str(Path(verifiers.__file__).parents[1])
_BEGIN: Final = (
    "import sys; sys.path.insert(0, sys.argv[1]); from verifiers.limited.child import main; main()"
)
_START_S: Final = 60
_ASKED_TO_END: Final = {-signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP}  # by an operator

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """What a process is there for, and what it may cost."""

    tasks: str  # the module whose tasks() the process does; imported there and nowhere here
    limits: Limits  # of one task
    largest_answer: int  # bytes
    longest_life: int  # tasks; what libraries leak goes with the process
    remedy: str  # what an operator can do about a process that does not start


class LimitedProcess:
    """One process; to be asked by one thread at a time, and while `usable`."""

    def __init__(self, assignment: Assignment) -> None:
        """Start it, and do not wait until it is ready."""
        self._assignment = assignment
        self._ready = self._overran = False
        self._tasks = 0
        arguments = [_ROOT, assignment.tasks, assignment.limits.spell()]
        # The interpreter we run on and our own code, no shell, nothing from outside; a new
        # interpreter and no fork, for the service has threads.
        self._process = subprocess.Popen(  # noqa: S603 - see the comment
            [sys.executable, "-I", "-B", "-c", _BEGIN, *arguments],
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
        return self._process.poll() is None and self._tasks < self._assignment.longest_life

    def ask(self, task: str, data: bytes, read: Callable[[bytes], _T]) -> _T:
        """Have a task done and its answer read, as Limited says; ends it whatever is raised."""
        self._tasks += 1
        try:
            self._await_start()
            return read(self._answer(task, data))
        except BaseException:
            # It is short of memory, fails, stands in the middle of an answer, or somebody else
            # speaks through it.
            self.end()
            raise

    def end(self) -> None:
        """End it at once; nothing is left of it. May be called again."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._requests, self._answers):
            with suppress(OSError):
                pipe.close()

    def _await_start(self) -> None:
        if not self._ready:
            self._ready = self._within(_START_S, lambda: self._answers.read(len(READY))) == READY
        if not self._ready:
            raise UnavailableError(
                "the process that opens files does not start", remedy=self._assignment.remedy
            )

    def _answer(self, task: str, data: bytes) -> bytes:
        given = self._within(self._assignment.limits.wall_s, lambda: self._exchange(task, data))
        if given is None:
            raise self._ended_itself()
        how, answer = given
        if how == TOO_COSTLY:
            raise LimitsExceededError("a file took more memory than it may")
        if how != DONE:
            raise MalformedError("a limited process could make nothing of a file")
        return answer

    def _exchange(self, task: str, data: bytes) -> tuple[bytes, bytes] | None:
        self._requests.write(REQUEST.pack(task.encode("ascii"), len(data)))
        self._requests.write(data)
        self._requests.flush()
        head = self._answers.read(ANSWER.size)
        if len(head) < ANSWER.size:
            return None
        how, length = ANSWER.unpack(head)
        if length > self._assignment.largest_answer:
            return FAILED, b""
        answer = self._answers.read(length)
        return (how, answer) if len(answer) == length else None

    def _within(self, seconds: float, act: Callable[[], _T | None]) -> _T | None:
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
        if code in _ASKED_TO_END and not self._overran:
            return UnavailableError("the file could not be opened just now", remedy="try again")
        return LimitsExceededError("a file took more time or memory than it may")
