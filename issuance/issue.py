"""The issuance cycle: number, draft, check, record the intent, seal, store, tell.

What leads to no certificate is carried out in one transaction instead (effects.py).

The intent is committed before anything is signed. A crash between the two commits leaves a
reserved number that the worker finishes (`finish`); a number is never used twice.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from certstore.catalogue import certificate_type
from certstore.certificates import Certificate, Draft, File, Status
from certstore.clock import Clock, local_date
from certstore.errors import CertstoreError, ConflictError, NotFoundError, UnavailableError
from certstore.holds.keeping import carry_holds
from certstore.ledger import record_access
from certstore.objects import ObjectStore
from certstore.status_desk import StatusDesk
from certstore.tables.books import Archive, Books
from issuance.application import Application, Matter, State
from issuance.draft_checks import check_draft
from issuance.effects import Effect
from issuance.history.tables import HELD_UP
from issuance.issue_record import issue_access, keep_guardianship
from issuance.notices import tell_issued
from issuance.procedure import Action, Role
from issuance.sealing import Sealed, Sealer
from issuance.succession import succession
from issuance.tables import ApplicationBook
from issuance.voucher_draft import SUPERSEDABLE

log = logging.getLogger("certstore.issuance")
TRY_AGAIN_AFTER = timedelta(minutes=10)  # what failed for a reason of its own, not of a store


class Drafter(Protocol):
    """Drafts the certificate that one matter leads to."""

    def draft(self, books: Books, application: Application, now: datetime) -> Draft:
        """The draft, its number and status index taken; ConflictError if there can be none."""
        ...


class Follower(Protocol):
    """Hears of every certificate in the transaction that completes it."""

    def issued(self, books: Books, application: Application, done: Certificate) -> None:
        """Begin what follows from it; a failure undoes the issue."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuanceDesk:
    """Issues certificates; holds what that takes and nothing more."""

    archive: Archive
    objects: ObjectStore
    sealer: Sealer
    statuses: StatusDesk
    clock: Clock
    origin: str
    drafters: Mapping[Matter, Drafter]
    followers: tuple[Follower, ...] = ()
    effects: Mapping[Matter, Effect] = field(default_factory=dict)

    def issue(self, application_ref: str) -> Certificate:
        """Issue the certificate an approved application asks for; once, however often it is asked.

        Raises ConflictError if it is not approved, MissingGlyphError if a name cannot be
        printed; then nothing was signed and the application stays approved.
        """
        # 1. number, draft, checks, intent: committed before the seal
        with self.archive.writing() as books:
            application = ApplicationBook(books.connection).locked(application_ref)
            if application.state is State.ISSUED and application.certificate_ref:
                return books.register.get(application.certificate_ref)
            certificate = self._reserved(books, application)
        try:
            return self._seal(application, certificate)
        except ConflictError:
            with self.archive.reading() as books:  # was another first, who sealed the same draft?
                application = ApplicationBook(books.connection).get(application_ref)
                if application.state is State.ISSUED and application.certificate_ref:
                    return books.register.get(application.certificate_ref)
            raise

    def attempt(self, application_ref: str) -> bool:
        """Issue what was just approved, or carry it out, if that can be done now; else later.

        Its approval is recorded, so that whatever is in the way is no longer the applicant's
        matter; the officers' queue shows what is held up, and the log says why.
        """
        try:
            self._complete(application_ref)
        except CertstoreError as error:
            self._hold_up(application_ref, error)
            why = {"ref": application_ref, "why": error.code, "detail": error.detail}
            log.warning("not issued yet", extra=why)
            return False
        return True

    def finish(self, give_up: Callable[[str, CertstoreError], None]) -> int:
        """Issue or carry out what is approved and is not yet: what a crash left. How many were.

        What failed for a reason of its own is tried again after a while and holds up nobody.
        """
        with self.archive.reading() as books:
            since = self.clock.now() - TRY_AGAIN_AFTER
            waiting = ApplicationBook(books.connection).approved(since)
        done = 0
        for application in waiting:
            try:
                self._complete(application.ref)
                done += 1
            except CertstoreError as error:
                self._hold_up(application.ref, error)
                give_up(application.ref, error)
            except Exception as error:
                log.exception("an application cannot be issued", extra={"ref": application.ref})
                failure = CertstoreError(f"issuing failed: {type(error).__name__}")
                self._hold_up(application.ref, failure)
                give_up(application.ref, failure)
        return done

    def _complete(self, ref: str) -> None:
        with self.archive.reading() as books:
            matter = ApplicationBook(books.connection).get(ref).matter
        if matter in self.effects:
            self._carry_out(ref, self.effects[matter])
        else:
            self.issue(ref)

    def _carry_out(self, ref: str, effect: Effect) -> None:
        """Carry out what was approved; once, however often it is asked."""
        now = self.clock.now()
        with self.archive.writing() as books:
            book = ApplicationBook(books.connection)
            application = book.locked(ref)
            if application.state is State.DONE:
                return
            if application.state is not State.APPROVED:
                raise ConflictError(f"the application is {application.state}", where=ref)
            concerned = effect.carry_out(books, application, now)
            book.step(
                application,
                Action.CARRY_OUT,
                Role.SYSTEM,
                now,
                "issuance",
                certificate_ref=concerned,
            )

    def _hold_up(self, ref: str, error: CertstoreError) -> None:
        """Record that an attempt failed; a store that is down is nothing about this application."""
        if isinstance(error, UnavailableError):
            return
        with self.archive.writing() as books:
            note = f"{error.code}: {error.detail}"
            ApplicationBook(books.connection).note(ref, self.clock.now(), "issuance", HELD_UP, note)

    def _reserved(self, books: Books, application: Application) -> Certificate:
        if application.state is not State.APPROVED:
            raise ConflictError(
                f"the application is {application.state}, not approved", where=application.ref
            )
        if application.certificate_ref is not None:  # the intent of an earlier attempt
            return books.register.reserved(application.certificate_ref)
        now = self.clock.now()
        draft = self._drafter(application).draft(books, application, now)
        kind = certificate_type(draft.type_code)
        check_draft(draft, kind, local_date(now))
        self.sealer.check(kind, draft.fields)
        books.register.reserve(draft, now)
        ApplicationBook(books.connection).link(application.ref, draft.ref)
        return books.register.reserved(draft.ref)

    def _drafter(self, application: Application) -> Drafter:
        drafter = self.drafters.get(application.matter)
        if drafter is None:
            raise NotFoundError("this matter issues no certificate", where=application.matter)
        return drafter

    def _seal(self, application: Application, certificate: Certificate) -> Certificate:
        now = self.clock.now()
        photo = certificate.file("photo")
        if photo is None:
            raise NotFoundError("the draft has no photo", where=certificate.ref)
        # 2. seal, 3. store: a repeated attempt stores other bytes and forgets the former
        sealed = self.sealer.seal(certificate, self.objects.get(photo.sha256), now)
        files = (photo, *self._store(sealed))
        # 4. complete, tell: one commit
        with self.archive.writing() as books:
            done = books.register.complete(certificate.ref, files, now)
            self._supersede_previous(books, application, done, now)
            ApplicationBook(books.connection).step(
                application, Action.ISSUE, Role.SYSTEM, now, "issuance", certificate_ref=done.ref
            )
            child = keep_guardianship(books, application, now)
            record_access(books, self.origin, issue_access(child, application, done, now))
            books.outbox.add("certificate.issued", {"certificate": done.ref}, now)
            tell_issued(books, application, done.ref, now)
            for follower in self.followers:
                follower.issued(books, application, done)
        return done

    def _store(self, sealed: Sealed) -> list[File]:
        parts = (
            ("document", "application/pdf", sealed.document),
            ("code", "text/plain", sealed.code_text.encode()),
            ("credential", "application/dc+sd-jwt", sealed.credential.encode()),
        )
        digests = self.objects.put_many([data for _, _, data in parts])
        return [
            File(role, media_type, digest, len(data))
            for (role, media_type, data), digest in zip(parts, digests, strict=True)
        ]

    def _supersede_previous(
        self, books: Books, application: Application, done: Certificate, now: datetime
    ) -> None:
        if done.previous_ref is None:
            return
        previous = books.register.get(done.previous_ref)
        books.register.set_status(previous.ref, Status.SUPERSEDED, now, only_from=set(SUPERSEDABLE))
        longer = done.validity != previous.validity
        how = succession(done.type_code, application.matter.value, longer=longer)
        carry_holds(books, previous.ref, done, how, now)
        if previous.status_entry is not None:
            books.statuses.changed(previous.status_entry.list_number)
        books.outbox.add("certificate.superseded", {"certificate": previous.ref}, now)
