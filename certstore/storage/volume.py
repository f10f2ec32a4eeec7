"""A volume: one append-only file of objects, and what a crash may do to its end.

Record: a head of 64 bytes (mark, length, where its batch begins, SHA-256, CRC-32 of the head)
and the bytes. A batch is written and then synced once; so at most the *last* batch of a volume
can be torn. A head that cannot be read with a later batch behind it is damage, never a tear:
such a volume is reported and not cut.
"""

import fcntl
import hashlib
import os
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_HEAD = struct.Struct(">8sQQ32sI4x")
_MARK = b"OBJECT\r\n"  # what text-mode copying breaks
_WINDOW = 1 << 20


class Disk:
    """Every step that touches the disk, one method each, so that tests can fail each of them."""

    def make_folder(self, folder: Path) -> None:
        """Create the folder unless it is there."""
        folder.mkdir(parents=True, exist_ok=True)

    def sync_folder(self, folder: Path) -> None:
        """Make the names in a folder durable."""
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def create(self, path: Path) -> int:
        """Create a file nobody has, lock it, and return its handle; FileExistsError if taken."""
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o640)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
        except OSError:
            os.close(handle)
            raise
        return handle

    def write(self, handle: int, data: bytes, offset: int) -> None:
        """Write all of it at the offset."""
        view = memoryview(data)
        while view:
            written = os.pwrite(handle, view, offset)
            view, offset = view[written:], offset + written

    def sync(self, handle: int) -> None:
        """Make what was written durable, the file's length too."""
        getattr(os, "fdatasync", os.fsync)(handle)  # macOS has no fdatasync

    def cut(self, handle: int, length: int) -> None:
        """Shorten the file."""
        os.ftruncate(handle, length)

    def read(self, handle: int, length: int, offset: int) -> bytes:
        """Up to `length` bytes; fewer only at the end of the file."""
        parts: list[bytes] = []
        while length and (part := os.pread(handle, length, offset)):
            parts.append(part)
            length, offset = length - len(part), offset + len(part)
        return b"".join(parts)


@dataclass(frozen=True, slots=True)
class Record:
    """One object inside a volume: where its bytes lie, and where its batch begins."""

    digest: str
    offset: int
    length: int
    batch: int

    @property
    def end(self) -> int:
        """The first byte after it."""
        return self.offset + self.length


@dataclass(frozen=True, slots=True)
class Scan:
    """What a volume holds from `start` on: good records, where whole ones end, and damage."""

    records: tuple[Record, ...]
    end: int
    damage: tuple[int, ...] = field(default=())  # offsets of heads that cannot be read


def pack(items: Sequence[tuple[str, bytes]], begin: int) -> tuple[bytes, list[Record]]:
    """The bytes of one batch that begins at offset `begin`, and the records they make."""
    parts: list[bytes] = []
    records: list[Record] = []
    at = begin
    for digest, data in items:
        plain = _HEAD.pack(_MARK, len(data), begin, bytes.fromhex(digest), 0)[:56]
        parts += [plain, struct.pack(">I4x", zlib.crc32(plain)), data]
        records.append(Record(digest, at + _HEAD.size, len(data), begin))
        at += _HEAD.size + len(data)
    return b"".join(parts), records


def scan(disk: Disk, handle: int, start: int = 0) -> Scan:
    """Read the heads from `start` on, and verify the bytes of the last batch, where a tear is."""
    size = os.fstat(handle).st_size
    records: list[Record] = []
    damage: list[int] = []
    at = start
    while (record := _head_at(disk, handle, at, size)) or at < size:
        if record is None:
            behind = _later_batch(disk, handle, at, size)
            if behind is None:
                break
            damage.append(at)
            at = behind
            continue
        records.append(record)
        at = record.end
    end = records[-1].end if records else start
    return Scan(tuple(_without_what_is_torn(disk, handle, records)), end, tuple(damage))


def _head_at(disk: Disk, handle: int, at: int, size: int) -> Record | None:
    """The record whose head is at this offset, or None if there is no whole one."""
    head = disk.read(handle, _HEAD.size, at)
    if len(head) < _HEAD.size:
        return None
    mark, length, batch, digest, crc = _HEAD.unpack(head)
    record = Record(digest.hex(), at + _HEAD.size, length, batch)
    sound = mark == _MARK and crc == zlib.crc32(head[:56]) and batch <= at
    return record if sound and record.end <= size else None


def _later_batch(disk: Disk, handle: int, torn: int, size: int) -> int | None:
    """The next head of a batch that began after `torn`: then `torn` had been synced before it."""
    for at in _marks(disk, handle, torn + 1, size):
        record = _head_at(disk, handle, at, size)
        if record is not None and record.batch > torn:
            return at
    return None


def _marks(disk: Disk, handle: int, at: int, size: int) -> Iterator[int]:
    """Offsets of the mark from `at` on, window by window."""
    while at < size:
        window = disk.read(handle, _WINDOW + len(_MARK) - 1, at)
        found = window.find(_MARK)
        while found >= 0:
            yield at + found
            found = window.find(_MARK, found + 1)
        at += _WINDOW


def _without_what_is_torn(disk: Disk, handle: int, records: list[Record]) -> list[Record]:
    """The records, less those of the last batch whose bytes are not their digest's.

    A batch's pages reach the disk in any order, so a good record may follow a bad one. What is
    whole and has other bytes is left in the file: it may be damage and no tear.
    """

    def whole(record: Record) -> bool:
        if record.batch != records[-1].batch:
            return True
        data = disk.read(handle, record.length, record.offset)
        return hashlib.sha256(data).hexdigest() == record.digest

    return [record for record in records if whole(record)]
