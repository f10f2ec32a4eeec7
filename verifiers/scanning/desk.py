"""Scans on line: the same judging code, with the register asked live and redemption shared."""

import hashlib
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime

from cryptography import x509

from certstore.certificates import Certificate, File, Status, StatusEntry
from certstore.clock import Clock, local_date
from certstore.codes.claims import CodeClaims
from certstore.codes.profiles import Profile, open_code
from certstore.errors import CertstoreError, NotFoundError
from certstore.objects import ObjectStore
from certstore.presentation import PresentationDesk, Scan
from certstore.stamps.authorities import TimeAuthorities
from certstore.tables.books import Archive
from certstore.trust import TrustSource
from verifiers.limited.lines import Lines
from verifiers.scanning.document import judge_document
from verifiers.scanning.document_account import account_of_picture
from verifiers.scanning.long_life import NO_AUTHORITIES
from verifiers.scanning.no_code import status_path, why_no_code
from verifiers.scanning.opened import NothingShown
from verifiers.scanning.read_file import ShownCode, ShownDocument, is_picture, read_file
from verifiers.scanning.reading_room import reading_lines, reading_room
from verifiers.scanning.receipts import ReceiptBook
from verifiers.scanning.replay import Showing
from verifiers.scanning.revisions import Reader
from verifiers.scanning.scan import judge_code
from verifiers.scanning.shown_photo import photo_shown
from verifiers.scanning.status import StatusFinding, live_finding
from verifiers.scanning.tallies import Tallies
from verifiers.scanning.telling import WITHIN, SeenScan, Teller
from verifiers.scanning.typed_numbers import WINDOW, TypedNumbers
from verifiers.scanning.verdict import ScanResult, Verdict

UNNAMED_VERIFIER = ""


@dataclass(frozen=True, slots=True)
class OnLineScan:
    """A verdict reached on line; the photo (JPEG) only for whom the holder showed it just now."""

    result: ScanResult
    checked_at: datetime
    photo: bytes | None = None
    receipt: str | None = None  # compact JWS, of a code alone


_IN_PUBLIC: Mapping[Status, str] = {Status.LOST: "lost", Status.CANCELLED: "revoked"}


@dataclass(frozen=True, slots=True)
class PublicStatus:
    """A certificate's status and type, and as of when: nothing of whom it names."""

    status: str  # valid, suspended, lost, expired, superseded, revoked
    type_code: str
    checked_at: datetime


@dataclass(frozen=True, slots=True)
class LiveRegister:
    """The register as a source of statuses; remembers which certificate it was asked about."""

    archive: Archive
    asked: list[Certificate]

    def status_of(self, authority_uscc: str, entry: StatusEntry, *, now: datetime) -> StatusFinding:
        """The status at this moment; a place the register does not know says nothing."""
        try:
            with self.archive.reading() as books:
                found = books.register.by_status_entry(entry)
        except NotFoundError:
            return StatusFinding(Verdict.STALE_LIST, ("STATUS_INDEX_UNKNOWN",), now, live=True)
        if found.issuer_uscc != authority_uscc:
            return StatusFinding(Verdict.STALE_LIST, ("STATUS_INDEX_UNKNOWN",), now, live=True)
        self.asked.append(found)
        status = found.status_on(local_date(now))
        return live_finding(status, under_dispute=found.under_dispute, as_of=now)


@dataclass(frozen=True, slots=True)
class LiveDevices:
    """The register as a source of signed-out phones."""

    archive: Archive

    def listed(self, kid: str, *, now: datetime) -> bool:
        """Whether the phone of this key was signed out, at this moment."""
        del now
        with self.archive.reading() as books:
            return books.devices.is_signed_out(kid)


@dataclass(frozen=True, slots=True)
class Redemption:
    """The register of presentations as a memory that all scanners share."""

    presentations: PresentationDesk
    verifier: str

    def first_time(self, showing: Showing, *, until: datetime, now: datetime) -> bool | None:
        """Redeem the presentation; see ReplayMemory. Its row outlives `until` by far."""
        del now  # the row keeps its own times
        if showing.shown_at:  # made on a phone, off line: no row was written for it before
            return self.presentations.first_off_line(_digest(showing), until)
        return self.presentations.redeem(showing.cti.hex(), self.verifier)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanDesk:
    """Judges codes and documents for verifiers who are on line."""

    archive: Archive
    trust: TrustSource
    root: x509.Certificate
    presentations: PresentationDesk
    objects: ObjectStore
    clock: Clock
    receipts: ReceiptBook
    public_url: str = ""  # our own address, as small URL codes begin
    opener: Reader = field(default_factory=reading_room)
    lines: Lines = field(default_factory=reading_lines)
    time_authorities: TimeAuthorities = NO_AUTHORITIES
    prints: Tallies = field(default_factory=lambda: Tallies(WITHIN))
    misses: Tallies = field(default_factory=lambda: Tallies(WINDOW))

    def judge(
        self,
        text: str,
        verifier: str = UNNAMED_VERIFIER,
        nonce: bytes | None = None,
        *,
        caller: str | None = None,
    ) -> OnLineScan:
        """Judge a code's text; a good `RPD1:` is redeemed by it, once.

        `nonce` is what the verifier asked the holder of an `RPH1:` to sign, `caller` an address
        (None for the house itself). RateLimitedError for nine digits after too many wrong ones.
        """
        now = self.clock.now()
        numbers = TypedNumbers(self.archive, self.presentations, self.clock, self.misses)
        typed, code = text, numbers.code_of(text, caller)
        if code is None and (reason := why_no_code(text, self.public_url)):
            return OnLineScan(ScanResult(Verdict.MALFORMED, (reason,)), now)
        text, register = code or text, LiveRegister(self.archive, [])
        result = judge_code(
            text,
            trust=self.trust(),
            statuses=register,
            now=now,
            seen=Redemption(self.presentations, verifier),
            devices=LiveDevices(self.archive),
            nonce=nonce,
        )
        # Of what was handed in: the code behind a number is made here, and nobody else has it.
        handed_in = text if code is None else typed.replace(" ", "").replace("-", "")
        receipt = self.receipts.receipt(handed_in, result, verifier, now) if result.fields else None
        photo = photo_shown(text, result, register.asked[0] if register.asked else None)
        if not (text.startswith(Profile.ON_LINE.prefix) and result.verdict is Verdict.VALID):
            seen = {**result.fields, "photo": ""} if photo else result.fields
            self._record(replace(result, fields=seen), register, verifier, now, text, caller)
        # Redeeming has recorded the rest: what leaves the house is on record before.
        return OnLineScan(result, now, self._photo(photo), receipt)

    def status_path(self, text: str) -> str | None:
        """The path of the status page whose address here this is; None for every other text."""
        return status_path(text, self.public_url)

    def judge_file(
        self, data: bytes, verifier: str = UNNAMED_VERIFIER, *, caller: str | None = None
    ) -> OnLineScan:
        """Judge a PDF, or the code in a picture; UnavailableError while many are being opened.

        Of each caller (an address; None for the house itself) one file is judged at a time;
        RateLimitedError if several wait already.
        """
        with nullcontext() if caller is None else self.lines.turn_of(caller):
            found = self._judge_shown(data, verifier, caller)
        if not is_picture(data):
            return found
        told = replace(found.result, document=account_of_picture(data))
        return replace(found, result=told)

    def _judge_shown(self, data: bytes, verifier: str, caller: str | None) -> OnLineScan:
        match read_file(data, self.opener):
            case ShownCode(text):
                return self.judge(text, verifier, caller=caller)
            case NothingShown(reason):
                return OnLineScan(ScanResult(Verdict.MALFORMED, (reason,)), self.clock.now())
            case ShownDocument(pdf):
                return self._judge_document(pdf, verifier, caller)

    def public_status(self, ref: str) -> PublicStatus | None:
        """What the small URL code of a certificate says to everybody; None if there is none."""
        now = self.clock.now()
        try:
            with self.archive.reading() as books:
                found = books.register.get(ref)
        except NotFoundError:
            return None
        if not found.sealed:
            return None
        status = found.status_on(local_date(now))
        return PublicStatus(_IN_PUBLIC.get(status, status.value), found.type_code, now)

    def _judge_document(self, pdf: bytes, verifier: str, caller: str | None) -> OnLineScan:
        now = self.clock.now()
        register = LiveRegister(self.archive, [])
        result = judge_document(
            pdf,
            trust=self.trust(),
            root_certificate=self.root,
            statuses=register,
            opener=self.opener,
            now=now,
            authorities=self.time_authorities,
        )
        self._record(result, register, verifier, now, None, caller)
        return OnLineScan(result, now)

    def _record(
        self,
        result: ScanResult,
        register: LiveRegister,
        verifier: str,
        now: datetime,
        code: str | None,
        caller: str | None,
    ) -> None:
        """Tell the holder of a scan that showed something."""
        if not register.asked or not result.fields:
            return
        # Of a code that was used before the holder reads so: it may not be the same person.
        again = result.verdict is Verdict.REPLAYED
        said = {"verdict": result.verdict.value} if again else {}
        scan = Scan(register.asked[0], verifier, result.fields, said)
        showing = None if code is None else _showing(code)
        seen = SeenScan(scan, showing, result.verdict is not Verdict.VALID, caller)
        Teller(self.archive, self.presentations.origin, self.prints).tell(seen, now)

    def _photo(self, photo: File | None) -> bytes | None:
        if photo is None:
            return None
        try:
            return self.objects.get(photo.sha256)
        except CertstoreError:  # the code is redeemed by now: its verdict must not be lost
            return None


def _showing(code: str) -> str | None:
    """What makes a showing itself, of a code that was rightly signed; None of a printed one."""
    opened = open_code(code)
    claims, layer = CodeClaims.decode(opened.issued.payload), opened.shown
    if claims.cti is None or opened.profile is Profile.PRINTED:
        return None
    at, nonce = (layer.issued_at, layer.nonce or b"") if layer else (0, b"")
    return _digest(Showing(claims.issuer, claims.cti, at, nonce))[:32]


def _digest(showing: Showing) -> str:
    parts = (showing.issuer, showing.cti.hex(), str(showing.shown_at), showing.nonce.hex())
    return hashlib.sha256(":".join(parts).encode()).hexdigest()
