"""How often one caller may ask: token buckets in this process's memory, by group and caller.

Several processes count each for itself; the proxy before them has limits of its own. A bucket
holds a minute's worth, so that a hurried minute passes and a hurried hour does not.
"""

import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Literal

from certstore.errors import RateLimitedError
from certstore.service.settings import Settings

Group = Literal[
    "sign-in", "verify", "polling", "token", "pull", "face", "relatives", "uploads", "exports",
    "counter", "decision", "help",
]  # fmt: skip
_MOST_BUCKETS = 50_000  # the longest unused are forgotten first
_MINUTE = 60.0

# By address, before anything of the request is read. The first that fits counts.
BY_ADDRESS: tuple[tuple[str, re.Pattern[str], Group], ...] = (
    ("GET", re.compile(r"/sign-in/(leave|return)"), "sign-in"),
    ("POST", re.compile(r"/enter(/go)?"), "sign-in"),
    ("POST", re.compile(r"/v1/hand-overs"), "token"),
    ("POST", re.compile(r"/development-identity/(authorize|token)"), "sign-in"),
    (
        "POST",
        re.compile(
            r"/v1/verify/(code|document|log|requests|wallet-requests)|/scan(/file|/ask|/wallet)?"
        ),
        "verify",
    ),
    ("POST", re.compile(r"/v1/verify/wallet-requests/[^/]+/(request|response)"), "verify"),
    ("GET", re.compile(r"/v1/verify/wallet-requests/[^/]+/request"), "verify"),
    ("GET", re.compile(r"/s/[^/]+|/v1/verify/status/[^/]+"), "verify"),
    # Pages and systems ask again and again here whether an answer has come.
    (
        "POST",
        re.compile(
            r"/v1/verify/requests/[^/]+:collect|/v1/verify/wallet-requests/[^/]+:result"
            r"|/scan/ask/(state|result)|/scan/wallet/[^/]+"
        ),
        "polling",
    ),
    ("GET", re.compile(r"/scan/wallet/[^/]+(/standing)?"), "polling"),
    ("GET", re.compile(r"/help|/v1/help|/guides/[^/]+"), "help"),
    ("POST", re.compile(r"/v1/witness/add-checkpoint"), "verify"),
    ("POST", re.compile(r"/v1/reuse-decisions"), "verify"),
    ("POST", re.compile(r"/oauth2/[^/]+"), "token"),
    ("POST", re.compile(r"/wallets/(par|token|nonce|credential|deferred|notification)"), "token"),
    ("GET", re.compile(r"/wallets/(authorize|offers/[^/]+)"), "token"),
)
# By account, once it is known who asks.
BY_ACCOUNT: tuple[tuple[str, re.Pattern[str], Group], ...] = (
    ("POST", re.compile(r"/applications/[^/]+/face"), "face"),
    # Each of these may ask a provider how a verification ended, which costs money.
    ("GET", re.compile(r"/applications/[^/]+/face"), "face"),
    ("GET", re.compile(r"/v1/face-transactions/[^/]+/return"), "face"),
    ("POST", re.compile(r"/v1/face-transactions/[^/]+/result"), "face"),
    ("POST", re.compile(r"/applications/[^/]+/relative"), "relatives"),
    ("POST", re.compile(r"/applications/[^/]+/(photo|materials/[^/]+)"), "uploads"),
    ("POST", re.compile(r"/v1/applications/[^/]+/materials/[^/]+/uploads"), "uploads"),
    ("GET", re.compile(r"/certificates/[^/]+/document"), "exports"),
    ("POST", re.compile(r"/certificates/[^/]+/download"), "exports"),
    ("GET", re.compile(r"/usage/[^/]+/proof\.json|/usage[./-]?(export|download)[^/]*"), "exports"),
    ("GET", re.compile(r"/v1/me/.+"), "exports"),
    ("POST", re.compile(r"/pull(/[^/]+)?"), "counter"),
    ("POST", re.compile(r"/export"), "exports"),
)


class Limits:
    """Counts requests; safe to share between threads."""

    def __init__(
        self, a_minute: Mapping[Group, int], steady: Callable[[], float] = time.monotonic
    ) -> None:
        """So many a minute for each group, 0 for no limit; `steady` counts seconds."""
        self._a_minute = a_minute
        self._steady = steady
        self._lock = threading.Lock()
        self._buckets: OrderedDict[tuple[Group, str], tuple[float, float]] = OrderedDict()

    def wait(self, group: Group, caller: str) -> float:
        """Count a request: 0 if it may pass, else the seconds until the next one may."""
        most = self._a_minute.get(group, 0)
        if not most:
            return 0.0
        with self._lock:
            now = self._steady()
            left, at = self._buckets.pop((group, caller), (float(most), now))
            left = min(float(most), left + (now - at) * most / _MINUTE)
            passes = left >= 1.0
            self._buckets[group, caller] = (left - 1.0 if passes else left, now)
            if len(self._buckets) > _MOST_BUCKETS:
                self._buckets.popitem(last=False)
        return 0.0 if passes else (1.0 - left) * _MINUTE / most

    def count(self, group: Group, caller: str) -> None:
        """Count a request; RateLimitedError with `retry_after` (seconds) if there were too many."""
        seconds = self.wait(group, caller)
        if seconds:
            raise too_many(seconds)


def too_many(seconds: float) -> RateLimitedError:
    """The refusal of a request that came too soon."""
    return RateLimitedError(
        "too many requests of this kind",
        remedy="wait as long as Retry-After says",
        retry_after=max(1, int(seconds) + 1),
    )


def group_of(
    method: str, path: str, table: tuple[tuple[str, re.Pattern[str], Group], ...]
) -> Group | None:
    """The group a request belongs to, by a table of methods and whole paths."""
    asked = "GET" if method == "HEAD" else method
    found = (group for known, shape, group in table if known == asked and shape.fullmatch(path))
    return next(found, None)


def limits_of(settings: Settings) -> Limits:
    """The limits that the settings name."""
    return Limits(
        {
            "sign-in": settings.limit_sign_in,
            "verify": settings.limit_verify,
            "polling": settings.limit_polling,
            "token": settings.limit_token,
            "pull": settings.limit_pull,
            "face": settings.limit_face,
            "relatives": settings.limit_relatives,
            "uploads": settings.limit_uploads,
            "exports": settings.limit_exports,
            "counter": settings.limit_counter,
            "decision": settings.limit_decision,
            "help": settings.limit_help,
        }
    )
