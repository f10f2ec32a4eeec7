"""For whom else somebody may act: the children under 16 they are proven to be the guardian of.

The proof is asked of the register each time: a birth certificate that was cancelled, replaced or
is under objection proves nothing from that moment.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from certstore.certificates import Certificate, Holder, Status
from certstore.errors import MalformedError
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


def proves_guardian(
    on_file: Iterable[Certificate], guardian: Holder, child: Holder, today: date
) -> bool:
    """Whether a record on file names this person as a parent of a child under 16 today."""
    try:
        under_age = _is_under_age(child, today)
    except MalformedError:
        return False  # a document that tells no age
    return under_age and any(_proves(record, guardian, today) for record in on_file)


def _is_under_age(child: Holder, today: date) -> bool:
    born = ResidentId.parse(child.id_number).birth_date
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return age < UNDER_AGE


def _stands(books: Books, proven: Guardianship, today: date) -> bool:
    if not _is_under_age(proven.child, today):
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


@dataclass(frozen=True, slots=True)
class GuardianActs:
    """What a guardian does with a child's certificate: show it, take a copy, see the photo."""

    guardian: Holder
    purpose: Literal["present", "download", "look"]

    def is_own(self, certificate: Certificate) -> bool:
        """Whether it is a certificate of their own."""
        return self.guardian.id_number.upper() in {h.id_number for h in certificate.holders}


def keep_guardians_look(
    books: Books, origin: str, acts: GuardianActs, certificate: Certificate, now: datetime
) -> None:
    """Record with a child what its guardian does; not anew for each new code or copy."""
    guardian = acts.guardian
    if acts.is_own(certificate):
        return
    child = books.people.known(certificate.holders[0])
    lately = books.usage.of(child.id, now - _ONE_LOOK)
    said = ("certificate_ref", "operator", "purpose")
    seen = {tuple(e.record.get(name) for name in said) for e in lately}
    if (certificate.ref, guardian.name, acts.purpose) in seen:
        return
    record = {
        "client": "holder",
        "agency": "",
        "purpose": acts.purpose,
        "matter": acts.purpose,
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
        purpose=acts.purpose,
        person=child,
        record=record,
    )
    record_access(books, origin, access)
