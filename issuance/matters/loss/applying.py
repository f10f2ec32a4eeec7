"""A report of loss, or its lifting, as the application that it is: done as it is asked for."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from certstore.callers import Officer, Resident
from certstore.chance import reference
from certstore.clock import local_date
from certstore.errors import ConflictError
from certstore.holds.keeping import Held
from certstore.tables.books import Books
from certstore.tables.people import Person
from issuance.application import Answers, Application, Child, Matter, State
from issuance.beginning import case_number
from issuance.conduct import APPLICANT, Conduct, Hand
from issuance.matters.loss.records import Deed
from issuance.procedure import Action, Role
from issuance.tables import ApplicationBook

_MATTERS: Final[Mapping[Deed, Matter]] = {
    "loss_reported": Matter.LOSS_REPORT,
    "loss_lifted": Matter.LOSS_LIFT,
}


def note_application(
    books: Books, conduct: Conduct, deed: Deed, done: Held, who: Resident | Officer, now: datetime
) -> Application:
    """Keep it among the applications of whoever did it; at the counter, of the holder.

    In the transaction of the hold, after the ledger was written. It is a draft for no moment that
    anybody sees, so that one that is under way never keeps another waiting.
    """
    begun = _application(books, deed, done, who, now)
    if not ApplicationBook(books.connection).add(begun):
        raise ConflictError("another one is being done just now", remedy="try again")
    at_counter = isinstance(who, Officer)
    hand = Hand(Role.COUNTER, who.number) if isinstance(who, Officer) else APPLICANT
    return conduct.act(
        books,
        begun,
        Action.CARRY_OUT,
        hand,
        now,
        done.hold.lifted_for or done.hold.reason,
        submitted_at=now,
        decided_at=now,
        reviewed_by=hand.name if at_counter else "",
        certificate_ref=done.certificate.ref,
    )


def _application(
    books: Books, deed: Deed, done: Held, who: Resident | Officer, now: datetime
) -> Application:
    holder = books.people.known(done.certificate.holders[0])
    actor = holder if isinstance(who, Officer) else books.people.known(who.holder)
    return Application(
        ref=reference(),
        number=case_number(books, local_date(now)),
        matter=_MATTERS[deed],
        applicant=holder.holder,
        person_id=holder.id,
        actor=actor.holder,
        actor_id=actor.id,
        account="" if isinstance(who, Officer) else who.account,
        state=State.DRAFT,
        begun_at=now,
        touched_at=now,
        answers=Answers(child=_child(holder, actor)),
    )


def _child(holder: Person, actor: Person) -> Child | None:
    """The guardian's child, known from its certificate; nothing was asked of how related."""
    if holder.id == actor.id:
        return None
    return Child(holder.holder.name, holder.holder.id_number, "")
