"""Stable employment as the insurance record shows it."""

from verifiers.materials.calendar_months import months_after
from verifiers.materials.candidates import (
    Candidate,
    holder_reason,
    in_order,
    is_named_like,
    standing,
)
from verifiers.materials.facts import Facts
from verifiers.materials.records import Record
from verifiers.materials.vocabulary import Reason, RecordType


def insurance_candidates(facts: Facts, months: int, *, may_lag_months: int) -> list[Candidate]:
    """The applicant's insurance records, asked for so many months in a row, paid till now.

    `may_lag_months` is how many months back the last contribution may lie: the present
    month's is booked when the month is over.
    """
    oldest = months_after(facts.day.replace(day=1), -may_lag_months)
    found = []
    for record in facts.current:
        if record.type is RecordType.INSURANCE and is_named_like(
            record.holders, (facts.applicant,)
        ):
            holder = holder_reason(record.holders, (facts.applicant,))
            reasons = [] if holder is None else [holder]
            reasons += standing(record, facts.day)
            paid = record.claims.paid_through
            if paid is None or paid < oldest:
                reasons += [Reason.CERT_EXPIRED, Reason.NOT_YET_ELIGIBLE]
            if _too_few(record, months):
                reasons.append(Reason.NOT_YET_ELIGIBLE)
            found.append(Candidate(record, in_order(reasons)))
    return found


def _too_few(record: Record, months: int) -> bool:
    paid = record.claims.consecutive_months
    return paid is None or paid < months
