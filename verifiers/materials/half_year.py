"""Half a year: how long the applicant has been registered here."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from verifiers.materials.calendar_months import months_after
from verifiers.materials.candidates import Ask, Candidate, best, in_order, settle, standing
from verifiers.materials.decisions import MaterialDecision
from verifiers.materials.employment import insurance_candidates
from verifiers.materials.facts import Facts
from verifiers.materials.records import Record
from verifiers.materials.rule_parts import HalfYearRule
from verifiers.materials.rules import Rules
from verifiers.materials.vocabulary import (
    Material,
    Outcome,
    Reason,
    RecordStatus,
    RecordType,
)

# What a voucher may have become and still tell how long its holder was registered.
_HISTORY = frozenset({RecordStatus.VALID, RecordStatus.EXPIRED, RecordStatus.SUPERSEDED})


def judge_half_year(facts: Facts, rules: Rules) -> MaterialDecision:
    """Judge the registration; too short is `blocked`, with the day on which it is long enough.

    Blocked too without a standing registration: it is the police's own record, so there is
    nothing a citizen could upload; registering first is the way out.
    """
    rule = rules.half_year
    vouchers = _vouchers(facts.on_file, facts, rule)
    on_hand = [Candidate(r, standing(r, facts.day)) for r in _vouchers(facts.current, facts, rule)]
    registered = best(on_hand)
    full_on = None
    if registered is not None:
        full_on = months_after(registered_since(registered.record, vouchers), rule.months)
        on_hand = [c for c in on_hand if c.serves]  # those it replaced are its history
    candidates = [_with_time(c, vouchers, facts.day, rule.months) for c in on_hand]
    could = rule.shown_by
    if rule.insurance_months_instead:
        could |= {RecordType.INSURANCE}
        if registered is not None:
            candidates += _insured(facts, rule.insurance_months_instead)
    ask = Ask(Material.HALF_YEAR, could, (), Outcome.BLOCKED)
    decision = settle(facts, candidates, ask)
    if decision.reasons == (Reason.NO_RECORD,):
        decision = replace(decision, reasons=(Reason.NO_RECORD, Reason.NOT_YET_ELIGIBLE))
    return replace(decision, eligible_on=full_on)


def _vouchers(records: Iterable[Record], facts: Facts, rule: HalfYearRule) -> list[Record]:
    return [r for r in records if r.type in rule.shown_by and r.names(facts.applicant)]


def registered_since(current: Record, vouchers: list[Record]) -> date:
    """The first day of the unbroken registration that the current voucher continues.

    A voucher replaced after an address change, or renewed, counts with what it replaced: the
    time is spent in the city, not at one address. One cancelled or revoked counts nothing.
    """
    since = _begun(current)
    past = [v for v in vouchers if v.status in _HISTORY and not v.under_dispute]
    for voucher in sorted(past, key=_begun, reverse=True):
        ended = voucher.valid_to
        unbroken = ended is None or since - ended <= timedelta(days=1)
        if unbroken:
            since = min(since, _begun(voucher))
    return since


def _begun(voucher: Record) -> date:
    return voucher.claims.registered_on or voucher.valid_from or voucher.issued_on


def _with_time(candidate: Candidate, vouchers: list[Record], day: date, months: int) -> Candidate:
    since = registered_since(candidate.record, vouchers) if candidate.serves else None
    if since is None:
        since = _begun(candidate.record)
    if months_after(since, months) <= day:
        return candidate
    return Candidate(candidate.record, in_order([*candidate.reasons, Reason.NOT_YET_ELIGIBLE]))


def _insured(facts: Facts, months: int) -> list[Candidate]:
    """Insurance that stands in for time: so many months in a row, this month paid."""
    return [c for c in insurance_candidates(facts, months, may_lag_months=0) if c.serves]
