"""Where a lease stands, and who may do what then: a table (procedure.toml), nothing beside it."""

import tomllib
from collections.abc import Iterator, Mapping
from enum import StrEnum
from importlib.resources import files
from typing import Any, Final, NoReturn

from certstore.errors import ConflictError, MalformedError


class State(StrEnum):
    """Where a lease stands."""

    OPEN = "open"  # not everybody has signed
    CHECKING = "checking"  # all have signed; judged at once, or waits for a source
    REVIEW = "review"  # a housing officer looks
    APPROVED = "approved"  # the notice is being issued
    FILED = "filed"
    REFUSED = "refused"  # can be changed and signed anew
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    CANCELLED = "cancelled"  # by all parties
    ENDED = "ended"  # its term is over, or its notice was revoked


class Act(StrEnum):
    """What is done to a lease."""

    CHANGE = "change"
    SIGN = "sign"
    JUDGE = "judge"  # by the rules, or by an officer
    ISSUE = "issue"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    LAPSE = "lapse"
    CANCEL = "cancel"
    END = "end"


class By(StrEnum):
    """Who does it."""

    PARTY = "party"  # whoever signs it
    RULES = "rules"
    OFFICER = "officer"  # of the housing authority
    WORKER = "worker"


Moves = Mapping[Act, Mapping[State, Mapping[State, frozenset[By]]]]
"""From where an act leads to where, and by whom; from any other state it is refused."""


def read_moves(text: str) -> Moves:
    """Read a table of steps; MalformedError if it says something unknown, or one step twice."""
    try:
        table = tomllib.loads(text)
        first, steps = State(table["first"]), [step for row in table["steps"] for step in _row(row)]
    except (KeyError, TypeError, ValueError) as wrong:
        raise MalformedError("the table of leases cannot be read", where=_FILE) from wrong
    moves: dict[Act, dict[State, dict[State, frozenset[By]]]] = {act: {} for act in Act}
    for act, at, to, by in steps:
        if to in moves[act].setdefault(at, {}) or not by:
            _refuse(f"{act} from {at} to {to} stands there twice, or by nobody")
        moves[act][at][to] = by
    if {first} | {to for _, _, to, _ in steps} != set(State) or not all(moves.values()):
        _refuse("every state is reached, and every act leads somewhere")
    return moves


def _row(row: Mapping[str, Any]) -> Iterator[tuple[Act, State, State, frozenset[By]]]:
    if set(row) != {"act", "from", "to", "by"}:
        raise KeyError(*row)
    by = frozenset(By(who) for who in row["by"])
    for at in row["from"]:
        for to in row["to"]:
            yield Act(row["act"]), State(at), State(to), by


def _refuse(detail: str) -> NoReturn:
    raise MalformedError(detail, where=_FILE)


_FILE: Final = "procedure.toml"
MOVES: Final = read_moves(files(__package__).joinpath(_FILE).read_text("utf-8"))
FINAL: Final = frozenset(State) - {state for moves in MOVES.values() for state in moves}


def leads(act: Act, state: State, to: State, by: By) -> bool:
    """Whether this act leads from one state into the other, done by them."""
    return by in MOVES[act].get(state, {}).get(to, frozenset())


def may(act: Act, state: State) -> bool:
    """Whether this may be done as a lease stands."""
    return state in MOVES[act]


def require(act: Act, state: State, ref: str) -> None:
    """Raise ConflictError, saying how the lease stands, unless this may be done."""
    if not may(act, state):
        raise ConflictError(
            f"the lease is {state}: {act} is not possible",
            where=ref,
            remedy="look at the lease as it stands now",
            cause="moved",
            state=state.value,
        )
