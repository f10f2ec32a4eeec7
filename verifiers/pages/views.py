"""What the verifier's pages show. No field of a code is in a view unless its signature is good."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

VerdictWord = Literal[
    "valid", "not_yet_valid", "expired", "suspended", "lost", "revoked", "superseded",
    "unknown_issuer", "tampered", "malformed", "replayed", "stale_list",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One thing that was checked; `passed` None means it could not be or was not reached."""

    name: str  # a code of the closed list (`scan.check.<name>`)
    passed: bool | None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanResult:
    """A verdict, its reasons, what was checked, and what the code says if its signature is good."""

    verdict: VerdictWord
    reasons: tuple[str, ...] = ()
    checks: tuple[CheckLine, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)  # by the names of `scan.field.<name>`
    checked_at: datetime
    photo_href: str | None = None
    specimen: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanView:
    """`verifiers/scan.html`, GET /scan; also the answer to POST /scan and POST /scan/file.

    Forms: POST /scan (`csrf`, `code`), POST /scan/file (`csrf`, `file`, multipart). With script,
    pictures are read on the device and only the code's text leaves it, to POST /v1/verify/code.
    """

    result: ScanResult | None = None
    list_age: int | None = None  # seconds since the status list was made; None: unknown
    typed: str = ""
    error: Literal["empty", "no_code", "too_large", "not_readable"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusView:
    """`verifiers/status.html`, GET /s/{code}: status only, no personal data."""

    status: Literal["valid", "suspended", "lost", "expired", "superseded", "revoked", "unknown"]
    type_code: str | None = None
    checked_at: datetime
    specimen: bool = True
