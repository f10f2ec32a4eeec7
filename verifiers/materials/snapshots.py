"""A decision kept so that it can be judged again later, with the same result."""

from verifiers.materials.decisions import Decision
from verifiers.materials.facts import Facts, parse_facts
from verifiers.materials.reuse import judge
from verifiers.materials.rules import RuleBook
from verifiers.materials.strict_reading import Members


def take_snapshot(facts: Facts, decision: Decision) -> dict[str, object]:
    """Everything the decision rests on, as JSON values: the facts and the version of the rules."""
    return {"facts": facts.as_json(), "rule_version": decision.rule_version}


def judge_again(snapshot: object, rulebook: RuleBook) -> Decision:
    """Judge a snapshot by the rules it names, whatever is in force now.

    Raises MalformedError if it cannot be read, NotFoundError if its rules are gone.
    """
    members = Members.of(snapshot, "snapshot")
    members.only("facts", "rule_version")
    rules = rulebook.by_version(members.text("rule_version", 40))
    facts = parse_facts(members.inner("facts").values, members.where("facts"))
    return judge(facts, rules)
