"""What a purpose is applied for with, strictly read; and whether it asks for more than another."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator

from certstore.authorization.details import ACTIONS
from certstore.onboarding.askable import EXISTS, every_path, every_type
from certstore.own_names import is_own_name
from certstore.plain_words import plain_words
from certstore.sharing.forms import PHOTO

MOST_A_DAY: Final = 10_000_000
MOST_PATHS: Final = 300
Words = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(plain_words)]
Sentence = Annotated[str, Field(min_length=10, max_length=1000), AfterValidator(plain_words)]
MatterCode = Annotated[str, Field(pattern="^[a-z][a-z0-9_]{2,49}$")]
Quota = Annotated[int, Field(ge=1, le=MOST_A_DAY)]
_DIGITS = re.compile("[0-9]{1,8}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a purpose covers: matter, ground, paths by certificate type, actions, quotas.

    A path is a field, a question or the photo; of a type without any, a service learns only that
    one exists and how it stands. A quota of None is none; per day and month of China's calendar.
    """

    matter_code: str
    title_zh: str
    title_en: str
    legal_basis: Mapping[str, str]
    fields: Mapping[str, tuple[str, ...]]
    actions: tuple[str, ...]
    quota_day: int | None
    quota_month: int | None
    contact: str
    justification: str
    photo_reason: str = ""

    def as_json(self) -> dict[str, Any]:
        """As a record keeps it."""
        return {
            **{f.name: getattr(self, f.name) for f in fields(self)},
            "legal_basis": dict(self.legal_basis),
            "fields": {kind: list(paths) for kind, paths in self.fields.items()},
            "actions": list(self.actions),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Terms":
        """Read back what `as_json` wrote."""
        granted = {kind: tuple(paths) for kind, paths in kept["fields"].items()}
        return cls(**{**kept, "fields": granted, "actions": tuple(kept["actions"])})

    def without(self, refused: Mapping[str, str]) -> "Terms":
        """These terms without the paths ("type.path") that were refused.

        A type of which nothing is left is not covered, not even that one exists.
        """
        left = {
            kind: tuple(path for path in asked if f"{kind}.{path}" not in refused)
            for kind, asked in self._by_type().items()
        }
        granted = {
            kind: tuple(path for path in paths if path != EXISTS)
            for kind, paths in left.items()
            if paths
        }
        return replace(self, fields=granted)

    def paths(self) -> frozenset[str]:
        """Every path as "type.path"; a type without any as "type.exists"."""
        return frozenset(f"{kind}.{p}" for kind, paths in self._by_type().items() for p in paths)

    def asks_photo(self) -> bool:
        """Whether somebody's photo is asked for."""
        return any(PHOTO in paths for paths in self.fields.values())

    def _by_type(self) -> Mapping[str, tuple[str, ...]]:
        return {kind: paths or (EXISTS,) for kind, paths in self.fields.items()}


def asks_no_more(new: Terms, old: Terms) -> bool:
    """Whether nothing in the new terms goes beyond the old: then nobody need approve them."""
    same = ("matter_code", "title_zh", "title_en")
    return (
        all(getattr(new, name) == getattr(old, name) for name in same)
        and dict(new.legal_basis) == dict(old.legal_basis)
        and _within_fields(new.fields, old.fields)
        and set(new.actions) <= set(old.actions)
        and _within(new.quota_day, old.quota_day)
        and _within(new.quota_month, old.quota_month)
    )


def _within_fields(new: Mapping[str, tuple[str, ...]], old: Mapping[str, tuple[str, ...]]) -> bool:
    """Whoever may read a field of a type knows that one exists."""
    return all(kind in old and set(paths) <= set(old[kind]) for kind, paths in new.items())


def _within(new: int | None, old: int | None) -> bool:
    return old is None or (new is not None and new <= old)


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedTerms:
    """An application for a purpose as somebody typed it.

    `field` holds "type.path" each, `existence` the types of which only the existence is asked.
    """

    client_id: str = ""
    matter_code: str = ""
    title_zh: str = ""
    title_en: str = ""
    basis_kind: str = ""
    basis_ref: str = ""
    field: tuple[str, ...] = ()
    existence: tuple[str, ...] = ()
    action: tuple[str, ...] = ()
    quota_day: str = ""
    quota_month: str = ""
    contact: str = ""
    justification: str = ""
    photo_reason: str = ""


class _TermsIn(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    client_id: Annotated[str, Field(pattern="^[!-~]{1,60}$")]
    matter_code: MatterCode
    title_zh: Words
    title_en: Words
    basis_kind: Literal["statutory_duty", "consent", "vital", "court_order"]
    basis_ref: Words
    field: Annotated[tuple[str, ...], Field(max_length=MOST_PATHS)]
    existence: Annotated[tuple[str, ...], Field(max_length=MOST_PATHS)]
    action: Annotated[tuple[str, ...], Field(min_length=1, max_length=len(ACTIONS))]
    quota_day: Quota
    quota_month: Quota | None
    contact: Words
    justification: Sentence
    photo_reason: Literal[""] | Sentence

    @field_validator("field")
    @classmethod
    def _known(cls, named: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(named)) != len(named) or not set(named) <= every_path():
            raise ValueError("a field is not in the catalogue")
        return named

    @field_validator("existence")
    @classmethod
    def _types(cls, named: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(named)) != len(named) or not set(named) <= every_type():
            raise ValueError("a type is not in the catalogue")
        return named

    @field_validator("action")
    @classmethod
    def _offered(cls, named: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(named)) != len(named) or not set(named) <= set(ACTIONS):
            raise ValueError("an action is not known")
        return named

    @field_validator("quota_day", "quota_month", mode="before")
    @classmethod
    def _figure(cls, typed: object) -> object:
        if typed == "":
            return None
        if not isinstance(typed, str) or not _DIGITS.fullmatch(typed):
            raise ValueError("a quota is a number in figures")
        return int(typed)


def read_terms(typed: TypedTerms) -> Terms | dict[str, str]:
    """The terms that were typed; or by field what is wrong: `missing` or `malformed`."""
    said = {f.name: getattr(typed, f.name) for f in fields(typed)}
    try:
        read = _TermsIn.model_validate(said)
    except ValidationError as error:
        wrong = [str(each["loc"][0]) for each in error.errors()]
        return {name: "malformed" if said[name] else "missing" for name in wrong}
    terms = _terms(read)
    return _wrong_together(read, terms) or terms


def _wrong_together(read: _TermsIn, terms: Terms) -> dict[str, str]:
    """What is wrong though each answer by itself is right."""
    wrong = {}
    if not terms.fields:
        wrong["field"] = "missing"
    if any(terms.fields[kind] for kind in read.existence):
        wrong["existence"] = "both"
    if terms.asks_photo() and not terms.photo_reason:
        wrong["photo_reason"] = "missing"
    return wrong


def _terms(read: _TermsIn) -> Terms:
    granted: dict[str, tuple[str, ...]] = dict.fromkeys(read.existence, ())
    for name in read.field:
        kind, _, path = name.partition(".")
        granted[kind] = (*granted.get(kind, ()), path)
    photo = any(PHOTO in paths for paths in granted.values())
    return Terms(
        matter_code=read.matter_code,
        title_zh=read.title_zh,
        title_en=read.title_en,
        legal_basis={"kind": read.basis_kind, "ref": read.basis_ref},
        fields=granted,
        actions=tuple(a for a in ACTIONS if a in read.action),
        quota_day=read.quota_day,
        quota_month=read.quota_month,
        contact=read.contact,
        justification=read.justification,
        photo_reason=read.photo_reason if photo else "",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedClient:
    """An application for a client as somebody typed it."""

    client_id: str = ""
    agency: str = ""
    agency_en: str = ""


class _ClientIn(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    client_id: Annotated[str, Field(pattern="^[a-z][a-z0-9-]{2,39}$")]
    agency: Annotated[str, Field(min_length=2, max_length=100), AfterValidator(plain_words)]
    agency_en: Annotated[str, Field(min_length=2, max_length=100), AfterValidator(plain_words)]


def wrong_in_client(typed: TypedClient) -> dict[str, str]:
    """By field what is wrong in an application for a client; empty if nothing is."""
    said = {f.name: getattr(typed, f.name) for f in fields(typed)}
    try:
        _ClientIn.model_validate(said)
    except ValidationError as error:
        wrong = [str(each["loc"][0]) for each in error.errors()]
        return {name: "malformed" if said[name] else "missing" for name in wrong}
    return {"client_id": "reserved"} if is_own_name(typed.client_id) else {}
