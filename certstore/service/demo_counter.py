"""The demonstration's agency without a system: its clerk asks at `/pull`; and agencies' matters."""

from importlib.resources import files

from certstore.chance import random_bytes
from certstore.service.wiring import House
from certstore.tables.sharing import Client, Purpose
from verifiers.matters.matter import read_file

COUNTER_PURPOSE = "flexible-employment-2026"


def enrol_counter(house: House) -> None:
    """Make the social insurance office known: no keys, as no machine of its asks."""
    client = Client(
        client_id="demo-social-insurance",
        agency="示范市人力资源和社会保障局",
        agency_en="Demonstration City Human Resources and Social Security Bureau",
        agency_uscc="11310000MB0T0004XA",
        keys=(),
        state="active",
        agency_key=random_bytes(32),
    )
    purpose = Purpose(
        purpose_id=COUNTER_PURPOSE,
        client_id=client.client_id,
        matter_code="flexible_employment",
        title_zh="灵活就业人员参保登记",
        title_en="Social insurance for the self-employed",
        legal_basis={"kind": "statutory_duty", "ref": "社会保险法第五十八条"},
        fields={
            "residence_voucher": ("name", "residence_district", "valid_until"),
            "residence_permit": (),
            "household_register": (),  # whether there is one, and nothing it says
        },
        state="active",
        actions=("search", "pull", "counter"),
    )
    with house.archive.writing() as books:
        books.sharing.enrol(client, purpose)


def register_matters(house: House) -> None:
    """Register the agencies' matters that lie beside this module; the same again is nothing new."""
    folder = files("certstore.service").joinpath("demo_matters")
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        if file.name.endswith(".toml"):
            house.matter_desk.register(read_file(file.read_bytes(), toml=True))
