"""A file of decision cases judged: what `certstore decide FILE` prints.

The file is `{"about": …, "cases": [{"name", "facts", …}]}`; what a case expects is not looked at.
"""

from certstore.errors import MalformedError
from certstore.strict_json import parse_json_strict
from verifiers.materials.decisions import Decision
from verifiers.materials.facts import parse_facts
from verifiers.materials.reuse import judge
from verifiers.materials.rules import RuleBook
from verifiers.materials.sentences import describe
from verifiers.materials.strict_reading import Members

MAX_BYTES = 32 * 1024 * 1024
MAX_CASES = 10_000


def decide_file(text: str, rulebook: RuleBook) -> list[dict[str, object]]:
    """Judge every case by the rules of its day; one object a case, in the order of the file.

    Raises MalformedError with the path of the first fault (`cases[3].facts.matter`); no case
    is judged then.
    """
    value = parse_json_strict(text.encode("utf-8", "surrogatepass"), max_bytes=MAX_BYTES)
    cases = Members.of(value, "").values.get("cases") if isinstance(value, dict) else None
    if not isinstance(cases, list) or len(cases) > MAX_CASES:
        raise MalformedError(
            f"the file must be a JSON object with a list `cases` of at most {MAX_CASES}",
            where="cases",
            remedy='write {"cases": [{"name": "…", "facts": {…}}]}',
        )
    read = [Members.of(case, f"cases[{n}]") for n, case in enumerate(cases)]
    judged = [(case.text("name"), parse_facts(*_facts(case))) for case in read]
    return [
        {"name": name, **plain_decision(judge(facts, rulebook.in_force(facts.day)))}
        for name, facts in judged
    ]


def plain_decision(decision: Decision) -> dict[str, object]:
    """A decision as the command line and the API show it, with its sentences."""
    return {
        "materials": {
            material.value: {
                "outcome": d.outcome.value,
                "reasons": [reason.value for reason in d.reasons],
                "alternatives": [list(group) for group in d.alternatives],
                "text_zh": describe(d).zh,
                "text_en": describe(d).en,
            }
            for material, d in decision.materials.items()
        },
        "must_not_request": [material.value for material in decision.must_not_request],
        "rule_version": decision.rule_version,
    }


def _facts(case: Members) -> tuple[object, str]:
    return case.inner("facts").values, case.where("facts")
