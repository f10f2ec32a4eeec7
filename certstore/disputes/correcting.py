"""What a correction changes: a new version of the record, and everyone who had the wrong value."""

from dataclasses import replace
from datetime import UTC, datetime

from certstore.certificates import Certificate, Status
from certstore.chance import reference
from certstore.disputes.marking import carried_over, newer_than, versions_of
from certstore.disputes.transitions import WHOLE
from certstore.errors import CertstoreError, ConflictError
from certstore.tables.books import Books
from certstore.tables.disputes import Dispute

SINCE_EVER = datetime(2000, 1, 1, tzinfo=UTC)
_BY_ITS_BATCH = frozenset({"id_photo"})  # what it says is checked from its file


def may_be_typed(certificate: Certificate, field: str) -> bool:
    """Whether the right value can be put in here, without a new hand-in."""
    plain = isinstance(certificate.fields.get(field), str)
    return not certificate.sealed and certificate.type_code not in _BY_ITS_BATCH and plain


def judge_correction(
    certificate: Certificate, newer: Certificate | None, dispute: Dispute, value: str
) -> CertstoreError | None:
    """Why this is no correction; None if it is one."""
    ended = certificate.status in {Status.REVOKED, Status.CANCELLED}
    if not value:
        if newer is not None or (ended and dispute.field == WHOLE):
            return None
        return ConflictError(
            "nothing has been corrected yet",
            where="value",
            remedy="hand in the corrected version first, or put the right value in",
            cause="missing",
        )
    if newer is not None:
        return ConflictError(
            "a newer version of the record is here already",
            where="value",
            remedy="leave the value out: that version is the correction",
            cause="newer",
        )
    if not may_be_typed(certificate, dispute.field):
        return ConflictError(
            "this can be corrected by a new version only", where="value", cause="whole_version"
        )
    if value == dispute.stands:
        return ConflictError("this is what the record says already", where="value", cause="same")
    return None


def corrected(books: Books, dispute: Dispute, value: str, now: datetime) -> str | None:
    """The certificate that says it right: the newer version, or one made now with this value.

    The caller has closed the dispute: another one that is open keeps the new version marked.
    """
    certificate = books.register.get(dispute.certificate_ref)
    newer = newer_than(books, certificate)
    if not value:
        return newer.ref if newer else None
    fields = {**certificate.fields, dispute.field: value}
    made = replace(
        certificate,
        ref=reference(),
        version=max(c.version for c in versions_of(books, certificate)) + 1,
        number=value if dispute.field == "number" else certificate.number,
        fields=fields,
        status_changed_at=now,
        under_dispute=carried_over(books, certificate),
        previous_ref=certificate.ref,
    )
    if not books.register.hand_in(made):
        raise ConflictError("another version was handed in meanwhile", where="value")
    return made.ref


def tell_everyone(books: Books, dispute: Dispute, now: datetime) -> int:
    """Tell each client that was given something of the wrong record; how many there are."""
    certificate = books.register.get(dispute.certificate_ref)
    clients = {
        client: version.ref
        for version in versions_of(books, certificate)
        if version.version <= certificate.version
        for client in books.usage.given_to(version.ref, SINCE_EVER)
    }
    for client, ref in sorted(clients.items()):
        books.outbox.add("certificate.corrected", {"certificate": ref, "client": client}, now)
    return len(clients)
