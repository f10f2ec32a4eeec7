"""Whose keys are trusted for what, from when to when: the trust list the root signs.

A compact JWS (`trust-list+jwt`). The root certificate a verifier has pinned decides alone whether
a list is genuine; the `x5c` of its header is for readers' convenience and never trusted.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final, NoReturn, Self

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from certstore.certificate_chain import check_chain, read_x5c, spell_x5c
from certstore.clock import unix
from certstore.errors import ConflictError, InvalidTokenError, MalformedError
from certstore.jwk import from_jwk, to_jwk
from certstore.keys import PublicKey, Purpose, Signer, algorithm_of, key_id
from certstore.tokens import LEEWAY, check_times, parse_compact, sign_compact

TYP: Final = "trust-list+jwt"
MAX_BYTES: Final = 1_048_576
MAX_KEYS: Final = 2000
MAX_LIFETIME_S: Final = 400 * 86400
_HEADER: Final = frozenset({"alg", "kid", "typ", "x5c"})
_MEMBERS: Final = frozenset({"iss", "seq", "iat", "exp", "keys"})
_ENTRY: Final = frozenset(
    {
        "kid",
        "purpose",
        "authority_uscc",
        "authority_name",
        "alg",
        "jwk",
        "valid_from",
        "valid_to",
        "state",
    }
)
_NAME_LENGTH = 200
NEVER_LISTED: Final = frozenset({Purpose.ROOT, Purpose.WITNESS, Purpose.WALLET_REQUEST})
"""Purposes of keys that are trusted otherwise than by the list."""


class KeyState(StrEnum):
    """What a listed key may still do: sign, only verify what it signed in its time, or nothing."""

    ACTIVE = "active"
    RETIRED = "retired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedKey:
    """One key of the list. `chain` holds DER certificates, the key's own first, the root left out.

    `kid` and `algorithm` follow from the key itself; a list that says otherwise is refused.
    """

    purpose: Purpose
    authority_uscc: str
    authority_name: str
    public_key: PublicKey
    valid_from: datetime
    valid_to: datetime
    state: KeyState = KeyState.ACTIVE
    chain: tuple[bytes, ...] = ()
    kid: str = field(init=False)
    algorithm: str = field(init=False)

    def __post_init__(self) -> None:
        """Work out what follows from the key."""
        object.__setattr__(self, "kid", key_id(self.public_key))
        object.__setattr__(self, "algorithm", algorithm_of(self.public_key))

    def usable_at(self, moment: datetime) -> bool:
        """Whether the key may sign at this moment."""
        return self.state is KeyState.ACTIVE and self._in_its_time(moment)

    def verifies_at(self, signed_at: datetime) -> bool:
        """Whether what the key signed at this moment is still good; a revoked key's never is."""
        return self.state is not KeyState.REVOKED and self._in_its_time(signed_at)

    def _in_its_time(self, moment: datetime) -> bool:
        return self.valid_from <= moment <= self.valid_to

    def to_json(self) -> dict[str, object]:
        """The key's entry in the list."""
        chain = {"x5c": spell_x5c(self.chain)} if self.chain else {}
        return {
            "kid": self.kid,
            "purpose": self.purpose.value,
            "authority_uscc": self.authority_uscc,
            "authority_name": self.authority_name,
            "alg": self.algorithm,
            "jwk": to_jwk(self.public_key),
            **chain,
            "valid_from": unix(self.valid_from),
            "valid_to": unix(self.valid_to),
            "state": self.state.value,
        }

    @classmethod
    def from_json(cls, entry: object, root: x509.Certificate) -> Self:
        """Read an entry of a verified list; raise MalformedError if it contradicts itself."""
        if not isinstance(entry, Mapping) or entry.keys() - {"x5c"} != _ENTRY:
            _refuse("an entry lacks a member or holds a strange one")
        key = cls(
            purpose=_read_purpose(entry["purpose"]),
            authority_uscc=_text(entry["authority_uscc"], 18),
            authority_name=_text(entry["authority_name"], _NAME_LENGTH),
            public_key=from_jwk(entry["jwk"]),
            valid_from=_moment(entry["valid_from"]),
            valid_to=_moment(entry["valid_to"]),
            state=_read_state(entry["state"]),
            chain=read_x5c(entry["x5c"]) if "x5c" in entry else (),
        )
        if entry["kid"] != key.kid or entry["alg"] != key.algorithm:
            _refuse("an entry's kid or alg is not its key's")
        if key.chain:
            period = (key.valid_from, key.valid_to)
            check_chain(key.chain, root, public_key=key.public_key, period=period)
        return key


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustList:
    """A genuine list: its number in the row of lists, its dates, and its keys by kid."""

    issuer: str
    seq: int
    issued_at: datetime
    expires_at: datetime
    keys: Mapping[str, TrustedKey]

    def find(self, kid: str, purpose: Purpose) -> TrustedKey | None:
        """The key with this kid, if it is listed for this purpose; in whatever state it is."""
        key = self.keys.get(kid)
        return key if key is not None and key.purpose is purpose else None

    def fresh_at(self, moment: datetime) -> bool:
        """Whether the list still speaks at this moment; afterwards a newer one must be had."""
        return moment <= self.expires_at + timedelta(seconds=LEEWAY)

    def refuse_rollback(self, known_seq: int) -> None:
        """Raise ConflictError if a later list than this one has been seen before."""
        if self.seq < known_seq:
            raise ConflictError(
                f"trust list {self.seq} is older than list {known_seq}, which is already known",
                where="trust list",
                remedy="fetch the present list from /.well-known/certstore-trust-list",
            )


TrustSource = Callable[[], TrustList]
"""Gives the list that holds just now; a newer one may be given the next time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """Which list this is: who publishes it, its number (each higher than the last), its time."""

    issuer: str
    seq: int
    now: datetime
    lifetime: timedelta = timedelta(days=30)


def build_trust_list(
    root_signer: Signer, root: x509.Certificate, keys: Sequence[TrustedKey], edition: Edition
) -> str:
    """Sign a list with the root's key and read it back; raises MalformedError if it is unsound."""
    claims = {
        "iss": edition.issuer,
        "seq": edition.seq,
        "iat": unix(edition.now),
        "exp": unix(edition.now + edition.lifetime),
        "keys": [key.to_json() for key in keys],
    }
    header = {"x5c": spell_x5c((root.public_bytes(Encoding.DER),))}
    text = sign_compact(claims, typ=TYP, signer=root_signer, header=header)
    parse_trust_list(text, root, edition.now)
    return text


def parse_trust_list(
    jws: str, root: x509.Certificate, now: datetime, *, outdated: bool = False
) -> TrustList:
    """Verify a list with the pinned root certificate and read it strictly.

    With `outdated` the dates are left to the caller (`fresh_at`): what is certainly bad can be
    said with an old list, what is good cannot. Raises MalformedError or InvalidTokenError.
    """
    token = parse_compact(
        jws, typ=TYP, max_bytes=MAX_BYTES, header_fields=_HEADER, optional=frozenset({"x5c"})
    )
    root_key = _root_key(root)
    claims = token.verified(root_key, algorithm_of(root_key))
    if not outdated:
        check_times(claims, now, max_lifetime=MAX_LIFETIME_S)
        if not root.not_valid_before_utc <= now <= root.not_valid_after_utc:
            raise InvalidTokenError("the root certificate is outside its dates", cause="root")
    return _read_list(claims, root)


def _read_list(claims: Mapping[str, object], root: x509.Certificate) -> TrustList:
    seq, entries = claims.get("seq"), claims.get("keys")
    if claims.keys() != _MEMBERS or type(seq) is not int or seq < 0:
        _refuse("the list lacks a member, holds a strange one, or its seq is no number")
    if not isinstance(entries, list) or len(entries) > MAX_KEYS:
        _refuse(f"the list holds at most {MAX_KEYS} keys")
    keys = {key.kid: key for key in (TrustedKey.from_json(entry, root) for entry in entries)}
    if len(keys) != len(entries):
        _refuse("the list names a key twice; a key has one purpose")
    return TrustList(
        issuer=_text(claims["iss"], _NAME_LENGTH),
        seq=seq,
        issued_at=_moment(claims["iat"]),
        expires_at=_moment(claims["exp"]),
        keys=keys,
    )


def _root_key(root: x509.Certificate) -> PublicKey:
    key: Any = root.public_key()
    if not isinstance(key, PublicKey):
        _refuse("the pinned root's key is of a kind not used here")
    return key


def _read_purpose(value: object) -> Purpose:
    if not isinstance(value, str) or value not in set(Purpose) - NEVER_LISTED:
        _refuse("an entry's purpose is unknown")
    return Purpose(value)


def _read_state(value: object) -> KeyState:
    if not isinstance(value, str) or value not in set(KeyState):
        _refuse("an entry's state is unknown")
    return KeyState(value)


def _text(value: object, longest: int) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= longest:
        _refuse(f"a text of the list has 1 to {longest} characters")
    return value


def _moment(value: object) -> datetime:
    if type(value) is not int or not 0 <= value <= 253_402_300_799:  # noqa: PLR2004 - year 9999
        _refuse("a moment of the list is a number of seconds since 1970")
    return datetime.fromtimestamp(value, UTC)


def _refuse(detail: str) -> NoReturn:
    raise MalformedError(
        detail,
        where="trust list",
        cause="trust-list",
        remedy="fetch the present list from /.well-known/certstore-trust-list",
    )
