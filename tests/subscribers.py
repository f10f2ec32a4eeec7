"""Services that are told of events: enrolled with the action, given something, revoked for them."""

from certstore.callers import Service
from certstore.certificates import Status
from certstore.chance import random_bytes
from certstore.jwk import to_jwk
from certstore.keys import generate, key_id
from certstore.ledger import Access, record_access
from certstore.tables.sharing import Client, Purpose
from tests.sealed import GRANTED, LIN, MATTER, VOUCHER, voucher

SCHOOL, HOUSING = "school-service", "housing-service"
ACTIONS = ("search", "pull", "subscribe")


def subscriber(house, client=SCHOOL, *, key=None, actions=ACTIONS, state="active", fields=None):
    """Enrol a client whose purpose has these actions; the Service that its token speaks for."""
    public = (key or generate("ES256")).public_key()
    purpose_id = f"{client}-2026"
    enrolled = Client(
        client_id=client,
        agency="示范市教育局",
        agency_en="Education Bureau",
        agency_uscc="11310000MB0T00058A",
        keys=[{**to_jwk(public), "kid": key_id(public)}],
        state="active",
        agency_key=random_bytes(32),
        dpop_bound=False,
    )
    basis = {"kind": "statutory_duty", "ref": "义务教育法第十二条"}
    titles = {"title_zh": "义务教育入学报名", "title_en": "School enrolment"}
    purpose = Purpose(
        purpose_id=purpose_id,
        client_id=client,
        matter_code=MATTER,
        legal_basis=basis,
        fields=fields or {VOUCHER: GRANTED},
        state=state,
        actions=actions,
        **titles,
    )
    with house.archive.writing() as books:
        books.sharing.enrol(enrolled, purpose)
    return Service(
        client_id=client,
        agency=enrolled.agency,
        agency_en=enrolled.agency_en,
        agency_uscc=enrolled.agency_uscc,
        purpose_id=purpose_id,
        matter_code=MATTER,
        fields=fields or {VOUCHER: GRANTED},
        legal_basis=basis,
        actions=actions,
        **titles,
    )


def given(house, client=SCHOOL, held=None):
    """A voucher of which a client was given something."""
    held = held or voucher(house)
    with house.archive.writing() as books:
        access = Access(
            kind="pull",
            at=house.clock.now(),
            client=client,
            agency="a",
            purpose="p",
            person=books.people.known(LIN),
            record={"fields": []},
            given_of=held.ref,
        )
        record_access(books, house.settings.ledger_origin, access)
    return held


def happen(house, subject, **body):
    """Put an event into the outbox."""
    with house.archive.writing() as books:
        books.outbox.add(subject, body, house.clock.now())


def revoke(house, held):
    """Revoke a certificate as issuance does it, and say so."""
    with house.archive.writing() as books:
        now = house.clock.now()
        books.register.set_status(held.ref, Status.REVOKED, now, only_from={Status.VALID})
        books.outbox.add("certificate.revoked", {"certificate": held.ref}, now)
