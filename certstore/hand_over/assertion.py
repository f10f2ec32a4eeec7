"""What a host signs: this person is signed in with us, and wants to see that page of yours."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NoReturn
from urllib.parse import unquote

from certstore.callers import Resident
from certstore.errors import InvalidTokenError, MalformedError
from certstore.hand_over.hosts import Host, Hosts
from certstore.identity_claims import read_caller
from certstore.keys import algorithm_of
from certstore.sign_in import is_local_path
from certstore.tokens import check_times, parse_compact

TYP: Final = "hand-over+jwt"
LIFE_S: Final = 120
_MOST_BYTES: Final = 4096
_LONGEST_PATH: Final = 300
_JTI: Final = re.compile(r"[A-Za-z0-9_-]{16,128}")
_SUB: Final = re.compile(r"[!-~]{1,255}")
_NEEDED: Final = frozenset(
    {"iss", "aud", "sub", "jti", "iat", "exp", "auth_time", "name", "id_number"}
)
_OPTIONAL: Final = frozenset({"id_type", "to", "nbf"})
_NOT_ENTERED: Final = ("/enter", "/sign-in", "/sign-out", "/development-identity", "/v1")
_DOTS: Final = frozenset({".", ".."})  # browsers leave them out, and go elsewhere than was read


@dataclass(frozen=True, slots=True)
class HandOver:
    """A person handed over: by whom, who, to which page; `jti` is used once."""

    host: Host
    resident: Resident
    to: str
    jti: str


def read_hand_over(text: str, hosts: Hosts, audience: str, now: datetime) -> HandOver:
    """Read and verify a host's assertion (compact JWS, ES256 or EdDSA).

    InvalidTokenError or MalformedError, with the exact cause in `facts` once the host's signature
    has held; before that it says only that it does not hold.
    """
    token = parse_compact(text, typ=TYP, max_bytes=_MOST_BYTES)
    host = hosts.get(str(token.unverified_claim("iss")))
    key = host.keys.get(token.kid) if host is not None else None
    if host is None or key is None:
        _refuse("host", "is of no host known here, or names a key that is not the host's")
    claims = token.verified(key, algorithm_of(key))
    if not _NEEDED <= claims.keys() <= _NEEDED | _OPTIONAL:
        wrong = sorted((_NEEDED - claims.keys()) | (claims.keys() - _NEEDED - _OPTIONAL))
        _refuse("claims", f"lacks a claim or holds one too many: {', '.join(wrong)[:200]}")
    check_times(claims, now, max_lifetime=LIFE_S)
    if claims["aud"] != audience:
        _refuse("aud", "was made for another service")
    jti = _text(claims, "jti", _JTI)
    _text(claims, "sub", _SUB)
    caller = read_caller(claims, now, "the assertion")
    if not isinstance(caller, Resident):
        _refuse("role", "hands over somebody in office; residents alone are")
    return HandOver(host, caller, _page(claims), jti)


def _page(claims: Mapping[str, Any]) -> str:
    """The page that is wanted: a path of ours that somebody may open."""
    to = claims.get("to", "/")
    good = isinstance(to, str) and len(to) <= _LONGEST_PATH and is_local_path(to)
    if not good or not _may_be_entered(to):
        raise MalformedError(
            "that is no page of this service",
            where="to",
            remedy="name a path, as /apply/residence-permit",
            cause="to",
        )
    return str(to)


def _may_be_entered(to: str) -> bool:
    """Whether a path leads where it says, and to no door: read as browsers read it (WHATWG URL)."""
    path = re.split("[?#]", to, maxsplit=1)[0]
    said = unquote(path)
    segments = said.split("/")[1:]
    if "\\" in said or "" in segments[:-1] or not _DOTS.isdisjoint(segments):
        return False
    return not any(said == door or said.startswith(f"{door}/") for door in _NOT_ENTERED)


def _text(claims: Mapping[str, Any], name: str, pattern: re.Pattern[str]) -> str:
    value = claims[name]
    if not isinstance(value, str) or not pattern.fullmatch(value):
        _refuse(name, f"has a {name} that is none")
    return value


def _refuse(cause: str, what: str) -> NoReturn:
    raise InvalidTokenError(f"the assertion {what}", cause=cause, remedy="see docs/entry.md")
