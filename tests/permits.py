"""Residence permits in the register, for tests of what becomes of them."""

from datetime import date

from certstore.catalogue import certificate_type
from certstore.certificates import Certificate, Draft, File, Holder, Status, Validity
from certstore.chance import reference
from certstore.clock import local_date
from certstore.holds.keeping import carry_holds
from certstore.holds.kinds import Succession
from certstore.identifiers import CertificateIdentifier
from certstore.service.wiring import House
from tests.sealed import LIN

PERMIT = "residence_permit"
_FIELDS = {
    "sex": "女",
    "birth_date": "1998-04-06",
    "residence_address": "示范市海港区长乐路88弄6号502室",
}


def permit(
    house: House,
    holder: Holder = LIN,
    *,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Certificate:
    """A permit, reserved and sealed; without days, a year from today."""
    kind, today = certificate_type(PERMIT), local_date(house.clock.now())
    usual = kind.validity_from(valid_from or today)
    days = Validity(usual.valid_from, valid_to or usual.valid_to)
    with house.archive.writing() as books:
        number = books.register.next_serial(kind.type_code, today.year)
        serial = f"{kind.number_prefix}{today.year}{number:010d}"
        identifier = CertificateIdentifier.build(kind.type_code, kind.issuer_uscc, serial, 1)
        return _completed(house, books, holder, identifier, (serial, days, None))


def replaced(
    house: House, previous: Certificate, how: Succession, validity: Validity | None = None
) -> Certificate:
    """The next version of a certificate, sealed in place of the former one."""
    with house.archive.writing() as books:
        identifier = CertificateIdentifier.parse(str(previous.identifier)).next_version()
        days = validity or previous.validity
        made = (previous.number, days, previous.ref)
        done = _completed(house, books, previous.holders[0], identifier, made)
        now = house.clock.now()
        in_force = {Status.VALID, Status.SUSPENDED, Status.LOST}
        books.register.set_status(previous.ref, Status.SUPERSEDED, now, only_from=in_force)
        assert previous.status_entry is not None
        books.statuses.changed(previous.status_entry.list_number)
        return carry_holds(books, previous.ref, done, how, now)


def _completed(house, books, holder, identifier, made):
    serial, days, previous_ref = made
    kind = certificate_type(PERMIT)
    draft = Draft(
        ref=reference(),
        identifier=identifier.value,
        type_code=PERMIT,
        version=identifier.version,
        serial=serial,
        holder=holder,
        issuer_uscc=kind.issuer_uscc,
        fields={
            **_FIELDS,
            "name": holder.name,
            "id_number": holder.id_number,
            "valid_until": days.valid_to.isoformat(),
        },
        issued_on=local_date(house.clock.now()),
        validity=days,
        status_entry=house.status_desk.place(books),
        previous_ref=previous_ref,
    )
    now = house.clock.now()
    books.register.reserve(draft, now)
    photo = File("photo", "image/jpeg", "ab" * 32, 1000)
    return books.register.complete(draft.ref, [photo], now)
