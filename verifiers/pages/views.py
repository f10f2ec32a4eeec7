"""What the verifier's pages show. No field of a code is in a view unless its signature is good."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from certstore.presenting.ethnicities import ethnicity_name
from verifiers.pages.screens import face_of, screen_of

VerdictWord = Literal[
    "valid", "not_yet_valid", "expired", "suspended", "lost", "revoked", "superseded",
    "unknown_issuer", "tampered", "malformed", "replayed", "stale_list",
]  # fmt: skip

ScanError = Literal["empty", "no_code", "too_large", "not_readable", "numbers"]


# In the order of their codes, from 1: what a code says as a number is read as a word.
_ETHNICITIES = tuple(name for code in range(1, 57) if (name := ethnicity_name(code)))


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
    status_href: str | None = None  # the page of a small URL code that was handed in
    specimen: bool = True

    @property
    def screen(self) -> str:
        """Whose words it gets: the verdict, or a case of it that needs its own."""
        return self._screen[0]

    @property
    def also(self) -> tuple[str, ...]:
        """The reasons that the screen does not tell already."""
        return tuple(reason for reason in self.reasons if reason != self._screen[1])

    @property
    def face(self) -> str:
        """Where the photo to compare with is: here, theirs or none."""
        word = self.fields.get("type", "")
        return face_of(self.fields, word, has_photo=self.photo_href is not None)

    @property
    def _screen(self) -> tuple[str, str]:
        passed = {check.name for check in self.checks if check.passed}
        return screen_of(self.verdict, self.reasons, passed)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanView:
    """`verifiers/scan.html`, GET /scan; also the answer to POST /scan and POST /scan/file.

    Forms: POST /scan (`csrf`, `code`), POST /scan/file (`csrf`, `file`, multipart). With script,
    pictures are read on the device and only the code's text leaves it, to POST /v1/verify/code.
    """

    result: ScanResult | None = None
    list_age: int | None = None  # seconds since the status list was made; None: unknown
    typed: str = ""
    root: str = ""  # the pinned root's SubjectPublicKeyInfo (base64 DER); empty: on line only
    national: Mapping[str, str] = field(default_factory=dict)  # national code of each known type
    ethnicities: tuple[str, ...] = _ETHNICITIES
    error: ScanError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanHistoryView:
    """`verifiers/scan_history.html`, GET /scan/history: filled in by script, from the device."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusView:
    """`verifiers/status.html`, GET /s/{code}: status only, no personal data."""

    status: Literal["valid", "suspended", "lost", "expired", "superseded", "revoked", "unknown"]
    type_code: str | None = None
    checked_at: datetime
    specimen: bool = True
