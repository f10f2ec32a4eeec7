"""Judging one face result against its transaction, its provider and the rule of the day; no IO."""

from datetime import datetime

from certstore.clock import local_date, unix
from certstore.verdict import Accepted, Refused, Verdict
from face_auth.challenge import State, Transaction
from face_auth.providers import Provider
from face_auth.reasons import Reason
from face_auth.result import FaceResult
from face_auth.rules import FaceRule

_LEEWAY = 30  # seconds a provider's clock may be ahead of ours


def judge_result(
    result: FaceResult,
    transaction: Transaction,
    provider: Provider,
    *,
    now: datetime,
    rule: FaceRule,
) -> Verdict:
    """Accept a result in place of an identity card, or refuse it with every reason.

    Not checked here: its signature (read_token), and that it is handed in once (FaceDesk).
    """
    believed = provider.lowered(result, local_date(now))
    reasons = (
        *_whether_ours(result, transaction, provider, now),
        *_whether_passed(result),
        *_whether_enough(believed, rule),
        *_whether_fresh(result, transaction, now, rule),
    )
    return Refused(reasons) if reasons else Accepted()


def _whether_ours(
    result: FaceResult, transaction: Transaction, provider: Provider, now: datetime
) -> tuple[str, ...]:
    state = transaction.state_at(now)
    checks = {
        Reason.TRANSACTION_MISMATCH: result.our_txn != transaction.our_txn,
        Reason.PROVIDER_MISMATCH: not result.provider == transaction.provider == provider.id,
        # A verification whose start was never answered has no id, and no result can be its own.
        Reason.PROVIDER_TXN_MISMATCH: result.provider_txn != transaction.provider_txn,
        Reason.NONCE_MISMATCH: result.nonce != transaction.nonce,
        Reason.TRANSACTION_CLOSED: state in {State.PASSED, State.FAILED},
        Reason.TRANSACTION_EXPIRED: state is State.EXPIRED,
        Reason.SUBJECT_MISMATCH: result.subject_binding != transaction.subject_binding,
        Reason.PROVIDER_INACTIVE: not provider.active_on(local_date(now)),
    }
    return tuple(reason for reason, found in checks.items() if found)


def _whether_passed(result: FaceResult) -> tuple[str, ...]:
    if result.result != "pass":
        why = {"too_dark": Reason.TOO_DARK, "not_the_person": Reason.NOT_THE_PERSON}
        told = why.get(result.failure)
        return (Reason.NOT_PASSED,) if told is None else (told, Reason.NOT_PASSED)
    if result.score is None or result.threshold is None:
        return ()  # this provider decides by itself: our registry says so, see pulling.py
    return (Reason.SCORE_BELOW_THRESHOLD,) if result.score < result.threshold else ()


def _whether_enough(believed: FaceResult, rule: FaceRule) -> tuple[str, ...]:
    checks = {
        Reason.MODE_NOT_ONE_TO_ONE: believed.mode not in rule.modes,
        Reason.SOURCE_NOT_ACCEPTED: believed.comparison_source not in rule.comparison_sources,
        Reason.FMR_TOO_HIGH: not believed.fmr <= rule.max_fmr,
        Reason.PAD_NOT_CERTIFIED: not believed.pad,
        Reason.IAD_NOT_CERTIFIED: not believed.iad,
        Reason.DEVICE_RISK: bool(rule.blocking(believed.device_risk)),
        Reason.ASSURANCE_TOO_LOW: believed.assurance_level not in rule.assurance_levels,
    }
    return tuple(reason for reason, found in checks.items() if found)


def _whether_fresh(
    result: FaceResult, transaction: Transaction, now: datetime, rule: FaceRule
) -> tuple[str, ...]:
    verified = unix(result.verified_at)
    checks = {
        # Whole seconds, as the provider counts: the same second is not before.
        Reason.VERIFIED_BEFORE_BEGUN: verified < unix(transaction.begun_at),
        Reason.VERIFIED_IN_FUTURE: verified > unix(now) + _LEEWAY,
        Reason.TOO_OLD: unix(now) - verified > rule.max_age,
    }
    return tuple(reason for reason, found in checks.items() if found)
