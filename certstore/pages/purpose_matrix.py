"""Types with all that can be granted of them: to choose from, and as it stands in a purpose."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from certstore.catalogue import CertificateType, catalogue
from certstore.onboarding.askable import EXISTS, has_photo, questions_of
from certstore.onboarding.terms import Terms
from certstore.pages.path_labels import path_label, type_label
from certstore.sharing.forms import PHOTO
from certstore.web.dress import Lang


@dataclass(frozen=True, slots=True)
class OfferedField:
    """A field of the catalogue that can be applied for."""

    path: str  # "type.name"
    label: str
    sensitivity: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class OfferedType:
    """A certificate type with its fields, its yes-or-no questions, its photo."""

    code: str
    title: str
    fields: tuple[OfferedField, ...]
    questions: tuple[OfferedField, ...]
    photo: OfferedField | None  # None: it shows none
    existence: bool  # chosen: only whether one exists
    chosen: bool


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A field, whether it may be had, and why not."""

    certificate: str
    label: str
    given: bool
    why_not: str


def matrix_of(terms: Terms, not_given: Mapping[str, str], lang: Lang) -> tuple[MatrixRow, ...]:
    """Every path of the types a purpose concerns: whether it may be had, and why not.

    Questions and bare existence stand there only where they were asked for.
    """
    kinds = [*terms.fields, *(path.partition(".")[0] for path in not_given)]
    known = [catalogue()[kind] for kind in dict.fromkeys(kinds) if kind in catalogue()]
    asked = terms.paths()
    rows = [(kind.code, path) for kind in known for path in _in_matrix(kind, {*asked, *not_given})]
    return tuple(
        MatrixRow(
            type_label(kind, lang),
            path_label(kind, path, lang),
            f"{kind}.{path}" in asked,
            not_given.get(f"{kind}.{path}", ""),
        )
        for kind, path in rows
    )


def _in_matrix(kind: CertificateType, named: Collection[str]) -> list[str]:
    photo = [PHOTO] if has_photo(kind) else []
    usual = [*(one.name for one in kind.fields), *photo]
    rare = [p for p in (*questions_of(kind), EXISTS) if f"{kind.code}.{p}" in named]
    return [*usual, *rare]


def offered(
    chosen: Collection[str], lang: Lang, existence: Collection[str] = ()
) -> tuple[OfferedType, ...]:
    """The catalogue as a list to choose from."""
    return tuple(_offered(kind, chosen, lang, existence) for kind in catalogue().values())


def _offered(
    kind: CertificateType, chosen: Collection[str], lang: Lang, existence: Collection[str]
) -> OfferedType:
    def one(name: str, sensitivity: str) -> OfferedField:
        path = f"{kind.code}.{name}"
        return OfferedField(path, path_label(kind.code, name, lang), sensitivity, path in chosen)

    fields = tuple(one(each.name, each.sensitivity) for each in kind.fields)
    questions = tuple(one(name, "plain") for name in questions_of(kind))
    photo = one(PHOTO, "sensitive") if has_photo(kind) else None
    all_of_it = (*fields, *questions, *((photo,) if photo else ()))
    bare = kind.code in existence
    opened = bare or any(each.chosen for each in all_of_it)
    title = type_label(kind.code, lang)
    return OfferedType(kind.code, title, fields, questions, photo, bare, opened)
