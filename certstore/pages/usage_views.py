"""What the pages "who looked" show: entries of the ledger, as the person concerned reads them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Ground = Literal["law", "consent", "shown", "own", "other"]
# What was refused stands on no ground: nothing was given on it.
Filter = Literal["all", "law", "consent", "shown", "own", "other", "refused"]
# Why nothing was given to whoever asked; the problem slugs that concern a person.
Refused = Literal[
    "field-not-granted",
    "insufficient-purpose",
    "subject-mismatch",
    "not-found",
    "certificate-revoked",
    "source-unavailable",
    "fields-required",
    "conflict",
    "rate-limited",
    "consent-required",
    "consent-withdrawn",
    "representation-unproven",
    "quota-exceeded",
    "forbidden",
    "invalid-request",
]
QuestionState = Literal["asked", "overdue", "answered"]


UsageKind = Literal[
    "pull", "scan", "review", "reuse", "relative", "postponed",
    "guardian", "guardian_copy", "guardian_look", "decision", "own_act",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionLine:
    """What the reader asked about an access, and the agency's answer once there is one."""

    state: QuestionState
    due: date
    note: str = ""
    answer: str = ""
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageEntry:
    """One look. A postponed entry says no more than that it is one.

    Of somebody's own matter that relied on a record of the reader (`relative`), `who` is told when
    that case is closed.
    """

    ref: str
    kind: UsageKind
    at: datetime
    ground: Ground
    who: str  # the agency or office, "" for a scan by somebody unnamed
    matter: str = ""  # what for, as text; of a scan, the certificate's type code
    given: tuple[str, ...] = ()  # labels of the fields given, in the reader's language
    answers: tuple[str, ...] = ()  # what a decision compared, each with its answer
    withheld: tuple[str, ...] = ()  # labels of the fields not given
    refused: Refused | None = None  # nothing was given, and why
    asked: tuple[str, ...] = ()  # labels of what a refused pull asked for
    record_type: str = ""  # of a relative's matter: what was relied on; "": only looked up
    case_number: str = ""  # of a relative's matter, once it is closed
    ward: str | None = None  # whose data, where they are a child's in the reader's care
    scanned_at: datetime | None = None  # of a scan off line that was told of afterwards
    again: bool = False  # of a scan of a code that had been used before
    more_scans: int = 0  # of the same print from the same address, counted only
    guardian: str = ""  # who acted for the child whose matter it was
    operator: str | None = None
    legal_basis: str | None = None
    delete_by: date | None = None
    holders_word: Literal["", "use_code", "entrustment"] = ""  # what the holder gave it by
    question: QuestionLine | None = None  # the latest one about it
    question_href: str | None = None  # where to say "I did not do this"; None: not offered


@dataclass(frozen=True, slots=True)
class UsageDay:
    """The looks of one day, latest first."""

    day: date
    entries: tuple[UsageEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageView:
    """`certstore/usage.html`, GET /usage?ground=."""

    days: tuple[UsageDay, ...] = ()
    counts: tuple[tuple[Filter, int], ...] = (("all", 0),)  # what can be filtered by, all first
    chosen: Filter = "all"
    consents_waiting: int = 0  # requests for consent that wait for an answer
    period: int = 30  # days looked back
    readable: bool = True  # False: the ledger cannot be reached


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofView:
    """`certstore/usage_proof.html`, GET /usage/{ref}: the entry's place in the ledger.

    `checked` is what our verifier found on this request; None while the entry is not yet in a
    checkpoint (`due` says until when it must be). Digests are hexadecimal.
    """

    entry: UsageEntry
    checked: Literal["good", "bad"] | None
    leaf_hash: str
    leaf_index: int | None = None
    tree_size: int | None = None
    root: str | None = None
    audit_path: tuple[str, ...] = ()
    checkpoint_at: datetime | None = None
    log_name: str = ""  # the checkpoint's origin line
    due: datetime | None = None
    download_href: str | None = None  # the one-file proof
