"""How offices are called in either language, by their unified credit code."""

import tomllib
from functools import cache
from importlib import resources


@cache
def _offices() -> dict[str, dict[str, str]]:
    return tomllib.loads(resources.files("certstore").joinpath("offices.toml").read_text("utf-8"))


def office_name(uscc: str, lang: str) -> str:
    """The office's name; an office nobody listed is called by its code."""
    return _offices().get(uscc, {}).get(lang, uscc)


def source_office(word: str, lang: str) -> str:
    """The name of the source authority with this word (police, housing …)."""
    for names in _offices().values():
        if names.get("word") == word:
            return names[lang]
    return word
