"""What the pages of asking the other way round show: the verifier's two, and the holder's."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from certstore.web.symbol import Symbol
from verifiers.pages.views import ScanResult


@dataclass(frozen=True, slots=True, kw_only=True)
class AskView:
    """`verifiers/ask.html`, GET /scan/ask. Form: POST /scan/ask (fields as here)."""

    verifier: str = ""
    place: str = ""
    why: str = ""
    profile: str = ""
    age: str = ""
    ages: tuple[int, ...] = (14, 16, 18, 60, 65)
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedView:
    """`verifiers/asked.html`: the code to be scanned, then the result, or that nothing came.

    Without script a form asks for the result (POST /scan/ask/result: `ref`, `secret`).
    """

    ref: str = ""
    secret: str = ""
    url: str = ""
    code: Symbol | None = None
    expires_at: datetime | None = None
    verifier: str = ""
    profile: str = "photo"
    age: int | None = None
    waiting: bool = False  # asked for the result, and nobody has answered yet
    over: bool = False
    result: ScanResult | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerChoice:
    """A certificate to answer with, and what of it would be seen, by labels."""

    ref: str
    type_code: str
    ward: str
    sees: tuple[str, ...]
    sees_not: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerView:
    """`verifiers/answer.html`, GET and POST /asked/{ref} (`answer` yes or no, `certificate`)."""

    ref: str = ""
    verifier: str = ""
    agency: str = ""  # of an enrolled client: checked
    place: str = ""
    why: str = ""
    level: str = "photo"
    age: int | None = None
    expires_at: datetime | None = None
    choices: tuple[AnswerChoice, ...] = ()
    error: Literal["missing", "cannot"] | None = None
    # answered: with a yes, by whoever reads it or by somebody else; gone: nobody knows any more
    ended: Literal["yes", "no", "over", "answered", "gone"] | None = None
