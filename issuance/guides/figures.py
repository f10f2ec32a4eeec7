"""The figures that guides and answers say: each read from the rule or the code that keeps it."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Final

from certstore.catalogue import certificate_type
from certstore.disputes.transitions import ALL_DAYS
from certstore.entrustment.terms import LONGEST
from certstore.presentation import LIFETIME_S
from certstore.presenting.devices import CODE_LIFETIME
from certstore.questions.judging import ANSWER_DAYS
from issuance.application import DRAFT_LIFE, Matter, State
from issuance.procedure import procedure_of
from issuance.supplement import SUPPLEMENT_LIFE
from verifiers.materials.handed_in_profile import read_profile
from verifiers.materials.rules import Rules
from verifiers.materials.vocabulary import Dwelling, RecordType

Figures = Mapping[str, int]
FigureSource = Callable[[date], Figures]  # what a workflow beside the core adds, by day
_MEGABYTE: Final = 1_000_000
_ANSWERED_IN: Final = {
    "registration_days": Matter.RESIDENCE_REGISTRATION,
    "renewal_days": Matter.REGISTRATION_RENEWAL,
    "change_days": Matter.ADDRESS_CHANGE,
    "permit_days": Matter.RESIDENCE_PERMIT,
    "endorsement_days": Matter.ENDORSEMENT,
}


def figures_of(rules: Rules) -> dict[str, int]:
    """Every figure of the core under these rules; 0 says that a rule is not so."""
    stages = procedure_of(Matter.RESIDENCE_PERMIT).stages
    contract = RecordType.LEASE_CONTRACT in rules.dwelling_proofs(Dwelling.RENT)
    return {
        **{name: procedure_of(matter).answered_in for name, matter in _ANSWERED_IN.items()},
        "permit_route_days": stages[State.ROUTED],
        "permit_review_days": stages[State.IN_REVIEW],
        "renewal_window_days": procedure_of(Matter.REGISTRATION_RENEWAL).opens_days_before or 0,
        "voucher_years": _years("residence_voucher"),
        "permit_years": _years("residence_permit"),
        "half_year_months": rules.half_year.months,
        "insurance_instead_months": rules.half_year.insurance_months_instead,
        "insurance_months": rules.basis.insurance_months,
        "guardian_age": rules.guardianship.needed_below,
        "minor_age": rules.guardianship.minor_below,
        "face_minutes": rules.face.max_age // timedelta(minutes=1),
        "earlier_days": _days(rules.face.earlier_verification_max_age),
        "contract_accepted": int(contract),
        **_of_the_service(),
    }


def _of_the_service() -> dict[str, int]:
    profile = read_profile()
    return {
        "draft_days": _days(DRAFT_LIFE),
        "supplement_days": _days(SUPPLEMENT_LIFE),
        "upload_mb": profile.most_bytes // _MEGABYTE,
        "upload_pages": profile.most_pages,
        "question_days": ANSWER_DAYS,
        "dispute_days": ALL_DAYS,
        "code_seconds": LIFETIME_S,
        "offline_hours": CODE_LIFETIME // timedelta(hours=1),
        "entrust_days": _days(LONGEST),
    }


def _days(term: timedelta | None) -> int:
    return term.days if term else 0


def _years(type_code: str) -> int:
    term = certificate_type(type_code).valid_for
    return int(term[:-1]) if term.endswith("Y") else 0
