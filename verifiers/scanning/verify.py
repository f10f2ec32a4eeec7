"""Judging off line, with files alone: the core of `certstore verify`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Final, Self

from cryptography import x509

from certstore.errors import CertstoreError, MalformedError
from certstore.status_list import PublishedList, read_status_list
from certstore.trust import TrustList, parse_trust_list
from verifiers.scanning.document import judge_document
from verifiers.scanning.opened import NothingShown, Opener
from verifiers.scanning.read_file import ShownCode, ShownDocument, read_file
from verifiers.scanning.reading_room import reading_room
from verifiers.scanning.scan import judge_code
from verifiers.scanning.status import HeldLists
from verifiers.scanning.verdict import Findings, ScanResult, Verdict

GOOD: Final = 0
BAD: Final = 1
UNDECIDED: Final = 2
_NOTHING_THERE: Final = frozenset(  # to be judged: no code, no signature, no legible file
    {
        "FILE_TOO_LARGE",
        "FILE_TOO_COSTLY",
        "FILE_UNREADABLE",
        "PICTURE_TOO_LARGE",
        "NO_CODE_FOUND",
        "SEVERAL_CODES",
        "NOT_OUR_CODE",
        "DOCUMENT_UNREADABLE",
        "NOT_VERIFIABLE",
    }
)


@dataclass(frozen=True, slots=True)
class HeldTrust:
    """What a verifier keeps: the pinned root, the list it signed, and the status lists."""

    root: x509.Certificate
    trust: TrustList
    lists: tuple[PublishedList, ...]
    refused: tuple[str, ...]  # why status files were left aside

    @classmethod
    def open(
        cls, *, root_pem: bytes, trust_jws: str, status_files: Sequence[bytes], at: datetime
    ) -> Self:
        """Read the files; raise MalformedError or InvalidTokenError for a bad root or trust list.

        A status file that no listed status key signed is left aside, as if it were missing.
        """
        try:
            root = x509.load_pem_x509_certificate(root_pem)
        except ValueError as error:
            raise MalformedError(
                "the root is not a PEM certificate", where="root", remedy="give --root a PEM file"
            ) from error
        trust = parse_trust_list(trust_jws.strip(), root, at, outdated=True)
        lists, refused = [], []
        for data in status_files:
            try:
                lists.append(read_status_list(data, trust))
            except CertstoreError as error:
                refused.append(error.detail)
        return cls(root, trust, tuple(lists), tuple(refused))


def verify(
    shown: bytes | str,
    *,
    root_pem: bytes,
    trust_jws: str,
    status_files: Sequence[bytes],
    at: datetime,
    opener: Opener | None = None,
) -> ScanResult:
    """Judge a file's bytes or a code's text as of `at`, without any network.

    Files are opened in a process of their own unless an `opener` is given. Raises MalformedError
    or InvalidTokenError when root or trust list cannot be used: then nothing can be judged.
    """
    held = HeldTrust.open(root_pem=root_pem, trust_jws=trust_jws, status_files=status_files, at=at)
    opener = opener or reading_room()
    item = ShownCode(shown) if isinstance(shown, str) else read_file(shown, opener)
    return _with_refused(_judge(item, held, at, opener), held)


def _judge(
    item: ShownCode | ShownDocument | NothingShown, held: HeldTrust, at: datetime, opener: Opener
) -> ScanResult:
    statuses = HeldLists(held.lists)
    match item:
        case ShownCode(text):
            return judge_code(text, trust=held.trust, statuses=statuses, now=at)
        case ShownDocument(pdf):
            return judge_document(
                pdf,
                trust=held.trust,
                root_certificate=held.root,
                statuses=statuses,
                opener=opener,
                now=at,
            )
        case NothingShown(reason):
            return ScanResult(Verdict.MALFORMED, (reason,))


def exit_code(result: ScanResult) -> int:
    """0 good, 1 judged bad, 2 could not be judged.

    It could not be judged where nothing was there to judge (a file that is cut, cannot be opened,
    is unsigned or saved anew; a picture or text without one code of ours), or where no status
    list speaks for it. A code or a signature that was there and is not good was judged bad.
    """
    if result.verdict is Verdict.VALID:
        return GOOD
    if result.verdict is Verdict.STALE_LIST:
        return UNDECIDED
    signed = any(check.name == "integrity" and check.passed for check in result.checks)
    nothing = result.verdict is Verdict.MALFORMED and _NOTHING_THERE & {*result.reasons}
    return UNDECIDED if nothing and not signed else BAD


def as_json(result: ScanResult) -> dict[str, object]:
    """The result with JSON values only: dates as ISO 8601, bytes in hex, enumerations by value."""
    return {
        "verdict": result.verdict.value,
        "reasons": list(result.reasons),
        "checks": [
            {"name": check.name, "passed": check.passed, "detail": check.detail}
            for check in result.checks
        ],
        "fields": {name: _plain(value) for name, value in result.fields.items()},
    }


def _with_refused(result: ScanResult, held: HeldTrust) -> ScanResult:
    findings = Findings()
    findings.take(result)
    for detail in held.refused:
        findings.undecided("status_file", detail)
        findings.remark("STATUS_FILE_REFUSED")
    return findings.result(result.fields)


def _plain(value: object) -> object:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Enum):
        return value.name.lower()
    if isinstance(value, date):
        return value.isoformat()
    return value
