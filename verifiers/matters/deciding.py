"""Reuse decisions for services: the house reads the person's records itself, and records that.

What is judged is kept, so that a pull can name it and that it can be judged again with the same
answer. No usage record, no decision.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from certstore.callers import Service
from certstore.chance import reference
from certstore.clock import Clock, local_date
from certstore.errors import CertstoreError, NotFoundError, PurposeError
from certstore.keys import Signer
from certstore.ledger import Access, Recorded, receipt, record_access
from certstore.sharing.on_record import who_asks
from certstore.tables.books import Archive, Books
from certstore.tables.matters import KeptDecision
from certstore.tables.people import Person as KnownPerson
from verifiers.materials.live_check import LiveCheckDesk
from verifiers.materials.rules import RuleBook
from verifiers.materials.vocabulary import Matter, RecordType, Source
from verifiers.matters.case import AgencyCase, Case, Judged, ResidenceCase, judge_kept
from verifiers.matters.looking import Found, known_person, looked_at
from verifiers.matters.matter import AgencyMatter
from verifiers.matters.registry import by_version, in_force
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

        Raises PurposeError where the token does not cover it (on record with whom it is about),
        MalformedError for a case that the matter does not ask for, NotFoundError for a matter that
        is not in force, LedgerUnavailableError where the access cannot be recorded.
        """
        now = self.clock.now()
        refusal = judge_wanted(service, wanted)
        if refusal is not None:
            self._record_refusal(service, wanted, refusal, now)
            raise refusal
        case = self._case(wanted, now)
        allowed = _allowed(service) & case.types
        people = (wanted.subject.person(), wanted.guardian.person() if wanted.guardian else None)
        with self.archive.reading() as books:
            found = looked_at(books, *people, allowed, local_date(now))
        judged = case.judge(found.records, _allowed(service), self.live)
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
                matter = AgencyMatter.read(by_version(books, version).document)
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
        return AgencyCase.of(AgencyMatter.read(registered.document), wanted, now, down)

    def _kept(
        self, service: Service, wanted: DecisionIn, found: Found, judged: Judged, now: datetime
    ) -> dict[str, Any]:
        """Keep and record in one transaction; only then is there an answer."""
        decision_id, expires_at = reference(), now + HOLDS_FOR
        with self.archive.writing() as books:
            subject = known_person(books, wanted.subject.person(), found.subject_held)
            guardian = _known_guardian(books, wanted, found)
            record = _record(service, wanted, found, decision_id, judged)
            accesses = [_access(now, service, subject, record)]
            if guardian is not None:
                accesses.append(_access(now, service, guardian, record))
            recorded = [record_access(books, self.origin, access) for access in accesses]
            books.matters.keep(
                KeptDecision(
                    decision_id=decision_id,
                    client=service.client_id,
                    purpose=service.purpose_id,
                    matter_code=wanted.matter_code,
                    case_no=wanted.case_no,
                    person_id=None if subject is None else subject.id,
                    guardian_id=None if guardian is None else guardian.id,
                    made_at=now,
                    expires_at=expires_at,
                    # Of nobody known here nothing is kept: nobody could have it erased.
                    snapshot={} if subject is None else judged.snapshot,
                    answer={} if subject is None else judged.answer,
                )
            )
        return {
            "decision_id": decision_id,
            "matter_code": wanted.matter_code,
            "as_of": now.isoformat(),
            "expires_at": expires_at.isoformat(),
            **judged.answer,
            **self._trace(recorded[0], now),
        }

    def _record_refusal(
        self, service: Service, wanted: DecisionIn, refusal: CertstoreError, now: datetime
    ) -> None:
        with self.archive.writing() as books:
            person = books.people.find(wanted.subject.id_type, wanted.subject.id_number)
            if person is None:
                return  # it concerns nobody known here
            who = who_asks(service, wanted.case_no, wanted.by(), refusal)
            record_access(books, self.origin, _access(now, service, person, {**who, "fields": []}))

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
    if "search" in service.actions:
        return None
    return PurposeError(
        "the token was not asked for with the action search",
        where="actions",
        remedy="get a token that names it in authorization_details",
        cause="action_not_granted",
    )


def _is_residence(matter_code: str) -> bool:
    return matter_code in set(Matter)


def _allowed(service: Service) -> frozenset[RecordType]:
    """What the purpose covers, of the types that rules know."""
    return frozenset(kind for kind in RecordType if kind.value in service.fields)


def _known_guardian(books: Books, wanted: DecisionIn, found: Found) -> KnownPerson | None:
    """The guardian whose records were looked at; None where nobody's were."""
    if wanted.guardian is None or not found.guardian_proven:
        return None
    return known_person(books, wanted.guardian.person(), found.guardian_held)


def _record(
    service: Service, wanted: DecisionIn, found: Found, decision_id: str, judged: Judged
) -> dict[str, Any]:
    materials: Mapping[str, Mapping[str, Any]] = judged.answer["materials"]
    return {
        **who_asks(service, wanted.case_no, wanted.by(), None),
        "cert_types": sorted({record.type.value for record in found.records}),
        "fields": [],
        "found": len(found.records),
        "decision": decision_id,
        "outcomes": {code: material["outcome"] for code, material in materials.items()},
    }


def _access(
    now: datetime, service: Service, person: KnownPerson | None, record: dict[str, Any]
) -> Access:
    return Access(
        kind="decision",
        at=now,
        client=service.client_id,
        agency=service.agency_uscc,
        purpose=service.purpose_id,
        person=person,
        record=record,
    )
