"""The process that does one task after another on strangers' bytes, and may be ended at any moment.

It gets a task's name and bytes on standard input and answers on standard output. It has no
environment, no open file or connection of the service, and limits that the kernel keeps
(limits.py). It ends by itself when the service does, for then its input ends.
"""

import os
import signal
import struct
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import BinaryIO, Final

from verifiers.limited.limits import Limits

REQUEST: Final = struct.Struct(">16sI")  # the task's name, padded with zeros; the length
ANSWER: Final = struct.Struct(">cI")  # one of the three below; the length
READY: Final = b"ready\n"
DONE: Final = b"D"
TOO_COSTLY: Final = b"C"
FAILED: Final = b"F"

Task = Callable[[bytes], bytes]


def main() -> None:
    """Serve until the input ends; the last two arguments name the tasks and spell the limits.

    The tasks are named by a module whose `tasks()` gives them by their names.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's Ctrl+C is the service's matter
    limits = Limits.parse(sys.argv[-1])
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what a library prints is no answer
    # Libraries are loaded before memory is limited; prints may come from here on.
    known: Mapping[str, Task] = import_module(sys.argv[-2]).tasks()
    limits.take_on()
    answers.write(READY)
    answers.flush()
    serve(sys.stdin.buffer, answers, known, limits)


def serve(requests: BinaryIO, answers: BinaryIO, known: Mapping[str, Task], limits: Limits) -> None:
    """Answer one request after another."""
    while len(head := requests.read(REQUEST.size)) == REQUEST.size:
        name, length = REQUEST.unpack(head)
        data = requests.read(length)
        if len(data) < length:
            return
        limits.begin()
        how, answer = _done(known[name.rstrip(b"\x00").decode("ascii")], data)
        limits.end()
        answers.write(ANSWER.pack(how, len(answer)) + answer)
        answers.flush()


def _done(task: Task, data: bytes) -> tuple[bytes, bytes]:
    try:
        return DONE, task(data)
    except MemoryError:
        return TOO_COSTLY, b""
    except Exception:  # noqa: BLE001 - hostile bytes are an answer, whatever they bring about
        return FAILED, b""
