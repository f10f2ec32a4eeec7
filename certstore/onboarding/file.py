"""Everything that is known of one client or purpose, as its agency and the operators read it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from certstore.errors import NotFoundError
from certstore.onboarding.quotas import periods
from certstore.onboarding.terms import Terms
from certstore.tables.books import Books
from certstore.tables.onboarding import Change, Dossier, Moved
from certstore.tables.sharing import Client, Purpose

_NOTHING = Dossier("", "", {})


@dataclass(frozen=True, slots=True)
class Used:
    """Calls counted for a purpose, today and this month."""

    day: int
    month: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PurposeFile:
    """A purpose: what it covers, why, how far it was used, and what became of it."""

    client: Client
    purpose: Purpose
    dossier: Dossier
    used: Used
    waiting: Change | None
    history: Sequence[Moved]
    passed: Mapping[str, datetime]

    @property
    def terms(self) -> Terms:
        """What it covers now."""
        return terms_of(self.purpose, self.dossier)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientFile:
    """A client with its purposes and how far each was used."""

    client: Client
    purposes: Sequence[Purpose]
    used: Mapping[str, Used]  # by purpose
    waiting: Change | None
    history: Sequence[Moved]


def terms_of(purpose: Purpose, dossier: Dossier) -> Terms:
    """What a purpose covers, as it could be applied for."""
    return Terms(
        matter_code=purpose.matter_code,
        title_zh=purpose.title_zh,
        title_en=purpose.title_en,
        legal_basis=purpose.legal_basis,
        fields={kind: tuple(paths) for kind, paths in purpose.fields.items()},
        actions=tuple(purpose.actions),
        quota_day=purpose.quota_day,
        quota_month=purpose.quota_month,
        contact=dossier.contact,
        justification=dossier.justification,
        photo_reason=dossier.photo_reason,
    )


def used_by(books: Books, purposes: Sequence[Purpose], now: datetime) -> dict[str, Used]:
    """How far each purpose was used, today and this month."""
    day, month = (period.name for period in periods(now))
    ids = [purpose.purpose_id for purpose in purposes]
    found = books.quotas.used(ids, [day, month])
    return {i: Used(found.get(f"{i} {day}", 0), found.get(f"{i} {month}", 0)) for i in ids}


def purpose_file(books: Books, purpose_id: str, now: datetime) -> PurposeFile:
    """The file of a purpose; NotFoundError."""
    purpose = books.sharing.purpose(purpose_id)
    client = None if purpose is None else books.sharing.client(purpose.client_id)
    if purpose is None or client is None:
        raise NotFoundError("there is no such purpose", where="purpose_id")
    return PurposeFile(
        client=client,
        purpose=purpose,
        dossier=books.onboarding.dossier(purpose_id) or _NOTHING,
        used=used_by(books, [purpose], now)[purpose_id],
        waiting=books.onboarding.waiting_for("purpose", purpose_id),
        history=books.onboarding.history(purpose_id),
        passed=books.onboarding.passed(purpose_id),
    )


def client_file(books: Books, client_id: str, now: datetime) -> ClientFile:
    """The file of a client; NotFoundError."""
    client = books.sharing.client(client_id)
    if client is None:
        raise NotFoundError("there is no such client", where="client_id")
    purposes = books.onboarding.purposes([client_id])
    return ClientFile(
        client=client,
        purposes=purposes,
        used=used_by(books, purposes, now),
        waiting=books.onboarding.waiting_for("client", client_id),
        history=books.onboarding.history(client_id),
    )
