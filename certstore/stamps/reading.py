"""Taking a stamped document apart: the file as it was issued, and each stamp put over it since.

No PDF library is asked. A file is taken apart only where every revision after the first is, byte
for byte, the one that follows from what stands before it (form.py). Whatever else was added, by
whatever tool, leaves the file in one piece, and the verifier then finds that it was changed.
"""

import hashlib
import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from certstore.errors import ConflictError, MalformedError
from certstore.stamps.form import MOST_STAMPS, ROOMS, Digest, Standing, revision, standing_of

_TAIL: Final = re.compile(rb"/Prev ([0-9]{1,10})>>\nstartxref\n[0-9]{1,10}\n%%EOF\n\Z")
_LONGEST_TAIL: Final = 80
_FIRST_END: Final = b"\nstartxref\n%d\n%%%%EOF\n"
_LARGEST_TABLE: Final = 300_000  # bytes between a cross-reference table and its file's end
_HEAD: Final = 8  # bytes that say how long a DER value is


@dataclass(frozen=True, slots=True)
class PutOver:
    """A stamp that was put over a file: its token, and the digest of what it covers."""

    token: bytes
    covered: bytes


@dataclass(frozen=True, slots=True)
class Layers:
    """A document as it was issued, how the whole file stands, and its stamps, oldest first."""

    issued: bytes
    standing: Standing
    stamps: tuple[PutOver, ...]
    digest: Digest  # of the whole file


def take_apart(pdf: bytes) -> Layers:
    """The layers of a document of the press; MalformedError if one is not in our form."""
    ends = _ends(pdf)
    issued = pdf[: ends[0]]
    standing, stamps = standing_of(issued), []
    so_far = hashlib.sha256(issued)
    for begin, end in pairwise(ends):
        standing, stamp = _layer(so_far, pdf[begin:end], standing)
        stamps.append(stamp)
        so_far.update(pdf[begin:end])
    return Layers(issued, standing, tuple(stamps), so_far)


def _ends(pdf: bytes) -> list[int]:
    """Where the file ends, and where it ended before each revision, the first end first."""
    ends = [len(pdf)]
    while found := _TAIL.search(pdf[max(0, ends[0] - _LONGEST_TAIL) : ends[0]]):
        table = int(found[1])
        mark = _FIRST_END % table
        at = pdf.find(mark, table, min(ends[0], table + _LARGEST_TABLE))
        before = at + len(mark)
        if at < 0 or before >= ends[0] or len(ends) > MOST_STAMPS:
            raise _fault("an earlier revision is not where the later one says")
        ends.insert(0, before)
    return ends


def _layer(so_far: Digest, added: bytes, standing: Standing) -> tuple[Standing, PutOver]:
    for room in ROOMS:
        try:
            expected = revision(so_far, standing, room)
        except ConflictError as error:
            raise _fault(error.detail) from error
        begin, end = len(expected.before), len(expected.before) + expected.room
        if (
            len(added) == end + len(expected.after)
            and added.startswith(expected.before)
            and added.endswith(expected.after)
        ):
            token = _token(added[begin:end])
            return expected.result, PutOver(token, expected.covered(so_far))
    raise _fault("a revision is not in the form of a time-stamp")


def _token(digits: bytes) -> bytes:
    """One DER value in lower-case hexadecimal, and nothing but zeros after it."""
    if re.fullmatch(rb"[0-9a-f]*", digits) is None:
        raise _fault("a token is not in lower-case hexadecimal")
    data = bytes.fromhex(digits.decode("ascii"))
    size = data[1] & 0x7F if data[1] & 0x80 else 0
    if data[0] != 0x30 or data[1] == 0x80 or size > _HEAD - 2:  # noqa: PLR2004 - X.690: SEQUENCE, definite
        raise _fault("a token is not DER")
    length = 2 + size + (int.from_bytes(data[2 : 2 + size], "big") if size else data[1])
    if length > len(data) or data[length:].strip(b"\0"):
        raise _fault("bytes stand behind a token")
    return data[:length]


def _fault(detail: str) -> MalformedError:
    return MalformedError(detail, where="time stamp", cause="form")
