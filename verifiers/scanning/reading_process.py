"""The process that opens strangers' files, one after another, and may be ended at any moment.

It is given a file on standard input and tells what it found on standard output. It has no
environment, no open file or connection of the service, and limits that the kernel keeps. It
ends by itself when the service does, for then its input ends.
"""

import os
import signal
import sys
from typing import BinaryIO

from verifiers.scanning.frames import ANSWER, READY, REQUEST, Kind, Opened, spell_answer
from verifiers.scanning.limits import Limits
from verifiers.scanning.opened import FILE_TOO_COSTLY, NothingShown, Opener


def main() -> None:
    """Serve until the input ends; the last argument spells the limits."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's Ctrl+C is the service's matter
    limits = Limits.parse(sys.argv[-1])
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what a library prints is no answer
    from verifiers.scanning.opening import OpenedHere  # noqa: PLC0415 - prints may come from here on

    limits.take_on()
    answers.write(READY)
    answers.flush()
    serve(sys.stdin.buffer, answers, OpenedHere(), limits)


def serve(requests: BinaryIO, answers: BinaryIO, opener: Opener, limits: Limits) -> None:
    """Answer one request after another."""
    while len(head := requests.read(REQUEST.size)) == REQUEST.size:
        kind, length = REQUEST.unpack(head)
        data = requests.read(length)
        if len(data) < length:
            return
        limits.begin()
        answer = _answer(Kind(kind), data, opener)
        limits.end()
        answers.write(ANSWER.pack(len(answer)) + answer)
        answers.flush()


def _answer(kind: Kind, data: bytes, opener: Opener) -> bytes:
    try:
        open_it = opener.open_document if kind is Kind.DOCUMENT else opener.open_picture
        opened: Opened = open_it(data)
        return spell_answer(opened)
    except MemoryError:
        return spell_answer(NothingShown(FILE_TOO_COSTLY))
    except Exception:  # noqa: BLE001 - a hostile file is an answer, whatever it brings about
        return spell_answer(NothingShown("FILE_UNREADABLE"))
