"""Batches of records that source authorities hand in (归集): `X.jsonl` and `X.jsonl.jws`.

The signature speaks for the batch, so a wrong one refuses all of it. A bad line is refused
by itself, with its number and every reason, and the others are kept. No database here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from certstore.batch_fields import FaultCode as FaultCode
from certstore.batch_fields import LineRefusal as LineRefusal
from certstore.batch_records import parse_record as parse_record
from certstore.batch_types import Record as Record
from certstore.batch_types import RecordFile as RecordFile
from certstore.batch_types import RecordStatus as RecordStatus
from certstore.errors import MalformedError, TooLargeError
from certstore.keys import Purpose, Signer
from certstore.tokens import detached_kid, sign_detached, verify_detached
from certstore.trust import KeyState, TrustedKey

BATCH_TYP = "batch+jws"  # `typ` of the detached signature
MAX_BATCH_BYTES = 67_108_864
MAX_LINES = 200_000
KeyFinder = Callable[[str], TrustedKey | None]
TypeGrant = Callable[[str, str], bool]


@dataclass(frozen=True, slots=True)
class BatchReading:
    """What a genuine batch says: its source, the records that may be taken, the lines refused."""

    source_kid: str
    source_uscc: str
    records: tuple[Record, ...]
    refusals: tuple[LineRefusal, ...]


def sign_batch(jsonl: bytes, signer: Signer) -> str:
    """Sign a batch as its source does (RFC 7515 appendix F); the key must be a `source` key."""
    if signer.purpose is not Purpose.SOURCE:
        raise MalformedError("a batch is signed with a key of the purpose `source`")
    return sign_detached(jsonl, signer, BATCH_TYP)


def read_batch(
    jsonl: bytes, jws: str, *, find_key: KeyFinder, may_hand_in: TypeGrant | None = None
) -> BatchReading:
    """Read a batch whose detached signature is a source authority's.

    `find_key` finds a trusted key by its kid; whether the key is inside its dates today is for
    it to say. `may_hand_in(uscc, type)` says who may hand in what; without it every source may
    hand in every type. Raises MalformedError with `facts["cause"]` (signature, unknown-key,
    not-a-source, revoked-key, or how the signature cannot be read), TooLargeError beyond limits.
    """
    if len(jsonl) > MAX_BATCH_BYTES:
        raise TooLargeError(f"a batch has at most {MAX_BATCH_BYTES} bytes", where="batch")
    key = source_of(jsonl, jws.strip(), find_key)
    lines = jsonl.split(b"\n")
    if not lines[-1]:
        lines.pop()  # the end of the last line
    if len(lines) > MAX_LINES:
        raise TooLargeError(f"a batch has at most {MAX_LINES} lines", where="batch")
    sorting = _Sorting(key.authority_uscc, may_hand_in)
    for number, line in enumerate(lines, start=1):
        sorting.take(parse_record(line, number=number))
    return BatchReading(
        key.kid, key.authority_uscc, tuple(sorting.records), tuple(sorting.refusals)
    )


def source_of(jsonl: bytes, jws: str, find_key: KeyFinder) -> TrustedKey:
    """Whose batch it is, its signature verified; the algorithm is the key's, not the message's.

    Raises MalformedError as read_batch does.
    """
    key = find_key(detached_kid(jws, typ=BATCH_TYP))
    if key is None:
        _refuse("unknown-key", "the batch is signed with a key nobody here trusts")
    if key.purpose is not Purpose.SOURCE:
        _refuse("not-a-source", "the batch is signed with a key that is not for batches")
    if key.state is KeyState.REVOKED:
        _refuse("revoked-key", "the batch is signed with a revoked key")
    if not verify_detached(jws, jsonl, key.public_key, key.algorithm, typ=BATCH_TYP):
        _refuse("signature", "the batch is not what its source signed")
    return key


class _Sorting:
    """Sorts the lines of one batch into records to take and lines to refuse."""

    def __init__(self, source_uscc: str, may_hand_in: TypeGrant | None) -> None:
        self.records: list[Record] = []
        self.refusals: list[LineRefusal] = []
        self._source = source_uscc
        self._may_hand_in = may_hand_in
        self._lines: dict[tuple[str, int], int] = {}
        self._types: dict[str, str] = {}

    def take(self, reading: Record | LineRefusal) -> None:
        """Put a line where it belongs."""
        fault = reading if isinstance(reading, LineRefusal) else self._fault(reading)
        if fault is not None:
            self.refusals.append(fault)
        elif isinstance(reading, Record):
            self._lines[reading.record_id, reading.version] = reading.line
            self._types[reading.record_id] = reading.type
            self.records.append(reading)

    def _fault(self, record: Record) -> LineRefusal | None:
        """What is wrong with a well-formed record in this batch, from this source."""
        first = self._lines.get((record.record_id, record.version))
        if record.issuer_uscc != self._source:
            code, why = FaultCode.ISSUER_NOT_SOURCE, "issuer_uscc: is not whose key signed"
        elif self._may_hand_in and not self._may_hand_in(self._source, record.type):
            code, why = (
                FaultCode.TYPE_NOT_ALLOWED,
                "type: this source does not hand in such records",
            )
        elif first is not None:
            why = f"record_id: this version stands in line {first} already"
            code = FaultCode.DUPLICATE_RECORD
        elif self._types.get(record.record_id, record.type) != record.type:
            code, why = FaultCode.TYPE_CHANGED, "type: another version of this record has another"
        else:
            return None
        return LineRefusal(record.line, code, why)


def _refuse(cause: str, detail: str) -> NoReturn:
    raise MalformedError(
        detail,
        where="batch signature",
        remedy="sign the exact bytes of the file with the source key that is listed",
        cause=cause,
    )
