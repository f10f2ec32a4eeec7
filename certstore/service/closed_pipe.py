"""A pipe whose reader has gone, as of `certstore verify … | head`: the command ends quietly.

Python ignores SIGPIPE, so a write would raise BrokenPipeError in the middle of the work, where it
reads as a fault of ours. To let the signal end the process instead would also end a server whose
client hung up: sockets raise it, too. So only the two standard streams are watched.
"""

import io
import os
import sys
from signal import SIGPIPE
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

GONE = 128 + SIGPIPE  # what a shell reports of a command that the signal ended
_STDOUT = 1


class _Stream(io.FileIO):
    """A standard stream that takes the going of its reader for an end, not for a fault."""

    def write(self, data: "ReadableBuffer", /) -> int:
        """Write; with no reader left, what follows goes nowhere, and a command has done its work.

        Standard error only falls silent: what a command found out is not changed by who listens.
        """
        try:
            return super().write(data) or 0
        except BrokenPipeError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.fileno())  # for what is still buffered, and for Python's own end
            os.close(nowhere)
            if self.fileno() == _STDOUT:
                sys.exit(GONE)
            return memoryview(data).nbytes


def watch() -> None:
    """Watch standard output and standard error, where they are the process's own.

    What somebody put in their place, as a test does, is left as it is.
    """
    if sys.stdout is sys.__stdout__:
        sys.stdout = _watched(sys.stdout)
    if sys.stderr is sys.__stderr__:
        sys.stderr = _watched(sys.stderr)


def _watched(stream: object) -> io.TextIOWrapper:
    if not isinstance(stream, io.TextIOWrapper):  # closed
        return stream  # type: ignore[return-value]  # as it came
    stream.flush()
    raw = _Stream(stream.fileno(), "w", closefd=False)
    return io.TextIOWrapper(
        raw if stream.write_through else io.BufferedWriter(raw),  # python -u has none
        encoding=stream.encoding,
        errors=stream.errors,
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )
