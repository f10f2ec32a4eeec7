"""The help desk: the guides of the day, and answers to questions. It keeps nothing it is asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from certstore.clock import Clock, local_date
from certstore.errors import NotFoundError
from issuance.guides.answering import Answered
from issuance.guides.figures import FigureSource, figures_of
from issuance.guides.guide import Guide, guide_of
from issuance.guides.lexicon import lexicon
from issuance.guides.listed import listed_guides, photo_ages
from issuance.guides.meanings import Lang
from issuance.guides.passages import LANGUAGES, PHOTO_AGES, Passage, entries, said
from issuance.guides.question import Question
from issuance.guides.searching import Answers
from verifiers.materials.rules import RuleBook, Rules

_KEPT: Final = 4  # of days with other figures: yesterday's, today's, and those of tests


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideDesk:
    """Guides and answers; `sources` add what workflows beside the core know, by day."""

    rules: RuleBook
    clock: Clock
    sources: tuple[FigureSource, ...] = ()

    def guides(self) -> tuple[Guide, ...]:
        """The guide to every matter that this installation has."""
        rules, figures = self._today()
        day = local_date(self.clock.now())
        return tuple(
            guide_of(listed, rules, figures, day)
            for listed in listed_guides().values()
            if all(figures.get(name) for name in listed.needs)
        )

    def guide(self, ref: str) -> Guide:
        """One guide; NotFoundError if there is none of that name."""
        found = next((guide for guide in self.guides() if guide.ref == ref), None)
        if found is None:
            raise NotFoundError("there is no guide to such a matter", where=ref)
        return found

    def passages(self, lang: Lang) -> tuple[Passage, ...]:
        """Everything that can be answered today."""
        return tuple(self._answers().passages[lang])

    def often(self) -> Mapping[Lang, tuple[Passage, ...]]:
        """What is asked most, by language."""
        return {lang: tuple(p for p in self.passages(lang) if p.often) for lang in LANGUAGES}

    def belonging_to(self, guide: Guide) -> Mapping[Lang, tuple[Passage, ...]]:
        """The answers that stand on a guide's page, by language, in the guide's order."""
        found: dict[Lang, tuple[Passage, ...]] = {}
        for lang in LANGUAGES:
            known = {passage.ref: passage for passage in self.passages(lang)}
            found[lang] = tuple(known[ref] for ref in guide.passages if ref in known)
        return found

    def answer(self, question: Question) -> Answered:
        """The passage that answers, some to choose from, or none; in the question's language."""
        return self._answers().to(question.text)

    def language_of(self, question: Question) -> Lang:
        """The language that a question is answered in."""
        return self._answers().language_of(question.text)

    def _answers(self) -> Answers:
        rules, figures = self._today()
        phrases = tuple((lang, photo_ages(rules.photo, lang)) for lang in LANGUAGES)
        return _answers_of(tuple(sorted(figures.items())), phrases)

    def _today(self) -> tuple[Rules, Mapping[str, int]]:
        day = local_date(self.clock.now())
        rules = self.rules.in_force(day)
        figures = figures_of(rules)
        for source in self.sources:
            figures |= source(day)
        return rules, figures


@lru_cache(maxsize=_KEPT)
def _answers_of(
    figures: tuple[tuple[str, int], ...], ages: tuple[tuple[Lang, str], ...]
) -> Answers:
    """The passages with these figures, indexed: once in a process, until a rule changes."""
    values = dict(figures)
    return Answers(
        {lang: said(entries(), lang, values, {PHOTO_AGES: phrase}) for lang, phrase in ages},
        lexicon(),
    )
