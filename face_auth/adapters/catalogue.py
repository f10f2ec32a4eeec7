"""From a provider's entry and its credentials to what speaks with it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from certstore.clock import Clock
from certstore.errors import MalformedError
from certstore.keys import RsaSigner
from face_auth.adapters import alipay, aliyun, network_identity, signed_push, tencent, wechat
from face_auth.adapters.asking import Asker
from face_auth.challenge import Starter
from face_auth.providers import Provider
from face_auth.pulling import Puller

# What an adapter must be given; each is a text, and none of them is ever logged.
CREDENTIALS: Final[Mapping[str, frozenset[str]]] = {
    "signed_push": frozenset({"secret"}),
    "wechat": frozenset({"app_id", "app_secret", "openid_issuer"}),
    "aliyun": frozenset({"key_id", "key_secret", "scene_id", "product"}),
    "tencent": frozenset({"secret_id", "secret_key", "rule_id"}),
    "alipay": frozenset({"app_id", "key_file", "alipay_key"}),
    "network_identity": frozenset({"org_id", "business_id", "secret", "pairwise_issuer"}),
}
_ENDPOINTS = {
    "wechat": wechat.ENDPOINT,
    "aliyun": aliyun.ENDPOINT,
    "tencent": tencent.ENDPOINT,
    "alipay": alipay.ENDPOINT,
}
_LAUNCHED = frozenset({"wechat", "network_identity"})


@dataclass(frozen=True, slots=True)
class Connected:
    """What begins verifications at a provider, and what asks for results where we ask."""

    starter: Starter
    puller: Puller | None


def connect(
    provider: Provider,
    credentials: Mapping[str, SecretStr],
    clock: Clock,
    open_key: Callable[[Path], RsaSigner],
) -> Connected:
    """Speak with this provider; MalformedError names the credential or entry that is missing.

    `open_key` opens the file of an RSA key of ours, for the provider that wants one.
    """
    wanted = CREDENTIALS.get(provider.adapter, frozenset())
    if not wanted or credentials.keys() != wanted:
        raise MalformedError(
            f"this face provider takes the credentials {', '.join(sorted(wanted)) or 'none'}",
            where=f"CERTSTORE_FACE_CREDENTIALS: {provider.id}",
            remedy="compare with docs/face.md",
        )
    endpoint = provider.endpoint or _ENDPOINTS.get(provider.adapter)
    launch = provider.launch or ""
    if endpoint is None or (provider.adapter in _LAUNCHED and "{id}" not in launch):
        raise MalformedError(
            "a face provider's entry says neither where it is asked nor where people are sent",
            where=provider.id,
            remedy="give it an `endpoint`, and a `launch` with {id} where its adapter needs one",
        )
    said = {name: secret.get_secret_value() for name, secret in credentials.items()}
    adapter = _BUILT[provider.adapter](
        _Parts(Asker(provider.id, endpoint), said, launch, clock, open_key)
    )
    return Connected(adapter, adapter if isinstance(adapter, _PULLERS) else None)


@dataclass(frozen=True, slots=True)
class _Parts:
    """What an adapter is built from."""

    asker: Asker
    said: Mapping[str, str]
    launch: str
    clock: Clock
    open_key: Callable[[Path], RsaSigner]

    def secret(self, name: str) -> SecretStr:
        """A credential that no repr shows."""
        return SecretStr(self.said[name])


def _wechat(parts: _Parts) -> Starter:
    return wechat.WeChat(
        asker=parts.asker,
        app_id=parts.said["app_id"],
        app_secret=parts.secret("app_secret"),
        openid_issuer=parts.said["openid_issuer"],
        launch=parts.launch,
    )


def _aliyun(parts: _Parts) -> Starter:
    return aliyun.Aliyun(
        asker=parts.asker,
        key_id=parts.said["key_id"],
        key_secret=parts.secret("key_secret"),
        scene_id=parts.said["scene_id"],
        product=parts.said["product"],
        clock=parts.clock,
    )


def _tencent(parts: _Parts) -> Starter:
    return tencent.Tencent(
        asker=parts.asker,
        secret_id=parts.said["secret_id"],
        secret_key=parts.secret("secret_key"),
        rule_id=parts.said["rule_id"],
        clock=parts.clock,
    )


def _alipay(parts: _Parts) -> Starter:
    return alipay.Alipay(
        asker=parts.asker,
        app_id=parts.said["app_id"],
        signer=parts.open_key(Path(parts.said["key_file"])),
        alipay_key=alipay.read_alipay_key(parts.said["alipay_key"]),
        clock=parts.clock,
    )


def _network_identity(parts: _Parts) -> Starter:
    return network_identity.NetworkIdentity(
        asker=parts.asker,
        org_id=parts.said["org_id"],
        business_id=parts.said["business_id"],
        secret=parts.secret("secret"),
        pairwise_issuer=parts.said["pairwise_issuer"],
        launch=parts.launch,
    )


def _signed_push(parts: _Parts) -> Starter:
    return signed_push.SignedPush(asker=parts.asker, secret=parts.secret("secret"))


_BUILT: Final[Mapping[str, Callable[[_Parts], Starter]]] = {
    "wechat": _wechat,
    "aliyun": _aliyun,
    "tencent": _tencent,
    "alipay": _alipay,
    "network_identity": _network_identity,
    "signed_push": _signed_push,
}
_PULLERS = (
    wechat.WeChat,
    aliyun.Aliyun,
    tencent.Tencent,
    alipay.Alipay,
    network_identity.NetworkIdentity,
)
