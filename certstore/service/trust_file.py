"""The published trust list as a running process holds it: read anew when its file changes."""

import hashlib
import logging
import os
import threading
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509

from certstore.clock import Clock
from certstore.errors import CertstoreError, ConflictError
from certstore.trust import TrustList, parse_trust_list

log = logging.getLogger("certstore")
_TRY_AGAIN = timedelta(minutes=1)  # what is refused for its dates today may hold later
_Stamp = tuple[int, int, int]


class TrustFile:
    """A `TrustSource`: gives the newest list of the file that was good, and never an older one.

    Asking costs one look at the file's date. A changed file is verified with the root before
    anything is believed; one that is bad, or numbered lower than the list in use, is logged and
    left aside. Not guarded here: a restart begins with the list that lies in the file then.
    """

    def __init__(self, path: Path, root: x509.Certificate, clock: Clock) -> None:
        """Read the list; raises MalformedError or InvalidTokenError if it is not good."""
        self._path, self._root, self._clock = path, root, clock
        self._lock = threading.Lock()
        self._stamp = _stamp(path)
        self._text = path.read_text("ascii")
        self._trust = parse_trust_list(self._text, root, clock.now())
        self._refused_at: datetime | None = None

    def __call__(self) -> TrustList:
        """The list that holds just now."""
        self._look()
        return self._trust

    @property
    def text(self) -> str:
        """The list as it is published: the one that was verified, whatever lies in the file."""
        self._look()
        return self._text

    def _look(self) -> None:
        try:
            stamp = _stamp(self._path)
        except OSError:
            return  # gone for a moment, or for good: the list in use speaks until it ends
        if stamp == self._stamp and not self._worth_another_try():
            return
        with self._lock:
            if stamp != self._stamp or self._worth_another_try():
                self._take(stamp)

    def _worth_another_try(self) -> bool:
        refused_at = self._refused_at
        return refused_at is not None and self._clock.now() - refused_at >= _TRY_AGAIN

    def _take(self, stamp: _Stamp) -> None:
        self._stamp, self._refused_at = stamp, None
        try:
            text = self._path.read_text("ascii")
            if _digest(text) == _digest(self._text):
                return
            fresh = parse_trust_list(text, self._root, self._clock.now())
            fresh.refuse_rollback(self._trust.seq)
            if fresh.seq == self._trust.seq:
                raise ConflictError(f"another trust list is numbered {fresh.seq}, too")
        except (CertstoreError, OSError, UnicodeDecodeError) as error:
            self._refused_at = self._clock.now()
            why = error.detail if isinstance(error, CertstoreError) else type(error).__name__
            log.error(  # noqa: TRY400 - a sentence for the operator; the trace says nothing more
                "trust list not taken", extra={"why": why, "in_use": self._trust.seq}
            )
            return
        self._trust, self._text = fresh, text
        log.info("trust list taken", extra={"seq": fresh.seq})


def _stamp(path: Path) -> _Stamp:
    found = os.stat(path)  # noqa: PTH116 - asked on every scan: a third of the time of Path.stat
    return found.st_mtime_ns, found.st_size, found.st_ino


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
