"""What a residence permit says (居住证暂行条例, article 4): a first or a later version's draft."""

from dataclasses import dataclass
from datetime import date, datetime

from certstore.catalogue import certificate_type
from certstore.certificates import Certificate, Draft, File, Validity
from certstore.chance import reference
from certstore.clock import local_date
from certstore.errors import ConflictError
from certstore.status_desk import StatusDesk
from certstore.tables.books import Books
from issuance.application import Application, Matter
from issuance.voucher_draft import (
    SUPERSEDABLE,
    GivenPhoto,
    in_force,
    next_number,
    no_photo,
    personal_fields,
    photo_of,
)

PERMIT = "residence_permit"


@dataclass(frozen=True, slots=True, kw_only=True)
class PermitDrafter:
    """Drafts permits. The address is the registered one: permit and voucher never disagree."""

    statuses: StatusDesk
    specimen: bool
    given_photo: GivenPhoto = no_photo

    def draft(self, books: Books, application: Application, now: datetime) -> Draft:
        """The permit this application asks for.

        ConflictError if its holder is not registered by now, has a permit already (of a first
        issue), or has none (of a later version).
        """
        kind, today, holder = certificate_type(PERMIT), local_date(now), application.applicant
        on_file = books.register.held_by(holder.id_type, holder.id_number)
        registered = in_force(on_file, today)
        previous = permit_of(on_file)
        if registered is None:
            raise ConflictError("the holder is not registered", where=application.ref)
        if (previous is None) != (application.matter is Matter.RESIDENCE_PERMIT):
            raise ConflictError(
                "there is a permit already, or none to change", where=application.ref
            )
        identifier, serial = next_number(books, PERMIT, previous, today.year)
        validity = self._validity(application, previous, today)
        return Draft(
            ref=reference(),
            identifier=identifier.value,
            type_code=kind.code,
            version=identifier.version,
            serial=serial,
            holder=holder,
            issuer_uscc=kind.issuer_uscc,
            fields={
                **personal_fields(application, on_file),
                "residence_address": str(registered.fields["residence_address"]),
                "issued_on": today.isoformat(),
                "valid_until": (validity.valid_to or today).isoformat(),
            },
            issued_on=today,
            validity=validity,
            status_entry=self.statuses.place(books),
            photo=self._photo(books, application, (on_file, previous)),
            previous_ref=previous.ref if previous else None,
            specimen=self.specimen,
        )

    def _validity(
        self,
        application: Application,  # noqa: ARG002 - of an endorsement its day counts
        previous: Certificate | None,
        today: date,
    ) -> Validity:
        return previous.validity if previous else certificate_type(PERMIT).validity_from(today)

    def _photo(
        self,
        books: Books,
        application: Application,
        known: tuple[list[Certificate], Certificate | None],
    ) -> File | None:
        on_file, previous = known
        kept = previous.file("photo") if previous else None
        return kept or self.given_photo(books, application) or photo_of(application, on_file)


def permit_of(on_file: list[Certificate]) -> Certificate | None:
    """The permit that stands, whatever its date: one past its day waits to be endorsed."""
    return next(
        (c for c in on_file if c.type_code == PERMIT and c.sealed and c.status in SUPERSEDABLE),
        None,
    )


def is_behind(on_file: list[Certificate], today: date) -> bool:
    """Whether the permit that stands shows another address than the voucher in force.

    One past its day is not: the version it is endorsed in has the new address.
    """
    permit, voucher = permit_of(on_file), in_force(on_file, today)
    if permit is None or voucher is None or permit.is_past(today):
        return False
    return permit.fields.get("residence_address") != voucher.fields.get("residence_address")
