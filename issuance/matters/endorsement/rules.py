"""The rules of endorsing: data with a version and a day, read strictly, several sets side by side.

An application is judged by the rules of its day.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from importlib.resources import files
from typing import Any, Final

from certstore.errors import MalformedError, NotFoundError

WITH_GRACE: Final = "with-grace-1"  # the set whose first day is a setting
_TEXTS = ("version", "title_zh", "title_en")
_LONGEST = {"window_days": (1, 180), "makeup_grace_days": (0, 300)}
_OPTIONAL = "effective_from"


@dataclass(frozen=True, slots=True, kw_only=True)
class EndorsementRules:
    """One set of rules; `effective_from` None means that its day has not been set."""

    version: str
    title_zh: str
    title_en: str
    window_days: int
    makeup_grace_days: int
    effective_from: date | None = None


@dataclass(frozen=True, slots=True)
class EndorsementRuleBook:
    """All sets that are known."""

    sets: tuple[EndorsementRules, ...]

    def in_force(self, on: date) -> EndorsementRules:
        """The set with the latest first day not after `on`; NotFoundError before the first."""
        begun = [(r.effective_from, r) for r in self.sets if r.effective_from is not None]
        found = [(first, rules) for first, rules in begun if first <= on]
        if not found:
            raise NotFoundError("no rules of endorsing were in force on that day", where="on")
        return max(found, key=lambda pair: pair[0])[1]


def load_rules(grace_from: date | None = None) -> EndorsementRuleBook:
    """Read the sets that come with the service; the one with a grace holds from a set day on."""
    folder = files("issuance.matters.endorsement") / "rules"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    read = [read_rules((folder / name).read_text("utf-8"), name) for name in names]
    return EndorsementRuleBook(tuple(_dated(read, grace_from)))


def _dated(read: Iterable[EndorsementRules], grace_from: date | None) -> Iterable[EndorsementRules]:
    for rules in read:
        yield replace(rules, effective_from=grace_from) if rules.version == WITH_GRACE else rules


def read_rules(text: str, where: str) -> EndorsementRules:
    """Read one set; MalformedError names what is wrong in it."""
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MalformedError(f"no TOML: {error}", where=where) from error
    names = {*_TEXTS, *_LONGEST}
    if names - said.keys() or said.keys() - names - {_OPTIONAL}:
        wrong = sorted(names ^ (said.keys() - {_OPTIONAL}))
        raise MalformedError(f"missing or unknown: {wrong}", where=where)
    version, title_zh, title_en = (_text(said[name], f"{where}: {name}") for name in _TEXTS)
    window_days, grace_days = (_number(said[name], name, where) for name in _LONGEST)
    return EndorsementRules(
        version=version,
        title_zh=title_zh,
        title_en=title_en,
        window_days=window_days,
        makeup_grace_days=grace_days,
        effective_from=_day(said.get(_OPTIONAL), where),
    )


def _text(value: Any, where: str) -> str:  # noqa: ANN401 - what TOML holds
    if not isinstance(value, str) or not 1 <= len(value) <= 100:  # noqa: PLR2004 - a title's length
        raise MalformedError("a text of 1 to 100 characters", where=where)
    return value


def _number(value: Any, name: str, where: str) -> int:  # noqa: ANN401 - what TOML holds
    least, most = _LONGEST[name]
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise MalformedError(f"a whole number of {least} to {most}", where=f"{where}: {name}")
    return value


def _day(value: Any, where: str) -> date | None:  # noqa: ANN401 - what TOML holds
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    raise MalformedError("a day without a time", where=f"{where}: {_OPTIONAL}")
