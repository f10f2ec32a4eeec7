"""What a residence registration's voucher says: the draft of a new one, or of its next version."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from certstore.catalogue import certificate_type
from certstore.certificates import Certificate, Draft, File, Status, Validity
from certstore.chance import reference
from certstore.clock import local_date
from certstore.errors import ConflictError, NotFoundError
from certstore.identifiers import CertificateIdentifier, ResidentId, Sex
from certstore.status_desk import StatusDesk
from certstore.tables.books import Books
from issuance.application import Application, Matter
from issuance.issue_record import decided_by

VOUCHER = "residence_voucher"
SUPERSEDABLE = frozenset({Status.VALID, Status.SUSPENDED, Status.LOST})
SEX = {Sex.MALE: "男", Sex.FEMALE: "女"}
_DAY = timedelta(days=1)
_CHANGES = frozenset({Matter.ADDRESS_CHANGE, Matter.REGISTRATION_RENEWAL})

GivenPhoto = Callable[[Books, Application], File | None]


def no_photo(_books: Books, _application: Application) -> File | None:
    """No photo was handed in: the one on file is printed."""
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class VoucherDrafter:
    """Drafts vouchers for registrations, changes of address and renewals."""

    statuses: StatusDesk
    city: str
    specimen: bool
    given_photo: GivenPhoto = no_photo  # one the applicant handed in and an officer approved

    def draft(self, books: Books, application: Application, now: datetime) -> Draft:
        """The voucher this application asks for; ConflictError where there is none to change."""
        kind = certificate_type(VOUCHER)
        today = local_date(now)
        holder = application.applicant
        on_file = books.register.held_by(holder.id_type, holder.id_number)
        previous = to_replace(application, on_file, today)
        if application.matter in _CHANGES and previous is None:
            raise ConflictError("there is no voucher that could be changed")
        identifier, serial = next_number(books, VOUCHER, previous, today.year)
        validity = _validity(application.matter, previous, today)
        return Draft(
            ref=reference(),
            identifier=identifier.value,
            type_code=kind.code,
            version=identifier.version,
            serial=serial,
            holder=holder,
            issuer_uscc=kind.issuer_uscc,
            fields=self._fields(application, on_file, previous, (today, validity)),
            issued_on=today,
            validity=validity,
            status_entry=self.statuses.place(books),
            photo=self.given_photo(books, application) or photo_of(application, on_file),
            previous_ref=previous.ref if previous else None,
            specimen=self.specimen,
        )

    def _fields(
        self,
        application: Application,
        on_file: list[Certificate],
        previous: Certificate | None,
        when: tuple[date, Validity],
    ) -> dict[str, str]:
        today, validity = when
        registered = previous.fields["registered_on"] if previous else today.isoformat()
        return {
            **personal_fields(application, on_file),
            "residence_address": application.answers.full_address(self.city),
            "residence_district": application.answers.district,
            "registered_on": registered,
            "valid_until": (validity.valid_to or today).isoformat(),
        }


def to_replace(
    application: Application, on_file: list[Certificate], today: date
) -> Certificate | None:
    """The voucher whose next version an application asks for; None where there is none.

    A renewal that was sent in time is not lost by the office's pace: what ran when it was sent is
    renewed, unless that term is over by now, too.
    """
    known = in_force(on_file, today)
    if known is not None or application.matter is not Matter.REGISTRATION_RENEWAL:
        return known
    if application.submitted_at is None:
        return None
    ran = in_force(on_file, local_date(application.submitted_at))
    if ran is None:
        return None
    ends = _validity(application.matter, ran, today).valid_to
    return ran if ends is None or ends >= today else None


def _validity(matter: Matter, previous: Certificate | None, today: date) -> Validity:
    """A change keeps the term; a renewal adds one to it, counted from its end."""
    kind = certificate_type(VOUCHER)
    if previous is None:
        return kind.validity_from(today)
    ends = previous.validity.valid_to
    if matter is not Matter.REGISTRATION_RENEWAL or ends is None:
        return previous.validity
    return Validity(previous.validity.valid_from, kind.validity_from(ends + _DAY).valid_to)


def personal_fields(application: Application, on_file: list[Certificate]) -> dict[str, str]:
    """Name, number and what follows from it; of the household register what it says."""
    number = ResidentId.parse(application.applicant.id_number)
    fields = {
        "name": application.applicant.name,
        "sex": SEX[number.sex],
        "birth_date": number.birth_date.isoformat(),
        "id_number": number.value,
    }
    register = next((c for c in on_file if c.type_code == "household_register"), None)
    if register is not None:
        said = {"ethnicity": "ethnicity", "household_address": "address"}
        fields |= {f: register.fields[c] for f, c in said.items() if register.fields.get(c)}
    return fields


def in_force(on_file: list[Certificate], today: date) -> Certificate | None:
    """The voucher that a new version would replace; one that has expired is no longer it."""
    return in_force_of(VOUCHER, on_file, today)


def in_force_of(type_code: str, on_file: list[Certificate], today: date) -> Certificate | None:
    """The sealed certificate of a type that a new version would replace.

    One that was lost or suspended runs out on its day like any other: a hold hides no end.
    """
    return next(
        (
            c
            for c in on_file
            if c.type_code == type_code
            and c.sealed
            and c.status in SUPERSEDABLE
            and not c.is_past(today)
        ),
        None,
    )


def next_number(
    books: Books, type_code: str, previous: Certificate | None, year: int
) -> tuple[CertificateIdentifier, str]:
    """The identifier and the printed number: the previous one's next version, or new ones."""
    if previous is not None and previous.identifier is not None:
        return CertificateIdentifier.parse(previous.identifier).next_version(), previous.number
    kind = certificate_type(type_code)
    number = books.register.next_serial(kind.type_code, year)
    serial = f"{kind.number_prefix}{year}{number:010d}"
    return CertificateIdentifier.build(kind.type_code, kind.issuer_uscc, serial, 1), serial


def photo_of(application: Application, on_file: list[Certificate]) -> File:
    """The photo that was judged; where none was asked for, the latest that may be used."""
    judged = decided_by(application, "photo")
    for certificate in sorted(on_file, key=lambda c: c.ref != judged):
        photo = certificate.file("photo")
        usable = certificate.status is Status.VALID and not certificate.under_dispute
        if certificate.type_code == "id_photo" and usable and photo:
            return photo
    raise NotFoundError("there is no photo on file to print", remedy="take one at the counter")
