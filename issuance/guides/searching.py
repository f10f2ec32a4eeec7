"""The passages of one day, indexed, and questions put to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from issuance.guides.answering import Answered, Known, Way, judge_answer, weights_of
from issuance.guides.lexicon import Kind, Lexicon, fold
from issuance.guides.meanings import Lang, Said, language_of, meanings
from issuance.guides.passages import Passage
from issuance.guides.tables import PassageIndex, Row


@dataclass(frozen=True, slots=True)
class _OfLanguage:
    known: Mapping[str, Known]
    weights: Mapping[str, float]
    index: PassageIndex
    by_words: Mapping[str, Passage]  # asked for in these very words, by no other passage


class Answers:
    """Every passage of a day, ready to be asked; built once, read by many threads."""

    def __init__(self, passages: Mapping[Lang, Sequence[Passage]], words: Lexicon) -> None:
        """Read and index the passages of each language."""
        self.passages = passages
        self._words = words
        self._by_language = {lang: self._indexed(found) for lang, found in passages.items()}

    def language_of(self, question: str) -> Lang:
        """The language of a question."""
        return language_of(question, self._words)

    def to(self, question: str) -> Answered:
        """What the question gets, in its language."""
        of = self._by_language[self.language_of(question)]
        asked_so = of.by_words.get(self._bare(question))
        if asked_so is not None:
            return Answered("answer", (asked_so,))
        said = meanings(question, self._words)
        found = of.index.find([each.name for each in said])
        return judge_answer(said, [of.known[ref] for ref in found], of.weights)

    def _indexed(self, passages: Sequence[Passage]) -> _OfLanguage:
        known = {passage.ref: self._known(passage) for passage in passages}
        rows = [
            Row(
                ref=ref,
                title=self._names(each.passage.title),
                asked=[name for way in each.ways for name in sorted(way.names)],
                said=sorted(each.text),
            )
            for ref, each in known.items()
        ]
        weights = weights_of([*known.values()])
        return _OfLanguage(known, weights, PassageIndex(rows), self._by_words(passages))

    def _by_words(self, passages: Sequence[Passage]) -> dict[str, Passage]:
        found: dict[str, Passage | None] = {}
        for passage in passages:
            for bare in {self._bare(way) for way in (passage.title, *passage.asked)}:
                found[bare] = None if bare in found else passage
        return {bare: passage for bare, passage in found.items() if passage is not None}

    def _bare(self, text: str) -> str:
        """The text without marks and blanks."""
        return "".join(filter(str.isalnum, fold(text, self._words)))

    def _known(self, passage: Passage) -> Known:
        read = (Way.of(self._said(way)) for way in (passage.title, *passage.asked))
        ways = tuple(way for way in read if way.names)
        text = frozenset(self._names(passage.text))
        return Known(passage, ways, text, frozenset().union(*(way.names for way in ways)))

    def _names(self, text: str) -> list[str]:
        return [each.name for each in self._said(text)]

    def _said(self, text: str) -> list[Said]:
        return [s for s in meanings(text, self._words) if s.kind is not Kind.ELSEWHERE]
