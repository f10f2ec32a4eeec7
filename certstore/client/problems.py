"""What may keep a call from being answered, by what the caller can do about it."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

_URN: Final = "urn:certstore:problem:"
_TIMES: Final = frozenset({"expired", "not-yet-valid", "times", "lifetime"})
_NOTICEABLE: Final = timedelta(seconds=5)


class ClientError(Exception):
    """The base of everything this client raises: what happened, where, and what to do."""

    def __init__(self, detail: str, *, where: str | None = None, remedy: str | None = None) -> None:
        """Keep them for whoever catches it."""
        super().__init__(detail)
        self.detail = detail
        self.where = where
        self.remedy = remedy

    def __str__(self) -> str:
        said = self.detail if self.where is None else f"{self.detail} ({self.where})"
        return said if self.remedy is None else f"{said}; {self.remedy}"


class UnreachableError(ClientError):
    """No whole answer came: refused, torn, too late or too long, as often as it was tried."""


class UnreadableError(ClientError):
    """An answer came that is not as described; nothing of it is believed."""


class UntrustedError(ClientError):
    """A receipt, a proof, a trust list or a webhook does not hold; nothing of it is believed."""


class ProblemError(ClientError):
    """The service said no (RFC 9457): `slug` and `status`, and in `cause` and `paths` why exactly.

    `instance` names the request, for a question to the service's operator. `retry_after` is the
    seconds to wait, where it said so. `said` is the whole answer.
    """

    def __init__(
        self,
        status: int,
        said: Mapping[str, object],
        *,
        retry_after: int | None = None,
        skew: timedelta | None = None,
    ) -> None:
        """Read a problem's members; what is missing stays empty. `skew`: their clock minus ours."""
        slug = _text(said, "type")
        self.status = status
        self.slug = slug.removeprefix(_URN) if slug.startswith(_URN) else f"http-{status}"
        self.cause = _text(said, "cause") or None
        self.paths = _texts(said.get("paths"))
        self.expected = said.get("expected")
        self.instance = _text(said, "instance")
        self.retry_after = retry_after
        self.clock_skew_s = 0 if skew is None else round(skew.total_seconds())
        self.said = said
        remedy = _text(said, "remedy") or None
        if self.cause in _TIMES and skew is not None and abs(skew) > _NOTICEABLE:
            way = "behind" if skew > timedelta() else "ahead of"
            remedy = f"set this machine's clock: it is {abs(self.clock_skew_s)} s {way} theirs"
        super().__init__(
            _text(said, "detail") or _text(said, "title") or f"the service answered {status}",
            where=_text(said, "where") or None,
            remedy=remedy,
        )

    def __str__(self) -> str:
        return f"{self.status} {self.slug}: {super().__str__()}"


class BadRequestError(ProblemError):
    """The request must be mended; `where` names the member."""


class NotAuthenticatedError(ProblemError):
    """The assertion, the token or its proof was refused; `cause` says why."""


class NotGrantedError(ProblemError):
    """The purpose does not cover it; `paths` names what it does not cover."""


class GroundMissingError(ProblemError):
    """The person's consent, or what proves who acts for them, is missing or withdrawn."""


class NoCertificateError(ProblemError):
    """There is no such certificate, it is another person's, or no longer in force: search again."""


class ConflictingError(ProblemError):
    """Something else was done meanwhile, or with the same Idempotency-Key."""


class TooOftenError(ProblemError):
    """The limit of a minute or the quota of the purpose is used up; see `retry_after`."""


class NotAvailableError(ProblemError):
    """The service or a part of it is down; nothing was released."""


_BY_SLUG: Final[Mapping[str, type[ProblemError]]] = {
    "invalid-request": BadRequestError,
    "fields-required": BadRequestError,
    "payload-too-large": BadRequestError,
    "unsupported-media-type": BadRequestError,
    "idempotency-mismatch": BadRequestError,
    "unauthenticated": NotAuthenticatedError,
    "invalid-token": NotAuthenticatedError,
    "invalid-dpop-proof": NotAuthenticatedError,
    "forbidden": NotGrantedError,
    "insufficient-purpose": NotGrantedError,
    "field-not-granted": NotGrantedError,
    "consent-required": GroundMissingError,
    "consent-withdrawn": GroundMissingError,
    "representation-unproven": GroundMissingError,
    "not-found": NoCertificateError,
    "subject-mismatch": NoCertificateError,
    "certificate-revoked": NoCertificateError,
    "under-dispute": NoCertificateError,
    "conflict": ConflictingError,
    "idempotency-conflict": ConflictingError,
    "rate-limited": TooOftenError,
    "quota-exceeded": TooOftenError,
    "unavailable": NotAvailableError,
    "source-unavailable": NotAvailableError,
    "ledger-unavailable": NotAvailableError,
    "internal": NotAvailableError,
}
_BY_STATUS: Final[Mapping[int, type[ProblemError]]] = {
    401: NotAuthenticatedError,
    429: TooOftenError,
    500: NotAvailableError,
    502: NotAvailableError,
    503: NotAvailableError,
    504: NotAvailableError,
}


def problem(
    status: int,
    said: Mapping[str, object],
    *,
    retry_after: int | None = None,
    skew: timedelta | None = None,
) -> ProblemError:
    """The error for a problem document, of the class for its slug, or else for its status."""
    slug = _text(said, "type").removeprefix(_URN)
    kind = _BY_SLUG.get(slug) or _BY_STATUS.get(status, ProblemError)
    return kind(status, said, retry_after=retry_after, skew=skew)


def _text(said: Mapping[str, object], name: str) -> str:
    value = said.get(name)
    return value if isinstance(value, str) else ""


def _texts(value: object) -> Sequence[str]:
    found = value if isinstance(value, list) else []
    return tuple(item for item in found if isinstance(item, str))
