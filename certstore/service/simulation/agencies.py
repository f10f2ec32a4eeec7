"""Agencies that take part: each a client with one purpose, met at its desk instead of by token."""

from collections.abc import Mapping

from certstore.callers import Service
from certstore.chance import random_bytes
from certstore.service.wiring import House
from certstore.tables.sharing import Client, Purpose
from issuance.matters.cards.judging import FACE

CARD_MAKER = Service(
    client_id="card-maker",
    agency="示范市制证中心",
    agency_en="Card Centre of Demonstration City",
    agency_uscc="12310000MB0T000740",
    purpose_id="card-making",
    matter_code="residence_permit",
    title_zh="制作居住证卡片",
    title_en="Making residence permit cards",
    fields={"residence_permit": (*FACE, "photo")},
    legal_basis={"kind": "statutory_duty", "ref": "居住证暂行条例第十一条"},
    actions=("make_cards",),
)
PULLED: Mapping[str, tuple[str, ...]] = {
    "residence_voucher": ("name", "residence_district", "valid_until")
}
SCHOOL = Service(
    client_id="school-enrolment",
    agency="示范市教育局",
    agency_en="Demonstration City Education Bureau",
    agency_uscc="11310000MB0T00058A",
    purpose_id="school-enrolment",
    matter_code="school_enrolment",
    title_zh="义务教育入学报名",
    title_en="School enrolment",
    fields=dict(PULLED),
    legal_basis={"kind": "statutory_duty", "ref": "义务教育法第十二条"},
    actions=("search", "pull"),
)


def enrol_agencies(house: House) -> None:
    """Make the agencies and their purposes known, active."""
    for service in (CARD_MAKER, SCHOOL):
        client = Client(
            client_id=service.client_id,
            agency=service.agency,
            agency_en=service.agency_en,
            agency_uscc=service.agency_uscc,
            keys=(),
            state="active",
            agency_key=random_bytes(32),
        )
        purpose = Purpose(
            purpose_id=service.purpose_id,
            client_id=service.client_id,
            matter_code=service.matter_code,
            title_zh=service.title_zh,
            title_en=service.title_en,
            legal_basis=service.legal_basis,
            fields=service.fields,
            state="active",
            actions=service.actions,
        )
        with house.archive.writing() as books:
            books.sharing.enrol(client, purpose)
