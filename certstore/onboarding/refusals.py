"""Why a client's calls were refused, for its developers: kept 14 days, without anybody's data.

Whatever a client may have sent is cut down to closed lists: slugs and causes of ours, names of
members that the API describes, field names of the catalogue. A value is never kept.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from certstore.authorization.details import ACTIONS
from certstore.catalogue import catalogue
from certstore.clock import Clock, local_date
from certstore.errors import CertstoreError
from certstore.onboarding.askable import every_path
from certstore.tables.books import Archive
from certstore.tables.refused_calls import RefusedCall

KEPT: Final = timedelta(days=14)
_MOST_FIELDS: Final = 20
_CAUSE: Final = re.compile("[a-z][a-z_]{1,39}")
_SEGMENT: Final = re.compile(r"([A-Za-z_]+)(\[[0-9]\])?")
_MEMBERS: Final = frozenset(
    (
        *("Authorization", "DPoP", "dpop", "dpop_proof", "header", "body", "path", "query"),
        *("authorization_details", "client_assertion", "client_assertion_type", "grant_type"),
        *("purpose_id", "matter_code", "cert_types", "fields", "actions", "legal_basis", "type"),
        *("case_no", "subject", "id_type", "id_number", "operator", "number", "terminal"),
        *("decision_id", "format", "names", "kind", "ref", "consent", "entrustment", "use_code"),
        *("actor", "evidence", "token", "htm", "htu", "iat", "exp", "jti", "ath", "aud", "iss"),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A refusal as it leaves the house: whose call, to which route, with which answer."""

    client_id: str
    call: str  # the route's pattern, as "POST /v1/certificates/{ref}:pull"
    error: CertstoreError
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalDesk:
    """Keeps why calls were refused, and shows it to the agency's developers."""

    archive: Archive
    clock: Clock

    def note(self, refusal: Refusal) -> None:
        """Keep a refusal, cut down to what is in our own lists."""
        now, error = self.clock.now(), refusal.error
        kept = RefusedCall(
            client_id=refusal.client_id,
            day=local_date(now),
            call=refusal.call[:80],
            slug=error.code,
            cause=known_cause(error.facts.get("cause")),
            place=known_place(error.where),
            fields=known_fields(error.facts.get("paths")),
            last_at=now,
            last_reference=refusal.reference,
        )
        with self.archive.writing() as books:
            if books.sharing.client(refusal.client_id) is not None:
                books.refused_calls.add(kept)

    def forget(self) -> None:
        """Drop what is older than 14 days."""
        with self.archive.writing() as books:
            books.refused_calls.forget(local_date(self.clock.now() - KEPT))


def known_cause(cause: object) -> str:
    """A cause of ours, or nothing."""
    return cause if isinstance(cause, str) and _CAUSE.fullmatch(cause) else ""


def known_place(where: object) -> str:
    """The members that a place names, up to the first that the API does not describe."""
    known: list[str] = []
    for segment in where.split(".") if isinstance(where, str) else ():
        found = _SEGMENT.fullmatch(segment)
        if found is None or found[1] not in _MEMBERS:
            break
        known.append(segment)
    return ".".join(known)[:80]


def known_fields(paths: object) -> list[str]:
    """Those of the paths that are names of the catalogue: fields, types, actions."""
    named = paths if isinstance(paths, (list, tuple)) else ()
    return _known(str(path) for path in named)


def _known(paths: Iterable[str]) -> list[str]:
    fields = {name.partition(".")[2] for name in every_path()}
    kinds = set(catalogue())
    names = fields | kinds | {f"{kind}.*" for kind in kinds} | set(ACTIONS)
    return sorted(set(paths) & names)[:_MOST_FIELDS]
