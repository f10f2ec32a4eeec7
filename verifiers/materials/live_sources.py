"""Which sources are asked live, and where: a file of the installation, read strictly."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import NoReturn
from urllib.parse import urlsplit

from certstore.errors import MalformedError
from certstore.identifiers import CreditCode

_MEMBERS = frozenset({"uscc", "url", "last_known_days"})
_MOST_DAYS = 30
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True)
class SourceAddress:
    """A source's credit code, its address, and how long its last word counts without it."""

    uscc: str
    url: str
    last_known_for: timedelta


def read_sources(text: str) -> Mapping[str, SourceAddress]:
    """Read `[[source]]` tables (uscc, url, last_known_days 0-30), by credit code.

    Raises MalformedError naming the table; plain http is taken on loopback alone.
    """
    try:
        tables = tomllib.loads(text).get("source", [])
    except tomllib.TOMLDecodeError as error:
        raise MalformedError(f"the sources cannot be read: {error}", where="sources") from error
    if not isinstance(tables, list):
        _refuse("sources", "write each source as a [[source]] table")
    found = [_address(table, f"source[{n}]") for n, table in enumerate(tables)]
    if len({address.uscc for address in found}) != len(found):
        _refuse("sources", "two sources have one credit code")
    return {address.uscc: address for address in found}


def _address(table: object, where: str) -> SourceAddress:
    if not isinstance(table, dict) or table.keys() != _MEMBERS:
        _refuse(where, f"must hold exactly {', '.join(sorted(_MEMBERS))}")
    uscc, url, days = table["uscc"], table["url"], table["last_known_days"]
    if not isinstance(uscc, str) or not isinstance(url, str) or type(days) is not int:
        _refuse(where, "uscc and url are texts, last_known_days a whole number")
    if not 0 <= days <= _MOST_DAYS:
        _refuse(where, f"last_known_days is 0 to {_MOST_DAYS}")
    parts = urlsplit(url)
    plain = parts.scheme == "http" and parts.hostname in _LOOPBACK
    if not (plain or (parts.scheme == "https" and parts.hostname)) or "@" in parts.netloc:
        _refuse(where, "url begins with https:// and holds no password")
    return SourceAddress(CreditCode.parse(uscc).value, url, timedelta(days=days))


def _refuse(where: str, detail: str) -> NoReturn:
    raise MalformedError(detail, where=where, remedy="compare with docs/operations.md")
