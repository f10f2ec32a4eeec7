"""What the officers' pages show: the queue, one case, a letter, a finding. One view a template."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from certstore.pages.views import CertificateStatus, Material, Matter, Reason
from issuance.pages.letter_lines import Lines
from issuance.pages.question_views import Relation
from issuance.pages.views import Errors, MaterialRow

Due = Literal["late", "today", "soon", "later", "source", "held", "decided"]
Which = Literal["all", "late", "today", "held"]
Outcome = Literal["open", "revoked", "upheld", "in_case", "ended"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldUp:
    """Why an approved case has no certificate yet; `code` of the texts (`desk.held_for.<code>`)."""

    code: str
    detail: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLine:
    """One case; `due` says how it is marked, `days` counts working days, negative when overdue."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingLine:
    """A letter found false, with decisions to make again."""

    ref: str
    number: str
    found_at: datetime
    left: int  # decisions still to make


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What was decided of a case: what, by whom (empty: by the rules), when."""

    what: Literal["approve", "ask", "refuse"]
    by: str = ""
    at: datetime | None = None
    case_number: str = ""
    held_up: HeldUp | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskQueueView:
    """`issuance/desk_queue.html`, GET /desk?which=&page=&decided=, POST /desk/search (number)."""

    office: str
    officer: str
    queue: tuple[QueueLine, ...] = ()
    counts: Mapping[Which, int] = field(default_factory=dict)
    which: Which = "all"
    number: str = ""  # what was searched for
    found: int = 0
    page: int = 1
    pages: int = 1
    findings: tuple[FindingLine, ...] = ()
    decided: Decided | None = None  # what was just done
    next_ref: str | None = None  # the most urgent case, after a decision

    @property
    def waiting(self) -> int:
        """How many cases wait, on all pages."""
        return self.counts.get("all", len(self.queue))


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A part in which two addresses differ; an empty side leaves it out."""

    part: str  # a code of the texts (`desk.part.<code>`), or a unit of an address (号, 室)
    left: str
    right: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Two texts side by side, each whole, as a tuple of (text, differs)."""

    left: tuple[tuple[str, bool], ...]
    right: tuple[tuple[str, bool], ...]
    right_office: str
    right_at: datetime | None = None
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskFile:
    """One file that was handed in, as an officer sees it."""

    paper: str  # a code of the texts (`upload.paper.<code>`)
    pages: tuple[tuple[str, str], ...]  # (thumbnail, large), paths of pictures
    document: str | None = None  # where the PDF is saved from
    advice: tuple[str, ...] = ()  # codes of the texts (`desk.upload.advice.<code>`)
    usual_pages: int = 1
    missing: int = 0  # pages that this paper usually has beyond those handed in


@dataclass(frozen=True, slots=True)
class Whose:
    """Whom a paper or a photo must be of: in full, as an officer holds it against the picture."""

    role: Literal["applicant", "child", "guardian", "relative"]
    name: str
    id_number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """Something only a person can judge. The form field is `judge_<number>`: yes | no."""

    kind: Literal["address", "photo", "record", "upload"]
    material: Material
    reasons: tuple[Reason, ...] = ()
    compared: Compared | None = None  # address
    picture_href: str | None = None  # photo: the one on file
    taken_in: int | None = None  # the year in which that one was taken
    can_tell: tuple[str, ...] = ()  # photo check codes that passed (`desk.photo.<code>`)
    cannot_tell: tuple[str, ...] = ()  # what the machine cannot see, the same list
    answer: Literal["yes", "no"] | None = None
    files: tuple[DeskFile, ...] = ()  # upload
    said: str | None = None  # upload: what the applicant said, to be compared
    whose: tuple[Whose, ...] = ()  # upload, photo: while it waits to be judged


@dataclass(frozen=True, slots=True, kw_only=True)
class Reads:
    """What the applicant will read of one decision: state, reasons, as their page has them."""

    choice: str  # "approve", or "refuse <reason>": what the script looks for
    state: str  # `progress.state.<state>`
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskCaseView:
    """`issuance/desk_case.html`, /desk/cases/{ref}; its form POSTs there.

    Form fields: `judge_1` … (yes | no), `decision` (approve | ask | refuse), `ask` (a material
    code of `may_ask`), `reason` (a code of `may_refuse_for`), `sentence` (to the citizen).
    """

    office: str
    officer: str
    queue: tuple[QueueLine, ...]
    ref: str
    case_number: str
    matter: Matter
    name: str  # masked when shown
    submitted_at: datetime
    due: date | None
    judgements: tuple[Judgement, ...]
    checked: tuple[MaterialRow, ...]  # settled, not settled, not needed: the whole rest
    may_ask: tuple[Material, ...]
    may_refuse_for: tuple[str, ...]
    done: int = 0  # of `checked`, those that need nothing
    waiting: int = 0  # cases in the whole queue
    reads: tuple[Reads, ...] = ()
    must_not_request: tuple[Material, ...] = ()
    chosen: Mapping[str, str] = field(default_factory=dict)  # what was typed, after an error
    errors: Errors = field(default_factory=dict)
    read_by: str | None = None  # somebody else has it open: read only
    decided: Decided | None = None  # already decided: read only
    came_late: bool = False  # this officer's decision came after that one
    false_letters: tuple[str, ...] = ()  # findings (references) about letters it leans on
    letter_ref: str | None = None  # the letter it leans on
    guardian: str | None = None  # who acts for a child; masked when shown

    @property
    def may_approve(self) -> bool:
        """Whether approving can be chosen at all."""
        open_ones = {"unknown_source_down", "must_upload", "choose_one", "blocked"}
        stuck = any(row.outcome in open_ones for row in self.checked)
        return bool(self.judgements) and not self.false_letters and not stuck


@dataclass(frozen=True, slots=True, kw_only=True)
class AffectedLine:
    """A decision that leaned on a letter, and the certificate issued from it."""

    ref: str  # the application's
    case_number: str
    matter: Matter
    name: str  # masked when shown
    state: str
    certificate_number: str | None = None
    certificate_status: CertificateStatus | None = None
    outcome: Outcome = "open"
    decided_by: str = ""
    decided_at: datetime | None = None
    sentence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterView:
    """A letter as officers see it; numbers of people are masked when shown."""

    ref: str
    number: str
    status: CertificateStatus
    lines: Lines
    name: str
    signer: str
    relative: str
    relation: Relation
    address: str
    signed_at: datetime
    level: str
    document_href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskLettersView:
    """`issuance/desk_letters.html`, GET /desk/letters, POST there (number), /desk/letters/{ref}.

    Its form POSTs to /desk/letters/{ref}: `reason`, `confirm` (1).
    """

    office: str
    officer: str
    waiting: int = 0
    number: str = ""
    nothing_found: bool = False
    troubled: int = 0  # letters whose certificate could not be made yet
    findings: tuple[FindingLine, ...] = ()
    letter: LetterView | None = None
    affected: tuple[AffectedLine, ...] = ()
    typed: str = ""
    errors: Errors = field(default_factory=dict)
    came_late: tuple[str, datetime] | None = None  # by whom and when it was found false before


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskFindingView:
    """`issuance/desk_finding.html`, GET /desk/findings/{ref}.

    Each open line has a form that POSTs to /desk/findings/{ref}/{application}: `outcome`
    (revoke | uphold), `sentence`.
    """

    office: str
    officer: str
    ref: str
    letter: LetterView
    reason: str
    found_by: str
    found_at: datetime
    affected: tuple[AffectedLine, ...]
    waiting: int = 0
    done: str | None = None  # the case that was just decided
    in_error: str | None = None  # the application whose form is wrong
    chosen: Mapping[str, str] = field(default_factory=dict)
    errors: Errors = field(default_factory=dict)
    came_late: tuple[str, datetime] | None = None
