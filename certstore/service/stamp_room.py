"""Opens the stamp desk from the settings, and works through what is due without haste."""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from certstore.clock import Clock
from certstore.errors import CertstoreError, MalformedError, NotFoundError
from certstore.objects import ObjectStore
from certstore.service.settings import Settings
from certstore.service.stamp_client import HttpTimeAuthority
from certstore.stamps.asking import TimeAuthority
from certstore.stamps.authorities import TimeAuthorities
from certstore.stamps.desk import StampDesk
from certstore.tables.books import Archive

log = logging.getLogger("certstore.stamps")
_FIRST_REST = timedelta(seconds=30)
_LONGEST_REST = timedelta(hours=1)
_LONGEST_ROUND = timedelta(seconds=2)  # the worker has other jobs
_LOOK_EVERY = timedelta(seconds=20)  # for what was issued since


def read_time_authorities(settings: Settings) -> TimeAuthorities:
    """The pinned roots; NotFoundError or MalformedError, naming the file, if one is unusable."""
    return TimeAuthorities.parse(*(_read(path) for path in settings.time_authority_roots))


def open_stamp_desk(
    settings: Settings, archive: Archive, objects: ObjectStore, clock: Clock
) -> StampDesk | None:
    """The desk, or None where no time authority is named; MalformedError without a pinned root."""
    if not settings.time_authority_url:
        return None
    trusted = read_time_authorities(settings)
    if not trusted.roots:
        raise MalformedError(
            "a time authority is named, and no root to judge its stamps by",
            where="CERTSTORE_TIME_AUTHORITY_ROOTS",
            remedy="name a PEM file with its root certificate",
        )
    authority = TimeAuthority(
        client=HttpTimeAuthority(settings.time_authority_url),
        trusted=trusted,
        policy=settings.time_authority_policy,
    )
    return StampDesk(
        archive=archive,
        objects=objects,
        clock=clock,
        authority=authority,
        lead=timedelta(days=settings.stamp_renewal_days),
    )


@dataclass(slots=True)
class StampRound:
    """The worker's turn at stamping: two seconds of it, and none while the authority rests."""

    desk: StampDesk
    clock: Clock
    _rest: timedelta = timedelta()
    _again: datetime | None = None
    _look_at: datetime | None = field(default=None)

    def go(self) -> int:
        """Stamp what is due; how many documents were looked at."""
        began = self.clock.now()
        if self._again is not None and began < self._again:
            return 0
        if self._look_at is None or began >= self._look_at:
            more = self.desk.enter()
            self._look_at = began if more else began + _LOOK_EVERY
        done = 0
        try:
            while self.clock.now() - began < _LONGEST_ROUND and self.desk.next() is not None:
                done += 1
        except CertstoreError as error:
            self._wait(error)
            return done
        self._rest, self._again = timedelta(), None
        return done

    def _wait(self, error: CertstoreError) -> None:
        self._rest = min(max(self._rest * 2, _FIRST_REST), _LONGEST_REST)
        self._again = self.clock.now() + self._rest
        # One that is down comes back; one that is refused needs somebody to look.
        level = logging.ERROR if isinstance(error, MalformedError) else logging.WARNING
        log.log(level, "no time-stamp", extra={"why": error.detail, "rest": str(self._rest)})


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise NotFoundError(
            f"{path} cannot be read: {error.strerror}",
            where="CERTSTORE_TIME_AUTHORITY_ROOTS",
            remedy="name PEM files of root certificates",
        ) from error
