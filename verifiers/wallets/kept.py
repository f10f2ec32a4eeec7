"""The outcome of a request as it is kept, sealed, between the wallet's answer and the one look."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from verifiers.scanning.verdict import Check, ScanResult, Verdict


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a wallet's answer came to: a verdict, or the wallet's reason why there is none."""

    checked_at: datetime
    result: ScanResult | None = None
    error: str = ""


def spell_outcome(outcome: Outcome) -> bytes:
    """Write it down; read_outcome gives it back."""
    result = outcome.result
    kept: dict[str, Any] = {"checked_at": outcome.checked_at.isoformat(), "error": outcome.error}
    if result is not None:
        kept["verdict"] = result.verdict.value
        kept["reasons"] = list(result.reasons)
        kept["checks"] = [[check.name, check.passed, check.detail] for check in result.checks]
        kept["fields"] = dict(result.fields)
    return json.dumps(kept, ensure_ascii=False).encode()


def read_outcome(data: bytes) -> Outcome:
    """Read what we wrote ourselves, and sealed."""
    kept: dict[str, Any] = json.loads(data)
    result = None
    if "verdict" in kept:
        result = ScanResult(
            Verdict(kept["verdict"]),
            tuple(kept["reasons"]),
            tuple(Check(name, passed, detail) for name, passed, detail in kept["checks"]),
            kept["fields"],
        )
    return Outcome(datetime.fromisoformat(kept["checked_at"]), result, kept["error"])
