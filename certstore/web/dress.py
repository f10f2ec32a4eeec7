"""How a page is dressed: language, size of type, light or dark. Says nothing about who reads it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Self, get_args

Lang = Literal["zh", "en"]
Size = Literal["standard", "elder"]
Theme = Literal["light", "dark"]

COOKIE = "dress"  # the cookie's name; its value holds no identity
_SEPARATOR = "."
_CHOICES = {"lang": get_args(Lang), "size": get_args(Size), "theme": get_args(Theme)}


@dataclass(frozen=True, slots=True)
class Dress:
    """A reader's choice; theme None follows the reader's device."""

    lang: Lang = "zh"
    size: Size = "standard"
    theme: Theme | None = None

    @classmethod
    def parse(cls, query: Mapping[str, str], cookie: str | None = None) -> Self:
        """Read ?lang= ?size= ?theme= over what the cookie remembers; unknown words are ignored."""
        chosen: dict[str, str | None] = {}
        for word in (cookie or "")[:40].split(_SEPARATOR):
            chosen |= {name: word for name, words in _CHOICES.items() if word in words}
        for name, words in _CHOICES.items():
            if query.get(name) in words:
                chosen[name] = query[name]
        if query.get("theme") == "auto":
            chosen["theme"] = None
        return cls(**chosen)  # type: ignore[arg-type]  # each word is one of its choices

    def cookie(self) -> str:
        """What to remember: the three words, for a cookie named COOKIE."""
        return _SEPARATOR.join(filter(None, (self.lang, self.size, self.theme)))

    @property
    def html_lang(self) -> str:
        """The language tag of the page (BCP 47)."""
        return "zh-CN" if self.lang == "zh" else "en"

    @property
    def other_lang(self) -> Lang:
        """The language the page can be switched to."""
        return "en" if self.lang == "zh" else "zh"
