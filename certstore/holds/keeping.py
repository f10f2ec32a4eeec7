"""Placing and lifting holds: hold, status, status list and event in the caller's transaction.

The order is always certificate, status list, ledger: two that meet wait, and never for each other.
What is recorded of it, and told to whom, is the caller's to do, in the same transaction.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from certstore.certificates import Certificate, Status
from certstore.chance import reference
from certstore.clock import local_date
from certstore.errors import CertificateRevokedError
from certstore.holds.kinds import (
    BY_RULE,
    CARRIED,
    ENDED,
    Actor,
    Hold,
    HoldKind,
    Succession,
    worked_out,
)
from certstore.tables.books import Books

CARRIED_ON = "carried_on"
REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class Held:
    """What became of a certificate: the hold, its status before and now; `fresh` if it is new."""

    hold: Hold
    before: Status
    certificate: Certificate
    fresh: bool = True


def place_hold(
    books: Books, certificate_ref: str, kind: HoldKind, by: Actor, reason: str, now: datetime
) -> Held:
    """Hold a sealed certificate; where a hold of this kind is open, that one, not `fresh`.

    Raises NotFoundError for what was not sealed here, CertificateRevokedError with `status` for
    what has ended.
    """
    before = _locked(books, certificate_ref)
    hold = Hold(
        ref=reference(),
        certificate_ref=certificate_ref,
        kind=kind,
        placed_at=now,
        placed_by=by,
        reason=reason,
    )
    if not books.holds.place(hold):
        known = next(h for h in books.holds.open_of(certificate_ref) if h.kind is kind)
        return Held(known, before, books.register.get(certificate_ref), fresh=False)
    return Held(hold, before, _settle(books, certificate_ref, before, now))


def lift_hold(
    books: Books, certificate_ref: str, kind: HoldKind, by: Actor, lifted_for: str, now: datetime
) -> Held | None:
    """Lift the open hold of a kind; None if none is open. Other holds stay.

    Raises as `place_hold`: what was replaced or has ended is never restored.
    """
    before = _locked(books, certificate_ref)
    lifted = books.holds.lift(certificate_ref, kind, by, lifted_for, now)
    if lifted is None:
        return None
    return Held(lifted, before, _settle(books, certificate_ref, before, now))


def carry_holds(
    books: Books, previous_ref: str, done: Certificate, how: Succession, now: datetime
) -> Certificate:
    """Close the former version's holds; those that go along hold the new one as of old.

    Call it in the transaction that supersedes the former version, after that.
    """
    kept = CARRIED[how]
    books.holds.lock(previous_ref)
    for hold in books.holds.open_of(previous_ref):
        goes_along = hold.kind in kept
        why = CARRIED_ON if goes_along else _WHY.get(how, REPLACED)
        books.holds.lift(previous_ref, hold.kind, BY_RULE, why, now)
        if goes_along:
            books.holds.place(replace(hold, ref=reference(), certificate_ref=done.ref))
    return _settle(books, done.ref, done.status, now)


_WHY = {Succession.ENDORSED: "endorsed"}


def _locked(books: Books, certificate_ref: str) -> Status:
    status = books.holds.lock(certificate_ref)
    if status in ENDED:
        raise CertificateRevokedError(
            f"the certificate is {status}: nothing can be suspended or restored",
            where=certificate_ref,
            remedy="use the certificate that took its place, or apply for one",
            status=status.value,
        )
    return status


def _settle(books: Books, certificate_ref: str, before: Status, now: datetime) -> Certificate:
    """Work the status out anew; where it changed, the list and whoever listens are told."""
    kinds = {hold.kind for hold in books.holds.open_of(certificate_ref)}
    status = worked_out(before, kinds)
    if status is before:
        return books.register.get(certificate_ref)
    books.holds.write_status(certificate_ref, status, now)
    certificate = books.register.get(certificate_ref)
    if certificate.status_entry is not None:
        books.statuses.changed(certificate.status_entry.list_number)
    subject = _SUBJECTS.get(certificate.status_on(local_date(now)), "certificate.suspended")
    books.outbox.add(subject, {"certificate": certificate_ref}, now)
    return certificate


_SUBJECTS = {Status.VALID: "certificate.restored", Status.EXPIRED: "certificate.expired"}
