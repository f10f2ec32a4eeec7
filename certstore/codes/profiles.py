"""The three profiles of a code, from text to signed message and back, without judging it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from certstore.codes import base45, cose_sign1, strict_cbor
from certstore.codes.claims import CodeClaims
from certstore.codes.cose_sign1 import Signed
from certstore.codes.meaning import faults, photo_fault
from certstore.codes.payload import malformed, to_bytes, to_map, to_seconds
from certstore.errors import MalformedError, PurposeError
from certstore.keys import Purpose, Signer

MAX_CHARACTERS: Final = 2100
_IAT, _INNER, _NONCE = 6, -1, -2
_WRAPPER_KEYS: Final = frozenset({_IAT, _INNER, _NONCE})
_read_inner = to_bytes(1, 1400)
_read_nonce = to_bytes(8, 32)


class Profile(StrEnum):
    """Where and how long a code is used; the protected header and the prefix name it."""

    PRINTED = "RP1"
    ON_LINE = "RPD1"
    OFF_LINE = "RPH1"

    @property
    def prefix(self) -> str:
        """What the text of such a code begins with."""
        return f"{self.value}:"

    @property
    def purpose(self) -> Purpose:
        """The purpose of the authority's key that signs it."""
        return Purpose.PRESENTATION if self is Profile.ON_LINE else Purpose.CODE


_BY_PREFIX: Final = {profile.value: profile for profile in Profile}


@dataclass(frozen=True, slots=True)
class HolderLayer:
    """The wrapper of an RPH1 code: when the holder's key signed it, and the verifier's nonce."""

    signed: Signed
    issued_at: int
    nonce: bytes | None


@dataclass(frozen=True, slots=True)
class UnverifiedCode:
    """A code of sound form: the authority's signed message and, in RPH1, the holder's around it."""

    profile: Profile
    issued: Signed
    shown: HolderLayer | None = None


def seal_code(claims: CodeClaims, profile: Profile, signer: Signer) -> str:
    """Sign claims as RP1 or RPD1 and return the text for the symbol, prefix included.

    Raises PurposeError for a key of another purpose, MalformedError for claims out of bounds.
    """
    if profile is Profile.OFF_LINE:
        raise malformed("an off-line code is sealed for a holder's key, then shown by it")
    return _spell(profile, _seal(claims, profile, signer))


def seal_for_holder(claims: CodeClaims, signer: Signer) -> bytes:
    """Sign the inner message of RPH1, which names the holder's key; it is kept on the phone."""
    if claims.holder_key is None or claims.cti is None:
        raise malformed("an off-line code names the holder's key and has a cti")
    return _seal(claims, Profile.OFF_LINE, signer)


def show_code(inner: bytes, holder: Signer, *, issued_at: int, nonce: bytes | None = None) -> str:
    """Wrap an inner message with the holder's key (ES256, r‖s as WebCrypto signs); return text."""
    wrapper = {_IAT: issued_at, _INNER: inner} | ({} if nonce is None else {_NONCE: nonce})
    payload = strict_cbor.encode(wrapper)
    return _spell(
        Profile.OFF_LINE, cose_sign1.sign(payload, typ=Profile.OFF_LINE.value, signer=holder)
    )


def open_code(text: str) -> UnverifiedCode:
    """Take a code's text apart; raise MalformedError, `facts["cause"]` naming the step.

    Causes in order: length, prefix, base45, cbor, header, profile, payload (of a wrapper). The
    authority's payload stays unread: its signature comes first.
    """
    if len(text) > MAX_CHARACTERS:  # 1. length
        raise MalformedError(f"a code has at most {MAX_CHARACTERS} characters", cause="length")
    profile, colon, spelled = _split_prefix(text)  # 2. prefix
    if profile is None or not colon:
        raise MalformedError("the text is not a code of this system", cause="prefix")
    outer = _parse(base45.decode(spelled), profile)  # 3. Base45, 4. CBOR, 5. profile
    if profile is not Profile.OFF_LINE:
        return UnverifiedCode(profile, outer)
    inner, layer = _unwrap(outer)
    return UnverifiedCode(profile, _parse(inner, profile), layer)


def _split_prefix(text: str) -> tuple[Profile | None, str, str]:
    word, colon, spelled = text.partition(":")
    return _BY_PREFIX.get(word), colon, spelled


def _parse(message: bytes, profile: Profile) -> Signed:
    signed = cose_sign1.parse(message)
    if signed.typ != profile.value:
        raise MalformedError("a code's prefix and its signed profile differ", cause="profile")
    return signed


def _unwrap(outer: Signed) -> tuple[bytes, HolderLayer]:
    # Read before any signature is verified: the key that could verify it lies inside.
    required = frozenset({_IAT, _INNER})
    members = to_map(strict_cbor.decode(outer.payload), _WRAPPER_KEYS, required)
    nonce = _read_nonce(members[_NONCE]) if _NONCE in members else None
    return _read_inner(members[_INNER]), HolderLayer(outer, to_seconds(members[_IAT]), nonce)


def _seal(claims: CodeClaims, profile: Profile, signer: Signer) -> bytes:
    if signer.purpose is not profile.purpose:
        raise PurposeError(f"a {profile} code is signed by a {profile.purpose} key")
    photo = claims.data.photo
    reasons = (*faults(claims.data), *filter(None, [photo and photo_fault(photo)]))
    if reasons:
        raise MalformedError("a code's data would be refused", cause="meaning", reasons=reasons)
    return cose_sign1.sign(claims.encode(), typ=profile.value, signer=signer)


def _spell(profile: Profile, message: bytes) -> str:
    text = profile.prefix + base45.encode(message)
    if len(text) > MAX_CHARACTERS:
        raise MalformedError(f"a code would exceed {MAX_CHARACTERS} characters", cause="length")
    return text
