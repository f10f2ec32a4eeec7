"""What the pages of entrustments and use codes show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from certstore.certificates import Certificate
from certstore.entrustment.code_desk import MadeCode
from certstore.entrustment.judging import State, state_of
from certstore.entrustment.terms import Wanted, entrusted_paths, givable
from certstore.pages.correction_views import label_of
from certstore.pages.path_labels import path_label
from certstore.sharing.forms import PHOTO
from certstore.tables.entrustments import Entrustment
from certstore.tables.sharing import Client, Purpose
from certstore.tables.use_codes import UseCode
from certstore.web.dress import Lang
from certstore.web.symbol import Symbol


@dataclass(frozen=True, slots=True, kw_only=True)
class EntrustmentRow:
    """One entrustment, as the holder or the one entrusted reads it."""

    ref: str
    type_code: str
    who: str  # the other side: a person's name, an agency
    is_person: bool
    matter: str
    from_day: date
    to_day: date
    state: State
    labels: tuple[str, ...] | None = None  # what an agency may be given; None: to a person


@dataclass(frozen=True, slots=True, kw_only=True)
class PurposeChoice:
    """A purpose that a certificate can be entrusted for, and what its agency would be given."""

    purpose_id: str
    name: str  # agency and matter
    labels: tuple[str, ...]
    photo: bool  # could be given, too


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRow:
    """A use code without its characters."""

    ref: str
    matter: str
    expires_at: datetime
    state: str  # open | used | ended | over


@dataclass(frozen=True, slots=True, kw_only=True)
class EntrustmentsView:
    """`certstore/entrustments.html`, GET /entrustments."""

    given: tuple[EntrustmentRow, ...] = ()
    received: tuple[EntrustmentRow, ...] = ()
    codes: tuple[CodeRow, ...] = ()
    certificates: tuple[tuple[str, str], ...] = ()  # reference and type of what can be entrusted


@dataclass(frozen=True, slots=True, kw_only=True)
class EntrustView:
    """`certstore/entrust_new.html`, GET /entrustments/new?certificate=."""

    ref: str
    type_code: str
    today: date
    purposes: tuple[PurposeChoice, ...]
    typed: Wanted
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class UseCodeFormView:
    """`certstore/use_code_new.html`, GET /certificates/{ref}/use-code; for an entrusted one too."""

    action: str
    type_code: str
    fields: tuple[tuple[str, str], ...]  # name, label
    matter: str = ""
    matter_fixed: bool = False  # of an entrusted certificate: what it is entrusted for
    chosen: tuple[str, ...] = ()
    hours: int = 24
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class UseCodeView:
    """`certstore/use_code.html`: the answer to POST; the characters are shown this once."""

    ref: str
    type_code: str
    characters: str
    symbol: Symbol
    matter: str
    labels: tuple[str, ...]
    expires_at: datetime


def entrustments_view(
    given: Sequence[Entrustment],
    received: Sequence[Entrustment],
    codes: Sequence[UseCode],
    certificates: Sequence[Certificate],
    at: tuple[datetime, date],
    lang: Lang,
) -> EntrustmentsView:
    """Both lists, the codes that can still be used first, and what could be entrusted.

    `at` is the moment and its day in China.
    """
    now, today = at
    shown = [row(e, today, lang, mine=False) for e in received]
    return EntrustmentsView(
        given=tuple(row(e, today, lang, mine=True) for e in given),
        received=tuple(each for each in shown if each.state != "over"),
        codes=tuple(code_row(code, now) for code in codes[:20]),
        certificates=tuple((c.ref, c.type_code) for c in certificates),
    )


def row(made: Entrustment, today: date, lang: Lang, *, mine: bool) -> EntrustmentRow:
    """One entrustment as a line."""
    paths = None if made.agent is not None else made.fields or ()
    other = (made.agent.name if made.agent else made.agency) if mine else made.holder_name
    return EntrustmentRow(
        ref=made.ref,
        type_code=made.type_code,
        who=other or "—",  # somebody who was erased
        is_person=made.agent is not None,
        matter=made.matter,
        from_day=made.from_day,
        to_day=made.to_day,
        state=state_of(made, today),
        labels=None if paths is None else _labels(made.type_code, paths, lang),
    )


def _labels(type_code: str, paths: Sequence[str], lang: Lang) -> tuple[str, ...]:
    return tuple(path_label(type_code, path, lang) for path in paths)


def code_row(code: UseCode, now: datetime) -> CodeRow:
    """A use code as a line."""
    state = "over" if code.expires_at <= now else "open"
    state = "ended" if code.ended_at else state
    state = "used" if code.used_at else state
    return CodeRow(ref=code.ref, matter=code.matter, expires_at=code.expires_at, state=state)


def entrust_view(
    certificate: Certificate,
    purposes: Sequence[tuple[Purpose, Client]],
    typed: Wanted,
    today: date,
    lang: Lang,
) -> EntrustView:
    """The form, as it was typed."""
    return EntrustView(
        ref=certificate.ref,
        type_code=certificate.type_code,
        today=today,
        purposes=tuple(_choice(p, client, certificate.type_code, lang) for p, client in purposes),
        typed=typed,
    )


def _choice(purpose: Purpose, client: Client, type_code: str, lang: Lang) -> PurposeChoice:
    paths = entrusted_paths(purpose, type_code, with_photo=False)
    return PurposeChoice(
        purpose_id=purpose.purpose_id,
        name=_named(purpose, client, lang),
        labels=_labels(type_code, paths, lang),
        photo=PHOTO in purpose.fields[type_code],
    )


def _named(purpose: Purpose, client: Client, lang: Lang) -> str:
    if lang == "zh":
        return f"{client.agency} · {purpose.title_zh}"
    return f"{client.agency_en} · {purpose.title_en}"


def code_fields(certificate: Certificate, lang: Lang) -> tuple[tuple[str, str], ...]:
    """The fields that can be given, by their labels."""
    return tuple((n, label_of(certificate.type_code, n, lang)) for n in givable(certificate))


def use_code_view(
    made: MadeCode, certificate: Certificate, symbol: Symbol, lang: Lang
) -> UseCodeView:
    """A code just made."""
    code = made.code
    return UseCodeView(
        ref=code.ref,
        type_code=certificate.type_code,
        characters=made.characters,
        symbol=symbol,
        matter=code.matter,
        labels=tuple(label_of(certificate.type_code, n, lang) for n in code.fields),
        expires_at=code.expires_at,
    )
