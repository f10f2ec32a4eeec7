"""WeChat face verification 2.0 (微信人脸核身), inside a mini-program.

Taken from 微信开放文档 (developers.weixin.qq.com), 小程序 · 服务端 API:
- 接口调用凭证 · getStableAccessToken (`/cgi-bin/stable_token`);
- 微信人脸核身 · getVerifyId and queryVerifyInfo, with their tables of members and of
  `verify_ret`;
- 微信人脸核身 2.0 · getFaceIdentifyImage, 注意事项: how `cert_hash` is made, with the worked
  example that tests/unit/face_auth/adapters/test_wechat.py repeats, and the rule for passing.

Traps: `errcode` 0 says only that the question arrived, `verify_ret` 10000 that the person
passed. Another openid or another person is answered with an `errcode` and no `verify_ret`.
The answer names no time, no score and no device risk.
"""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

from pydantic import SecretStr

from certstore.certificates import Holder
from certstore.errors import UnavailableError
from face_auth.adapters.asking import Answer, Asker, unreadable
from face_auth.adapters.reading import Reader
from face_auth.challenge import Started, StartRequest
from face_auth.pulling import Finding, Question
from face_auth.result import Failure

ENDPOINT: Final = "https://api.weixin.qq.com"
PASSED: Final = 10000
_NOT_THE_PERSON = frozenset({10003, 10004})  # number and name do not fit; the faces do not
_STALE_TOKEN = frozenset({40001, 40014, 42001})
_EARLY = 300  # seconds before its end a token is given up
_LONGEST_ID = 256
_JSON = {"content-type": "application/json"}


@dataclass(slots=True)
class _Token:
    """The access token at hand, and until when (monotonic seconds) it is used."""

    value: str = ""
    until: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True, slots=True, kw_only=True)
class WeChat:
    """Begins verifications, and asks how they ended.

    Accounts of `openid_issuer` carry the person's openid as their subject: the mini-program's
    own sign-in. Nobody else can begin here. `launch` leads into the mini-program.
    """

    asker: Asker
    app_id: str
    app_secret: SecretStr
    openid_issuer: str
    launch: str
    _token: _Token = field(default_factory=_Token, repr=False)

    def start(self, request: StartRequest) -> Started:
        """Get a verify_id for this person and openid; see Starter."""
        said = {
            "out_seq_no": request.our_txn,
            "cert_info": _cert_info(request.holder),
            "openid": self._openid(request.account),
        }
        answer = self._ask("/cityservice/face/identify/getverifyid", said)
        verify_id = Reader(self.asker.provider, answer.members).text("verify_id")
        if len(verify_id) > _LONGEST_ID:
            raise unreadable(self.asker.provider, "shape", "a verify_id is longer than it may be")
        return Started(verify_id, self.launch.replace("{id}", verify_id))

    def fetch(self, question: Question) -> Finding:
        """Query the true result; see Puller."""
        said = {
            "verify_id": question.provider_ref,
            "out_seq_no": question.our_txn,
            "cert_hash": cert_hash(_cert_info(question.holder)),
            "openid": self._openid(question.account),
        }
        answer = self._ask("/cityservice/face/identify/queryverifyinfo", said)
        found = Reader(self.asker.provider, answer.members).whole("verify_ret")
        passed = found == PASSED
        return Finding(
            outcome="pass" if passed else "fail",
            failure="none" if passed else _failure(found),
            raw_sha256=answer.raw_sha256,
        )

    def _openid(self, account: str) -> str:
        issuer, _, subject = account.rpartition("#")
        if issuer != self.openid_issuer or not subject:
            raise UnavailableError(
                "this verification is done inside the mini-program only",
                where=self.asker.provider,
                remedy="sign in inside the mini-program, or use another way than the face",
                cause="account",
            )
        return subject

    def _ask(self, path: str, said: Mapping[str, object]) -> Answer:
        token = self._access_token()
        answer = self.asker.post(
            path, _spelled(said), headers=_JSON, query=urlencode({"access_token": token})
        )
        code = Reader(self.asker.provider, answer.members).whole("errcode")
        if code in _STALE_TOKEN:
            self._token.until = 0.0  # the next question gets a new one
        if code != 0:
            raise unreadable(
                self.asker.provider, "refused", f"WeChat refuses the question: errcode {code}"
            )
        return answer

    def _access_token(self) -> str:
        with self._token.lock:
            if time.monotonic() >= self._token.until:
                said = {
                    "grant_type": "client_credential",
                    "appid": self.app_id,
                    "secret": self.app_secret.get_secret_value(),
                }
                answer = self.asker.post("/cgi-bin/stable_token", _spelled(said), headers=_JSON)
                found = Reader(self.asker.provider, answer.members)
                self._token.value = found.text("access_token")
                self._token.until = time.monotonic() + found.whole("expires_in") - _EARLY
            return self._token.value


def cert_hash(cert_info: Mapping[str, str]) -> str:
    """SHA-256, in hex, over the members with each value in base64, joined like a query."""
    names = ("cert_type", "cert_name", "cert_no")
    values = (base64.b64encode(cert_info[name].encode()).decode("ascii") for name in names)
    joined = "&".join(f"{name}={value}" for name, value in zip(names, values, strict=True))
    return hashlib.sha256(joined.encode("ascii")).hexdigest()


def _cert_info(holder: Holder) -> dict[str, str]:
    return {
        "cert_type": "IDENTITY_CARD",
        "cert_name": holder.name,
        "cert_no": holder.id_number.upper(),
    }


def _failure(verify_ret: int) -> Failure:
    return "not_the_person" if verify_ret in _NOT_THE_PERSON else "other"


def _spelled(said: Mapping[str, object]) -> bytes:
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
