"""What exactly a holder is asked to agree to: values only, no IO.

An item is a field that is given with its value, or a question that is answered by yes or no: the
path of a question begins with "?". Photos and faces are never agreed to along with the rest.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal, Self

Scope = Literal["data", "photo", "face"]
SCOPES: Final[tuple[Scope, ...]] = ("data", "photo", "face")
QUESTION: Final = "?"
QUESTIONS: Final = ("valid_on", "address_equals", "age_over")
"""What can be asked without being shown a value."""


def scope_of(path: str) -> Scope:
    """Which consent a path needs: one of its own for photos, one for faces (个人信息保护法 29)."""
    word = path.removeprefix(QUESTION).partition(".")[0].partition("_")[0]
    return word if word in {"photo", "face"} else "data"  # type: ignore[return-value]  # one of them


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of the asking agency's, in both languages."""

    zh: str
    en: str

    def in_(self, lang: str) -> str:
        """The sentence in a language."""
        return self.en if lang == "en" else self.zh


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing asked for; of an optional one, `changes` says what giving it changes."""

    cert_type: str
    path: str
    optional: bool = False
    changes: Said | None = None

    @property
    def key(self) -> str:
        """What a form calls it."""
        return f"{self.cert_type}:{self.path}"

    @property
    def scope(self) -> Scope:
        """The consent it needs."""
        return scope_of(self.path)

    @property
    def is_question(self) -> bool:
        """Whether it is answered by yes or no, and its value not given."""
        return self.path.startswith(QUESTION)

    @property
    def ticked(self) -> bool:
        """Whether it is given by a tick of its own: all that is optional, photos, faces."""
        return self.optional or self.scope != "data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Who asks for what, what for, how often (`times`), for how long (`days`), kept how long.

    `otherwise` is the agency's own sentence about what happens on no. The agency's names are those
    of the moment of asking.
    """

    agency: str
    agency_en: str
    agency_uscc: str
    purpose_id: str
    matter_code: str
    title_zh: str
    title_en: str
    legal_ref: str
    case_no: str
    items: tuple[Item, ...]
    times: int
    days: int
    keep_days: int
    otherwise: Said
    return_uri: str | None = None
    state: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The terms as the book keeps them."""
        return {**asdict(self), "items": [asdict(item) for item in self.items]}

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Self:
        """The terms as the book kept them."""
        items = tuple(Item(**{**item, "changes": _said(item["changes"])}) for item in kept["items"])
        return cls(**{**kept, "items": items, "otherwise": Said(**kept["otherwise"])})

    def chosen(self, keys: Iterable[str]) -> tuple[Item, ...]:
        """What is given: all that needs no tick, and what was ticked."""
        ticked = set(keys)
        return tuple(item for item in self.items if not item.ticked or item.key in ticked)

    def tickable(self) -> frozenset[str]:
        """The keys of what is given by a tick of its own."""
        return frozenset(item.key for item in self.items if item.ticked)


def by_type(items: Iterable[Item]) -> dict[str, list[str]]:
    """Items as a consent keeps them: certificate type → paths."""
    found: dict[str, list[str]] = {}
    for item in items:
        found.setdefault(item.cert_type, []).append(item.path)
    return found


def by_scope(items: Sequence[Item]) -> dict[Scope, list[Item]]:
    """Items by the consent that they need; a scope nothing belongs to is left out."""
    sorted_out = {scope: [item for item in items if item.scope == scope] for scope in SCOPES}
    return {scope: found for scope, found in sorted_out.items() if found}


def _said(kept: Mapping[str, str] | None) -> Said | None:
    return None if kept is None else Said(**kept)
