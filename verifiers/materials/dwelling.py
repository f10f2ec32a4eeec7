"""Dwelling: a certificate, filing or dormitory paper for the address declared.

Who must be named is the applicant or the relative declared; the three answers of address
matching become nothing, ADDRESS_UNSURE (a person looks) or ADDRESS_MISMATCH.
"""

from verifiers.materials.addresses import AddressMatch, compare_addresses
from verifiers.materials.candidates import (
    Ask,
    Candidate,
    best,
    holder_reason,
    in_order,
    is_named_like,
    settle,
    standing,
)
from verifiers.materials.decisions import MaterialDecision, uploads
from verifiers.materials.facts import Facts
from verifiers.materials.records import Record
from verifiers.materials.rules import Rules
from verifiers.materials.vocabulary import Material, Outcome, Reason, RecordType


def judge_dwelling(facts: Facts, rules: Rules) -> MaterialDecision:
    """Judge the records that show the right declared; waived where the address is unchanged."""
    registered = _registered(facts, rules)
    unchanged = best(registered)
    if unchanged is not None:
        return MaterialDecision(
            material=Material.DWELLING,
            outcome=Outcome.NOT_APPLICABLE,
            satisfied_by=unchanged.record,
        )
    proofs = rules.dwelling_proofs(facts.context.dwelling)
    waiver = rules.matters[facts.matter].waive_unchanged_dwelling
    could = proofs | rules.dwelling.registered_address if waiver else proofs
    perhaps_unchanged = [c for c in registered if c.for_officer]
    candidates = [*dwelling_candidates(facts, proofs), *perhaps_unchanged]
    return settle(facts, candidates, Ask(Material.DWELLING, could, uploads(proofs)))


def unchanged_address(facts: Facts, rules: Rules) -> Record | None:
    """The voucher or permit that shows the declared address to be the registered one already.

    None too where the matter does not waive the dwelling proof for it.
    """
    found = best(_registered(facts, rules))
    return None if found is None else found.record


def dwelling_candidates(facts: Facts, types: frozenset[RecordType]) -> list[Candidate]:
    """Every record of these kinds that could be meant: by a name, a number or the address."""
    return [c for r in facts.current if r.type in types and (c := _candidate(r, facts))]


def _candidate(record: Record, facts: Facts) -> Candidate | None:
    holder = holder_reason(record.holders, facts.residents)
    address = address_reason(record, facts)
    if address is not None and not is_named_like(record.holders, facts.residents):
        return None  # somebody else's home somewhere else
    others = in_order([*([holder] if holder else []), *standing(record, facts.day)])
    if address is None:
        return Candidate(record, others)
    by_eye = not others and address is Reason.ADDRESS_UNSURE
    return Candidate(record, (*others, address), for_officer=by_eye)


def address_reason(record: Record, facts: Facts) -> Reason | None:
    """None if the record's address is the declared one; a record without one leaves it open."""
    if record.claims.address is None:
        return Reason.ADDRESS_UNSURE
    match compare_addresses(record.claims.address, facts.context.address).match:
        case AddressMatch.SAME:
            return None
        case AddressMatch.UNSURE:
            return Reason.ADDRESS_UNSURE
        case AddressMatch.DIFFERENT:
            return Reason.ADDRESS_MISMATCH


def _registered(facts: Facts, rules: Rules) -> list[Candidate]:
    matter = rules.matters[facts.matter]
    if not matter.waive_unchanged_dwelling:
        return []
    tolerated = {Reason.CERT_EXPIRED} if matter.ended_permit_shows_address else set[Reason]()
    candidates = []
    for record in facts.current:
        if record.type in rules.dwelling.registered_address and record.names(facts.applicant):
            faults = standing(record, facts.day)
            if record.type is RecordType.PERMIT:
                faults = tuple(r for r in faults if r not in tolerated)
            address = address_reason(record, facts)
            by_eye = not faults and address is Reason.ADDRESS_UNSURE
            reasons = faults if address is None else (*faults, address)
            candidates.append(Candidate(record, reasons, for_officer=by_eye))
    return candidates
