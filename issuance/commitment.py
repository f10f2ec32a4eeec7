"""The kinship commitment letter (亲属关系承诺书): drawn up, signed, honest about how.

A letter is signed with a key made for it inside the applicant's verified session and
discarded; the house countersigns that this key belonged to that session. Its strength is
therefore `session`, no more: the letter says so. One signed by somebody present, before an
officer who compared their card, says `counter`.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from certstore.certificates import Holder
from certstore.clock import CHINA, unix
from certstore.errors import CertstoreError, ConflictError, MalformedError
from certstore.jwk import from_jwk, to_jwk
from certstore.keys import KeySigner, Purpose, Signer, generate
from certstore.tokens import parse_compact, sign_compact
from certstore.trust import TrustList
from issuance.application import Answers, Application, Commitment, Relative

LEVEL, AT_COUNTER = "session", "counter"
TITLE = "亲属关系承诺书"
SIGNATURE, COUNTERSIGNATURE = "commitment+jwt", "countersignature+jwt"
_SAME = ("application", "letter_sha256", "iat", "level")  # what both signatures say
_CONSEQUENCES = (
    "三、以上内容真实。内容不实的，本人愿意承担法律责任："
    "已办理的事项予以撤销，不实承诺记入信用记录。"
)
_SIGNED_HOW = {
    LEVEL: "在本人已登录并通过人脸核验的情况下签署（签署强度：会话级）。",
    AT_COUNTER: "在本人到场、工作人员核对身份证原件的情况下签署（签署强度：窗口级）。",
}
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
    """In which session a letter is signed: the account, and when its identity was verified.

    At a counter the account is the officer's, who compared the card then.
    """

    account: str
    verified_at: datetime
    level: str = LEVEL


def letter_text(
    applicant: Holder,
    answers: Answers,
    city: str,
    signed_at: datetime,
    guardian: Holder | None = None,
    level: str = LEVEL,
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
            TITLE,
            promise,
            f"一、{relative.name}（证件号码 {relative.id_number}）是{who}的{relation}。",
            f"二、{who}现居住于{answers.full_address(city)}，该房屋由{relative.name}"
            + ("承租。" if answers.dwelling == "rent" else "所有。"),
            _CONSEQUENCES,
            f"本承诺书代替亲属关系证明，{_SIGNED_HOW[level]}",
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
    text = letter_text(application.applicant, said, city, now, guardian, session.level)
    digest = digest_of(text)
    key = generate("ES256")
    signer = KeySigner(Purpose.RECEIPT, key)
    claims = {
        "application": application.ref,
        "letter_sha256": digest,
        "iat": unix(now),
        "level": session.level,
    }
    signature = sign_compact(claims, typ=SIGNATURE, signer=signer)
    statement = {
        **claims,
        "account_sha256": hashlib.sha256(session.account.encode()).hexdigest(),
        "session_verified_at": unix(session.verified_at),
        "jwk": to_jwk(signer.public_key),
    }
    countersignature = sign_compact(statement, typ=COUNTERSIGNATURE, signer=countersigner)
    return Commitment(text, now, session.level, signature, countersignature)


def digest_of(text: str) -> str:
    """The SHA-256 of a letter's text, in hex: what both signatures say of it."""
    return hashlib.sha256(text.encode()).hexdigest()


def judge_signatures(letter: Commitment, trust: TrustList) -> None:
    """Check a letter as a stranger would, with the trust list alone; MalformedError if it fails.

    The house's key must be listed for receipts and good at the time of signing; the letter's key
    is the one it vouches for; both signatures must be about this text, application and level.
    """
    try:
        countersigned = parse_compact(letter.countersignature, typ=COUNTERSIGNATURE)
        key = trust.find(countersigned.kid, Purpose.RECEIPT)
        if key is None or not key.verifies_at(letter.signed_at):
            raise _broken("the countersignature is by no key that is trusted for receipts")
        stated = countersigned.verified(key.public_key, key.algorithm)
        signed = parse_compact(letter.signature, typ=SIGNATURE)
        said = signed.verified(from_jwk(stated.get("jwk")), "ES256")
    except CertstoreError as error:
        raise _broken(error.detail) from error
    if any(said.get(name) != stated.get(name) for name in _SAME):
        raise _broken("signature and countersignature are not about the same letter")
    wanted = (digest_of(letter.text), unix(letter.signed_at), letter.level)
    if (said.get("letter_sha256"), said.get("iat"), said.get("level")) != wanted:
        raise _broken("the signatures are about another text, time or level")


def _broken(detail: str) -> MalformedError:
    return MalformedError(detail, where="signature", remedy="have the letter signed again")


def _relative(answers: Answers) -> Relative:
    if answers.relative is None:
        raise ConflictError("no relative was named, so there is nothing to commit to")
    return answers.relative
