"""Alipay identity certification (支付宝身份认证, alipay.user.certify.open), in the Alipay app.

Taken from 支付宝开放平台 (opendocs.alipay.com): alipay.user.certify.open.initialize
(身份认证初始化服务), .certify (身份认证开始认证), .query (身份认证记录查询); 自行实现签名 and
自行实现验签 (RSA2); and from the SDK `alipay-sdk-python`: DefaultAlipayClient.py,
util/SignatureUtils.py, response/AlipayUserCertifyOpenQueryResponse.py.

Traps: `passed` is "T" in some versions and ["T"] in others. "F" also means that the person has
not finished: it is a failure only beside a `fail_reason`. The answer's signature covers its
member's bytes as they came, so they are verified before they are read. `material_info` holds
pictures and is not read.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

from certstore.certificates import Holder
from certstore.clock import CHINA, Clock
from certstore.errors import MalformedError
from certstore.keys import RsaSigner
from certstore.strict_json import parse_json_strict
from face_auth.adapters.asking import Answer, Asker, unreadable
from face_auth.adapters.reading import Reader
from face_auth.challenge import Started, StartRequest
from face_auth.pulling import Finding, Question

ENDPOINT: Final = "https://openapi.alipay.com"
_PATH = "/gateway.do"
_FORM = {"content-type": "application/x-www-form-urlencoded;charset=utf-8"}
_DECODER = json.JSONDecoder()
_BLANKS = " \t\n\r"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alipay:
    """Begins verifications, and asks how they ended; `alipay_key` is Alipay's, not ours."""

    asker: Asker
    app_id: str
    signer: RsaSigner
    alipay_key: rsa.RSAPublicKey
    clock: Clock

    def start(self, request: StartRequest) -> Started:
        """Get a certify_id for this person, and the address that begins with it; see Starter."""
        said = {
            "outer_order_no": request.our_txn,
            "biz_code": "FACE",
            "identity_param": {
                "identity_type": "CERT_INFO",
                "cert_type": "IDENTITY_CARD",
                "cert_name": request.holder.name,
                "cert_no": request.holder.id_number.upper(),
            },
            "merchant_config": {"return_url": request.return_url},
        }
        _, found = self._ask("alipay.user.certify.open.initialize", said)
        certify_id = found.text("certify_id")
        page = self._signed("alipay.user.certify.open.certify", {"certify_id": certify_id})
        return Started(certify_id, f"{self.asker.endpoint}{_PATH}?{urlencode(page)}")

    def fetch(self, question: Question) -> Finding:
        """Query the record; see Puller."""
        said = {"certify_id": question.provider_ref}
        answer, found = self._ask("alipay.user.certify.open.query", said)
        passed = _passed(found)
        if not passed and found.text_or_none("fail_reason") is None:
            return Finding(outcome="pending", raw_sha256=answer.raw_sha256)
        return Finding(
            outcome="pass" if passed else "fail",
            failure="none" if passed else "other",
            raw_sha256=answer.raw_sha256,
            subject=_subject(found),
        )

    def _ask(self, method: str, content: Mapping[str, object]) -> tuple[Answer, Reader]:
        said = self._signed(method, content)
        body = urlencode({"biz_content": said.pop("biz_content")}).encode("ascii")
        answer = self.asker.post(_PATH, body, headers=_FORM, query=urlencode(said))
        name = f"{method.replace('.', '_')}_response"
        outer = Reader(self.asker.provider, answer.members)
        found = outer.inner(name)
        self._verify(member_bytes(answer.raw, name), outer.text("sign"))
        code = found.text("code")
        if code != "10000":
            raise unreadable(self.asker.provider, "refused", f"Alipay refuses: code {code[:20]}")
        return answer, found

    def _signed(self, method: str, content: Mapping[str, object]) -> dict[str, str]:
        said = {
            "app_id": self.app_id,
            "method": method,
            "format": "json",
            "charset": "utf-8",
            "sign_type": "RSA2",
            "timestamp": self.clock.now().astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S"),
            "version": "1.0",
            "biz_content": json.dumps(content, ensure_ascii=False, separators=(",", ":")),
        }
        signature = self.signer.sign(sign_content(said).encode())
        return {**said, "sign": base64.b64encode(signature).decode("ascii")}

    def _verify(self, signed: bytes, signature: str) -> None:
        try:
            given = base64.b64decode(signature, validate=True)
            self.alipay_key.verify(given, signed, padding.PKCS1v15(), hashes.SHA256())
        except (binascii.Error, InvalidSignature):
            raise unreadable(
                self.asker.provider, "signature", "an answer is not signed by Alipay's key"
            ) from None


def sign_content(said: Mapping[str, str]) -> str:
    """What is signed of a request: its parameters by name, as they are, joined like a query."""
    return "&".join(f"{name}={value}" for name, value in sorted(said.items()))


def read_alipay_key(text: str) -> rsa.RSAPublicKey:
    """Alipay's public key as its console shows it (base64 of an SPKI); MalformedError if not."""
    try:
        key = load_der_public_key(base64.b64decode("".join(text.split()), validate=True))
    except ValueError as error:
        raise MalformedError("Alipay's public key cannot be read", where="alipay_key") from error
    if not isinstance(key, rsa.RSAPublicKey):
        raise MalformedError("Alipay's public key is no RSA key", where="alipay_key")
    return key


def member_bytes(raw: bytes, name: str) -> bytes:
    """The bytes of one member of a JSON object, as they came; the object was read strictly."""
    text = raw.decode()
    place = text.index("{") + 1
    while True:
        found, place = _DECODER.raw_decode(text, _past(text, place))
        begin = _past(text, _past(text, place) + 1)  # over the colon
        _, place = _DECODER.raw_decode(text, begin)
        if found == name:
            return text[begin:place].encode()
        place = _past(text, place) + 1  # over the comma


def _past(text: str, place: int) -> int:
    while text[place] in _BLANKS:
        place += 1
    return place


def _passed(found: Reader) -> bool:
    said = found.raw("passed")
    word = said[0] if isinstance(said, list) and len(said) == 1 else said
    if word not in ("T", "F"):
        raise found.fault("passed")
    return word == "T"


def _subject(found: Reader) -> Holder | None:
    """Whom the record is about, where `identity_info` says so."""
    text = found.text_or_none("identity_info")
    if text is None:
        return None
    try:
        members = parse_json_strict(text.encode(), max_bytes=4 * len(text))
    except MalformedError:
        raise found.fault("identity_info") from None
    if not isinstance(members, dict):
        raise found.fault("identity_info")
    name, number = members.get("cert_name"), members.get("cert_no")
    if isinstance(name, str) and isinstance(number, str):
        return Holder(name, "111", number)
    return None
