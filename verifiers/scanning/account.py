"""What became of a file since it was signed, as facts: one finding, and each change by its kind."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

LONGEST_DETAIL = 200  # characters
MOST_CHANGES = 40


class Finding(StrEnum):
    """What a file is. It says nothing of the certificate's status, and nothing of its maker."""

    GENUINE = "genuine"
    CHANGED = "changed"
    SIGNED_BY_OTHER = "signed_by_other"
    NOT_OURS = "not_ours"
    NOT_VERIFIABLE = "not_verifiable"


class Obstacle(StrEnum):
    """Why a file that may well be true cannot be verified."""

    RESAVED = "resaved"  # another program wrote it anew: the signature is gone
    SCANNED = "scanned"  # pictures of pages
    PICTURE = "picture"  # no document, but a photograph or a screenshot
    ENCRYPTED = "encrypted"
    CUT_SHORT = "cut_short"
    UNREADABLE = "unreadable"
    TOO_COSTLY = "too_costly"  # opening it took more than any honest file
    KEY_NOT_GOOD = "key_not_good"  # signed by a key that no longer counts, or not yet
    DISAGREES = "disagrees"  # it is as it was signed, and its parts do not say one thing


class ChangeKind(StrEnum):
    """What was done to a document after it was signed."""

    PAGE_ADDED = "page_added"  # detail: the page's number
    PAGE_REMOVED = "page_removed"
    PAGE_MOVED = "page_moved"
    PAGE_CONTENT = "page_content"
    PAGE_FONTS = "page_fonts"
    PAGE_PICTURES = "page_pictures"
    PAGE_BOX = "page_box"  # its size or the part of it that is shown
    PAGE_OTHER = "page_other"
    TEXT_REMOVED = "text_removed"  # detail: the words that are gone
    TEXT_ADDED = "text_added"  # detail: the words that were put in
    ANNOTATION_ADDED = "annotation_added"  # detail: its kind, as PDF calls it
    ANNOTATION_CHANGED = "annotation_changed"
    ANNOTATION_REMOVED = "annotation_removed"
    FORM_CHANGED = "form_changed"
    SEAL_CHANGED = "seal_changed"  # the field of our own signature
    SIGNATURE_ADDED = "signature_added"  # detail: the signer's name, as the signer says it
    TIME_STAMP_ADDED = "time_stamp_added"
    VALIDATION_DATA = "validation_data"
    INFORMATION = "information"  # /Info: title, author, dates
    METADATA = "metadata"  # XMP
    ATTACHMENT_ADDED = "attachment_added"  # detail: its name
    ATTACHMENT_CHANGED = "attachment_changed"
    ATTACHMENT_REMOVED = "attachment_removed"
    ACTION_ADDED = "action_added"  # something that runs when the file is opened
    LAYERS = "layers"
    ENCRYPTION = "encryption"
    CATALOGUE = "catalogue"  # detail: the entry
    HIDDEN_OBJECTS = "hidden_objects"  # objects that nothing shows; detail: how many
    UNREADABLE_NOW = "unreadable_now"
    BYTES_BEFORE = "bytes_before"  # detail: how many
    BYTES_BEHIND = "bytes_behind"
    SIGNED_BYTES_DIFFER = "signed_bytes_differ"  # nobody can tell which words these were
    SIGNATURE_WRONG = "signature_wrong"  # names our key, and is not by it
    SIGNATURE_RESPELLED = "signature_respelled"
    PADDING_FILLED = "padding_filled"
    NOT_COMPARED = "not_compared"  # it took too much to compare


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that was changed; `detail` as its kind says, from the file itself."""

    kind: ChangeKind
    detail: str = ""


@dataclass(frozen=True, slots=True)
class PagePair:
    """A page as it was signed and as the file shows it now: JPEG; None where there is no page."""

    number: int
    signed: bytes | None
    now: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What a file is, and why: `signed_bytes` of `total_bytes` are as somebody trusted signed them.

    `looks_same` is None where the two were not drawn. `signers` are names of whom the trust list
    does not know, as they call themselves.
    """

    finding: Finding
    total_bytes: int
    signed_bytes: int = 0
    obstacle: Obstacle | None = None
    changes: Sequence[Change] = ()
    looks_same: bool | None = None
    signers: Sequence[str] = ()
    pages: Sequence[PagePair] = ()


def as_json(account: Account) -> dict[str, object]:
    """The account with JSON values only; pictures of pages are left out."""
    return {
        "finding": account.finding.value,
        "signed_bytes": account.signed_bytes,
        "total_bytes": account.total_bytes,
        "obstacle": account.obstacle.value if account.obstacle else None,
        "changes": [
            {"kind": change.kind.value, "detail": change.detail} for change in account.changes
        ],
        "looks_same": account.looks_same,
        "signers": list(account.signers),
    }
