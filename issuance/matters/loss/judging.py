"""What can be reported lost, and whether a loss may be lifted: values only, no IO."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal

from certstore.certificates import Certificate, Status
from certstore.holds.kinds import ENDED, Hold, HoldKind, Role
from face_auth.on_file import ResultOnFile
from issuance.voucher_draft import VOUCHER

LOSABLE: Final = frozenset({"residence_permit", VOUCHER})
"""What a card or a print-out can be lost of. A permit's card and its e-certificate are one."""
FACE_IS_FRESH_FOR: Final = timedelta(minutes=10)
MOST_LIFTS_A_DAY: Final = 10  # of one certificate, on line; at a counter there is no end

Standing = Literal["in_use", "lost", "ended"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LossState:
    """A certificate as its loss concerns it; `changed` if what was asked for was done just now."""

    certificate: Certificate
    holds: tuple[Hold, ...]  # every one there was, earliest first
    today: date
    ward: str = ""  # the child's name on its guardian's pages
    face_needed: bool = False  # before it can be lifted
    changed: bool = False

    @property
    def loss(self) -> Hold | None:
        """The loss that is open, if one is."""
        return next((h for h in self.holds if h.open and h.kind is HoldKind.LOSS), None)

    @property
    def others(self) -> tuple[Hold, ...]:
        """What else holds it: lifting a loss leaves these."""
        return tuple(h for h in self.holds if h.open and h.kind is not HoldKind.LOSS)

    @property
    def status(self) -> Status:
        """The live status."""
        return self.certificate.status_on(self.today)

    @property
    def lapsed(self) -> bool:
        """Whether it is a registration whose day is over: to be registered again takes a new one.

        A permit past its day waits to be endorsed, lost or not.
        """
        return self.certificate.type_code == VOUCHER and self.certificate.is_past(self.today)

    @property
    def standing(self) -> Standing:
        """Whether it can be reported lost, be lifted, or is over for good."""
        if self.certificate.status in ENDED:
            return "ended"
        return "in_use" if self.loss is None else "lost"


def losable(found: Iterable[Certificate]) -> list[Certificate]:
    """Those that can be reported lost or lifted: sealed here, of such a type, not over."""
    return [c for c in found if c.sealed and c.type_code in LOSABLE and c.status not in ENDED]


def lifts_left(holds: Iterable[Hold], now: datetime) -> int:
    """How often it can still be lifted on line; whatever is not reported lost can always be."""
    lost = [hold for hold in holds if hold.kind is HoldKind.LOSS]
    if not any(hold.open for hold in lost):
        return MOST_LIFTS_A_DAY
    on_line = {Role.HOLDER, Role.GUARDIAN}
    by_them = [h for h in lost if h.lifted_by is not None and h.lifted_by.role in on_line]
    since = now - timedelta(days=1)
    return MOST_LIFTS_A_DAY - sum(1 for h in by_them if h.lifted_at and h.lifted_at > since)


def face_is_fresh(results: Iterable[ResultOnFile], loss: Hold, now: datetime) -> bool:
    """Whether a face was verified after the loss was reported, and a short time ago.

    Providers write whole seconds: the second of the report counts as after it.
    """
    since = max(loss.placed_at.replace(microsecond=0), now - FACE_IS_FRESH_FOR)
    return any(r.accepted and r.result == "pass" and since <= r.verified_at <= now for r in results)
