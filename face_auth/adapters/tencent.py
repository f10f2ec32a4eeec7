"""Tencent Cloud FaceID (腾讯云人脸核身), in a browser.

Taken from 腾讯云文档中心 (cloud.tencent.com), 人脸核身 · API 文档, version 2018-03-01:
- 实名核身鉴权 DetectAuth (product/1007/31816), 获取实名核身结果信息增强版
  GetDetectInfoEnhanced (product/1007/41957) and 数据结构 DetectInfoText, DetectDetail (41958);
- 签名方法 v3 (TC3-HMAC-SHA256), whose worked example (DescribeInstances)
  tests/unit/face_auth/adapters/test_tencent.py repeats;
and from the SDK `tencentcloud-sdk-python`: faceid/v20180301/models.py, common/sign.py.

Traps: three members must all be 0, each of them a number and none of them missing. The result
can be fetched for three days as often as one likes: that it is used once is our business.
`CompareLibType` other than the authoritative base is a picture somebody handed in. We ask for
text only (`InfoType` 1), so that no picture is sent at all.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

from pydantic import SecretStr

from certstore.certificates import Holder
from certstore.clock import Clock, unix
from face_auth.adapters.asking import Answer, Asker, unreadable
from face_auth.adapters.reading import Reader, figure, moment_of_milliseconds
from face_auth.challenge import Started, StartRequest
from face_auth.pulling import Finding, Outcome, Question

ENDPOINT: Final = "https://faceid.tencentcloudapi.com"
VERSION: Final = "2018-03-01"
SERVICE: Final = "faceid"
_ALGORITHM = "TC3-HMAC-SHA256"
_CONTENT_TYPE = "application/json; charset=utf-8"
_AUTHORITATIVE = frozenset({"权威库"})
_TAGS = tuple(f"{number:02}" for number in range(1, 15))  # why liveness was refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Tencent:
    """Begins verifications, and asks how they ended; `rule_id` is the flow set up with them."""

    asker: Asker
    secret_id: str
    secret_key: SecretStr
    rule_id: str
    clock: Clock

    def start(self, request: StartRequest) -> Started:
        """Get a BizToken for this person; see Starter."""
        said = {
            "RuleId": self.rule_id,
            "IdCard": request.holder.id_number.upper(),
            "Name": request.holder.name,
            "RedirectUrl": request.return_url,
            "Extra": request.nonce,
        }
        _, found = self._ask("DetectAuth", said)
        return Started(found.text("BizToken"), found.address("Url"))

    def fetch(self, question: Question) -> Finding:
        """Fetch the text of the result; see Puller."""
        said = {"BizToken": question.provider_ref, "RuleId": self.rule_id, "InfoType": "1"}
        answer, response = self._ask("GetDetectInfoEnhanced", said)
        text = response.inner_or_none("Text")
        if text is None or text.whole_or_none("ErrCode") is None:
            return Finding(outcome="pending", raw_sha256=answer.raw_sha256)
        outcome = _outcome(text)
        sim = text.text_or_none("Sim")
        return Finding(
            outcome=outcome,
            failure="none" if outcome == "pass" else _failure(text),
            raw_sha256=answer.raw_sha256,
            nonce=text.text_or_none("Extra"),
            subject=_subject(text),
            comparison_source=_source(text.text_or_none("CompareLibType")),
            score=None if sim is None else figure(sim, text, "Sim"),
            device_risk=_attacks(text),
            verified_at=_moment(text),
        )

    def _ask(self, action: str, said: Mapping[str, str]) -> tuple[Answer, Reader]:
        body = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
        moment = unix(self.clock.now())
        headers = {
            "content-type": _CONTENT_TYPE,
            "host": self.asker.host,
            "x-tc-action": action,
            "x-tc-version": VERSION,
            "x-tc-timestamp": str(moment),
        }
        signed = {name: headers[name] for name in ("content-type", "host", "x-tc-action")}
        secret = self.secret_key.get_secret_value()
        said_of_us = authorization(signed, body, moment, SERVICE, (self.secret_id, secret))
        answer = self.asker.post("/", body, headers={**headers, "authorization": said_of_us})
        response = Reader(self.asker.provider, answer.members).inner("Response")
        error = response.inner_or_none("Error")
        if error is not None:
            code = error.text("Code")[:60]
            raise unreadable(self.asker.provider, "refused", f"Tencent refuses: {code}")
        return answer, response


def authorization(
    signed: Mapping[str, str], body: bytes, moment: int, service: str, secret: tuple[str, str]
) -> str:
    """The Authorization header for a POST of `body` at `moment` (seconds since 1970).

    `signed` are the headers to sign; the action's value is signed in lower case. `secret` is
    the id and the key.
    """
    secret_id, secret_key = secret
    day = datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d")
    ordered = sorted(signed.items())
    lines = "".join(
        f"{name}:{value.lower() if name == 'x-tc-action' else value}\n" for name, value in ordered
    )
    names = ";".join(name for name, _ in ordered)
    request = f"POST\n/\n\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
    scope = f"{day}/{service}/tc3_request"
    hashed = hashlib.sha256(request.encode()).hexdigest()
    to_sign = f"{_ALGORITHM}\n{moment}\n{scope}\n{hashed}"
    key = f"TC3{secret_key}".encode()
    for part in (day, service, "tc3_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
    return (
        f"{_ALGORITHM} Credential={secret_id}/{scope}, SignedHeaders={names}, Signature={signature}"
    )


def _outcome(text: Reader) -> Outcome:
    codes = (text.whole_or_none(name) for name in ("ErrCode", "LiveStatus", "Comparestatus"))
    return "pass" if all(code == 0 for code in codes) else "fail"  # None is not 0: missing fails


def _failure(text: Reader) -> Literal["not_the_person", "other"]:
    alive, same = text.whole_or_none("LiveStatus"), text.whole_or_none("Comparestatus")
    return "not_the_person" if alive == 0 and same not in {None, 0} else "other"


def _subject(text: Reader) -> Holder | None:
    number, name = text.text_or_none("IdCard"), text.text_or_none("Name")
    return None if number is None or name is None else Holder(name, "111", number)


def _source(library: str | None) -> str | None:
    """None leaves what our registry says; anything but the authoritative base lowers it."""
    return None if library is None or library in _AUTHORITATIVE else "uploaded_photo"


def _attacks(text: Reader) -> tuple[str, ...] | None:
    """What the liveness check minded; None where it says nothing."""
    tags = text.raw("LivenessInfoTag")
    if tags is None:
        return None
    if not isinstance(tags, list) or not all(tag in _TAGS for tag in tags):
        raise text.fault("LivenessInfoTag")
    return tuple(sorted({f"liveness_{tag}" for tag in tags}))


def _moment(text: Reader) -> datetime | None:
    """When the comparison that passed was asked for; None where no detail says so."""
    told = [
        moment_of_milliseconds(when, detail, "ReqTime")
        for detail in text.objects("LivenessDetail")
        if detail.whole_or_none("Errcode") == 0 and (when := detail.text_or_none("ReqTime"))
    ]
    return max(told, default=None)
