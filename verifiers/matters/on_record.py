"""What a decision puts on record with each person, and whether it may be given at all.

Each person reads what was compared of their own certificates. What the agency told is not in it.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from certstore.callers import Service
from certstore.certificates import Certificate
from certstore.errors import CertstoreError
from certstore.ledger import Access
from certstore.sharing.guessing import LOOKED_BACK, Compared, guessed, judge_guesses
from certstore.sharing.on_record import who_asks
from certstore.tables.books import Books
from certstore.tables.people import Person as KnownPerson
from verifiers.matters.case import Judged
from verifiers.matters.looking import Found
from verifiers.matters.wanted import DecisionIn


def own(compared: Iterable[Compared], held: Iterable[Certificate]) -> tuple[Compared, ...]:
    """The comparisons that were with a person's own certificates."""
    refs = {certificate.ref for certificate in held}
    return tuple(each for each in compared if each.certificate_ref in refs)


def judge_comparisons(
    books: Books,
    service: Service,
    wanted: DecisionIn,
    people: Iterable[tuple[KnownPerson | None, Iterable[Compared]]],
    now: datetime,
) -> CertstoreError | None:
    """Why these would be guesses too many about one certificate; None if they are not.

    Each person's row is held until the transaction ends: two at once count one after the other.
    """
    known = [(person, _marks(compared)) for person, compared in people if person is not None]
    for person, marks in sorted(known, key=lambda each: each[0].id):
        if not marks:
            continue
        books.people.hold(person.id)
        entries = books.usage.of(person.id, now - LOOKED_BACK)
        for ref, told in marks.items():
            before = guessed(entries, service.client_id, ref, wanted.case_no)
            refusal = judge_guesses(told, before)
            if refusal is not None:
                return refusal
    return None


def _marks(compared: Iterable[Compared]) -> dict[str, set[str]]:
    """By certificate, the marks of what was told to compare with it."""
    found: dict[str, set[str]] = {}
    for each in compared:
        if each.mark is not None:
            found.setdefault(each.certificate_ref, set()).add(each.mark)
    return found


def decision_record(
    service: Service,
    wanted: DecisionIn,
    found: Found,
    decision_id: str,
    judged: Judged,
) -> dict[str, Any]:
    """What each person reads alike: who decided what."""
    materials: Mapping[str, Mapping[str, Any]] = judged.answer["materials"]
    return {
        **who_asks(service, wanted.case_no, wanted.by(), None),
        "cert_types": sorted({record.type.value for record in found.records}),
        "found": len(found.records),
        "decision": decision_id,
        "outcomes": {code: material["outcome"] for code, material in materials.items()},
    }


def compared_record(compared: Iterable[Compared]) -> dict[str, Any]:
    """What a person reads further: which questions were put to their own certificates."""
    put = sorted(compared, key=lambda each: (each.type_code, each.certificate_ref, each.question))
    return {
        "fields": list(dict.fromkeys(each.question for each in put)),
        "compared": [each.as_json() for each in put],
    }


def decision_access(
    now: datetime, service: Service, person: KnownPerson | None, record: Mapping[str, Any]
) -> Access:
    """A decision, to be recorded."""
    return Access(
        kind="decision",
        at=now,
        client=service.client_id,
        agency=service.agency_uscc,
        purpose=service.purpose_id,
        person=person,
        record=record,
    )
