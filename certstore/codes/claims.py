"""What a code says: claims about one certificate under integer keys (CWT, RFC 8392)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from operator import attrgetter
from typing import Any, Final, Self

from cryptography.hazmat.primitives.asymmetric import ec

from certstore.certificates import StatusEntry
from certstore.codes import strict_cbor
from certstore.codes.payload import (
    days,
    malformed,
    to_bytes,
    to_day,
    to_map,
    to_number,
    to_seconds,
    to_text,
)
from certstore.jwk import p256_key

_ISS, _EXP, _NBF, _IAT, _CTI, _CNF, _STATUS, _DATA = 1, 4, 5, 6, 7, 8, 65535, -70001
_CLAIM_KEYS: Final = frozenset({_ISS, _EXP, _NBF, _IAT, _CTI, _CNF, _STATUS, _DATA})
_REQUIRED: Final = frozenset({_ISS, _EXP, _IAT, _STATUS, _DATA})
_CTI_BYTES: Final = 8
_LIST_KEY: Final = 0
_LARGEST_INDEX: Final = 2**32 - 1
_COSE_KEY: Final = 1  # the member of `cnf` that holds a key (RFC 8747)
_COORDINATE: Final = 32
MAX_PHOTO_BYTES: Final = 800


class Disclosure(IntEnum):
    """How much the holder chose to show."""

    FULL = 0
    MINIMAL = 1
    RESIDENCE_IN_DISTRICT = 2
    AGE_OVER = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeData:
    """The certificate's own facts; each name stands for one integer key of the data map.

    `sex` is a code of GB/T 2261.1 (1 male, 2 female), `ethnicity` one of GB/T 3304, `number` the
    printed serial. In the minimal profile `id_number` is masked and no address is given; profile 2
    gives the district alone as `residence_address`, profile 3 `age_over` in whole years. Neither
    of these two names anybody.
    """

    number: str
    name: str | None = None
    sex: int | None = None
    ethnicity: int | None = None
    birth_date: date | None = None
    id_number: str | None = None
    household_address: str | None = None
    residence_address: str | None = None
    type_code: str | None = None
    issued_on: date | None = None
    valid_to: date | None = None
    authority: str | None = None
    endorsed_on: date | None = None
    photo: bytes | None = None
    disclosure: Disclosure | None = None
    photo_digest: bytes | None = None
    age_over: int | None = None

    @classmethod
    def from_map(cls, value: object) -> Self:
        """Read the data map; raise MalformedError for unknown keys and wrong kinds of value."""
        members = to_map(value, frozenset(_FIELDS), frozenset({1}))
        named: dict[str, Any] = {}
        for key, inner in members.items():
            name, read = _FIELDS[key]
            named[name] = read(inner)
        return cls(**named)

    def to_map(self) -> dict[int, object]:
        """The data map; fields that are not given are left out."""
        values = ((key, getattr(self, name)) for key, (name, _) in _FIELDS.items())
        return {key: _plain(value) for key, value in values if value is not None}

    def given(self) -> Mapping[str, object]:
        """The fields that are given, by name."""
        pairs = zip(_NAMES, _values_of(self), strict=True)
        return {name: value for name, value in pairs if value is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeClaims:
    """What the authority signed. Moments are seconds since 1970; `cti` has 8 random bytes.

    `issuer` is `issuer_code` of the authority's credit code; `holder_key` stands only in RPH1.
    """

    issuer: str
    issued_at: int
    expires_at: int
    status: StatusEntry
    data: CodeData
    not_before: int | None = None
    cti: bytes | None = None
    holder_key: ec.EllipticCurvePublicKey | None = None

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        """Read a payload strictly; raise MalformedError (`facts["cause"]`: cbor or payload)."""
        members = to_map(strict_cbor.decode(payload), _CLAIM_KEYS, _REQUIRED)
        nbf, cti, cnf = members.get(_NBF), members.get(_CTI), members.get(_CNF)
        return cls(
            issuer=_read_issuer(members[_ISS]),
            issued_at=to_seconds(members[_IAT]),
            expires_at=to_seconds(members[_EXP]),
            status=_read_status(members[_STATUS]),
            data=CodeData.from_map(members[_DATA]),
            not_before=to_seconds(nbf) if _NBF in members else None,
            cti=_read_cti(cti) if _CTI in members else None,
            holder_key=_read_holder_key(cnf) if _CNF in members else None,
        )

    def encode(self) -> bytes:
        """Write the payload as deterministic CBOR; raise MalformedError if it could not be read."""
        optional = {_NBF: self.not_before, _CTI: self.cti, _CNF: _confirmation(self.holder_key)}
        payload = strict_cbor.encode(
            {
                _ISS: self.issuer,
                _IAT: self.issued_at,
                _EXP: self.expires_at,
                _STATUS: {_LIST_KEY: [self.status.list_number, self.status.index]},
                _DATA: self.data.to_map(),
                **{key: value for key, value in optional.items() if value is not None},
            }
        )
        type(self).decode(payload)  # what we could not read back is never signed
        return payload


def issuer_code(authority_uscc: str) -> str:
    """The `iss` of an authority: its organisation code (GB 11714), places 9 to 17 of its USCC."""
    return authority_uscc[8:17]


_read_issuer = to_text(16)
_read_cti = to_bytes(_CTI_BYTES, _CTI_BYTES)
_read_index = to_number(_LARGEST_INDEX)
_read_coordinate = to_bytes(_COORDINATE, _COORDINATE)


_read_disclosure = to_number(max(Disclosure))


def _to_disclosure(value: object) -> Disclosure:
    return Disclosure(_read_disclosure(value))


_FIELDS: Final[Mapping[int, tuple[str, Callable[[object], object]]]] = {
    1: ("number", to_text(32)),
    2: ("name", to_text(50)),
    3: ("sex", to_number(9)),
    4: ("ethnicity", to_number(99)),
    5: ("birth_date", to_day),
    6: ("id_number", to_text(24)),
    7: ("household_address", to_text(120)),
    8: ("residence_address", to_text(120)),
    9: ("type_code", to_text(32)),
    10: ("issued_on", to_day),
    11: ("valid_to", to_day),
    12: ("authority", to_text(60)),
    13: ("endorsed_on", to_day),
    14: ("photo", to_bytes(1, MAX_PHOTO_BYTES)),
    15: ("disclosure", _to_disclosure),
    16: ("photo_digest", to_bytes(16, 16)),
    17: ("age_over", to_number(150, least=1)),
}
_NAMES: Final = tuple(name for name, _ in _FIELDS.values())
_values_of: Final = attrgetter(*_NAMES)
TEXTS: Final = (  # the fields of the data that are texts
    "number",
    "name",
    "id_number",
    "household_address",
    "residence_address",
    "type_code",
    "authority",
)


def _plain(value: object) -> object:
    return days(value) if isinstance(value, date) else value


def _read_status(value: object) -> StatusEntry:
    match value:
        case {0: [list_number, index], **others} if not others:
            return StatusEntry(_read_index(list_number), _read_index(index))
    raise malformed("the status of a code is a list number and an index")


def _confirmation(key: ec.EllipticCurvePublicKey | None) -> object:
    if key is None:
        return None
    point = key.public_numbers()
    x, y = (n.to_bytes(_COORDINATE, "big") for n in (point.x, point.y))
    return {_COSE_KEY: {1: 2, -1: 1, -2: x, -3: y}}  # EC2, P-256 (RFC 9053 §7.1.1)


def _read_holder_key(value: object) -> ec.EllipticCurvePublicKey:
    match value:
        # `type` besides the pattern: to Python CBOR's true equals 1
        case {1: {1: 2, -1: 1 as curve, -2: x, -3: y, **others}, **more} if type(
            curve
        ) is int and not (others or more):
            try:
                return p256_key(_read_coordinate(x), _read_coordinate(y))
            except ValueError as error:
                raise malformed("the holder's key is no point of P-256") from error
    raise malformed("the holder's key is a COSE key on P-256")
