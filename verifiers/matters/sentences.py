"""What became of each material, in sentences and as JSON: made from the answer, never kept.

The sentences of residence matters serve wherever they fit; sentences.json has the others. No
sentence holds a name, a number or an address.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from verifiers.materials import sentences as residence
from verifiers.materials.decisions import UPLOAD_OF, MaterialDecision
from verifiers.materials.sentences import Wording
from verifiers.materials.vocabulary import Material, Outcome, Reason, RecordType
from verifiers.matters.judging import MaterialAnswer, MatterAnswer

_MOST_REASONS = 2


def material_json(answer: MaterialAnswer) -> dict[str, object]:
    """One material as it is sent: outcome, what proved it, what would, why, in two languages."""
    material, said = answer.material, describe(answer)
    return {
        "title_zh": material.title_zh,
        "title_en": material.title_en,
        "outcome": answer.outcome.value,
        "satisfied_by": [
            {"ref": r.record_id, "type": r.type.value, "version": r.version}
            for r in answer.satisfied_by
        ],
        "alternatives": [list(group) for group in answer.alternatives],
        "reasons": [reason_json(reason, _reason(reason, answer)) for reason in answer.reasons],
        "text_zh": said.zh,
        "text_en": said.en,
        "basis_zh": material.basis_zh,
        "basis_en": material.basis_en,
    }


def matter_json(answer: MatterAnswer) -> dict[str, object]:
    """The whole answer as it is kept and sent."""
    return {
        "materials": {each.material.code: material_json(each) for each in answer.materials},
        "must_not_request": list(answer.must_not_request),
        "rule_version": answer.rule_version,
    }


def reason_json(reason: Reason, said: Wording) -> dict[str, str]:
    """A reason with its sentence."""
    return {"code": reason.value, "text_zh": said.zh, "text_en": said.en}


def describe(answer: MaterialAnswer) -> Wording:
    """Why, and what is to be done: the nearest reasons, then the outcome."""
    told = answer.reasons[:_MOST_REASONS]
    if answer.outcome is Outcome.SOURCE_DOWN:
        told = answer.reasons[-1:]  # what is wrong with our copy is no news while we cannot ask
    text = Wording("", "")
    for reason in told:
        said = _reason(reason, answer)
        text += Wording(f"{said.zh}。", f"{said.en}.")
    return text + _outcome(answer)


def _reason(reason: Reason, answer: MaterialAnswer) -> Wording:
    own = _table("reasons")
    day = answer.eligible_on if reason is Reason.NOT_YET_ELIGIBLE else None
    if reason is Reason.TOO_OLD and answer.near_miss is not None:
        day = answer.near_miss.issued_on
    if day is not None:
        return own[reason.value].filled({"date": residence.day_said(day)})
    if reason is Reason.TOO_OLD:
        return own["TOO_OLD.undated"]
    if reason is Reason.PURPOSE_NOT_ALLOWED:
        return own[reason.value]
    return residence.describe_reason(reason, _as_decision(answer))


def _as_decision(answer: MaterialAnswer) -> MaterialDecision:
    """What the sentences of residence matters look at; which material it is they do not say."""
    return MaterialDecision(
        material=Material.BASIS,
        outcome=answer.outcome,
        near_miss=answer.near_miss,
        sources_down=answer.sources_down,
    )


def _outcome(answer: MaterialAnswer) -> Wording:
    table, word = _table("outcomes"), answer.outcome.value
    if answer.outcome is Outcome.SATISFIED and not answer.satisfied_by:
        return table["satisfied.person"]
    if answer.outcome is not Outcome.MUST_UPLOAD:
        return table[word]
    asked = {step for group in answer.alternatives for step in group}
    kinds = [kind for kind in RecordType if UPLOAD_OF[kind] in asked]
    if len(kinds) < len(asked):
        return table["must_upload.other"]
    return table[word].filled({"document": residence.documents_said(kinds)})


@cache
def _table(name: str) -> Mapping[str, Wording]:
    text = files("verifiers.matters").joinpath("sentences.json").read_text("utf-8")
    return {key: Wording(both["zh"], both["en"]) for key, both in json.loads(text)[name].items()}
