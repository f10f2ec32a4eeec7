"""What becomes of a certificate by its issuer's word, and what its issuer may see of it."""

from dataclasses import dataclass
from datetime import datetime

from certstore.callers import Service
from certstore.certificates import Certificate, Status
from certstore.clock import Clock, local_date
from certstore.errors import CertstoreError, NotFoundError
from certstore.holds.keeping import lift_hold, place_hold
from certstore.holds.kinds import Actor, Role
from certstore.objects import ObjectStore
from certstore.onboarding.quotas import count_call
from certstore.sharing.grants import Operator
from certstore.tables.books import Archive, Books
from issuance.for_others.judging import MAY_BECOME, judge_change, judge_issuer, judge_own
from issuance.for_others.orders import Action, Change, who_asks
from issuance.for_others.records import (
    of_certificate,
    record,
    tell_changed,
    with_refusal,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusChangeDesk:
    """Suspends, restores and revokes certificates for their issuers, and shows them theirs."""

    archive: Archive
    objects: ObjectStore
    clock: Clock
    origin: str

    def change(self, service: Service, change: Change) -> Certificate:
        """Change a status; the holder sees it, whether it was done or refused.

        Raises NotFoundError for a certificate that is not this issuer's, ConflictError or
        CertificateRevokedError with `status` where its status does not allow it.
        """
        now = self.clock.now()
        with self.archive.writing() as books:
            beyond = count_call(books, service, now)
            found = self._taken(books, change.ref)
            issuer = books.issuers.find(service.agency_uscc)
            held = {hold.kind for hold in books.holds.open_of(found.ref)}
            today = local_date(now)
            refusal = beyond or judge_change(service, issuer, change, found, held, today)
            done = found if refusal else self._carry_out(books, service, change, found, now)
            said = {
                **who_asks(service, change.operator, found.number),
                **of_certificate(found),
                "action": change.action.value,
                "reason": change.reason,
            }
            for holder in found.holders:
                record(books, self.origin, "status", holder, with_refusal(said, refusal), now)
            if refusal is None and issuer is not None:
                tell_changed(books, issuer, done, change, now)
        if refusal is not None:
            raise refusal
        with self.archive.reading() as books:
            return books.register.get(found.ref)

    def _taken(self, books: Books, ref: str) -> Certificate:
        """The certificate, its row taken before anything is recorded; another's is read alone."""
        found = books.register.get(ref)
        if not found.sealed:
            return found
        books.holds.lock(ref)
        return books.register.get(ref)

    def _carry_out(
        self, books: Books, service: Service, change: Change, found: Certificate, now: datetime
    ) -> Certificate:
        kind = change.hold({hold.kind for hold in books.holds.open_of(found.ref)})
        by = Actor(Role.ISSUER, service.agency_uscc)
        if kind is None:
            allowed = {s for s, actions in MAY_BECOME.items() if change.action in actions}
            books.register.set_status(found.ref, Status.REVOKED, now, only_from=allowed)
            if found.status_entry is not None:
                books.statuses.changed(found.status_entry.list_number)
            books.outbox.add("certificate.revoked", {"certificate": found.ref}, now)
        elif change.action is Action.SUSPEND:
            place_hold(books, found.ref, kind, by, change.reason, now)
        else:
            lift_hold(books, found.ref, kind, by, change.reason, now)
        return books.register.get(found.ref)

    def look(self, service: Service, ref: str) -> Certificate:
        """A certificate of this issuer's own: its status and number; on record as a look."""
        return self._seen(service, ref, "look", [])

    def document(self, service: Service, ref: str) -> bytes:
        """The signed document of a certificate of this issuer's own; on record as a pull."""
        certificate = self._seen(service, ref, "pull", None)
        file = certificate.file("document")
        if file is None:
            raise NotFoundError("there is no document", where=ref)
        return self.objects.get(file.sha256)

    def _seen(self, service: Service, ref: str, kind: str, fields: list[str] | None) -> Certificate:
        now = self.clock.now()
        with self.archive.writing() as books:
            beyond = count_call(books, service, now)
            found = books.register.get(ref)
            issuer = books.issuers.find(service.agency_uscc)
            refusal: CertstoreError | None = (
                beyond
                or judge_own(service, service.purpose_id, found)
                or judge_issuer(issuer, found.type_code, local_date(now))
            )
            given = sorted(found.fields) if fields is None else fields
            said = {
                **who_asks(service, Operator("api"), found.number),
                **of_certificate(found),
                "fields": [] if refusal else given,
            }
            for holder in found.holders:
                record(books, self.origin, kind, holder, with_refusal(said, refusal), now)
        if refusal is not None:
            raise refusal
        return found
