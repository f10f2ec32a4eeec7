"""Which decisions a second officer must confirm: rules as data, judged without IO."""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from certstore.errors import MalformedError

APPROVE, REFUSE = "approve", "refuse"
ALWAYS = 1000  # per mille
_CODE = re.compile(r"[a-z0-9_]{1,40}")
_KNOWN = frozenset({"code", "decisions", "matters", "outcomes", "share_per_mille", "own_intake"})
Draw = Callable[[int], int]  # a random number below this one


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """When a second officer must confirm; what is left empty is not asked."""

    code: str
    decisions: frozenset[str] = frozenset()
    matters: frozenset[str] = frozenset()
    outcomes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    share_per_mille: int = ALWAYS
    own_intake: bool = False  # only what the officer who decides had a hand in at a counter

    def fits(self, decision: str, matter: str, outcomes: Mapping[str, str]) -> bool:
        """Whether a decision (approve, refuse) about these outcomes by material falls under it."""
        if self.decisions and decision not in self.decisions:
            return False
        if self.matters and matter not in self.matters:
            return False
        return all(outcomes.get(m) in wanted for m, wanted in self.outcomes.items())


def second_needed(
    rules: tuple[Rule, ...], decision: str, matter: str, outcomes: Mapping[str, str], draw: Draw
) -> str | None:
    """The code of the rule that wants a second officer, None if none does; drawn by each rule."""
    for rule in rules:
        fits = rule.fits(decision, matter, outcomes)
        if fits and (rule.share_per_mille >= ALWAYS or draw(ALWAYS) < rule.share_per_mille):
            return rule.code
    return None


def read_rules(text: str) -> tuple[Rule, ...]:
    """Read a file of rules; MalformedError names the rule that says something not known."""
    try:
        lines = tomllib.loads(text).get("rule", ())
    except tomllib.TOMLDecodeError as error:
        raise MalformedError(f"the rules are no TOML: {error}", where="four_eyes") from error
    rules = tuple(_rule(line) for line in lines)
    if len({rule.code for rule in rules}) != len(rules):
        raise MalformedError("a rule is named twice", where="four_eyes")
    return rules


def bundled_rules() -> tuple[Rule, ...]:
    """The rules that come with the service."""
    return read_rules(files(__package__).joinpath("rules.toml").read_text("utf-8"))


def _rule(line: Mapping[str, Any]) -> Rule:
    code = line.get("code", "")
    share = line.get("share_per_mille", ALWAYS)
    decisions = frozenset(line.get("decisions", ()))
    own = line.get("own_intake", False)
    known = not line.keys() - _KNOWN and decisions <= {APPROVE, REFUSE} and type(own) is bool
    proper = type(share) is int and 0 < share <= ALWAYS
    if not known or not proper or not _CODE.fullmatch(str(code)):
        raise MalformedError(
            "a rule has a code; decisions, matters, outcomes, own_intake (true or false) and "
            "share_per_mille (1 to 1000)",
            where=str(code) or "four_eyes",
        )
    outcomes = {m: frozenset(wanted) for m, wanted in line.get("outcomes", {}).items()}
    return Rule(
        code=code,
        decisions=decisions,
        matters=frozenset(line.get("matters", ())),
        outcomes=outcomes,
        share_per_mille=share,
        own_intake=own,
    )
