"""May it be submitted, and may it be approved with nobody looking; who took it in. No IO."""

from issuance.application import Application
from issuance.checklist import Checked
from issuance.conduct import Hand
from issuance.handed_in import materials_of
from issuance.procedure import Role
from verifiers.materials.vocabulary import Material, Outcome


def still_to_do(application: Application, checked: Checked) -> tuple[str, ...]:
    """What keeps the applicant from submitting; what was handed in keeps nobody."""
    if checked.obstacle:
        return (checked.obstacle,)
    settled = materials_of(checked.handed_in) | checked.not_looked_up
    missing = [m.value for m in checked.decision.to_do if m not in settled]
    missing += [m.value for m in sorted(checked.too_many) if m.value not in missing]
    unsigned = checked.asks_for_letter and application.commitment is None
    if unsigned and Material.KINSHIP not in settled:
        missing.append("commitment_letter")
    return tuple(missing)


def is_automatic(application: Application, checked: Checked) -> bool:
    """Whether it may be approved with nobody looking: everything was judged, and is settled."""
    decision = checked.decision
    if checked.handed_in:
        return False  # somebody must look at what was handed in
    if checked.not_looked_up or checked.obstacle or not decision.materials:
        return False
    if decision.automatic:
        return True
    if not checked.asks_for_letter or application.commitment is None:
        return False
    return decision.settled


def taken_in(hand: Hand) -> dict[str, str]:
    """Which officer took it in, at whose counter, as columns; none of what came on line."""
    return {"taken_by": hand.name, "taken_at": hand.station} if hand.role is Role.COUNTER else {}


def waits_for_source(checked: Checked) -> bool:
    """Whether a source that is down keeps a material from being judged."""
    return any(d.outcome is Outcome.SOURCE_DOWN for d in checked.decision.materials.values())
