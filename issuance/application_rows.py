"""Between a row of the table of applications and the application it keeps: mapping only."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from certstore.certificates import Holder
from issuance.application import After, Answers, Application, Commitment, Matter, State
from issuance.stage_clock import Clocks
from issuance.supplement import Notice

# What leaves a material open: nobody has looked, and nobody could.
_NOT_JUDGED: Final = frozenset({"unknown_source_down"})


def was_judged(decision: Mapping[str, Any] | None) -> bool:
    """Whether a stored decision judged something, and left nothing to a source that was down."""
    materials = ((decision or {}).get("decision") or {}).get("materials") or {}
    return bool(materials) and not any(m["outcome"] in _NOT_JUDGED for m in materials.values())


def is_clear(decision: Mapping[str, Any] | None) -> bool:
    """Whether a stored decision is satisfied whole, with nothing handed in that is to be judged."""
    materials = ((decision or {}).get("decision") or {}).get("materials") or {}
    handed_in = ((decision or {}).get("handed_in") or {}).get("files")
    return (
        any(map(_is_satisfied, materials.values()))
        and not handed_in
        and all(_is_satisfied(m) or m["outcome"] == "not_applicable" for m in materials.values())
    )


def _is_satisfied(material: Mapping[str, Any]) -> bool:
    """Satisfied by the rules; by a letter only where that was there before the application."""
    by_letter = material["outcome"] == "satisfied_by_commitment" and material.get("satisfied_by")
    return material["outcome"] == "satisfied" or bool(by_letter)


def draft_columns(application: Application) -> dict[str, Any]:
    """The columns of a new draft."""
    return {
        "ref": application.ref,
        "number": application.number,
        "matter": application.matter,
        "person_id": application.person_id,
        "actor_id": application.actor_id,
        "subject_key": application.answers.subject_key,
        "account": application.account,
        "state": application.state,
        "begun_at": application.begun_at,
        "touched_at": application.touched_at,
        "answers": application.answers.as_json(),
        "automatic": False,
        "reviewed_by": "",
        "reason": "",
        "waits_for_source": False,
        "due_provisional": False,
        "joint_ref": application.joint_ref,
        "after_kind": application.after.kind if application.after else "",
        "after_ref": application.after.ref if application.after else None,
    }


def application_from(row: Any) -> Application:  # noqa: ANN401 - a row of the joined query
    """The application a row keeps; whom it is for is as the guardian named the child."""
    answers = Answers.from_json(row.answers)
    subject = Holder(row.subject_name, row.subject_id_type, row.subject_id_number)
    letter = row.commitment
    return Application(
        ref=row.ref,
        number=row.number,
        matter=Matter(row.matter),
        applicant=answers.child.holder if answers.child else subject,
        person_id=row.person_id,
        actor=Holder(row.actor_name, row.actor_id_type, row.actor_id_number),
        actor_id=row.actor_id,
        account=row.account,
        state=State(row.state),
        begun_at=row.begun_at,
        touched_at=row.touched_at,
        answers=answers,
        commitment=None if letter is None else _letter_from(letter),
        submitted_at=row.submitted_at,
        decided_at=row.decided_at,
        due_on=row.due_on,
        stage_due_on=row.stage_due_on,
        asked=None if row.asked is None else Notice.from_json(row.asked),
        clocks=None if row.clocks is None else Clocks.from_json(row.clocks),
        decision=row.decision,
        automatic=row.automatic,
        reviewed_by=row.reviewed_by,
        reason=row.reason,
        certificate_ref=row.certificate_ref,
        joint_ref=row.joint_ref,
        after=After(row.after_kind, row.after_ref) if row.after_ref else None,
        handed_in_at=row.handed_in_at,
        taken_by=row.taken_by,
        taken_at=row.taken_at,
    )


def letter_as_json(commitment: Commitment) -> dict[str, Any]:
    """A signed letter as it is kept."""
    return {
        "text": commitment.text,
        "signed_at": commitment.signed_at.isoformat(),
        "level": commitment.level,
        "signature": commitment.signature,
        "countersignature": commitment.countersignature,
    }


def _letter_from(kept: Mapping[str, Any]) -> Commitment:
    signed_at = datetime.fromisoformat(kept["signed_at"])
    return Commitment(
        kept["text"], signed_at, kept["level"], kept["signature"], kept["countersignature"]
    )
