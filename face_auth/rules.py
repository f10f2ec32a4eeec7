"""What a face result must be: dated rules, read from data; a result is judged by its day's."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from importlib.resources import files
from typing import Any

from certstore.errors import MalformedError, UnavailableError


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierRule:
    """When an earlier verification by the platform does; `max_age` in seconds."""

    trust_frameworks: frozenset[str]
    assurance_levels: frozenset[str]
    evidence: frozenset[str]
    max_age: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceRule:
    """One rule; times in seconds, `max_fmr` a false match rate, `guardian_below` an age."""

    version: str
    effective: date
    max_fmr: float
    max_age: int
    max_token_lifetime: int
    transaction_lifetime: int
    modes: frozenset[str]
    comparison_sources: frozenset[str]
    assurance_levels: frozenset[str]
    harmless_device_risks: frozenset[str]
    guardian_below: int
    consent_notice: str
    earlier: EarlierRule | None = None  # None: an earlier verification does not do

    def blocking(self, risks: Iterable[str]) -> tuple[str, ...]:
        """Those device risks that stand in the way: all that are not known to be harmless."""
        return tuple(risk for risk in risks if risk not in self.harmless_device_risks)


_LISTS = ("modes", "comparison_sources", "assurance_levels", "harmless_device_risks")
_EARLIER_LISTS = ("trust_frameworks", "assurance_levels", "evidence")
_SECONDS = ("max_age", "max_token_lifetime", "transaction_lifetime")


def read_rules(
    text: str | None = None, *, earlier_from: date | None = None
) -> tuple[FaceRule, ...]:
    """Read rules from TOML, ours when none is given; MalformedError names what cannot be read.

    From `earlier_from` on, if it is given, the file's optional rule holds: an earlier
    verification by the platform does in place of a face result.
    """
    if text is None:
        text = (files("face_auth") / "rules.toml").read_text(encoding="utf-8")
    try:
        said = tomllib.loads(text)
        found = [_rule(table) for table in said["rule"]]
        if earlier_from is not None:
            optional = _optional(said["optional_rule"], found, earlier_from)
            found = [rule for rule in found if rule.effective != earlier_from] + [optional]
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise MalformedError(
            f"the face rules cannot be read: {error}",
            where="rules.toml",
            remedy="compare with the rules that came with the service",
        ) from error
    return tuple(sorted(found, key=lambda rule: rule.effective))


def rule_on(rules: Iterable[FaceRule], day: date) -> FaceRule:
    """The rule in force on this day; UnavailableError before the first."""
    in_force = [rule for rule in rules if rule.effective <= day]
    if not in_force:
        raise UnavailableError(
            f"no face rule is in force on {day}", remedy="add one with an earlier effective date"
        )
    return max(in_force, key=lambda rule: rule.effective)


def _rule(table: Mapping[str, Any]) -> FaceRule:
    for name in _SECONDS:
        _whole_seconds(table, name)
    if type(table["max_fmr"]) is not float or not 0 < table["max_fmr"] < 1:
        raise TypeError("max_fmr is a rate between 0 and 1")
    if type(table["effective"]) is not date:
        raise TypeError("effective is a date")
    if type(table["guardian_below"]) is not int or table["guardian_below"] < 0:
        raise TypeError("guardian_below is an age in full years")
    if not isinstance(table["consent_notice"], str) or not table["consent_notice"]:
        raise TypeError("consent_notice names a text")
    said = {**table, **_sets(table, _LISTS)}
    if "earlier" in table:
        said["earlier"] = _earlier(table["earlier"])
    return FaceRule(**said)


def _optional(tables: Any, found: list[FaceRule], first: date) -> FaceRule:  # noqa: ANN401 - what TOML gave
    (table,) = tables
    before = rule_on(found, first)
    if table.keys() != {"version", "earlier"}:
        raise TypeError("an optional rule has a version and an `earlier`")
    rule = replace(before, version=table["version"], effective=first)
    return replace(rule, earlier=_earlier(table["earlier"]))


def _earlier(table: Mapping[str, Any]) -> EarlierRule:
    _whole_seconds(table, "max_age")
    return EarlierRule(**{**table, **_sets(table, _EARLIER_LISTS)})


def _whole_seconds(table: Mapping[str, Any], name: str) -> None:
    if type(table[name]) is not int or table[name] <= 0:
        raise TypeError(f"{name} is a whole number of seconds")


def _sets(table: Mapping[str, Any], names: Iterable[str]) -> dict[str, frozenset[str]]:
    if not all(isinstance(table[name], list) for name in names):
        raise TypeError(f"{', '.join(names)} are lists")
    return {name: frozenset(table[name]) for name in names}
