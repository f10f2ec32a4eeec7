"""Dormitory certificates (集体宿舍证明), issued by an enrolled employer or school.

A certificate is a record of the organisation's own: it is kept as if handed in, under the
organisation's credit code, so that the rules of reuse see it as they see every other.
"""

import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from certstore.callers import Clerk
from certstore.catalogue import certificate_type
from certstore.certificates import Certificate, Holder, Status, Validity
from certstore.chance import reference
from certstore.clock import Clock, local_date
from certstore.errors import CertstoreError, ConflictError, NotFoundError
from certstore.identifiers import ResidentId
from certstore.ledger import Access, record_access
from certstore.organisations import OrganisationDesk
from certstore.tables.books import Archive, Books
from certstore.tables.organisations import Organisation
from verifiers.materials.address_parts import take_apart

TYPE = "dormitory_certificate"
LONGEST = timedelta(days=366)
_MAX_NAME, _MAX_ADDRESS = 50, 100


@dataclass(frozen=True, slots=True)
class Lodger:
    """Who lives in the dormitory, where, from when to when (both days count), as typed."""

    name: str = ""
    id_number: str = ""
    district: str = ""
    address: str = ""  # with building and room, without the city's and the district's name
    valid_from: str = ""
    valid_to: str = ""


@dataclass(frozen=True, slots=True)
class WrongFields:
    """Every field that is wrong, and how: missing, malformed, unknown, too_long, past, too_far."""

    errors: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DormitoryDesk:
    """Issues an organisation's certificates and ends them."""

    archive: Archive
    organisations: OrganisationDesk
    clock: Clock
    city: str
    districts: tuple[str, ...]
    origin: str

    def issued(self, clerk: Clerk) -> list[Certificate]:
        """What this clerk's organisation has issued, newest first; ended ones too."""
        organisation = self.organisations.of(clerk)
        with self.archive.reading() as books:
            return books.register.handed_in_by(organisation.uscc, TYPE)

    def issue(self, clerk: Clerk, lodger: Lodger) -> Certificate | WrongFields:
        """Issue a certificate, or say every field that is wrong.

        Raises ForbiddenError if the organisation is not enrolled, ConflictError if the person
        has a certificate of this organisation that has not ended.
        """
        organisation = self.organisations.of(clerk)
        now = self.clock.now()
        errors = check(lodger, self.districts, local_date(now))
        if errors:
            return WrongFields(errors)
        certificate = self._certificate(organisation, lodger)
        with self.archive.writing() as books:
            if self._in_force(books, organisation, certificate):
                raise ConflictError(
                    "this person has a certificate of yours that has not ended",
                    where="lodger_id_number",
                    remedy="end that one first",
                    cause="issued_already",
                )
            books.register.hand_in(certificate)
            self._record(books, clerk, organisation, certificate, "issue")
            person = books.people.known(certificate.holders[0])
            facts = {"matter": "residence_registration"}  # what it serves
            books.inbox.add(person.id, "dormitory_issued", certificate.ref, facts, now)
        return certificate

    def end(self, clerk: Clerk, ref: str) -> None:
        """End a certificate, because the person has moved out; ended already, it stays so.

        Raises NotFoundError if it is not this organisation's.
        """
        organisation = self.organisations.of(clerk)
        with self.archive.writing() as books:
            found = books.register.get(ref)
            if found.source != organisation.uscc or found.type_code != TYPE:
                raise NotFoundError("there is no such certificate", where=ref)
            if found.status is not Status.VALID:
                return
            now = self.clock.now()
            books.register.set_status(ref, Status.CANCELLED, now, only_from={Status.VALID})
            books.outbox.add("certificate.cancelled", {"certificate": ref}, now)
            self._record(books, clerk, organisation, found, "status")
            person = books.people.known(found.holders[0])
            facts = {"matter": "residence_registration"}  # what it serves
            books.inbox.add(person.id, "dormitory_ended", ref, facts, now)

    def _certificate(self, organisation: Organisation, lodger: Lodger) -> Certificate:
        now = self.clock.now()
        name = unicodedata.normalize("NFC", lodger.name.strip())
        number = ResidentId.parse(lodger.id_number).value
        address = f"{self.city}{lodger.district}{_plain(lodger.address)}"
        ref = reference()
        return Certificate(
            ref=ref,
            type_code=TYPE,
            version=1,
            number=f"JTSS-{local_date(now):%Y}-{ref[:8].upper()}",
            identifier=None,
            holders=(Holder(name, "111", number),),
            issuer_uscc=organisation.uscc,
            issued_on=local_date(now),
            validity=Validity(
                date.fromisoformat(lodger.valid_from), date.fromisoformat(lodger.valid_to)
            ),
            status=Status.VALID,
            status_changed_at=now,
            under_dispute=False,
            fields={"name": name, "id_number": number, "address": address},
            files=(),
            source=organisation.uscc,
            record_id=ref,
        )

    def _in_force(self, books: Books, organisation: Organisation, new: Certificate) -> bool:
        holder, today = new.holders[0], new.issued_on
        return any(
            held.type_code == TYPE
            and held.issuer_uscc == organisation.uscc
            and held.status is Status.VALID
            and (held.validity.valid_to or today) >= today
            for held in books.register.held_by(holder.id_type, holder.id_number)
        )

    def _record(
        self,
        books: Books,
        clerk: Clerk,
        organisation: Organisation,
        certificate: Certificate,
        kind: str,
    ) -> None:
        record: dict[str, Any] = {
            "agency": organisation.uscc,
            "client": "dormitory",
            "purpose": TYPE,
            "agency_zh": organisation.name_zh,
            "agency_en": organisation.name_en,
            "certificate": TYPE,
            "matter_zh": certificate_type(TYPE).title_zh,
            "matter_en": certificate_type(TYPE).title_en,
            "operator": clerk.number,
            "ground": "issue",
            "fields": ["name", "id_number", "address"],
            "refused_fields": [],
            "other_fields": [],
        }
        access = Access(
            kind=kind,
            at=self.clock.now(),
            client="dormitory",
            agency=organisation.uscc,
            purpose=TYPE,
            person=books.people.known(certificate.holders[0]),
            record=record,
        )
        record_access(books, self.origin, access)


def check(lodger: Lodger, districts: tuple[str, ...], today: date) -> dict[str, str]:
    """Every field that is wrong, and how; empty if all are right."""
    errors: dict[str, str] = {}
    name = lodger.name.strip()
    if not name:
        errors["lodger_name"] = "missing"
    elif len(name) > _MAX_NAME or not _is_writing(name):
        errors["lodger_name"] = "malformed"
    try:
        ResidentId.parse(lodger.id_number)
    except CertstoreError:
        errors["lodger_id_number"] = "malformed" if lodger.id_number.strip() else "missing"
    if lodger.district not in districts:
        errors["district"] = "unknown"
    address = _plain(lodger.address)
    if not address:
        errors["address"] = "missing"
    elif len(address) > _MAX_ADDRESS:
        errors["address"] = "too_long"
    elif not _is_writing(address) or not take_apart(f"{lodger.district}{address}").numbers:
        errors["address"] = "malformed"
    return errors | _check_days(lodger, today)


def _check_days(lodger: Lodger, today: date) -> dict[str, str]:
    days: dict[str, date] = {}
    errors: dict[str, str] = {}
    for name in ("valid_from", "valid_to"):
        try:
            days[name] = date.fromisoformat(getattr(lodger, name).strip())
        except ValueError:
            errors[name] = "malformed" if getattr(lodger, name).strip() else "missing"
    if errors:
        return errors
    begins, ends = days["valid_from"], days["valid_to"]
    if ends < max(begins, today):
        return {"valid_to": "past"}
    if ends - begins > LONGEST:
        return {"valid_to": "too_far"}
    return {"valid_from": "past"} if today - begins > LONGEST else {}


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split()))


def _is_writing(text: str) -> bool:
    """Letters, figures, punctuation and spaces: nothing invisible, no pictures."""
    return text.isprintable() and all(unicodedata.category(c)[0] in "LMNPZ" for c in text)
