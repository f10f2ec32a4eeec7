"""Judging off line, with files alone: the core of `certstore verify`."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Final, Self

from cryptography import x509

from certstore.errors import CertstoreError, MalformedError
from certstore.presenting.signed_out import SignedOutDevices
from certstore.stamps.authorities import TimeAuthorities
from certstore.status_list import PublishedList, read_status_list
from certstore.tokens import LEEWAY
from certstore.trust import TrustList, parse_trust_list
from verifiers.scanning.account import as_json as account_as_json
from verifiers.scanning.document import judge_document
from verifiers.scanning.document_account import account_of_picture
from verifiers.scanning.long_life import NO_AUTHORITIES
from verifiers.scanning.opened import NothingShown
from verifiers.scanning.read_file import ShownCode, ShownDocument, is_picture, read_file
from verifiers.scanning.reading_room import reading_room
from verifiers.scanning.revisions import Reader
from verifiers.scanning.scan import judge_code
from verifiers.scanning.status import HeldLists
from verifiers.scanning.verdict import Check, Findings, ScanResult, Verdict

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
_CLOCK_BEHIND: Final = ScanResult(
    Verdict.STALE_LIST, ("CLOCK_BEHIND",), (Check("time", passed=False),)
)


@dataclass(frozen=True, slots=True)
class HeldTrust:
    """What a verifier keeps: the pinned root, the list it signed, and the status lists."""

    root: x509.Certificate
    trust: TrustList
    lists: tuple[PublishedList, ...]
    refused: tuple[str, ...]  # why status files were left aside
    times: TimeAuthorities = NO_AUTHORITIES
    devices: SignedOutDevices | None = None  # the phones that were signed out

    @classmethod
    def open(
        cls,
        *,
        root_pem: bytes,
        trust_jws: str,
        status_files: Sequence[bytes],
        at: datetime,
        time_roots: Sequence[bytes] = (),
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
        times = TimeAuthorities.parse(*time_roots)
        return cls(root, trust, tuple(lists), tuple(refused), times)

    def knowing(self, devices: str) -> Self:
        """The same with a list of signed-out phones; one that does not hold is left aside."""
        try:
            return replace(self, devices=SignedOutDevices.parse(devices, self.trust))
        except CertstoreError as error:
            return replace(self, refused=(*self.refused, error.detail))

    @property
    def newest(self) -> datetime:
        """When the newest of what is held was made: it is later than that now."""
        phones = () if self.devices is None else (self.devices.issued_at,)
        return max(self.trust.issued_at, *(held.issued_at for held in self.lists), *phones)


def verify(  # noqa: PLR0913 - what a verifier holds, each by its name
    shown: bytes | str,
    *,
    root_pem: bytes,
    trust_jws: str,
    status_files: Sequence[bytes],
    at: datetime,
    opener: Reader | None = None,
    time_roots: Sequence[bytes] = (),
    devices: str | None = None,
    by_clock: bool = False,
) -> ScanResult:
    """Judge a file's bytes or a code's text as of `at`, without any network.

    `time_roots` are PEM files of time authorities whose stamps on documents count, `devices` the
    published list of signed-out phones. With `by_clock` the moment is this machine's clock, and not
    one that was asked about: if it is before what is held was made, nothing is judged by it
    (`CLOCK_BEHIND`), or dead codes would live again. Files are opened in a process of their own
    unless an `opener` is given. Raises MalformedError or InvalidTokenError when root or trust list
    cannot be used: then nothing can be judged.
    """
    held = HeldTrust.open(
        root_pem=root_pem,
        trust_jws=trust_jws,
        status_files=status_files,
        at=at,
        time_roots=time_roots,
    )
    held = held if devices is None else held.knowing(devices)
    if by_clock and at < held.newest - timedelta(seconds=LEEWAY):
        return _with_refused(_CLOCK_BEHIND, held)
    opener = opener or reading_room()
    item = ShownCode(shown) if isinstance(shown, str) else read_file(shown, opener)
    result = _judge(item, held, at, opener)
    if not isinstance(shown, str) and is_picture(shown):
        result = replace(result, document=account_of_picture(shown))
    return _with_refused(result, held)


def _judge(
    item: ShownCode | ShownDocument | NothingShown, held: HeldTrust, at: datetime, opener: Reader
) -> ScanResult:
    statuses = HeldLists(held.lists)
    match item:
        case ShownCode(text):
            return judge_code(
                text, trust=held.trust, statuses=statuses, now=at, devices=held.devices
            )
        case ShownDocument(pdf):
            return judge_document(
                pdf,
                trust=held.trust,
                root_certificate=held.root,
                statuses=statuses,
                opener=opener,
                now=at,
                authorities=held.times,
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
    """The result with JSON values only: dates as ISO 8601, bytes in hex, enumerations by value.

    Where a file was judged, `document` tells what became of it since it was signed.
    """
    document = {} if result.document is None else {"document": account_as_json(result.document)}
    return {
        **document,
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
    return replace(findings.result(result.fields), document=result.document)


def _plain(value: object) -> object:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Enum):
        return value.name.lower()
    if isinstance(value, date):
        return value.isoformat()
    return value
