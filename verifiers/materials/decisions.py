"""What a reuse decision says: one outcome a material, its reasons, and what decided it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from verifiers.materials.records import CounterCheck, EarlierVerification, FaceResult, Record
from verifiers.materials.vocabulary import (
    SOURCE_OF,
    Material,
    Matter,
    Outcome,
    Reason,
    RecordType,
    Source,
)

Alternatives = tuple[tuple[str, ...], ...]
"""Any of the outer; of the inner, all."""

Evidence = Record | FaceResult | EarlierVerification | CounterCheck


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialDecision:
    """The outcome for one material; `reasons` in the order found, none twice."""

    material: Material
    outcome: Outcome
    reasons: tuple[Reason, ...] = ()
    alternatives: Alternatives = ()
    satisfied_by: Evidence | None = None
    near_miss: Record | None = None  # to be shown beside what the applicant declared
    sources_down: tuple[Source, ...] = ()  # those that could still satisfy it
    limit: int | None = None  # how old it may be: a photo in years, a face result in minutes
    eligible_on: date | None = None  # half a year: when it is full

    @property
    def asks_nothing_again(self) -> bool:
        """Whether nobody may ask the citizen for it any more."""
        return self.outcome in {Outcome.SATISFIED, Outcome.NOT_APPLICABLE}

    @property
    def letter_was_revoked(self) -> bool:
        """Whether a letter like the one that is to do was revoked: a person looks at this one."""
        miss = self.near_miss
        letter = miss is not None and miss.type is RecordType.LETTER
        return self.outcome is Outcome.BY_COMMITMENT and letter

    def reference(self) -> dict[str, object] | None:
        """What decided, without personal data: a record's id and version, or a face result."""
        match self.satisfied_by:
            case Record() as record:
                return {"record_id": record.record_id, "version": record.version}
            case FaceResult() as face:
                at = face.verified_at.isoformat()
                return {"face_result": face.provider or "", "verified_at": at}
            case EarlierVerification() as earlier:
                return {
                    "earlier_verification": True,
                    "verified_at": earlier.verified_at.isoformat(),
                }
            case CounterCheck() as check:
                at = check.verified_at.isoformat()
                return {"counter_check": check.document, "verified_at": at}
            case None:
                return None

    def as_json(self) -> dict[str, object]:
        """Outcome, reasons, alternatives and reference, as they are stored and sent."""
        return {
            "outcome": self.outcome.value,
            "reasons": [r.value for r in self.reasons],
            "alternatives": [list(group) for group in self.alternatives],
            "satisfied_by": self.reference(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a matter still needs from this applicant, by one set of rules, on one day."""

    matter: Matter
    day: date
    rule_version: str
    materials: Mapping[Material, MaterialDecision]

    @property
    def must_not_request(self) -> tuple[Material, ...]:
        """Every material that is satisfied or not applicable: nobody may ask for it."""
        return tuple(m for m, d in self.materials.items() if d.asks_nothing_again)

    @property
    def to_do(self) -> tuple[Material, ...]:
        """What keeps the applicant from submitting: to upload, to choose, or a block."""
        hold = {Outcome.MUST_UPLOAD, Outcome.CHOOSE_ONE, Outcome.BLOCKED}
        return tuple(m for m, d in self.materials.items() if d.outcome in hold)

    @property
    def awaits_letter(self) -> bool:
        """Whether a commitment letter will do and no valid signed one is on file."""
        kinship = self.materials.get(Material.KINSHIP)
        return (
            kinship is not None
            and kinship.outcome is Outcome.BY_COMMITMENT
            and kinship.satisfied_by is None
        )

    @property
    def may_sign_letter(self) -> bool:
        """Whether the person acting may sign: a guardian only once the guardianship is proven."""
        guardianship = self.materials.get(Material.GUARDIANSHIP)
        return guardianship is None or guardianship.asks_nothing_again

    @property
    def automatic(self) -> bool:
        """Whether it may be approved with nobody looking: all satisfied, any letter signed."""
        return not self.awaits_letter and self.settled

    @property
    def settled(self) -> bool:
        """Whether every material is settled by the rules, once a letter they ask for is signed."""
        outcomes = {Outcome.SATISFIED, Outcome.BY_COMMITMENT, Outcome.NOT_APPLICABLE}
        return all(
            d.outcome in outcomes and not d.letter_was_revoked for d in self.materials.values()
        )

    def as_json(self) -> dict[str, object]:
        """The decision as it is stored beside its snapshot; texts are made from it, not kept."""
        return {
            "matter": self.matter.value,
            "day": self.day.isoformat(),
            "rule_version": self.rule_version,
            "materials": {m.value: d.as_json() for m, d in self.materials.items()},
            "must_not_request": [m.value for m in self.must_not_request],
        }


UPLOAD_OF: Mapping[RecordType, str] = MappingProxyType(
    {record_type: f"{record_type.value}_upload" for record_type in RecordType}
)


def uploads(types: frozenset[RecordType]) -> Alternatives:
    """A picture of the original of any one of these kinds of record."""
    return tuple((UPLOAD_OF[t],) for t in RecordType if t in types)


def sources_down(types: frozenset[RecordType], down: frozenset[Source]) -> tuple[Source, ...]:
    """Of the sources that keep these kinds of record, those that cannot be asked now."""
    asked = {SOURCE_OF[t] for t in types if t in SOURCE_OF}
    return tuple(s for s in Source if s in asked & down)
