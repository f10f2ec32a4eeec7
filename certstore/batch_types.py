"""A record of a batch as a value, and the closed list of types with what each claims."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from importlib import resources

from certstore.certificates import Holder


class RecordStatus(StrEnum):
    """What has become of a record, as its source says it; `withdrawn` revokes an earlier one."""

    VALID = "valid"
    EXPIRED = "expired"
    LOST = "suspended_loss"
    CANCELLED = "cancelled"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class RecordFile:
    """A file of a record: either the path it is handed in under, or its bytes."""

    media_type: str
    sha256: str  # hex
    path: str | None
    content: bytes | None  # checked against the digest; a path's bytes are not here yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One version of one record as its source handed it in, well formed."""

    line: int
    record_id: str
    version: int
    type: str
    holders: tuple[Holder, ...]
    issuer_uscc: str
    number: str
    issued_on: date
    valid_from: date
    valid_to: date | None
    status: RecordStatus
    under_dispute: bool
    claims: Mapping[str, object]
    files: tuple[RecordFile, ...]
    source_time: datetime


@dataclass(frozen=True, slots=True)
class TypeRule:
    """What a record of one type must and may claim, and its files."""

    title_zh: str
    required: Mapping[str, str]
    optional: Mapping[str, str]
    one_photo: bool


@cache
def type_rules() -> Mapping[str, TypeRule]:
    """Read `batch_types.toml`, once: the closed list of types."""
    text = resources.files("certstore").joinpath("batch_types.toml").read_text("utf-8")
    return {
        word: TypeRule(table["title_zh"], table["required"], table["optional"], "files" in table)
        for word, table in tomllib.loads(text).items()
    }
