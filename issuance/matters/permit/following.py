"""A permit follows the registration: after a change of address it gets a new version by itself."""

from dataclasses import dataclass, replace

from certstore.certificates import Certificate
from certstore.chance import reference
from certstore.clock import Clock, local_date
from certstore.tables.books import Books
from issuance.application import Application, Matter, State
from issuance.beginning import case_number
from issuance.conduct import Conduct, Hand
from issuance.matters.permit.draft import is_behind
from issuance.procedure import Action, Role
from issuance.tables import ApplicationBook


@dataclass(frozen=True, slots=True)
class PermitFollower:
    """Begins the new version in the transaction of what made it necessary."""

    conduct: Conduct
    clock: Clock

    def issued(self, books: Books, application: Application, done: Certificate) -> None:  # noqa: ARG002 - a Follower's
        """Begin a permit's new version where it shows another address than the voucher."""
        now = self.clock.now()
        holder = application.applicant
        if not is_behind(books.register.held_by(holder.id_type, holder.id_number), local_date(now)):
            return
        update = replace(
            application,
            ref=reference(),
            number=case_number(books, local_date(now)),
            matter=Matter.PERMIT_UPDATE,
            state=State.DRAFT,
            begun_at=now,
            touched_at=now,
            commitment=None,
            certificate_ref=None,
            clocks=None,
            joint_ref=None,
            after=None,
            handed_in_at=None,
        )
        if not ApplicationBook(books.connection).add(update):
            return  # one is under way; it is looked at again when that is issued
        self.conduct.act(
            books,
            update,
            Action.APPROVE,
            Hand(Role.RULES, "worker"),
            now,
            submitted_at=now,
            decided_at=now,
            automatic=True,
            decision=application.decision,
        )
