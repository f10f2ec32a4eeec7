"""A certificate without an early end, in a house whose keys end long before it does."""

from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache

from cryptography.hazmat.primitives.serialization import Encoding

from certstore.clock import unix
from certstore.keys import KeySigner, Purpose, generate
from certstore.status_list import read_status_list
from certstore.trust import TrustList, parse_trust_list
from issuance.document.press import Row
from tests.unit.certstore.codes.sealed_house import (
    NAME,
    NOW,
    SealedHouse,
    certify,
    claims_of,
    data_of,
)
from tests.unit.verifiers.scanning.signed_document import FIELDS, attachment, credential, document
from verifiers.scanning.status import HeldLists

YEAR = timedelta(days=365)
ENDS = NOW + 5 * YEAR  # of every key that signed
LATER = NOW + 10 * YEAR
VALID_TO = date(2046, 11, 21)
_LIFETIME = int(20 * YEAR.total_seconds())


@lru_cache(maxsize=1)
def old_house() -> SealedHouse:
    """The root lives 25 years, what it certifies five."""
    key = generate("ES256")
    begins = NOW - timedelta(days=60)
    root = certify(
        key.public_key(), key, name="root", authority=True, begins=begins, ends=NOW + 25 * YEAR
    )
    signers = {}
    for purpose in (Purpose.DOCUMENT, Purpose.CREDENTIAL, Purpose.CODE):
        own = generate("ES256")
        leaf = certify(own.public_key(), (key, root), name=purpose.value, ends=ENDS)
        signers[purpose] = KeySigner(purpose, own, (leaf.public_bytes(Encoding.DER),))
    status = generate("ES256")
    leaf = certify(status.public_key(), (key, root), name="status", ends=NOW + 20 * YEAR)
    signers[Purpose.STATUS] = KeySigner(Purpose.STATUS, status, (leaf.public_bytes(Encoding.DER),))
    return SealedHouse(key, root, signers)


def old_trust_jws(**changes: object) -> str:
    """The list as the root signs it ten years on; `changes` are the document key's."""
    house = old_house()
    keys = [house.key(p, valid_to=ENDS - timedelta(days=1)) for p in house.signers]
    keys = [
        replace(key, valid_to=NOW + 19 * YEAR) if key.purpose is Purpose.STATUS else key
        for key in keys
    ]
    keys = [replace(k, **changes) if k.purpose is Purpose.DOCUMENT else k for k in keys]
    return house.trust_jws(keys, now=LATER)


def old_trust(**changes: object) -> TrustList:
    """The same, read."""
    return parse_trust_list(old_trust_jws(**changes), old_house().root, LATER)


def status_file(values: dict[int, int] | None = None) -> bytes:
    """The status list of ten years on."""
    return old_house().status_jwt(values, now=LATER - timedelta(seconds=10)).encode()


def statuses(values: dict[int, int] | None = None) -> HeldLists:
    """The same, read."""
    return HeldLists([read_status_list(status_file(values), old_trust())])


@lru_cache(maxsize=1)
def long_lived() -> bytes:
    """The document, as it was issued."""
    house = old_house()
    until = VALID_TO.isoformat()
    fields = {**FIELDS, "valid_until": until}
    sealed = credential(house, claims_disclosable=fields, exp=unix(NOW) + _LIFETIME)
    claims = claims_of(lifetime=_LIFETIME, data=data_of(valid_to=VALID_TO))
    return document(
        house,
        rows=(
            Row("name", "姓名", "Name", FIELDS["name"]),
            Row("valid_until", "有效期至", "Valid until", "2046 年 11 月 21 日"),
        ),
        code_text=house.printed(claims),
        attachment=attachment(house, fields=fields, credential=sealed),
        valid_to=VALID_TO,
        issuer_zh=NAME,
    )
