"""What the counter's pages show: one frozen view a template. No IO, no language."""

from dataclasses import dataclass, field
from datetime import date, datetime

from certstore.pages.views import Material, Matter, Reason
from issuance.pages.progress_views import State
from issuance.pages.question_views import FoundRecord
from issuance.pages.upload_views import FileView, Paper
from issuance.pages.views import Errors, MaterialRow


@dataclass(frozen=True, slots=True, kw_only=True)
class AtDesk:
    """What stands in the bar of every page of the desk."""

    officer: str
    office: str
    waiting: int = 0  # cases in the whole queue


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterView(AtDesk):
    """`issuance/desk_counter.html`, /desk/counter: who is here?

    Its form POSTs there: `person_name`, `person_number`, `identity_document`, `as_on_card` ("1"),
    `identity_checked` ("yes").
    """

    documents: tuple[str, ...]
    name: str = ""
    number: str = ""
    document: str = ""
    why: str = ""  # again: the look at the card is too old; nobody: nobody is here for that case
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """Who is there, on whose word, until when that holds."""

    name: str
    document: str
    checked_at: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonsCase:
    """One of their applications, as it stands."""

    ref: str
    matter: Matter
    case_number: str
    state: State
    on: date | None = None
    child: str | None = None
    may_again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildTyped:
    """A child as the form names it."""

    name: str = ""
    id_number: str = ""
    relation: str = ""
    consented: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterPersonView(AtDesk):
    """`issuance/desk_counter_person.html`, /desk/counter/people/{visit}.

    Forms POST to …/begin (`matter`, `whom`: self | child, and for a child `child_name`,
    `child_id_number`, `guardian_relation`, `consented`), …/open and …/again (`ref`).
    """

    ref: str
    present: Present
    cases: tuple[PersonsCase, ...]
    matters: tuple[Matter, ...]
    matter: str = ""
    whom: str = ""
    child: ChildTyped = ChildTyped()
    cannot: Reason | None = None  # why this matter cannot be begun
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeTyped:
    """The answers about the home, as the form shows them."""

    dwelling: str = ""
    whose: str = ""
    relation: str = ""
    relative_name: str = ""
    relative_id_number: str = ""
    district: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scans:
    """One material that papers may be scanned for; POST …/materials/{material} as multipart."""

    material: Material
    papers: tuple[Paper, ...]
    files: tuple[FileView, ...] = ()
    refused: tuple[str, ...] = ()
    full: bool = False
    seen: frozenset[str] = frozenset()  # the files whose original an officer saw


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoAtCounter:
    """The photo: shown to be confirmed, handed in, or to be taken; POST …/photo as multipart."""

    offered: str | None = None  # the reference of the one that is shown
    kept: str | None = None
    picture: str = ""  # where it is seen
    against: tuple[str, ...] = ()  # what stands against it (`photo.because.<code>`)
    refused: tuple[str, ...] = ()  # `upload.refused.<code>`
    wrong: tuple[str, ...] = ()  # `photo.because.<code>`


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterAtCounter:
    """The commitment letter; POST …/letter (`signature`, `letter_sha256`), …/letter/withdraw."""

    lines: tuple[str, ...]
    sha256: str
    signed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterCaseView(AtDesk):
    """`issuance/desk_counter_case.html`, /desk/counter/{ref}: one case, its person present.

    Forms POST to …/home, …/here, …/materials/{material}, …/files/{upload}/keep and /drop,
    …/photo, …/letter, …/submit, …/supply, …/withdraw; the last three with `seal`.
    """

    ref: str
    visit: str
    matter: Matter
    case_number: str
    state: State
    present: Present
    seal: str
    child: str | None = None
    districts: tuple[str, ...] = ()
    home: HomeTyped = HomeTyped()
    whys: tuple[str, ...] = ()  # of a matter that asks why and not where; POST …/why
    abouts: tuple[str, ...] = ()
    why: str = ""
    about: str = ""
    ends: tuple[str, ...] = ()  # types that end for good; then `understood` ("1"), `ends` are sent
    found: FoundRecord | None = None
    guardians_home: bool = False
    answered: bool = False
    rows: tuple[MaterialRow, ...] = ()
    scans: tuple[Scans, ...] = ()
    photo: PhotoAtCounter | None = None
    letter: LetterAtCounter | None = None
    obstacle: Reason | None = None
    may_submit: bool = False
    to_officer: bool = False  # somebody will look before it is decided
    may_supply: bool = False
    may_withdraw: bool = False
    may_again: bool = False  # what came to nothing, begun anew: POST /desk/counter/people/…/again
    asked_until: date | None = None
    due: date | None = None
    sentence: str = ""
    reasons: tuple[Reason, ...] = ()
    tells_reasons: bool = False
    taken_at: str = ""  # the counter that took it; empty: sent on line
    certificate: str = ""  # the type of what was issued and holds
    has_receipt: bool = False
    fault: str = ""  # moved | missing | room
    failed: str = ""  # the form that is to be mended: home, letter, photo or a material
    errors: Errors = field(default_factory=dict)

    @property
    def draft(self) -> bool:
        """Whether it is still being filled in."""
        return self.state == "draft"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptView(AtDesk):
    """`issuance/desk_counter_receipt.html`, /desk/counter/{ref}/receipt: to be printed."""

    ref: str
    matter: Matter
    case_number: str
    applicant: str
    number: str  # masked when shown
    guardian: str | None
    received_at: datetime
    received_on: date  # the day of it in China
    due: date | None
    state: State
    papers: tuple[tuple[str, int], ...]  # what was handed in, with pages
    letter: bool
    counter: str
    taken_by: str
