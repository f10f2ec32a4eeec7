"""Aliyun financial-grade verification (阿里云金融级实人认证), in a browser or an app.

Taken from 阿里云帮助中心 (help.aliyun.com):
- 实人认证 · 金融级实人认证 · InitFaceVerify-发起认证请求 and DescribeFaceVerify-获取认证结果
  (API version 2019-03-07), with the tables of members;
- 阿里云 SDK · V3版本请求体&签名机制 (ACS3-HMAC-SHA256), whose worked example with fixed
  parameters (RunInstances) tests/unit/face_auth/adapters/test_aliyun.py repeats;
and from the models of the SDK `alibabacloud_cloudauth20190307` (client.py,
models/_init_face_verify_request.py, models/_describe_face_verify_response_body.py).

Traps: `Code` 200 says only that the question arrived, `Passed` T that the person passed; while
nobody has finished there is no `Passed`. `DeviceRisk` is a text with commas. `MaterialInfo` is
JSON inside a text, with picture addresses beside the two words we read. `verifyScore` means
another thing in each product, so what was compared with stands in our registry.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from pydantic import SecretStr

from certstore.chance import token
from certstore.clock import Clock
from certstore.errors import MalformedError, UnavailableError
from certstore.strict_json import parse_json_strict
from face_auth.adapters.asking import Answer, Asker, unreadable
from face_auth.adapters.reading import Reader, risks
from face_auth.challenge import Started, StartRequest
from face_auth.pulling import Finding, Outcome, Question

ENDPOINT: Final = "https://cloudauth.aliyuncs.com"
VERSION: Final = "2019-03-07"
_ALGORITHM = "ACS3-HMAC-SHA256"
_LONGEST_MATERIAL = 65_536
_OUTCOMES: Mapping[str, Outcome] = {"T": "pass", "F": "fail"}
ATTACK_RISK: Final = "face_attack"


@dataclass(frozen=True, slots=True, kw_only=True)
class Aliyun:
    """Begins verifications, and asks how they ended; `product` as the contract names it."""

    asker: Asker
    key_id: str
    key_secret: SecretStr
    scene_id: str
    product: str
    clock: Clock

    def start(self, request: StartRequest) -> Started:
        """Get a certify id for this person; see Starter."""
        if not request.client_info:
            raise UnavailableError(
                "this provider's script has not looked at the browser",
                where=self.asker.provider,
                remedy="begin from a page that runs it, or use another way than the face",
                cause="client-info",
            )
        said = {
            "SceneId": self.scene_id,
            "OuterOrderNo": request.our_txn,
            "ProductCode": self.product,
            "CertType": "IDENTITY_CARD",
            "CertName": request.holder.name,
            "CertNo": request.holder.id_number.upper(),
            "ReturnUrl": request.return_url,
            "MetaInfo": request.client_info,
        }
        _, found = self._ask("InitFaceVerify", said)
        return Started(found.text("CertifyId"), found.address("CertifyUrl"))

    def fetch(self, question: Question) -> Finding:
        """Describe the verification; see Puller."""
        said = {"SceneId": self.scene_id, "CertifyId": question.provider_ref}
        answer, found = self._ask("DescribeFaceVerify", said)
        passed = found.text_or_none("Passed")
        if passed is None:
            return Finding(outcome="pending", raw_sha256=answer.raw_sha256)
        if passed not in _OUTCOMES:
            raise found.fault("Passed")
        attacked, score = self._material(found)
        labels = found.text_or_none("DeviceRisk")
        told = None if labels is None else risks(labels)
        return Finding(
            outcome=_OUTCOMES[passed],
            failure="none" if passed == "T" else "other",
            raw_sha256=answer.raw_sha256,
            device_risk=(*(told or ()), ATTACK_RISK) if attacked else told,
            score=score,
        )

    def _material(self, found: Reader) -> tuple[bool, float | None]:
        """Whether an attack was seen, and the score; pictures and their addresses end here."""
        text = found.raw("MaterialInfo")
        if text is None or text == "":
            return False, None
        if not isinstance(text, str) or len(text) > _LONGEST_MATERIAL:
            raise found.fault("MaterialInfo")
        try:
            members = parse_json_strict(text.encode(), max_bytes=_LONGEST_MATERIAL * 4)
        except MalformedError:
            raise found.fault("MaterialInfo") from None
        if not isinstance(members, dict):
            raise found.fault("MaterialInfo")
        attack = members.get("faceAttack", "F")
        if attack not in _OUTCOMES:
            raise found.fault("MaterialInfo.faceAttack")
        front = members.get("facialPictureFront")
        score = front.get("verifyScore") if isinstance(front, dict) else None
        if score is None:
            return attack == "T", None
        if not isinstance(score, int | float) or isinstance(score, bool) or not 0 <= score <= 100:  # noqa: PLR2004 - per cent
            raise found.fault("MaterialInfo.verifyScore")
        return attack == "T", float(score)

    def _ask(self, action: str, said: Mapping[str, str]) -> tuple[Answer, Reader]:
        query = canonical_query(said)
        headers = signed_headers(
            {
                "host": self.asker.host,
                "x-acs-action": action,
                "x-acs-version": VERSION,
                "x-acs-date": self.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
                "x-acs-signature-nonce": token(24),
                "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
            },
            query,
            self.key_id,
            self.key_secret.get_secret_value(),
        )
        answer = self.asker.post("/", b"", headers=headers, query=query)
        found = Reader(self.asker.provider, answer.members)
        code = found.text("Code")
        if code != "200":
            raise unreadable(self.asker.provider, "refused", f"Aliyun refuses: Code {code[:20]}")
        return answer, found.inner("ResultObject")


def canonical_query(said: Mapping[str, str]) -> str:
    """Parameters sorted by name and escaped as RFC 3986 has it."""
    return "&".join(f"{quote(n, safe='~')}={quote(v, safe='~')}" for n, v in sorted(said.items()))


def signed_headers(
    headers: Mapping[str, str], query: str, key_id: str, key_secret: str
) -> dict[str, str]:
    """These headers and `authorization`, which signs them, the query and the body's hash."""
    ordered = sorted(headers.items())
    names = ";".join(name for name, _ in ordered)
    lines = "".join(f"{name}:{value.strip()}\n" for name, value in ordered)
    payload = headers["x-acs-content-sha256"]
    request = f"POST\n/\n{query}\n{lines}\n{names}\n{payload}"
    to_sign = f"{_ALGORITHM}\n{hashlib.sha256(request.encode()).hexdigest()}"
    signature = hmac.new(key_secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    said = f"{_ALGORITHM} Credential={key_id},SignedHeaders={names},Signature={signature}"
    return {**headers, "authorization": said}
