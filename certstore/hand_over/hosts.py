"""Hosts: apps and mini-programs that open our pages, as our operator knows them (a TOML file)."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from certstore.errors import MalformedError
from certstore.jwk import from_jwk, thumbprint
from certstore.keys import PublicKey
from certstore.plain_words import plain_words
from certstore.web.dress import Lang

_WHERE = "CERTSTORE_ENTRY_HOSTS_FILE"
_MOST_HOSTS = 100
Code = Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]{0,39}$")]
Name = Annotated[str, Field(min_length=1, max_length=40), AfterValidator(plain_words)]
Origin = Annotated[str, Field(pattern=r"^https?://[a-z0-9.:\[\]-]{1,200}$")]
# Where "back" leads: a page by https, or the app itself by a scheme of its own (RFC 8252 §7.1).
Back = Annotated[str, Field(pattern=r"^(https://|[a-z][a-z0-9+.-]{2,40}:/{1,3})[!-~]{1,200}$")]
_SCHEMES_OF_BROWSERS = ("javascript:", "data:", "vbscript:", "blob:", "file:", "http:")


class _HostIn(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    code: Code
    name_zh: Name
    name_en: Name
    keys: tuple[dict[str, Any], ...] = Field(min_length=1, max_length=5)
    origins: tuple[Origin, ...] = Field((), max_length=20)
    back: Back | None = None


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    host: tuple[_HostIn, ...] = Field(max_length=_MOST_HOSTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """An app: its keys by their thumbprints (RFC 7638), the origins of its pages, the way back."""

    code: str
    name: Mapping[Lang, str]
    keys: Mapping[str, PublicKey]
    origins: frozenset[str]
    back: str


Hosts = Mapping[str, Host]


def parse_hosts(text: str) -> Hosts:
    """Read the file; MalformedError names what is wrong in it. A host stands in it once."""
    try:
        said = _File.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise MalformedError("the list of hosts is no TOML", where=_WHERE) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise MalformedError(first["msg"], where=f"{_WHERE}: {place}") from error
    hosts = {one.code: _host(one) for one in said.host}
    if len(hosts) != len(said.host):
        raise MalformedError("a host stands there twice", where=_WHERE)
    return hosts


def _host(said: _HostIn) -> Host:
    where = f"{_WHERE}: {said.code}"
    if said.back is not None and said.back.startswith(_SCHEMES_OF_BROWSERS):
        raise MalformedError("the way back is https, or a scheme of the app's own", where=where)
    try:
        keys = [from_jwk(key) for key in said.keys]
    except MalformedError as error:
        raise MalformedError(error.detail, where=where) from error
    return Host(
        code=said.code,
        name={"zh": said.name_zh, "en": said.name_en},
        keys={thumbprint(key): key for key in keys},
        origins=frozenset(said.origins),
        back=said.back or "",
    )
