"""Each certificate type as data: its fields, sensitivity, validity, layout (GB/T 36902, 36903).

One TOML file a type, read strictly at start; an unknown word in a file stops the service.
"""

import calendar
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Any

from certstore.certificates import Validity
from certstore.errors import MalformedError, NotFoundError
from certstore.identifiers import CreditCode

_FIELD_KEYS = {"name", "label_zh", "label_en", "gb36903", "sensitivity", "source"}
_TYPE_KEYS = {"code", "type_code", "title_zh", "title_en", "issuer_uscc", "holder_kind", "fields"}
# The standard's own elements that a field may be; every other one is an extension.
_ELEMENT = re.compile(
    "ZZBH|ZZBS|ZZBFJG|ZZBFJGDM|ZZBFRQ|CZZT|CZZTDM|CZZTDMLX|CZZTDMLXDM|ZZYXQQSRQ|ZZYXQJZRQ"
    "|KZ_[A-Z0-9]+"
)
_TYPE_OPTIONS = {
    *("number_prefix", "valid_for", "layout", "seal_zh"),
    *("handed_in", "any_source", "for_others", "begins_later"),
}
_FIELD_OPTIONS = {"optional", "printed", "values", "date"}
_SENSITIVITIES = {"plain", "personal", "sensitive"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a type: its labels, its name in GB/T 36903, how sensitive it is."""

    name: str
    label_zh: str
    label_en: str
    gb36903: str
    sensitivity: str  # plain | personal | sensitive
    source: str
    optional: bool = False
    printed: bool = True
    values: tuple[str, ...] = ()  # the only texts it may hold; empty: any
    date: bool = False  # YYYY-MM-DD


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateType:
    """One type of certificate (证照类型)."""

    code: str
    type_code: str  # 21 characters, GB/T 36904
    title_zh: str
    title_en: str
    issuer_uscc: str
    holder_kind: str
    fields: tuple[Field, ...]
    number_prefix: str = ""
    valid_for: str = ""  # "1Y", "6M", "30D"; empty: without end
    layout: str = ""
    seal_zh: str = ""  # which seal of the authority's it bears
    handed_in: bool = False
    any_source: bool = False  # every enrolled source may hand it in (employers, schools)
    for_others: bool = False  # sealed here for the authorities enrolled for it
    begins_later: bool = False  # may be issued before its first day

    def field(self, name: str) -> Field | None:
        """The field of this name."""
        return next((f for f in self.fields if f.name == name), None)

    def validity_from(self, day: date) -> Validity:
        """How long a certificate issued on this day is valid; both days count."""
        if not self.valid_for:
            return Validity(day, None)
        amount, unit = int(self.valid_for[:-1]), self.valid_for[-1]
        if unit == "D":
            return Validity(day, day + timedelta(days=amount - 1))
        months = amount * 12 if unit == "Y" else amount
        return Validity(day, add_months(day, months) - timedelta(days=1))


def add_months(day: date, months: int) -> date:
    """The same day so many months on, the month's end clamped (31 August + 6 = 28 February)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    month += 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


@cache
def catalogue() -> Mapping[str, CertificateType]:
    """Every certificate type by its code."""
    folder = resources.files("certstore.catalogue")
    types = [
        read_type(entry.read_text("utf-8"), entry.name)
        for entry in sorted(folder.iterdir(), key=lambda e: e.name)
        if entry.name.endswith(".toml")
    ]
    return {kind.code: kind for kind in types}


def certificate_type(code: str) -> CertificateType:
    """The type with this code; NotFoundError if the catalogue has none."""
    try:
        return catalogue()[code]
    except KeyError:
        raise NotFoundError("the catalogue has no such certificate type", where=code) from None


def read_type(text: str, where: str) -> CertificateType:
    """Read one type's file; MalformedError names what is wrong in it."""
    data = tomllib.loads(text)
    _check_keys(data, _TYPE_KEYS, _TYPE_OPTIONS, where)
    CreditCode.parse(data["issuer_uscc"])
    if len(data["type_code"]) != 21 or data["type_code"][:18] != data["issuer_uscc"]:  # noqa: PLR2004 - GB/T 36904
        raise MalformedError("a type code is a credit code and 3 characters", where=where)
    fields = tuple(_read_field(entry, where) for entry in data.pop("fields"))
    if len({f.name for f in fields}) != len(fields):
        raise MalformedError("a field is named twice", where=where)
    if len({f.gb36903 for f in fields}) != len(fields):
        raise MalformedError("an element of GB/T 36903 is named twice", where=where)
    return CertificateType(fields=fields, **data)


def _read_field(entry: dict[str, Any], where: str) -> Field:
    _check_keys(entry, _FIELD_KEYS, _FIELD_OPTIONS, where)
    if entry["sensitivity"] not in _SENSITIVITIES:
        raise MalformedError("an unknown sensitivity", where=f"{where}: {entry['name']}")
    if not _ELEMENT.fullmatch(entry["gb36903"]):
        raise MalformedError(
            "no element of GB/T 36903: its own names, or an extension KZ_…",
            where=f"{where}: {entry['name']}",
        )
    return Field(**{**entry, "values": tuple(entry.get("values", ()))})


def _check_keys(data: dict[str, Any], needed: set[str], options: set[str], where: str) -> None:
    missing, unknown = needed - set(data), set(data) - needed - options
    if missing or unknown:
        raise MalformedError(
            f"missing: {sorted(missing)}; unknown: {sorted(unknown)}",
            where=where,
            remedy="mend the catalogue file",
        )
