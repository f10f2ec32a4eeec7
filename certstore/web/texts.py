"""Every sentence a page says, in both languages, by key; a missing key is an error.

A text is a string with {placeholders}, or two strings {one, other} chosen by the value `n`.
"""

import re
import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from markupsafe import Markup, escape

from certstore.errors import CertstoreError
from certstore.web.dress import Lang

LANGUAGES: tuple[Lang, ...] = ("zh", "en")
# Texts put a space at a value because it may begin with a figure; between characters it goes.
_BETWEEN_CHARACTERS = re.compile(
    "(?<=[\u3001-\u9fff\uff00-\uffee]) (?=[\u3001-\u9fff\uff00-\uffee])"
)
_PLURAL = frozenset({"one", "other"})


class MissingTextError(CertstoreError):
    """A page asked for a text that the language does not have."""


@dataclass(frozen=True, slots=True)
class Text:
    """One text: `one` is said when n is 1; a language without a plural has both the same."""

    one: str
    other: str

    @property
    def placeholders(self) -> frozenset[str]:
        """The names of the values it takes."""
        return frozenset(
            name
            for form in (self.one, self.other)
            for _, name, _, _ in string.Formatter().parse(form)
            if name
        )


def flatten(tree: Mapping[str, object], prefix: str = "") -> dict[str, Text]:
    """Turn nested tables into dotted keys; raise MissingTextError on anything that is no text."""
    found: dict[str, Text] = {}
    for name, value in tree.items():
        key = f"{prefix}{name}"
        match value:
            case str():
                found[key] = Text(value, value)
            case dict() if value.keys() == _PLURAL:
                found[key] = Text(str(value["one"]), str(value["other"]))
            case dict():
                found |= flatten(value, f"{key}.")
            case _:
                raise MissingTextError("a text is a string or a pair one/other", where=key)
    return found


@cache
def load(lang: Lang) -> dict[str, Text]:
    """Read sentences/<lang>/*.toml, once; a key that stands in two files is a MissingTextError."""
    found: dict[str, Text] = {}
    folder = files("certstore.web") / "sentences" / lang
    for source in sorted(folder.iterdir(), key=lambda each: each.name):
        texts = flatten(tomllib.loads(source.read_text(encoding="utf-8")))
        if twice := found.keys() & texts.keys():
            raise MissingTextError("a text stands in two files", where=min(twice))
        found |= texts
    return found


class Texts:
    """The texts of one language."""

    def __init__(self, lang: Lang, texts: Mapping[str, Text] | None = None) -> None:
        """Take the texts, or read the language's file."""
        self.lang = lang
        self._texts = load(lang) if texts is None else texts

    def __call__(self, key: str, **values: object) -> Markup:
        """Say the text, its values filled in and escaped; raise MissingTextError if none."""
        text = self._texts.get(key)
        if text is None:
            raise MissingTextError(
                "no such text",
                where=f"{self.lang}:{key}",
                remedy="add it to sentences/",
            )
        form = text.one if values.get("n") == 1 else text.other
        said = Markup(escape(form)).format(**values)  # noqa: S704 - escaped first, values are too
        return Markup(_BETWEEN_CHARACTERS.sub("", said)) if self.lang == "zh" else said  # noqa: S704

    def under(self, prefix: str) -> list[str]:
        """What follows the prefix in every key that begins with it: the codes of a closed list."""
        return [key.removeprefix(prefix) for key in self._texts if key.startswith(prefix)]

    def placeholders(self, key: str) -> frozenset[str]:
        """The names of the values a text takes; raise MissingTextError if there is none."""
        text = self._texts.get(key)
        if text is None:
            raise MissingTextError("no such text", where=f"{self.lang}:{key}")
        return text.placeholders

    def has(self, key: str) -> bool:
        """Whether there is such a text: for codes that come from elsewhere and may be new."""
        return key in self._texts
