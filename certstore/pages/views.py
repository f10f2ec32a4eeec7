"""What the pages of the store show: one frozen view a template. No IO, no language.

Codes (matter, certificate type, status …) become words in the template through the texts;
names of offices and labels of fields come as text, in the reader's language, from the catalogue.
`href` is a path of this service.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from certstore.web.symbol import Symbol

Matter = Literal[
    "residence_registration",
    "registration_renewal",
    "residence_permit",
    "permit_update",
    "address_change",
    "endorsement",
    "reissue",
    "cancellation",
    "loss_report",
    "loss_lift",
]
CertificateStatus = Literal[
    "valid", "suspended", "suspended_loss", "expired", "superseded", "cancelled", "revoked"
]
NextKind = Literal[
    "signed_out", "first_visit", "eligible", "nothing_to_hand_in", "not_yet", "draft",
    "needs_you", "waiting", "result", "endorsement_due", "endorsement_overdue", "renewal_due",
    "present", "counting_failed", "lost", "held",
]  # fmt: skip
Task = Literal["face", "photo", "commitment", "dwelling", "guardianship", "basis", "check"]
Material = Literal["identity", "photo", "dwelling", "kinship", "guardianship", "half_year", "basis"]


@dataclass(frozen=True, slots=True)
class Reason:
    """A code of the closed list; `values` fill its sentence (date, n, office, detail)."""

    code: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ready:
    """A material nobody need hand in, and which office it comes from (None: no office involved)."""

    material: Material
    office: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NextCard:
    """The one thing to do next, and what each kind needs beyond `kind`.

    eligible: matter, tasks, ready, minutes, href · nothing_to_hand_in: matter, ready, href ·
    first_visit: href · not_yet: matter, on, days · draft: matter, on (kept until), href ·
    needs_you: matter, href · waiting: matter, on (answer by), href · result: type_code, href ·
    endorsement_due, endorsement_overdue, renewal_due: on, href · present: type_code, href ·
    counting_failed: matter, href · lost, held: type_code, href.
    """

    kind: NextKind
    href: str | None = None
    matter: Matter = "residence_registration"
    type_code: str | None = None
    on: date | None = None
    days: int | None = None
    minutes: int = 5
    tasks: tuple[Task, ...] = ()
    ready: tuple[Ready, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Presentable:
    """A certificate that can be shown now, in one line."""

    ref: str
    type_code: str
    valid_to: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeView:
    """`certstore/home.html`, GET /."""

    next: NextCard
    given_name: str | None = None  # None: nobody is signed in
    presentable: tuple[Presentable, ...] = ()
    matters: tuple[Matter, ...] = ()  # further matters that can be begun here
    permit_from: date | None = None  # when a voucher's holder qualifies for a permit, or did
    permit_now: bool = False  # that day has come
    permit_open: bool = False  # and there is none yet
    holds: bool = False  # a certificate that was issued here
    has_permit: bool = False  # a residence permit among them
    looks: int | None = None  # in the last 30 days; None: not counted
    notices: int = 0  # unread


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateCard:
    """One of the holder's certificates as a card."""

    ref: str
    type_code: str
    status: CertificateStatus
    issued_on: date
    valid_to: date | None
    number: str | None = None  # the holder's identity number, masked when shown
    remedy_href: str | None = None  # what mends a status that is not valid
    held: bool = False  # suspended by its authority's word: nothing the holder can mend
    ward: str | None = None  # the child it was issued to, on its guardian's pages
    under_dispute: bool = False
    wallet: bool = False  # may go into a wallet now
    lets: bool = False  # a lease in which the reader is the landlord: no home of theirs

    @property
    def look(self) -> Literal["", "jade", "plain"]:
        """The card's colour: permits blue, vouchers green, anything that is not valid grey."""
        if self.status != "valid":
            return "plain"
        return "" if self.type_code == "residence_permit" else "jade"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRecord:
    """A record the government keeps, which matters may reuse."""

    ref: str
    type_code: str
    status: CertificateStatus
    office: str  # the source authority
    valid_to: date | None = None
    under_dispute: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerVersion:
    """A version that a newer one replaced, or that ended otherwise."""

    ref: str
    type_code: str
    version: int
    status: CertificateStatus
    ended_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificatesView:
    """`certstore/certificates.html`, GET /certificates."""

    cards: tuple[CertificateCard, ...] = ()
    kept: tuple[KeptRecord, ...] = ()
    former: tuple[FormerVersion, ...] = ()


Level = Literal["photo", "residence", "age", "full"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PresentView:
    """`certstore/present.html`, GET /certificates/{ref}/present?level=.

    The page comes with its first code drawn on the server (an inline SVG path, which the policy
    allows; a page without script reloads itself after 50 s). `present.js` then asks
    POST /certificates/{ref}/present/code (header X-CSRF-Token, form fields `level`, `age`) and
    draws what it gets: {"cti": …, "modules": Symbol.packed(), "size": Symbol.size, "expires_at":
    RFC 3339, "seconds": whole seconds left, "used_at": "10:41" or absent}. 409 means the
    certificate can no longer be shown: the page reloads. GET …/present/scanned?cti= says
    {"used_at": …} once it was scanned. Everything is shown only after `confirm`: a form that
    names each field.
    """

    ref: str
    type_code: str
    status: CertificateStatus
    name: str
    id_number: str
    now: datetime
    photo_href: str | None = None
    code: Symbol | None = None  # None: the certificate cannot be shown in this status
    expires_at: datetime | None = None
    seconds: int = 60  # the code lives this long
    level: Level = "photo"
    levels: tuple[Level, ...] = ("photo",)  # those offered
    cti: str | None = None
    age: int | None = None  # at level "age"
    ages: tuple[int, ...] = ()  # those the holder has reached
    sees: tuple[str, ...] = ()  # what the other side sees, by its label
    sees_not: tuple[str, ...] = ()
    confirm: tuple[str, ...] = ()  # the names of the fields to be confirmed before they are shown
    district: str = ""  # at level "residence"
    cannot: Literal["ended", "age", "district"] | None = None  # why there is no code
    url_code: Symbol | None = None  # for an ordinary camera: the status alone
    url: str = ""
    reveal_href: str | None = None  # POST answers {"name": …}; None: no such button
    specimen: bool = True


ProblemKind = Literal[
    "not_found", "signed_out", "forbidden", "refused", "not_begun", "conflict", "moved_on",
    "malformed",
    "too_many", "unavailable", "our_failure", "wrong_host", "other_method",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemView:
    """`certstore/problem.html`: any refusal or failure. "Not yours" is `not_found`."""

    kind: ProblemKind
    code: str  # the problem's slug, for the help desk
    reference: str  # the correlation id, short
    reason: Reason | None = None  # why, where the closed list has a sentence for it
    on: date | None = None  # from which day it can be done
    href: str | None = None  # where to go on instead; None: home
    office: str | None = None
    telephone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsView:
    """`certstore/settings.html`, GET /settings. Choices are links (?lang= ?size= ?theme=)."""

    person_name: str | None = None  # None: nobody is signed in; else masked on the page
