"""What the pages after submission show: progress, the list of applications, the officer's desk."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from certstore.pages.views import CertificateCard, Material, Matter, Reason
from issuance.pages.views import Errors, MaterialRow

State = Literal[
    "draft", "submitted", "in_review", "waiting_source", "asked", "approved", "issued",
    "refused", "overdue", "withdrawn",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the tracker; `at` when done, `due` when promised."""

    name: Literal["submitted", "accepted", "reviewed", "issued", "refused"]
    state: Literal["done", "now", "later"]
    at: datetime | None = None
    due: date | None = None
    office: str | None = None
    days_early: int = 0  # working days before the promise


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressView:
    """`issuance/progress.html`, GET /applications/{ref}."""

    ref: str
    matter: Matter
    case_number: str
    state: State
    steps: tuple[Step, ...]
    card: CertificateCard | None = None
    materials: tuple[MaterialRow, ...] = ()
    reasons: tuple[Reason, ...] = ()  # of a refusal, or of being late
    sentence: str | None = None  # what the officer wrote
    asked_href: str | None = None  # where the one thing asked for is given
    due: date | None = None
    again_href: str | None = None  # a form POSTs there to begin again with the answers kept
    child: str | None = None  # whom it is for, if not for oneself
    telephone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationLine:
    """One application in the list; `on` is its due date, or its last change when ended."""

    ref: str
    matter: Matter
    case_number: str
    state: State
    on: date | None
    href: str
    child: str | None = None  # whom it is for, if not for oneself


@dataclass(frozen=True, slots=True)
class ApplicationsView:
    """`issuance/applications.html`, GET /applications."""

    open: tuple[ApplicationLine, ...] = ()
    ended: tuple[ApplicationLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLine:
    """One case waiting; `days_left` counts working days, None while it waits for a source."""

    ref: str
    name: str  # masked when shown
    matter: Matter
    case_number: str
    days_left: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskQueueView:
    """`issuance/desk_queue.html`, GET /desk: the queue when no case is open, or nothing to do."""

    office: str
    officer: str
    queue: tuple[QueueLine, ...] = ()
    decided: Literal["approve", "ask", "refuse"] | None = None  # what was just done
    decided_case: str | None = None  # its case number


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Two texts side by side; each is a tuple of (text, differs)."""

    left: tuple[tuple[str, bool], ...]
    right: tuple[tuple[str, bool], ...]
    right_office: str
    right_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskFile:
    """One file that was handed in, as an officer sees it."""

    paper: str  # a code of the texts (`upload.paper.<code>`)
    pages: tuple[tuple[str, str], ...]  # (thumbnail, large), paths of pictures
    document: str | None = None  # where the PDF is saved from
    advice: tuple[str, ...] = ()  # codes of the texts (`desk.upload.advice.<code>`)
    usual_pages: int = 1
    missing: int = 0  # pages that this paper usually has beyond those handed in


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """Something only a person can judge. The form field is `judge_<number>`: yes | no."""

    kind: Literal["address", "photo", "record", "upload"]
    material: Material
    reasons: tuple[Reason, ...] = ()
    compared: Compared | None = None  # address
    picture_href: str | None = None  # photo, upload
    can_tell: tuple[str, ...] = ()  # photo check codes that passed (`desk.photo.<code>`)
    cannot_tell: tuple[str, ...] = ()  # what the machine cannot see, the same list
    answer: Literal["yes", "no"] | None = None
    files: tuple[DeskFile, ...] = ()  # upload
    said: str | None = None  # upload: what the applicant said, to be compared


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
    guardian: str | None = None  # who acts for a child; masked when shown
    submitted_at: datetime
    due: date | None
    judgements: tuple[Judgement, ...]
    checked: tuple[MaterialRow, ...]
    may_ask: tuple[Material, ...]
    may_refuse_for: tuple[str, ...]
    must_not_request: tuple[Material, ...] = ()
    chosen: Mapping[str, str] = field(default_factory=dict)  # what was typed, after an error
    errors: Errors = field(default_factory=dict)
    read_by: str | None = None  # somebody else has it open: read only
    decided: Literal["approve", "ask", "refuse"] | None = None  # already decided: read only
