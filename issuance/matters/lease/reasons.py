"""Why a lease stands as it does: a closed list of reasons, and what each does. No IO."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Final, Self


class Weight(StrEnum):
    """What a reason does."""

    REFUSES = "refuses"
    OFFICER = "officer"
    WAITS = "waits"


class Code(StrEnum):
    """Every reason there is, worst first; pages have a sentence and a cure for each."""

    TERM_TOO_LONG = "TERM_TOO_LONG"
    TERM_OVER = "TERM_OVER"
    BEGINS_TOO_LATE = "BEGINS_TOO_LATE"
    BEGUN_LONG_AGO = "BEGUN_LONG_AGO"
    PARTY_UNDER_AGE = "PARTY_UNDER_AGE"
    NO_TITLE = "NO_TITLE"
    TITLE_ENDED = "TITLE_ENDED"
    TITLE_UNDER_DISPUTE = "TITLE_UNDER_DISPUTE"
    TITLE_NAME_DIFFERS = "TITLE_NAME_DIFFERS"
    TITLE_ADDRESS_UNSURE = "TITLE_ADDRESS_UNSURE"
    TITLE_NOT_ASKED = "TITLE_NOT_ASKED"
    LANDLORD_NOT_OWNER = "LANDLORD_NOT_OWNER"
    CO_OWNER_MISSING = "CO_OWNER_MISSING"
    NOT_TO_LIVE_IN = "NOT_TO_LIVE_IN"
    AREA_BEYOND_TITLE = "AREA_BEYOND_TITLE"
    LET_ALREADY = "LET_ALREADY"
    LET_PERHAPS = "LET_PERHAPS"
    LET_NOT_ASKED = "LET_NOT_ASKED"
    ROOMS_ALL_LET = "ROOMS_ALL_LET"
    AREA_TOO_SMALL = "AREA_TOO_SMALL"
    TOO_MANY_IN_ROOM = "TOO_MANY_IN_ROOM"
    OFFICE_NOT_READY = "OFFICE_NOT_READY"
    CANNOT_BE_PRINTED = "CANNOT_BE_PRINTED"
    OTHER = "OTHER"  # an officer's own words


_WEIGHTS: Final[Mapping[Code, Weight]] = {
    Code.BEGUN_LONG_AGO: Weight.OFFICER,
    Code.TITLE_ADDRESS_UNSURE: Weight.OFFICER,
    Code.AREA_BEYOND_TITLE: Weight.OFFICER,
    Code.LET_PERHAPS: Weight.OFFICER,
    Code.CANNOT_BE_PRINTED: Weight.OFFICER,
    Code.TITLE_NOT_ASKED: Weight.WAITS,
    Code.LET_NOT_ASKED: Weight.WAITS,
    Code.OFFICE_NOT_READY: Weight.WAITS,
}


class Outcome(StrEnum):
    """What becomes of a lease."""

    APPROVED = "approved"
    REFUSED = "refused"
    REVIEW = "review"
    WAITS = "waits"


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason; `n` and `day` fill its sentence, `who` is a party's place in the contract."""

    code: Code
    n: int = 0
    day: date | None = None
    who: int | None = None

    @property
    def weight(self) -> Weight:
        """What it does."""
        return _WEIGHTS.get(self.code, Weight.REFUSES)

    def as_json(self) -> dict[str, Any]:
        """As a row keeps it."""
        day = self.day and self.day.isoformat()
        return {"code": self.code.value, "n": self.n, "day": day, "who": self.who}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Read back what a row kept."""
        day = date.fromisoformat(kept["day"]) if kept["day"] else None
        return cls(Code(kept["code"]), kept["n"], day, kept["who"])


@dataclass(frozen=True, slots=True)
class Judged:
    """The outcome and every reason for it."""

    findings: tuple[Finding, ...] = field(default=())

    @property
    def outcome(self) -> Outcome:
        """What becomes of it; unknown goes before no, no before perhaps."""
        weights = {finding.weight for finding in self.findings}
        if Weight.WAITS in weights:
            return Outcome.WAITS
        if Weight.REFUSES in weights:
            return Outcome.REFUSED
        return Outcome.REVIEW if Weight.OFFICER in weights else Outcome.APPROVED


def findings_in(decision: Mapping[str, Any] | None) -> tuple[Finding, ...]:
    """The reasons of a decision as it was kept."""
    kept: Sequence[Mapping[str, Any]] = (decision or {}).get("findings", [])
    return tuple(Finding.from_json(each) for each in kept)
