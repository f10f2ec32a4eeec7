"""What the pages after submission show: progress, the list of applications, the officer's desk."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from certstore.pages.views import CertificateCard, Material, Matter, Reason
from issuance.pages.views import Answer, MaterialRow
from issuance.progress.sequel import Word
from issuance.ratings.words import RatingWord

State = Literal[
    "draft", "waiting", "submitted", "in_review", "waiting_source", "asked", "approved", "issued",
    "done", "card", "refused", "overdue", "withdrawn",
]  # fmt: skip
StepState = Literal["done", "now", "later"]


@dataclass(frozen=True, slots=True)
class Followed:
    """What something waits for: a matter's code (or lease_filing), its number, its page.

    `left` is what is still to be done before it goes on by itself.
    """

    matter: str
    number: str
    href: str
    left: Literal["", "sign", "signatures", "mend", "ended"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the tracker; `at` when done, `due` when promised."""

    name: Literal[
        "submitted", "waited", "accepted", "reviewed", "issued", "done", "refused", "withdrawn"
    ]
    state: StepState
    at: datetime | None = None
    due: date | None = None
    office: str | None = None
    days_early: int = 0  # working days before the promise


@dataclass(frozen=True, slots=True, kw_only=True)
class CardStep:
    """One step of the card that follows."""

    name: Literal["ordered", "making", "ready", "sent", "yours"]
    state: StepState
    at: datetime | None = None
    due: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowingCard:
    """The card that follows the e-certificate: `stage` and `way` are words of the cards."""

    stage: str
    way: str
    href: str
    late: bool = False
    due: date | None = None
    provisional: bool = False
    place: str = ""  # where it is handed out
    tracking_no: str = ""
    day: date | None = None  # when the courier comes
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class Coming:
    """What happens next with the application itself, and by when."""

    what: Literal["accept", "decide", "source", "issue"]
    by: date | None = None


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
    next: Coming | None = None
    card_steps: tuple[CardStep, ...] = ()  # of the card that follows, or that will
    follows: FollowingCard | None = None
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
    waits_for: Followed | None = None  # in state waiting: what has no certificate yet
    together_href: str | None = None  # what was submitted with it
    said: tuple[Answer, ...] = ()  # why another card, or what is cancelled and why
    about_href: str | None = None  # of a loss: the page of what was lost
    by_you: bool = False  # ended: its applicant withdrew it
    rating: RatingWord | None = None  # whether it can be rated, was, or was answered; None: no


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationLine:
    """One application in the list; `on` is its due day, or the day it ended."""

    ref: str
    matter: Matter
    case_number: str
    state: State
    on: date | None
    href: str
    child: str | None = None  # whom it is for, if not for oneself
    together: bool = False  # one of several matters in one go
    by_you: bool = False  # ended: its applicant withdrew it


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherLine:
    """A case that is no application; `state` is a word of the leases, or `lost`."""

    kind: Literal["lease_filing", "loss"]
    number: str
    state: str
    href: str
    yours: bool = False
    on: date | None = None


@dataclass(frozen=True, slots=True)
class ApplicationsView:
    """`issuance/applications.html`, GET /applications."""

    open: tuple[ApplicationLine, ...] = ()
    ended: tuple[ApplicationLine, ...] = ()
    others_open: tuple[OtherLine, ...] = ()
    others_ended: tuple[OtherLine, ...] = ()
    together: tuple[tuple[str, int], ...] = ()  # what is done in one go: path, how many open
