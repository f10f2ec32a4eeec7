"""What is written of each guide (`guides.toml`): where one begins, fee, basis, its passages."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from certstore.errors import MalformedError
from issuance.guides.meanings import Lang
from verifiers.materials.rule_parts import PhotoRule

_NEEDED: Final = {"begin", "fee", "basis", "passages"}
_OPTIONS: Final = {"matter", "needs", "days", "conditions", "materials", "result"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One guide as it is written; `days` names the figure that says how long it takes."""

    ref: str
    begin: str
    fee: str
    basis: tuple[Mapping[str, str], ...]
    passages: tuple[str, ...]
    matter: str = ""
    needs: tuple[str, ...] = ()
    days: str = ""
    conditions: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    result: str = ""


@cache
def listed_guides() -> Mapping[str, Listed]:
    """Every guide that is written, by its name."""
    raw = _file()
    return {ref: _read(ref, row, raw["basis"]) for ref, row in raw["guides"].items()}


def photo_ages(rule: PhotoRule, lang: Lang) -> str:
    """How old a photo may be at which age, as a phrase."""
    words = _file()["photo_ages"][lang]
    parts = [words["below"].format(below=age, years=years) for age, years in rule.years_by_age]
    parts.append(words["otherwise"].format(years=rule.years_otherwise))
    return str(words["between"].join(parts))


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads(files("issuance.guides").joinpath("guides.toml").read_text("utf-8"))


def _read(ref: str, row: Mapping[str, Any], basis: Mapping[str, Mapping[str, str]]) -> Listed:
    if _NEEDED - row.keys() or row.keys() - _NEEDED - _OPTIONS:
        raise MalformedError("a guide lacks something, or holds something unknown", where=ref)
    if unknown := sorted(set(row["basis"]) - basis.keys()):
        raise MalformedError("a guide names a basis that is not written", where=unknown[0])
    return Listed(
        ref=ref,
        begin=row["begin"],
        fee=row["fee"],
        basis=tuple(basis[name] for name in row["basis"]),
        passages=tuple(row["passages"]),
        matter=row.get("matter", ""),
        needs=tuple(row.get("needs", ())),
        days=row.get("days", ""),
        conditions=tuple(row.get("conditions", ())),
        materials=tuple(row.get("materials", ())),
        result=row.get("result", ""),
    )
