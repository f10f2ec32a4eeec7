"""What the pages of an application show: one frozen view a template. No IO, no language.

Every form posts to the path it stands at, with `csrf`. `errors` maps a form field to an error
code of the closed list in the texts (`error.<field>.<code>`); values typed come back in the view.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from certstore.pages.views import CertificateCard, Material, Matter, Reason

Relation = Literal["spouse", "parent", "child", "sibling", "grandparent", "grandchild"]
Errors = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class StartView:
    """`issuance/start.html`, GET /apply/{matter}; its form POSTs there to begin."""

    matter: Matter
    path: str  # where the form posts: /apply/residence-registration
    minutes: int = 5
    working_days: int = 1
    draft_href: str | None = None  # an application already begun
    draft_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Where a question stands in an application."""

    ref: str  # the application's
    matter: Matter
    number: int  # 1 is the first
    of: int
    back_href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRecord:
    """What is on file about the home; shown before anything is asked."""

    type_code: str  # lease_filing, property_certificate, dormitory_certificate
    address: str  # the room is masked when shown
    holder: str  # tenant or owner
    relation: Relation | None  # None: the applicant
    valid_from: date | None
    valid_to: date | None
    office: str
    checked_at: datetime


@dataclass(frozen=True, slots=True)
class SourceDown:
    """A source that cannot be reached, and by when we will have checked."""

    office: str
    due: date | None = None


Dwelling = Literal["here", "rent", "own", "dormitory", "other"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DwellingView:
    """`issuance/dwelling.html`, /applications/{ref}/dwelling. Form field `dwelling`: a Dwelling.

    `here` is offered only when `found` holds a record: the question becomes a confirmation.
    """

    question: Question
    found: FoundRecord | None = None
    chosen: Dwelling | None = None  # an answer given before
    source_down: SourceDown | None = None
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RelativeView:
    """`issuance/relative.html`, /applications/{ref}/relative.

    Form fields: `whose` (self | relative), `relation` (a Relation), `relative_name`,
    `relative_id_number`; the last three count only when `whose` is relative.
    """

    question: Question
    kind: Literal["rent", "own"]
    whose: Literal["self", "relative"] | None = None
    relation: Relation | None = None
    relative_name: str = ""
    relative_id_number: str = ""
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressView:
    """`issuance/address.html`, /applications/{ref}/address. Form fields: `district`, `address`.

    `recorded` is an address on file that may be the same: both are shown, and the applicant looks.
    """

    question: Question
    districts: tuple[str, ...]
    district: str = ""
    address: str = ""
    recorded: str | None = None
    recorded_by: str = ""  # the office that recorded it
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceView:
    """`issuance/face.html`, /applications/{ref}/face. POST begins; the page leaves by redirect.

    A pending page reloads itself every 5 seconds, without script.
    """

    question: Question
    state: Literal["start", "passed", "failed", "pending"]
    provider: str
    reason: str | None = None  # why it failed, a code of the closed list (`face.because.<code>`)
    sandbox: bool = False  # the sandbox provider: not a real verification
    next_href: str | None = None  # passed or pending: where the application goes on
    upload_href: str | None = None  # None: uploading is not offered yet


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitmentView:
    """`issuance/commitment.html`, /applications/{ref}/commitment: the letter, and its signing.

    Form fields: `signature` (one's own name, typed), `agreed` ("1"). Once signed, `signed_at`
    is set; POST /applications/{ref}/commitment/withdraw (csrf) takes it back before submission.
    """

    question: Question
    applicant: str
    applicant_id_number: str
    relative: str
    relation: Relation
    address: str
    document: Literal["lease_filing", "property_certificate"]
    today: date
    signature: str = ""
    signed_at: datetime | None = None
    next_href: str | None = None
    errors: Errors = field(default_factory=dict)


Outcome = Literal[
    "satisfied", "satisfied_by_commitment", "choose_one", "must_upload",
    "not_applicable", "officer_review", "blocked", "unknown_source_down",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialRow:
    """One material: what came of looking for it, from whom, when, and what can be done.

    `how` names the evidence that serves (face_verification, id_photo, lease_filing,
    property_certificate, dormitory_certificate, commitment_letter, birth_certificate, …).
    """

    material: Material
    outcome: Outcome
    how: str | None = None
    reasons: tuple[Reason, ...] = ()
    office: str | None = None
    checked_at: datetime | None = None
    actions: tuple[tuple[str, str], ...] = ()  # (action code, href): face, upload, sign, counter …


@dataclass(frozen=True, slots=True)
class Answer:
    """Something the applicant said: `name` is dwelling, whose, relative, address or telephone."""

    name: Literal["dwelling", "whose", "relative", "address", "telephone"]
    value: str  # a code for dwelling (Dwelling) and whose (self | relative), else text
    change_href: str | None = None


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

    @property
    def needed(self) -> tuple[MaterialRow, ...]:
        """What stands in the way of submitting."""
        return tuple(m for m in self.materials if _waits(m))

    @property
    def settled(self) -> tuple[MaterialRow, ...]:
        """What needs nothing from the applicant."""
        return tuple(m for m in self.materials if m.outcome != "not_applicable" and not _waits(m))

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
    card: CertificateCard | None = None  # with `issued`
    due: date | None = None
    again: bool = False  # it had been submitted before: the same application is shown
