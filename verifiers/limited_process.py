"""The process that does one task after another on strangers' bytes, and may be ended at any moment.

It gets a task's name and bytes on standard input and answers on standard output. It has no
environment, no open file or connection of the service, and limits that the kernel keeps
(verifiers/scanning/limits.py). It ends by itself when the service does, for then its input ends.
"""

import os
import signal
import struct
import sys
from collections.abc import Callable, Mapping
from typing import BinaryIO, Final

from verifiers.scanning.limits import Limits

REQUEST: Final = struct.Struct(">16sI")  # the task's name, padded with zeros; the length
ANSWER: Final = struct.Struct(">cI")  # one of the three below; the length
READY: Final = b"ready\n"
DONE: Final = b"D"
TOO_COSTLY: Final = b"C"
FAILED: Final = b"F"

Task = Callable[[bytes], bytes]


def main() -> None:
    """Serve until the input ends; the last argument spells the limits."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's Ctrl+C is the service's matter
    limits = Limits.parse(sys.argv[-1])
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what a library prints is no answer
    known = tasks()
    limits.take_on()
    answers.write(READY)
    answers.flush()
    serve(sys.stdin.buffer, answers, known, limits)


def tasks() -> Mapping[str, Task]:
    """What this process can do; imported here, before the limits, and nowhere in the service."""
    import pypdfium2  # noqa: F401, PLC0415 - loaded before memory is limited

    from verifiers.materials import portrait_work  # noqa: PLC0415
    from verifiers.materials.dlib_faces import open_face_finder  # noqa: PLC0415
    from verifiers.materials.handed_in_work import TASK, work  # noqa: PLC0415

    if finder := open_face_finder():
        finder.load()
    return {TASK: work, portrait_work.TASK: portrait_work.work}


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
