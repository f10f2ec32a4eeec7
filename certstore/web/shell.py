"""The shell: turns one view and one template into a page, in the reader's dress.

Each template takes exactly one frozen view; whatever it says comes from the texts, so a page
exists in both languages or not at all.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Literal

from jinja2 import (
    BaseLoader,
    BytecodeCache,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
)
from jinja2.bccache import Bucket

from certstore.clock import Clock
from certstore.web.dress import Dress, Lang
from certstore.web.symbol import symbol_path
from certstore.web.texts import LANGUAGES, Texts
from certstore.web.wording import Glyphs, Wording, grouped, no_glyphs

Asset = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Signed:
    """Who is signed in, as far as a page says it."""

    name: str
    role: Literal["resident", "officer", "clerk", "operator", "developer"] = "resident"
    notices: int = 0  # unread
    app: str = ""  # the name of the app whose web view this is
    back: str = ""  # the way back into it


def pages_of(*packages: str) -> dict[str, Path]:
    """Where packages keep their templates: the folder `pages` of each, under the package's name."""
    return {package: Path(str(files(package) / "pages")) for package in packages}


class Shell:
    """Renders pages; safe to share between threads."""

    def __init__(
        self,
        pages: Mapping[str, Path],
        *,
        asset: Asset,
        clock: Clock,
        glyphs: Glyphs = no_glyphs,
        specimen: bool = True,
        places: Collection[str] = (),
    ) -> None:
        """Take the folders of templates by prefix ("issuance" -> its pages), and what pages need.

        `asset` gives a static file's URL, `glyphs` draws what system fonts cannot, `specimen`
        says in every footer that city and people are invented. `places` are the parts of the
        house that may be absent and are not: pages lead to no other.
        """
        folders = {"web": Path(str(files("certstore.web") / "templates")), **pages}
        loader = PrefixLoader({name: FileSystemLoader(str(at)) for name, at in folders.items()})
        self._environments: dict[Lang, Environment] = {
            lang: _environment(loader, Wording(Texts(lang), clock, glyphs), Texts(lang))
            for lang in LANGUAGES
        }
        for environment in self._environments.values():
            environment.globals.update(asset=asset, specimen=specimen, places=frozenset(places))

    def render(
        self,
        template: str,
        view: object,
        *,
        dress: Dress,
        csrf: str,
        who: Signed | None,
        restored: bool = False,
    ) -> str:
        """The page as HTML: `template` is "prefix/name.html", `view` the dataclass it takes.

        `restored` says on it that what was typed before signing in anew is here again.
        """
        page = self._environments[dress.lang].get_template(template)
        return page.render(view=view, dress=dress, csrf=csrf, who=who, restored=restored)

    def templates(self) -> list[str]:
        """Every template there is, with its prefix."""
        return self._environments["zh"].list_templates(extensions=["html"])


class _Compiled(BytecodeCache):
    """Templates compiled in this process: a second shell need not compile them again."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Jinja looks itself whether the source is still the one that was compiled."""
        if (code := self._code.get(bucket.key)) is not None:
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was just compiled."""
        self._code[bucket.key] = bucket.bytecode_to_string()


_COMPILED: Mapping[Lang, BytecodeCache] = {lang: _Compiled() for lang in LANGUAGES}


def _environment(loader: BaseLoader, wording: Wording, texts: Texts) -> Environment:
    environment = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=_COMPILED[texts.lang],
    )
    # Bound to one language, so that components need no context to speak it.
    environment.globals.update(
        t=texts, has_text=texts.has, codes_under=texts.under, lang=texts.lang
    )
    environment.filters.update(
        day=wording.day,
        fact_day=wording.fact_day,
        moment=wording.moment,
        log_day=wording.log_day,
        minute=wording.minute,
        second=wording.second,
        stamp=wording.stamp,
        age=wording.age,
        mask_name=wording.mask_name,
        mask_id=wording.mask_id,
        mask_room=wording.mask_room,
        drawn=wording.drawn,
        starred=wording.starred,
        grouped=grouped,
        symbol_path=symbol_path,
    )
    return environment
