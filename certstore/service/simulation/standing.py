"""Registrations from before the first day: without one of half a year nobody gets a permit."""

import hashlib
from datetime import date, timedelta

from certstore.catalogue import certificate_type
from certstore.certificates import Draft, File
from certstore.chance import reference
from certstore.service.demo_city.places import CITY
from certstore.service.simulation.townspeople import Home, Person, portraits
from certstore.service.wiring import House
from certstore.tables.books import Books
from issuance.voucher_draft import VOUCHER, next_number

_BEFORE = timedelta(days=260)


def register_before(house: House, books: Books, person: Person, home: Home, today: date) -> str:
    """Put a voucher of 260 days ago into the register, as taken over: without a document."""
    kind = certificate_type(VOUCHER)
    issued = today - _BEFORE
    identifier, serial = next_number(books, VOUCHER, None, issued.year)
    validity = kind.validity_from(issued)
    draft = Draft(
        ref=reference(),
        identifier=identifier.value,
        type_code=kind.code,
        version=1,
        serial=serial,
        holder=person.holder,
        issuer_uscc=kind.issuer_uscc,
        fields={
            "name": person.name,
            "sex": "女" if person.female else "男",
            "birth_date": person.born.isoformat(),
            "id_number": person.id_number,
            "residence_address": f"{CITY}{home.district}{home.address}",
            "residence_district": home.district,
            "registered_on": issued.isoformat(),
            "valid_until": (validity.valid_to or issued).isoformat(),
        },
        issued_on=issued,
        validity=validity,
        status_entry=house.status_desk.place(books),
        specimen=True,
    )
    now = house.clock.now()
    books.register.reserve(draft, now)
    jpeg = portraits()[person.female][0]
    photo = File("photo", "image/jpeg", hashlib.sha256(jpeg).hexdigest(), len(jpeg))
    return books.register.complete(draft.ref, [photo], now).ref
