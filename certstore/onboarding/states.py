"""The states of clients and purposes, and every step between them: who may take it, and where to.

What is not in the table does not happen. Values only, no IO.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

from certstore.errors import CertstoreError, ConflictError, ForbiddenError


class State(StrEnum):
    """Where a client or purpose stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    ACTIVE = "active"
    OVER_QUOTA = "over_quota"
    SUSPENDED = "suspended"
    RETIRED = "retired"


class Role(StrEnum):
    """In what role somebody takes a step; two operators are two different people."""

    DEVELOPER = "developer"
    OPERATOR = "operator"
    TWO_OPERATORS = "two_operators"
    SYSTEM = "system"


Kind = Literal["client", "purpose"]
Act = Literal[
    "submit",
    "withdraw",
    "approve",
    "refuse",
    "activate",
    "exhaust",
    "refill",
    "suspend",
    "reinstate",
    "retire",
]


@dataclass(frozen=True, slots=True)
class Step:
    """From one state to another, by an act of somebody in a role."""

    before: State
    act: Act
    role: Role
    after: State


@dataclass(frozen=True, slots=True)
class Actor:
    """Who takes a step: a role, the name that history keeps (a number in office), and why."""

    role: Role
    name: str
    reason: str = ""


SYSTEM: Final = Actor(Role.SYSTEM, "system")
_S, _R = State, Role
_BOTH: Final = (
    Step(_S.DRAFT, "submit", _R.DEVELOPER, _S.SUBMITTED),
    Step(_S.SUBMITTED, "withdraw", _R.DEVELOPER, _S.DRAFT),
    Step(_S.SUBMITTED, "refuse", _R.OPERATOR, _S.DRAFT),
    Step(_S.SUBMITTED, "approve", _R.TWO_OPERATORS, _S.APPROVED),
    Step(_S.APPROVED, "activate", _R.SYSTEM, _S.ACTIVE),
    Step(_S.ACTIVE, "suspend", _R.TWO_OPERATORS, _S.SUSPENDED),
    Step(_S.SUSPENDED, "reinstate", _R.TWO_OPERATORS, _S.ACTIVE),
    *(
        Step(before, "retire", role, _S.RETIRED)
        for before in (_S.APPROVED, _S.ACTIVE, _S.SUSPENDED)
        for role in (_R.DEVELOPER, _R.TWO_OPERATORS)
    ),
    Step(_S.DRAFT, "retire", _R.DEVELOPER, _S.RETIRED),
)
_PURPOSES_ONLY: Final = (
    # In production an operator has seen the sandbox's list; on the sandbox the list decides.
    Step(_S.APPROVED, "activate", _R.OPERATOR, _S.ACTIVE),
    Step(_S.ACTIVE, "exhaust", _R.SYSTEM, _S.OVER_QUOTA),
    Step(_S.OVER_QUOTA, "refill", _R.SYSTEM, _S.ACTIVE),
    Step(_S.OVER_QUOTA, "suspend", _R.TWO_OPERATORS, _S.SUSPENDED),
    Step(_S.OVER_QUOTA, "retire", _R.DEVELOPER, _S.RETIRED),
    Step(_S.OVER_QUOTA, "retire", _R.TWO_OPERATORS, _S.RETIRED),
)
STEPS: Final[dict[Kind, tuple[Step, ...]]] = {
    "client": _BOTH,
    "purpose": (*_BOTH, *_PURPOSES_ONLY),
}
"""Every step there is, for clients and for purposes."""


def judge_step(kind: Kind, before: State, act: Act, role: Role) -> State | CertstoreError:
    """Where the step leads; ConflictError if no step leads on from here, ForbiddenError by role."""
    here = [step for step in STEPS[kind] if step.before == before and step.act == act]
    if not here:
        return ConflictError(
            f"a {kind} that is {before} cannot be changed so",
            where=act,
            remedy="open the page again: it may stand differently by now",
        )
    allowed = next((step for step in here if step.role == role), None)
    if allowed is None:
        return ForbiddenError(f"this is not for a {role} to do", where=act)
    return allowed.after


def open_acts(kind: Kind, state: State, role: Role) -> tuple[Act, ...]:
    """What somebody in this role may do from here."""
    return tuple(s.act for s in STEPS[kind] if s.before == state and s.role == role)
