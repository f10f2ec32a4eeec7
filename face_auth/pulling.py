"""Results that we ask a provider for: the question, what an answer says, and our one shape.

An answer names few of the facts a result must have. What it leaves open is taken from the
provider's own entry in our registry, where somebody has written it down (`unsaid`), or the
result is refused: nothing is assumed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from certstore.certificates import Holder
from certstore.verdict import Refused
from face_auth.challenge import Transaction, subject_binding
from face_auth.providers import Provider
from face_auth.reasons import Reason
from face_auth.result import FaceResult, Failure, Receipt

Outcome = Literal["pass", "fail", "pending"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which verification is asked about: by the ids we kept, never by one a client brings."""

    our_txn: str
    provider_ref: str
    nonce: str
    holder: Holder  # who began it, as signed in now; the transaction is bound to them
    account: str
    begun_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a provider's answer says; None where it says nothing of it.

    `provider_ref`, `our_txn` and `nonce` are what the answer repeats of our question. Nothing
    of a face is in it: pictures, their addresses and device tokens end in the adapter.
    """

    outcome: Outcome
    raw_sha256: str
    failure: Failure = "none"
    provider_ref: str | None = None
    our_txn: str | None = None
    nonce: str | None = None
    subject: Holder | None = None
    mode: str | None = None
    comparison_source: str | None = None
    score: float | None = None
    device_risk: tuple[str, ...] | None = None
    verified_at: datetime | None = None


class Puller(Protocol):
    """Asks one provider how a verification ended; every call is one question, never repeated."""

    def fetch(self, question: Question) -> Finding:
        """What the provider says; UnavailableError when that cannot be had, or not be read."""
        ...


def normalised(
    finding: Finding, question: Question, transaction: Transaction, provider: Provider, at: Receipt
) -> FaceResult | Refused:
    """The finding as a result, or what it lacks (`claim_missing_…`), or whose it is not.

    Not judged here: whether it suffices (judge_result). The provider is the transaction's.
    """
    if finding.outcome == "pending":
        return Refused((Reason.NOT_DONE_YET,))
    foreign = _of_another(finding, question)
    if foreign:
        return Refused(foreign)
    facts = _facts(finding, question, transaction, provider)
    missing = tuple(f"claim_missing_{name}" for name, value in facts.items() if value is None)
    if missing:
        return Refused(missing)
    return _result(finding, transaction, provider, at, facts)


def _result(
    finding: Finding,
    transaction: Transaction,
    provider: Provider,
    at: Receipt,
    facts: Mapping[str, Any],
) -> FaceResult:
    key = transaction.provider_txn or ""
    return FaceResult(
        **facts,
        provider=provider.id,
        provider_txn=key,
        our_txn=transaction.our_txn,
        nonce=transaction.nonce,
        jti=key,
        result="pass" if finding.outcome == "pass" else "fail",
        failure=finding.failure,
        score=finding.score,
        threshold=None if finding.score is None else provider.threshold,
        fmr=provider.fmr,
        pad=provider.pad is not None,
        iad=provider.iad is not None,
        assurance_level=provider.assurance_level,
        received_at=at.at,
        raw_sha256=finding.raw_sha256,
        policy_version=at.policy_version,
    )


def _of_another(finding: Finding, question: Question) -> tuple[str, ...]:
    """Where the answer repeats an id, it must be the one that was asked about."""
    checks = {
        Reason.PROVIDER_TXN_MISMATCH: finding.provider_ref not in {None, question.provider_ref},
        Reason.TRANSACTION_MISMATCH: finding.our_txn not in {None, question.our_txn},
        Reason.NONCE_MISMATCH: finding.nonce not in {None, question.nonce},
    }
    return tuple(reason for reason, found in checks.items() if found)


def _facts(
    finding: Finding, question: Question, transaction: Transaction, provider: Provider
) -> dict[str, Any]:
    """What must be known, from the answer or from our registry; None where from neither."""
    unsaid = provider.unsaid
    holder = finding.subject
    if holder is None and unsaid.subject == "since_begun":
        holder = question.holder  # the id was made for this person, and is asked about by it
    verified_at = finding.verified_at
    if verified_at is None and unsaid.verified_at == "since_begun":
        # The earliest it can have been: a result looks older than it is, never younger.
        verified_at = transaction.begun_at
    risks = unsaid.device_risk if finding.device_risk is None else finding.device_risk
    facts: dict[str, Any] = {
        "subject_binding": None
        if holder is None
        else subject_binding(transaction.binding_key, transaction.our_txn, holder),
        "mode": finding.mode or unsaid.mode,
        "comparison_source": finding.comparison_source or provider.comparison_source,
        "device_risk": None if risks is None else tuple(sorted(risks)),
        "channel": unsaid.channel,
        "verified_at": verified_at,
    }
    if finding.outcome == "pass" and unsaid.score != "decided_by_provider":
        figures = {"score": finding.score, "threshold": provider.threshold}
        facts |= {name: None for name, value in figures.items() if value is None}
    return facts
