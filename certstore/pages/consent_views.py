"""What the pages of consent show: who asks for what, and what the holder gave."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Standing = Literal["in_force", "used_up", "ended", "withdrawn"]
Scope = Literal["data", "photo", "face"]
# What a list says of a request: how it stands, or how what was given stands.
Word = Literal["asking", "refused", "expired", "in_force", "used_up", "ended", "withdrawn"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that would be given: its label, of which certificate, and the value itself.

    A question (`question` is its code) is answered by yes or no. `value` is None where nothing is
    on file, or where it is more than a line of text.
    """

    label: str
    of: str
    value: str | None = None
    question: str = ""
    number: bool = False  # an identity number: shown with its middle hidden
    on_file: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """One thing that is given by a tick of its own; nothing is ticked beforehand."""

    key: str
    line: Line
    scope: Scope = "data"
    changes: str = ""  # the agency's own sentence: what giving it changes


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenView:
    """What was given in one scope, and how it stands."""

    ref: str
    scope: Scope
    labels: tuple[str, ...]
    standing: Standing
    times: int
    used: int
    given_at: datetime
    ends_at: datetime
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentView:
    """`certstore/consent.html`, GET and POST /consents/{ref}.

    POST `answer` yes or no, `give` once for each tick. `problem` is what was wrong with an answer.
    """

    ref: str
    word: Word
    agency: str
    matter: str
    case_no: str
    asked_at: datetime
    expires_at: datetime
    ward: str | None = None  # the child in the reader's care whom it is about
    only_guardian: bool = False  # the reader is too young to decide
    lines: tuple[Line, ...] = ()
    ticks: tuple[Tick, ...] = ()
    not_given: tuple[str, ...] = ()  # labels of what the agency will not see
    times: int = 1
    days: int = 1
    keep_days: int = 30
    otherwise: str = ""
    given: tuple[GivenView, ...] = ()
    return_href: str | None = None
    problem: Literal["", "nothing_chosen"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentLine:
    """One request in the list; `withdraw` is what one tap takes back."""

    ref: str
    agency: str
    matter: str
    word: Word
    at: datetime
    ward: str | None = None
    withdraw: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentsView:
    """`certstore/consents.html`, GET /consents: asking, in force, and what is over."""

    asking: tuple[ConsentLine, ...] = ()
    in_force: tuple[ConsentLine, ...] = ()
    over: tuple[ConsentLine, ...] = ()
