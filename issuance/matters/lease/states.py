"""Where a lease stands, and who may do what then: a table, and nothing happens beside it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from certstore.errors import ConflictError


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


_S = State
MOVES: Final[Mapping[Act, Mapping[State, frozenset[State]]]] = {
    Act.CHANGE: {_S.OPEN: frozenset({_S.OPEN}), _S.REFUSED: frozenset({_S.OPEN})},
    Act.SIGN: {_S.OPEN: frozenset({_S.OPEN, _S.CHECKING})},
    Act.JUDGE: {
        _S.CHECKING: frozenset({_S.CHECKING, _S.REVIEW, _S.APPROVED, _S.REFUSED}),
        _S.REVIEW: frozenset({_S.REVIEW, _S.APPROVED, _S.REFUSED}),
    },
    Act.ISSUE: {_S.APPROVED: frozenset({_S.FILED, _S.REVIEW})},
    Act.DECLINE: dict.fromkeys(
        (_S.OPEN, _S.CHECKING, _S.REVIEW, _S.REFUSED), frozenset({_S.DECLINED})
    ),
    Act.WITHDRAW: dict.fromkeys(
        (_S.OPEN, _S.CHECKING, _S.REVIEW, _S.REFUSED), frozenset({_S.WITHDRAWN})
    ),
    Act.LAPSE: dict.fromkeys((_S.OPEN, _S.REFUSED), frozenset({_S.LAPSED})),
    Act.CANCEL: {_S.FILED: frozenset({_S.FILED, _S.CANCELLED})},
    Act.END: {_S.FILED: frozenset({_S.ENDED})},
}
"""From where an act leads to where; from any other state it is refused."""

FINAL: Final = frozenset(State) - {state for moves in MOVES.values() for state in moves}


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
