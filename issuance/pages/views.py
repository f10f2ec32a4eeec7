"""What the pages around submitting show: one frozen view a template. No IO, no language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from certstore.pages.views import CertificateCard, Material, Matter, Reason
from issuance.ratings.words import RatingWord

Errors = Mapping[str, str]


Outcome = Literal[
    "satisfied", "satisfied_by_commitment", "choose_one", "must_upload",
    "not_applicable", "officer_review", "blocked", "unknown_source_down", "not_looked_up",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialRow:
    """One material: what came of looking for it, from whom, when, and what can be done.

    `how` names the evidence that serves (face_verification, id_photo, lease_filing,
    property_certificate, dormitory_certificate, commitment_letter, birth_certificate, …).
    `not_looked_up`: somebody else's records show it, which are looked up when `after` is done.
    """

    material: Material
    outcome: Outcome
    how: str | None = None
    reasons: tuple[Reason, ...] = ()
    office: str | None = None
    checked_at: datetime | None = None
    basis: Literal["live", "last_known", "handed_in"] | None = None  # on whose word a record stands
    handed_in: int = 0  # pages that were handed in for it: an officer looks at them
    actions: tuple[tuple[str, str], ...] = ()  # (action code, href): face, upload, sign, counter …
    after: Literal["face", "letter", "guardianship", "officer"] | None = None

    @property
    def word(self) -> str:
        """The outcome as it is put into words: only what can be pressed is asked for."""
        offered = {action for action, _ in self.actions}
        if self.outcome == "must_upload" and not offered & {"upload", "photo"}:
            return "hand_in"
        if self.outcome == "choose_one" and len(offered) == 1:
            return "do_this"
        return self.outcome


@dataclass(frozen=True, slots=True)
class Answer:
    """Something the applicant said, or what is known of them; shown in full, to be checked.

    `number` stands beside a person's name.
    """

    name: Literal[
        "applicant", "child", "dwelling", "whose", "relative", "address", "telephone",
        "about", "why",
    ]  # fmt: skip
    value: str  # a code for dwelling, about, why, whose (self | child | relative | guardian)
    change_href: str | None = None
    number: str = ""


@dataclass(frozen=True, slots=True)
class Counter:
    """A counter that takes applications: its name, where it is, when it is open."""

    name: str
    address: str
    hours: str  # on working days
    saturday: str = ""


@dataclass(frozen=True, slots=True)
class WindowsView:
    """`issuance/windows.html`, GET /windows: every counter."""

    counters: tuple[Counter, ...]
    has_points: bool = False  # whether there are service points to lead to


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckView:
    """`issuance/check.html`, /applications/{ref}/check; its form POSTs there and submits.

    `submit_token` makes a second submission show the same application.
    """

    ref: str
    matter: Matter
    materials: tuple[MaterialRow, ...]
    answers: tuple[Answer, ...] = ()
    must_not_request: tuple[Material, ...] = ()
    back_href: str = "/applications"
    due: date | None = None  # when the answer comes
    child: str | None = None  # whom it is for, if not for oneself
    obstacle: Reason | None = None  # why it cannot go on at all
    obstacle_href: str | None = None  # where it can, instead
    counters: tuple[Counter, ...] = ()  # near the home, where something must be handed in
    together_href: str | None = (
        None  # it is submitted there, with the rest of what is done in one go
    )
    ends: tuple[str, ...] = ()  # types that end for good; then `understood` ("1"), `ends` are sent
    errors: Errors = field(default_factory=dict)

    @property
    def later(self) -> tuple[MaterialRow, ...]:
        """What is looked up once something else is done."""
        return tuple(m for m in self.materials if m.outcome == "not_looked_up")

    @property
    def needed(self) -> tuple[MaterialRow, ...]:
        """What stands in the way of submitting."""
        return tuple(m for m in self.materials if _waits(m))

    @property
    def settled(self) -> tuple[MaterialRow, ...]:
        """What needs nothing from the applicant."""
        apart = {"not_applicable", "not_looked_up"}
        return tuple(m for m in self.materials if m.outcome not in apart and not _waits(m))

    @property
    def for_officer(self) -> bool:
        """Whether it is known by now that an officer will look."""
        looked_at = (m.handed_in or m.outcome == "officer_review" for m in self.materials)
        return bool(self.later) or any(looked_at)

    @property
    def unneeded(self) -> tuple[MaterialRow, ...]:
        """What this application does not need at all."""
        return tuple(m for m in self.materials if m.outcome == "not_applicable")


_STANDS_IN_THE_WAY = frozenset({"must_upload", "choose_one", "blocked"})


def _waits(row: MaterialRow) -> bool:
    """Whether the applicant has something to do about it: a letter not signed yet counts too."""
    unsigned = row.outcome == "satisfied_by_commitment" and row.how is None
    return row.outcome in _STANDS_IN_THE_WAY or unsigned


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmittedView:
    """`issuance/submitted.html`, GET /applications/{ref}/submitted."""

    ref: str
    matter: Matter
    case_number: str
    result: Literal["issued", "officer", "source", "working"]  # working: sealing right now
    card: CertificateCard | None = None  # with `issued`; its status is what the heading says
    revoked_why: str | None = None  # what the officer wrote who revoked it
    due: date | None = None
    again: bool = False  # it had been submitted before: the same application is shown
    child: str | None = None  # whom it is for, if not for oneself
    rating: RatingWord | None = None  # with `issued`
