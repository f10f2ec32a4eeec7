"""Which passage answers a question, and how sure that is: judged without IO.

A passage is an answer when it is about everything the question is about, covers most of what the
question says (rarer words weigh more), and leads the next passage clearly. With less, a few
passages are offered to choose from; with little, nothing is.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from issuance.guides.lexicon import Kind
from issuance.guides.meanings import Said
from issuance.guides.passages import Passage

Outcome = Literal["answer", "perhaps", "none"]
MOST_OFFERED: Final = 3
_LOOSE: Final = 2.4  # what a word weighs that is not of the field
_LOOSE_SHORT: Final = 1.2  # where it is one character that was left over
_LOOSE_BESIDE: Final = 0.25  # the share of it in a part of the sentence that asks nothing
_ASK: Final = 0.8
_IN_TEXT: Final = 0.5  # the share that counts of what only the passage's text says
_COVERED: Final = 0.72  # of a question, by its answer
_LIKE: Final = 0.6  # the likeness of an answer to the best way of asking for it
_COVERED_BESIDE: Final = 0.45  # the same where something is said that is not of the field
_LIKE_BESIDE: Final = 0.75
_MOST_STRANGE: Final = 3
_RARE: Final = 2.0
_LEAD: Final = 0.06
_NAMES: Final = frozenset({Kind.THING, Kind.ELSEWHERE})
_DOES: Final = frozenset({Kind.ACT, Kind.ASK})
_OFFERED: Final = 0.34
_OFFER_COVERED: Final = 0.4


@dataclass(frozen=True, slots=True)
class Known:
    """A passage as meanings; `ways` are its title and how it is asked for, each by itself."""

    passage: Passage
    ways: tuple[frozenset[str], ...]
    text: frozenset[str]

    @property
    def about(self) -> frozenset[str]:
        """Everything its title and the ways of asking say."""
        return frozenset().union(*self.ways)


@dataclass(frozen=True, slots=True)
class Answered:
    """What a question gets: one passage in full, up to three to choose from, or none."""

    outcome: Outcome
    passages: tuple[Passage, ...] = ()


@dataclass(frozen=True, slots=True)
class _Rated:
    """How well a passage fits: shares from 0 to 1."""

    known: Known
    covered: float
    like: float
    like_beside: float  # the same, with words that are not of the field left out of the question
    things: bool  # it is about every thing the question is about
    wishes: bool  # it speaks of everything rare that is done, or asked for, in the question
    strange: tuple[Said, ...]  # words of weight that it does not know
    acts: bool  # it knows what is done, or asked for, and few others do

    @property
    def score(self) -> float:
        """What passages are put in order by."""
        return 0.6 * self.like + 0.4 * self.covered

    @property
    def answers(self) -> bool:
        """Whether it is an answer, if it leads."""
        if not (self.things and self.wishes):
            return False
        if not self.strange:
            return self.covered >= _COVERED and self.like >= _LIKE
        # Something is said that nobody here knows. It may pass where the rest says clearly what is
        # wanted, and it does not stand beside a thing, where it could make another of it.
        free = len(self.strange) <= _MOST_STRANGE and not any(s.bound for s in self.strange)
        enough = self.covered >= _COVERED_BESIDE and self.like_beside >= _LIKE_BESIDE
        return free and self.acts and enough


def weights_of(known: Sequence[Known]) -> dict[str, float]:
    """What each meaning weighs: the more, the fewer passages are about it."""
    spread: dict[str, int] = {}
    for each in known:
        for name in each.about:
            spread[name] = spread.get(name, 0) + 1
    return {name: math.log(1 + len(known) / count) for name, count in spread.items()}


def judge_answer(
    question: Sequence[Said], found: Iterable[Known], weights: Mapping[str, float]
) -> Answered:
    """The outcome for a question among the passages that an index found."""
    asked = _weighed(question, weights)
    if all(each.kind in {Kind.LOOSE, Kind.ELSEWHERE} for each in question):
        return Answered("none")
    rated = sorted(
        (_rate(each, question, asked, weights) for each in found), key=lambda r: -r.score
    )
    if not rated:
        return Answered("none")
    best, others = rated[0], rated[1:]
    leads = not others or best.score - others[0].score >= _LEAD
    about = any(each.kind is Kind.THING for each in question)
    if best.answers and leads and (about or best.like > 1 - _LEAD):
        return Answered("answer", (best.known.passage,))
    offered = [r for r in rated if r.score >= _OFFERED and r.covered >= _OFFER_COVERED]
    chosen = tuple(r.known.passage for r in offered[:MOST_OFFERED])
    return Answered("perhaps", chosen) if chosen else Answered("none")


def _weighed(question: Sequence[Said], weights: Mapping[str, float]) -> dict[str, float]:
    """What each thing said weighs in this question."""
    asking = {said.clause for said in question if said.kind in {Kind.ACT, Kind.ASK}}
    found: dict[str, float] = {}
    for said in question:
        weight = weights.get(said.name, _LOOSE)
        if said.kind is Kind.ASK:
            weight *= _ASK
        if said.kind is Kind.LOOSE:
            weight = min(weight, _LOOSE if len(said.name) > 1 else _LOOSE_SHORT)
            if asking and said.clause not in asking:
                weight *= _LOOSE_BESIDE
        found[said.name] = weight
    return found


def _rate(
    known: Known,
    question: Sequence[Said],
    asked: Mapping[str, float],
    weights: Mapping[str, float],
) -> _Rated:
    about = known.about
    shares = {name: _share(name, about, known.text) for name in asked}
    strange = tuple(
        s for s in question if s.kind is Kind.LOOSE and not shares[s.name] and _is_heavy(asked, s)
    )
    total = sum(asked.values()) or 1.0
    beside = total - sum(asked[said.name] for said in strange)
    covered = sum(shares[name] * weight for name, weight in asked.items())
    common, own = max(
        (_common(asked, way, weights) for way in known.ways),
        key=lambda pair: pair[0] / (total + pair[1]),
    )
    return _Rated(
        known,
        covered / total,
        2 * common / (total + own),
        2 * common / (beside + own),
        all(said.name in about for said in question if said.kind in _NAMES),
        all(shares[s.name] or asked[s.name] < _RARE for s in question if s.kind in _DOES),
        strange,
        any(s.kind in _DOES and s.name in about and asked[s.name] >= _RARE for s in question),
    )


def _is_heavy(asked: Mapping[str, float], said: Said) -> bool:
    return asked[said.name] >= _LOOSE_SHORT


def _share(name: str, about: frozenset[str], text: frozenset[str]) -> float:
    if name in about:
        return 1.0
    return _IN_TEXT if name in text else 0.0


def _common(
    asked: Mapping[str, float], way: frozenset[str], weights: Mapping[str, float]
) -> tuple[float, float]:
    """What a question and one way of asking have in common, and what the way weighs itself."""
    common = sum(min(asked[name], weights[name]) for name in way if name in asked)
    return common, sum(weights[name] for name in way)
