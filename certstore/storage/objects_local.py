"""Objects in append-only volumes on a local disk: one flush for each batch, whatever its size.

Each writing process appends to a volume of its own and holds its lock; nobody ever appends to
a volume somebody else began, so an error found late can hide nothing written after it. All
processes read all volumes. Not for network disks: locks and flushes must mean what they say.
"""

import fcntl
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from certstore.errors import NotFoundError, UnavailableError
from certstore.objects import DigestMismatchError, admit, require_digest, require_match
from certstore.storage.volume import Disk, Record, Scan, pack, scan

_VOLUME_SIZE = 1 << 30  # bytes; a new volume is begun above
_DISK = Disk()


@dataclass(slots=True)
class _Writer:
    """The volume this process appends to."""

    path: Path
    handle: int
    end: int
    process: int


class LocalObjects:
    """An ObjectStore (see certstore/objects.py) in a folder; safe for threads and processes."""

    def __init__(
        self, folder: Path, *, disk: Disk = _DISK, volume_size: int = _VOLUME_SIZE
    ) -> None:
        """Open the folder, cut torn ends off, and read what is there; UnavailableError."""
        self._folder = folder
        self._disk = disk
        self._volume_size = volume_size
        self._lock = threading.RLock()
        self._places: dict[str, tuple[Path, Record]] = {}
        self._ends: dict[Path, int] = {}
        self._damage: set[tuple[str, int]] = set()
        self._writer: _Writer | None = None
        with _disk_trouble(folder):
            disk.make_folder(folder)
            disk.sync_folder(folder.parent)
            for path in self._volumes():
                self._recover(path)

    def put(self, data: bytes, *, digest: str | None = None) -> str:
        """Keep the bytes and return their digest; durable when this returns."""
        if digest is not None:
            admit(data, digest)
        return self.put_many((data,))[0]

    def put_many(self, items: Sequence[bytes]) -> tuple[str, ...]:
        """Keep a batch with one flush and return the digests in order."""
        digests = tuple(admit(data) for data in items)
        with self._lock:
            fresh: dict[str, bytes] = {}
            for digest, data in zip(digests, items, strict=True):
                if digest in self._places:
                    self.get(digest)  # damaged bytes under this digest must not pass for kept
                else:
                    fresh[digest] = data
            if fresh:
                self._append(list(fresh.items()))
        return digests

    def get(self, digest: str) -> bytes:
        """The bytes, checked against the digest."""
        place = self._find(require_digest(digest))
        if place is None:
            raise NotFoundError("no such object is kept here", where=digest)
        path, record = place
        with _disk_trouble(path):
            handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
            try:
                data = self._disk.read(handle, record.length, record.offset)
            finally:
                os.close(handle)
        return require_match(data, digest, where=f"{path.name} at byte {record.offset}")

    def has(self, digest: str) -> bool:
        """Whether the object is kept here."""
        return self._find(require_digest(digest)) is not None

    def check(self) -> None:
        """Raise unless the folder can be used and no volume was found damaged."""
        with _disk_trouble(self._folder):
            self._disk.sync_folder(self._folder)
        if self._damage:
            raise DigestMismatchError(
                "a volume is damaged in its middle; what can be read is served",
                where=", ".join(f"{name} at byte {at}" for name, at in sorted(self._damage)),
                remedy="restore this volume from the backup while the service is stopped",
            )

    def close(self) -> None:
        """Let go of the volume being written."""
        with self._lock:
            self._let_go()

    # --- writing --------------------------------------------------------------------------

    def _append(self, items: Sequence[tuple[str, bytes]]) -> None:
        """Write and flush one batch; only then do its objects exist for this process."""
        with _disk_trouble(self._folder):
            writer = self._volume_with_room(sum(len(data) for _, data in items))
            batch, records = pack(items, writer.end)
            try:
                self._disk.write(writer.handle, batch, writer.end)
                self._disk.sync(writer.handle)
            except OSError:
                # After a failed flush the kernel may call lost pages clean: never append here
                # again. Nothing is cut either: another process may rely on a part it flushed.
                self._let_go()
                raise
        writer.end += len(batch)
        self._ends[writer.path] = writer.end
        self._places.update((record.digest, (writer.path, record)) for record in records)

    def _volume_with_room(self, length: int) -> _Writer:
        """The volume to append to: ours while there is room and we are not a fork."""
        writer = self._own_writer()
        if writer and (writer.end == 0 or writer.end + length <= self._volume_size):
            return writer
        self._let_go()
        path, handle = self._begin_volume()
        try:
            self._disk.sync_folder(self._folder)
        except OSError:
            os.close(handle)
            raise
        self._writer = _Writer(path, handle, 0, os.getpid())
        return self._writer

    def _own_writer(self) -> _Writer | None:
        """The volume this process began; a fork does not go on with its parent's."""
        if self._writer is not None and self._writer.process == os.getpid():
            return self._writer
        return None

    def _begin_volume(self) -> tuple[Path, int]:
        """Create the volume with the next free number."""
        number = max((int(path.stem.split("-")[1]) for path in self._volumes()), default=0) + 1
        while True:  # ends: each turn somebody else has taken a number
            path = self._folder / f"volume-{number:06}.objects"
            try:
                return path, self._disk.create(path)
            except FileExistsError:
                number += 1

    def _let_go(self) -> None:
        if self._writer is not None:
            with suppress(OSError):
                os.close(self._writer.handle)
            self._writer = None

    # --- reading --------------------------------------------------------------------------

    def _volumes(self) -> list[Path]:
        return sorted(self._folder.glob("volume-[0-9]*.objects"))

    def _find(self, digest: str) -> tuple[Path, Record] | None:
        """Where the object is, looking at what other processes wrote if it is not known yet."""
        place = self._places.get(digest)
        if place is None:
            with self._lock, _disk_trouble(self._folder):
                own = self._own_writer()
                for path in self._volumes():
                    if own is None or path != own.path:
                        self._read_on(path)
                place = self._places.get(digest)
        return place

    def _read_on(self, path: Path) -> None:
        """Take in what was appended to a volume since the last look."""
        start = self._ends.get(path, 0)
        if path.stat().st_size <= start:
            return
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            self._take_in(path, scan(self._disk, handle, start), handle)
        finally:
            os.close(handle)

    def _recover(self, path: Path) -> None:
        """Take in a whole volume; cut a torn end off unless a living process writes there."""
        handle = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        try:
            alone = _locked(handle)
            found = scan(self._disk, handle)
            if alone and not found.damage and found.end < os.fstat(handle).st_size:
                self._disk.cut(handle, found.end)
            self._take_in(path, found, handle)
        finally:
            os.close(handle)

    def _take_in(self, path: Path, found: Scan, handle: int) -> None:
        """Index what was found, after making sure that it is not only in the kernel's memory."""
        self._disk.sync(handle)
        for record in found.records:
            self._places.setdefault(record.digest, (path, record))
        self._damage.update((path.name, at) for at in found.damage)
        self._ends[path] = found.end


def _locked(handle: int) -> bool:
    """Whether nobody else writes to this volume; the lock ends with the handle."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _disk_trouble(path: Path) -> Iterator[None]:
    """Say an error of the disk in the house's words."""
    try:
        yield
    except OSError as error:
        raise UnavailableError(
            f"the object store's disk refused: {error.strerror or error}",
            where=path.name,
            remedy="look at free space, rights and health of the disk, then try again",
        ) from error
