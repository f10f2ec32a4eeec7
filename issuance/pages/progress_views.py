"""What the pages after submission show: progress, the list of applications, the officer's desk."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from certstore.pages.views import CertificateCard, Material, Matter, Reason
from issuance.pages.views import MaterialRow

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


@dataclass(frozen=True, slots=True)
class AskedFor:
    """A material that was asked for, where it is handed in, and whether it was."""

    material: Material
    href: str
    given: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressView:
    """`issuance/progress.html`, GET /applications/{ref}."""

    ref: str
    matter: Matter
    case_number: str
    state: State
    steps: tuple[Step, ...]
    card: CertificateCard | None = None  # of what was issued its status is what the heading says
    revoked_why: str | None = None  # what the officer wrote who revoked it
    materials: tuple[MaterialRow, ...] = ()
    reasons: tuple[Reason, ...] = ()  # of a refusal, or of being late
    sentence: str | None = None  # what the officer wrote
    asked: tuple[AskedFor, ...] = ()  # what an officer asks for
    asked_until: date | None = None
    supply_href: str | None = None  # a form POSTs there when all of it was handed in
    withdraw_href: str | None = None  # a form POSTs there to withdraw
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
