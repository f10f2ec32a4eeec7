"""Releases to services what their purpose covers. No usage record, no release.

The record of an access is written in the same transaction that reads what is released; if it
cannot be written, nothing leaves the house. A refusal that concerns somebody is on record too:
whoever was aimed at sees who asked, for what, and that nothing was given.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from certstore.authorization.resource_gate import Admission, ResourceGate
from certstore.callers import Service
from certstore.certificates import Certificate
from certstore.clock import Clock
from certstore.entrustment.judging import await_turns
from certstore.errors import CertstoreError, NotFoundError, PurposeError
from certstore.keys import Signer
from certstore.ledger import Recorded, receipt, record_access, record_accesses
from certstore.onboarding.quotas import count_call, count_calls
from certstore.sharing.decisions import decision_refusal
from certstore.sharing.form_desk import Form, FormDesk
from certstore.sharing.grants import PullRequest, SearchRequest, judge_pull, judge_search
from certstore.sharing.grounds import Ground, stand_on
from certstore.sharing.on_behalf import on_behalf_record
from certstore.sharing.on_record import who_asks
from certstore.sharing.pulls import AskedPull, Beside, JudgedPull, Outcome, access_of
from certstore.sharing.release import reference_to
from certstore.tables.books import Archive, Books
from certstore.tables.people import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class SharingDesk:
    """Releases granted fields, and records every release and every refusal."""

    archive: Archive
    clock: Clock
    receipt_signer: Signer
    issuer: str
    origin: str
    gate: ResourceGate
    forms: FormDesk

    def search(self, service: Service, request: SearchRequest) -> dict[str, Any]:
        """References and status of what a person holds; no content. Recorded as a look."""
        now = self.clock.now()
        with self.archive.writing() as books:
            refusal = count_call(books, service, now) or judge_search(service, request)
            found = books.register.held_by(request.subject_type, request.subject_number)
            person = _searched(books, request, found)
            listed = [c for c in found if c.type_code in request.cert_types]
            if refusal is not None and person is None:
                raise refusal  # it concerns nobody known here
            record = _searching(service, request, 0 if refusal else len(listed), refusal)
            access = access_of("look", now, service, person, record)
            recorded = record_access(books, self.origin, access)
        if refusal is not None:
            raise refusal
        return {
            "evidence": [reference_to(c, now) for c in listed],
            **self._trace(recorded, now),
        }

    def pull(
        self,
        service: Service,
        request: PullRequest,
        *,
        admission: Admission | None = None,
        beside: Beside | None = None,
    ) -> dict[str, Any]:
        """Release the granted fields of one certificate; a field outside the grant is refused.

        With an admission, its token and proof are judged in the same transaction; `beside` is
        told of answer or refusal in the transaction that records it.
        """
        form = self._begin(service, request)
        (outcome,) = self.pull_all([AskedPull(service, request, admission, form, beside)])
        return self.answer(outcome)

    def _begin(self, service: Service, request: PullRequest) -> Form | None:
        """Make what the answer will carry beside its fields, before any lock is held."""
        if request.format == "json":
            return None
        return self.forms.begin(service, request, self.clock.now())

    def pull_all(self, asked: Sequence[AskedPull]) -> list[Outcome]:
        """Judge and record pulls in one transaction; for each, in order, what came of it.

        Nothing may leave the house before this has returned: `answer` then writes it.
        """
        if not asked:
            return []
        now = self.clock.now()
        with self.archive.writing() as books:
            judged = self._judged(books, asked, now)
            people = books.people.known_all(h for each in judged for h in each.aimed_at)
            accesses = [each.accesses(people, now) for each in judged]
            written = record_accesses(books, self.origin, [a for ones in accesses for a in ones])
            recorded = iter(written)
            outcomes = [
                each.outcome(books, [next(recorded) for _ in ones], now)
                for each, ones in zip(judged, accesses, strict=True)
            ]
            for each, outcome in zip(asked, outcomes, strict=True):
                if each.beside is not None and outcome.recorded is not None:
                    each.beside(books, outcome.refusal or self.answer(outcome))
        return outcomes

    def answer(self, outcome: Outcome) -> dict[str, Any]:
        """What the service is told of a recorded pull; raises its refusal."""
        if outcome.recorded is None or outcome.refusal is not None:
            raise outcome.refusal or NotFoundError("there is no such certificate")
        return {**outcome.released, **self._trace(outcome.recorded, outcome.at)}

    def _judged(self, books: Books, asked: Sequence[AskedPull], now: datetime) -> list[JudgedPull]:
        """Each pull with why it is refused, if it is: the token first, then the grant."""
        await_turns(books, [(each.service, each.request) for each in asked])
        admissions = [each.admission for each in asked if each.admission is not None]
        barred = iter(self.gate.admit_all(books, admissions) if admissions else ())
        barred_by = [next(barred) if each.admission is not None else None for each in asked]
        inside = [each.service for each, bar in zip(asked, barred_by, strict=True) if bar is None]
        uncounted = iter(count_calls(books, inside, now) if inside else ())
        found = books.register.by_refs(each.request.ref for each in asked)
        judged = []
        for each, bar in zip(asked, barred_by, strict=True):
            ground, refusal = Ground(), bar
            beyond = next(uncounted) if bar is None else None
            certificate = None if refusal else found.get(each.request.ref)
            if certificate is None:
                absent = NotFoundError("there is no such certificate", where=each.request.ref)
                refusal = refusal or absent
            else:
                refusal = beyond or _not_given(books, each, certificate, now)
                ground = stand_on(books, each.service, each.request, certificate, now, refusal)
                refusal = ground.refusal
            judged.append(JudgedPull(each, certificate, refusal, ground))
        return judged

    def _trace(self, recorded: Recorded, now: datetime) -> dict[str, Any]:
        return {
            "receipt": receipt(recorded, self.receipt_signer, self.issuer, now),
            "ledger": {"leaf_index": recorded.leaf_index, "leaf_hash": recorded.leaf_hash},
        }


def _not_given(
    books: Books, asked: AskedPull, certificate: Certificate, now: datetime
) -> CertstoreError | None:
    """Why a pull is refused whatever its ground; None if it is not.

    Where its token was used earlier, in a transaction of its own, the client is asked for anew.
    """
    refusal = None if asked.admission else _judge_client(books, asked.service)
    refusal = refusal or judge_pull(asked.service, asked.request, certificate)
    if refusal is None and asked.form is not None:
        refusal = asked.form.judge(certificate)
    return refusal or decision_refusal(books, asked.service, asked.request, now)


def _judge_client(books: Books, service: Service) -> CertstoreError | None:
    client = books.sharing.client(service.client_id)
    if client is not None and client.state == "active":
        return None
    return PurposeError("the client is not active any more", cause="client_inactive")


def _searched(books: Books, request: SearchRequest, found: Sequence[Certificate]) -> Person | None:
    """The person searched for, made known so that they see the look; None if nothing names them."""
    if not found:
        return books.people.find(request.subject_type, request.subject_number)
    meant = (request.subject_type, request.subject_number.upper())
    return books.people.known(
        next(h for h in found[0].holders if (h.id_type, h.id_number) == meant)
    )


def _searching(
    service: Service, request: SearchRequest, found: int, refusal: CertstoreError | None
) -> dict[str, Any]:
    return {
        **who_asks(service, request.case_no, request.operator, refusal),
        **on_behalf_record(service, request.on_behalf_of),
        "cert_types": list(request.cert_types),
        "fields": [],
        "found": found,
    }
