"""Leases of the invented city: who signs, what is typed, and the walk to a filed one."""

from dataclasses import replace
from datetime import date

from certstore.certificates import Certificate, Holder, Status, Validity
from certstore.chance import reference
from certstore.clock import local_date
from certstore.service.demo_issuers import HOUSING
from certstore.service.key_room import enrol_issuer_keys
from certstore.service.passphrase import passphrase
from certstore.service.wiring import House
from face_auth.sandbox import Behaviour
from issuance.commitment import digest_of
from issuance.matters.lease.reading import Typed, TypedParty
from issuance.matters.lease.tables import LeaseBook
from tests.sealed import resident

OWNER = Holder("郑国强", "111", "340199197003150336")
SPOUSE = Holder("孙丽", "111", "340199197207210345")
TENANT = Holder("林晓禾", "111", "340199199804060284")
FRIEND = Holder("沈小舟", "111", "340199199311020575")
HOME = "示范市梧桐区青桐路66号3幢501室"
NATURAL_RESOURCES = "11310000MB0T00031J"


def with_housing(house: House) -> House:
    """The house, with the housing authority enrolled to issue filing notices."""
    opened, now = passphrase(house.settings), house.clock.now()
    house.issuer_desk.enrol(
        HOUSING,
        ("lease_filing",),
        date(2028, 1, 1),
        lambda name: enrol_issuer_keys(house.keys, opened, name, (house.keys.folder, opened), now),
    )
    return house


def title(house: House, *owners: Holder, address: str = HOME, **changes) -> Certificate:
    """A property certificate on file; `changes` are claims."""
    today = local_date(house.clock.now())
    certificate = Certificate(
        ref=reference(),
        type_code="property_certificate",
        version=1,
        number="示(2019)梧字不动产权第001234号",
        identifier=None,
        holders=owners,
        issuer_uscc=NATURAL_RESOURCES,
        issued_on=date(2019, 5, 6),
        validity=Validity(date(2019, 5, 6), None),
        status=Status.VALID,
        status_changed_at=house.clock.now(),
        fields={"address": address, "use": "住宅", **changes},
        source=NATURAL_RESOURCES,
        record_id=reference(),
    )
    assert today > certificate.issued_on
    with house.archive.writing() as books:
        books.register.hand_in(certificate)
    return certificate


def typed(*others: tuple[str, Holder], **changes) -> Typed:
    """A lease of the whole home by its owner to a tenant, as the owner types it."""
    asked = others or (("tenant", TENANT),)
    usual = Typed(
        role="landlord",
        district="梧桐区",
        address="青桐路66号3幢501室",
        part="whole",
        area="78.5",
        rent="4500",
        deposit="9000",
        first="2026-11-25",
        last="2027-11-24",
        occupants="2",
        others=tuple(TypedParty(role, who.name, who.id_number) for role, who in asked),
    )
    return replace(usual, **changes)


def begun(house: House, *others: tuple[str, Holder], by: Holder = OWNER, **changes) -> str:
    """A lease written down; its reference."""
    lease = house.lease_desk.begin(resident(by), typed(*others, **changes), reference())
    return lease.ref


def verified(house: House, who: Holder, ref: str) -> None:
    """Pass the sandbox's face verification for a lease."""
    challenge = house.lease_signing_desk.verify_face(resident(who), ref, f"/leases/{ref}")
    ending = house.sandbox_provider.end(challenge.url.rpartition("/")[2], Behaviour.PASS)
    house.face_desk.accept(ending.token, resident(who).account)


def signed(house: House, ref: str, *people: Holder):
    """The lease after these have signed it."""
    for who in people:
        verified(house, who, ref)
        read = house.lease_desk.open(resident(who), ref).lease
        house.lease_signing_desk.sign(resident(who), ref, digest_of(read.summary), who.name)
    return lease_of(house, ref)


def filed(house: House, *others: tuple[str, Holder], **changes):
    """A lease that went all the way, if the rules let it."""
    ref = begun(house, *others, **changes)
    tenants = [who for _, who in others] or [TENANT]
    return signed(house, ref, OWNER, *tenants)


def lease_of(house: House, ref: str):
    """A lease as it stands."""
    with house.archive.reading() as books:
        return LeaseBook(books.connection).get(ref)


def codes(lease) -> list[str]:
    """The codes of why it stands as it does."""
    return [each["code"] for each in (lease.decision or {}).get("findings", [])]
