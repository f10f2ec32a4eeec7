"""Which passage answers a question, and how sure that is: judged without IO.

A passage is an answer when it is about everything the question is about, one way of asking for it
means the same, with nothing denied, done, or said of others besides; it covers most of what the
question says (rarer words weigh more), and leads the next passage clearly. With less, a few
passages are offered to choose from; with little, nothing is.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Self

from issuance.guides.lexicon import DENYING, Kind
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
_RARE: Final = 2.0
_LEAD: Final = 0.06
_NAMES: Final = frozenset({Kind.THING, Kind.ELSEWHERE})
_DOES: Final = frozenset({Kind.ACT, Kind.ASK})
_OFFERED: Final = 0.34
_OFFER_COVERED: Final = 0.4


@dataclass(frozen=True, slots=True)
class Way:
    """One way of asking: everything it says, of that what is done, and what turns the meaning."""

    names: frozenset[str]
    says: frozenset[str]  # but for the words that nobody here knows
    weighty: frozenset[str]  # what it is about, and what is done
    turns: frozenset[str]

    @classmethod
    def of(cls, said: Sequence[Said]) -> Self:
        """The way that says this."""
        known = set(Kind) - {Kind.LOOSE}
        return cls(
            _of(said, *Kind),
            _of(said, *known),
            _of(said, Kind.THING, Kind.ACT),
            _of(said, Kind.TURN),
        )


@dataclass(frozen=True, slots=True)
class Known:
    """A passage as meanings; `ways` are its title and how it is asked for, each by itself."""

    passage: Passage
    ways: tuple[Way, ...]
    text: frozenset[str]
    about: frozenset[str]  # everything its ways say


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
    things: bool  # it is about every thing the question is about
    wishes: bool  # it is about everything rare that is done, or asked for, in the question
    strange: bool  # the question says something that it does not know at all
    straight: bool  # a way of asking like the question means the same, with nothing turned round

    @property
    def score(self) -> float:
        """What passages are put in order by."""
        return 0.6 * self.like + 0.4 * self.covered

    @property
    def answers(self) -> bool:
        """Whether it is an answer, if it leads."""
        meant = self.things and self.wishes and self.straight and not self.strange
        return meant and self.covered >= _COVERED


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
    exactly = best.like > 1 - _LEAD and any(each.kind in _DOES for each in question)
    if best.answers and leads and (about or exactly):
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
    about, total = known.about, sum(asked.values()) or 1.0
    shares = {name: _share(name, about, known.text) for name in asked}
    covered = sum(shares[name] * weight for name, weight in asked.items())
    likeness = [(_likeness(asked, way.names, weights), way) for way in known.ways]
    said = Way.of(question)
    return _Rated(
        known,
        covered / total,
        max(like for like, _ in likeness),
        all(said.name in about for said in question if said.kind in _NAMES),
        all(s.name in about or asked[s.name] < _RARE for s in question if s.kind in _DOES),
        any(
            s.kind is Kind.LOOSE and not shares[s.name] and asked[s.name] >= _LOOSE_SHORT
            for s in question
        ),
        any(like >= _LIKE and _is_straight(said, way, weights) for like, way in likeness),
    )


def _of(said: Iterable[Said], *kinds: Kind) -> frozenset[str]:
    return frozenset(each.name for each in said if each.kind in kinds)


def _is_straight(question: Way, way: Way, weights: Mapping[str, float]) -> bool:
    """Whether a way turns its meaning as the question does, and does nothing rare besides."""
    if question.turns != way.turns:
        return False
    more = way.weighty - question.names
    if not DENYING.isdisjoint(question.turns):  # what is denied is all of it, and nothing else
        return question.says <= way.names and not more
    return all(weights[name] < _RARE for name in more)


def _likeness(
    asked: Mapping[str, float], way: frozenset[str], weights: Mapping[str, float]
) -> float:
    """What a question and a way of asking have in common, of all that both say."""
    common = sum(min(asked[name], weights[name]) for name in way if name in asked)
    own = sum(weights[name] for name in way)
    return 2 * common / ((sum(asked.values()) or 1.0) + own)


def _share(name: str, about: frozenset[str], text: frozenset[str]) -> float:
    if name in about:
        return 1.0
    return _IN_TEXT if name in text else 0.0
