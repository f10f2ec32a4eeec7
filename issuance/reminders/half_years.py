"""Tells that a residence permit can be applied for: the day on which half a year is full."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from certstore.catalogue import add_months
from certstore.certificates import Certificate, Status
from certstore.reminders.source import Batch, Due, Span
from certstore.tables.books import Books
from certstore.tables.reminder_days import Days
from issuance.application import Matter
from issuance.beginning import household
from issuance.reminders.endings import through
from issuance.reminders.recipients import recipients
from issuance.reminders.registrations import certificate_of
from issuance.reminders.tables import is_handed_in
from issuance.voucher_draft import SUPERSEDABLE, VOUCHER

_FIRST_LOOK: Final = timedelta(days=30)
_DAY: Final = timedelta(days=1)
_LONGER: Final = timedelta(days=4)  # than a month can be clamped by


def latest_start(day: date, months: int) -> date:
    """The latest day from which so many months are full on a day: 31 August for 28 February."""
    start = add_months(day, -months) + _LONGER
    while add_months(start, months) > day:
        start -= _DAY
    return start


@dataclass(frozen=True, slots=True)
class HalfYearReminders:
    """Knows who has been registered long enough, by the rules of the day, and has no permit.

    Told once for a registration, whatever versions its voucher had: they all begin on one day.
    """

    months: Callable[[date], int]
    city: str
    name: str = "half_year"
    kinds: frozenset[str] = frozenset({"permit_possible"})

    def due(self, books: Books, span: Span, after: int, most: int) -> Batch:
        """Vouchers whose half year became full."""
        months = self.months(span.today)
        before = span.before or span.today - _FIRST_LOOK
        days = Days(latest_start(before, months), latest_start(span.today, months))
        found = books.reminders.begun(VOUCHER, [days], after, most)
        due = [
            Due(
                kind="permit_possible",
                occasion=voucher.number,
                people=recipients(books, voucher, span.today),
                facts={"certificate_ref": voucher.ref},
            )
            for voucher in found.values()
            if self._holds(books, voucher, span.today)
        ]
        return through(found, most, due)

    def still(self, books: Books, kind: str, facts: Mapping[str, Any], today: date) -> bool:  # noqa: ARG002 - a ReminderSource's
        """Whether half a year is full, there is no permit yet, and none was applied for."""
        voucher = certificate_of(books, facts)
        if voucher is None or voucher.validity.valid_from > latest_start(today, self.months(today)):
            return False
        return self._holds(books, voucher, today)

    def _holds(self, books: Books, voucher: Certificate, today: date) -> bool:
        """Not of somebody whose household is in this city: they are given no permit."""
        if voucher.status_on(today) is not Status.VALID:
            return False
        holder = voucher.holders[0]
        on_file = books.register.held_by(holder.id_type, holder.id_number)
        permits = (c for c in on_file if c.type_code == "residence_permit" and c.sealed)
        if any(permit.status in SUPERSEDABLE for permit in permits):
            return False
        if household(on_file).startswith(self.city):
            return False
        return not is_handed_in(books.connection, holder, {Matter.RESIDENCE_PERMIT})
