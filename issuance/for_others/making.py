"""From an order to a sealed certificate: number, draft, check, intent, seal, store, tell.

The path of our own vouchers (`issuance/issue.py`): the intent is committed before anything is
signed, and a crash between the two commits leaves a reserved number that the worker finishes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from certstore.authority import AuthorityName
from certstore.catalogue import certificate_type
from certstore.certificates import Certificate, Draft, File, Status
from certstore.chance import reference
from certstore.clock import Clock, local_date
from certstore.errors import ConflictError, NotFoundError
from certstore.holds.keeping import carry_holds
from certstore.holds.kinds import Succession
from certstore.identifiers import CertificateIdentifier
from certstore.objects import ObjectStore
from certstore.status_desk import StatusDesk
from certstore.tables.books import Archive, Books
from certstore.tables.issuers import IssuingAuthority
from issuance.draft_checks import check_draft
from issuance.for_others.judging import draft_fields, judge_action, validity_of
from issuance.for_others.orders import Action, Order
from issuance.for_others.records import of_certificate, of_issuing, record, tell_given
from issuance.for_others.tables import OrderBook, OrderRow
from issuance.sealing import Sealer

_SUPERSEDABLE = {Status.VALID, Status.SUSPENDED, Status.LOST}


@dataclass(frozen=True, slots=True, kw_only=True)
class Maker:
    """Makes certificates of enrolled authorities; holds what that takes and nothing more."""

    archive: Archive
    objects: ObjectStore
    statuses: StatusDesk
    sealer_for: Callable[[AuthorityName], Sealer]
    clock: Clock
    origin: str

    def reserve(
        self, books: Books, row: OrderRow, order: Order, issuer: IssuingAuthority
    ) -> Certificate | None:
        """Step 1: number, draft, checks, intent; None if the record led to a certificate before.

        Then the order is done with that one, if it says the same; ConflictError if it does not.
        """
        now, book, ref = self.clock.now(), OrderBook(books.connection), reference()
        known = book.take_record(issuer.uscc, order.type_code, order.record_no, order.digest, ref)
        if known is not None:
            if known.digest != order.digest:
                raise ConflictError(
                    "a certificate that says otherwise was issued on this record",
                    where="record_no",
                    remedy="supersede that one, or name another record",
                    cause="record_no_used",
                )
            book.issued(row.ref, known.certificate_ref, now)
            return None
        draft = self._draft(books, order, issuer, ref)
        books.register.reserve(draft, now)
        book.reserved(row.ref, ref, now)
        return books.register.reserved(ref)

    def seal(
        self, row: OrderRow, certificate: Certificate, issuer: IssuingAuthority
    ) -> Certificate:
        """Steps 2 to 4: seal, store, complete and tell; once, by whoever is first."""
        now = self.clock.now()
        sealer = self.sealer_for(_name(issuer))
        # 2. seal, 3. store: a repeated attempt stores other bytes and forgets the former
        sealed = sealer.seal_attestation(certificate, now)
        digests = self.objects.put_many([data for _, _, data in sealed.parts])
        files = [
            File(role, media_type, digest, len(data))
            for (role, media_type, data), digest in zip(sealed.parts, digests, strict=True)
        ]
        # 4. complete, tell: one commit
        with self.archive.writing() as books:
            book = OrderBook(books.connection)
            if book.locked(row.ref).state == "issued":  # another was first
                return books.register.get(certificate.ref)
            done = books.register.complete(certificate.ref, files, now)
            self._supersede(books, row, done, now)
            book.issued(row.ref, done.ref, now)
            said = of_issuing(row.asked_by, done)
            for holder in done.holders:
                record(books, self.origin, "issue", holder, said, now)
            tell_given(books, issuer, done, str(row.asked_by.get("words", "")), now)
        return done

    def _draft(self, books: Books, order: Order, issuer: IssuingAuthority, ref: str) -> Draft:
        now = self.clock.now()
        today = local_date(now)
        kind = certificate_type(order.type_code)
        sealer = self.sealer_for(_name(issuer))
        previous = self._previous(books, order)
        validity = validity_of(order, kind, today)
        fields = draft_fields(order, kind, validity, today)
        if previous is None:
            number = books.register.next_serial(kind.type_code, today.year)
            serial = f"{kind.number_prefix}{today.year}{number:010d}"
            identifier = CertificateIdentifier.build(kind.type_code, issuer.uscc, serial, 1)
        else:
            serial = previous.number
            identifier = CertificateIdentifier.parse(str(previous.identifier)).next_version()
        draft = Draft(
            ref=ref,
            identifier=identifier.value,
            type_code=kind.code,
            version=identifier.version,
            serial=serial,
            holder=order.holder,
            others=order.others,
            issuer_uscc=issuer.uscc,
            fields=fields,
            issued_on=today,
            validity=validity,
            status_entry=self.statuses.place(books, issuer.uscc),
            previous_ref=order.previous_ref,
            specimen=sealer.specimen,
        )
        check_draft(draft, kind, today)
        sealer.check_attestation(kind, fields)
        return draft

    def _previous(self, books: Books, order: Order) -> Certificate | None:
        if order.previous_ref is None:
            return None
        previous = books.register.get(order.previous_ref)
        refusal = judge_action(previous, Action.SUPERSEDE, local_date(self.clock.now()))
        if refusal is not None:
            raise refusal
        if previous.identifier is None:
            raise NotFoundError("there is no such certificate", where=order.previous_ref)
        return previous

    def _supersede(self, books: Books, row: OrderRow, done: Certificate, now: datetime) -> None:
        if done.previous_ref is None:
            return
        previous = books.register.get(done.previous_ref)
        books.register.set_status(previous.ref, Status.SUPERSEDED, now, only_from=_SUPERSEDABLE)
        carry_holds(books, previous.ref, done, Succession.BY_ISSUER, now)
        if previous.status_entry is not None:
            books.statuses.changed(previous.status_entry.list_number)
        said = {**row.asked_by, **of_certificate(previous), "action": Action.SUPERSEDE.value}
        for holder in previous.holders:
            record(books, self.origin, "status", holder, said, now)
        books.outbox.add("certificate.superseded", {"certificate": previous.ref}, now)


def _name(issuer: IssuingAuthority) -> AuthorityName:
    return AuthorityName(issuer.uscc, issuer.name_zh, issuer.name_en)
