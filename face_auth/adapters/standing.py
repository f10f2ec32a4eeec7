"""How well each adapter's shape is known: from what is published, or from nothing that is."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

Kind = Literal["push", "pull"]


@dataclass(frozen=True, slots=True)
class Standing:
    """An adapter: whether results come or are fetched, and what its shape is taken from.

    An unproven one was built without a published example of an answer. A provider that uses it
    is off until its entry in the registry says `allow_unproven = true`.
    """

    kind: Kind
    proven: bool
    taken_from: str


ADAPTERS: Final[Mapping[str, Standing]] = MappingProxyType(
    {
        "sandbox": Standing("push", proven=True, taken_from="ourselves: it signs what it is told"),
        "signed_push": Standing(
            "push", proven=True, taken_from="ourselves: docs/face.md, the sandbox's shape"
        ),
        "wechat": Standing(
            "pull",
            proven=True,
            taken_from="微信开放文档 · 小程序服务端 · 微信人脸核身: getVerifyId, queryVerifyInfo",
        ),
        "aliyun": Standing(
            "pull",
            proven=True,
            taken_from="阿里云 · 金融级实人认证: InitFaceVerify, DescribeFaceVerify (2019-03-07);"
            " V3版本请求体&签名机制",
        ),
        "tencent": Standing(
            "pull",
            proven=True,
            taken_from="腾讯云 · 人脸核身 API 2018-03-01: DetectAuth, GetDetectInfoEnhanced;"
            " 签名方法 v3",
        ),
        "alipay": Standing(
            "pull",
            proven=True,
            taken_from="支付宝开放平台 · alipay.user.certify.open.initialize, .certify, .query",
        ),
        "network_identity": Standing(
            "pull",
            proven=False,
            taken_from="微信小程序接入国家网络身份认证公共服务指引 1.0 names modes and items of a"
            " credential; no example of the credential itself is published",
        ),
    }
)
