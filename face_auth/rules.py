"""What a face result must be: dated rules, read from data; a result is judged by its day's."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Any

from certstore.errors import MalformedError, UnavailableError


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceRule:
    """One rule; times in seconds, `max_fmr` a false match rate."""

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

    def blocking(self, risks: Iterable[str]) -> tuple[str, ...]:
        """Those device risks that stand in the way: all that are not known to be harmless."""
        return tuple(risk for risk in risks if risk not in self.harmless_device_risks)


_LISTS = ("modes", "comparison_sources", "assurance_levels", "harmless_device_risks")


def read_rules(text: str | None = None) -> tuple[FaceRule, ...]:
    """Read rules from TOML, ours when none is given; MalformedError names what cannot be read."""
    if text is None:
        text = (files("face_auth") / "rules.toml").read_text(encoding="utf-8")
    try:
        found = [_rule(table) for table in tomllib.loads(text)["rule"]]
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
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
    for name in ("max_age", "max_token_lifetime", "transaction_lifetime"):
        if type(table[name]) is not int or table[name] <= 0:
            raise TypeError(f"{name} is a whole number of seconds")
    if type(table["max_fmr"]) is not float or not 0 < table["max_fmr"] < 1:
        raise TypeError("max_fmr is a rate between 0 and 1")
    if type(table["effective"]) is not date:
        raise TypeError("effective is a date")
    if not all(isinstance(table[name], list) for name in _LISTS):
        raise TypeError(f"{', '.join(_LISTS)} are lists")
    return FaceRule(**{**table, **{name: frozenset(table[name]) for name in _LISTS}})
