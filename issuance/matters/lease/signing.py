"""The one page that all parties of a lease sign, and how: as commitment letters are signed.

Each party signs the same text with a key made for it inside their verified session and
discarded; the house countersigns that this key belonged to that session.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from certstore.clock import unix
from certstore.errors import CertstoreError, MalformedError
from certstore.jwk import from_jwk, to_jwk
from certstore.keys import KeySigner, Purpose, Signer, generate
from certstore.tokens import parse_compact, sign_compact
from certstore.trust import TrustList
from issuance.commitment import COUNTERSIGNATURE, LEVEL, SessionProof, digest_of
from issuance.matters.lease.terms import Contract, Party, Role, hundredths, of_role

TITLE: Final = "住房租赁合同网签备案摘要"
_HOW: Final = (
    "各方在本人已登录并通过身份核验的情况下签署（签署强度：会话级）。任何一方改动，已签的都作废。"
)
SIGNATURE: Final = "lease-signature+jwt"
_SAME: Final = ("lease", "party", "summary_sha256", "iat", "level")
_ROLES: Final = {Role.LANDLORD: "出租人", Role.TENANT: "承租人"}


@dataclass(frozen=True, slots=True)
class Signed:
    """One party's signature of a text: both tokens, when, how strong."""

    signed_at: datetime
    level: str
    signature: str
    countersignature: str


def summary_text(number: str, contract: Contract, parties: Sequence[Party], city: str) -> str:
    """The whole page, word for word the same for every party; numbers are masked."""
    people = [
        f"{_ROLES[role]}：{party.name}（公民身份号码 {party.masked}）"
        for role in Role
        for party in of_role(parties, role)
    ]
    let = "整套" if contract.whole else f"房间“{contract.room}”"
    home = f"{contract.full_address(city)}（{let}，{hundredths(contract.area)} 平方米）"
    days = f"{contract.first.isoformat()} 起至 {contract.last.isoformat()} 止"
    rent, deposit = hundredths(contract.rent), hundredths(contract.deposit)
    return "\n".join(
        (
            TITLE,
            f"合同编号：{number}",
            *people,
            f"一、出租人将{home}出租给承租人居住，居住 {contract.occupants} 人。",
            f"二、租期自 {days}，首尾两日都算。",
            f"三、租金每月 {rent} 元，押金 {deposit} 元。",
            "四、以上内容真实，当事人同意据此办理网签和登记备案。内容不实的，备案予以注销。",
            _HOW,
        )
    )


def sign_summary(
    lease: str,
    place: int,
    text: str,
    session: SessionProof,
    *,
    now: datetime,
    countersigner: Signer,
) -> Signed:
    """Sign a text for the party at this place of a lease (its reference)."""
    signer = KeySigner(Purpose.RECEIPT, generate("ES256"))
    claims = {
        "lease": lease,
        "party": place,
        "summary_sha256": digest_of(text),
        "iat": unix(now),
        "level": LEVEL,
    }
    statement = {
        **claims,
        "account_sha256": hashlib.sha256(session.account.encode()).hexdigest(),
        "session_verified_at": unix(session.verified_at),
        "jwk": to_jwk(signer.public_key),
    }
    return Signed(
        now,
        LEVEL,
        sign_compact(claims, typ=SIGNATURE, signer=signer),
        sign_compact(statement, typ=COUNTERSIGNATURE, signer=countersigner),
    )


def judge_signed(lease: str, place: int, text: str, signed: Signed, trust: TrustList) -> None:
    """Check a signature as a stranger would, with the trust list alone; MalformedError if it fails.

    The house's key must be listed for receipts and good at the time of signing; the party's key is
    the one it vouches for; both must be about this text, lease, party and time.
    """
    try:
        countersigned = parse_compact(signed.countersignature, typ=COUNTERSIGNATURE)
        key = trust.find(countersigned.kid, Purpose.RECEIPT)
        if key is None or not key.verifies_at(signed.signed_at):
            raise _broken("the countersignature is by no key that is trusted for receipts")
        stated = countersigned.verified(key.public_key, key.algorithm)
        said = parse_compact(signed.signature, typ=SIGNATURE).verified(
            from_jwk(stated.get("jwk")), "ES256"
        )
    except CertstoreError as error:
        raise _broken(error.detail) from error
    if any(said.get(name) != stated.get(name) for name in _SAME):
        raise _broken("signature and countersignature are not about the same lease")
    wanted = (lease, place, digest_of(text), unix(signed.signed_at), signed.level)
    if tuple(said.get(name) for name in _SAME) != wanted:
        raise _broken("the signatures are about another lease, party, text, time or level")


def _broken(detail: str) -> MalformedError:
    return MalformedError(detail, where="signature", remedy="have the lease signed again")
