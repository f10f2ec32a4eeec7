"""What a token is asked for (authorization_details, RFC 9396), and what of it is granted.

Nothing is trimmed in silence: what the purpose does not cover is refused, by name.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from certstore.errors import (
    CertstoreError,
    FieldNotGrantedError,
    MalformedError,
    PurposeError,
    QuotaExceededError,
)
from certstore.strict_json import parse_json_strict
from certstore.tables.sharing import Client, Purpose

DETAILS_TYPE: Final = "urn:certstore:pull"
ACTIONS: Final = (
    *("search", "pull", "verify", "consent", "subscribe", "issue", "relay"),
    *("matters", "counter"),  # register one's own matter; let clerks ask on the page /pull
    "make_cards",  # fetch files of cards and report what was made
)
"""What a purpose may be approved for, each an action of this service's own calls."""
FIRST_ACTIONS: Final = ("search", "pull")
"""What a token means that names no actions (version 0.1.0)."""
USABLE: Final[frozenset[str]] = frozenset({"active"})
"""The states in which a purpose is used; on a sandbox `approved` is another."""
LEGAL_BASES: Final = ("statutory_duty", "consent", "vital", "court_order")
MAX_BYTES: Final = 8192
_WHERE: Final = "authorization_details"
_REQUIRED: Final = frozenset({"type", "purpose_id", "matter_code", "cert_types", "fields"})
_MEMBERS: Final = _REQUIRED | {"actions", "legal_basis"}
_BASIS: Final = frozenset({"kind", "ref"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a client asks for; `actions` and `legal_basis` are None where it leaves them open."""

    purpose_id: str
    matter_code: str
    cert_types: Sequence[str]
    fields: Sequence[str]
    actions: Sequence[str] | None
    legal_basis: Mapping[str, str] | None


def read_details(text: str) -> Wanted:
    """Read the parameter strictly; MalformedError names the member that is wrong (RFC 9396 §5)."""
    details = parse_json_strict(text.encode(), max_bytes=MAX_BYTES)
    if not isinstance(details, list) or len(details) != 1 or not isinstance(details[0], dict):
        raise MalformedError("a list of exactly one object is expected", where=_WHERE)
    wanted: dict[str, Any] = details[0]
    if wanted.get("type") != DETAILS_TYPE:
        raise MalformedError(f"the type is {DETAILS_TYPE}", where=f"{_WHERE}[0].type")
    _check_members(wanted)
    return Wanted(
        wanted["purpose_id"],
        wanted["matter_code"],
        wanted["cert_types"],
        wanted["fields"],
        wanted.get("actions"),
        wanted.get("legal_basis"),
    )


def _check_members(wanted: Mapping[str, Any]) -> None:
    strange = sorted(wanted.keys() - _MEMBERS)
    if strange:
        raise MalformedError(
            "a member of this type is not known here",
            where=f"{_WHERE}[0]",
            remedy="the members are " + ", ".join(sorted(_MEMBERS)),
        )
    for name in ("purpose_id", "matter_code"):
        if not isinstance(wanted.get(name), str):
            raise MalformedError(f"{name} is a text", where=f"{_WHERE}[0].{name}")
    for name in ("cert_types", "fields", *({"actions"} & wanted.keys())):
        bare = name == "fields" and wanted.get(name) == []  # of types: only whether one exists
        if not bare and not _texts(wanted.get(name)):
            raise MalformedError(f"{name} is a list of texts", where=f"{_WHERE}[0].{name}")
    basis = wanted.get("legal_basis")
    if "legal_basis" in wanted and not _is_basis(basis):
        raise MalformedError(
            f"a legal basis has a kind ({', '.join(LEGAL_BASES)}) and a ref",
            where=f"{_WHERE}[0].legal_basis",
        )


def _texts(value: object) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(v, str) and v.isprintable() for v in value)
    )


def _is_basis(value: object) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == _BASIS
        and value["kind"] in LEGAL_BASES
        and isinstance(value["ref"], str)
    )


def judge_purpose(
    client: Client,
    wanted: Wanted,
    purpose: Purpose | None,
    now: datetime | None = None,
    usable: AbstractSet[str] = USABLE,
) -> Purpose:
    """The purpose, if it is this client's, active, and for this matter; PurposeError otherwise.

    QuotaExceededError, with the moment it begins anew, while its quota is used up.
    """
    if purpose is None or purpose.client_id != client.client_id:
        raise PurposeError("the client has no such purpose", where=wanted.purpose_id)
    state = purpose.standing(now)
    if state not in usable:
        raise _not_usable(purpose, state, now)
    if purpose.matter_code != wanted.matter_code:
        raise PurposeError(
            "the purpose was approved for another matter",
            where="matter_code",
            expected=purpose.matter_code,
        )
    basis = dict(purpose.legal_basis)
    if wanted.legal_basis is not None and dict(wanted.legal_basis) != basis:
        raise PurposeError(
            "the purpose was approved on another legal basis",
            where=f"{_WHERE}[0].legal_basis",
            remedy="name the basis that was approved, or leave it out",
            cause="legal_basis_mismatch",
            expected=basis,
        )
    return purpose


def _not_usable(purpose: Purpose, state: str, now: datetime | None) -> CertstoreError:
    if state == "over_quota" and purpose.resets_at is not None and now is not None:
        return QuotaExceededError(
            "the purpose's quota is used up",
            where="purpose_id",
            remedy="wait until it begins anew, or apply for a larger one",
            resets_at=purpose.resets_at.isoformat(),
            retry_after=int((purpose.resets_at - now).total_seconds()) + 1,
        )
    return PurposeError(
        f"the purpose is {state}", where=purpose.purpose_id, cause="purpose_inactive"
    )


def judge_grant(purpose: Purpose, wanted: Wanted) -> dict[str, Any]:
    """The detail that the token holds; what the purpose does not cover is refused by name.

    Raises PurposeError for actions, FieldNotGrantedError for types and fields; `facts["paths"]`
    lists every one of them.
    """
    actions = _granted_actions(purpose, wanted)
    return {
        "type": DETAILS_TYPE,
        "purpose_id": purpose.purpose_id,
        "matter_code": purpose.matter_code,
        "title_zh": purpose.title_zh,
        "title_en": purpose.title_en,
        "fields": _granted_fields(purpose, wanted),
        "actions": actions,
        "legal_basis": dict(purpose.legal_basis),
        "version": purpose.version,
    }


def _granted_actions(purpose: Purpose, wanted: Wanted) -> list[str]:
    if wanted.actions is None:
        return list(purpose.actions)
    refused = [action for action in wanted.actions if action not in purpose.actions]
    if refused:
        raise PurposeError(
            "the purpose does not cover these actions: " + ", ".join(refused),
            where=f"{_WHERE}[0].actions",
            remedy="ask for granted actions only, or apply for a wider purpose",
            cause="action_not_granted",
            paths=refused,
        )
    return list(dict.fromkeys(wanted.actions))


def _granted_fields(purpose: Purpose, wanted: Wanted) -> dict[str, list[str]]:
    refused = [f"{kind}.*" for kind in wanted.cert_types if kind not in purpose.fields]
    granted: dict[str, list[str]] = {}
    for kind in wanted.cert_types:
        allowed = purpose.fields.get(kind, ())
        granted[kind] = [path for path in wanted.fields if path in allowed]
    anywhere = {path for paths in granted.values() for path in paths}
    refused += [path for path in wanted.fields if path not in anywhere]
    if refused:
        raise FieldNotGrantedError(
            "the purpose does not cover these: " + ", ".join(refused),
            where=_WHERE,
            remedy="ask for granted fields only, or apply for a wider purpose",
            cause="field_not_granted",
            paths=refused,
        )
    return granted
