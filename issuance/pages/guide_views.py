"""What the help pages show: one frozen view a template. No IO, no language."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from issuance.guides.answering import Outcome
from issuance.guides.guide import Guide
from issuance.guides.meanings import Lang
from issuance.guides.passages import Passage


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedView:
    """A question and what it got; the passages are in its language, whatever the page's."""

    text: str
    freed: bool  # a long number was taken out of it
    lang: Lang
    outcome: Outcome
    passages: tuple[Passage, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpView:
    """The search box; `often` is what is asked most by language, `guides` every matter's."""

    often: Mapping[Lang, tuple[Passage, ...]]
    guides: tuple[Guide, ...]
    asked: AskedView | None = None
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideView:
    """One guide, and the answers that belong to it, by language."""

    guide: Guide
    passages: Mapping[Lang, tuple[Passage, ...]]
