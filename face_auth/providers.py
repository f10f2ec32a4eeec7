"""Our registry of face providers: data we hold about them, whatever they say of themselves."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from importlib.resources import files
from typing import Any, Literal, get_args

from certstore.clock import local_date
from certstore.errors import MalformedError
from certstore.jwk import from_jwk
from certstore.keys import PublicKey, key_id
from face_auth.adapters.standing import ADAPTERS, Kind
from face_auth.result import Assurance, FaceResult, SigningKey

_ID = re.compile("[a-z][a-z0-9_-]{1,39}")
_UNSAID_WORDS: Mapping[str, frozenset[str]] = {
    "channel": frozenset({"app", "mini_program", "web", "counter"}),
    "mode": frozenset({"1:1", "1:n"}),
    "score": frozenset({"decided_by_provider"}),
    "subject": frozenset({"since_begun"}),
    "verified_at": frozenset({"since_begun"}),
}
_LEVELS: tuple[Assurance, ...] = get_args(Assurance)  # weakest first


@dataclass(frozen=True, slots=True)
class Certified:
    """That a detection was certified: by which certificate, up to and including which day."""

    certificate: str
    until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsaid:
    """What we answer for where a provider's answer says nothing; None: then it is refused.

    `since_begun`: the provider's id was made when the transaction began, for that person, so
    the person is the one it was made for, and the time is that moment at the earliest.
    """

    channel: str | None = None
    mode: str | None = None
    device_risk: tuple[str, ...] | None = None
    score: Literal["decided_by_provider"] | None = None
    subject: Literal["since_begun"] | None = None
    verified_at: Literal["since_begun"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A face provider; `pad` and `iad`: presentation-attack and injection-attack detection.

    `adapter` is how it speaks (face_auth/adapters). The rest from `unsaid` on is for providers
    that we ask: `threshold` of its score, `endpoint` in place of its usual one, `launch` where
    the person is sent, with `{id}` for the provider's id.
    """

    id: str
    name_zh: str
    name_en: str
    kind: Kind
    active_from: date
    active_to: date  # the last day
    comparison_source: str
    fmr: float
    assurance_level: Assurance
    pad: Certified | None = None
    iad: Certified | None = None
    sandbox: bool = False
    adapter: str = "signed_push"
    allow_unproven: bool = False
    unsaid: Unsaid = Unsaid()
    threshold: float | None = None
    endpoint: str | None = None
    launch: str | None = None

    @property
    def proven(self) -> bool:
        """Whether its adapter was built after a published example."""
        return ADAPTERS[self.adapter].proven

    def active_on(self, day: date) -> bool:
        """Whether it may be used; first and last day count."""
        return self.active_from <= day <= self.active_to

    def lowered(self, result: FaceResult, day: date) -> FaceResult:
        """The result as far as we believe it: it may say less than our registry, never more."""
        # Where the two differ, the registry's word is the ceiling; a weaker source stays weaker.
        weaker_source = result.comparison_source == "uploaded_photo"
        source = result.comparison_source if weaker_source else self.comparison_source
        fmr = max(result.fmr, self.fmr)
        pad = result.pad and _holds(self.pad, day)
        iad = result.iad and _holds(self.iad, day)
        level = min(result.assurance_level, self.assurance_level, key=_LEVELS.index)
        said = (result.comparison_source, result.fmr, result.pad, result.iad)
        if (*said, result.assurance_level) == (source, fmr, pad, iad, level):
            return result  # the usual case, and a copy would cost more than the judging
        return replace(
            result, comparison_source=source, fmr=fmr, pad=pad, iad=iad, assurance_level=level
        )


def _holds(certified: Certified | None, day: date) -> bool:
    return certified is not None and day <= certified.until


@dataclass(frozen=True, slots=True)
class Registry:
    """Every provider we know, and their keys by key identifier."""

    providers: Mapping[str, Provider]
    keys: Mapping[str, SigningKey] = field(default_factory=dict)

    def provider(self, provider_id: str) -> Provider | None:
        """The provider with this id."""
        return self.providers.get(provider_id)

    def key(self, kid: str) -> SigningKey | None:
        """The key with this identifier, whosever it is."""
        return self.keys.get(kid)

    def with_key(
        self, provider_id: str, public_key: PublicKey, valid_from: datetime, valid_to: datetime
    ) -> "Registry":
        """A registry that knows one key more; MalformedError if another provider has it."""
        kid = key_id(public_key)
        if provider_id not in self.providers:
            raise MalformedError("a key names a face provider that is not listed", where="key")
        if kid in self.keys and self.keys[kid].provider != provider_id:
            raise MalformedError(
                "two face providers share a key",
                where=kid,
                remedy="ask both for a key of their own: nobody can tell them apart",
            )
        key = SigningKey(provider_id, public_key, valid_from, valid_to)
        return replace(self, keys={**self.keys, kid: key})

    def usable(self, provider_id: str, now: datetime) -> Provider | None:
        """The provider, if it may be used now and, if it pushes, has a key to be believed by.

        One whose adapter is unproven may not, unless its entry allows it in so many words.
        """
        found = self.providers.get(provider_id)
        if found is None or not found.active_on(local_date(now)):
            return None
        if not (found.proven or found.allow_unproven):
            return None
        mine = (key for key in self.keys.values() if key.provider == provider_id)
        has_key = any(key.valid_from <= now < key.valid_to for key in mine)
        return found if has_key or found.kind == "pull" else None


def read_registry(text: str | None = None, *, demonstration: bool) -> Registry:
    """Read providers from TOML, ours when none is given; MalformedError says what is wrong where.

    A sandbox is refused unless `demonstration`: it passes everybody who asks it to.
    """
    if text is None:
        text = (files("face_auth") / "providers.toml").read_text(encoding="utf-8")
    try:
        tables = tomllib.loads(text)["provider"]
        registry = Registry({table["id"]: _provider(table) for table in tables})
        for table in tables:
            for key in table.get("key", ()):
                dates = (_moment(key["valid_from"]), _moment(key["valid_to"]))
                registry = registry.with_key(table["id"], from_jwk(key["jwk"]), *dates)
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as error:
        raise MalformedError(
            f"the face providers cannot be read: {error}",
            where="providers.toml",
            remedy="compare with the file that came with the service",
        ) from error
    if len(registry.providers) != len(tables):
        raise MalformedError("two face providers have one id", where="providers.toml")
    _refuse_sandbox(registry, demonstration=demonstration)
    return registry


def _refuse_sandbox(registry: Registry, *, demonstration: bool) -> None:
    for provider in registry.providers.values():
        if provider.sandbox and not demonstration:
            raise MalformedError(
                "a sandbox face provider is listed beside production keys",
                where=provider.id,
                remedy="list providers of your own that are no sandbox",
            )


def _provider(table: Mapping[str, Any]) -> Provider:
    said = {name: value for name, value in table.items() if name != "key"}
    if "unsaid" in said:
        said["unsaid"] = _unsaid(said["unsaid"])
    if said.get("adapter", "signed_push") not in ADAPTERS:
        raise TypeError(f"{said['id']}: there is no such adapter")
    marks = {name: Certified(**table[name]) for name in ("pad", "iad") if name in table}
    provider = Provider(**{**said, **marks})
    _check(provider)
    return provider


def _unsaid(table: Mapping[str, Any]) -> Unsaid:
    said = dict(table)
    if "device_risk" in said:
        listed = isinstance(said["device_risk"], list)
        if not listed or not all(isinstance(risk, str) for risk in said["device_risk"]):
            raise TypeError("device_risk is a list of risks")
        said["device_risk"] = tuple(said["device_risk"])
    for name, words in _UNSAID_WORDS.items():
        if name in said and said[name] not in words:
            raise TypeError(f"unsaid.{name} is none of {', '.join(sorted(words))}")
    return Unsaid(**said)


def _check(provider: Provider) -> None:
    marks = (mark for mark in (provider.pad, provider.iad) if mark is not None)
    ends: list[Any] = [
        provider.active_from,
        provider.active_to,
        *(mark.until for mark in marks),
    ]
    sound = (
        _ID.fullmatch(provider.id) is not None
        and provider.kind == ADAPTERS[provider.adapter].kind
        and _is(bool, provider.allow_unproven)
        and (provider.threshold is None or _is(float, provider.threshold))
        and all(text is None or _is(str, text) for text in (provider.endpoint, provider.launch))
        and provider.assurance_level in _LEVELS
        and provider.comparison_source in {"police_photo_base", "population_base", "uploaded_photo"}
        and _is(float, provider.fmr)
        and 0 < provider.fmr <= 1
        and _is(bool, provider.sandbox)
        and all(_is(date, end) for end in ends)
    )
    if not sound:
        raise MalformedError(
            "a face provider's entry holds a value of the wrong kind",
            where=str(provider.id),
            remedy="compare with the file that came with the service",
        )


def _is(kind: type, value: object) -> bool:
    # Not isinstance: a moment is a date to Python, and 1 is as good as true.
    return type(value) is kind


def _moment(value: object) -> datetime:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise TypeError("a key's valid_from and valid_to are moments with an offset")
    return value
