"""What is held about one person, as plain JSON values: read, and never judged."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from certstore.catalogue import certificate_type
from certstore.certificates import Certificate
from certstore.own_data.others_numbers import numbers_named
from certstore.questions.judging import state_of
from certstore.tables.books import Books
from certstore.tables.people import Person

Rows = Sequence[Mapping[str, Any]]
# What another part of the house holds about a person; it knows its own tables.
Section = Callable[[Books, Person], Rows]
EVER = datetime(2000, 1, 1, tzinfo=UTC)


def person_of(person: Person) -> Mapping[str, Any]:
    """Who it is."""
    holder = person.holder
    return {"name": holder.name, "id_type": holder.id_type, "id_number": holder.id_number}


def certificates_of(books: Books, person: Person, *, issued_here: bool = False) -> Rows:
    """Every version of every certificate that names the person, each field with its origin.

    With `issued_here` those alone that were: a guardian is shown no source's records of a child.
    """
    return [_certificate(c) for c in _held(books, person) if c.sealed or not issued_here]


def documents_of(books: Books, person: Person) -> list[tuple[str, str]]:
    """Where each signed document of the person lies in the archive, and its SHA-256."""
    signed = ((c, c.file("document")) for c in _held(books, person))
    return [(f"documents/{c.type_code}-{c.ref}.pdf", file.sha256) for c, file in signed if file]


def others_known(books: Books, person: Person, held: Mapping[str, Any]) -> set[str]:
    """The numbers of others that what is held names, or a certificate of the person does."""
    holders = {h.id_number for c in _held(books, person) for h in c.holders}
    given = books.entrustments.given_by(person.id, limit=10_000)
    agents = {made.agent.id_number for made in given if made.agent}
    return holders | agents | set(numbers_named(held))


def _held(books: Books, person: Person) -> list[Certificate]:
    return books.register.held_by(person.holder.id_type, person.holder.id_number)


def _certificate(certificate: Certificate) -> Mapping[str, Any]:
    kind = certificate_type(certificate.type_code)
    fields = []
    for name, value in certificate.fields.items():
        known = kind.field(name)
        labels = {"label_zh": known.label_zh, "label_en": known.label_en} if known else {}
        origin = known.source if known else "record"
        fields.append({"name": name, **labels, "value": value, "origin": origin})
    return {
        "ref": certificate.ref,
        "type": certificate.type_code,
        "title_zh": kind.title_zh,
        "title_en": kind.title_en,
        "version": certificate.version,
        "number": certificate.number,
        "issuer_uscc": certificate.issuer_uscc,
        "handed_in_by": certificate.source,
        "record_id": certificate.record_id,
        "issued_on": certificate.issued_on,
        "valid_from": certificate.validity.valid_from,
        "valid_to": certificate.validity.valid_to,
        "status": certificate.status.value,
        "under_dispute": certificate.under_dispute,
        "fields": fields,
        "files": [f"{file.role} ({file.media_type})" for file in certificate.files],
    }


def accesses_of(books: Books, person: Person) -> Rows:
    """Every access, latest first, with its place in the ledger."""
    return [entry.listed() for entry in books.usage.of(person.id, EVER)]


def notices_of(books: Books, person: Person) -> Rows:
    """The inbox, latest first."""
    found = books.inbox.of(person.id, limit=10_000)
    return [{"kind": n.kind, "at": n.created_at, "facts": dict(n.facts)} for n in found]


def questions_of(books: Books, person: Person, today: date) -> Rows:
    """What the person asked agencies, and what they answered."""
    return [
        {
            "ref": q.ref,
            "access": q.usage_ref,
            "agency": q.agency,
            "state": state_of(q, today),
            "note": q.note,
            "asked_at": q.asked_at,
            "due": q.due,
            "answer": q.answer,
            "answered_at": q.answered_at,
        }
        for q in books.questions.of_person(person.id)
    ]


def disputes_of(books: Books, person: Person) -> Rows:
    """What the person said was wrong, step by step."""
    return [
        {
            "ref": d.ref,
            "certificate": d.certificate_ref,
            "field": d.field,
            "stands": d.stands,
            "right": d.right,
            "words": d.words,
            "state": d.state,
            "outcome": d.outcome,
            "reason": d.reason,
            "filed_at": d.filed_at,
            "services_told": d.told,
            "steps": [
                {"state": s.state, "at": s.at, "by": s.by} for s in books.disputes.steps(d.ref)
            ],
        }
        for d in books.disputes.of_person(person.id)
    ]


def entrustments_of(books: Books, person: Person) -> Rows:
    """What the person entrusted to others, and what was entrusted to them."""
    given = [("given", e) for e in books.entrustments.given_by(person.id, limit=10_000)]
    received = [
        ("received", e)
        for e in books.entrustments.received_by(person.holder, limit=10_000)
        if e.agent == person.holder
    ]
    return [
        {
            "direction": direction,
            "ref": e.ref,
            "holder": e.holder_name,
            "agent": e.agent.name if e.agent else e.agency,
            "certificate": e.certificate_ref,
            "matter": e.matter,
            **({} if e.fields is None else {"fields": list(e.fields)}),
            "from": e.from_day,
            "to": e.to_day,
            "made_at": e.made_at,
            "accepted_at": e.accepted_at,
            "ended_at": e.ended_at,
        }
        for direction, e in (*given, *received)
    ]


def use_codes_of(books: Books, person: Person) -> Rows:
    """Codes for one use; their characters are kept nowhere."""
    return [
        {
            "ref": c.ref,
            "certificate": c.certificate_ref,
            "matter": c.matter,
            "fields": list(c.fields),
            "made_at": c.made_at,
            "expires_at": c.expires_at,
            "used_at": c.used_at,
            "used_by": c.used_by,
            "ended_at": c.ended_at,
        }
        for c in books.use_codes.of(person.id, limit=10_000)
    ]
