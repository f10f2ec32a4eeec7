"""The city's figures for the console: counted beside the requests, once a day and register."""

import logging
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from certstore.clock import local_date
from certstore.errors import ConflictError
from certstore.service.city_figures import city_figures
from certstore.service.wiring import House
from issuance.pages.stats_views import CountState
from issuance.reuse_figures import ReuseFigures

_log = logging.getLogger(__name__)
_SHOWN_FOR = timedelta(minutes=1)  # where the register never rests, a count must be seen as well


@dataclass(frozen=True, slots=True)
class Counted:
    """Where a count stands; figures only with the state `counted`."""

    state: CountState
    begun_at: datetime
    of: str = ""
    figures: ReuseFigures | None = None


class CityCount:
    """At most one count at a time in this process; its result is kept until it is out of date."""

    def __init__(self, house: House) -> None:
        """Count nothing yet."""
        self._house = house
        self._lock = threading.Lock()
        self._last: Counted | None = None

    def now(self) -> Counted:
        """What was counted last if it still holds; otherwise begin, and say that it is counting."""
        at = self._house.clock.now()
        with self._house.archive.reading() as books:
            of = f"{local_date(at)} {books.register.version()}"
        with self._lock:
            last = self._last
            if last is not None and (last.state == "counting" or self._holds(last, of, at)):
                return last
            self._last = begun = Counted("counting", at, of)
            threading.Thread(target=self._count, args=(begun,), name="city", daemon=True).start()
            return begun

    @staticmethod
    def _holds(last: Counted, of: str, at: datetime) -> bool:
        return last.of == of or at - last.begun_at < _SHOWN_FOR

    def _count(self, begun: Counted) -> None:
        try:
            found = Counted("counted", begun.begun_at, begun.of, city_figures(self._house))
        except ConflictError:
            found = Counted("no_city", begun.begun_at, begun.of)
        except Exception:  # noqa: BLE001 - the page tells it, the log says why
            # It is kept as failed until the register changes: the page reloads, and must not try
            # again each time.
            _log.exception("the city could not be counted")
            found = Counted("failed", begun.begun_at, begun.of)
        with self._lock:
            self._last = found
