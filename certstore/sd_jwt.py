"""Credentials whose fields the holder shows one by one: SD-JWT (RFC 9901), media type dc+sd-jwt.

Fields are made disclosable at the top level only. Key binding by the holder is not checked here;
a presentation to a wallet verifier asks for it (OpenID4VP), an attachment to a document does not.
"""

import hashlib
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from certstore import base64url
from certstore.certificate_chain import spell_x5c
from certstore.chance import random_bytes
from certstore.clock import unix
from certstore.errors import InvalidTokenError, MalformedError, PurposeError
from certstore.keys import Purpose, Signer
from certstore.strict_json import parse_json_strict
from certstore.tokens import (
    BASIC_HEADER,
    LEEWAY,
    CompactToken,
    canonical_json,
    parse_compact,
    sign_compact,
)
from certstore.trust import TrustedKey, TrustList

TYP: Final = "dc+sd-jwt"
MAX_CHARACTERS: Final = 65536
MAX_DISCLOSURES: Final = 64
_ALGORITHM: Final = "sha-256"
_SALT_BYTES: Final = 16
_RESERVED: Final = frozenset({"_sd", "_sd_alg", "..."})
_SET_HERE: Final = frozenset({"vct", "iat", "exp", "nbf", "cnf", "status"})  # never disclosable


@dataclass(frozen=True, slots=True)
class Credential:
    """A genuine credential: all claims shown, by whose key, which of them were disclosed."""

    claims: Mapping[str, object]
    key: TrustedKey
    disclosed: frozenset[str]


def issue_sd_jwt(  # noqa: PLR0913 - each is a part of a credential that the standard names
    claims_always: Mapping[str, object],
    claims_disclosable: Mapping[str, object],
    *,
    vct: str,
    signer: Signer,
    status: Mapping[str, object] | None,
    iat: int,
    exp: int | None,
    cnf: Mapping[str, object] | None = None,
) -> str:
    """Sign a credential and return it with all its disclosures, each part ended by `~`.

    `status` is the `{"idx": …, "uri": …}` of a status list, none for what is on no list; `iat`
    and `exp` are seconds since 1970, `cnf` the holder's key (RFC 7800). Raises PurposeError for a
    key of another purpose, MalformedError when a claim's name is reserved or given twice.
    """
    if signer.purpose is not Purpose.CREDENTIAL:
        raise PurposeError("credentials are signed by a credential key")
    _check_names(claims_always, claims_disclosable)
    disclosures = _disclose(claims_disclosable)
    optional = {"exp": exp, "cnf": cnf}
    payload = {
        **claims_always,
        "vct": vct,
        "iat": iat,
        **{name: value for name, value in optional.items() if value is not None},
        **({} if status is None else {"status": {"status_list": dict(status)}}),
        "_sd": sorted(_digest(text) for text in disclosures),  # sorted: the order tells nothing
        "_sd_alg": _ALGORITHM,
    }
    header = {"x5c": spell_x5c(signer.chain)} if signer.chain else None
    signed = sign_compact(payload, typ=TYP, signer=signer, header=header)
    return "~".join([signed, *disclosures, ""])


def present(sd_jwt: str, keep: AbstractSet[str]) -> str:
    """Leave only the disclosures named; a name the credential does not have is passed over."""
    signed, disclosures = _split(sd_jwt)
    kept = [text for text in disclosures if _read_disclosure(text)[0] in keep]
    return "~".join([signed, *kept, ""])


def disclosed_names(sd_jwt: str) -> frozenset[str]:
    """The names that a credential of our own discloses; its signature is not looked at."""
    return frozenset(_read_disclosure(text)[0] for text in _split(sd_jwt)[1])


def verify_sd_jwt(text: str, trust: TrustList, now: datetime) -> Mapping[str, object]:
    """Return the claims shown by a genuine credential within its dates (±30 s).

    Raises MalformedError or InvalidTokenError (`facts["cause"]`). Its status is not asked here.
    """
    claims = open_sd_jwt(text, trust).claims
    moment = unix(now)
    if not all(_is_moment(claims.get(name, 0)) for name in ("iat", "nbf", "exp")):
        raise InvalidTokenError("iat, nbf and exp are whole seconds", cause="times")
    begins = max(_seconds(claims, "iat", 0), _seconds(claims, "nbf", 0))
    if begins > moment + LEEWAY:
        raise InvalidTokenError("the credential is not valid yet", cause="not-yet-valid")
    if _seconds(claims, "exp", moment + 1) <= moment - LEEWAY:
        raise InvalidTokenError("the credential has expired", cause="expired")
    return claims


def open_sd_jwt(text: str, trust: TrustList) -> Credential:
    """Verify signature and disclosures of a credential, whatever its dates (RFC 9901 §7.1)."""
    signed, disclosures = _split(text)
    token = parse_compact(
        signed, typ=TYP, header_fields=BASIC_HEADER | {"x5c"}, optional=frozenset({"x5c"})
    )
    key = _key(token, trust)
    claims = token.verified(key.public_key, key.algorithm)
    if not _is_moment(claims.get("iat")):
        raise InvalidTokenError("iat is a whole number of seconds", cause="times")
    if not key.verifies_at(datetime.fromtimestamp(_seconds(claims, "iat", 0), UTC)):
        raise InvalidTokenError("the credential was signed outside its key's time", cause="key")
    shown = _open_disclosures(claims, disclosures)
    hidden = {"_sd", "_sd_alg"}
    plain = {name: value for name, value in claims.items() if name not in hidden}
    _refuse_nested(plain)
    return Credential({**plain, **shown}, key, frozenset(shown))


def _key(token: CompactToken, trust: TrustList) -> TrustedKey:
    key = trust.find(token.kid, Purpose.CREDENTIAL)
    if key is None:
        raise InvalidTokenError("no trusted credential key signed this", cause="key")
    # x5c is for wallets that have no trust list; it must not tell them of another key
    if "x5c" in token.header and token.header["x5c"] != spell_x5c(key.chain):
        raise InvalidTokenError("x5c is not the chain of the signer's key", cause="x5c")
    return key


def _check_names(always: Mapping[str, object], disclosable: Mapping[str, object]) -> None:
    names = [*always, *disclosable]
    if len(set(names)) != len(names) or (_RESERVED | _SET_HERE) & set(names):
        raise _fault("a claim's name is reserved, or is both always shown and disclosable")
    if len(disclosable) > MAX_DISCLOSURES:
        raise _fault(f"a credential has at most {MAX_DISCLOSURES} disclosable claims")


def _disclose(claims: Mapping[str, object]) -> list[str]:
    salts = random_bytes(_SALT_BYTES * len(claims))
    return [
        base64url.encode(
            canonical_json([base64url.encode(salts[at : at + _SALT_BYTES]), name, value])
        )
        for at, (name, value) in zip(range(0, len(salts), _SALT_BYTES), claims.items(), strict=True)
    ]


def _digest(disclosure: str) -> str:
    return base64url.encode(hashlib.sha256(disclosure.encode("ascii")).digest())


def _split(text: str) -> tuple[str, Sequence[str]]:
    if len(text) > MAX_CHARACTERS:
        raise _fault(f"a credential has at most {MAX_CHARACTERS} characters")
    signed, *rest = text.split("~")
    if not rest or rest[-1] or len(rest) > MAX_DISCLOSURES + 1:
        raise _fault("a credential ends in ~ and carries no key binding")
    return signed, rest[:-1]


def _read_disclosure(text: str) -> tuple[str, object]:
    match parse_json_strict(base64url.decode(text), max_bytes=MAX_CHARACTERS):
        case [str(), str(name), value] if name not in _RESERVED:
            return name, value
        case _:
            raise _fault("a disclosure is a salt, a name and a value")


def _open_disclosures(
    claims: Mapping[str, object], disclosures: Sequence[str]
) -> dict[str, object]:
    digests = claims.get("_sd", [])
    if claims.get("_sd_alg", _ALGORITHM) != _ALGORITHM or not isinstance(digests, list):
        raise _fault("digests are made with sha-256 and listed in _sd")
    promised = {digest for digest in digests if isinstance(digest, str)}
    if len(promised) != len(digests):
        raise _fault("a digest stands twice or is no text")
    shown: dict[str, object] = {}
    for text in disclosures:
        name, value = _read_disclosure(text)
        if (digest := _digest(text)) not in promised:
            raise _fault("a disclosure is not among those that were signed, or is shown twice")
        promised.remove(digest)
        if name in claims or name in shown or name in _SET_HERE:
            raise _fault("a disclosure repeats a claim")
        _refuse_nested(value)
        shown[name] = value
    return shown


def _refuse_nested(root: object) -> None:
    waiting = [root]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if _RESERVED & value.keys():
                raise _fault("digests stand at the top level only")
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)


def _is_moment(value: object) -> bool:
    return type(value) is int and 0 <= value <= 253_402_300_799  # noqa: PLR2004 - year 9999


def _seconds(claims: Mapping[str, object], name: str, default: int) -> int:
    value = claims.get(name, default)
    return value if isinstance(value, int) else default


def _fault(detail: str) -> MalformedError:
    return MalformedError(detail, where="credential", cause="sd-jwt")
