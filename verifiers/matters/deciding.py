"""Reuse decisions for services: the house reads the person's records itself, and records that.

What is judged is kept, so that a pull can name it and that it can be judged again with the same
answer. No usage record, no decision.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from certstore.callers import Service
from certstore.chance import reference
from certstore.clock import Clock, local_date
from certstore.errors import (
    CertstoreError,
    ConsentRequiredError,
    NotFoundError,
    PurposeError,
)
from certstore.keys import Signer
from certstore.ledger import Recorded, receipt, record_access
from certstore.onboarding.quotas import count_call
from certstore.sharing.guessing import Compared
from certstore.sharing.on_record import who_asks
from certstore.tables.books import Archive, Books
from certstore.tables.matters import KeptDecision
from certstore.tables.people import Person as KnownPerson
from certstore.tables.sharing import Purpose
from verifiers.materials.live_check import LiveCheckDesk
from verifiers.materials.rules import RuleBook
from verifiers.materials.vocabulary import Matter, RecordType, Source
from verifiers.matters.case import AgencyCase, Case, Judged, ResidenceCase, judge_kept
from verifiers.matters.looking import Found, known_person, looked_at
from verifiers.matters.on_record import (
    compared_record,
    decision_access,
    decision_record,
    judge_comparisons,
    own,
)
from verifiers.matters.reading import PARENT_IS
from verifiers.matters.registry import by_version, in_force, read_registered
from verifiers.matters.wanted import DecisionIn

HOLDS_FOR: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionDesk:
    """Decides for services what a matter still needs from a person."""

    archive: Archive
    live: LiveCheckDesk
    rules: RuleBook
    clock: Clock
    receipt_signer: Signer
    issuer: str
    origin: str
    sources_down: tuple[str, ...] = ()
    later_from: date | None = None

    def decide(self, service: Service, wanted: DecisionIn) -> dict[str, Any]:
        """Each material's outcome, with what proves it; kept, and recorded as an access.

        Raises PurposeError where the token does not cover it, ConsentRequiredError for a purpose
        that stands on consent (both on record with whom it is about),
        MalformedError for a case that the matter does not ask for, NotFoundError for a matter that
        is not in force, QuotaExceededError beyond the purpose's quota, RateLimitedError where it
        would be a guess too many, LedgerUnavailableError where the access cannot be recorded.
        """
        now = self.clock.now()
        granted = self._admitted(service, wanted, now)
        case = self._case(wanted, now)
        people = (wanted.subject.person(), wanted.guardian.person() if wanted.guardian else None)
        parents = [k for k, paths in granted.items() if PARENT_IS.is_covered(paths)]
        with self.archive.reading() as books:
            types = case.types & granted.keys()
            found = looked_at(books, *people, types, local_date(now), parents)
        judged = case.judge(found.records, granted, self.live)
        return self._kept(service, wanted, found, judged, now) | {
            "title_zh": case.titles[0],
            "title_en": case.titles[1],
        }

    def judge_again(self, decision_id: str) -> Mapping[str, Any]:
        """Judge a kept decision anew: its answer follows from its snapshot, whatever holds now.

        NotFoundError where there is no such decision, or nothing is kept of it.
        """
        with self.archive.reading() as books:
            kept = books.matters.decision(decision_id)
            if kept is None or not kept.snapshot:
                raise NotFoundError("nothing is kept of such a decision", where=decision_id)
            matter, version = None, str(kept.snapshot["rule_version"])
            if not _is_residence(kept.matter_code):
                matter = read_registered(by_version(books, version))
        rules = None if matter else self.rules.by_version(version)
        return judge_kept(kept.snapshot, matter, rules)

    def _case(self, wanted: DecisionIn, now: datetime) -> Case:
        down = frozenset(Source(word) for word in self.sources_down)
        today = local_date(now)
        if _is_residence(wanted.matter_code):
            rules = self.rules.in_force(today, later_from=self.later_from)
            return ResidenceCase.of(rules, wanted, now, down)
        with self.archive.reading() as books:
            registered = in_force(books, wanted.matter_code, today)
        return AgencyCase.of(read_registered(registered), wanted, now, down)

    def _admitted(
        self, service: Service, wanted: DecisionIn, now: datetime
    ) -> dict[RecordType, frozenset[str]]:
        """Count the call; what the purpose was granted by now, of the types the token is for."""
        with self.archive.writing() as books:
            refusal = count_call(books, service, now) or judge_wanted(service, wanted)
            purpose = books.sharing.purpose(service.purpose_id)
            if refusal is not None:
                meant = wanted.subject.person()
                held = books.register.held_by(meant.id_type, meant.id_number)
                person = known_person(books, meant, tuple(held))
                self._record_refusal(books, service, wanted, refusal, now, person)
        if refusal is not None:
            raise refusal
        return _granted(service, purpose)

    def _kept(
        self, service: Service, wanted: DecisionIn, found: Found, judged: Judged, now: datetime
    ) -> dict[str, Any]:
        """Keep and record in one transaction; only then is there an answer."""
        decision_id, expires_at = reference(), now + HOLDS_FOR
        with self.archive.writing() as books:
            people = _looked_at_people(books, wanted, found, judged)
            refusal = judge_comparisons(books, service, wanted, people, now)
            recorded: list[Recorded] = []
            if refusal is None:
                said = decision_record(service, wanted, found, decision_id, judged)
                recorded = [
                    self._record(books, service, person, said | compared_record(compared), now)
                    for person, compared in people
                ]
                ids = [None if person is None else person.id for person, _ in people]
                books.matters.keep(_decision(service, wanted, judged, decision_id, now, ids))
            else:
                for person, _ in people:
                    self._record_refusal(books, service, wanted, refusal, now, person)
        if refusal is not None:
            raise refusal
        return {
            "decision_id": decision_id,
            "matter_code": wanted.matter_code,
            "as_of": now.isoformat(),
            "expires_at": expires_at.isoformat(),
            **judged.answer,
            **self._trace(recorded[0], now),
        }

    def _record_refusal(
        self,
        books: Books,
        service: Service,
        wanted: DecisionIn,
        refusal: CertstoreError,
        now: datetime,
        person: KnownPerson | None,
    ) -> None:
        """Record a refusal; nothing where it concerns nobody known here."""
        if person is not None:
            who = who_asks(service, wanted.case_no, wanted.by(), refusal)
            self._record(books, service, person, {**who, "fields": []}, now)

    def _record(
        self,
        books: Books,
        service: Service,
        person: KnownPerson | None,
        record: dict[str, Any],
        now: datetime,
    ) -> Recorded:
        return record_access(books, self.origin, decision_access(now, service, person, record))

    def _trace(self, recorded: Recorded, now: datetime) -> dict[str, Any]:
        return {
            "receipt": receipt(recorded, self.receipt_signer, self.issuer, now),
            "ledger": {"leaf_index": recorded.leaf_index, "leaf_hash": recorded.leaf_hash},
        }


def judge_wanted(service: Service, wanted: DecisionIn) -> CertstoreError | None:
    """Why a token does not cover this decision; None if it does."""
    if wanted.purpose_id != service.purpose_id:
        return PurposeError("the token is for another purpose", where="purpose_id")
    if wanted.matter_code != service.matter_code:
        return PurposeError("the token is for another matter", where="matter_code")
    if "search" not in service.actions:
        return PurposeError(
            "the token was not asked for with the action search",
            where="actions",
            remedy="get a token that names it in authorization_details",
            cause="action_not_granted",
        )
    if service.legal_basis.get("kind") == "consent":  # which names certificates, and not a look
        return ConsentRequiredError(
            "a decision looks at everything that may prove something, and no consent covers that",
            where="purpose_id",
            remedy="ask the holder with POST /v1/consent-requests, and pull what they agree to",
            cause="decision_on_consent",
        )
    return None


def _is_residence(matter_code: str) -> bool:
    return matter_code in set(Matter)


def _granted(service: Service, purpose: Purpose | None) -> dict[RecordType, frozenset[str]]:
    """By type what the purpose may read, of the types that rules know and the token is for."""
    if purpose is None:
        return {}
    return {
        kind: frozenset(purpose.fields[kind.value])
        for kind in RecordType
        if kind.value in service.fields and kind.value in purpose.fields
    }


def _known_guardian(books: Books, wanted: DecisionIn, found: Found) -> KnownPerson | None:
    """The guardian whose records were looked at; None where nobody's were."""
    if wanted.guardian is None or not found.guardian_proven:
        return None
    return known_person(books, wanted.guardian.person(), found.guardian_held)


def _looked_at_people(
    books: Books, wanted: DecisionIn, found: Found, judged: Judged
) -> list[tuple[KnownPerson | None, tuple[Compared, ...]]]:
    """The subject, and the guardian whose records were looked at; each with what was compared."""
    subject = known_person(books, wanted.subject.person(), found.subject_held)
    guardian = _known_guardian(books, wanted, found)
    people = [(subject, own(judged.compared, found.subject_held))]
    if guardian is not None:
        people.append((guardian, own(judged.compared, found.guardian_held)))
    return people


def _decision(
    service: Service,
    wanted: DecisionIn,
    judged: Judged,
    decision_id: str,
    now: datetime,
    ids: Sequence[int | None],
) -> KeptDecision:
    """The decision about these people, the subject first; of nobody known here nothing is kept.

    Nobody could have it erased.
    """
    known = ids[0] is not None
    return KeptDecision(
        decision_id=decision_id,
        client=service.client_id,
        purpose=service.purpose_id,
        matter_code=wanted.matter_code,
        case_no=wanted.case_no,
        person_id=ids[0],
        guardian_id=ids[1] if len(ids) > 1 else None,
        made_at=now,
        expires_at=now + HOLDS_FOR,
        snapshot=judged.snapshot if known else {},
        answer=judged.answer if known else {},
    )
