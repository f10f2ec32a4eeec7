"""What may happen to an application, by whom, and how long each stage may take: tables, no IO.

Each matter has one table (procedures/<matter>.toml); what stands in no row is refused, whoever
asks.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from certstore.errors import MalformedError
from issuance.application import ENDED_STATES, Matter, State

_FOLDER: Final = Path(__file__).parent / "procedures"
_MOST_DAYS: Final = 60  # working days; no stage of any matter is longer


class Role(StrEnum):
    """Who acts."""

    APPLICANT = "applicant"  # or the guardian who acts for a child
    COUNTER = "counter"  # a clerk, for an applicant who is present
    OFFICER = "officer"
    RULES = "rules"  # nobody: every material was judged, and is settled
    SYSTEM = "system"  # the worker, and issuing


class Action(StrEnum):
    """What is done."""

    SUBMIT = "submit"
    WAIT = "wait"  # submit what begins later, when what it follows has its certificate
    START = "start"
    RETURN = "return"  # it could not begin: its applicant goes on with it
    ACCEPT = "accept"
    APPROVE = "approve"
    REFUSE = "refuse"
    ASK = "ask"
    SUPPLY = "supply"
    WITHDRAW = "withdraw"
    END = "end"
    ISSUE = "issue"
    CARRY_OUT = "carry_out"  # what leads to no certificate


@dataclass(frozen=True, slots=True)
class Procedure:
    """One matter's table: (state, action, role) to the next state, and the clocks.

    `answered_in` counts working days from receipt to the answer, `stages` those that a case may
    stand in a state. Where it is 0, the matter is done as it is asked for, at any hour.
    """

    matter: Matter
    answered_in: int
    stages: Mapping[State, int]
    opens_days_before: int | None  # calendar days before what it renews runs out
    steps: Mapping[tuple[State, Action, Role], State]

    def after(self, state: State, action: Action, role: Role) -> State | None:
        """Where it stands after this; None if that may not be done there by them."""
        return self.steps.get((state, action, role))

    @property
    def by_rules(self) -> bool:
        """Whether nobody needs to look where everything was judged, and is settled."""
        return any(role is Role.RULES for _, _, role in self.steps)

    def actions(self, state: State, role: Role) -> tuple[Action, ...]:
        """What they may do while it stands there."""
        return tuple(action for at, action, who in self.steps if (at, who) == (state, role))


@cache
def procedure_of(matter: Matter) -> Procedure:
    """The table of a matter; MalformedError if its file is no sound table."""
    path = _FOLDER / f"{matter.value}.toml"
    return read_procedure(tomllib.loads(path.read_text(encoding="utf-8")), where=path.name)


def read_procedure(raw: Mapping[str, Any], *, where: str) -> Procedure:
    """Read a table and check that it is whole; MalformedError names what is wrong.

    Every state it uses can be reached from a draft and left again, but for those that end an
    application; no row contradicts another; every stage with a clock is one it uses.
    """
    try:
        matter, answered_in = Matter(raw["matter"]), raw["answered_in"]
        opens = raw.get("opens_days_before")
        stages = {State(state): days for state, days in raw["stages"].items()}
        rows = [_row(row) for row in raw["steps"]]
    except (KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise MalformedError(
            "a procedure holds matter, answered_in, stages and steps, in words of the lists",
            where=where,
        ) from wrong
    steps: dict[tuple[State, Action, Role], State] = {}
    for froms, action, to, by in rows:
        for key in ((state, action, role) for state in froms for role in by):
            if key in steps:
                raise MalformedError("two rows say what follows the same", where=where)
            steps[key] = to
    if set(raw) - {"opens_days_before"} != {"matter", "answered_in", "stages", "steps"}:
        raise MalformedError("a procedure holds something unknown", where=where)
    at_once = answered_in == 0 and _is_at_once(steps)
    terms = (*stages.values(), *(() if at_once else (answered_in,)))
    if not all(_is_term(days) for days in terms):
        raise MalformedError(f"a term has 1 to {_MOST_DAYS} working days", where=where)
    if opens is not None and not _is_term(opens):
        raise MalformedError(f"a window opens 1 to {_MOST_DAYS} days before", where=where)
    tables = MappingProxyType(stages), opens, MappingProxyType(steps)
    found = Procedure(matter, answered_in, *tables)
    _check_whole(found, where)
    return found


def _row(row: Mapping[str, Any]) -> tuple[list[State], Action, State, list[Role]]:
    if set(row) != {"action", "from", "to", "by"}:
        raise KeyError(*row)
    froms, by = [State(s) for s in row["from"]], [Role(r) for r in row["by"]]
    return froms, Action(row["action"]), State(row["to"]), by


def _is_term(days: object) -> bool:
    return isinstance(days, int) and not isinstance(days, bool) and 1 <= days <= _MOST_DAYS


def _is_at_once(steps: Mapping[tuple[State, Action, Role], State]) -> bool:
    """Whether every step leads from a draft to an end, so that no clock could run."""
    return all(at is State.DRAFT and to in ENDED_STATES for (at, _, _), to in steps.items())


def _check_whole(found: Procedure, where: str) -> None:
    used = {state for state, _, _ in found.steps} | set(found.steps.values())
    if not set(found.stages) <= used:
        raise MalformedError("a stage has a clock and is never entered", where=where)
    reached = {State.DRAFT}
    while more := {to for (at, _, _), to in found.steps.items() if at in reached} - reached:
        reached |= more
    if used - reached:
        raise MalformedError(f"{min(used - reached)} can never be reached", where=where)
    stuck = {to for to in used if not any(at == to for at, _, _ in found.steps)}
    if stuck - ENDED_STATES:
        raise MalformedError(f"{min(stuck - ENDED_STATES)} can never be left", where=where)
    if (used - stuck) & ENDED_STATES:
        raise MalformedError("what has ended goes on", where=where)
