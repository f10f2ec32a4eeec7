"""An earlier verification by the platform people sign in with, judged; no IO.

It can stand in for a face result where the day's rule says so. It never says that a photo is
held: that is asked of the store, and of nobody else.
"""

from datetime import datetime, timedelta

from certstore.earlier_verification import EarlierVerification
from certstore.verdict import Accepted, Refused, Verdict
from face_auth.reasons import Reason
from face_auth.rules import FaceRule


def judge_earlier(earlier: EarlierVerification, *, now: datetime, rule: FaceRule) -> Verdict:
    """Accept it in place of a face result, or refuse it with every reason.

    Not checked here: that it is this account's and this person's (EarlierBook.of).
    """
    wanted = rule.earlier
    if wanted is None:
        return Refused((Reason.EARLIER_NOT_ALLOWED,))
    age = now - earlier.verified_at
    checks = {
        Reason.FRAMEWORK_NOT_ACCEPTED: earlier.trust_framework not in wanted.trust_frameworks,
        Reason.ASSURANCE_TOO_LOW: earlier.assurance_level not in wanted.assurance_levels,
        Reason.EVIDENCE_NOT_ACCEPTED: wanted.evidence.isdisjoint(earlier.evidence),
        Reason.VERIFIED_IN_FUTURE: age < timedelta(0),
        Reason.TOO_OLD: age > timedelta(seconds=wanted.max_age),
    }
    reasons = tuple(reason for reason, found in checks.items() if found)
    return Refused(reasons) if reasons else Accepted()
