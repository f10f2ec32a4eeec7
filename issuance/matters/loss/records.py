"""What is put on record, and told, when a loss is reported or lifted."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from certstore.callers import Officer
from certstore.certificates import Certificate, Holder
from certstore.holds.keeping import Held
from certstore.holds.kinds import HELD
from certstore.ledger import Access, record_access
from certstore.own_acts import OwnAct, record_own_act
from certstore.tables.books import Books
from certstore.tables.people import Person

Deed = Literal["loss_reported", "loss_lifted"]
_MATTERS = {"loss_reported": "loss_report", "loss_lifted": "loss_lift"}


def record_by_holder(
    books: Books, origin: str, deed: Deed, certificate: Certificate, who: Holder, now: datetime
) -> None:
    """Record it in the holder's list; a guardian who did it is named there."""
    holder = certificate.holders[0]
    own = (holder.id_type, holder.id_number) == (who.id_type, who.id_number.upper())
    more: dict[str, Any] = {} if own else {"actor": "guardian", "operator": who.name}
    done = OwnAct(act=deed, certificate=certificate, more=more)
    record_own_act(books, origin, books.people.known(holder), done, now)


def record_at_counter(
    books: Books,
    desk: tuple[str, str],
    deed: Deed | Literal["look"],
    certificate: Certificate,
    officer: Officer,
    now: datetime,
) -> None:
    """Record what an officer did for somebody present; `desk` is the ledger and the authority."""
    more = {"certificate": certificate.type_code, "certificate_ref": certificate.ref}
    holder = books.people.known(certificate.holders[0])
    _record(books, desk, (deed, holder, more), officer, now)


def record_look(
    books: Books, desk: tuple[str, str], person: Person, officer: Officer, now: datetime
) -> None:
    """Record that an officer looked by somebody's number, and found nothing that is theirs."""
    _record(books, desk, ("look", person, {}), officer, now)


def _record(
    books: Books,
    desk: tuple[str, str],
    what: tuple[Deed | Literal["look"], Person, Mapping[str, str]],
    officer: Officer,
    now: datetime,
) -> None:
    (origin, agency), (deed, person, more) = desk, what
    matter = _MATTERS.get(deed, "loss_report")
    record: dict[str, Any] = {
        "agency": agency,
        "client": "desk",
        "purpose": matter,
        "matter": matter,
        "operator": officer.number,
        "station": officer.station,
        "ground": "application",
        **more,
        "fields": ["name", "id_number"] if deed == "look" else [],
        "refused_fields": [],
        "other_fields": [],
    }
    access = Access(
        kind="review" if deed == "look" else "status",
        at=now,
        client="desk",
        agency=agency,
        purpose=matter,
        person=person,
        record=record,
    )
    record_access(books, origin, access)


def tell(books: Books, deed: Deed, held: Held, who: Holder | None, now: datetime) -> None:
    """A notice to the holder, and to the guardian who did it."""
    certificate = held.certificate
    still = deed == "loss_lifted" and certificate.status in HELD
    facts = {"type": certificate.type_code, "certificate_ref": certificate.ref}
    people = {books.people.known(h).id for h in (*certificate.holders, *([who] if who else []))}
    for person in sorted(people):
        occasion = f"{held.hold.ref}:{person}"
        if still:
            books.inbox.add(person, "partly_restored", occasion, facts, now)
        elif deed == "loss_lifted":
            books.inbox.add(person, "loss_lifted", occasion, facts, now)
        else:
            books.inbox.add(person, "loss_reported", occasion, facts, now)
