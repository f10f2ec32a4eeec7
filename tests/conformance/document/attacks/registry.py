"""The attacks, each with what is to be said of it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from verifiers.scanning.account import ChangeKind, Finding, Obstacle
from verifiers.scanning.verdict import Verdict

CHANGED = Finding.CHANGED
OTHER = Finding.SIGNED_BY_OTHER
NOT_OURS = Finding.NOT_OURS
NOT_VERIFIABLE = Finding.NOT_VERIFIABLE
_VERDICTS = {
    CHANGED: Verdict.TAMPERED,
    OTHER: Verdict.UNKNOWN_ISSUER,
    NOT_OURS: Verdict.MALFORMED,
    NOT_VERIFIABLE: Verdict.MALFORMED,
}


@dataclass(frozen=True)
class Attack:
    """One attack: how it is made of an original, and what it is to be called."""

    name: str
    make: Callable[[bytes], bytes]
    finding: Finding
    kinds: frozenset[ChangeKind] = frozenset()  # among the changes, all of these
    obstacle: Obstacle | None = None
    verdict: Verdict = field(default=Verdict.VALID)  # replaced by what the finding goes with


ATTACKS: dict[str, Attack] = {}


def attack(
    name: str,
    finding: Finding,
    *kinds: ChangeKind,
    obstacle: Obstacle | None = None,
    verdict: Verdict | None = None,
) -> Callable[[Callable[[bytes], bytes]], Callable[[bytes], bytes]]:
    """Enter an attack."""

    def enter(make: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
        assert name not in ATTACKS
        told = verdict or _VERDICTS[finding]
        ATTACKS[name] = Attack(name, make, finding, frozenset(kinds), obstacle, told)
        return make

    return enter
