"""What has become of a certificate: asked live, or read from the lists a verifier holds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from certstore.certificates import Status, StatusEntry
from certstore.status_list import PublishedList, StatusValue
from verifiers.scanning.verdict import Verdict

UNDER_DISPUTE: Final = "UNDER_DISPUTE"


@dataclass(frozen=True, slots=True)
class StatusFinding:
    """What a source says of one certificate, and as of when; `live` if the register was asked."""

    verdict: Verdict
    reasons: tuple[str, ...] = ()
    as_of: datetime | None = None
    live: bool = False


class StatusSource(Protocol):
    """Knows what became of certificates. What it cannot say is `stale_list`, never `valid`."""

    def status_of(self, authority_uscc: str, entry: StatusEntry, *, now: datetime) -> StatusFinding:
        """The status of the certificate this authority gave this entry of its lists."""
        ...


_EXACT: Final[Mapping[Status, Verdict]] = {
    Status.VALID: Verdict.VALID,
    Status.SUSPENDED: Verdict.SUSPENDED,
    Status.LOST: Verdict.LOST,
    Status.EXPIRED: Verdict.EXPIRED,
    Status.SUPERSEDED: Verdict.SUPERSEDED,
    Status.CANCELLED: Verdict.REVOKED,
    Status.REVOKED: Verdict.REVOKED,
}
_LISTED: Final[Mapping[StatusValue, Verdict]] = {
    StatusValue.VALID: Verdict.VALID,
    StatusValue.INVALID: Verdict.REVOKED,
    StatusValue.SUSPENDED: Verdict.SUSPENDED,
    StatusValue.UNDER_DISPUTE: Verdict.VALID,
}


def live_finding(status: Status, *, under_dispute: bool, as_of: datetime) -> StatusFinding:
    """The finding for a status the register gave just now, exact where a list is coarse."""
    reasons = [] if status is Status.VALID else [f"STATUS_{status.name}"]
    if under_dispute:
        reasons.append(UNDER_DISPUTE)
    return StatusFinding(_EXACT[status], tuple(reasons), as_of, live=True)


class HeldLists:
    """The status lists a verifier holds; a list that is missing or past its ttl says nothing."""

    def __init__(self, lists: Iterable[PublishedList]) -> None:
        """Hold these lists, of several with one number the newest."""
        self._lists: dict[tuple[str, int], PublishedList] = {}
        for held in sorted(lists, key=lambda published: published.issued_at):
            self._lists[held.authority_uscc, held.number] = held

    def status_of(self, authority_uscc: str, entry: StatusEntry, *, now: datetime) -> StatusFinding:
        """Read the entry from this authority's list: another authority's says nothing of it."""
        held = self._lists.get((authority_uscc, entry.list_number))
        if held is None:
            return StatusFinding(Verdict.STALE_LIST, ("STATUS_LIST_MISSING",))
        return _listed_finding(held, entry.index, now)


def _listed_finding(held: PublishedList, index: int, now: datetime) -> StatusFinding:
    value = held.statuses.value(index)
    if value is None:
        return StatusFinding(Verdict.STALE_LIST, ("STATUS_INDEX_UNKNOWN",), held.issued_at)
    verdict = _LISTED[value]
    if value is StatusValue.VALID:
        reasons: tuple[str, ...] = ()
    elif value is StatusValue.UNDER_DISPUTE:
        reasons = (UNDER_DISPUTE,)
    else:
        reasons = (f"STATUS_{value.name}",)
    if not held.fresh_at(now):
        # An old "revoked" still stands; an old "valid" or "suspended" may have changed since.
        final = verdict is Verdict.REVOKED
        return StatusFinding(
            verdict if final else Verdict.STALE_LIST,
            ("STATUS_LIST_STALE", *reasons),
            held.issued_at,
        )
    return StatusFinding(verdict, reasons, held.issued_at)
