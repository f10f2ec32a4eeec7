"""Other cities, as our operator knows them: a TOML file, a table for each (docs/federation.md)."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from certstore.errors import MalformedError
from certstore.plain_words import plain_words

_WHERE = "CERTSTORE_PEERS_FILE"
_MOST_PEERS = 400
Code = Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]{0,39}$")]
Name = Annotated[str, Field(min_length=1, max_length=40), AfterValidator(plain_words)]
Word = Annotated[str, Field(pattern="^[!-~]{1,80}$")]
Words = Annotated[tuple[Word, ...], Field(min_length=1, max_length=50)]
Path = Annotated[str, Field(min_length=1, max_length=400)]


class PeerPurpose(BaseModel):
    """What one of our purposes is over there: as their agreement with us names and limits it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    purpose_id: Word
    matter_code: Word
    cert_types: Words
    fields: Words


class _PeerIn(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    code: Code
    name_zh: Name
    name_en: Name
    base_url: Annotated[str, Field(pattern=r"^https?://[!-~]{1,200}$")]
    client_id: Word
    root: Path
    key: Path
    purposes: dict[Word, PeerPurpose] = Field(min_length=1, max_length=200)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    peer: tuple[_PeerIn, ...] = Field(max_length=_MOST_PEERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """Another city: where it is asked, as whom, and which of our purposes it knows as which.

    `root` and `key` name files: the pinned root certificate, and the key we are known by there.
    """

    code: str
    name_zh: str
    name_en: str
    base_url: str
    client_id: str
    root: str
    key: str
    purposes: Mapping[str, PeerPurpose]


def parse_peers(text: str, own_url: str) -> Sequence[Peer]:
    """Read the file; MalformedError names what is wrong in it.

    A city stands in it once, by its code and by its address, and never is it our own.
    """
    try:
        said = _File.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise MalformedError("the list of peers is no TOML", where=_WHERE) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise MalformedError(first["msg"], where=f"{_WHERE}: {place}") from error
    peers = [
        Peer(**{**dict(one), "base_url": one.base_url.rstrip("/"), "purposes": one.purposes})
        for one in said.peer
    ]
    for name in ("code", "base_url"):
        named = [getattr(peer, name) for peer in peers]
        if len(set(named)) != len(named):
            raise MalformedError("a city stands there twice", where=f"{_WHERE}: {name}")
    if own_url in {peer.base_url for peer in peers}:
        raise MalformedError("a city is no peer of itself", where=f"{_WHERE}: {own_url}")
    return peers
