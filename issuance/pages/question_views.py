"""What the pages of an application's questions show: one frozen view a template. No IO.

Every form posts to the path it stands at, with `csrf`. `errors` maps a form field to an error
code of the closed list in the texts (`error.<field>.<code>`); values typed come back in the view.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from certstore.pages.views import Matter, Reason
from issuance.pages.views import Errors

Relation = Literal["spouse", "parent", "child", "sibling", "grandparent", "grandchild"]


@dataclass(frozen=True, slots=True)
class Draft:
    """An application begun and not submitted; `child` is whom it is for, None: oneself."""

    href: str
    until: date  # the last day it is kept
    child: str | None = None
    drop_href: str = ""  # where it is given up


@dataclass(frozen=True, slots=True, kw_only=True)
class DropView:
    """`issuance/drop.html`, GET /applications/{ref}/withdraw of a draft. Its form POSTs there."""

    ref: str
    matter: Matter
    case_number: str
    keep_href: str
    child: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotNow:
    """Why a matter cannot be begun for oneself today, and from which day it can; None: no day."""

    reason: Reason
    on: date | None = None
    waits: bool = False  # it is a matter of time: that no day can be told is said, too
    href: str | None = None  # what can be done instead


HOME_STEPS = ("home", "look", "face", "check")
REGISTERED_STEPS = ("registered", "face", "check")  # the home is known, and shown to be checked
PERMIT_STEPS = ("registered", "look", "face", "check")
GROUND_STEPS = ("why", "face", "check", "officer")


@dataclass(frozen=True, slots=True, kw_only=True)
class StartView:
    """`issuance/start.html`, GET /apply/{matter}: for whom?

    Its form POSTs there to begin for oneself; for a child it leads to `{path}/child`.
    """

    matter: Matter
    path: str  # where the form posts: /apply/residence-registration
    minutes: int = 5
    working_days: int = 1
    drafts: tuple[Draft, ...] = ()  # applications already begun
    steps: tuple[str, ...] = HOME_STEPS  # how it goes
    not_now: NotNow | None = None  # said before anything is asked

    @property
    def own_draft(self) -> Draft | None:
        """The draft for oneself, which a fresh beginning would end."""
        return next((draft for draft in self.drafts if draft.child is None), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class FreshView:
    """`issuance/fresh.html`, GET /apply/{matter}/fresh: a draft is ended to begin a new one.

    Its form POSTs to `path` with `fresh` = 1.
    """

    matter: Matter
    path: str
    draft: Draft


GuardianRelation = Literal["parent", "grandparent", "sibling", "other"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildView:
    """`issuance/child.html`: which child a guardian applies for. Its form POSTs to `action`.

    Form fields: `child_name`, `child_id_number`, `guardian_relation` (a GuardianRelation),
    `consented` ("1").
    """

    matter: Matter
    action: str
    back_href: str
    child_name: str = ""
    child_id_number: str = ""
    guardian_relation: GuardianRelation | None = None
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Former:
    """What an application was begun again from: why it was refused, if it was."""

    case_number: str
    refused: bool = False
    reasons: tuple[Reason, ...] = ()
    sentence: str | None = None  # what the officer wrote


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Where a question stands in an application; `exact` once it is known how many there are."""

    ref: str  # the application's
    matter: Matter
    number: int  # 1 is the first
    of: int  # as many, or at most so many
    back_href: str
    exact: bool = True
    child: str | None = None  # whom it is for, if not for oneself
    former: Former | None = None  # on the first page of an attempt anew


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRecord:
    """What is on file about the home; shown before anything is asked."""

    type_code: str  # lease_filing, property_certificate, dormitory_certificate
    address: str  # in full: it is the reader's own
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
    unanswered: bool = False  # led back here from a later page: an answer is missing by now
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RelativeView:
    """`issuance/relative.html`, /applications/{ref}/relative.

    Form fields: `whose` (self | relative | guardian), `relation` (a Relation), `relative_name`,
    `relative_id_number`; the last three count only when `whose` is relative. For a child, self
    is the child, and `guardian` says that the guardian's own home can be chosen.
    """

    question: Question
    kind: Literal["rent", "own"]
    whose: Literal["self", "relative", "guardian"] | None = None
    guardian: bool = False
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
class WhyView:
    """`issuance/why.html`, /applications/{ref}/why: why another card, or what is cancelled and why.

    Form fields: `ground` (a code of `whys`), and of a cancellation `about` (a type of `abouts`).
    """

    question: Question
    whys: tuple[str, ...]
    abouts: tuple[str, ...] = ()  # what can be cancelled
    why: str = ""
    about: str = ""
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
    most_a_day: int = 10  # how often one may try
    too_many: bool = False  # that often it was tried today: only the other ways are offered
    sandbox: bool = False  # the sandbox provider: not a real verification
    next_href: str | None = None  # passed or pending: where the application goes on
    upload_href: str | None = None  # None: uploading is not offered yet


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitmentView:
    """`issuance/commitment.html`, /applications/{ref}/commitment: the letter, and its signing.

    Form fields: `signature` (one's own name, typed), `agreed` ("1"), `letter_sha256`. Once signed,
    `signed_at` is set; POST /applications/{ref}/commitment/withdraw (csrf) takes it back before
    submission.
    """

    question: Question
    lines: tuple[str, ...]  # the letter word for word, as it is signed or was
    letter_sha256: str  # of that text, sent back with the signature
    relative: str
    relation: Relation
    address: str
    dwelling: Literal["rent", "own"]
    signature: str = ""
    signed_at: datetime | None = None
    next_href: str | None = None
    errors: Errors = field(default_factory=dict)
