"""Scans on line: the same judging code, with the register asked live and redemption shared."""

from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509

from certstore.certificates import Certificate, StatusEntry
from certstore.clock import Clock, local_date
from certstore.codes.profiles import Profile
from certstore.errors import CertstoreError, NotFoundError
from certstore.objects import ObjectStore
from certstore.presentation import PresentationDesk, Scan, record_scan
from certstore.tables.books import Archive
from certstore.trust import TrustSource
from verifiers.scanning.document import judge_document
from verifiers.scanning.opened import NothingShown, Opener
from verifiers.scanning.read_file import ShownCode, ShownDocument, read_file
from verifiers.scanning.reading_room import reading_room
from verifiers.scanning.replay import Showing
from verifiers.scanning.scan import judge_code
from verifiers.scanning.status import StatusFinding, live_finding
from verifiers.scanning.verdict import ScanResult, Verdict

UNNAMED_VERIFIER = ""


@dataclass(frozen=True, slots=True)
class OnLineScan:
    """A verdict reached on line; the photo (JPEG) only for whom the holder showed it just now."""

    result: ScanResult
    checked_at: datetime
    photo: bytes | None = None


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
class Redemption:
    """The register of presentations as a memory that all scanners share."""

    presentations: PresentationDesk
    verifier: str

    def first_time(self, showing: Showing, *, until: datetime, now: datetime) -> bool | None:
        """Redeem the presentation; see ReplayMemory. Its row outlives `until` by far."""
        del until, now  # the row keeps its own times
        if showing.shown_at:
            return None  # made on a phone, off line: no row was written for it
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
    opener: Opener = field(default_factory=reading_room)

    def judge(self, text: str, verifier: str = UNNAMED_VERIFIER) -> OnLineScan:
        """Judge a code's text; a good `RPD1:` is redeemed by it, once."""
        now = self.clock.now()
        register = LiveRegister(self.archive, [])
        result = judge_code(
            text,
            trust=self.trust(),
            statuses=register,
            now=now,
            seen=Redemption(self.presentations, verifier),
        )
        redeemed = text.startswith(Profile.ON_LINE.prefix) and result.verdict is Verdict.VALID
        if not redeemed:
            self._record(result, register, verifier, now)
            return OnLineScan(result, now)
        return OnLineScan(result, now, self._photo(register))  # redeeming has recorded it

    def judge_file(self, data: bytes, verifier: str = UNNAMED_VERIFIER) -> OnLineScan:
        """Judge a PDF, or the code in a picture; UnavailableError while many are being opened."""
        match read_file(data, self.opener):
            case ShownCode(text):
                return self.judge(text, verifier)
            case NothingShown(reason):
                return OnLineScan(ScanResult(Verdict.MALFORMED, (reason,)), self.clock.now())
            case ShownDocument(pdf):
                return self._judge_document(pdf, verifier)

    def status_of_ref(self, ref: str) -> Certificate | None:
        """The certificate behind a small URL code, for its status alone; None if there is none."""
        try:
            with self.archive.reading() as books:
                found = books.register.get(ref)
        except NotFoundError:
            return None
        return found if found.sealed else None

    def _judge_document(self, pdf: bytes, verifier: str) -> OnLineScan:
        now = self.clock.now()
        register = LiveRegister(self.archive, [])
        result = judge_document(
            pdf,
            trust=self.trust(),
            root_certificate=self.root,
            statuses=register,
            opener=self.opener,
            now=now,
        )
        self._record(result, register, verifier, now)
        return OnLineScan(result, now)

    def _record(
        self, result: ScanResult, register: LiveRegister, verifier: str, now: datetime
    ) -> None:
        """Tell the holder of a scan that showed something."""
        if register.asked and result.fields:
            with self.archive.writing() as books:
                origin = self.presentations.origin
                scan = Scan(register.asked[0], verifier, result.fields)
                record_scan(books, origin, scan, now)

    def _photo(self, register: LiveRegister) -> bytes | None:
        # For a presentation alone, which its holder made for this showing (docs/adr/0010): who
        # holds a print or a copy of the document has the picture on it and gets none from here.
        photo = register.asked[0].file("photo") if register.asked else None
        if photo is None:
            return None
        try:
            return self.objects.get(photo.sha256)
        except CertstoreError:  # the code is redeemed by now: its verdict must not be lost
            return None
