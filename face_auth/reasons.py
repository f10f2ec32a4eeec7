"""Why a face result is refused: the closed list of codes; the sentences live in certstore/web."""

from enum import StrEnum


class Reason(StrEnum):
    """One code a fault. Beside these there are `token_…` and `claim_…`, see face_auth/result.py."""

    UNKNOWN_KEY = "unknown_key"  # no provider of ours has it
    KEY_NOT_ACTIVE = "key_not_active"  # not yet, or no longer
    SIGNATURE = "signature"
    AUDIENCE_MISMATCH = "audience_mismatch"  # meant for another service
    ISSUER_MISMATCH = "issuer_mismatch"  # says another provider than the one whose key signed
    CLAIMS_CONTRADICT = "claims_contradict"  # passed with a failure, or failed without one

    TRANSACTION_UNKNOWN = "transaction_unknown"
    TRANSACTION_MISMATCH = "transaction_mismatch"
    PROVIDER_MISMATCH = "provider_mismatch"  # the transaction was begun at another provider
    PROVIDER_TXN_MISMATCH = "provider_txn_mismatch"
    NONCE_MISMATCH = "nonce_mismatch"
    ACCOUNT_MISMATCH = "account_mismatch"  # handed in by another signed-in account
    TRANSACTION_CLOSED = "transaction_closed"
    TRANSACTION_EXPIRED = "transaction_expired"
    REPLAYED = "replayed"  # this result was handed in before
    NOT_DONE_YET = "not_done_yet"  # asked too early: the person has not finished
    NOT_ASKED_FOR = "not_asked_for"  # this provider sends its results, we cannot fetch them

    TOO_DARK = "too_dark"  # said beside `not_passed`, when the provider says why
    NOT_THE_PERSON = "not_the_person"
    NOT_PASSED = "not_passed"
    SCORE_BELOW_THRESHOLD = "score_below_threshold"
    MODE_NOT_ONE_TO_ONE = "mode_not_one_to_one"
    SOURCE_NOT_ACCEPTED = "source_not_accepted"
    FMR_TOO_HIGH = "fmr_too_high"
    PAD_NOT_CERTIFIED = "pad_not_certified"
    IAD_NOT_CERTIFIED = "iad_not_certified"
    DEVICE_RISK = "device_risk"
    ASSURANCE_TOO_LOW = "assurance_too_low"
    VERIFIED_BEFORE_BEGUN = "verified_before_begun"
    VERIFIED_IN_FUTURE = "verified_in_future"
    TOO_OLD = "too_old"
    SUBJECT_MISMATCH = "subject_mismatch"  # the face of another person than the signed-in one
    EARLIER_NOT_ALLOWED = "earlier_not_allowed"  # the rule of the day wants a face result
    FRAMEWORK_NOT_ACCEPTED = "framework_not_accepted"
    EVIDENCE_NOT_ACCEPTED = "evidence_not_accepted"
    PROVIDER_INACTIVE = "provider_inactive"
    PROVIDER_UNKNOWN = "provider_unknown"  # no longer in our registry


# A result refused for one of these is not this transaction's: it is not recorded, and the
# transaction stays as it is, so that a stranger's token can close nobody's transaction.
FOREIGN = frozenset(
    {
        Reason.TRANSACTION_UNKNOWN,
        Reason.TRANSACTION_MISMATCH,
        Reason.PROVIDER_MISMATCH,
        Reason.PROVIDER_TXN_MISMATCH,
        Reason.PROVIDER_UNKNOWN,
        Reason.NONCE_MISMATCH,
        Reason.ACCOUNT_MISMATCH,
        Reason.TRANSACTION_CLOSED,
        Reason.TRANSACTION_EXPIRED,
        Reason.REPLAYED,
        Reason.NOT_DONE_YET,
        Reason.NOT_ASKED_FOR,
    }
)

# The verification was passed, in a way that is not enough; its facts show what is missing.
ASSURANCE = frozenset(
    {
        Reason.MODE_NOT_ONE_TO_ONE,
        Reason.SOURCE_NOT_ACCEPTED,
        Reason.FMR_TOO_HIGH,
        Reason.PAD_NOT_CERTIFIED,
        Reason.IAD_NOT_CERTIFIED,
        Reason.DEVICE_RISK,
    }
)
