"""The passages: answers to common questions, in words, with the figures of the day filled in."""

import re
import string
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final, get_args

from certstore.errors import MalformedError
from issuance.guides.meanings import Lang

LANGUAGES: Final[tuple[Lang, ...]] = get_args(Lang)
_WORDS: Final = {"title", "text", "asked"}
_PLACE: Final = {"link", "needs", "lacks", "often"}


@dataclass(frozen=True, slots=True)
class Written:
    """A passage as it is written, with braces where figures go; `asked`: how people put it."""

    title: str
    text: str
    asked: tuple[str, ...]

    @property
    def places(self) -> frozenset[str]:
        """The figures it takes."""
        return frozenset(name for _, name, _, _ in string.Formatter().parse(self.text) if name)


@dataclass(frozen=True, slots=True)
class Entry:
    """A passage in every language, the page where one acts on it, and when it is said."""

    ref: str
    link: str
    needs: frozenset[str]
    lacks: frozenset[str]
    often: bool
    words: Mapping[Lang, Written]

    def holds(self, figures: Mapping[str, int]) -> bool:
        """Whether it is true, and its figures are known, where these hold."""
        known = all(word.places - {PHOTO_AGES} <= figures.keys() for word in self.words.values())
        wanted = all(figures.get(name) for name in self.needs)
        return known and wanted and not any(figures.get(name) for name in self.lacks)


@dataclass(frozen=True, slots=True)
class Passage:
    """One answer in one language, as it is said on a day."""

    ref: str
    lang: Lang
    title: str
    text: str
    link: str
    often: bool = False
    asked: tuple[str, ...] = ()


_COUNTED: Final = re.compile(r"\b([0-9]+)((?: [a-z]+)+)\(s\)")
PHOTO_AGES: Final = "photo_ages"  # not a figure but a phrase: how old a photo may be at which age


def said(
    entries: Iterable[Entry],
    lang: Lang,
    figures: Mapping[str, int],
    phrases: Mapping[str, str],
) -> tuple[Passage, ...]:
    """What can be said today, in the order of the list."""
    values = {**figures, **phrases}
    return tuple(_said(entry, lang, values) for entry in entries if entry.holds(figures))


def _in_number(counted: re.Match[str]) -> str:
    """One day, two days: of an English text whose figure was filled in."""
    return counted[1] + counted[2] + ("" if counted[1] == "1" else "s")


def _said(entry: Entry, lang: Lang, values: Mapping[str, object]) -> Passage:
    word = entry.words[lang]
    text = _COUNTED.sub(_in_number, word.text.format(**values))
    return Passage(entry.ref, lang, word.title, text, entry.link, entry.often, word.asked)


@cache
def entries() -> tuple[Entry, ...]:
    """The passages that come with the service."""
    folder = files("issuance.guides").joinpath("passages")
    listed = tomllib.loads(folder.joinpath("list.toml").read_text("utf-8"))
    texts = {
        lang: {
            each.name: each.read_text("utf-8")
            for each in folder.joinpath(lang).iterdir()
            if each.name.endswith(".toml")
        }
        for lang in LANGUAGES
    }
    return read_entries(listed, texts)


def read_entries(
    listed: Mapping[str, Any], texts: Mapping[Lang, Mapping[str, str]]
) -> tuple[Entry, ...]:
    """Put list and words together; MalformedError where a language lacks what another has."""
    words = {lang: _words(by_file) for lang, by_file in texts.items()}
    for lang, refs in words.items():
        if odd := sorted(refs.keys() ^ listed.keys()):
            raise MalformedError(
                "a passage stands in the list or in the words alone", where=f"{lang}: {odd[0]}"
            )
    found = tuple(
        _entry(ref, row, {lang: words[lang][ref] for lang in words}) for ref, row in listed.items()
    )
    for entry in found:
        if len({word.places for word in entry.words.values()}) > 1:
            raise MalformedError("a passage takes other figures elsewhere", where=entry.ref)
    return found


def _words(by_file: Mapping[str, str]) -> dict[str, Written]:
    found: dict[str, Written] = {}
    for name, text in sorted(by_file.items()):
        for ref, row in tomllib.loads(text).items():
            if ref in found or set(row) != _WORDS or not row["asked"]:
                raise MalformedError("a passage stands once, with title, text and asked",
                                     where=f"{name}: {ref}")  # fmt: skip
            found[ref] = Written(row["title"], row["text"], tuple(row["asked"]))
    return found


def _entry(ref: str, row: Mapping[str, Any], words: Mapping[Lang, Written]) -> Entry:
    if set(row) - _PLACE or not str(row.get("link", "")).startswith("/"):
        raise MalformedError("a passage has a link, and may have needs, lacks, often", where=ref)
    needs, lacks = frozenset(row.get("needs", ())), frozenset(row.get("lacks", ()))
    return Entry(ref, row["link"], needs, lacks, bool(row.get("often")), words)
