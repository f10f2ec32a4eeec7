"""What every case of the corpus is made of: a text, a moment, and what a scanner holds."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from certstore.codes import base45, cose_sign1, strict_cbor
from certstore.keys import KeySigner, Purpose
from certstore.presenting.signed_out import issue_signed_out
from certstore.trust import KeyState
from tests.unit.certstore.codes.sealed_house import (
    ENTRY,
    HOUR,
    NOW,
    OTHER_USCC,
    SealedHouse,
    claims_of,
    house,
    make_house,
)

CODE, PRESENTATION = (house().signers[p] for p in (Purpose.CODE, Purpose.PRESENTATION))
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
NONCE = bytes(range(16))
DEVICE = house().holder.kid


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A text, the moment, and which of the scanner's possible possessions it holds."""

    name: str
    text: str
    now: datetime = NOW
    trust: str = "usual"
    lists: tuple[str, ...] = ("usual",)
    nonce: bytes | None = None
    memory: bool = False  # the scanner remembers what it saw, and is shown the code twice
    devices: str = ""


def trust_lists() -> Mapping[str, str]:
    """The trust lists that cases name, as the root signs them."""
    usual = house().entries()
    status = house().key(Purpose.STATUS)

    def with_code(**changes: Any) -> str:
        return house().trust_jws([house().key(Purpose.CODE, **changes), status])

    edwards = make_house(purposes=[Purpose.LEDGER]).key(Purpose.LEDGER, chain=())
    return {
        "usual": house().trust_jws(usual),
        "old": house().trust_jws(usual, now=NOW - 31 * 24 * HOUR),
        "no_code_key": house().trust_jws([status]),
        "revoked": with_code(state=KeyState.REVOKED),
        "retired": with_code(state=KeyState.RETIRED),
        "too_early": with_code(valid_from=NOW + HOUR),
        "too_late": with_code(valid_to=NOW - timedelta(seconds=1)),
        "other_authority": with_code(authority_uscc=OTHER_USCC),
        "code_key_for_documents": house().trust_jws(
            [house().key(Purpose.CODE, purpose=Purpose.DOCUMENT), status]
        ),
        "edwards_code": house().trust_jws([replace(edwards, purpose=Purpose.CODE), status]),
    }


def status_lists() -> Mapping[str, bytes]:
    """The status lists that cases name, JWT and CWT."""
    own = house()
    return {
        "usual": own.status_cwt(),
        "usual_jwt": own.status_jwt().encode(),
        "invalid": own.status_cwt({ENTRY.index: 1, 76: 2, 78: 3}),
        "suspended": own.status_cwt({ENTRY.index: 2}),
        "disputed": own.status_cwt({ENTRY.index: 3}),
        "all_else_invalid": own.status_cwt({n: 1 for n in range(1000) if n != ENTRY.index}),
        "stale": own.status_cwt(now=NOW - 2 * HOUR, lifetime=3 * HOUR),
        "stale_invalid": own.status_cwt({ENTRY.index: 1}, now=NOW - 2 * HOUR, lifetime=3 * HOUR),
        "stale_suspended": own.status_cwt({ENTRY.index: 2}, now=NOW - 2 * HOUR, lifetime=3 * HOUR),
        "stale_disputed": own.status_cwt({ENTRY.index: 3}, now=NOW - 2 * HOUR, lifetime=3 * HOUR),
        "edge": own.status_cwt(now=NOW - timedelta(seconds=330)),
        "past_edge": own.status_cwt(now=NOW - timedelta(seconds=331)),
        "short_exp": own.status_cwt(
            now=NOW - timedelta(seconds=60), lifetime=timedelta(seconds=20)
        ),
        "another_number": own.status_cwt(uri="https://certs.example/status-lists/5"),
        "with_query": own.status_jwt(uri="https://certs.example/status-lists/4?x=/9#/8").encode(),
    }


def device_lists() -> Mapping[str, str]:
    """The lists of signed-out phones that cases name."""
    signer = house().signers[Purpose.STATUS]

    def signed(kids: list[str], seconds: int = 10) -> str:
        made = NOW - timedelta(seconds=seconds)
        return issue_signed_out(kids, "https://certs.example", made, signer)

    others = ["0" * 16, "f" * 16]
    return {
        "nobody": signed([]),
        "others": signed(others),
        "listed": signed([*others, DEVICE]),
        "edge": signed(others, 330),
        "past_edge": signed([DEVICE], 331),
    }


def raw(payload: object, *, typ: str = "RP1", signer: KeySigner = CODE) -> str:
    """A code with a good signature over a payload the sealer would not have signed."""
    data = payload if isinstance(payload, bytes) else strict_cbor.encode(payload)
    return f"{typ}:" + base45.encode(cose_sign1.sign(data, typ=typ, signer=signer))


def raw_claims(*, data: Mapping[int, object] | None = None, **changes: Any) -> dict[Any, Any]:
    """Claims as a map, with other data in them."""
    claims: Any = strict_cbor.decode(claims_of(**changes).encode())
    return {**claims, -70001: {**claims[-70001], **(data or {})}}


def message(text: str) -> bytearray:
    """The signed message that a code's text spells."""
    return bytearray(base45.decode(text.partition(":")[2]))


def spelled(data: bytes, prefix: str = "RP1") -> str:
    """A text that spells these bytes."""
    return f"{prefix}:{base45.encode(bytes(data))}"


def sealed() -> SealedHouse:
    """The authority behind every case."""
    return house()
