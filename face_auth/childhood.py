"""How old somebody is by their number: children's faces are not looked at here."""

from datetime import date

from certstore.certificates import Holder
from certstore.identifiers import ResidentId

_NUMBERS_WITH_A_BIRTH_DATE = "111"  # a citizen's identity card


def age_on(holder: Holder, day: date) -> int | None:
    """Full years on this day; None for papers whose number carries no birth date.

    MalformedError for a citizen's number that is none.
    """
    if holder.id_type != _NUMBERS_WITH_A_BIRTH_DATE:
        return None
    born = ResidentId.parse(holder.id_number).birth_date
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
