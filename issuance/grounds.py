"""Why a card is issued anew or something is cancelled: the closed lists, and what can be cancelled.

Words of each code: `why.<matter>.<code>` in the texts. No IO.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from certstore.certificates import Certificate
from issuance.answers import Fault, Faults, refuse
from issuance.application import Matter
from issuance.voucher_draft import SUPERSEDABLE, VOUCHER, in_force

PERMIT: Final = "residence_permit"
LOST: Final = "lost"  # a re-issue for it reports the loss, if that was not done before
CANCELLABLE: Final = (PERMIT, VOUCHER)
GROUNDS: Final[Mapping[Matter, tuple[str, ...]]] = {
    Matter.REISSUE: (LOST, "damaged", "data_changed"),
    Matter.CANCELLATION: ("moved_away", "household_here", "own_wish"),
}


def cancellable(on_file: Iterable[Certificate], today: date) -> tuple[str, ...]:
    """The types that somebody can have cancelled: the registration in force, a permit that stands.

    A permit past its day stands: it waits to be endorsed.
    """
    found = list(on_file)
    registered = in_force(found, today) is not None
    permitted = any(c.type_code == PERMIT and c.sealed and c.status in SUPERSEDABLE for c in found)
    return (*([PERMIT] if permitted else []), *([VOUCHER] if registered else []))


def ended_with(about: str, standing: Iterable[str]) -> tuple[str, ...]:
    """Every type that ends: the permit rests on the registration, and goes with it."""
    ending = {about, PERMIT} if about == VOUCHER else {about}
    return tuple(code for code in standing if code in ending)


def read_ground(matter: Matter, why: str, about: str) -> None:
    """Check what was chosen; MalformedError names each field, as of `read_answers`."""
    faults: Faults = {}
    if matter is Matter.CANCELLATION and about not in CANCELLABLE:
        faults["about"] = Fault("unknown" if about else "missing")
    if why not in GROUNDS.get(matter, ()):
        faults["ground"] = Fault("unknown" if why else "missing")
    refuse(faults)
