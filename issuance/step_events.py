"""What a step of an application is told as: the subjects of its events. No IO.

Every step is told, and in one place: whoever follows a case by its events misses nothing of it.
"""

from collections.abc import Mapping
from typing import Final

from issuance.application import NOT_BEGUN, State
from issuance.procedure import Action

_TOLD: Final[Mapping[Action, str]] = {
    Action.SUBMIT: "submitted",
    Action.WAIT: "waiting",
    Action.START: "submitted",  # its clock begins now
    Action.RETURN: "returned",
    Action.ACCEPT: "accepted",
    Action.APPROVE: "approved",
    Action.REFUSE: "refused",
    Action.ASK: "asked",
    Action.SUPPLY: "supplied",
    Action.WITHDRAW: "withdrawn",
    Action.END: "ended",
    Action.ISSUE: "issued",
    Action.CARRY_OUT: "done",
}


def subjects(action: Action, before: State) -> tuple[str, ...]:
    """The subjects of a step, in the order they happened: what is done at once was submitted."""
    at_once = action in {Action.APPROVE, Action.CARRY_OUT} and before in NOT_BEGUN
    told = ("submitted", _TOLD[action]) if at_once else (_TOLD[action],)
    return tuple(f"application.{word}" for word in told)
