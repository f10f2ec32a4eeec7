"""What one task on a file may cost: processor seconds, memory, time by the clock."""

import os
import resource
import signal
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

OVER_MEMORY: Final = 70  # with this code a process ends that has grown too large
_LOOK_EVERY_S: Final = 0.05
_OPEN_FILES: Final = 32
_WORDS: Final = 3


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one task on one file."""

    cpu_s: int
    wall_s: float
    memory_mb: int

    def spell(self) -> str:
        """As one argument of a command."""
        return f"{self.cpu_s},{self.wall_s},{self.memory_mb}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the argument; ValueError if it is none."""
        words = text.split(",")
        if len(words) != _WORDS:
            raise ValueError("limits are three numbers")
        return cls(int(words[0]), float(words[1]), int(words[2]))

    def take_on(self) -> None:
        """Bind this process: its memory beyond what it has now, no file written, no core left."""
        os.nice(5)  # whoever has no file to open goes first
        _lower(resource.RLIMIT_CORE, 0)
        _lower(resource.RLIMIT_FSIZE, 0)
        _lower(resource.RLIMIT_NOFILE, _OPEN_FILES)
        if sys.platform == "linux":
            pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
            _lower(resource.RLIMIT_AS, pages * resource.getpagesize() + (self.memory_mb << 20))
        else:  # macOS has no limit of the address space that holds
            threading.Thread(target=self._watch_memory, daemon=True).start()

    def begin(self) -> None:
        """Let the next file have its processor seconds and its time; the kernel ends the rest."""
        used = resource.getrusage(resource.RUSAGE_SELF)
        ends = int(used.ru_utime + used.ru_stime) + self.cpu_s + 1
        resource.setrlimit(resource.RLIMIT_CPU, (ends, resource.RLIM_INFINITY))
        signal.setitimer(signal.ITIMER_REAL, self.wall_s + 2)  # should nobody be left to end us

    def end(self) -> None:
        """The file is done."""
        signal.setitimer(signal.ITIMER_REAL, 0)

    def _watch_memory(self) -> None:
        pause, most = threading.Event(), peak_mb() + self.memory_mb
        while not pause.wait(_LOOK_EVERY_S):
            if peak_mb() > most:
                os._exit(OVER_MEMORY)


def peak_mb() -> int:
    """The most memory this process has had, in megabytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak >> 20 if sys.platform == "darwin" else peak >> 10


def _lower(kind: int, limit: int) -> None:
    _, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)
    resource.setrlimit(kind, (limit, limit))
