"""Forwards what our agencies ask of other cities. No record here, no release.

Our own grant is judged first. What was asked abroad is on record here in any case: what came of it,
or why nothing did; the other city keeps a record of its own, and its receipt lies in ours.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from certstore.callers import Service
from certstore.client import Found, Pulled
from certstore.clock import Clock
from certstore.errors import CertstoreError, MalformedError, NotFoundError
from certstore.federation.judging import (
    judge_found,
    judge_pull_abroad,
    judge_pulled,
    judge_search_abroad,
    judge_way,
    theirs,
)
from certstore.federation.peer_line import Abroad, PeerLine
from certstore.federation.peers import PeerPurpose
from certstore.federation.release import found_abroad, pulled_abroad
from certstore.keys import Signer
from certstore.ledger import Access, Recorded, receipt, record_access
from certstore.onboarding.quotas import count_call
from certstore.sharing.grants import PullRequest, SearchRequest
from certstore.sharing.on_record import who_asks
from certstore.tables.books import Archive

T = TypeVar("T", Found, Pulled)


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """What came of a question: an answer, or why there is none; `asked`: that city was asked."""

    abroad: Abroad[T] | None
    refusal: CertstoreError | None
    asked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FederationDesk:
    """Asks other cities for our agencies, and records every question with its outcome."""

    archive: Archive
    clock: Clock
    receipt_signer: Signer
    issuer: str
    origin: str
    lines: Mapping[str, PeerLine]

    def search(self, service: Service, city: str, request: SearchRequest) -> dict[str, Any]:
        """References and status of what a person holds in that city; recorded in both."""
        line = self._line(city)
        outcome = self._asked(
            service,
            line,
            lambda over: judge_search_abroad(service, request, over),
            lambda over, known: line.search(service, request, over, known),
            lambda found: judge_found(request, found),
        )
        answer = outcome.abroad.answer if outcome.abroad else None
        record = {
            **_who(service, line, request, outcome),
            "cert_types": list(request.cert_types),
            "fields": [],
            "found": len(answer.evidence) if answer and not outcome.refusal else 0,
        }
        recorded, now = self._record("look", service, line, request, record, outcome)
        if outcome.refusal is not None or answer is None or recorded is None:
            raise outcome.refusal or NotFoundError("nothing came", where=city)
        return found_abroad(line.peer, answer) | self._trace(recorded, answer.receipt, now)

    def pull(self, service: Service, city: str, request: PullRequest) -> dict[str, Any]:
        """The granted fields of one certificate of that city; recorded in both."""
        line = self._line(city)
        if not request.fields or len(set(request.fields)) != len(request.fields):
            raise MalformedError("name each field that is wanted, once", where="fields")
        outcome = self._asked(
            service,
            line,
            lambda over: judge_pull_abroad(service, request, over),
            lambda over, known: line.pull(service, request, over, known),
            lambda pulled: judge_pulled(service, request, pulled),
        )
        answer = outcome.abroad.answer if outcome.abroad else None
        record = {
            **_who(service, line, request, outcome),
            **_given(request, answer, outcome.refusal),
        }
        recorded, now = self._record("pull", service, line, request, record, outcome)
        if outcome.refusal is not None or answer is None or recorded is None:
            raise outcome.refusal or NotFoundError("nothing came", where=city)
        return pulled_abroad(line.peer, answer) | self._trace(recorded, answer.receipt, now)

    def _line(self, city: str) -> PeerLine:
        line = self.lines.get(city)
        if line is None:
            raise NotFoundError("this service knows no such city", where=city)
        return line

    def _asked(
        self,
        service: Service,
        line: PeerLine,
        judge: Callable[[PeerPurpose], CertstoreError | None],
        ask: Callable[[PeerPurpose, int], Abroad[T]],
        judge_answer: Callable[[T], CertstoreError | None],
    ) -> Outcome[T]:
        """Judge, ask, judge again. No transaction is open while the other city thinks."""
        with self.archive.writing() as books:
            beyond = count_call(books, service, self.clock.now())
            purpose = books.sharing.purpose(service.purpose_id)
            known = books.peers.newest_list(line.peer.code)
        over_there = theirs(service, line.peer)
        refusal = beyond or judge_way(service, purpose, line.peer)
        if over_there is None or refusal is not None:
            return Outcome(None, refusal, asked=False)
        refusal = judge(over_there)
        if refusal is not None:
            return Outcome(None, refusal, asked=False)
        try:
            abroad = ask(over_there, known)
        except CertstoreError as error:
            return Outcome(None, error, asked=True)
        return Outcome(abroad, judge_answer(abroad.answer), asked=True)

    def _record(
        self,
        kind: str,
        service: Service,
        line: PeerLine,
        request: SearchRequest | PullRequest,
        record: dict[str, Any],
        outcome: Outcome[T],
    ) -> tuple[Recorded | None, datetime]:
        """Put it on record, for the person if they are known here, and commit."""
        now = self.clock.now()
        with self.archive.writing() as books:
            person = books.people.find(request.subject_type, request.subject_number)
            if person is None and not outcome.asked:
                return None, now  # refused here, and it concerns nobody known here
            if outcome.abroad is not None:
                code, seq = line.peer.code, outcome.abroad.list_seq
                if seq != books.peers.newest_list(code):
                    books.peers.saw_list(code, seq, now)
            access = Access(
                kind=kind,
                at=now,
                client=service.client_id,
                agency=service.agency_uscc,
                purpose=service.purpose_id,
                person=person,
                record=record,
            )
            return record_access(books, self.origin, access), now

    def _trace(self, recorded: Recorded, nested: str, now: datetime) -> dict[str, Any]:
        signed = receipt(recorded, self.receipt_signer, self.issuer, now, nested_receipt=nested)
        return {
            "receipt": signed,
            "ledger": {"leaf_index": recorded.leaf_index, "leaf_hash": recorded.leaf_hash},
        }


def _who(
    service: Service, line: PeerLine, request: SearchRequest | PullRequest, outcome: Outcome[T]
) -> dict[str, Any]:
    """Who asked, and of which city; with what that city signed, where it did."""
    city = line.peer
    over_there: dict[str, Any] = {"city": city.code, "name": city.name_zh, "asked": outcome.asked}
    if outcome.abroad is not None:
        answer = outcome.abroad.answer
        over_there["leaf_index"] = answer.ledger.leaf_index
        over_there["leaf_hash"] = answer.ledger.leaf_hash
        over_there["receipt_sha256"] = hashlib.sha256(answer.receipt.encode()).hexdigest()
    return {
        **who_asks(service, request.case_no, request.operator, outcome.refusal),
        "matter_zh": f"{service.title_zh}（向{city.name_zh}查询）",
        "matter_en": f"{service.title_en} (asked of {city.name_en})",
        "peer": over_there,
    }


def _given(
    request: PullRequest, answer: Pulled | None, refusal: CertstoreError | None
) -> dict[str, Any]:
    given = [] if refusal or answer is None else [p for p in request.fields if p in answer.fields]
    refused = refusal.facts.get("paths", []) if refusal else []
    return {
        "certificate": answer.type if answer and not refusal else "",
        "peer_certificate_ref": request.ref,
        "asked": list(request.fields),
        "fields": given,
        "refused_fields": refused,
        "other_fields": [],
    }
