"""Months and years counted on the calendar, as terms of law are."""

from datetime import date, timedelta


def months_after(day: date, months: int) -> date:
    """The same day so many months on, the end of a shorter month clamped (31 August + 6)."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first = date(years, month + 1, 1)
    last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(day.day, last.day))


def years_after(day: date, years: int) -> date:
    """The same day so many years on; 29 February becomes the 28th."""
    return months_after(day, 12 * years)


def month_end(day: date) -> date:
    """The last day of the month of `day`."""
    return months_after(day.replace(day=1), 1) - timedelta(days=1)
