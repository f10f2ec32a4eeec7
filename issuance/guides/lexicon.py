"""The words of the field, and which of them mean the same; read from data (`words.toml`)."""

import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Final

PASSING: Final = ""  # what a word means that is said in passing
ELSEWHERE: Final = "elsewhere"
DENYING: Final = frozenset({"not", "cannot", "need_none"})  # the turns that deny
_LEAST_MASKED: Final = 3  # characters of a word in which one may be wrong
_LEAST_FREE: Final = 4  # of one whose last may be wrong, too
_SMALL: Final = frozenset(
    "了我你谁不没的么什怎到过是给让要交一二两三四五六七八九十几半个月天次"
)  # with these a phrase is too common


class Kind(StrEnum):
    """What a meaning does in a question."""

    THING = "thing"  # what it is about: an answer must be about it, too
    ACT = "act"
    ASK = "ask"
    TURN = "turn"  # makes another question of it: an answer must be to that question
    ELSEWHERE = "elsewhere"  # another office's matter: nothing here answers it
    LOOSE = "loose"  # a word that is not of the field


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Meanings by the words for them; an empty meaning is a word said in passing."""

    kinds: Mapping[str, Kind]
    written: Mapping[str, str]  # in characters
    nearly: Mapping[str, str]  # the same with one character wrong (a full stop stands for it)
    spoken: Mapping[tuple[str, ...], str]  # in words, as stems
    pinyin: Mapping[str, str]
    simplified: Mapping[int, int] = field(repr=False)
    longest_written: int = 0
    longest_near: int = 0
    longest_spoken: int = 0


def fold(text: str, lexicon: Lexicon) -> str:
    """One form for each character: width, case, and the traditional ones of the field."""
    return unicodedata.normalize("NFKC", text).lower().translate(lexicon.simplified)


def stem(word: str) -> str:
    """An English word without its commonest endings; both sides of a search are cut alike."""
    word = word.replace("'", "").replace("\u2019", "")
    for ending, instead in (("ies", "y"), ("ing", ""), ("ed", ""), ("es", ""), ("s", "")):
        short = len(word) - len(ending) < 3 or word.endswith("ss")  # noqa: PLR2004 - letters of a stem
        if word.endswith(ending) and not short:
            word = word[: -len(ending)] + instead
            break
    return word.removesuffix("e") if len(word) > 3 else word  # noqa: PLR2004 - as above


def masks(word: str) -> Iterator[str]:
    """The word with one character open, and with two neighbours changed about."""
    if len(word) < _LEAST_MASKED or not _SMALL.isdisjoint(word):
        return
    open_to = len(word) if len(word) >= _LEAST_FREE else len(word) - 1
    for at in range(open_to):
        yield f"{word[:at]}.{word[at + 1 :]}"
    for at in range(len(word) - 1):
        yield f"{word[:at]}{word[at + 1]}{word[at]}{word[at + 2 :]}"


@cache
def lexicon() -> Lexicon:
    """The words that come with the service."""
    text = files("issuance.guides").joinpath("words.toml").read_text("utf-8")
    return read_lexicon(tomllib.loads(text))


def read_lexicon(raw: Mapping[str, Mapping[str, object]]) -> Lexicon:
    """Put the tables of the file together."""
    kinds: dict[str, Kind] = {}
    written: dict[str, str] = {}
    spoken: dict[tuple[str, ...], str] = {}
    pinyin: dict[str, str] = {}
    for table in (
        "passing",
        "turn",
        "ask",
        "act",
        "thing",
        "elsewhere",
    ):  # a later one takes a word from an earlier
        for name, words in raw[table].items():
            said: Mapping[str, list[str]] = words  # type: ignore[assignment]  # as the file is written
            meaning = {"passing": PASSING, "elsewhere": ELSEWHERE}.get(table, name)
            if meaning:
                kinds[meaning] = Kind(table)
            written |= {word: meaning for word in said.get("zh", ()) if not word.isascii()}
            letters = [*said.get("en", ()), *(w for w in said.get("zh", ()) if w.isascii())]
            spoken |= {_stems(phrase): meaning for phrase in letters}
            pinyin |= dict.fromkeys(said.get("pinyin", ()), meaning)
    signs, nearly = raw["characters"], _nearly(written)
    return Lexicon(
        kinds=kinds,
        written=written,
        nearly=nearly,
        spoken=spoken,
        pinyin=pinyin,
        simplified=str.maketrans(str(signs["traditional"]), str(signs["simplified"])),
        longest_written=max(map(len, written)),
        longest_near=max(map(len, nearly)),
        longest_spoken=max(map(len, spoken)),
    )


def _stems(phrase: str) -> tuple[str, ...]:
    return tuple(stem(word) for word in phrase.lower().replace("-", " ").split())


def _nearly(written: Mapping[str, str]) -> dict[str, str]:
    """What stands for words with an error; a form that could be of two meanings is of none."""
    found: dict[str, str] = {}
    for form, meaning in _forms(written.items()):
        found[form] = meaning if found.get(form, meaning) == meaning else PASSING
    return {form: meaning for form, meaning in found.items() if meaning}


def _forms(words: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for word, meaning in words:
        if meaning not in {PASSING, ELSEWHERE}:
            yield from ((form, meaning) for form in masks(word))
