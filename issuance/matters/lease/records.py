"""What of a lease is put on record with whom, and who is told what."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, Literal

from certstore.callers import Clerk
from certstore.certificates import Certificate, Holder
from certstore.ledger import Access, record_access
from certstore.own_acts import OwnAct, record_own_act
from certstore.tables.books import Books
from certstore.tables.issuers import IssuingAuthority
from issuance.matters.lease.filing import MATTER, issuer_uscc
from issuance.matters.lease.kept import Lease, PartyRow
from issuance.matters.lease.terms import Role

SEEN_BY_PARTIES: Final = ("name", "id_number_masked")
_SEEN_BY_OFFICERS: Final = ("name", "id_number_masked", "address")
LeaseNotice = Literal[
    "lease_asked",
    "lease_changed",
    "lease_refused",
    "lease_stopped",
    "lease_end_asked",
    "lease_ended",
]
_OF_A_TITLE: Final = ("name", "id_number", "address")
_SIDES: Final = {
    Role.LANDLORD: ("租赁合同出租人", "Landlord of the lease"),
    Role.TENANT: ("租赁合同承租人", "Tenant of the lease"),
}


def _access(lease: Lease, kind: str, **said: Any) -> dict[str, Any]:  # noqa: ANN401 - as records are
    return {
        "client": MATTER,
        "agency": "",
        "purpose": MATTER,
        "matter": MATTER,
        "case_no": lease.number,
        "ground": "application",
        "refused_fields": [],
        "other_fields": [],
        "_kind": kind,
        **said,
    }


def _record(books: Books, origin: str, about: Holder, said: dict[str, Any], now: datetime) -> None:
    kind = said.pop("_kind")
    access = Access(
        kind=kind,
        at=now,
        client=MATTER,
        agency=str(said["agency"]),
        purpose=MATTER,
        person=books.people.known(about),
        record=said,
    )
    record_access(books, origin, access)


def own_act(books: Books, origin: str, lease: Lease, who: Holder, done: str, now: datetime) -> None:
    """Record with a party what they did with a lease themselves."""
    person = books.people.known(who)
    act = OwnAct(act="lease", more={"case_no": lease.number, "step": done})
    record_own_act(books, origin, person, act, now)


def party_looked(
    books: Books, origin: str, lease: Lease, looker: PartyRow, seen: PartyRow, now: datetime
) -> None:
    """Record with one party that another was shown their name and masked number."""
    zh, en = _SIDES[looker.party.role]
    said = _access(
        lease,
        "look",
        agency_zh=f"{zh} {looker.party.name}",
        agency_en=f"{en}, {looker.party.name}",
        fields=list(SEEN_BY_PARTIES),
    )
    _record(books, origin, seen.party.holder, said, now)


def officer_looked(
    books: Books, origin: str, lease: Lease, officer: Clerk, office: IssuingAuthority, now: datetime
) -> None:
    """Record with every party that a housing officer opened the case."""
    for row in lease.parties:
        said = _access(
            lease,
            "review",
            agency=office.uscc,
            agency_zh=office.name_zh,
            agency_en=office.name_en,
            operator=officer.number,
            fields=list(_SEEN_BY_OFFICERS),
        )
        _record(books, origin, row.party.holder, said, now)


def titles_used(
    books: Books, origin: str, lease: Lease, titles: Iterable[Certificate], now: datetime
) -> None:
    """Record with every owner on a title that the decision looked at it."""
    for title in titles:
        for holder in title.holders:
            said = _access(
                lease,
                "look",
                agency=issuer_uscc(),
                certificate=title.type_code,
                certificate_ref=title.ref,
                fields=list(_OF_A_TITLE),
            )
            _record(books, origin, holder, said, now)


def cancelled(books: Books, origin: str, lease: Lease, notice: Certificate, now: datetime) -> None:
    """Record with everybody a notice names that it was cancelled; and tell who listens."""
    for holder in notice.holders:
        said = _access(
            lease,
            "status",
            agency=notice.issuer_uscc,
            certificate=notice.type_code,
            certificate_ref=notice.ref,
            action="cancel",
            fields=[],
        )
        _record(books, origin, holder, said, now)
    books.outbox.add("certificate.cancelled", {"certificate": notice.ref}, now)


def tell(
    books: Books,
    lease: Lease,
    lease_kind: LeaseNotice,
    now: datetime,
    *,
    but: int | None = None,
    places: Iterable[int] | None = None,
) -> None:
    """Put a notice into the inbox of the parties who are known here by number and name.

    Whoever is not finds the lease when they sign in; who named them learns nothing either way.
    """
    wanted = None if places is None else set(places)
    for row in lease.parties:
        if row.place == but or (wanted is not None and row.place not in wanted):
            continue
        holder = row.party.holder
        found = books.people.find(holder.id_type, holder.id_number)
        if found is not None and found.holder.name == holder.name:
            occasion = f"{lease.ref}:{row.place}:{lease.revision}:{int(now.timestamp())}"
            facts = {"matter": MATTER, "lease_ref": lease.ref}
            books.inbox.add(found.id, lease_kind, occasion, facts, now)
