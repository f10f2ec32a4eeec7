"""Issues letters as certificates: number, draft, check, intent, seal, store, tell.

A letter is due from the moment the application that signed it is submitted; that is recorded in
the same transaction. Its intent is committed before anything is signed, as a voucher's is, and
what a crash or a store that is down leaves is finished by the worker.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from certstore.catalogue import certificate_type
from certstore.certificates import Certificate, Draft, File
from certstore.clock import Clock, local_date
from certstore.errors import CertstoreError, ConflictError, NotFoundError, UnavailableError
from certstore.identifiers import CertificateIdentifier
from certstore.ledger import record_access
from certstore.objects import ObjectStore
from certstore.status_desk import StatusDesk
from certstore.tables.books import Archive, Books
from certstore.trust import TrustList
from issuance.application import Application
from issuance.issue_record import issue_access
from issuance.letters.draft import check_letter_draft, letter_fields
from issuance.letters.tables import LETTER, LetterBook
from issuance.sealing import Sealed, Sealer
from issuance.tables import ApplicationBook

log = logging.getLogger("certstore.issuance")
TRY_AGAIN_AFTER = timedelta(minutes=10)  # what failed for a reason of its own, not of a store


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterDesk:
    """Issues letters; holds what that takes and nothing more."""

    archive: Archive
    objects: ObjectStore
    sealer: Sealer
    statuses: StatusDesk
    trust: Callable[[], TrustList]
    clock: Clock
    origin: str
    city: str

    def issue(self, application_ref: str) -> Certificate:
        """Issue the letter signed for a submitted application; once, however often it is asked.

        Raises NotFoundError if none was signed for it, MissingGlyphError if it cannot be printed;
        then nothing was signed.
        """
        # 1. number, draft, checks, intent: committed before the seal
        with self.archive.writing() as books:
            use = LetterBook(books.connection).signed_for(application_ref, lock=True)
            if use is None:
                raise NotFoundError("no letter was signed for this", where=application_ref)
            if use.issued_at is not None:
                return books.register.get(use.letter_ref)
            application = ApplicationBook(books.connection).get(application_ref)
            certificate = self._reserved(books, application, use.letter_ref)
        # 2. seal, 3. store: a repeated attempt stores other bytes and forgets the former
        now = self.clock.now()
        sealed = self.sealer.seal_letter(certificate, now)
        try:
            return self._complete(application, certificate, self._store(sealed), now)
        except ConflictError:
            with self.archive.reading() as books:  # was another first, who sealed the same draft?
                return books.register.get(certificate.ref)

    def attempt(self, application_ref: str) -> bool:
        """Issue the letter of what was just submitted, if it has one and that can be done now."""
        with self.archive.reading() as books:
            use = LetterBook(books.connection).signed_for(application_ref)
        if use is None or use.issued_at is not None:
            return use is not None
        try:
            self.issue(application_ref)
        except CertstoreError as error:
            self._failed(application_ref, error)
            return False
        return True

    def finish(self) -> int:
        """Issue every letter that still waits; how many were. One that fails holds up no other."""
        with self.archive.reading() as books:
            since = self.clock.now() - TRY_AGAIN_AFTER
            waiting = LetterBook(books.connection).not_issued(since)
        done = 0
        for use in waiting:
            try:
                self.issue(use.application_ref)
                done += 1
            except CertstoreError as error:
                self._failed(use.application_ref, error)
            except Exception as error:
                log.exception("a letter cannot be issued", extra={"ref": use.application_ref})
                failure = CertstoreError(f"issuing failed: {type(error).__name__}")
                self._failed(use.application_ref, failure)
        return done

    def _failed(self, application_ref: str, error: CertstoreError) -> None:
        """Record that an attempt failed; a store that is down is nothing about this letter."""
        why = {"ref": application_ref, "why": error.code, "detail": error.detail}
        log.warning("letter not issued yet", extra=why)
        if isinstance(error, UnavailableError):
            return
        with self.archive.writing() as books:
            trouble = f"{error.code}: {error.detail}"
            LetterBook(books.connection).failed(application_ref, self.clock.now(), trouble)

    def _reserved(self, books: Books, application: Application, ref: str) -> Certificate:
        try:
            return books.register.reserved(ref)  # the intent of an earlier attempt
        except NotFoundError:
            now = self.clock.now()
        kind = certificate_type(LETTER)
        today = local_date(now)
        fields = letter_fields(application, self.city)
        self.sealer.check_letter(kind, fields)
        serial = (
            f"{kind.number_prefix}{today.year}"
            f"{books.register.next_serial(kind.type_code, today.year):010d}"
        )
        draft = Draft(
            ref=ref,
            identifier=CertificateIdentifier.build(
                kind.type_code, kind.issuer_uscc, serial, 1
            ).value,
            type_code=kind.code,
            version=1,
            serial=serial,
            holder=application.applicant,
            issuer_uscc=kind.issuer_uscc,
            fields=fields,
            issued_on=today,
            validity=kind.validity_from(today),
            status_entry=self.statuses.place(books),
            specimen=self.sealer.specimen,
        )
        check_letter_draft(draft, kind, today, self.trust())
        books.register.reserve(draft, now)
        return books.register.reserved(ref)

    def _store(self, sealed: Sealed) -> list[File]:
        digests = self.objects.put_many([data for _, _, data in sealed.parts])
        return [
            File(role, media_type, digest, len(data))
            for (role, media_type, data), digest in zip(sealed.parts, digests, strict=True)
        ]

    def _complete(
        self, application: Application, certificate: Certificate, files: list[File], now: datetime
    ) -> Certificate:
        # 4. complete, tell: one commit
        with self.archive.writing() as books:
            done = books.register.complete(certificate.ref, files, now)
            LetterBook(books.connection).issued(application.ref, now)
            signer = books.people.get(application.person_id)
            record_access(books, self.origin, issue_access(signer, application, done, now))
            books.outbox.add("certificate.issued", {"certificate": done.ref}, now)
        return done
