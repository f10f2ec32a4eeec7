"""What the officers' pages show: the queue, one case, a letter, a finding. One view a template."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from certstore.pages.views import CertificateStatus, Material, Matter, Reason
from issuance.pages.desk_queue_views import (
    Decided,
    FindingLine,
    InHand,
    Narrowed,
    QueueLine,
)
from issuance.pages.letter_lines import Lines
from issuance.pages.question_views import Relation
from issuance.pages.views import Answer, Errors, MaterialRow

Outcome = Literal["open", "revoked", "upheld", "in_case", "ended"]


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
    seen_by: str = ""  # the officer who saw the original at a counter


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
class Proposed:
    """A decision that waits for a second officer, or came back from one."""

    ref: str
    what: Literal["approve", "refuse"]
    name: str  # who proposed it
    number: str
    at: datetime
    rule: str  # why two decide (`second.rule.<code>` of the texts, where there is one)
    reasons: tuple[Reason, ...] = ()  # of a refusal, as the applicant will read them
    sentence: str = ""
    why_not: str = ""  # same_officer | other_station: why whoever looks cannot be the second
    back_by: str = ""  # who sent it back, when, and in which words
    back_at: datetime | None = None
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskCaseView:
    """`issuance/desk_case.html`, /desk/cases/{ref}; its form POSTs there.

    Form fields: `judge_1` … (yes | no), `decision` (approve | ask | refuse), `ask` (a material
    code of `may_ask`), `reason` (codes of `may_refuse_for`, each that holds), `sentence` (to the
    citizen). Other forms: POST …/release, …/take-over (reason), …/second (proposal, answer:
    confirm | back, words).
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
    in_hand: InHand | None = None  # whose it is; another officer's: read only
    may_take_over: bool = False
    claim_minutes: int = 30  # how long it stays in hand without anything being done
    taken_by: str = ""  # the officer who took it in at a counter
    proposal: Proposed | None = None  # waits for a second officer: read only but for that one
    sent_back: Proposed | None = None
    narrowed: Narrowed = field(default_factory=Narrowed)  # the queue it was opened from
    alone_late: str = ""  # the decision was not taken as: held | proposed | answered
    decided: Decided | None = None  # already decided: read only
    came_late: bool = False  # this officer's decision came after that one
    false_letters: tuple[str, ...] = ()  # findings (references) about letters it leans on
    letter_ref: str | None = None  # the letter it leans on
    by_officer: bool = False  # it takes an officer even where nothing is left to judge
    guardian: str | None = None  # who acts for a child; masked when shown
    ends_too: tuple[Matter, ...] = ()  # what waits for it, and ends where it is refused
    said: tuple[Answer, ...] = ()  # why another card, or what is cancelled and why
    ends: tuple[str, ...] = ()  # types that an approval ends for good

    @property
    def chosen_to_ask(self) -> tuple[str, ...]:
        """What was ticked to be asked for, after an error."""
        return tuple(filter(None, self.chosen.get("ask", "").split(",")))

    @property
    def may_approve(self) -> bool:
        """Whether approving can be chosen at all."""
        open_ones = {"unknown_source_down", "must_upload", "choose_one", "blocked"}
        stuck = any(row.outcome in open_ones for row in self.checked)
        somebody_must = bool(self.judgements or self.done) or self.by_officer
        return somebody_must and not self.false_letters and not stuck

    @property
    def held_by(self) -> InHand | None:
        """The other officer who has it in hand."""
        return self.in_hand if self.in_hand is not None and not self.in_hand.mine else None

    @property
    def chosen_reasons(self) -> tuple[str, ...]:
        """The reasons that were ticked, after an error."""
        return tuple(code for code in self.chosen.get("reason", "").split(",") if code)


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
