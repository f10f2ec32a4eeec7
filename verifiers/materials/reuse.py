"""The reuse decision: what this applicant must still hand in for this matter, and why."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from verifiers.materials.basis import judge_basis
from verifiers.materials.decisions import Decision, MaterialDecision
from verifiers.materials.dwelling import judge_dwelling
from verifiers.materials.facts import Facts
from verifiers.materials.guardianship import judge_guardianship
from verifiers.materials.half_year import judge_half_year
from verifiers.materials.id_photo import judge_photo
from verifiers.materials.identity import judge_identity
from verifiers.materials.kinship import judge_kinship
from verifiers.materials.rules import Rules
from verifiers.materials.vocabulary import Material

_JUDGE: Mapping[Material, Callable[[Facts, Rules], MaterialDecision]] = MappingProxyType(
    {
        Material.IDENTITY: judge_identity,
        Material.PHOTO: judge_photo,
        Material.DWELLING: judge_dwelling,
        Material.KINSHIP: judge_kinship,
        Material.GUARDIANSHIP: judge_guardianship,
        Material.HALF_YEAR: judge_half_year,
        Material.BASIS: judge_basis,
    }
)


def judge(facts: Facts, rules: Rules) -> Decision:
    """Judge every material the matter asks for; no IO, same facts and rules, same decision."""
    return Decision(
        matter=facts.matter,
        day=facts.day,
        rule_version=rules.version,
        materials={m: _JUDGE[m](facts, rules) for m in rules.matters[facts.matter].materials},
    )
