"""From a lease to the order for its notice: whom it names, as what, and what it says. No IO."""

from typing import Any, Final

from certstore.catalogue import certificate_type
from certstore.certificates import Validity
from certstore.tables.issuers import IssuingAuthority
from issuance.for_others.orders import Order
from issuance.matters.lease.kept import Lease
from issuance.matters.lease.tables import LEASE_FILING
from issuance.matters.lease.terms import Role, hundredths, named, of_role

MATTER: Final = "lease_filing"
WHOLE: Final = "整套"
_ROOM: Final = "房间 "
_ROLES: Final = {Role.TENANT: "lessee", Role.LANDLORD: "lessor"}


def order_of(lease: Lease, city: str) -> Order:
    """The order: its notice names the tenants first, then the landlords."""
    contract = lease.contract
    tenants = of_role(lease.people, Role.TENANT)
    landlords = of_role(lease.people, Role.LANDLORD)
    holders = [party.holder for party in (*tenants, *landlords)]
    fields = {
        "address": contract.full_address(city),
        "part": WHOLE if contract.whole else f"{_ROOM}{contract.room}",
        "area": f"{hundredths(contract.area)} 平方米",
        "lessors": named(landlords),
        "lessees": named(tenants),
        "roles": ",".join(_ROLES[party.role] for party in (*tenants, *landlords)),
    }
    return Order(
        type_code=LEASE_FILING,
        record_no=lease.number,
        holder=holders[0],
        others=tuple(holders[1:]),
        fields=fields,
        validity=Validity(contract.first, contract.last),
    )


def room_of(part: object) -> str | None:
    """The room that a notice says is let; empty for the whole dwelling, None if it does not say."""
    if part == WHOLE:
        return ""
    said = isinstance(part, str) and part.startswith(_ROOM)
    return str(part).removeprefix(_ROOM) if said else None


def issuer_uscc() -> str:
    """The housing authority: it issues the notices, and its officers decide."""
    return certificate_type(LEASE_FILING).issuer_uscc


def asked_by(lease: Lease, issuer: IssuingAuthority, decided_by: str) -> dict[str, Any]:
    """On what ground a notice is issued, as records keep it."""
    return {
        "agency": issuer.name_zh,
        "agency_zh": issuer.name_zh,
        "agency_en": issuer.name_en,
        "agency_uscc": issuer.uscc,
        "client": MATTER,
        "purpose": MATTER,
        "matter": MATTER,
        "case_no": lease.number,
        "operator": decided_by,
        "ground": "application",
        "legal_basis": {},
    }
