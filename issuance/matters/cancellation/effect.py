"""A cancellation as it is carried out: once, whole, in one transaction."""

from dataclasses import dataclass
from datetime import datetime

from certstore.certificates import Certificate, Status
from certstore.clock import local_date
from certstore.errors import ConflictError
from certstore.holds.kinds import BY_RULE
from certstore.tables.books import Books
from issuance.application import Application, State
from issuance.conduct import WORKER, Conduct
from issuance.grounds import cancellable, ended_with
from issuance.matters.cancellation.records import record_cancelled, tell_cancelled, tell_ended
from issuance.matters.cancellation.resting import may_know, resting_on
from issuance.matters.permit.draft import permit_of
from issuance.procedure import Action
from issuance.still_guardian import still_acts
from issuance.voucher_draft import SUPERSEDABLE, VOUCHER, in_force

CANCELLED = "cancelled"  # why holds and applications end with it


@dataclass(frozen=True, slots=True, kw_only=True)
class CancellationEffect:
    """Cancels certificates for good; what rested on them ends, and everybody concerned is told.

    The order is certificates, status lists, applications, ledger, as everywhere: two that meet
    wait, and never for each other.
    """

    conduct: Conduct
    origin: str
    agency_uscc: str

    def carry_out(self, books: Books, application: Application, now: datetime) -> str | None:
        """Cancel what stands of it by now; what ended otherwise meanwhile stays as it ended.

        ConflictError while a later version of it is being issued: that one is cancelled then;
        and where whoever asked for it is the child's guardian no more.
        """
        if not still_acts(books, application, local_date(now)):
            raise ConflictError(
                "whoever asked for it may act for this child no more",
                where=application.ref,
                remedy="it is cancelled by nobody's wish but a guardian's",
            )
        ending = self._ending(books, application, now)
        for certificate in sorted(ending, key=lambda c: c.ref):
            books.holds.lock(certificate.ref)
        others = resting_on(books, application.applicant, application.answers.about)
        if any(other.state is State.APPROVED for other in others):
            raise ConflictError(
                "a later version of it is being issued",
                where=application.ref,
                remedy="it is cancelled by itself after that",
            )
        for certificate in ending:
            self._cancel(books, certificate, now)
        for other in others:
            if may_know(books, other, local_date(now)):
                self._end(books, other, now)
        for certificate in ending:
            record_cancelled(books, (self.origin, self.agency_uscc), application, certificate, now)
        tell_cancelled(books, application, ending, now)
        return ending[0].ref if ending else None

    def _ending(self, books: Books, application: Application, now: datetime) -> list[Certificate]:
        """What is cancelled, the one that was asked for first."""
        holder, today = application.applicant, local_date(now)
        on_file = books.register.held_by(holder.id_type, holder.id_number)
        ending = ended_with(application.answers.about, cancellable(on_file, today))
        voucher = in_force(on_file, today) if VOUCHER in ending else None
        permit = permit_of(on_file) if set(ending) - {VOUCHER} else None
        return [certificate for certificate in (voucher, permit) if certificate is not None]

    def _cancel(self, books: Books, certificate: Certificate, now: datetime) -> None:
        books.register.set_status(
            certificate.ref, Status.CANCELLED, now, only_from=set(SUPERSEDABLE)
        )
        for hold in books.holds.open_of(certificate.ref):
            books.holds.lift(certificate.ref, hold.kind, BY_RULE, CANCELLED, now)
        if certificate.status_entry is not None:
            books.statuses.changed(certificate.status_entry.list_number)
        books.outbox.add("certificate.cancelled", {"certificate": certificate.ref}, now)

    def _end(self, books: Books, other: Application, now: datetime) -> None:
        ended = self.conduct.act(books, other, Action.END, WORKER, now, CANCELLED, decided_at=now)
        tell_ended(books, ended, now)
