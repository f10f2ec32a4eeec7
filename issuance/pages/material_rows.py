"""From a decision about one material to its row on a page: mapping only, no IO."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from certstore.offices import office_name, source_office
from certstore.pages.views import Reason
from certstore.web.dress import Lang
from issuance.application import Application
from issuance.pages.views import MaterialRow
from verifiers.materials.decisions import MaterialDecision
from verifiers.materials.holdings import Confirmation
from verifiers.materials.records import CounterCheck, EarlierVerification, FaceResult, Record
from verifiers.materials.vocabulary import Reason as ReasonWord

_OFFICE_OF = {
    "photo": "police",
    "kinship": "police",
    "guardianship": "police",
}


def material_row(
    application: Application,
    decision: MaterialDecision,
    at: datetime,
    lang: Lang,
    said: Mapping[str, Confirmation] | None = None,
) -> MaterialRow:
    """One material as a row; `said` is on whose word its record stands, by the record's id."""
    how, office = _evidence(application, decision, lang)
    record = decision.satisfied_by
    word = (said or {}).get(record.record_id) if isinstance(record, Record) else None
    by_eye = decision.letter_was_revoked and how is not None  # signed anew, and looked at
    return MaterialRow(
        material=decision.material.value,
        outcome="officer_review" if by_eye else decision.outcome.value,
        how=how,
        reasons=tuple(reasons_of(decision, lang)),
        office=office,
        checked_at=word.as_of if word else at if how or decision.reasons else None,
        basis=word.basis.value if word else None,
    )


def _evidence(
    application: Application, decision: MaterialDecision, lang: Lang
) -> tuple[str | None, str | None]:
    signed = application.commitment is not None
    if decision.outcome == "satisfied_by_commitment" and signed:
        return "commitment_letter", None
    match decision.satisfied_by:
        case Record() as record:
            return record.type.value, office_name(record.issuer_uscc, lang)
        case FaceResult():
            return "face_verification", None
        case EarlierVerification():
            return "earlier_verification", None
        case CounterCheck():
            return "counter_check", None
        case None:
            return None, None


def reasons_of(decision: MaterialDecision, lang: Lang) -> Iterable[Reason]:
    """The reasons with the values their sentences take."""
    record = decision.near_miss
    down = " ".join(source_office(source.value, lang) for source in decision.sources_down)
    for word in decision.reasons:
        values: dict[str, Any] = {}
        if word is ReasonWord.CERT_REVOKED and decision.letter_was_revoked:
            yield Reason("LETTER_REVOKED")
            continue
        if word is ReasonWord.SOURCE_UNAVAILABLE:
            values["office"] = down or source_office(_OFFICE_OF.get(decision.material, ""), lang)
        elif word is ReasonWord.PHOTO_TOO_OLD:
            taken = record.claims.taken_on if record else None
            values = {"date": taken or "", "n": decision.limit or 0}
        elif word is ReasonWord.NOT_YET_ELIGIBLE:
            values["date"] = decision.eligible_on or ""
        elif word is ReasonWord.CERT_EXPIRED:
            values["date"] = (record.valid_to if record else None) or ""
        elif word is ReasonWord.NOT_YET_VALID:
            values["date"] = (record.valid_from if record else None) or ""
        elif word is ReasonWord.TOO_OLD:
            values["date"] = (record.issued_on if record else None) or ""
        yield Reason(word.value, values)
