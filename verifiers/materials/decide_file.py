"""A file of decision cases judged: what `certstore decide FILE` prints.

The file is `{"about": …, "cases": [{"name", "facts", …}]}`; what a case expects is not looked at.
`docs/decisions.md` lists what facts hold.
"""

from certstore.errors import CertstoreError, MalformedError
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

    A case that cannot be judged has `error` in place of a decision, with the path of its first
    fault (`cases[3].facts.matter`); the others are judged. Raises MalformedError if the file
    itself is not of its form.
    """
    value = parse_json_strict(text.encode("utf-8", "surrogatepass"), max_bytes=MAX_BYTES)
    cases = Members.of(value, "").values.get("cases") if isinstance(value, dict) else None
    if not isinstance(cases, list) or len(cases) > MAX_CASES:
        raise MalformedError(
            f"the file must be a JSON object with a list `cases` of at most {MAX_CASES}",
            where="cases",
            remedy='write {"cases": [{"name": "…", "facts": {…}}]}',
        )
    return [_decided(case, f"cases[{n}]", rulebook) for n, case in enumerate(cases)]


def read_text(content: bytes) -> str:
    """The text of a file; MalformedError in words, with the position, if it is not UTF-8."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise MalformedError(
            f"the file is not UTF-8: byte {error.start + 1}, 0x{content[error.start]:02x},"
            " is part of no character",
            where=f"byte {error.start + 1}, in line {line}",
            remedy="save the file as UTF-8",
        ) from None


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


def _decided(case: object, where: str, rulebook: RuleBook) -> dict[str, object]:
    name = None  # of a case that has none, or none that can be shown
    try:
        members = Members.of(case, where)
        name = members.text("name")
        facts = parse_facts(*_facts(members))
        return {"name": name, **plain_decision(judge(facts, rulebook.in_force(facts.day)))}
    except CertstoreError as error:
        return {"name": name, "error": {"where": error.where or where, "detail": error.detail}}


def _facts(case: Members) -> tuple[object, str]:
    return case.inner("facts").values, case.where("facts")
