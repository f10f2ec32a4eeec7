"""Answers yes-or-no questions about certificates, on record like every pull."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from certstore.callers import Service
from certstore.certificates import Certificate
from certstore.clock import Clock, local_date
from certstore.entrustment.judging import await_turns
from certstore.errors import CertstoreError
from certstore.keys import Signer
from certstore.ledger import receipt, record_access
from certstore.onboarding.quotas import count_call
from certstore.sharing.grounds import stand_on
from certstore.sharing.guessing import LOOKED_BACK, guessed
from certstore.sharing.on_record import who_asks
from certstore.sharing.predicates import (
    GUESSABLE,
    Guesses,
    Question,
    SamePlace,
    answers,
    judge_question,
    ungranted,
)
from certstore.sharing.pulls import access_of, aimed_at
from certstore.tables.books import Archive, Books
from certstore.tables.people import Person

KIND: Final = "verify"


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyDesk:
    """Says yes or no and gives no content; records every answer and every refusal."""

    archive: Archive
    clock: Clock
    receipt_signer: Signer
    issuer: str
    origin: str
    same_place: SamePlace

    def answer(self, service: Service, question: Question) -> dict[str, Any]:
        """The answers; raises what refuses them, which is on record by then."""
        now, request = self.clock.now(), question.asked
        with self.archive.writing() as books:
            books.turns.take("guesses", service.client_id, request.ref)
            await_turns(books, [(service, request)])
            certificate = books.register.get(request.ref)
            people = [books.people.known(h) for h in aimed_at(request, certificate)]
            guesses = _guesses(books, service, question, people, now)
            refusal = count_call(books, service, now)
            refusal = refusal or judge_question(service, question, certificate, guesses)
            asked = replace(request, fields=[f"?{name}" for name in request.fields])
            ground = stand_on(books, service, asked, certificate, now, refusal)
            refusal = ground.refusal
            record = _record(service, question, certificate, refusal) | ground.record
            given = None if refusal else certificate.ref
            recorded = [
                record_access(
                    books, self.origin, access_of(KIND, now, service, person, record, given)
                )
                for person in people
            ]
        if refusal is not None:
            raise refusal
        first = recorded[0]
        return {
            "ref": certificate.ref,
            "type": certificate.type_code,
            "answers": answers(question, certificate, local_date(now), self.same_place),
            "checked_at": now.isoformat(),
            "under_dispute": certificate.under_dispute,
            "receipt": receipt(first, self.receipt_signer, self.issuer, now),
            "ledger": {"leaf_index": first.leaf_index, "leaf_hash": first.leaf_hash},
        }


def _guesses(
    books: Books, service: Service, question: Question, people: list[Person], now: datetime
) -> Guesses:
    """How often what can be guessed was answered to this client about this certificate."""
    if not GUESSABLE & set(question.asked.fields):
        return Guesses(0, 0)
    entries = books.usage.of(people[0].id, now - LOOKED_BACK)
    asked = question.asked
    return guessed(entries, service.client_id, asked.ref, asked.case_no).guesses


def _record(
    service: Service, question: Question, certificate: Certificate, refusal: CertstoreError | None
) -> dict[str, Any]:
    """What the citizen sees: the questions that were answered, and never their answers."""
    request = question.asked
    return {
        **who_asks(service, request.case_no, request.operator, refusal),
        "certificate": certificate.type_code,
        "certificate_ref": certificate.ref,
        "asked": list(request.fields),
        "fields": [] if refusal else list(request.fields),
        "refused_fields": ungranted(service, request, certificate),
        "other_fields": sorted(certificate.fields),
    }
