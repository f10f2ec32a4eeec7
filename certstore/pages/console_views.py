"""What operators see of agencies: what waits for them, every client, what an act would break."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from certstore.callers import Operator
from certstore.onboarding.approval import ASKED_BY_OPERATORS, Waiting, judge_approval
from certstore.onboarding.askable import EXISTS
from certstore.onboarding.file import ClientFile, PurposeFile, terms_of
from certstore.onboarding.states import Role, State, open_acts
from certstore.onboarding.terms import Terms
from certstore.pages.onboarding_views import (
    Item,
    Meter,
    PurposeRow,
    is_granted,
    purpose_row,
    title_of,
    trial_of,
)
from certstore.pages.path_labels import path_label, type_label
from certstore.pages.purpose_matrix import MatrixRow, matrix_of
from certstore.sharing.forms import PHOTO
from certstore.sharing.predicates import GRANTED_BY
from certstore.tables.onboarding import Change, Moved
from certstore.web.dress import Lang


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A change that waits: which of two approvals is next, and who gave the first."""

    href: str
    act: str
    title: str
    agency: str
    asked_at: datetime
    step: int
    barred: str  # this operator applied, or gave the first approval


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyRow:
    """A client with its purposes."""

    client_id: str
    agency: str
    state: str
    purposes: tuple[PurposeRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgenciesView:
    """`certstore/console_agencies.html`, GET /console/agencies."""

    operator: str
    waiting: tuple[WaitingRow, ...]
    agencies: tuple[AgencyRow, ...]


@dataclass(frozen=True, slots=True)
class AskedField:
    """A field that is asked for, to be granted or not."""

    path: str
    certificate: str
    label: str
    new: bool  # not in what is in force
    risk: str = ""  # photo | question | existence


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The change that waits, and what this operator may do with it."""

    ref: str
    act: str
    step: int
    asked_by: str
    asked_at: datetime
    first_by: str
    reason: str
    barred: str  # why this operator does not decide it: applicant | same_person; empty: they may
    photos: tuple[str, ...]  # of which types the photo is asked for
    photo_reason: str
    fields: tuple[AskedField, ...]
    struck: tuple[tuple[str, str], ...]
    wider: tuple[tuple[str, str, str], ...]  # what else changes: member, before, after


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyView:
    """`certstore/console_agency.html`, GET /console/agencies/{client|purpose}/{name}."""

    operator: str
    kind: str
    name: str
    title: str
    agency: str
    agency_uscc: str
    client_id: str
    state: str
    acts: tuple[str, ...]
    decision: Decision | None
    facts: tuple[tuple[str, str], ...]
    matrix: tuple[MatrixRow, ...]
    granted: bool  # what the matrix shows is in force or was; False: it is asked for
    trial: tuple[Item, ...]  # what is to be shown on this sandbox before it opens
    breaks: tuple[PurposeRow, ...]  # what is in use and would be refused, most used first
    day: Meter | None
    month: Meter | None
    history: tuple[Moved, ...]


def agencies_view(
    me: Operator, waiting: Sequence[Waiting], clients: Sequence[ClientFile], lang: Lang
) -> AgenciesView:
    """The list of what waits, and of every client."""
    return AgenciesView(
        operator=f"{me.name} {me.number}",
        waiting=tuple(_waiting(me, each, lang) for each in waiting),
        agencies=tuple(
            AgencyRow(
                client_id=file.client.client_id,
                agency=file.client.agency if lang == "zh" else file.client.agency_en,
                state=file.client.state,
                purposes=_rows(file, lang),
            )
            for file in clients
        ),
    )


def _waiting(me: Operator, each: Waiting, lang: Lang) -> WaitingRow:
    change = each.change
    step = 1 if change.first_by is None else 2
    return WaitingRow(
        f"/console/agencies/{change.kind}/{change.subject}",
        change.act,
        each.title_zh if lang == "zh" else each.title_en,
        each.agency if lang == "zh" else each.agency_en,
        change.asked_at,
        step,
        _barred(me, change, step),
    )


def _barred(me: Operator, change: Change, step: int) -> str:
    refusal = judge_approval(change, me.number, step)
    return "" if refusal is None else str(refusal.facts.get("cause", ""))


def _rows(file: ClientFile, lang: Lang) -> tuple[PurposeRow, ...]:
    return tuple(purpose_row(p, file.used[p.purpose_id], lang) for p in file.purposes)


def client_page(me: Operator, file: ClientFile, lang: Lang) -> AgencyView:
    """A client's page."""
    client = file.client
    used = sorted(_rows(file, lang), key=lambda row: -row.day.used)
    return AgencyView(
        operator=f"{me.name} {me.number}",
        kind="client",
        name=client.client_id,
        title=client.client_id,
        agency=client.agency if lang == "zh" else client.agency_en,
        agency_uscc=client.agency_uscc,
        client_id=client.client_id,
        state=client.state,
        acts=_acts("client", client.state),
        decision=None if file.waiting is None else _decision(me, file.waiting, None, lang),
        facts=(("keys", str(len(client.keys))),),
        matrix=(),
        granted=True,
        trial=(),
        breaks=tuple(row for row in used if row.state in {"active", "over_quota"}),
        day=None,
        month=None,
        history=tuple(file.history),
    )


def purpose_page(
    me: Operator, file: PurposeFile, lang: Lang, *, sandbox: bool = False
) -> AgencyView:
    """A purpose's page."""
    client, purpose = file.client, file.purpose
    row = purpose_row(purpose, file.used, lang)
    basis = purpose.legal_basis
    return AgencyView(
        operator=f"{me.name} {me.number}",
        kind="purpose",
        name=purpose.purpose_id,
        title=title_of(purpose, lang),
        agency=client.agency if lang == "zh" else client.agency_en,
        agency_uscc=client.agency_uscc,
        client_id=client.client_id,
        state=purpose.state,
        acts=_acts("purpose", purpose.state),
        decision=None if file.waiting is None else _decision(me, file.waiting, file, lang),
        facts=(
            ("matter_code", purpose.matter_code),
            ("basis_ref", basis.get("ref", "")),
            ("actions", " ".join(purpose.actions)),
            ("contact", file.dossier.contact),
            ("justification", file.dossier.justification),
            *((("photo_reason", file.dossier.photo_reason),) if file.terms.asks_photo() else ()),
        ),
        matrix=matrix_of(file.terms, file.dossier.not_given, lang),
        granted=is_granted(file),
        trial=trial_of(file) if sandbox and purpose.state == State.APPROVED else (),
        breaks=(row,) if purpose.state in {"active", "over_quota"} else (),
        day=Meter(file.used.day, purpose.quota_day),
        month=Meter(file.used.month, purpose.quota_month),
        history=tuple(file.history),
    )


def _acts(kind: str, state: str) -> tuple[str, ...]:
    asked = open_acts("client" if kind == "client" else "purpose", State(state), Role.TWO_OPERATORS)
    alone = open_acts("purpose", State(state), Role.OPERATOR) if kind == "purpose" else ()
    wanted = {*ASKED_BY_OPERATORS, "activate"}
    return tuple(act for act in (*alone, *asked) if act in wanted)


def _decision(me: Operator, change: Change, file: PurposeFile | None, lang: Lang) -> Decision:
    step = 1 if change.first_by is None else 2
    asked: Terms | None = None
    if file is not None and change.act in {"approve", "change"}:
        in_force = terms_of(file.purpose, file.dossier)
        asked = in_force if change.terms is None else Terms.from_json(change.terms)
    return Decision(
        ref=change.ref,
        act=change.act,
        step=step,
        asked_by=change.asked_by,
        asked_at=change.asked_at,
        first_by=change.first_by or "",
        reason=change.reason,
        barred=_barred(me, change, step),
        photos=() if asked is None else _photos(asked, change, lang),
        photo_reason="" if asked is None else asked.photo_reason,
        fields=() if asked is None else _fields(change, asked, file, lang),
        struck=tuple(sorted(change.not_given.items())),
        wider=() if asked is None or change.terms is None else _wider(asked, file),
    )


def _fields(
    change: Change, asked: Terms, file: PurposeFile | None, lang: Lang
) -> tuple[AskedField, ...]:
    granted = frozenset() if file is None or change.terms is None else file.terms.paths()
    return tuple(
        AskedField(path, *_labels(path, lang), bool(granted) and path not in granted, _risk(path))
        for path in sorted(asked.paths())
    )


def _labels(path: str, lang: Lang) -> tuple[str, str]:
    kind, _, name = path.partition(".")
    return type_label(kind, lang), path_label(kind, name, lang)


def _risk(path: str) -> str:
    name = path.partition(".")[2]
    if name == PHOTO:
        return "photo"
    return "existence" if name == EXISTS else "question" if name in GRANTED_BY else ""


def _photos(asked: Terms, change: Change, lang: Lang) -> tuple[str, ...]:
    """The types whose photo is asked for, without those the first person struck."""
    left = asked.without(change.not_given).fields
    return tuple(type_label(kind, lang) for kind, paths in left.items() if PHOTO in paths)


def _wider(asked: Terms, file: PurposeFile | None) -> tuple[tuple[str, str, str], ...]:
    if file is None:
        return ()
    before, after = file.terms.as_json(), asked.as_json()
    plain = ["matter_code", "title_zh", "title_en", "quota_day", "quota_month", "contact"]
    plain.append("photo_reason")
    said = [(name, before[name], after[name]) for name in plain]
    said.append(("actions", " ".join(before["actions"]), " ".join(after["actions"])))
    said.append(("basis_ref", before["legal_basis"].get("ref"), after["legal_basis"].get("ref")))
    return tuple((n, str(b or "-"), str(a or "-")) for n, b, a in said if b != a)
