"""What agencies' developers see: their clients and purposes, keys, refusals, the sandbox."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from certstore.authorization.details import ACTIONS, LEGAL_BASES
from certstore.onboarding.conformance import items_of, left_over
from certstore.onboarding.file import ClientFile, PurposeFile, Used
from certstore.onboarding.states import Kind, Role, State, open_acts
from certstore.onboarding.terms import Terms, TypedClient, TypedTerms
from certstore.pages.path_labels import path_label, type_label
from certstore.pages.portal_views import Portal
from certstore.pages.purpose_matrix import MatrixRow, OfferedType, matrix_of
from certstore.tables.onboarding import Moved
from certstore.tables.refused_calls import RefusedCall
from certstore.tables.sharing import Purpose
from certstore.web.dress import Lang

STAGES = ("submitted", "approved", "keys", "shown", "active")


@dataclass(frozen=True, slots=True)
class Meter:
    """How far a quota is used; `limit` None: there is none."""

    used: int
    limit: int | None

    @property
    def percent(self) -> int:
        """Of the quota, at most 100."""
        return 0 if not self.limit else min(100, self.used * 100 // self.limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class PurposeRow:
    """One purpose in a list."""

    purpose_id: str
    title: str
    state: str
    day: Meter


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientCard:
    """One client with its purposes."""

    client_id: str
    agency: str
    state: str
    waits: bool
    keys: int
    acts: tuple[str, ...]
    purposes: tuple[PurposeRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeveloperHomeView:
    """`certstore/developer_home.html`, GET /developers."""

    portal: Portal
    clients: tuple[ClientCard, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientFormView:
    """`certstore/developer_client.html`, GET and POST /developers/clients/new."""

    portal: Portal
    typed: TypedClient = field(default_factory=TypedClient)
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PurposeFormView:
    """`certstore/developer_purpose_form.html`: apply for a purpose, or change one."""

    portal: Portal
    action: str
    purpose_id: str | None  # None: a new one
    in_force: bool
    clients: tuple[str, ...]
    types: tuple[OfferedType, ...]
    typed: TypedTerms
    errors: Mapping[str, str] = field(default_factory=dict)
    actions: tuple[str, ...] = ACTIONS
    bases: tuple[str, ...] = LEGAL_BASES


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage on the way to active: done, now or to come."""

    name: str
    look: str


@dataclass(frozen=True, slots=True)
class Item:
    """Something to show on the sandbox, and when it was shown."""

    name: str
    passed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PurposeView:
    """`certstore/developer_purpose.html`, GET /developers/purposes/{ref}."""

    portal: Portal
    purpose_id: str
    client_id: str
    title: str
    state: str
    version: int
    waits: str  # approve, change, suspend …; empty: nothing waits
    granted: bool  # what is shown is in force or was; False: it is asked for
    over: bool  # it was in force
    wider: tuple[str, ...]  # what a change that waits asks for in addition
    photo_reason: str
    stages: tuple[Stage, ...]
    matrix: tuple[MatrixRow, ...]
    actions: tuple[str, ...]
    basis: str
    basis_ref: str
    matter_code: str
    day: Meter
    month: Meter
    items: tuple[Item, ...]
    left: int
    acts: tuple[str, ...]
    history: tuple[Moved, ...]
    failures: tuple[RefusedCall, ...]
    said: str = ""


def client_card(file: ClientFile, lang: Lang) -> ClientCard:
    """A client with its purposes, as its developers read it."""
    client = file.client
    return ClientCard(
        client_id=client.client_id,
        agency=client.agency if lang == "zh" else client.agency_en,
        state=client.state,
        waits=file.waiting is not None,
        keys=len(client.keys),
        acts=acts_of("client", client.state),
        purposes=tuple(purpose_row(p, file.used[p.purpose_id], lang) for p in file.purposes),
    )


def purpose_row(purpose: Purpose, used: Used, lang: Lang) -> PurposeRow:
    """A purpose in a list."""
    return PurposeRow(
        purpose_id=purpose.purpose_id,
        title=title_of(purpose, lang),
        state=purpose.state,
        day=Meter(used.day, purpose.quota_day),
    )


def title_of(purpose: Purpose, lang: Lang) -> str:
    """A purpose's title."""
    return purpose.title_zh if lang == "zh" else purpose.title_en


def acts_of(kind: Kind, state: str) -> tuple[str, ...]:
    """What the developer may do from here."""
    return open_acts(kind, State(state), Role.DEVELOPER)


def purpose_view(
    portal: Portal, file: PurposeFile, calls: Sequence[RefusedCall], lang: Lang, said: str = ""
) -> PurposeView:
    """A purpose's page, as its developers read it."""
    purpose, passed = file.purpose, file.passed
    return PurposeView(
        portal=portal,
        purpose_id=purpose.purpose_id,
        client_id=purpose.client_id,
        title=title_of(purpose, lang),
        state=purpose.state,
        version=purpose.version,
        waits="" if file.waiting is None else file.waiting.act,
        granted=is_granted(file),
        over=purpose.state == State.RETIRED,
        wider=_wider(file, lang),
        photo_reason=file.dossier.photo_reason if file.terms.asks_photo() else "",
        stages=stages_of(file),
        matrix=matrix_of(file.terms, file.dossier.not_given, lang),
        actions=tuple(purpose.actions),
        basis=purpose.legal_basis.get("kind", ""),
        basis_ref=purpose.legal_basis.get("ref", ""),
        matter_code=purpose.matter_code,
        day=Meter(file.used.day, purpose.quota_day),
        month=Meter(file.used.month, purpose.quota_month),
        items=trial_of(file),
        left=len(left_over(passed, purpose)),
        acts=acts_of("purpose", purpose.state),
        history=tuple(file.history),
        failures=tuple(c for c in calls if c.client_id == purpose.client_id)[:5],
        said=said,
    )


def trial_of(file: PurposeFile) -> tuple[Item, ...]:
    """What is to be shown on the sandbox, and when each was."""
    return tuple(Item(name, file.passed.get(name)) for name in items_of(file.purpose.fields))


def is_granted(file: PurposeFile) -> bool:
    """Whether two people have approved what a purpose covers."""
    if file.purpose.state == State.RETIRED:  # perhaps a draft that was given up
        return any(step.act == "approve" for step in file.history)
    return file.purpose.state not in {State.DRAFT, State.SUBMITTED}


def _wider(file: PurposeFile, lang: Lang) -> tuple[str, ...]:
    """What a change that waits would add, by name."""
    if file.waiting is None or file.waiting.terms is None:
        return ()
    more = sorted(Terms.from_json(file.waiting.terms).paths() - file.terms.paths())
    named = [path.partition(".") for path in more]
    return tuple(f"{type_label(k, lang)} · {path_label(k, p, lang)}" for k, _, p in named)


def stages_of(file: PurposeFile) -> tuple[Stage, ...]:
    """How far a purpose has come, stage by stage."""
    state = file.purpose.state
    handed_in, granted = state != State.DRAFT, state not in {State.DRAFT, State.SUBMITTED}
    opened = granted and state != State.APPROVED
    shown = opened or not left_over(file.passed, file.purpose)
    done = (handed_in, granted, bool(file.client.keys), shown, opened)
    first = next((i for i, each in enumerate(done) if not each), len(done))
    looks = ["done" if each else "now" if i == first else "" for i, each in enumerate(done)]
    return tuple(Stage(name, look) for name, look in zip(STAGES, looks, strict=True))


def typed_of(client_id: str, terms: Terms) -> TypedTerms:
    """Terms as somebody would type them, to change them."""
    return TypedTerms(
        client_id=client_id,
        matter_code=terms.matter_code,
        title_zh=terms.title_zh,
        title_en=terms.title_en,
        basis_kind=terms.legal_basis.get("kind", ""),
        basis_ref=terms.legal_basis.get("ref", ""),
        field=tuple(sorted(f"{k}.{p}" for k, paths in terms.fields.items() for p in paths)),
        existence=tuple(kind for kind, paths in terms.fields.items() if not paths),
        action=tuple(terms.actions),
        quota_day="" if terms.quota_day is None else str(terms.quota_day),
        quota_month="" if terms.quota_month is None else str(terms.quota_month),
        contact=terms.contact,
        justification=terms.justification,
        photo_reason=terms.photo_reason,
    )
