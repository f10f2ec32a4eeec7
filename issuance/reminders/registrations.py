"""Reminds of registrations that end: 30 and 7 days before, on the day, and once after."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from certstore.certificates import Certificate, Status
from certstore.errors import NotFoundError
from certstore.reminders.source import Batch, Span
from certstore.tables.books import Books
from issuance.application import Matter
from issuance.reminders.endings import Ending, ending_batch, through
from issuance.reminders.stages import Stages
from issuance.reminders.tables import is_handed_in
from issuance.voucher_draft import SUPERSEDABLE, VOUCHER, in_force

TOLD: Final = Ending(Stages((30, 7, 0), after=True), "registration_ending", "registration_ended")
_RENEWS: Final = frozenset({Matter.REGISTRATION_RENEWAL, Matter.RESIDENCE_REGISTRATION})


@dataclass(frozen=True, slots=True)
class RegistrationReminders:
    """Knows whose registration runs out and is not being renewed.

    One that was lost or suspended runs out like any other, and its holder is told.
    """

    name: str = "registration"
    kinds: frozenset[str] = frozenset({"registration_ending", "registration_ended"})

    def due(self, books: Books, span: Span, after: int, most: int) -> Batch:
        """Vouchers for which a stage has begun."""
        found = books.reminders.ending(VOUCHER, TOLD.stages.days(span), after, most, held=True)
        return through(found, most, ending_batch(books, span, found, TOLD, _holds))

    def still(self, books: Books, kind: str, facts: Mapping[str, Any], today: date) -> bool:
        """Whether nobody has renewed it, and the day has not come that the notice warns of."""
        certificate = certificate_of(books, facts, SUPERSEDABLE)
        return certificate is not None and _holds(books, kind, certificate, today)


def certificate_of(
    books: Books, facts: Mapping[str, Any], standing: Collection[Status] = (Status.VALID,)
) -> Certificate | None:
    """The certificate that a reminder is about, if it is in the register and stands so."""
    try:
        found = books.register.get(str(facts.get("certificate_ref")))
    except NotFoundError:
        return None
    return found if found.status in standing else None


def _holds(books: Books, kind: str, voucher: Certificate, today: date) -> bool:
    holder, last_day = voucher.holders[0], voucher.validity.valid_to
    over = last_day is not None and today > last_day
    if over != (kind == "registration_ended"):
        return False
    registered = in_force(books.register.held_by(holder.id_type, holder.id_number), today)
    anew = registered is not None and registered.ref != voucher.ref
    return not anew and not is_handed_in(books.connection, holder, _RENEWS)
