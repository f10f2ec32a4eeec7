"""Certificates handed in by their source authorities (归集), batch by batch.

The good lines of a batch are kept, the bad ones listed; the same batch handed in twice
gives the same report and changes nothing, unless a file that was missing is there now.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from certstore.batch_fields import FaultCode, LineRefusal
from certstore.batch_types import Record, RecordFile
from certstore.batches import read_batch, source_of
from certstore.catalogue import catalogue
from certstore.certificates import Certificate, File, Status, Validity
from certstore.chance import reference
from certstore.clock import Clock
from certstore.disputes.marking import as_handed_in
from certstore.errors import CertstoreError
from certstore.keys import Purpose
from certstore.objects import DigestMismatchError, ObjectStore
from certstore.pictures import PictureDesk
from certstore.tables.batches import BatchReport
from certstore.tables.books import Archive, Books
from certstore.tables.pictures import PhotoCheck
from certstore.trust import TrustedKey, TrustSource

FileReader = Callable[[str], bytes]
"""Gives the bytes of a file by the path a record names, relative to its batch."""
Progress = Callable[[int, int], None]
_CHUNK = 50
_ENDED = frozenset({Status.REVOKED, Status.CANCELLED, Status.SUSPENDED})
_ROLES = {"image/jpeg": "photo", "image/png": "scan", "application/pdf": "scan"}
_STATUS = {"withdrawn": Status.REVOKED}


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionDesk:
    """Takes batches in; `pictures` judges photos, and finds one that somebody else has too."""

    archive: Archive
    objects: ObjectStore
    trust: TrustSource
    clock: Clock
    pictures: PictureDesk

    def hand_in(
        self,
        jsonl: bytes,
        signature: str,
        read_file: FileReader,
        progress: Progress | None = None,
    ) -> BatchReport:
        """Take a signed batch; raise MalformedError when its signature is not a source's."""
        now = self.clock.now()
        source_of(jsonl, signature.strip(), lambda kid: self._source(kid, now))
        digest = hashlib.sha256(jsonl).hexdigest()
        with self.archive.reading() as books:
            known = books.batches.find(digest)
        if known is not None and not _worth_another_look(known):
            return known
        reading = read_batch(
            jsonl, signature, find_key=lambda kid: self._source(kid, now), may_hand_in=may_hand_in
        )
        taken: list[_Taken] = []
        refusals = list(reading.refusals)
        for start in range(0, len(reading.records), _CHUNK):
            chunk = reading.records[start : start + _CHUNK]
            kept, refused = self._with_files(chunk, reading.source_uscc, read_file, now)
            taken += kept
            refusals += refused
            if progress is not None:
                progress(start + len(chunk), len(reading.records))
        return self._record(digest, reading.source_uscc, taken, refusals)

    def _source(self, kid: str, now: datetime) -> TrustedKey | None:
        key = self.trust().find(kid, Purpose.SOURCE)
        # A batch does not say when it was signed, so a retired key hands nothing in.
        return key if key is not None and key.usable_at(now) else None

    def _with_files(
        self, records: tuple[Record, ...], source: str, read_file: FileReader, now: datetime
    ) -> tuple[list["_Taken"], list[LineRefusal]]:
        """Store the files of some records in one go; a wrong file refuses its record."""
        read: list[tuple[Record, tuple[bytes, ...]]] = []
        refused: list[LineRefusal] = []
        for record in records:
            try:
                read.append((record, tuple(_read(f, read_file) for f in record.files)))
            except (CertstoreError, OSError) as error:
                wrong = isinstance(error, DigestMismatchError)
                code = FaultCode.BAD_DIGEST if wrong else FaultCode.BAD_FILE
                detail = "files: missing, or not what their sha256 says; hand the record in again"
                refused.append(LineRefusal(record.line, code, detail))
        self.objects.put_many([data for _, files in read for data in files])
        kept = [self._taken(record, files, source, now) for record, files in read]
        return kept, refused

    def _taken(
        self, record: Record, files: tuple[bytes, ...], source: str, now: datetime
    ) -> "_Taken":
        certificate = self._certificate(record, files, source, now)
        if record.type != "id_photo" or not files:
            return _Taken(certificate)
        check = self.pictures.check(files[0], certificate)
        claims = {**certificate.fields, "quality": check.quality}  # ours, whatever was claimed
        return _Taken(replace(certificate, fields=claims), check)

    @staticmethod
    def _certificate(
        record: Record, files: tuple[bytes, ...], source: str, now: datetime
    ) -> Certificate:
        kept = tuple(
            File(_ROLES.get(f.media_type, "scan"), f.media_type, f.sha256, len(data))
            for f, data in zip(record.files, files, strict=True)
        )
        return Certificate(
            ref=reference(),
            type_code=record.type,
            version=record.version,
            number=record.number,
            identifier=None,
            holders=record.holders,
            issuer_uscc=record.issuer_uscc,
            issued_on=record.issued_on,
            validity=Validity(record.valid_from, record.valid_to),
            status=_STATUS.get(record.status) or Status(record.status),
            status_changed_at=now,
            under_dispute=record.under_dispute,
            fields=dict(record.claims),
            files=kept,
            source=source,
            record_id=record.record_id,
        )

    def _record(
        self,
        digest: str,
        source: str,
        taken: list["_Taken"],
        refusals: list[LineRefusal],
    ) -> BatchReport:
        with self.archive.writing() as books:
            fresh = sum(self._keep(books, one) for one in taken)
            before = books.batches.find(digest)
            if before is not None and not fresh:
                return before
            report = BatchReport(
                digest,
                source,
                self.clock.now(),
                fresh,
                len(taken) - fresh,
                tuple(sorted(refusals, key=lambda refusal: refusal.line)),
            )
            books.batches.add(report)
            return report

    def _keep(self, books: Books, taken: "_Taken") -> bool:
        """Keep a certificate and what its photo is; False if it is here already."""
        certificate = as_handed_in(books, taken.certificate)
        if not books.register.hand_in(certificate):
            return False
        if taken.check is not None:
            valid = certificate.status is Status.VALID
            self.pictures.enter(books, taken.check, in_force=valid)
        _tell(books, taken.certificate)
        return True


def _tell(books: Books, certificate: Certificate) -> None:
    """Whoever was given something of an earlier version of a record is told that it changed."""
    if certificate.version == 1:
        return
    ended = certificate.status in _ENDED
    subject = f"certificate.{certificate.status if ended else Status.SUPERSEDED}"
    for ref in books.register.superseded_by(certificate):
        books.outbox.add(subject, {"certificate": ref}, certificate.status_changed_at)


@dataclass(frozen=True, slots=True)
class _Taken:
    """A certificate whose files are stored, and what was found about its photo."""

    certificate: Certificate
    check: PhotoCheck | None = None


def _worth_another_look(report: BatchReport) -> bool:
    """Whether a line was refused for a file, which may have been brought by now."""
    about_files = (FaultCode.BAD_FILE, FaultCode.BAD_DIGEST)
    return any(refusal.code in about_files for refusal in report.refusals)


def may_hand_in(uscc: str, type_code: str) -> bool:
    """Whether a source may hand in certificates of a type, as the catalogue says."""
    kind = catalogue().get(type_code)
    return kind is not None and kind.handed_in and (kind.any_source or kind.issuer_uscc == uscc)


def _read(file: RecordFile, read_file: FileReader) -> bytes:
    data = file.content if file.content is not None else read_file(file.path or "")
    if hashlib.sha256(data).hexdigest() != file.sha256:
        raise DigestMismatchError("a file is not what its digest says")
    return data
