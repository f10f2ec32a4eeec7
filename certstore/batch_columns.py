"""Rows whose columns are named as in GB/T 36903 (ZZBH, CZZTDM, KZ_…), turned into our members.

The tables are data: `batch_columns.toml`. A row may mix both kinds of names; what it says
twice, once under each, is refused even where both agree.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from certstore.batch_fields import FaultCode, Faults

_COLUMN = re.compile(r"ZZ[A-Z]{2,8}|CZZT[A-Z]{0,8}|KZ_[A-Z]{1,16}")
_COMPACT_DAY = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_JOINED = re.compile(r"[\^,，]")
_MOST_HOLDERS = 50
TYPE_COLUMNS = ("ZZLXDM", "ZZMC")


@dataclass(frozen=True, slots=True)
class ColumnTables:
    """The mapping tables, as the file has them."""

    record: Mapping[str, str]
    holders: Mapping[str, str]
    claims: Mapping[str, str]
    types: Mapping[str, str]
    same_as_record: Mapping[str, str]
    passed_over: frozenset[str]
    dates: frozenset[str]
    without_end: frozenset[str]


@cache
def column_tables() -> ColumnTables:
    """Read `batch_columns.toml`, once."""
    text = resources.files("certstore").joinpath("batch_columns.toml").read_text("utf-8")
    tables = tomllib.loads(text)
    return ColumnTables(
        record=tables["record"],
        holders=tables["holders"],
        claims=tables["claims"],
        types=tables["types"],
        same_as_record=tables["same_as_record"],
        passed_over=frozenset(tables["passed_over"]["columns"]),
        dates=frozenset(tables["dates"]["columns"]),
        without_end=frozenset(tables["dates"]["without_end"]),
    )


def has_columns(row: Mapping[str, object]) -> bool:
    """Whether any member of a row is named as a column of GB/T 36903."""
    return any(_COLUMN.fullmatch(name) for name in row)


def from_columns(
    row: Mapping[str, object], titles: Mapping[str, str], faults: Faults
) -> dict[str, object]:
    """Return the row under our names; `titles` are our types by Chinese title.

    Columns nobody knows stay as they are, for the reader to refuse by name.
    """
    turning = _Turning(column_tables(), titles, faults)
    for column, value in row.items():
        turning.take(column, value)
    return turning.members_and_claims()


class _Turning:
    """One row being turned; what is said twice is noted as a fault."""

    def __init__(self, tables: ColumnTables, titles: Mapping[str, str], faults: Faults) -> None:
        self._tables = tables
        self._types = {**tables.types, **titles}
        self._faults = faults
        self._members: dict[str, object] = {}
        self._claims: dict[str, object] = {}
        self._holders: dict[str, object] = {}
        self._repeats: dict[str, object] = {}

    def take(self, column: str, sent: object) -> None:
        """Put one member of the row where it belongs."""
        tables = self._tables
        value = _plain_day(sent, tables) if column in tables.dates else sent
        if column in TYPE_COLUMNS:
            self._put_type(column, value)
        elif column == "claims" and isinstance(value, dict):
            for name, claim in value.items():
                self._put(self._claims, name, claim, "claims")
        elif column not in tables.passed_over:
            into, name = self._place(column)
            self._put(into, name, value, column)

    def members_and_claims(self) -> dict[str, object]:
        """The whole row under our names."""
        if self._holders:
            holders = _split_holders(self._holders, self._faults)
            self._put(self._members, "holders", holders, "CZZT")
        for name, value in self._repeats.items():
            if self._members.setdefault(name, value) != value:
                why = "two columns that say the same do not agree"
                self._faults.note(FaultCode.COLUMN_TWICE, name, why)
        return {**self._members, "claims": self._claims}

    def _place(self, column: str) -> tuple[dict[str, object], str]:
        tables = self._tables
        for names, into in (
            (tables.record, self._members),
            (tables.holders, self._holders),
            (tables.claims, self._claims),
            (tables.same_as_record, self._repeats),
        ):
            if column in names:
                return into, names[column]
        return self._members, column

    def _put(self, into: dict[str, object], name: str, value: object, column: str) -> None:
        if name in into:
            why = "says what another member says already"
            self._faults.note(FaultCode.COLUMN_TWICE, column, why)
        into[name] = value

    def _put_type(self, column: str, value: object) -> None:
        word = self._types.get(value) if isinstance(value, str) else None
        known = self._members.get("type")
        if word is None:  # a title in other words may stand beside the code that counts
            self._members.setdefault("type", None)
        elif known not in (None, word):
            why = "names another type than another column does"
            self._faults.note(FaultCode.COLUMN_TWICE, column, why)
        else:
            self._members["type"] = word


def _plain_day(value: object, tables: ColumnTables) -> object:
    if not isinstance(value, str):
        return value
    if value in tables.without_end:
        return None
    match = _COMPACT_DAY.fullmatch(value)
    return "-".join(match.groups()) if match else value


def _split_holders(columns: Mapping[str, object], faults: Faults) -> object:
    """Turn joined names, numbers and types of number into a list of holders."""
    parts: dict[str, list[str]] = {}
    for member, value in columns.items():
        if not isinstance(value, str) or value.count("^") > _MOST_HOLDERS:
            faults.note(FaultCode.WRONG_TYPE, "CZZT", "a holder's column is not a text")
            return []
        parts[member] = [part.strip() for part in _JOINED.split(value)]
    count = len(parts.get("id_number", []))
    types = parts.setdefault("id_type", ["111"])
    if len(types) == 1:  # one type of number for all of them
        parts["id_type"] = types * count
    if any(len(found) != count for found in parts.values()) or "name" not in parts:
        faults.note(FaultCode.WRONG_TYPE, "CZZT", "names, numbers and their types do not pair up")
        return []
    return [dict(zip(parts, entry, strict=True)) for entry in zip(*parts.values(), strict=True)]
