"""The Token Status List (draft-ietf-oauth-status-list), two bits a certificate, as JWT and as CWT.

0 valid, 1 invalid, 2 suspended, 3 valid but under objection. Packed least significant bits
first, then zlib. The list's number is the last segment of its `sub` URI.
"""

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from typing import Final, Self
from urllib.parse import urlsplit

from certstore import base64url
from certstore.clock import unix
from certstore.codes import cose_sign1, strict_cbor
from certstore.errors import InvalidTokenError, MalformedError, PurposeError
from certstore.keys import Purpose, Signer
from certstore.tokens import LEEWAY, parse_compact, sign_compact
from certstore.trust import TrustedKey, TrustList

JWT_TYP: Final = "statuslist+jwt"
CWT_TYP: Final = "application/statuslist+cwt"  # RFC 9596 wants the whole media type
BITS: Final = 2
MAX_CAPACITY: Final = 32 * 1024 * 1024  # entries; 8 MiB unpacked
MAX_TOKEN_BYTES: Final = 4 * 1024 * 1024
MAX_LIFETIME_S: Final = 31 * 86400
_LARGE: Final = 1 << 16  # bytes, unpacked
_PER_BYTE: Final = 8 // BITS
_SUB, _EXP, _IAT, _LIST, _TTL = 2, 4, 6, 65533, 65534
_CWT_KEYS: Final = frozenset({_SUB, _EXP, _IAT, _LIST, _TTL})
_NAMES: Final = {_SUB: "sub", _EXP: "exp", _IAT: "iat", _LIST: "status_list", _TTL: "ttl"}
_NUMBER = re.compile(r"0|[1-9][0-9]{0,8}")


class StatusValue(IntEnum):
    """What two bits can say; 3 is the draft's application-specific value."""

    VALID = 0
    INVALID = 1
    SUSPENDED = 2
    UNDER_DISPUTE = 3


@dataclass(frozen=True, slots=True)
class StatusList:
    """The values of one list, packed four to a byte."""

    packed: bytes

    @classmethod
    def build(cls, values: Mapping[int, int], capacity: int) -> Self:
        """Pack the entries that are not 0; raise MalformedError for one outside the list."""
        if not 0 < capacity <= MAX_CAPACITY:
            raise _fault(f"a status list has 1 to {MAX_CAPACITY} entries")
        packed = bytearray(-(-capacity // _PER_BYTE))
        for index, value in values.items():
            if not 0 <= index < capacity:
                raise _fault("an index lies outside the status list")
            packed[index // _PER_BYTE] |= StatusValue(value) << (index % _PER_BYTE * BITS)
        return cls(bytes(packed))

    @property
    def capacity(self) -> int:
        """How many entries there are, the last byte filled up."""
        return len(self.packed) * _PER_BYTE

    def value(self, index: int) -> StatusValue | None:
        """The entry at this index; None if the list is shorter than that."""
        if not 0 <= index < self.capacity:
            return None
        return StatusValue(self.packed[index // _PER_BYTE] >> (index % _PER_BYTE * BITS) & 3)

    def compress(self) -> bytes:
        """The zlib stream (RFC 1950) that tokens carry.

        At the best level, as the draft recommends, unless the list is large. Such a one is nearly
        all zeros, and what is set lies at random: matching runs alone makes it 8 % larger and is
        forty times as fast, which counts as it is done at every change.
        """
        if len(self.packed) < _LARGE:
            return zlib.compress(self.packed, 9)
        writer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS, zlib.DEF_MEM_LEVEL, zlib.Z_RLE)
        return writer.compress(self.packed) + writer.flush()


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedList:
    """A genuine list as published: whose it is, which number, and from when to when it speaks."""

    uri: str
    number: int
    authority_uscc: str
    issued_at: datetime
    expires_at: datetime
    ttl: timedelta
    statuses: StatusList

    def fresh_at(self, moment: datetime) -> bool:
        """Whether the list still speaks: within its ttl and its exp, ±30 s.

        A list newer than the moment asked about speaks too: it knows no less.
        """
        until = min(self.issued_at + self.ttl, self.expires_at)
        return moment <= until + timedelta(seconds=LEEWAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """How a list is published: at which URI, when, for how long (exp), how long to keep (ttl)."""

    uri: str
    now: datetime
    lifetime: timedelta
    ttl: timedelta = timedelta(seconds=300)

    def claims(self) -> dict[str, object]:
        """The claims besides the list itself."""
        return {
            "sub": self.uri,
            "iat": unix(self.now),
            "exp": unix(self.now + self.lifetime),
            "ttl": int(self.ttl.total_seconds()),
        }


def issue_jwt(statuses: StatusList, publication: Publication, signer: Signer) -> str:
    """Sign a list as `statuslist+jwt`; raise PurposeError unless the key is a status key."""
    content = {"bits": BITS, "lst": base64url.encode(statuses.compress())}
    claims = {**publication.claims(), "status_list": content}
    return sign_compact(claims, typ=JWT_TYP, signer=_status_signer(signer))


def issue_cwt(statuses: StatusList, publication: Publication, signer: Signer) -> bytes:
    """Sign a list as `statuslist+cwt` (tag 18, no CWT tag); PurposeError unless a status key."""
    content = {"bits": BITS, "lst": statuses.compress()}
    named = {**publication.claims(), "status_list": content}
    payload = strict_cbor.encode({key: named[name] for key, name in _NAMES.items()})
    return cose_sign1.sign(payload, typ=CWT_TYP, signer=_status_signer(signer))


def read_status_list(token: bytes, trust: TrustList) -> PublishedList:
    """Verify and read a list, JWT or CWT by its first byte; its freshness is the caller's matter.

    Raises MalformedError, or InvalidTokenError when no listed status key signed it in its time.
    """
    if len(token) > MAX_TOKEN_BYTES:
        raise _fault(f"a status list token has at most {MAX_TOKEN_BYTES} bytes")
    is_cwt = token[:1] == b"\xd2"
    key, claims, compressed = (_open_cwt if is_cwt else _open_jwt)(token, trust)
    published = _read_claims(claims, compressed, key)
    if not key.verifies_at(published.issued_at):
        raise InvalidTokenError("the list was signed outside its key's time", cause="key")
    return published


def number_of(uri: str) -> int:
    """The list's number, the last path segment of its URI; MalformedError if it is none."""
    segment = urlsplit(uri).path.rpartition("/")[2]
    if not _NUMBER.fullmatch(segment):
        raise _fault("a status list's URI does not end in its number")
    return int(segment)


def _status_signer(signer: Signer) -> Signer:
    if signer.purpose is not Purpose.STATUS:
        raise PurposeError("status lists are signed by a status key")
    return signer


def _open_jwt(token: bytes, trust: TrustList) -> tuple[TrustedKey, Mapping[str, object], object]:
    try:
        text = token.decode("ascii").strip()  # files end in a newline
    except UnicodeDecodeError as error:
        raise _fault("a status list token is neither a JWT nor a CWT") from error
    parsed = parse_compact(text, typ=JWT_TYP, max_bytes=MAX_TOKEN_BYTES)
    key = _key(trust, parsed.kid)
    claims = parsed.verified(key.public_key, key.algorithm)
    content = claims.get("status_list")
    if isinstance(content, dict) and isinstance(content.get("lst"), str):
        content = {**content, "lst": base64url.decode(content["lst"])}
    return key, claims, content


def _open_cwt(token: bytes, trust: TrustList) -> tuple[TrustedKey, Mapping[str, object], object]:
    signed = cose_sign1.parse(token)
    if signed.typ != CWT_TYP:
        raise _fault("the message is not a status list")
    key = _key(trust, signed.kid)
    if key.algorithm != cose_sign1.ALGORITHM or not signed.is_by(key.public_key):
        raise InvalidTokenError("the list's signature is not its key's", cause="signature")
    members = strict_cbor.decode(signed.payload)
    if not isinstance(members, dict) or members.keys() != _CWT_KEYS:
        raise _fault("a status list holds exactly sub, exp, iat, ttl and the list")
    claims: dict[str, object] = {name: members[number] for number, name in _NAMES.items()}
    return key, claims, claims["status_list"]


def _key(trust: TrustList, kid: str) -> TrustedKey:
    key = trust.find(kid, Purpose.STATUS)
    if key is None:
        raise InvalidTokenError("no trusted status key signed the list", cause="key")
    return key


def _read_claims(claims: Mapping[str, object], content: object, key: TrustedKey) -> PublishedList:
    uri, issued, ends, ttl = (claims.get(name) for name in ("sub", "iat", "exp", "ttl"))
    if claims.keys() != set(_NAMES.values()) or not isinstance(uri, str):
        raise _fault("a status list holds exactly sub, exp, iat, ttl and the list")
    if type(issued) is not int or type(ends) is not int or type(ttl) is not int or ttl <= 0:
        raise _fault("iat, exp and ttl of a status list are whole seconds")
    if not 0 <= issued < ends <= issued + MAX_LIFETIME_S or ttl > MAX_LIFETIME_S:
        raise _fault("a status list lives 31 days at most")
    return PublishedList(
        uri=uri,
        number=number_of(uri),
        authority_uscc=key.authority_uscc,
        issued_at=datetime.fromtimestamp(issued, UTC),
        expires_at=datetime.fromtimestamp(ends, UTC),
        ttl=timedelta(seconds=ttl),
        statuses=_unpack(content),
    )


def _unpack(content: object) -> StatusList:
    match content:
        case {"bits": int(bits), "lst": bytes(compressed), **more} if bits == BITS and not more:
            return StatusList(_inflate(compressed))
    raise _fault("a status list has two bits an entry and one zlib stream")


def _inflate(compressed: bytes) -> bytes:
    reader = zlib.decompressobj()
    try:  # never more than the limit, whatever the stream announces
        packed = reader.decompress(compressed, MAX_CAPACITY // _PER_BYTE)
    except zlib.error as error:
        raise _fault("a status list is not a zlib stream") from error
    if not reader.eof or reader.unused_data or not packed:
        raise _fault("a status list's zlib stream is cut, followed by bytes, empty or too large")
    return packed


def _fault(detail: str) -> MalformedError:
    return MalformedError(detail, where="status list", cause="status-list")
