"""Errors that cross a module boundary; certstore/service/problems.py gives them an HTTP status.

Each says what went wrong, where, and what to do about it. `code` is one of the closed
list of problem slugs (RFC 9457 `type`). None of them may carry a personal datum.
"""


class CertstoreError(Exception):
    """The base of every error this service raises on purpose."""

    code = "internal"

    def __init__(
        self, detail: str, *, where: str | None = None, remedy: str | None = None, **facts: object
    ) -> None:
        """Keep what happened, where (a field, a line, a path), the remedy, and further facts."""
        super().__init__(detail)
        self.detail = detail
        self.where = where
        self.remedy = remedy
        self.facts = facts


class MalformedError(CertstoreError):
    """The caller sent something that cannot be read."""

    code = "invalid-request"


class UnauthenticatedError(CertstoreError):
    """Nobody is signed in, or the session or token has ended."""

    code = "unauthenticated"


class ForbiddenError(CertstoreError):
    """The caller is known and may not do this."""

    code = "forbidden"


class NotFoundError(CertstoreError):
    """There is no such record, or the caller may not know of it."""

    code = "not-found"


class GoneError(NotFoundError):
    """What was there once and is used up or over; `facts["cause"]` says which."""


class ConflictError(CertstoreError):
    """The record is not in a state that allows the request."""

    code = "conflict"


class IdempotencyConflictError(ConflictError):
    """A request with the same key is in flight; `facts["retry_after"]` is the seconds to wait."""

    code = "idempotency-conflict"


class IdempotencyMismatchError(CertstoreError):
    """A key came with another request before."""

    code = "idempotency-mismatch"


class StaleTreeSizeError(ConflictError):
    """A log grew from another size than its witness cosigned last: `facts["tree_size"]`."""


class InconsistentTreeError(CertstoreError):
    """A consistency proof does not lead from one tree to the other."""

    code = "invalid-request"


class TooLargeError(CertstoreError):
    """What was sent is larger than the limit that the message names."""

    code = "payload-too-large"


class RateLimitedError(CertstoreError):
    """The caller asked too often; `facts["retry_after"]` is the seconds to wait."""

    code = "rate-limited"


class UnavailableError(CertstoreError):
    """A part the answer depends on is down; nothing was changed."""

    code = "unavailable"


class SourceUnavailableError(UnavailableError):
    """Another authority's service, which the answer depends on, gives none that holds."""

    code = "source-unavailable"


class LedgerUnavailableError(UnavailableError):
    """The ledger cannot be written, or its tree cannot be read; nothing was released."""

    code = "ledger-unavailable"


class InvalidTokenError(CertstoreError):
    """A token or client assertion was refused; `facts` may hold the exact cause."""

    code = "invalid-token"


class InvalidDpopProofError(CertstoreError):
    """A proof of possession (RFC 9449) is missing or does not hold; `facts["cause"]` says why."""

    code = "invalid-dpop-proof"


class UnprovenTokenError(InvalidDpopProofError):
    """An access token came without the proof it is bound to; `facts["cause"]` as above."""


class PurposeError(CertstoreError):
    """The purpose does not cover this request."""

    code = "insufficient-purpose"


class QuotaExceededError(CertstoreError):
    """A purpose is over its quota (`facts["limit"]`), which begins anew at `resets_at`."""

    code = "quota-exceeded"


class FieldNotGrantedError(CertstoreError):
    """Fields outside the grant were asked for; `facts["paths"]` names them."""

    code = "field-not-granted"


class FieldsRequiredError(CertstoreError):
    """A request does not name every field that it would be given; `facts["paths"]` names them."""

    code = "fields-required"


class MissingGlyphError(CertstoreError):
    """No installed font draws a character; the document was not made."""

    code = "invalid-request"


class SubjectMismatchError(CertstoreError):
    """The certificate belongs to somebody else than the request says."""

    code = "subject-mismatch"


class CertificateRevokedError(CertstoreError):
    """The certificate is no longer in force; `facts["status"]` says what became of it."""

    code = "certificate-revoked"


class ConsentRequiredError(CertstoreError):
    """The holder's consent is needed and none covers this; `facts["cause"]` says what is amiss."""

    code = "consent-required"


class ConsentWithdrawnError(CertstoreError):
    """The holder took the consent back; `facts["paths"]` names the fields that it covered."""

    code = "consent-withdrawn"


class RepresentationError(CertstoreError):
    """Nothing on record proves that whoever acts may act for the holder."""

    code = "representation-unproven"
