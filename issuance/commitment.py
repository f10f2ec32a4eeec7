"""The kinship commitment letter (亲属关系承诺书): drawn up, signed on line, honest about how.

A letter is signed with a key made for it inside the applicant's verified session and
discarded; the house countersigns that this key belonged to that session. Its strength is
therefore `session`, no more: the letter says so.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from certstore.certificates import Holder
from certstore.clock import CHINA, unix
from certstore.errors import ConflictError, MalformedError
from certstore.jwk import to_jwk
from certstore.keys import KeySigner, Purpose, Signer, generate
from certstore.tokens import sign_compact
from issuance.application import Answers, Application, Commitment, Relative

LEVEL = "session"
_CONSEQUENCES = (
    "三、以上内容真实。内容不实的，本人愿意承担法律责任："
    "已办理的事项予以撤销，不实承诺记入信用记录。"
)
RELATION_ZH = {
    "spouse": "配偶",
    "parent": "父母",
    "child": "子女",
    "sibling": "兄弟姐妹",
    "grandparent": "祖父母、外祖父母",
    "grandchild": "孙子女、外孙子女",
}


@dataclass(frozen=True, slots=True)
class SessionProof:
    """In which session a letter is signed: the account, and when its identity was verified."""

    account: str
    verified_at: datetime


def letter_text(
    applicant: Holder,
    answers: Answers,
    city: str,
    signed_at: datetime,
    guardian: Holder | None = None,
) -> str:
    """The whole letter as it is signed; ConflictError if no relative was named.

    A guardian signs for the child, and the letter says so.
    """
    relative = _relative(answers)
    relation = RELATION_ZH[relative.relation]
    day = signed_at.astimezone(CHINA)
    named = f"{applicant.name}（公民身份号码 {applicant.id_number}）"
    who, signer = (applicant.name, guardian) if guardian else ("本人", applicant)
    promise = (
        f"本人{guardian.name}（公民身份号码 {guardian.id_number}）是{named}的监护人，代其郑重承诺："
        if guardian
        else f"本人{named}郑重承诺："
    )
    return "\n".join(
        (
            "亲属关系承诺书",
            promise,
            f"一、{relative.name}（证件号码 {relative.id_number}）是{who}的{relation}。",
            f"二、{who}现居住于{answers.full_address(city)}，该房屋由{relative.name}"
            + ("承租。" if answers.dwelling == "rent" else "所有。"),
            _CONSEQUENCES,
            "本承诺书代替亲属关系证明，在本人已登录并通过人脸核验的情况下签署（签署强度：会话级）。",
            f"承诺人：{signer.name}",
            f"{day.year} 年 {day.month} 月 {day.day} 日",
        )
    )


def sign_letter(
    application: Application,
    typed_name: str,
    session: SessionProof,
    *,
    city: str,
    now: datetime,
    countersigner: Signer,
) -> Commitment:
    """Sign the letter of a draft; MalformedError unless whoever acts typed their own name."""
    if typed_name.strip() != application.actor.name:
        raise MalformedError("the name typed is not the signer's own", where="signature")
    said, guardian = application.answers, application.guardian
    text = letter_text(application.applicant, said, city, now, guardian)
    digest = hashlib.sha256(text.encode()).hexdigest()
    key = generate("ES256")
    signer = KeySigner(Purpose.RECEIPT, key)
    claims = {
        "application": application.ref,
        "letter_sha256": digest,
        "iat": unix(now),
        "level": LEVEL,
    }
    signature = sign_compact(claims, typ="commitment+jwt", signer=signer)
    statement = {
        **claims,
        "account_sha256": hashlib.sha256(session.account.encode()).hexdigest(),
        "session_verified_at": unix(session.verified_at),
        "jwk": to_jwk(signer.public_key),
    }
    countersignature = sign_compact(statement, typ="countersignature+jwt", signer=countersigner)
    return Commitment(text, now, LEVEL, signature, countersignature)


def _relative(answers: Answers) -> Relative:
    if answers.relative is None:
        raise ConflictError("no relative was named, so there is nothing to commit to")
    return answers.relative
