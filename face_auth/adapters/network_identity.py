"""The national network identity service (国家网络身份认证公共服务: 网号, 网证). UNPROVEN.

Known from 微信小程序接入国家网络身份认证公共服务指引, version 1.0 of 2026-04-28
(developers.weixin.qq.com, 小程序 · 城市服务), §1.3: the four modes, and that a credential
holds service time, service type, result, a pairwise identifier of the person for the service
that asks (网络身份应用标识) and, where a face was compared, its similarity; §2.2: that the app
is opened with orgID, businessID and bizSeq.

Not known: how a credential is written, asked for and signed. No example is published. The
member names below are ours; compare them with the platform's own document, handed out with
admission, before a provider with this adapter is allowed (`allow_unproven`).

Traps: a credential alone or with a password compares no face: it is a weaker thing than what
was asked for. The person has no name in it, but a pairwise identifier.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from pydantic import SecretStr

from face_auth.adapters.asking import Asker
from face_auth.adapters.reading import Reader, figure
from face_auth.challenge import Started, StartRequest
from face_auth.pulling import Finding, Question

FACE_MODES: Final = frozenset({"网证+人脸", "网证+口令+人脸"})
OTHER_MODES: Final = frozenset({"网证", "网证+口令"})
NO_FACE: Final = "none"  # the mode of a result for which no face was compared
_RESULTS: Final[Mapping[str, bool]] = {"通过": True, "不通过": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkIdentity:
    """Asks for credentials; accounts of `pairwise_issuer` carry the identifier as subject."""

    asker: Asker
    org_id: str
    business_id: str
    secret: SecretStr
    pairwise_issuer: str
    launch: str

    def start(self, request: StartRequest) -> Started:
        """Send the person into the app; our own id is the business sequence. See Starter."""
        return Started(request.our_txn, self.launch.replace("{id}", request.our_txn))

    def fetch(self, question: Question) -> Finding:
        """Ask for the credential of our sequence; see Puller."""
        said = {
            "orgID": self.org_id,
            "businessID": self.business_id,
            "bizSeq": question.provider_ref,
        }
        headers = {
            "content-type": "application/json",
            "authorization": f"Bearer {self.secret.get_secret_value()}",
        }
        answer = self.asker.post("/credential", json.dumps(said).encode(), headers=headers)
        found = Reader(self.asker.provider, answer.members)
        result = found.text_or_none("result")
        if result is None:
            return Finding(outcome="pending", raw_sha256=answer.raw_sha256)
        mode = found.text("mode")
        if result not in _RESULTS or mode not in FACE_MODES | OTHER_MODES:
            raise found.fault("mode")
        passed, score = _RESULTS[result], found.text_or_none("faceScore")
        issuer, _, subject = question.account.rpartition("#")
        known = issuer == self.pairwise_issuer and subject == found.text_or_none("pairwiseID")
        return Finding(
            outcome="pass" if passed else "fail",
            failure="none" if passed else "other",
            raw_sha256=answer.raw_sha256,
            provider_ref=found.text("bizSeq"),
            subject=question.holder if known else None,
            mode="1:1" if mode in FACE_MODES else NO_FACE,
            score=None if score is None else figure(score, found, "faceScore"),
            verified_at=_moment(found),
        )


def _moment(found: Reader) -> datetime:
    text = found.text("time")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise found.fault("time") from None
    if moment.tzinfo is None:
        raise found.fault("time")
    return moment.astimezone(UTC)
