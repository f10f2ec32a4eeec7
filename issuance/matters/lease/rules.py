"""The rules by which leases are filed: data with a version and a day, read strictly."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Self

from certstore.errors import MalformedError, NotFoundError
from verifiers.materials.strict_reading import Members

_WHOLE = (
    *("longest_term_years", "begins_within_days", "begun_at_most_days", "adult_age"),
    *("owners_who_sign_percent", "least_m2_per_person", "most_people_in_room", "working_days"),
)
_ALL = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseRules:
    """One set of rules, in force from its first day until a later set begins."""

    version: str
    title_zh: str
    title_en: str
    effective_from: date
    longest_term_years: int
    begins_within_days: int
    begun_at_most_days: int
    adult_age: int
    owners_who_sign_percent: int
    least_m2_per_person: int
    most_people_in_room: int
    living_uses: tuple[str, ...]
    working_days: int

    @classmethod
    def read(cls, members: Members) -> Self:
        """Read one set; MalformedError names the path of what is wrong."""
        members.only(*cls.__dataclass_fields__)
        first = members.values.get("effective_from")
        if not isinstance(first, date) or isinstance(first, datetime):
            members.refuse("effective_from", "must be a day, such as 2023-02-01 without quotes")
        numbers = {name: members.whole(name, 1) for name in _WHOLE}
        if numbers["owners_who_sign_percent"] > _ALL:
            members.refuse("owners_who_sign_percent", "at most 100")
        return cls(
            version=members.text("version", 40),
            title_zh=members.text("title_zh", 100),
            title_en=members.text("title_en", 100),
            effective_from=first,
            living_uses=members.texts("living_uses"),
            **numbers,
        )


@dataclass(frozen=True, slots=True)
class LeaseRuleBook:
    """All sets known."""

    sets: tuple[LeaseRules, ...]

    def in_force(self, on: date) -> LeaseRules:
        """The set of that day; NotFoundError before the first."""
        begun = [rules for rules in self.sets if rules.effective_from <= on]
        if not begun:
            raise NotFoundError("no rules on leases were in force on that day", where="first")
        return max(begun, key=lambda rules: rules.effective_from)

    def by_version(self, version: str) -> LeaseRules:
        """The set of this version; NotFoundError if there is none."""
        found = next((rules for rules in self.sets if rules.version == version), None)
        if found is None:
            raise NotFoundError("no rules on leases have that version", where="rule_version")
        return found


@cache
def lease_rules() -> LeaseRuleBook:
    """The sets that come with the service."""
    folder = files("issuance.matters.lease").joinpath("rules")
    texts = {f.name: f.read_text("utf-8") for f in folder.iterdir() if f.name.endswith(".toml")}
    return read_rules(texts)


def read_rules(texts: Mapping[str, str]) -> LeaseRuleBook:
    """Read sets from TOML texts by file name; MalformedError names the file and the path."""
    sets = tuple(LeaseRules.read(Members(_toml(n, text), n)) for n, text in sorted(texts.items()))
    _check_distinct(sets)
    return LeaseRuleBook(sets)


def _toml(name: str, text: str) -> Mapping[str, object]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MalformedError(f"{name} is not TOML: {error}", where=name) from error


def _check_distinct(sets: Iterable[LeaseRules]) -> None:
    kept = list(sets)
    versions, days = {r.version for r in kept}, {r.effective_from for r in kept}
    if len(versions) != len(kept) or len(days) != len(kept):
        raise MalformedError("two sets of rules have one version or one first day", where="rules")
