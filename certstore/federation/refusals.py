"""What another city refuses, or fails at, in our own words: never a text of theirs."""

from collections.abc import Sequence
from typing import Final

from certstore.certificates import Status
from certstore.client import (
    ClientError,
    NotAuthenticatedError,
    ProblemError,
    TooOftenError,
    UnreadableError,
    UntrustedError,
)
from certstore.errors import (
    CertificateRevokedError,
    CertstoreError,
    FieldNotGrantedError,
    NotFoundError,
    PurposeError,
    SourceUnavailableError,
    SubjectMismatchError,
)
from certstore.federation.judging import not_believed

_LONGEST_WAIT: Final = 3600
_NEEDS_MORE: Final = frozenset({"consent-required", "consent-withdrawn", "representation-unproven"})
_STATUSES: Final = frozenset(Status)


def in_our_words(error: ClientError, fields: Sequence[str] = ()) -> CertstoreError:
    """The error that our own caller is told; `fields` are those that were asked for."""
    if isinstance(error, (UntrustedError, UnreadableError)):
        return not_believed("its signature or its form does not hold")
    if isinstance(error, TooOftenError):
        wait = min(error.retry_after or 1, _LONGEST_WAIT)
        return SourceUnavailableError(
            "the other city has been asked too often",
            where="peer",
            remedy="wait as long as Retry-After says",
            cause="peer_busy",
            retry_after=wait,
        )
    if isinstance(error, ProblemError) and not isinstance(error, NotAuthenticatedError):
        found = _ground_not_shared() if _lacks_ground(error) else _refused(error, fields)
        if found is not None:
            return found
    return SourceUnavailableError(
        "the other city does not answer, or does not let us in; nothing was released",
        where="peer",
        remedy="ask again later",
        cause="peer_unavailable",
    )


def _lacks_ground(error: ProblemError) -> bool:
    """Whether they would need what the holder or a court gives, which does not travel."""
    of_basis = error.slug == "insufficient-purpose" and str(error.cause).startswith("legal_basis")
    return of_basis or error.slug in _NEEDS_MORE


def _ground_not_shared() -> PurposeError:
    return PurposeError(
        "over there it takes a consent or an order, and none is passed on between cities",
        where="purpose_id",
        remedy="ask that city's own office, with the consent or the order",
        cause="ground_not_shared",
    )


def _refused(error: ProblemError, fields: Sequence[str]) -> CertstoreError | None:
    match error.slug:
        case "not-found":
            return NotFoundError("the other city knows no such certificate", where="ref")
        case "subject-mismatch":
            return SubjectMismatchError(
                "the certificate does not name this person",
                where="subject",
                remedy="search again with the person's own number",
            )
        case "certificate-revoked":
            said = error.said.get("certificate_status")
            told = {"status": said} if isinstance(said, str) and said in _STATUSES else {}
            return CertificateRevokedError(
                "the certificate is no longer in force",
                where="ref",
                remedy="search again for the one in force",
                **told,
            )
        case "field-not-granted":
            paths = [path for path in error.paths if path in fields]
            return FieldNotGrantedError(
                "the other city does not grant this", where="fields", paths=paths
            )
        case "insufficient-purpose" | "forbidden":
            return PurposeError(
                "the other city does not let this purpose in",
                where="purpose_id",
                remedy="tell this service's operator: the agreement with that city must cover it",
                cause="purpose_not_shared",
            )
    return None
