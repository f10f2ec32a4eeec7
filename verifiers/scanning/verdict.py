"""The answer to "is the certificate shown to me good?": one verdict, every reason, every check."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache, lru_cache

from verifiers.scanning.account import Account


class Verdict(StrEnum):
    """What the scanner says, from the gravest to the best: several things wrong, the first wins."""

    UNKNOWN_ISSUER = "unknown_issuer"
    TAMPERED = "tampered"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"
    LOST = "lost"
    SUSPENDED = "suspended"
    MALFORMED = "malformed"
    REPLAYED = "replayed"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    STALE_LIST = "stale_list"
    VALID = "valid"


_GRAVITY = {verdict: place for place, verdict in enumerate(Verdict)}


def gravest(verdicts: Iterable[Verdict]) -> Verdict:
    """The gravest of several; valid if there is none."""
    return min(verdicts, key=_GRAVITY.__getitem__, default=Verdict.VALID)


@dataclass(frozen=True, slots=True)
class Check:
    """One step that was taken. `passed` is None where it could not be, or need not be, decided."""

    name: str
    passed: bool | None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ScanResult:
    """A verdict with all its reasons (codes), the steps taken in order, and what may be shown.

    `fields` is empty unless the signature is good. `document` tells what became of a file since it
    was signed; None where no file was judged.
    """

    verdict: Verdict
    reasons: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    fields: Mapping[str, object] = field(default_factory=dict)
    document: Account | None = None


@lru_cache(maxsize=4096)  # a short, closed list of names, and most details come again and again
def _passed(name: str, detail: str = "") -> Check:
    return Check(name, passed=True, detail=detail)


@cache
def _all_passed(names: tuple[str, ...]) -> tuple[Check, ...]:
    return tuple(map(_passed, names))


class Findings:
    """Collects, step by step, what a judgement found; `result` sums it up."""

    def __init__(self) -> None:
        """Begin with nothing found."""
        self._verdicts: list[Verdict] = []
        self._reasons: list[str] = []
        self._checks: list[Check] = []

    def passed(self, name: str, detail: str = "") -> None:
        """Note a step that went well."""
        self._checks.append(_passed(name, detail))

    def all_passed(self, names: tuple[str, ...]) -> None:
        """Note several steps that went well."""
        self._checks.extend(_all_passed(names))

    def failed(self, name: str, verdict: Verdict, reason: str, detail: str = "") -> None:
        """Note a step that went wrong, and what follows from it."""
        self._checks.append(Check(name, passed=False, detail=detail))
        self._verdicts.append(verdict)
        self.remark(reason)

    def undecided(self, name: str, detail: str = "") -> None:
        """Note a step that could not be decided and changes no verdict by itself."""
        self._checks.append(Check(name, passed=None, detail=detail))

    def remark(self, reason: str) -> None:
        """Add a reason that does not change the verdict."""
        if reason not in self._reasons:
            self._reasons.append(reason)

    def take(self, other: ScanResult, *, under: str = "") -> None:
        """Take over another judgement: verdict, reasons and steps, their names under `under`."""
        if other.verdict is not Verdict.VALID:
            self._verdicts.append(other.verdict)
        for reason in other.reasons:
            self.remark(reason)
        for check in other.checks:
            self._checks.append(Check(f"{under}{check.name}", check.passed, check.detail))

    def found(self, verdict: Verdict) -> bool:
        """Whether some step led to this verdict."""
        return verdict in self._verdicts

    def result(self, fields: Mapping[str, object] | None = None) -> ScanResult:
        """Sum up; the gravest verdict decides."""
        verdict = gravest(self._verdicts) if self._verdicts else Verdict.VALID
        return ScanResult(verdict, tuple(self._reasons), tuple(self._checks), fields or {})
