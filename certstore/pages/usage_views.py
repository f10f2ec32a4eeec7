"""What the pages "who looked" show: entries of the ledger, as the person concerned reads them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Ground = Literal["law", "consent", "shown", "own"]
Filter = Literal["all", "law", "consent", "shown", "own"]


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageEntry:
    """One look. A relative's matter and a postponed entry say no more than that they are one."""

    ref: str
    kind: Literal["pull", "scan", "review", "reuse", "relative", "postponed"]
    at: datetime
    ground: Ground
    who: str  # the agency or office, "" for a scan by somebody unnamed
    matter: str = ""  # what for, as text; of a scan, the certificate's type code
    given: tuple[str, ...] = ()  # labels of the fields given, in the reader's language
    withheld: tuple[str, ...] = ()  # labels of the fields not given
    operator: str | None = None
    legal_basis: str | None = None
    delete_by: date | None = None
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
