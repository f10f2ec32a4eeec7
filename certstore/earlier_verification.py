"""What an identity provider says of an earlier verification: `verified_claims`, read strictly.

OpenID Identity Assurance Schema Definition 1.0 (openid-ida-verified-claims-1_0), as it may stand
in an ID token. It can only ever spare somebody a step, so what cannot be read, or is not about
the person who signs in, counts as not said; signing in goes on without it.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeGuard

from certstore.certificates import Holder

_MOST_SETS, _MOST_EVIDENCE = 4, 8
_WORD = re.compile(r"[a-z][a-z0-9_]{1,59}")
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})"
)


@dataclass(frozen=True, slots=True)
class EarlierVerification:
    """That somebody's identity was verified before: under which framework, when, by what."""

    trust_framework: str
    assurance_level: str  # empty where the provider does not say
    verified_at: datetime
    evidence: tuple[str, ...]  # the kinds of it


def read_earlier(claims: Mapping[str, object], holder: Holder) -> tuple[EarlierVerification, ...]:
    """The earlier verifications of this very person, by name and number; none where in doubt."""
    said = claims.get("verified_claims")
    sets = said if isinstance(said, list) else [said]
    if len(sets) > _MOST_SETS:
        return ()
    found = (_one(one, holder) for one in sets)
    return tuple(earlier for earlier in found if earlier is not None)


def _one(said: object, holder: Holder) -> EarlierVerification | None:
    if not isinstance(said, dict) or said.keys() != {"verification", "claims"}:
        return None
    verification, claims = said["verification"], said["claims"]
    if not isinstance(verification, dict) or not _is_about(claims, holder):
        return None
    framework, level = verification.get("trust_framework"), verification.get("assurance_level", "")
    moment, evidence = _moment(verification.get("time")), _kinds(verification.get("evidence", []))
    if not _is_word(framework) or moment is None or evidence is None:
        return None
    if level != "" and not _is_word(level):
        return None
    return EarlierVerification(framework, level, moment, evidence)


def _is_about(claims: object, holder: Holder) -> bool:
    if not isinstance(claims, dict):
        return False
    name, number = claims.get("name"), claims.get("id_number")
    return (
        isinstance(name, str)
        and unicodedata.normalize("NFC", name.strip()) == holder.name
        and isinstance(number, str)
        and number.upper() == holder.id_number.upper()
    )


def _is_word(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and _WORD.fullmatch(value) is not None


def _moment(text: object) -> datetime | None:
    if not isinstance(text, str) or not _TIME.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _kinds(evidence: object) -> tuple[str, ...] | None:
    if not isinstance(evidence, list) or len(evidence) > _MOST_EVIDENCE:
        return None
    kinds = [one.get("type") if isinstance(one, dict) else None for one in evidence]
    if not all(_is_word(kind) for kind in kinds):
        return None
    return tuple(sorted({str(kind) for kind in kinds}))
