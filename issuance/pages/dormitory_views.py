"""What an employer's or school's clerk sees: dormitory certificates issued, and the form."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from certstore.callers import Clerk
from certstore.certificates import Certificate, Status
from certstore.tables.organisations import Organisation
from certstore.web.dress import Lang
from issuance.dormitory import Lodger
from issuance.pages.views import Errors

Done = Literal["issued", "ended"]


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedRow:
    """One certificate of the organisation's."""

    ref: str
    name: str
    id_number: str
    address: str
    valid_to: date | None  # None: no end was given
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DormitoryView:
    """`issuance/dormitory.html`, GET and POST /dormitory."""

    room: str
    rooms: tuple[str, ...]  # source, dormitory: those the clerk may enter
    office: str
    clerk: str
    districts: tuple[str, ...]
    issued: tuple[IssuedRow, ...]
    lodger: Lodger = field(default_factory=Lodger)
    errors: Errors = field(default_factory=dict)
    done: Done | None = None


@dataclass(frozen=True, slots=True)
class Typed:
    """What the clerk typed, every field that is wrong, and what was just done."""

    lodger: Lodger = field(default_factory=Lodger)
    errors: Errors = field(default_factory=dict)
    done: Done | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AtTheDesk:
    """Who sits at the desk and for whom, and in which language the page is read, when."""

    clerk: Clerk
    organisation: Organisation
    hands_in: bool  # batches, too
    districts: tuple[str, ...]
    today: date
    lang: Lang


def dormitory_view(at: AtTheDesk, issued: Sequence[Certificate], typed: Typed) -> DormitoryView:
    """The organisation's certificates, newest first, and the form as it was typed."""
    name_zh, name_en = at.organisation.name_zh, at.organisation.name_en
    return DormitoryView(
        room="dormitory",
        rooms=("dormitory", *(("source",) if at.hands_in else ()), "questions"),
        office=name_zh if at.lang == "zh" else name_en,
        clerk=f"{at.clerk.name} {at.clerk.number}",
        districts=at.districts,
        issued=tuple(_row(certificate, at.today) for certificate in issued),
        lodger=typed.lodger,
        errors=typed.errors,
        done=typed.done,
    )


def _row(certificate: Certificate, today: date) -> IssuedRow:
    holder = certificate.holders[0]
    ends = certificate.validity.valid_to
    expired = certificate.status is Status.VALID and ends is not None and ends < today
    return IssuedRow(
        ref=certificate.ref,
        name=holder.name,
        id_number=holder.id_number,
        address=str(certificate.fields.get("address", "")),
        valid_to=ends,
        status=Status.EXPIRED.value if expired else certificate.status.value,
    )
