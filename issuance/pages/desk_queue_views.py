"""What the officers' queue shows, and cases approved together. One view a template."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal
from urllib.parse import urlencode

from certstore.pages.views import Matter
from issuance.waiting.queue import Which as Which

Due = Literal["late", "today", "soon", "later", "source", "held", "decided"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldUp:
    """Why an approved case has no certificate yet; `code` of the texts (`desk.held_for.<code>`)."""

    code: str
    detail: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class InHand:
    """Which officer has a case in hand, and since when."""

    name: str
    number: str
    since: datetime
    mine: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLine:
    """One case; `due` says how it is marked, `days` counts working days, negative when overdue.

    `clear`: it may be chosen to be approved together with others.
    """

    ref: str
    name: str  # masked when shown
    matter: Matter
    case_number: str
    due: Due
    due_on: date | None = None
    submitted_at: datetime | None = None
    days: int = 0
    state: str = "in_review"  # where `due` is decided: approved, issued, refused, withdrawn
    held_up: HeldUp | None = None
    in_hand: InHand | None = None
    proposed_by: str = ""  # whose decision waits for a second officer
    raised: bool = False
    clear: bool = False
    station: str = ""  # its name, where every station's cases are shown


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingLine:
    """A letter found false, with decisions to make again."""

    ref: str
    number: str
    found_at: datetime
    left: int  # decisions still to make


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What was decided of a case: what, by whom (empty: by the rules), when.

    `second`: it was proposed, and waits for a second officer. Withdrawn, unanswered and ended:
    it came to nothing without a decision.
    """

    what: Literal[
        "approve", "ask", "refuse", "carried_out", "done", "withdrawn", "unanswered", "ended"
    ]  # done: as it was asked for
    by: str = ""
    at: datetime | None = None
    case_number: str = ""
    held_up: HeldUp | None = None
    second: bool = False

    @property
    def undecided(self) -> bool:
        """Whether it ended without anybody's decision."""
        return self.what in {"withdrawn", "unanswered", "ended"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """How the queue is narrowed: the parameters of its address."""

    which: Which = "all"
    matter: str = ""
    hand: str = ""  # me | nobody
    station: str = ""

    def query(self, **changes: object) -> str:
        """The address's query with these changes, with its question mark; empty for everything."""
        said = {
            "which": "" if self.which == "all" else self.which,
            "matter": self.matter,
            "hand": self.hand,
            "station": self.station,
        }
        said |= {name: str(value) for name, value in changes.items()}
        if said.get("which") == "all":
            said["which"] = ""
        text = urlencode({name: value for name, value in said.items() if value})
        return f"?{text}" if text else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskQueueView:
    """`issuance/desk_queue.html`, GET /desk?which=&matter=&hand=&station=&page=.

    POST /desk/search (number); its cases are chosen by POST /desk/bulk (case, several).
    """

    office: str
    officer: str
    queue: tuple[QueueLine, ...] = ()
    counts: Mapping[Which, int] = field(default_factory=dict)
    narrowed: Narrowed = field(default_factory=Narrowed)
    number: str = ""  # what was searched for
    found: int = 0
    page: int = 1
    pages: int = 1
    matters: tuple[str, ...] = ()  # that can be chosen: all but those done at once
    stations: tuple[tuple[str, str], ...] = ()  # code and name; for supervisors alone
    findings: tuple[FindingLine, ...] = ()
    ratings_waiting: int = 0  # for an answer of this supervisor's
    decided: Decided | None = None  # what was just done
    released: str = ""  # the number of the case that was just released
    next_ref: str | None = None  # the most urgent case, after a decision
    error: str = ""  # of choosing cases: none | too_many

    @property
    def which(self) -> Which:
        """Which part is shown."""
        return self.narrowed.which

    @property
    def waiting(self) -> int:
        """How many cases wait, on all pages."""
        return self.counts.get("all", len(self.queue))

    @property
    def supervisor(self) -> bool:
        """Whether every station's cases are shown."""
        return bool(self.stations)

    @property
    def choosable(self) -> bool:
        """Whether something on this page can be approved together."""
        return any(line.clear for line in self.queue)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenLine:
    """One of the cases chosen together; `fault` or `outcome` of the texts (`bulk.why.<code>`)."""

    ref: str
    name: str  # masked when shown
    matter: Matter
    case_number: str
    state: str
    materials: tuple[str, ...] = ()  # what was satisfied
    fault: str = ""
    outcome: str = ""  # done, or why not; empty: not yet


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskBulkView:
    """`issuance/desk_bulk.html`, GET and POST /desk/bulk/{ref}."""

    office: str
    officer: str
    ref: str
    waiting: int
    chosen: tuple[ChosenLine, ...]
    started: bool = False
    ended: bool = False

    @property
    def ready(self) -> tuple[ChosenLine, ...]:
        """What can be approved together as it stands."""
        return tuple(line for line in self.chosen if not line.fault and not line.outcome)

    @property
    def faulty(self) -> tuple[ChosenLine, ...]:
        """What cannot, each with its reason; after the start, what was not approved."""
        if self.started:
            return tuple(x for x in self.chosen if x.outcome not in {"", "done"})
        return tuple(line for line in self.chosen if line.fault)

    @property
    def done(self) -> tuple[ChosenLine, ...]:
        """What was approved."""
        return tuple(line for line in self.chosen if line.outcome == "done")

    @property
    def issued(self) -> int:
        """Of what was approved, how many have their certificate."""
        return sum(line.state == "issued" for line in self.done)

    @property
    def under_way(self) -> bool:
        """Whether something is still being done."""
        return self.started and (not self.ended or self.issued < len(self.done))
