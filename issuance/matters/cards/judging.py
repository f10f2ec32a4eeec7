"""What becomes of a card by what its permit, its courier or its holder says: no IO."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, timedelta

from certstore.certificates import Certificate, Status
from certstore.errors import CertstoreError
from certstore.plain_words import plain_words
from certstore.working_days import Due, WorkCalendar
from issuance.answers import Fault, Faults
from issuance.home_address import names_a_home
from issuance.matters.cards.orders import DAYS, SLOTS, Address, Delivery, Way
from issuance.matters.cards.points.points import ServicePoint
from issuance.matters.cards.stages import StageTable

PERMIT = "residence_permit"
# The face of the card (居住证暂行条例 4); the endorsement is written on the strip, not here.
FACE = (
    *("name", "sex", "ethnicity", "birth_date", "id_number"),
    *("household_address", "residence_address", "issued_on"),
)
_STOPS = {Status.REVOKED, Status.CANCELLED, Status.SUPERSEDED, Status.LOST}
_PHONE = re.compile(r"1[3-9][0-9]{9}")
# A province, or a city and its district or county; an estate may be called 城市花园小区.
_ANOTHER_CITY = re.compile(
    "[\u3400-\u9fff]{1,8}?(?:省|自治区)|[\u3400-\u9fff]{1,8}?市[\u3400-\u9fff]{1,8}?(?<!小)[区县]"
)
_MAX_ADDRESS = 100
_MAX_NAME = 50
_SATURDAY = 5
# What a courier says, in the order things happen in; what ends a shipment is said once.
EVENTS = ("booked", "picked_up", "in_transit", "out_for_delivery", "attempt_failed")
ENDS = {"delivered": "deliver", "returned": "come_back"}


def stop_reason(permit: Certificate) -> str:
    """Why a card of this permit is not made or handed over any more; empty if it is."""
    return permit.status.value if permit.status in _STOPS else ""


def wants_card(
    permit: Certificate, matter: str | None, previous_stage: str | None, table: StageTable
) -> bool:
    """Whether this version comes as a card.

    The first issue and a re-issue do, and whatever follows a version whose own card never reached
    anybody. An endorsement stands on the strip, an address change in the chip. `matter` is what
    was applied for (None: a version without an application), `previous_stage` where the card of
    the version before stands.
    """
    if permit.previous_ref is None:
        return True
    if matter in table.sheet.wants_card:
        return True
    if previous_stage is None or previous_stage == "not_wanted":
        return False
    return not table.stages[previous_stage].left


def due(calendar: WorkCalendar, received: date, term: int) -> Due:
    """The last day of a term of working days."""
    return calendar.add_working_days(received, term)


def steps_for(kind: str, stage: str) -> tuple[str, ...]:
    """Which steps a courier's word leads a card through; none for what is late or said twice.

    A word that came before the ones that precede it stands for them.
    """
    leaves = ("hand_to_courier",) if stage in {"at_centre", "notified"} else ()
    there = stage == "handed_to_courier" or bool(leaves)
    if kind in ENDS:
        return (*leaves, ENDS[kind]) if there else ()
    return leaves if kind != "booked" else ()


def delivery_day(wanted: str, earliest: date, calendar: WorkCalendar) -> date:
    """The first day from `earliest` on that is one of the days agreed."""
    day = earliest
    while wanted != "any" and calendar.is_workday(day) != (wanted == "workdays"):
        day += timedelta(days=1)
    return day


def read_address(said: Address, districts: Sequence[str], city: str) -> tuple[Address, Faults]:
    """An address as typed, and what is wrong with it by form field; the courier stays in the city.

    Not checked: whether there is such a house; no gazetteer is at hand.
    """
    faults: Faults = {}
    recipient, address = _tidy(said.recipient), _tidy(said.address)
    phone = said.phone.replace(" ", "").replace("-", "").removeprefix("+86")
    _check(faults, "recipient", recipient, _MAX_NAME)
    _check(faults, "address", address, _MAX_ADDRESS)
    if "address" not in faults and not names_a_home(address):
        faults["address"] = Fault("malformed")
    if "address" not in faults and _elsewhere(address, said.district, districts, city):
        faults["address"] = Fault("elsewhere")
    if not _PHONE.fullmatch(phone):
        faults["phone"] = Fault("malformed" if phone else "missing")
    if said.district not in districts:
        faults["district"] = Fault("unknown" if said.district else "missing")
    for name, known in (("days", DAYS), ("slot", SLOTS)):
        if getattr(said, name) not in known:
            faults[name] = Fault("unknown")
    return Address(recipient, phone, said.district, address, said.days, said.slot), faults


def read_point(code: str, points: Sequence[ServicePoint]) -> Faults:
    """What is wrong with a choice of where to pick up."""
    known = {p.code for p in points if p.hands_out_cards}
    return {} if code in known else {"point": Fault("unknown" if code else "missing")}


def first_delivery(permit: Certificate, points: Sequence[ServicePoint]) -> Delivery:
    """Until the applicant chooses: pick-up in the district where the permit says they live."""
    home = str(permit.fields.get("residence_address", ""))
    giving = [point for point in points if point.hands_out_cards]
    near = next((p for p in giving if p.district in home), giving[0])
    return Delivery(Way.PICKUP, near.code)


def _tidy(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split()))


def _check(faults: Faults, where: str, text: str, longest: int) -> None:
    if not text:
        faults[where] = Fault("missing")
    elif len(text) > longest:
        faults[where] = Fault("too_long")
    else:
        try:
            plain_words(text)
        except (ValueError, CertstoreError):
            faults[where] = Fault("malformed")


def _elsewhere(address: str, district: str, districts: Sequence[str], city: str) -> bool:
    """Whether the address names another city or province, or another district than chosen."""
    rest = address.removeprefix(city)
    if _ANOTHER_CITY.match(rest):
        return True
    return any(rest.startswith(other) for other in districts if other != district)
