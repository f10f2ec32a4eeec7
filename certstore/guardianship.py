"""For whom else somebody may act: the children under 16 they are proven to be the guardian of.

The proof is asked of the register each time: a birth certificate that was cancelled, replaced or
is under objection proves nothing from that moment.
"""

from datetime import date, datetime, timedelta
from typing import Any

from certstore.certificates import Certificate, Holder, Status
from certstore.identifiers import ResidentId
from certstore.ledger import Access, record_access
from certstore.tables.books import Books
from certstore.tables.guardianships import Guardianship

UNDER_AGE = 16  # from that birthday on, a child acts for itself (居住证暂行条例 9)
_ONE_LOOK = timedelta(minutes=10)  # of showing one certificate: its code is renewed each minute
_PROOFS = frozenset({"birth_certificate", "household_register"})


def wards_of(books: Books, guardian: Holder, today: date) -> tuple[Holder, ...]:
    """The children this person may act for today, none twice."""
    person = books.people.find(guardian.id_type, guardian.id_number)
    if person is None:
        return ()
    proven = (g for g in books.guardianships.of_guardian(person.id) if _stands(books, g, today))
    return tuple(dict.fromkeys(g.child for g in proven))


def is_ward(books: Books, guardian: Holder, child: Holder, today: date) -> bool:
    """Whether this person may act for this child today."""
    wanted = (child.id_type, child.id_number.upper())
    return wanted in {(w.id_type, w.id_number) for w in wards_of(books, guardian, today)}


def _stands(books: Books, proven: Guardianship, today: date) -> bool:
    born = ResidentId.parse(proven.child.id_number).birth_date
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    if age >= UNDER_AGE:
        return False
    if not proven.proof_ref:
        return bool(proven.approved_by)
    child = proven.child
    # Not that record alone: a later version of it, or another record, proves as well.
    on_file = books.register.held_by(child.id_type, child.id_number)
    return any(_proves(record, proven.guardian, today) for record in on_file)


def _proves(record: Certificate, guardian: Holder, today: date) -> bool:
    usable = record.status_on(today) is Status.VALID and not record.under_dispute
    named = guardian.id_number.upper() in _parents(record.fields)
    return record.type_code in _PROOFS and usable and named


def _parents(fields: Any) -> set[str]:  # noqa: ANN401 - a source's claims nest as they like
    """The numbers of whoever the record names as a parent of its holder."""
    members = (m for m in fields.get("members") or () if m.get("relation") == "parent")
    named = (*(fields.get("parents") or ()), *members)
    return {str(person.get("id_number", "")).upper() for person in named}


def keep_guardians_look(
    books: Books, origin: str, guardian: Holder, certificate: Certificate, now: datetime
) -> None:
    """Record with a child that its guardian shows its certificate; not anew for each new code."""
    child = books.people.known(certificate.holders[0])
    if child.holder.id_number == guardian.id_number.upper():
        return
    lately = books.usage.of(child.id, now - _ONE_LOOK)
    seen = {(e.record.get("certificate_ref"), e.record.get("operator")) for e in lately}
    if (certificate.ref, guardian.name) in seen:
        return
    record = {
        "client": "holder",
        "agency": "",
        "purpose": "present",
        "matter": "present",
        "actor": "guardian",
        "operator": guardian.name,
        "ground": "application",
        "certificate": certificate.type_code,
        "certificate_ref": certificate.ref,
        "fields": sorted(certificate.fields),
        "refused_fields": [],
        "other_fields": [],
    }
    access = Access(
        kind="guardian",
        at=now,
        client="holder",
        agency="",
        purpose="present",
        person=child,
        record=record,
    )
    record_access(books, origin, access)
